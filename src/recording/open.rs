//! From bytes to a recording: unpack, find the events, read each, put them in order.

use bytes::Bytes;

use super::assemble::assemble;
use super::describe::describe;
use super::json::Fault;
use super::read::EventReader;
use super::shape::{Harvest, harvest};
use super::unpack::{Budget, begins_like_json, unpack};
use super::{EventKind, Format, Recording, RecordingError, RepairKind, SessionTime, Shape, mobile, utf8};
use crate::source::SourceBytes;

/// What reading a recording may cost, and what it is held to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most bytes that decompression may produce, over all layers, files and compressed fields of one input.
    pub unpacked_bytes: u64,
    /// Most bytes that one compressed field or event may unpack to.
    pub field_bytes: u64,
    /// Most events; each costs about 200 bytes besides its text.
    pub events: u32,
    /// A longer gap between two events, over all windows, is a jump of the clock and no pause.
    pub longest_gap: SessionTime,
    /// Most nodes that one mutation may add; larger ones are split.
    pub mutation_adds: usize,
    /// How many wireframes of a phone's recording may stand in one another.
    pub wireframe_depth: usize,
}

/// 2 GiB, 256 MiB and 5 million events, beyond every recording met; a day, the longest that PostHog lets a session last; 5,000
/// nodes, as PostHog's player splits them; apps nest a few dozen views.
impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes: 2 << 30,
            field_bytes: 256 << 20,
            events: 5_000_000,
            longest_gap: SessionTime::from_millis(24 * 60 * 60 * 1000),
            mutation_adds: 5000,
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
    open_all(vec![(String::new(), bytes.into())], limits)
}

/// Reads a recording that came in several files, for example one per block or segment. Each is detected on its own; their order
/// does not matter, and what is in more than one of them is taken once.
///
/// # Errors
/// [`RecordingError`] as from [`open`], naming the file where there are several; also if they are of different sessions.
pub fn open_parts(parts: Vec<SourceBytes>, limits: &Limits) -> Result<Recording, RecordingError> {
    open_all(parts.into_iter().map(|part| (part.name, part.bytes)).collect(), limits)
}

/// What a file says of itself, also where it holds only a part of a recording that cannot be shown alone.
///
/// # Errors
/// [`RecordingError`] if it is no recording, or cannot be read to its end.
pub fn names(stored: Bytes, limits: &Limits) -> Result<Names, RecordingError> {
    let mut files = Files::new(limits);
    let unpacked = unpack(stored, &mut files.reader.budget)?;
    let buffer = files.as_text(unpacked.bytes)?;
    // Valid by `as_text`.
    let text = std::str::from_utf8(&buffer).unwrap_or_default();
    let (found, outcome) = harvest(text, limits.events as usize);
    match outcome {
        Err(Fault::Syntax { offset, reason }) => return Err(RecordingError::Syntax { offset, reason }),
        Err(Fault::Full) => return Err(RecordingError::TooManyEvents { limit: limits.events }),
        Err(Fault::Cut) => return Err(RecordingError::Truncated { offset: text.len(), events: found.items.len() }),
        Ok(()) if found.items.is_empty() && !is_empty_list(&found) => {
            return Err(RecordingError::UnknownShape { found: describe(text) });
        }
        Ok(()) => {}
    }
    let session_id = found.session_id.clone();
    files.note_person(&found);
    Ok(Names { session_id, person: files.person() })
}

/// What a file says of itself.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// See [`Recording::session_id`].
    pub session_id: Option<String>,
    /// See [`Recording::person`].
    pub person: Option<serde_json::Value>,
}

fn open_all(files: Vec<(String, Bytes)>, limits: &Limits) -> Result<Recording, RecordingError> {
    let several = files.len() > 1;
    let mut all = Files::new(limits);
    for (name, stored) in files {
        // Taken by value: a compressed file is let go of as soon as it is unpacked.
        all.add(&name, stored).map_err(|error| match error {
            error @ RecordingError::DifferentSessions { .. } => error,
            error if several => RecordingError::InFile { file: name, error: Box::new(error) },
            error => error,
        })?;
    }
    all.finish()
}

/// The files of an input, as far as they are read.
struct Files<'a> {
    limits: &'a Limits,
    reader: EventReader<'a>,
    format: Option<Format>,
    session: Option<(String, String)>,
    person: Option<serde_json::Value>,
    /// Whose events they are, where they say so one by one.
    distinct_ids: Vec<String>,
    /// The first file cut off: its name, where, and how many events there are before.
    cut: Option<(String, usize, usize)>,
}

impl<'a> Files<'a> {
    fn new(limits: &'a Limits) -> Self {
        let reader = EventReader::new(Budget::new(limits));
        Self { limits, reader, format: None, session: None, person: None, distinct_ids: Vec::new(), cut: None }
    }

