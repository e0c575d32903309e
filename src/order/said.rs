//! An order as JSON: the `spec` of the service's API.
//!
//! Its members are the options of `replayreel render`, called as there but with `_` for `-`: what the command line can do the API can, and both say no
//! with the same words. Files are `outputs`, each with the options that an output can have. Members that would name a file of the server, or move a limit
//! that whoever runs it has set, are not among them.

use std::collections::BTreeMap;

use clap::{Args as _, FromArgMatches as _};
use serde_json::{Map, Value as Json};

use super::Order;
use super::output::{OutputArg, OutputKind, StillArg};
use super::overview::SheetArg;
use super::preset::{Preset, set};
use crate::assets::Origin;
use crate::redact::BuiltIn;

mod field;
mod files;
pub(crate) mod told;

pub use field::{SaidField, fields};

/// An order that was understood.
#[derive(Debug, Clone)]
pub struct Said {
    pub(crate) order: Order,
    /// What is taken out of the recording before anything else sees it, besides what the installation has taken out.
    pub(crate) redact: SaidRedaction,
    /// Where resources that the recording refers to may be fetched from.
    pub(crate) fetch_assets: Vec<Origin>,
}

/// What is to be redacted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidRedaction {
    pub(crate) builtin: Vec<BuiltIn>,
    /// Rules as TOML (`docs/redaction.md`).
    pub(crate) rules: Option<String>,
}

/// What was not understood.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SaidError {
    /// Which member, as a JSON pointer: `/outputs/0/fps`.
    pub field: String,
    /// A sentence that tells what would be right.
    pub message: String,
}

impl SaidError {
    fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Members of an order, and entries of its lists, at most: each that is wrong is told with all that would be right.
const MOST: usize = 200;

/// Members that are not options of the command line.
const OWN: [&str; 3] = ["outputs", "redact", "fetch_assets"];

impl Said {
    /// Understands a `spec`.
    ///
    /// # Errors
    /// What is wrong with it; each with its place.
    pub fn parse(spec: &Json) -> Result<Self, Vec<SaidError>> {
        let Json::Object(members) = spec else {
            return Err(vec![SaidError::new("", "must be an object, like {\"outputs\":[{\"format\":\"mp4\"}]}")]);
        };
        if members.len() > MOST {
            let message = format!("has {} members, and there are not that many options", members.len());
            return Err(vec![SaidError::new("", message)]);
        }
        let mut errors = Vec::new();
        let options: BTreeMap<&str, &Json> = members
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let order = order(&options, &mut errors);
        let files = files::read(members.get("outputs"), &mut errors);
        let redact = redaction(members.get("redact"), &mut errors);
        let fetch_assets = origins(members.get("fetch_assets"), &mut errors);
        let Some(mut order) = order.filter(|_| errors.is_empty()) else { return Err(errors) };
        order.outputs = files.outputs;
        order.stills = files.stills;
        order.overview.add(files.sheets, files.poster);
        match order.outputs("replay") {
            Ok(_) => Ok(Self { order, redact, fetch_assets }),
            Err(error) => Err(vec![SaidError::new("", error.to_string())]),
        }
    }

    /// What decides about the pictures besides the recording: equal for orders that make the same files. What the environment of the server sets is in it.
    pub fn canonical(&self) -> String {
        format!("{self:?}")
    }

