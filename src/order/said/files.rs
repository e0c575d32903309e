//! `outputs`: the files wanted, each with its format, its kind and its options.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value as Json;

use super::{Files, Members, OutputArg, OutputKind, SaidError, SheetArg, StillArg, text};
use crate::encode::StillFormat;
use crate::order::output::kind_of;

/// Files of one order at most, besides those of moments.
const MOST: usize = 50;
/// Kinds of pictures that are not of one moment.
const KINDS: &str = "video, still, contact_sheet, poster, captions, time_map";

pub(super) fn read(said: Option<&Json>, errors: &mut Vec<SaidError>) -> Files {
    let mut files = Files::default();
    let list = match said {
        None | Some(Json::Null) => return files,
        Some(Json::Array(list)) => list,
        Some(_) => {
            errors.push(SaidError::new("/outputs", "must be a list, like [{\"format\":\"mp4\"}]"));
            return files;
        }
    };
    if list.len() > MOST {
        errors.push(SaidError::new("/outputs", format!("must be at most {MOST} (got {})", list.len())));
        return files;
    }
    let mut names = Names::default();
    for (index, output) in list.iter().enumerate() {
        let pointer = format!("/outputs/{index}");
        match output {
            Json::Object(members) => {
                if let Err(error) = add(members, &pointer, &mut names, &mut files) {
                    errors.push(error);
                }
            }
            Json::String(format) => {
                let members = Members::from_iter([("format".to_owned(), Json::String(format.clone()))]);
                if let Err(error) = add(&members, &pointer, &mut names, &mut files) {
                    errors.push(error);
                }
            }
            _ => errors.push(SaidError::new(pointer, "must be an object, like {\"format\":\"mp4\"}")),
        }
    }
    files
}

fn add(members: &Members, pointer: &str, names: &mut Names, files: &mut Files) -> Result<(), SaidError> {
    let at = |name: &str| format!("{pointer}/{name}");
    let string = |name: &str| match members.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => text(value).map(Some).ok_or_else(|| SaidError::new(at(name), "must be a text")),
    };
    let format = string("format")?.ok_or_else(|| {
        SaidError::new(at("format"), "is missing; it can be mp4, webm, gif, webp, png, jpg, vtt, json")
    })?;
    let format = format.to_ascii_lowercase();
    let kind = string("kind")?;
    let moment = string("at")?;
    let kind = match (kind.as_deref(), moment.is_some()) {
        (Some(kind), _) => kind.to_owned(),
        (None, true) => "still".to_owned(),
        (None, false) => match kind_of(&PathBuf::from(format!("x.{format}")))
            .map_err(|error| wrong_format(&at("format"), &format, &error))?
        {
            OutputKind::Video(_) => "video",
            OutputKind::Still(_) => "still",
            OutputKind::Sidecar(crate::render::SidecarKind::Captions) => "captions",
            OutputKind::Sidecar(crate::render::SidecarKind::TimeMap) => "time_map",
        }
        .to_owned(),
    };
    let path = names
        .path(string("name")?.as_deref(), &kind, &format)
        .map_err(|message| SaidError::new(at("name"), message))?;
    let options = members
        .iter()
        .filter(|(name, value)| !matches!(name.as_str(), "format" | "kind" | "at" | "name") && !value.is_null());
    match kind.as_str() {
        "contact_sheet" => {
            still_format(&format, &at("format"))?;
            let mut said = path.display().to_string();
            for (name, value) in options {
                let value =
                    text(value).ok_or_else(|| SaidError::new(at(name), "must be a text, a number or a list"))?;
                let _ = write!(said, ",{name}={value}");
            }
            if let Some(moment) = moment {
                let _ = write!(said, ",at={moment}");
            }
            files.sheets.push(SheetArg::parse(&said).map_err(|message| SaidError::new(pointer, message))?);
        }
        "poster" => {
            still_format(&format, &at("format"))?;
            refuse_others(options, pointer, "a poster")?;
            if files.poster.replace(path).is_some() {
                return Err(SaidError::new(pointer, "there can be one poster"));
            }
        }
        "still" => {
            still_format(&format, &at("format"))?;
            if let Some(moment) = moment {
                refuse_others(options, pointer, "a still of a moment")?;
                let at_moment = moment
                    .parse()
                    .map_err(|error: crate::timeline::WhenError| SaidError::new(at("at"), error.to_string()))?;
                files.stills.push(StillArg { at: at_moment, path: Some(path) });
            } else {
                files.outputs.push(output(&path, options, pointer)?);
            }
        }
        "video" | "captions" | "time_map" => {
            if moment.is_some() {
                return Err(SaidError::new(at("at"), format!("is for stills; {kind} has from and to")));
            }
            files.outputs.push(output(&path, options, pointer)?);
        }
        _ => return Err(SaidError::new(at("kind"), format!("must be one of {KINDS} (got {kind:?})"))),
    }
    Ok(())
}

