//! The other way round: an order of the command line as the `spec` that says the same.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use serde_json::{Value as Json, json};

use super::{Members, field};
use crate::order::Order;
use crate::order::output::OutputArg;

/// An order, and the `spec` that says the same.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) order: Order,
    /// As [`super::Said::parse`] reads it.
    pub(crate) spec: Json,
}

impl Args for Told {
    fn augment_args(command: Command) -> Command {
        Order::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Order::augment_args_for_update(command)
    }
}

impl FromArgMatches for Told {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { order: Order::from_arg_matches(matches)?, spec: spec(matches) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What was said, and not what holds anyway: defaults may be others where it is read.
fn spec(matches: &ArgMatches) -> Json {
    let command = Order::augment_args(Command::new("spec"));
    let mut members = Members::new();
    let mut outputs = Vec::new();
    for argument in command.get_arguments() {
        let values = said(matches, argument);
        if values.is_empty() {
            continue;
        }
        match argument.get_long() {
            Some("output") => outputs.extend(values.iter().map(|value| file(value, None))),
            Some("contact-sheet") => outputs.extend(values.iter().map(|value| file(value, Some("contact_sheet")))),
            Some("poster") => outputs.extend(values.iter().map(|value| file(value, Some("poster")))),
            Some("still") => outputs.extend(values.iter().map(|value| still(value))),
            _ => {
                let Some(name) = field::name(argument) else { continue };
                let value = if field::is_flag(argument) { Json::Bool(true) } else { Json::String(values.join(",")) };
                members.insert(name, value);
            }
        }
    }
    if !outputs.is_empty() {
        members.insert("outputs".to_owned(), outputs.into());
    }
    Json::Object(members)
}

fn said(matches: &ArgMatches, argument: &Arg) -> Vec<String> {
    let id = argument.get_id().as_str();
    let is_said = matches!(matches.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable));
    if !is_said || (field::is_flag(argument) && !matches.get_flag(id)) {
        return Vec::new();
    }
    matches.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect()
}

/// `clip.gif,fps=10` as `{"format":"gif","name":"clip.gif","fps":"10"}`.
fn file(text: &str, kind: Option<&str>) -> Json {
    let mut parts = text.split(',').peekable();
    let mut path = parts.next().unwrap_or_default().to_owned();
    let mut options: Vec<(String, String)> = Vec::new();
    for part in parts {
        match (part.split_once('='), options.last_mut()) {
            (Some((key, value)), _) => options.push((key.replace('-', "_"), value.to_owned())),
            // A list of kinds is separated by commas too; so may a path be.
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(part);
            }
            (None, None) => {
                path.push(',');
                path.push_str(part);
            }
        }
    }
    let mut members = named(&path);
    match kind {
        Some(kind) => drop(members.insert("kind".to_owned(), kind.into())),
        None if OutputArg::new(path.clone().into()).is_ok_and(|output| output.is_still()) => {
            members.insert("kind".to_owned(), "still".into());
        }
        None => {}
    }
    members.extend(options.into_iter().map(|(key, value)| (key, Json::String(value))));
    Json::Object(members)
}

/// `1:20=shot.png` as `{"format":"png","name":"shot.png","at":"1:20"}`.
fn still(text: &str) -> Json {
    match text.split_once('=') {
        Some((at, path)) => {
            let mut members = named(path);
            members.insert("at".to_owned(), at.into());
            Json::Object(members)
        }
        None => json!({"format": "png", "at": text}),
    }
}

fn named(path: &str) -> Members {
    let path = std::path::Path::new(path);
    let text = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    Members::from_iter([
        ("format".to_owned(), Json::String(text(path.extension()).to_lowercase())),
        ("name".to_owned(), Json::String(text(path.file_name()))),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::Said;
    use super::*;

    fn told(arguments: &[&str]) -> Told {
        let command = Told::augment_args(Command::new("batch").no_binary_name(true));
        Told::from_arg_matches(&command.try_get_matches_from(arguments).unwrap()).unwrap()
    }

    #[test]
    fn a_spec_says_what_the_command_line_said() {
        for arguments in [
            vec![],
            vec!["-o", "replay.mp4"],
            vec![
                "-o",
                "clip.gif,fps=10,size=800x450,max-bytes=5MB",
                "-o",
                "replay.webm,idle=cap=2s",
                "-o",
                "replay.vtt",
            ],
            vec![
                "-o",
                "end.png",
                "--still",
                "1:20=shot.jpg",
                "--contact-sheet",
                "sheet.png,columns=3,at=error,rage",
                "--poster",
                "p.jpg",
            ],
            vec!["--fps", "12.5", "--speed", "2", "--idle", "skip", "--cfr", "--stills", "errors,rage", "--full-page"],
            vec![
                "--bar", "top", "--cursor", "off", "--scale", "2", "--from", "1:00", "--to", "50%", "--window", "auto",
            ],
        ] {
            let told = told(&arguments);
            let read = Said::parse(&told.spec).unwrap_or_else(|errors| panic!("{}: {errors:?}", told.spec));
            let paths = |order: &Order| format!("{:?}", order.outputs("replay").unwrap());
            assert_eq!(paths(&read.order), paths(&told.order), "{}", told.spec);
            let picture = |order: &Order| format!("{:?}", order.picture);
            assert_eq!(picture(&read.order), picture(&told.order), "{}", told.spec);
        }
    }

    #[test]
    fn what_was_not_said_is_left_to_who_reads_it() {
        assert_eq!(told(&[]).spec, json!({}));
    }
}
