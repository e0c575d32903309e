//! Brings the bytes of a recording, from wherever the user says it is. Knows no recording formats.
//!
//! An input is a file, standard input, a web address, an object store, or a recording in PostHog by its ID or link. Everything that connects out goes
//! through [`crate::outbound`].

mod catalogue;
mod error;
mod file;
mod pace;
mod place;
mod posthog;
mod s3;
mod web;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::outbound::Client;

pub use catalogue::{Collection, Listed};
pub use error::{PostHogError, SourceError};
pub use pace::{Clock, SystemClock, Waiting};
pub use place::{Link, Place};
pub use posthog::recordings::Filter;
pub use posthog::{Account, KeptDownload, Key, kept};

/// What reading an input may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest input accepted, in bytes as stored (before decompression); of several files together.
    pub input_bytes: u64,
    /// Most objects read below one prefix.
    pub objects: usize,
    /// How often one request is tried while the server is busy or the connection breaks.
    pub tries: u32,
    /// Longest single wait that a server may ask for.
    pub wait: Duration,
}

/// 512 MiB: a gzipped recording of that size is days long, and it has to fit into memory.
impl Default for Limits {
    fn default() -> Self {
        Self { input_bytes: 512 << 20, objects: 1000, tries: 6, wait: Duration::from_mins(5) }
    }
}

/// A file of an input, whole.
#[derive(Debug, Clone)]
pub struct SourceBytes {
    /// What to call it in messages: the input as the user gave it (without secrets), `standard input` for `-`.
    pub name: String,
    /// Its content, as stored.
    pub bytes: Bytes,
}

/// An input that was read: its files, and what the place says about them.
#[derive(Debug, Clone, Default)]
pub struct Sourced {
    /// The files, all of one session.
    pub parts: Vec<SourceBytes>,
    /// What the place says besides.
    pub hints: Hints,
}

/// What a place says besides the recording itself.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The moment a link points to, seconds of session time.
    pub from_s: Option<f64>,
    /// The session, as its server describes it.
    pub session: Option<Session>,
    /// What the viewer should know.
    pub warnings: Vec<Warning>,
}

/// A session as its server describes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Session {
    /// The recording's ID.
    pub id: String,
    /// When it began, ISO 8601.
    pub start_time: Option<String>,
    /// When it ended, ISO 8601.
    pub end_time: Option<String>,
    /// Seconds.
    pub duration_s: Option<f64>,
    /// Who it was: the server's JSON (`distinct_ids`, `properties`, …).
    pub person: Option<serde_json::Value>,
}

/// Something to know about what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable name.
    pub code: &'static str,
    /// How often.
    pub count: u64,
    /// A sentence.
    pub message: String,
}

/// How far fetching is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pieces that have come.
    pub done: u64,
    /// Pieces there are.
    pub of: u64,
    /// Bytes that have come.
    pub bytes: u64,
    /// The server asked to wait this long.
    pub waiting: Option<Duration>,
}

/// What reading needs to know besides the places.
#[derive(Clone)]
pub struct Settings {
    /// What it may cost.
    pub limits: Limits,
    /// The way out.
    pub client: Client,
    /// Whom to be in PostHog.
    pub posthog: Account,
    /// Where pieces of unfinished downloads are kept, so that a later run goes on from there; absent: nowhere.
    pub cache: Option<PathBuf>,
    /// Keep the pieces after the download is complete, too.
    pub keep: bool,
    /// Time, for waiting between tries.
    pub clock: Arc<dyn Clock>,
    /// Told as fetching goes on.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

impl Settings {
    /// The usual: default limits, no account, no cache, nobody told.
    pub fn new(client: Client) -> Self {
        Self {
            limits: Limits::default(),
            client,
            posthog: Account::default(),
            cache: None,
            keep: false,
            clock: Arc::new(SystemClock),
            progress: Arc::new(|_| {}),
        }
    }
}

/// Reads all of `places`, which are the files of one session, in the order given.
///
/// # Errors
/// [`SourceError`], naming the place. The limit on bytes holds for all places together, and for bytes really read.
pub async fn read(places: &[Place], settings: &Settings) -> Result<Sourced, SourceError> {
    if places.len() > 1 && places.contains(&Place::Stdin) {
        return Err(SourceError::StdinAmongOthers);
    }
    let mut all = Sourced::default();
    let mut left = settings.limits.clone();
    for place in places {
        let sourced = read_one(place, &left, settings).await?;
        left.input_bytes -= sourced.parts.iter().map(|part| part.bytes.len() as u64).sum::<u64>().min(left.input_bytes);
        all.parts.extend(sourced.parts);
        all.hints.from_s = all.hints.from_s.or(sourced.hints.from_s);
        all.hints.session = all.hints.session.or(sourced.hints.session);
        all.hints.warnings.extend(sourced.hints.warnings);
    }
    Ok(all)
}

async fn read_one(place: &Place, limits: &Limits, settings: &Settings) -> Result<Sourced, SourceError> {
    let one = |part| Sourced { parts: vec![part], hints: Hints::default() };
    // The limit that messages name is the one that was set, not what is left of it.
    let limited = |error| match error {
        SourceError::TooLarge { name, .. } => SourceError::TooLarge { name, limit: settings.limits.input_bytes },
        error => error,
    };
    match place {
        Place::Stdin => file::read_stdin(limits).map(one),
        Place::Path(path) => file::read(path, limits).map(one),
        Place::Web(url) => web::read(url, limits, settings).await.map(one),
        Place::S3(object) => {
            s3::read(object, limits, settings).await.map(|parts| Sourced { parts, hints: Hints::default() })
        }
        Place::PostHog(link) => posthog::read(link, limits, settings).await,
    }
    .map_err(limited)
}