fn output<'m>(
    path: &std::path::Path,
    options: impl Iterator<Item = (&'m String, &'m Json)>,
    pointer: &str,
) -> Result<OutputArg, SaidError> {
    let mut output = OutputArg::new(path.to_owned()).map_err(|message| SaidError::new(pointer, message))?;
    for (name, value) in options {
        let at = || format!("{pointer}/{name}");
        // Of an output's options this one is a truth, the others are switches.
        let value = match value {
            Json::Bool(truth) if name == "cfr" => Some(truth.to_string()),
            value => text(value),
        };
        let value = value.ok_or_else(|| SaidError::new(at(), "must be a text, a number, true or false"))?;
        output.set(&name.replace('_', "-"), &value).map_err(|message| SaidError::new(at(), message))?;
    }
    Ok(output)
}

fn refuse_others<'m>(
    mut options: impl Iterator<Item = (&'m String, &'m Json)>,
    pointer: &str,
    what: &str,
) -> Result<(), SaidError> {
    match options.next() {
        Some((name, _)) => {
            Err(SaidError::new(format!("{pointer}/{name}"), format!("{what} has format, name and kind only")))
        }
        None => Ok(()),
    }
}

fn still_format(format: &str, pointer: &str) -> Result<StillFormat, SaidError> {
    StillFormat::from_extension(format)
        .ok_or_else(|| SaidError::new(pointer, format!("must be png, jpg or webp (got {format:?})")))
}

fn wrong_format(pointer: &str, format: &str, _: &str) -> SaidError {
    SaidError::new(pointer, format!("must be mp4, webm, gif, webp, png, jpg, vtt or json (got {format:?})"))
}

/// Names given so far: no two files have the same.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn path(&mut self, given: Option<&str>, kind: &str, format: &str) -> Result<PathBuf, String> {
        let is_fine = |name: &str| {
            (1..=64).contains(&name.len())
                && !name.starts_with('.')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if let Some(name) = given {
            if !is_fine(name) {
                return Err(
                    "must be 1 to 64 letters, digits, dots, dashes and underlines, and not begin with a dot".to_owned()
                );
            }
            let name = if name.to_ascii_lowercase().ends_with(&format!(".{format}")) {
                name.to_owned()
            } else {
                format!("{name}.{format}")
            };
            return if self.0.insert(name.clone()) {
                Ok(name.into())
            } else {
                Err(format!("two outputs are called {name}"))
            };
        }
        let stem = if kind == "video" { "replay".to_owned() } else { kind.replace('_', "-") };
        let numbered = (1..)
            .map(|number| if number == 1 { format!("{stem}.{format}") } else { format!("{stem}-{number}.{format}") });
        let mut free = numbered.filter(|name| !self.0.contains(name));
        let name = free.next().unwrap_or_default();
        self.0.insert(name.clone());
        Ok(name.into())
    }
}
