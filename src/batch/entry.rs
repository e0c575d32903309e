//! A line of the manifest: what became of one recording.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Item;
use crate::ledger::Failure;
use crate::worker::{Notice, OutputFile, SessionFacts};

/// What became of one recording: a line of `manifest.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Of this format: 1.
    pub version: u32,
    /// What the recording is known by, 32 hexadecimal digits of SHA-256 over its places.
    pub key: String,
    /// Where it was, without secrets.
    pub source: String,
    /// `done` or `failed`.
    pub state: EntryState,
    /// What its files are called, without extension.
    pub name: String,
    /// What changes when its content does; see [`Item::stamp`](super::Item::stamp).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// Hex SHA-256 of the recording as it was read. Absent where it could not be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_sha256: Option<String>,
    /// Hex SHA-256 of what was asked for: options and redaction.
    pub order: String,
    /// The program's version.
    pub program: String,
    /// RFC 3339.
    pub finished_at: String,
    /// ms.
    pub took_ms: u64,
    /// What the recording says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionFacts>,
    /// Length of the first video, ms; 0 without one.
    #[serde(default)]
    pub video_ms: f64,
    /// See [`Report::frames_sha256`](crate::render::Report::frames_sha256).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub frames_sha256: String,
    /// Its files. Names are relative to the archive.
    #[serde(default)]
    pub outputs: Vec<OutputFile>,
    /// Errors, rage clicks and all else worth looking at; a thousand at most.
    #[serde(default)]
    pub moments: Vec<Json>,
    /// What the viewer should know.
    #[serde(default)]
    pub warnings: Vec<Notice>,
    /// Why there are no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl Entry {
    /// Of a recording of which nothing has been made yet.
    pub(super) fn blank(item: &Item, state: EntryState, name: String, order: &str) -> Self {
        Self {
            version: VERSION,
            key: item.key(),
            source: item.shown(),
            state,
            name,
            stamp: item.stamp.clone(),
            source_sha256: None,
            order: order.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            finished_at: String::new(),
            took_ms: 0,
            session: None,
            video_ms: 0.0,
            frames_sha256: String::new(),
            outputs: Vec::new(),
            moments: Vec::new(),
            warnings: Vec::new(),
            failure: None,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryState {
    /// Its files are there.
    Done,
    /// There are none, and a reason.
    Failed,
}

/// The format that this program writes.
pub(super) const VERSION: u32 = 1;