    fn add(&mut self, file: &str, stored: Bytes) -> Result<(), RecordingError> {
        let bytes_in = stored.len() as u64;
        self.reader.repairs.begin_file(file, self.reader.found);
        let unpacked = unpack(stored, &mut self.reader.budget)?;
        if unpacked.cut {
            self.reader.repairs.note(RepairKind::CompressionCut, None);
        }
        let buffer = self.as_text(unpacked.bytes)?;
        // Valid by `as_text`.
        let text = std::str::from_utf8(&buffer).unwrap_or_default();
        let (found, outcome) = harvest(text, (self.limits.events - self.reader.found) as usize);
        let (known, base) = (self.reader.drafts.len(), self.reader.found);
        self.reader.read(&buffer, &found)?;
        self.note_findings(&found, base);
        let events = self.reader.drafts.len() - known;
        match outcome {
            Err(Fault::Cut) => {
                self.reader.repairs.note_many(RepairKind::Truncated { offset: text.len() }, events as u64, None);
                self.cut.get_or_insert_with(|| (file.to_owned(), text.len(), events));
            }
            Err(Fault::Syntax { offset, reason }) => return Err(RecordingError::Syntax { offset, reason }),
            Err(Fault::Full) => return Err(RecordingError::TooManyEvents { limit: self.limits.events }),
            Ok(()) if found.items.is_empty() && !is_empty_list(&found) => {
                return Err(RecordingError::UnknownShape { found: describe(text) });
            }
            Ok(()) => {}
        }
        let format = Format {
            shape: if unpacked.sentry { Shape::SentrySegment } else { found.shape.unwrap_or(Shape::EventArray) },
            version: found.version.clone(),
            compressions: unpacked.compressions,
            compressed_fields: self.reader.fields,
            packed_events: self.reader.packed,
            bytes_in,
            bytes_unpacked: buffer.len() as u64,
            files: Vec::new(),
        };
        match &mut self.format {
            Some(first) => first.join(&format),
            None => self.format = Some(format),
        }
        self.note_person(&found);
        self.hold_to_one_session(file, found.session_id)
    }

    fn note_person(&mut self, found: &Harvest<'_>) {
        if self.person.is_none() {
            self.person = found.person.and_then(|person| serde_json::from_str(person).ok());
            self.person.take_if(|person| person.is_null());
        }
        for id in &found.distinct_ids {
            if !self.distinct_ids.contains(id) {
                self.distinct_ids.push(id.clone());
            }
        }
    }

    /// The person as the file describes them, with the IDs under which events were sent.
    fn person(&mut self) -> Option<serde_json::Value> {
        let ids = std::mem::take(&mut self.distinct_ids);
        if ids.is_empty() {
            return self.person.take();
        }
        let mut person = self.person.take().unwrap_or_else(|| serde_json::json!({}));
        if let Some(members) = person.as_object_mut() {
            let known = members.entry("distinct_ids").or_insert_with(|| serde_json::json!([]));
            if let Some(known) = known.as_array_mut() {
                for id in ids {
                    if !known.iter().any(|known| known.as_str() == Some(&id)) {
                        known.push(id.into());
                    }
                }
            }
        }
        Some(person)
    }

    fn hold_to_one_session(&mut self, file: &str, session: Option<String>) -> Result<(), RecordingError> {
        match (&self.session, session) {
            (Some((first, known)), Some(id)) if *known != id => Err(RecordingError::DifferentSessions {
                first: first.clone(),
                first_session: known.clone(),
                second: file.to_owned(),
                second_session: id,
            }),
            (None, Some(id)) => {
                self.session = Some((file.to_owned(), id));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Recording, RecordingError> {
        let person = self.person();
        let EventReader { mut repairs, drafts, windows, .. } = self.reader;
        let events = drafts.len();
        if !drafts.iter().any(|draft| draft.kind == EventKind::FullSnapshot || mobile::is_screenshot(draft)) {
            return Err(match self.cut {
                Some((file, offset, events)) => {
                    let error = RecordingError::Truncated { offset, events };
                    if repairs.has_files() { RecordingError::InFile { file, error: Box::new(error) } } else { error }
                }
                None if self.format.is_none() => RecordingError::Empty,
                None if events == 0 => RecordingError::NoEvents { dropped: repairs.unusable() },
                None => RecordingError::NoFullSnapshot { events },
            });
        }
        let (started_at_ms, windows) = assemble(drafts, &windows, self.limits, &mut repairs);
        Ok(Recording {
            started_at_ms,
            windows,
            // There is one: without a file there is no full snapshot.
            format: self.format.ok_or(RecordingError::Empty)?,
            session_id: self.session.map(|(_, id)| id),
            person,
            repairs: repairs.into_list(),
        })
    }

    /// The bytes as UTF-8 without byte order mark, if they begin like JSON.
    fn as_text(&mut self, bytes: Bytes) -> Result<Bytes, RecordingError> {
        let bytes = match utf8::from_utf16(&bytes) {
            Some(text) => text,
            None => bytes,
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(|rest| bytes.slice_ref(rest)).unwrap_or(bytes);
        let trimmed = bytes.trim_ascii_start();
        if trimmed.is_empty() {
            return Err(RecordingError::Empty);
        }
        if !matches!(trimmed.first(), Some(b'[' | b'{')) && !begins_like_json(trimmed) {
            let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            return Err(RecordingError::NotJson { found: format!("`{}`", beginning.escape_debug()) });
        }
        let (text, replaced) = utf8::repaired(bytes);
        if replaced {
            self.reader.repairs.note(RepairKind::InvalidUtf8, None);
        }
        Ok(text)
    }

    /// `base` is the index of the file's first event.
    fn note_findings(&mut self, found: &Harvest<'_>, base: u32) {
        let repairs = &mut self.reader.repairs;
        let first = found.first_stranger.map(|place| base + place);
        repairs.note_many(RepairKind::NotAnEvent, found.strangers, first);
        repairs.note_many(RepairKind::UnreadableLine { offset: found.first_unreadable }, found.unreadable_lines, None);
        if let Some(offset) = found.trailing {
            repairs.note(RepairKind::TrailingBytes { offset }, None);
        }
    }
}

/// Whether the file is a container for events with nothing in it, rather than something else.
fn is_empty_list(found: &Harvest<'_>) -> bool {
    found.strangers == 0 && found.shape.is_some()
}
