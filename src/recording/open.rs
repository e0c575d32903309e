//! From bytes to a recording: unpack, find the events, read each, put them in order.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::assemble::{Draft, assemble};
use super::compressed::{FieldError, unpack_event, unpack_fields};
use super::describe::describe;
use super::json::Fault;
use super::mobile;
use super::parse::parse;
use super::repair::RepairLog;
use super::shape::{EventText, Harvest, ItemText, harvest, name};
use super::unpack::{Budget, unpack};
use super::{EventKind, Format, Recording, RecordingError, RepairKind, SessionTime, Shape};

/// What reading a recording may cost, and what it is held to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most bytes that decompression may produce, over all layers and compressed fields of one input.
    pub unpacked_bytes: u64,
    /// Most bytes that one compressed field or event may unpack to.
    pub field_bytes: u64,
    /// A longer gap between two events, over all windows, is a jump of the clock and no pause.
    pub longest_gap: SessionTime,
    /// How many wireframes of a phone's recording may stand in one another.
    pub wireframe_depth: usize,
}

/// 2 GiB and 256 MiB, beyond every recording met; a day, the longest that PostHog lets a session last;
/// apps nest a few dozen views.
impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes: 2 << 30,
            field_bytes: 256 << 20,
            longest_gap: SessionTime::from_millis(24 * 60 * 60 * 1000),
            wireframe_depth: 200,
        }
    }
}

/// Reads a recording of any known format; compression and shape are detected from the content.
///
/// What is damaged but can be put right is, and is listed in [`Recording::repairs`].
///
/// # Errors
/// [`RecordingError`] if there is nothing that could be shown, or if it is larger than `limits` allow.
pub fn open(bytes: impl Into<Bytes>, limits: &Limits) -> Result<Recording, RecordingError> {
    let stored = bytes.into();
    let bytes_in = stored.len() as u64;
    let mut repairs = RepairLog::default();
    let mut budget = Budget::new(limits);
    let unpacked = unpack(stored, &mut budget)?;
    if unpacked.cut {
        repairs.note(RepairKind::CompressionCut, None);
    }
    let buffer = as_utf8(unpacked.bytes, &mut repairs)?;
    // Valid by `as_utf8`.
    let text = std::str::from_utf8(&buffer).unwrap_or_default();

    let (found, outcome) = harvest(text);
    let mut reader = EventReader { buffer: &buffer, budget, repairs, fields: 0, packed: 0 };
    let drafts = reader.read_all(&found)?;
    let EventReader { mut repairs, fields, packed, .. } = reader;
    note_findings(&found, &mut repairs);

    let events = drafts.len();
    let shown = drafts.iter().any(|(_, draft)| draft.kind == EventKind::FullSnapshot || mobile::is_screenshot(draft));
    match outcome {
        Err(Fault::Cut) if !shown => {
            return Err(RecordingError::Truncated { offset: text.len(), events });
        }
        Err(Fault::Cut) => repairs.note_many(RepairKind::Truncated { offset: text.len() }, events as u64, None),
        Err(Fault::Syntax { offset, reason }) => {
            return Err(RecordingError::Syntax { offset, reason });
        }
        Ok(()) if found.items.is_empty() && !is_empty_list(text, &found) => {
            return Err(RecordingError::UnknownShape { found: describe(text) });
        }
        Ok(()) if events == 0 => {
            return Err(RecordingError::NoEvents { dropped: repairs.unusable() });
        }
        Ok(()) if !shown => return Err(RecordingError::NoFullSnapshot { events }),
        Ok(()) => {}
    }

    let format = Format {
        shape: found.shape.unwrap_or(Shape::EventArray),
        version: found.version,
        compressions: unpacked.compressions,
        compressed_fields: fields,
        packed_events: packed,
        bytes_in,
        bytes_unpacked: buffer.len() as u64,
    };
    let (started_at_ms, windows) = assemble(drafts, limits, &mut repairs);
    Ok(Recording {
        started_at_ms,
        windows,
        format,
        session_id: found.session_id,
        person: found
            .person
            .and_then(|person| serde_json::from_str(person).ok())
            .filter(|person: &serde_json::Value| !person.is_null()),
        repairs: repairs.into_list(),
    })
}