    /// Whether files of every window are asked for.
    pub(crate) fn window(&self) -> &str {
        &self.order.picture.window
    }
}

/// The options, read by the very parser that reads the command line's.
fn order(options: &BTreeMap<&str, &Json>, errors: &mut Vec<SaidError>) -> Option<Order> {
    let mut command = Order::augment_args(clap::Command::new("spec").no_binary_name(true).disable_help_flag(true));
    let mut arguments = Vec::new();
    for (name, value) in options {
        let pointer = format!("/{name}");
        let Some(argument) = field::option(&command, name) else {
            let known: Vec<String> = fields().into_iter().map(|field| field.name).collect();
            let message =
                format!("there is no such option; there are outputs, redact, fetch_assets, {}", known.join(", "));
            errors.push(SaidError::new(pointer, message));
            continue;
        };
        match field::argument(argument, value) {
            Ok(argument) => arguments.extend(argument.map(|argument| (pointer, argument))),
            Err(message) => errors.push(SaidError::new(pointer, message)),
        }
    }
    if !errors.is_empty() {
        return None;
    }
    let preset = options.get("preset").and_then(|name| name.as_str());
    if let Some(preset) = preset.and_then(|name| <Preset as clap::ValueEnum>::from_str(name, false).ok()) {
        command = set(command, preset.options());
    }
    // One by one first, so that each mistake is told and has its place; then all together.
    for (pointer, argument) in &arguments {
        if let Err(error) = command.clone().try_get_matches_from([argument]) {
            errors.push(SaidError::new(pointer.clone(), field::reason(&error)));
        }
    }
    if !errors.is_empty() {
        return None;
    }
    let matches = command.try_get_matches_from(arguments.iter().map(|(_, argument)| argument));
    let order = matches.and_then(|matches| Order::from_arg_matches(&matches));
    order.map_err(|error| errors.push(SaidError::new("", field::reason(&error)))).ok()
}

fn redaction(said: Option<&Json>, errors: &mut Vec<SaidError>) -> SaidRedaction {
    let mut redaction = SaidRedaction::default();
    let members = match said {
        None | Some(Json::Null) => return redaction,
        Some(Json::Object(members)) => members,
        Some(_) => {
            errors.push(SaidError::new("/redact", "must be an object with builtin (a list of names) and rules (TOML)"));
            return redaction;
        }
    };
    for (name, value) in members.iter().take(MOST) {
        match (name.as_str(), value) {
            ("rules", Json::String(rules)) => redaction.rules = Some(rules.clone()),
            ("builtin", Json::Array(names)) => {
                for name in names.iter().take(MOST) {
                    let known = name.as_str().and_then(|name| <BuiltIn as clap::ValueEnum>::from_str(name, false).ok());
                    match known {
                        Some(known) => redaction.builtin.push(known),
                        None => errors.push(SaidError::new(
                            "/redact/builtin",
                            format!("{name} is none of email, card, phone, token"),
                        )),
                    }
                }
            }
            _ => errors.push(SaidError::new(
                format!("/redact/{name}"),
                "redact has builtin (a list of names) and rules (TOML)",
            )),
        }
    }
    redaction
}

fn origins(said: Option<&Json>, errors: &mut Vec<SaidError>) -> Vec<Origin> {
    let list = match said {
        None | Some(Json::Null) => return Vec::new(),
        Some(Json::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if list.len() > MOST {
        errors.push(SaidError::new("/fetch_assets", format!("must be at most {MOST} (got {})", list.len())));
        return Vec::new();
    }
    let mut origins = Vec::new();
    for (index, origin) in list.iter().enumerate() {
        let pointer = || format!("/fetch_assets/{index}");
        match origin.as_str().map(str::parse::<Origin>) {
            Some(Ok(origin)) => origins.push(origin),
            Some(Err(error)) => errors.push(SaidError::new(pointer(), error)),
            None => errors.push(SaidError::new(pointer(), "must be an origin, like \"https://cdn.example.org\"")),
        }
    }
    origins
}

/// The files of an order.
#[derive(Default)]
struct Files {
    outputs: Vec<OutputArg>,
    stills: Vec<StillArg>,
    sheets: Vec<SheetArg>,
    poster: Option<std::path::PathBuf>,
}

/// A JSON value as an option's value is written.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(on) => Some(if *on { "on" } else { "off" }.to_owned()),
        Json::Array(list) => {
            let texts: Option<Vec<String>> = list.iter().map(|one| text(one).filter(|_| !one.is_array())).collect();
            texts.map(|texts| texts.join(","))
        }
        Json::Null | Json::Object(_) => None,
    }
}

type Members = Map<String, Json>;

#[cfg(test)]
mod tests;
