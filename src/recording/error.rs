//! Why an input is not a recording that can be shown.

use std::io;

use super::Compression;

/// What is wrong with an input, where, and what to do about it. Offsets are bytes from the start of the unpacked JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// No bytes, or white space only.
    #[error("the input is empty; was the download or export cut off?")]
    Empty,
    /// The content does not begin like JSON.
    #[error(
        "not a recording: expected JSON (plain, or compressed with gzip, zstd, zlib, deflate, brotli or snappy), found {found}; give an rrweb, PostHog or Sentry recording"
    )]
    NotJson {
        /// The first bytes, made readable.
        found: String,
    },
    /// JSON that breaks its own grammar before its end.
    #[error("broken JSON at byte {offset}: {reason}; nothing after it can be trusted, record or export it again")]
    Syntax {
        /// Where.
        offset: usize,
        /// What the parser expected.
        reason: String,
    },
    /// JSON, but not of a shape that recordings have.
    #[error(
        "not a recording of a known shape: found {found}; expected an array of rrweb events, an object with `events`, JSON lines, a PostHog export or a Sentry segment"
    )]
    UnknownShape {
        /// What the input is, for example its top-level keys.
        found: String,
    },
    /// The input ends too early, and what is there cannot be shown.
    #[error(
        "the recording is cut off at byte {offset}: {events} complete events but no full snapshot before it; fetch the whole file"
    )]
    Truncated {
        /// Where the unpacked data ends.
        offset: usize,
        /// Complete events before the cut.
        events: usize,
    },
    /// A known shape without a usable event.
    #[error("the recording holds no events{}", dropped_clause(*dropped))]
    NoEvents {
        /// Events that were there but unusable (no timestamp, undecodable, …).
        dropped: u64,
    },
    /// Events, but no page to show them on.
    #[error(
        "none of the {events} events is a full snapshot (type 2), so there is no page to show; \
         recording has to start before the export does, with a full snapshot"
    )]
    NoFullSnapshot {
        /// Usable events found.
        events: usize,
    },
    /// Decompression produces more than allowed.
    #[error("unpacking exceeds the limit {limit} of {value}{}{}; if this is no archive bomb, raise it with --max-{}", unit(limit), event_clause(*event), limit.replace('_', "-"))]
    TooLarge {
        /// The limit's name in [`super::Limits`].
        limit: &'static str,
        /// Its value, bytes.
        value: u64,
        /// The event whose field is too large, if it is one.
        event: Option<u32>,
    },
    /// The compressed stream is damaged.
    #[error("the {compression} data is corrupt at compressed byte {offset}: {error}; fetch the file again")]
    CorruptCompression {
        /// Which.
        compression: Compression,
        /// How far the compressed data was read.
        offset: usize,
        /// What the decoder said.
        #[source]
        error: io::Error,
    },
    /// There are more events than allowed.
    #[error(
        "the recording has more events than the limit events of {limit}; if it is meant to be that long, raise the limit"
    )]
    TooManyEvents {
        /// [`super::Limits::events`].
        limit: u32,
    },
    /// An event was packed by a version of rrweb's packer that is not known.
    #[error(
        "event {event} was packed by version {version} of rrweb's packer, of which only v1 can be unpacked; unpack the recording with the packer that made it"
    )]
    UnknownPacker {
        /// What the event calls its packer (`v`).
        version: String,
        /// The event.
        event: u32,
    },
    /// Files of more than one session were given together.
    #[error(
        "{first} is of session {first_session} and {second} of session {second_session}; give only files of one session together"
    )]
    DifferentSessions {
        /// A file's name.
        first: String,
        /// Its session id.
        first_session: String,
        /// Another file's name.
        second: String,
        /// Its session id.
        second_session: String,
    },
    /// One of several files is at fault.
    #[error("{file}: {error}")]
    InFile {
        /// The file's name.
        file: String,
        /// What is wrong with it.
        #[source]
        error: Box<RecordingError>,
    },
    /// Compressed more than three times.
    #[error("still compressed ({compression}) after {layers} layers were unpacked; unpack it by hand")]
    TooManyLayers {
        /// What comes next.
        compression: Compression,
        /// Layers already unpacked.
        layers: usize,
    },
}

/// What stands where something of the input is not to be shown.
pub(crate) const NOT_SHOWN: &str = "(not shown)";

impl RecordingError {
    /// The same without anything that the input holds, for recordings of which nothing may show. Of files it names only those that are
    /// `known` already: names in a ZIP are content.
    #[must_use]
    pub fn without_quotes(self, known: &dyn Fn(&str) -> bool) -> Self {
        let file_name = |name: String| if known(&name) { name } else { NOT_SHOWN.to_owned() };
        let hidden = NOT_SHOWN.to_owned();
        match self {
            Self::NotJson { .. } => Self::NotJson { found: "something else".to_owned() },
            Self::UnknownShape { .. } => Self::UnknownShape { found: "other JSON".to_owned() },
            Self::UnknownPacker { event, .. } => Self::UnknownPacker { version: hidden, event },
            Self::DifferentSessions { first, second, .. } => Self::DifferentSessions {
                first: file_name(first),
                first_session: hidden.clone(),
                second: file_name(second),
                second_session: hidden,
            },
            Self::InFile { file, error } => {
                Self::InFile { file: file_name(file), error: Box::new(error.without_quotes(known)) }
            }
            error => error,
        }
    }
}

fn dropped_clause(dropped: u64) -> String {
    if dropped == 0 {
        return String::new();
    }
    format!(
        " that can be used; {dropped} had to be dropped for want of a timestamp or because they could not be decoded"
    )
}

fn unit(limit: &str) -> &'static str {
    if limit.ends_with("_bytes") { " bytes" } else { "" }
}

fn event_clause(event: Option<u32>) -> String {
    event.map(|index| format!(" in event {index}")).unwrap_or_default()
}