/// The buffer as UTF-8 without byte order mark, if it begins like JSON.
fn as_utf8(bytes: Bytes, repairs: &mut RepairLog) -> Result<Bytes, RecordingError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(|rest| bytes.slice_ref(rest)).unwrap_or(bytes);
    match bytes.trim_ascii().first() {
        None => return Err(RecordingError::Empty),
        Some(b'[' | b'{') => {}
        Some(_) => {
            let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            return Err(RecordingError::NotJson { found: format!("`{}`", beginning.escape_debug()) });
        }
    }
    if std::str::from_utf8(&bytes).is_ok() {
        return Ok(bytes);
    }
    repairs.note(RepairKind::InvalidUtf8, None);
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

/// Whether the input is a container for events with nothing in it, rather than something else.
fn is_empty_list(text: &str, found: &Harvest<'_>) -> bool {
    found.strangers == 0 && found.shape.is_some() && !text.trim_ascii().is_empty()
}

fn note_findings(found: &Harvest<'_>, repairs: &mut RepairLog) {
    repairs.note_many(RepairKind::NotAnEvent, found.strangers, found.first_stranger);
    repairs.note_many(RepairKind::UnreadableLine { offset: found.first_unreadable }, found.unreadable_lines, None);
    if let Some(offset) = found.trailing {
        repairs.note(RepairKind::TrailingBytes { offset }, None);
    }
}

/// Reads the events of one input, counting what it had to unpack or drop.
struct EventReader<'a> {
    buffer: &'a Bytes,
    budget: Budget<'a>,
    repairs: RepairLog,
    fields: u64,
    packed: u64,
}

type WindowDraft = (Option<Arc<str>>, Draft);

impl EventReader<'_> {
    fn read_all(&mut self, found: &Harvest<'_>) -> Result<Vec<WindowDraft>, RecordingError> {
        let mut drafts = Vec::with_capacity(found.items.len());
        // One name per window, not one per event.
        let mut names: HashMap<String, Arc<str>> = HashMap::new();
        for (place, item) in found.items.iter().enumerate() {
            let index = place as u32;
            let (outcome, own_window) = match &item.text {
                ItemText::Event(event) => (self.read_event(self.buffer, event, index), event.window),
                ItemText::Packed(text) => (self.read_packed(text, index), None),
            };
            match outcome {
                Ok(draft) => {
                    let own = own_window
                        .and_then(name)
                        .map(|own| names.entry(own.clone()).or_insert_with(|| own.into()).clone());
                    drafts.push((own.or_else(|| item.window.clone()), draft));
                }
                Err(Unusable::Drop(reason)) => self.repairs.note(reason, Some(index)),
                Err(Unusable::Stop(error)) => return Err(error),
            }
        }
        Ok(drafts)
    }

    fn read_packed(&mut self, text: &str, index: u32) -> Result<Draft, Unusable> {
        let event = unpack_event(text, &mut self.budget).map_err(|error| Unusable::of(error, index))?;
        self.packed += 1;
        let json = Bytes::from(event);
        let text = std::str::from_utf8(&json).unwrap_or_default();
        self.read_event(&json, &EventText::of(text), index)
    }

    /// `holder` is the buffer that `event` is a slice of.
    fn read_event(&mut self, holder: &Bytes, event: &EventText<'_>, index: u32) -> Result<Draft, Unusable> {
        let unpacked = unpack_fields(event, &mut self.budget).map_err(|error| Unusable::of(error, index))?;
        let Some((rebuilt, fields)) = unpacked else {
            return read_plain(holder, event, index);
        };
        self.fields += fields;
        let json = Bytes::from(rebuilt);
        let text = std::str::from_utf8(&json).unwrap_or_default();
        // Not unpacked again: a string that unpacks to itself would have no end.
        read_plain(&json, &EventText::of(text), index)
    }
}

/// An event without compressed fields.
fn read_plain(holder: &Bytes, event: &EventText<'_>, index: u32) -> Result<Draft, Unusable> {
    let (timestamp, kind) = parse(event).map_err(Unusable::Drop)?;
    // The player wants a number.
    let json = if event.timestamp.is_some_and(|text| text.starts_with('"')) {
        Bytes::from(super::json::with_member(event.whole, "timestamp", &timestamp.to_string()))
    } else {
        holder.slice_ref(event.whole.as_bytes())
    };
    Ok(Draft { timestamp, index, kind, json })
}

enum Unusable {
    /// This event alone is lost.
    Drop(RepairKind),
    /// Reading ends.
    Stop(RecordingError),
}

impl Unusable {
    fn of(error: FieldError, index: u32) -> Self {
        match error {
            FieldError::Undecodable => Self::Drop(RepairKind::Undecodable),
            FieldError::TooLarge { limit, value } => {
                Self::Stop(RecordingError::TooLarge { limit, value, event: Some(index) })
            }
        }
    }
}
