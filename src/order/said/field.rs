//! Members of a `spec` that are options of the command line.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args as _, Command};
use serde_json::Value as Json;

use super::text;
use crate::order::Order;

/// An option that a `spec` may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidField {
    /// As in the JSON.
    pub name: String,
    /// What it does.
    pub help: String,
    /// What it may be, if it is one of a few words.
    pub values: Vec<String>,
    /// What it is if nothing is said.
    pub default: Option<String>,
    /// Whether it is on or off.
    pub is_switch: bool,
}

/// Options that name files: the service names those itself.
const FILES: [&str; 5] = ["output", "still", "contact-sheet", "poster", "stills-to"];

/// Every option that a `spec` may have, in the order of the command line's.
pub fn fields() -> Vec<SaidField> {
    let command = Order::augment_args(Command::new("spec"));
    let field = |argument: &Arg| {
        let values: Vec<String> =
            argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        SaidField {
            name: name(argument)?,
            help: argument.get_help().map(ToString::to_string).unwrap_or_default(),
            is_switch: is_flag(argument) || values == ["on", "off"],
            values: if is_flag(argument) { Vec::new() } else { values },
            default: argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned()),
        }
        .into()
    };
    command.get_arguments().filter_map(field).collect()
}

pub(super) fn name(argument: &Arg) -> Option<String> {
    let long = argument.get_long()?;
    let is_limit = argument.get_help_heading() == Some("Limits");
    (!is_limit && !FILES.contains(&long)).then(|| long.replace('-', "_"))
}

/// The option that a member is.
pub(super) fn option<'c>(command: &'c Command, member: &str) -> Option<&'c Arg> {
    command.get_arguments().find(|argument| name(argument).as_deref() == Some(member))
}

pub(super) fn is_flag(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::SetTrue)
}

/// The member as it would stand on the command line; absent where it says nothing.
pub(super) fn argument(argument: &Arg, value: &Json) -> Result<Option<String>, String> {
    let long = argument.get_long().unwrap_or_default();
    match value {
        Json::Null => Ok(None),
        Json::Bool(on) if is_flag(argument) => Ok(on.then(|| format!("--{long}"))),
        _ if is_flag(argument) => Err("must be true or false".to_owned()),
        value => match text(value) {
            Some(value) => Ok(Some(format!("--{long}={value}"))),
            None => Err("must be a text, a number, true, false, or a list of such".to_owned()),
        },
    }
}

/// What the parser says, without the words that are about a command line.
pub(super) fn reason(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    if error.kind() == ErrorKind::InvalidValue
        && let Some(valid) = text(ContextKind::ValidValue)
    {
        return format!("must be one of {valid} (got {:?})", text(ContextKind::InvalidValue).unwrap_or_default());
    }
    if error.kind() == ErrorKind::ArgumentConflict {
        return format!("cannot stand beside {}", text(ContextKind::PriorArg).unwrap_or_default());
    }
    if let Some(source) = std::error::Error::source(error) {
        return source.to_string();
    }
    let said = error.to_string();
    let first = said.lines().next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}
