//! What kind of file a recording came in.

use std::fmt;

use serde::Serialize;

/// How a recording was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Format {
    /// The arrangement of the events.
    pub shape: Shape,
    /// The `version` a PostHog export states (`2023-04-28`, `2022-12-02`).
    pub version: Option<String>,
    /// Compression around the whole input, outermost first.
    pub compressions: Vec<Compression>,
    /// Fields that PostHog's recorder had compressed (`cv`) and that were unpacked.
    pub compressed_fields: u64,
    /// Events that rrweb's packer had compressed whole and that were unpacked.
    pub packed_events: u64,
    /// Size of the input as stored, bytes.
    pub bytes_in: u64,
    /// Size of its JSON, bytes: after [`Format::compressions`], before compressed fields.
    pub bytes_unpacked: u64,
}

/// How a file arranges its events. Detected from content alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Shape {
    /// `[event, …]`, as rrweb's documentation stores recordings.
    EventArray,
    /// `{"events": […]}` or `{"session": …, "events": […]}`.
    EventsObject,
    /// `{"result": […]}`, `{"result": {"snapshots": […]}}` or `{"snapshots": […]}`: answers of PostHog's older APIs.
    ApiResult,
    /// PostHog "Export to JSON" with `data.snapshots`.
    PosthogExport,
    /// PostHog "Export to JSON" of 2022 with `data.snapshotsByWindowId`.
    PosthogExportByWindow,
    /// `$snapshot` events as PostHog's recorder sends them.
    PosthogIngest,
    /// One JSON value per line: events, `["windowId", event]`, or batches.
    JsonLines,
    /// One event object.
    SingleEvent,
    /// A `.replay.zip` (see [`crate::package`]).
    Package,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EventArray => "rrweb events (JSON array)",
            Self::EventsObject => "rrweb events (JSON object)",
            Self::ApiResult => "PostHog API result",
            Self::PosthogExport => "PostHog export",
            Self::PosthogExportByWindow => "PostHog export by window",
            Self::PosthogIngest => "PostHog $snapshot events",
            Self::JsonLines => "JSON lines",
            Self::SingleEvent => "one rrweb event",
            Self::Package => "replay package",
        })
    }
}

/// A compression around a whole input, known by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Compression {
    /// RFC 1952, magic `1f 8b`.
    Gzip,
    /// RFC 8878, magic `28 b5 2f fd`.
    Zstd,
}

impl Compression {
    /// Which compression `bytes` begin with, if any.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Self::Zstd)
        } else {
            None
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

/// `PostHog export 2023-04-28, gzip, 11.2 MB of JSON, 312 compressed fields`
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.shape)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        for compression in &self.compressions {
            write!(f, ", {compression}")?;
        }
        match self.bytes_unpacked {
            n if n < 10_000 => write!(f, ", {n} bytes of JSON")?,
            n if n < 1_000_000 => write!(f, ", {:.0} kB of JSON", n as f64 / 1e3)?,
            n => write!(f, ", {:.1} MB of JSON", n as f64 / 1e6)?,
        }
        if self.compressed_fields > 0 {
            write!(f, ", {} compressed fields", self.compressed_fields)?;
        }
        if self.packed_events > 0 {
            write!(f, ", {} packed events", self.packed_events)?;
        }
        Ok(())
    }
}
