//! A recording as a file that other programs read: event by event from its slices, so that nothing is held twice.
//!
//! Events are written as they stand in the recording: with the recording's clock, decompressed, and with what was
//! repaired when it was read.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;

use super::assemble::ONLY_WINDOW;
use super::{Event, Recording, Window, json, shape};

/// How a file arranges the events of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `[event, …]`: what rrweb's own tools read. Events carry `windowId` if the recording knows windows.
    Rrweb,
    /// One event per line, otherwise as [`Form::Rrweb`].
    Lines,
    /// `["windowId", event]` per line: as PostHog's snapshot API sends it, and as packages hold it.
    WindowLines,
    /// PostHog's "Export to JSON" of version 2023-04-28, which its file playback imports: `{version, data: {id, person, snapshots}}`,
    /// each event with its `windowId`.
    Posthog,
}

/// Writes all events of `recording`, by time over all windows.
pub fn write(recording: &Recording, form: Form, out: &mut impl Write) -> io::Result<()> {
    match form {
        Form::Rrweb => {
            let named = knows_windows(recording);
            out.write_all(b"[")?;
            write_list(recording, named, out)?;
            out.write_all(b"]\n")
        }
        Form::Lines => {
            let named = knows_windows(recording);
            for (window, event) in recording.in_order() {
                write_on_one_line(&event_of(window, event, named), out)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        }
        Form::WindowLines => {
            for (window, event) in recording.in_order() {
                write!(out, "[{},", Value::from(window.id.as_str()))?;
                write_on_one_line(&event.json, out)?;
                out.write_all(b"]\n")?;
            }
            Ok(())
        }
        Form::Posthog => {
            let id = Value::from(recording.session_id.as_deref().unwrap_or_default());
            write!(out, r#"{{"version":"2023-04-28","data":{{"id":{id}"#)?;
            if let Some(person) = &recording.person {
                write!(out, r#","person":{person}"#)?;
            }
            out.write_all(br#","snapshots":["#)?;
            write_list(recording, true, out)?;
            out.write_all(b"]}}\n")
        }
    }
}

/// Whether its windows have names of their own. Where they have not, naming them would say what nobody recorded.
fn knows_windows(recording: &Recording) -> bool {
    !matches!(recording.windows.as_slice(), [window] if window.id == ONLY_WINDOW)
}

fn write_list(recording: &Recording, named: bool, out: &mut impl Write) -> io::Result<()> {
    for (place, (window, event)) in recording.in_order().enumerate() {
        out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        out.write_all(&event_of(window, event, named))?;
    }
    out.write_all(b"\n")
}

fn event_of<'e>(window: &Window, event: &'e Event, named: bool) -> Cow<'e, [u8]> {
    match std::str::from_utf8(&event.json) {
        Ok(text) if named => with_window(text, &window.id),
        _ => Cow::Borrowed(&event.json),
    }
}

/// The event with this `windowId`, in whatever way it named a window before.
fn with_window<'e>(event: &'e str, id: &str) -> Cow<'e, [u8]> {
    let [own] = json::members(event, ["windowId"]);
    let quoted = || Value::from(id).to_string();
    match own {
        Some(own) if shape::name(own).as_deref() == Some(id) => Cow::Borrowed(event.as_bytes()),
        Some(_) => Cow::Owned(json::with_member(event, "windowId", &quoted()).into_bytes()),
        // An event always has members: it has a type.
        None => match event.split_once('{') {
            Some((before, rest)) => Cow::Owned(format!("{before}{{\"windowId\":{},{rest}", quoted()).into_bytes()),
            None => Cow::Borrowed(event.as_bytes()),
        },
    }
}

/// Line breaks in JSON are white space between values (within strings they are escaped), so they can go.
fn write_on_one_line(event: &[u8], out: &mut impl Write) -> io::Result<()> {
    event.split(|byte| matches!(byte, b'\n' | b'\r')).try_for_each(|piece| out.write_all(piece))
}
