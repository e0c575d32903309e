//! Errors that the page wrote to its console. Exceptions that nobody caught come the same way: recorders write them there.

use super::payload::{self, Reader};
use super::{Moment, MomentKind};
use crate::recording::Event;
use crate::redact::tape::Value;

/// Levels of the console that mean an error (rrweb's console plugin, `LogLevel`).
const ERRORS: [&str; 2] = ["error", "assert"];

pub(super) fn is_console(plugin: &str) -> bool {
    plugin.starts_with("rrweb/console@")
}

/// The error that an event of the console plugin or of the log of recorders before rrweb 1.0 tells of, if it tells of one.
pub(super) fn of(event: &Event, reader: &mut Reader) -> Option<Moment> {
    let data = reader.data(event)?;
    // The plugin's is one level further in; there, `payload` is an object, and here a list.
    let line = data.get("payload").filter(|inner| inner.get("level").is_some()).unwrap_or(data);
    let level = line.get("level")?.as_string()?;
    ERRORS.contains(&&*level).then(|| Moment::new(MomentKind::Error, event.at, &message(line.get("payload"))))
}

/// What was written: a list of values, each as JSON in a string.
pub(super) fn message(written: Option<Value<'_>>) -> String {
    let mut message = String::new();
    for value in written.into_iter().flat_map(Value::elements) {
        // More than a label has room for is not read.
        if message.len() > 4 * payload::LONGEST_LABEL {
            break;
        }
        if !message.is_empty() {
            message.push(' ');
        }
        message.push_str(&unquoted(&value.string()));
    }
    message
}

/// The characters of a string that is written as JSON; anything else as it is.
fn unquoted(written: &str) -> String {
    let mut tape = crate::redact::tape::Tape::default();
    let is_string = written.len() > 1 && written.starts_with('"') && written.ends_with('"');
    let read = if is_string { tape.read(written).and_then(Value::as_string) } else { None };
    read.map_or_else(|| written.to_owned(), std::borrow::Cow::into_owned)
}
