//! What was put right while reading, so that no change to a recording goes unreported.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::Viewport;

/// One kind of repair and how often it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// What was wrong and what was done.
    #[serde(flatten)]
    pub kind: RepairKind,
    /// How many events (or lines, for [`RepairKind::UnreadableLine`], or nodes, for [`RepairKind::ExtensionNodes`]) it touched.
    pub count: u64,
    /// The first event touched, by its index in the source; absent where it is not about events.
    pub first_event: Option<u32>,
    /// The file it was made in, if several were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What was wrong, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "repair", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RepairKind {
    /// The compressed stream ended early; what came out of it is used.
    CompressionCut,
    /// Bytes that are not UTF-8 were replaced by question marks.
    InvalidUtf8,
    /// The JSON ends in the middle; the complete events before are used.
    Truncated {
        /// Bytes of unpacked JSON there are.
        offset: usize,
    },
    /// Something follows the end of the JSON document; it is ignored.
    TrailingBytes {
        /// Where it begins in the unpacked JSON.
        offset: usize,
    },
    /// Lines that are not JSON, in a JSON-lines file; dropped.
    UnreadableLine {
        /// Where the first of them begins in the unpacked JSON.
        offset: usize,
    },
    /// List items that are not events of any known shape; dropped.
    NotAnEvent,
    /// Events without a finite number as timestamp; dropped.
    MissingTimestamp,
    /// Events whose compressed fields cannot be decompressed; dropped.
    Undecodable,
    /// Events earlier than one before them in their window; sorted by time.
    OutOfOrder,
    /// Events that were delivered twice; dropped.
    Duplicate,
    /// Events whose times were in seconds, as Sentry's breadcrumbs may have them; now in ms.
    SecondsTimestamp,
    /// The clock jumped; the gap is now one second. Times are the recording's clock, ms since 1970-01-01 UTC.
    ClockJump {
        /// The last event before the jump.
        from_ms: i64,
        /// The first event after it.
        to_ms: i64,
    },
    /// A window had no meta event (page and viewport) before its first full snapshot; one was made.
    MetaSynthesised {
        /// The window's id.
        window: String,
        /// Width assumed, CSS px.
        width: u32,
        /// Height assumed, CSS px.
        height: u32,
    },
    /// Later full snapshots without a meta event of their own; one was made of what held before.
    MetaRepeated {
        /// The window's id.
        window: String,
    },
    /// Nodes that browser extensions had put into the page; emptied, because players may show them or fail at them.
    ExtensionNodes,
    /// Mutations that add more nodes than players apply in one go; split into several of the same time.
    MutationSplit,
    /// A window of a phone began without a full snapshot; its first screenshot is one.
    SnapshotSynthesised {
        /// The window's id.
        window: String,
    },
    /// Wireframes of a phone that stand in more than `limit` others; left out.
    WireframesTooDeep {
        /// [`super::Limits::wireframe_depth`].
        limit: usize,
    },
    /// Wireframes whose parent is not on the screen; they stand on the screen itself.
    WireframeParentUnknown,
    /// Pictures of a phone's screen that cannot be read; a placeholder stands for each.
    PictureUnreadable,
    /// Viewports without area (zero, negative or missing sizes); the one before or a likely one is used.
    ViewportInvalid,
    /// Viewports beyond [`Viewport::MAX_SIDE`]; cut to it.
    ViewportClamped,
}

