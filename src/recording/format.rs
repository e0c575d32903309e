//! What kind of file a recording came in.

use std::fmt;

use serde::Serialize;

/// How a recording was stored. If it came in several files, the first three fields are of the first of them, and the counts are of all.
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
    /// The different kinds of files it came in, in the order given; empty if it came in one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileFormat>,
}

/// One kind of file of a recording that came in several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFormat {
    /// How many of the files are so.
    pub count: u64,
    /// The arrangement of the events.
    pub shape: Shape,
    /// The `version` a PostHog export states.
    pub version: Option<String>,
    /// Compression around the whole file, outermost first.
    pub compressions: Vec<Compression>,
}

impl FileFormat {
    fn of(format: &Format) -> Self {
        let Format { shape, version, compressions, .. } = format;
        Self { count: 1, shape: *shape, version: version.clone(), compressions: compressions.clone() }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.shape, &self.version, &self.compressions) == (other.shape, &other.version, &other.compressions)
    }
}

impl Format {
    /// Takes in another file of the same recording.
    pub(super) fn join(&mut self, other: &Self) {
        if self.files.is_empty() {
            self.files.push(FileFormat::of(self));
        }
        let file = FileFormat::of(other);
        match self.files.iter_mut().find(|known| known.is_like(&file)) {
            Some(known) => known.count += 1,
            None => self.files.push(file),
        }
        self.compressed_fields += other.compressed_fields;
        self.packed_events += other.packed_events;
        self.bytes_in += other.bytes_in;
        self.bytes_unpacked += other.bytes_unpacked;
    }
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
    /// PostHog "Export to JSON" of 2022 with `data.snapshotsByWindowId`, and its long-term storage of that year.
    PosthogExportByWindow,
    /// `$snapshot` events as PostHog's recorder sends them.
    PosthogIngest,
    /// Sentry's replay segment: a line `{"segment_id": N}` and an array of events.
    SentrySegment,
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
            Self::SentrySegment => "Sentry replay segment",
            Self::JsonLines => "JSON lines",
            Self::SingleEvent => "one rrweb event",
            Self::Package => "replay package",
        })
    }
}

/// A compression around a whole file. gzip and zstd are known by their first bytes, the others by trying them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Compression {
    /// RFC 1952, magic `1f 8b`.
    Gzip,
    /// RFC 8878, magic `28 b5 2f fd`.
    Zstd,
    /// RFC 1950.
    Zlib,
    /// RFC 1951, with nothing around it.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// One raw snappy block.
    Snappy,
    /// Raw snappy blocks, each after its length (u32, big-endian).
    SnappyBlocks,
    /// RFC 4648, in a form field or a JSON body's `data`.
    Base64,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Brotli => "brotli",
            Self::Snappy => "snappy",
            Self::SnappyBlocks => "length-prefixed snappy",
            Self::Base64 => "base64",
        })
    }
}

/// `PostHog export 2023-04-28, gzip, 11.2 MB of JSON, 312 compressed fields`, or
/// `3 files (2 of JSON lines, gzip; 1 of rrweb events (JSON array)), 11.2 MB of JSON`
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files.is_empty() {
            describe(f, self.shape, self.version.as_deref(), &self.compressions)?;
        } else {
            write!(f, "{} files (", self.files.iter().map(|file| file.count).sum::<u64>())?;
            for (place, file) in self.files.iter().enumerate() {
                write!(f, "{}{} of ", if place > 0 { "; " } else { "" }, file.count)?;
                describe(f, file.shape, file.version.as_deref(), &file.compressions)?;
            }
            write!(f, ")")?;
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

fn describe(
    f: &mut fmt::Formatter<'_>,
    shape: Shape,
    version: Option<&str>,
    compressions: &[Compression],
) -> fmt::Result {
    write!(f, "{shape}")?;
    if let Some(version) = version {
        write!(f, " {version}")?;
    }
    compressions.iter().try_for_each(|compression| write!(f, ", {compression}"))
}
