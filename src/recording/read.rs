//! The events of one file, from text to drafts: unpacked where they are packed, dropped where they cannot be used.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::assemble::Draft;
use super::compressed::{FieldError, unpack_event, unpack_fields};
use super::json;
use super::parse::parse;
use super::repair::RepairLog;
use super::shape::{EventText, Harvest, ItemText, name};
use super::unpack::Budget;
use super::{RecordingError, RepairKind};

/// Reads events, counting what it had to unpack or drop. One for all files of an input.
pub(super) struct EventReader<'a> {
    pub(super) budget: Budget<'a>,
    pub(super) repairs: RepairLog,
    /// The drafts of all files read so far.
    pub(super) drafts: Vec<Draft>,
    /// The windows' ids; a draft has the place of its own.
    pub(super) windows: Vec<Arc<str>>,
    places: HashMap<Arc<str>, u32>,
    /// Events found so far, usable or not.
    pub(super) found: u32,
    /// Fields and events unpacked in the file last read.
    pub(super) fields: u64,
    pub(super) packed: u64,
}

impl<'a> EventReader<'a> {
    pub(super) fn new(budget: Budget<'a>) -> Self {
        Self {
            budget,
            repairs: RepairLog::default(),
            drafts: Vec::new(),
            windows: Vec::new(),
            places: HashMap::new(),
            found: 0,
            fields: 0,
            packed: 0,
        }
    }

    /// Reads what was found in `buffer`, the whole file's text.
    pub(super) fn read(&mut self, buffer: &Bytes, found: &Harvest<'_>) -> Result<(), RecordingError> {
        (self.fields, self.packed) = (0, 0);
        let known = self.drafts.len();
        self.drafts.reserve_exact(found.items.len());
        let mut sliced = 0;
        for item in &found.items {
            let index = self.found;
            self.found += 1;
            let (outcome, own_window) = match &item.text {
                ItemText::Event(event) => (self.event(buffer, event, index), event.window),
                ItemText::Packed(text) => (self.packed(text, index), None),
                ItemText::Quoted(text) => (self.quoted(text, index), None),
            };
            match outcome {
                Ok((timestamp, kind, json)) => {
                    if is_slice(&json, buffer) {
                        sliced += json.len();
                    }
                    let window = self.window(own_window.and_then(name), item.window.as_ref());
                    self.drafts.push(Draft { timestamp, index, window, kind, json });
                }
                Err(Unusable::Drop(reason)) => self.repairs.note(reason, Some(index)),
                Err(Unusable::Stop(error)) => return Err(error),
            }
        }
        // Where most of the file was packed fields, the few plain events must not keep all of it in memory.
        if sliced < buffer.len() / 2 {
            move_out(&mut self.drafts[known..], buffer, sliced);
        }
        Ok(())
    }

    /// The place of a window: the event's own, else its container's, else [`Draft::NO_WINDOW`].
    fn window(&mut self, own: Option<String>, container: Option<&Arc<str>>) -> u32 {
        let Some(id) = own.map(Arc::<str>::from).or_else(|| container.cloned()) else {
            return Draft::NO_WINDOW;
        };
        *self.places.entry(id).or_insert_with_key(|id| {
            self.windows.push(id.clone());
            self.windows.len() as u32 - 1
        })
    }

    fn packed(&mut self, text: &str, index: u32) -> Result<Read, Unusable> {
        let event = unpack_event(text, &mut self.budget).map_err(|error| Unusable::of(error, index))?;
        self.packed += 1;
        self.whole(event, index)
    }

    fn quoted(&mut self, text: &str, index: u32) -> Result<Read, Unusable> {
        let event = json::string(text).filter(|event| json::is_one_value(event));
        self.whole(event.ok_or(Unusable::Drop(RepairKind::Undecodable))?, index)
    }

    /// An event that is a text of its own.
    fn whole(&mut self, event: String, index: u32) -> Result<Read, Unusable> {
        let json = Bytes::from(event.into_bytes().into_boxed_slice());
        let text = std::str::from_utf8(&json).unwrap_or_default();
        self.event(&json, &EventText::of(text), index)
    }

    /// `holder` is the buffer that `event` is a slice of.
    fn event(&mut self, holder: &Bytes, event: &EventText<'_>, index: u32) -> Result<Read, Unusable> {
        let unpacked = unpack_fields(event, &mut self.budget).map_err(|error| Unusable::of(error, index))?;
        let Some((rebuilt, fields)) = unpacked else {
            return plain(holder, event);
        };
        self.fields += fields;
        // Boxed: a string that grew has room to spare, which would be held as long as the event.
        let json = Bytes::from(rebuilt.into_bytes().into_boxed_slice());
        let text = std::str::from_utf8(&json).unwrap_or_default();
        // Not unpacked again: a string that unpacks to itself would have no end.
        plain(&json, &EventText::of(text))
    }
}

type Read = (f64, super::EventKind, Bytes);

/// An event without compressed fields.
fn plain(holder: &Bytes, event: &EventText<'_>) -> Result<Read, Unusable> {
    let (timestamp, kind) = parse(event).map_err(Unusable::Drop)?;
    // The player wants a number.
    let json = if event.timestamp.is_some_and(|text| text.starts_with('"')) {
        Bytes::from(json::with_member(event.whole, "timestamp", &timestamp.to_string()))
    } else {
        holder.slice_ref(event.whole.as_bytes())
    };
    Ok((timestamp, kind, json))
}

fn is_slice(json: &Bytes, buffer: &Bytes) -> bool {
    buffer.as_ptr_range().contains(&json.as_ptr())
}

/// Copies what is sliced from `buffer`, `length` bytes together, to a buffer of its own.
fn move_out(drafts: &mut [Draft], buffer: &Bytes, length: usize) {
    let mut own = Vec::with_capacity(length);
    for draft in drafts.iter().filter(|draft| is_slice(&draft.json, buffer)) {
        own.extend_from_slice(&draft.json);
    }
    let mut own = Bytes::from(own);
    for draft in drafts.iter_mut().filter(|draft| is_slice(&draft.json, buffer)) {
        draft.json = own.split_to(draft.json.len());
    }
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
            FieldError::UnknownPacker { version } => {
                Self::Stop(RecordingError::UnknownPacker { version, event: index })
            }
            FieldError::TooLarge { limit, value } => {
                Self::Stop(RecordingError::TooLarge { limit, value, event: Some(index) })
            }
        }
    }
}