/// A sentence for people.
impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use RepairKind as K;
        let n = self.count;
        let (events, have, were) = if n == 1 { ("event", "has", "was") } else { ("events", "have", "were") };
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        match &self.kind {
            K::CompressionCut => write!(f, "The compressed data ends early; what could be unpacked is used"),
            K::InvalidUtf8 => write!(f, "Bytes that are not UTF-8 were replaced"),
            K::Truncated { offset } => {
                write!(f, "The JSON is cut off at byte {offset}; the {n} complete {events} before it {were} kept")
            }
            K::TrailingBytes { offset } => write!(f, "What follows the end of the JSON at byte {offset} was ignored"),
            K::UnreadableLine { offset } => write!(f, "{n} unreadable line(s) dropped, the first at byte {offset}"),
            K::NotAnEvent => write!(f, "{n} list item(s) that are no rrweb {events} {were} dropped"),
            K::MissingTimestamp => {
                write!(f, "{n} {events} without a usable timestamp {were} dropped")
            }
            K::Undecodable => write!(f, "{n} {events} whose compressed data cannot be decoded {were} dropped"),
            K::OutOfOrder => write!(f, "{n} {events} that went back in time {were} sorted in"),
            K::Duplicate => write!(f, "{n} repeated {events} {were} dropped"),
            K::SecondsTimestamp => write!(f, "{n} {events} had a time in seconds, now in milliseconds"),
            K::ClockJump { from_ms, to_ms } => {
                write!(f, "The clock jumped from {} to {}; the gap was cut to 1 s", clock(*from_ms), clock(*to_ms))
            }
            K::MetaSynthesised { window, width, height } => {
                write!(f, "Window {window} says nothing about its page and size; {width}x{height} is assumed")
            }
            K::MetaRepeated { window } => write!(
                f,
                "{n} later full snapshot(s) of window {window} came without page and size; the ones before hold"
            ),
            K::ExtensionNodes => write!(f, "{n} node(s) of browser extensions emptied"),
            K::MutationSplit => write!(f, "{n} {events} that added too many nodes at once {were} split"),
            K::SnapshotSynthesised { window } => {
                write!(f, "Window {window} begins without a full snapshot; its first screenshot is taken for one")
            }
            K::WireframesTooDeep { limit } => {
                write!(f, "{n} wireframe(s) that stand in more than {limit} others (wireframe_depth) {were} left out")
            }
            K::WireframeParentUnknown => {
                write!(f, "{n} wireframe(s) whose parent is not on the screen {were} put on the screen itself")
            }
            K::PictureUnreadable => write!(f, "{n} picture(s) that cannot be read {were} replaced by placeholders"),
            K::ViewportInvalid => write!(f, "{n} {events} {have} a viewport without area; a likely one is used"),
            K::ViewportClamped => {
                write!(f, "{n} {events} {have} an absurdly large viewport; cut to {}", Viewport::MAX_SIDE)
            }
        }?;
        match self.first_event {
            Some(index) if n > 1 => write!(f, " (first: event {index})."),
            Some(index) => write!(f, " (event {index})."),
            None => write!(f, "."),
        }
    }
}

/// RFC 3339, or the bare number where it is beyond the calendar.
fn clock(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| format!("{ms} ms"), |time| time.to_string())
}

/// Collects repairs while reading; a map, so that a hostile file with a million faults costs no quadratic search.
#[derive(Debug, Default)]
pub(super) struct RepairLog {
    repairs: BTreeMap<(usize, RepairKind), (u64, Option<u32>)>,
    /// The files begun: name, and the index of the first event.
    files: Vec<(String, u32)>,
}

impl RepairLog {
    /// What follows is about another file, of which the first event will be `first`.
    pub(super) fn begin_file(&mut self, name: &str, first: u32) {
        self.files.push((name.to_owned(), first));
    }

    /// The place, among the files, of the one that this event is from.
    pub(super) fn file_of(&self, event: u32) -> usize {
        self.files.partition_point(|(_, first)| *first <= event).saturating_sub(1)
    }

    /// Whether there is more than one file.
    pub(super) fn has_files(&self) -> bool {
        self.files.len() > 1
    }

    /// One more of `kind`.
    pub(super) fn note(&mut self, kind: RepairKind, event: Option<u32>) {
        self.note_many(kind, 1, event);
    }

    /// `count` more of `kind`; nothing if that is zero.
    pub(super) fn note_many(&mut self, kind: RepairKind, count: u64, first: Option<u32>) {
        if count == 0 {
            return;
        }
        let file = first.map_or(self.files.len().saturating_sub(1), |event| self.file_of(event));
        let entry = self.repairs.entry((file, kind)).or_insert((0, first));
        entry.0 += count;
        entry.1 = match (entry.1, first) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    /// Events dropped so far for a reason that makes them unusable.
    pub(super) fn unusable(&self) -> u64 {
        let lost = [RepairKind::NotAnEvent, RepairKind::MissingTimestamp, RepairKind::Undecodable];
        self.repairs.iter().filter(|((_, kind), _)| lost.contains(kind)).map(|(_, (count, _))| count).sum()
    }

    pub(super) fn into_list(self) -> Vec<Repair> {
        let Self { repairs, files } = self;
        // One file needs no name: the whole report is about it.
        let name = |file: usize| files.get(file).filter(|_| files.len() > 1).map(|(name, _)| name.clone());
        repairs
            .into_iter()
            .map(|((file, kind), (count, first_event))| Repair { kind, count, first_event, file: name(file) })
            .collect()
    }
}
