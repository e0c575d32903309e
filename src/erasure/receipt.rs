//! What an erasure did, for whoever has to prove it.

use std::fmt::Display;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::ledger::{ErasureId, FoundBy, ShareWithout};
use crate::subject::Subject;

/// What [`Receipt::format`] is.
pub const FORMAT: &str = "replayreel-erasure";
/// What [`Receipt::version`] is. Higher ones change what members mean; new members do not.
pub const VERSION: u32 = 1;
/// Entries of one list. What is beyond is counted.
const LISTED: usize = 10_000;
/// Stands where the ID stood in what is kept.
const BLANK: &str = "[subject]";

/// What was deleted, what could not be, and what was not looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Always `replayreel-erasure`.
    pub format: String,
    /// 1.
    pub version: u32,
    /// `ers_…`: the name under which the service keeps it. None for a dry run, and without a service.
    pub id: Option<String>,
    /// The program's version.
    pub program: String,
    /// Nothing was deleted: this is what would be.
    pub dry_run: bool,
    /// Whom it was about.
    pub subject: ReceiptSubject,
    /// RFC 3339.
    pub began_at: String,
    /// RFC 3339.
    pub finished_at: String,
    /// Whether all that was found is gone. False: run it again.
    pub complete: bool,
    /// What is gone.
    pub deleted: Deleted,
    /// What could not be deleted, and why.
    pub failed: Vec<Item>,
    /// What may hold something, but could not be looked into.
    pub not_looked_into: Vec<Item>,
    /// Renders that name the ID in what their client said, but whose recording is of somebody else. They are left as they are.
    pub mentions: Vec<String>,
    /// Renders that have not read their recording yet. If it turns out to be about the subject, they make nothing and delete themselves.
    pub waiting: u64,
    /// Renders made before the ledger noted whom they are about, of recordings that are not in the store: they could only be found by their place, by
    /// equal bytes, and by metadata.
    pub older: u64,
    /// Files below the given folders that are no recordings.
    pub other_files: u64,
    /// Entries that were left out of lists because there are too many.
    pub unlisted: u64,
}

/// Whom a receipt is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptSubject {
    /// `recording` or `person`.
    pub kind: String,
    /// The ID. Only where it is told to whoever asked; never in what is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What stands for it, hex.
    pub hash: String,
    /// `hmac-sha256` with a secret of the ledger; `sha256` without one. Over kind, a zero byte, and ID.
    pub hashed_with: String,
}

/// What is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deleted {
    /// Jobs.
    pub renders: Vec<ReceiptRender>,
    /// Files in the store: what was made, and what was uploaded.
    pub artifacts: Vec<ReceiptFile>,
    /// Recordings below the given folders.
    pub packages: Vec<ReceiptFile>,
    /// Recordings of archives, with the archive's name before theirs. Their files are among the artifacts.
    #[serde(default)]
    pub archived: Vec<String>,
    /// Sessions that recorders sent. Their chunks are among the artifacts.
    #[serde(default)]
    pub sessions: Vec<String>,
    /// Folders with pieces of downloads.
    pub downloads: Vec<String>,
    /// Messages to webhooks, sent or not.
    pub deliveries: u64,
    /// Idempotency keys.
    pub idempotency_keys: u64,
    /// Shared links.
    pub shares: ReceiptShares,
}

/// A job that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptRender {
    /// `rnd_…`
    pub id: String,
    /// How far it had come.
    pub state: String,
    /// `recording`: its recording or its place says so. `same_recording`: it was made of the same bytes. `metadata`: its metadata says so, and nothing
    /// else is known.
    #[schema(value_type = String)]
    pub found_by: FoundBy,
}

/// A file that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptFile {
    /// Its path, or its key in the store.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Hex SHA-256, of recordings below the given folders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Shared links that showed what is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptShares {
    /// They showed nothing else, and are gone.
    pub deleted: Vec<String>,
    /// They show the rest. Their titles are as they were.
    pub changed: Vec<String>,
}

/// Something, and why it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// A render, a key, a path.
    pub what: String,
    /// A sentence.
    pub why: String,
}

impl Receipt {
    pub(super) fn new(subject: &Subject, hash: String, keyed: bool, id: Option<ErasureId>, dry_run: bool) -> Self {
        let hashed_with = if keyed { "hmac-sha256" } else { "sha256" }.to_owned();
        let (kind, value) = (subject.kind.name().to_owned(), Some(subject.value.clone()));
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            id: id.map(|id| id.to_string()),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            dry_run,
            subject: ReceiptSubject { kind, value, hash, hashed_with },
            began_at: now(),
            finished_at: String::new(),
            complete: false,
            deleted: Deleted::default(),
            failed: Vec::new(),
            not_looked_into: Vec::new(),
            mentions: Vec::new(),
            waiting: 0,
            older: 0,
            other_files: 0,
            unlisted: 0,
        }
    }

    pub(super) fn fail(&mut self, what: &dyn Display, why: &dyn Display) {
        self.failed.push(Item { what: what.to_string(), why: sentence(&why.to_string()) });
    }

    pub(super) fn pass_over(&mut self, what: &dyn Display, why: &dyn Display) {
        self.not_looked_into.push(Item { what: what.to_string(), why: sentence(&why.to_string()) });
    }

    pub(super) fn take_shares(&mut self, shares: Vec<ShareWithout>) {
        let told = &mut self.deleted.shares;
        for share in shares {
            match share {
                ShareWithout::Deleted(id) => {
                    // It may have lost another render before.
                    told.changed.retain(|changed| *changed != id.to_string());
                    told.deleted.push(id.to_string());
                }
                ShareWithout::Changed(id) if told.changed.contains(&id.to_string()) => {}
                ShareWithout::Changed(id) => told.changed.push(id.to_string()),
            }
        }
    }

    pub(super) fn close(&mut self) {
        self.complete = self.failed.is_empty();
        self.finished_at = now();
        let Self { deleted, failed, not_looked_into, mentions, .. } = self;
        self.unlisted = cut(&mut deleted.renders)
            + cut(&mut deleted.artifacts)
            + cut(&mut deleted.packages)
            + cut(&mut deleted.archived)
            + cut(&mut deleted.downloads)
            + cut(&mut deleted.sessions)
            + cut(failed)
            + cut(not_looked_into)
            + cut(mentions);
    }

    /// Whether there was nothing to delete.
    pub fn is_empty(&self) -> bool {
        self.deleted == Deleted::default()
    }

    /// As it is kept: without the ID, wherever it stands.
    pub fn without(&self, subject: &Subject) -> Json {
        let mut kept = self.clone();
        kept.subject.value = None;
        let mut kept = serde_json::to_value(kept).unwrap_or_default();
        // Names are of this program's making, and hashes and times say nothing.
        for place in [
            "/deleted/artifacts",
            "/deleted/archived",
            "/deleted/sessions",
            "/deleted/packages",
            "/deleted/downloads",
            "/failed",
            "/not_looked_into",
        ] {
            if let Some(value) = kept.pointer_mut(place) {
                blank(value, &subject.value);
            }
        }
        kept
    }
}

/// Takes a text out of the strings of paths and reasons.
fn blank(value: &mut Json, text: &str) {
    match value {
        Json::String(string) => *string = string.replace(text, BLANK),
        Json::Array(values) => values.iter_mut().for_each(|value| blank(value, text)),
        Json::Object(members) => {
            let shown = members.iter_mut().filter(|(name, _)| *name != "sha256");
            shown.for_each(|(_, value)| blank(value, text));
        }
        _ => {}
    }
}

fn cut<T>(list: &mut Vec<T>) -> u64 {
    let more = list.len().saturating_sub(LISTED);
    list.truncate(LISTED);
    more as u64
}

/// What strangers recorded may be quoted in a reason.
fn sentence(text: &str) -> String {
    let line: String = crate::recording::printable(text).chars().take(500).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(id: &str) -> (Subject, Receipt) {
        let subject = Subject::person(id).unwrap();
        let mut receipt = Receipt::new(&subject, subject.hashed(None), false, None, false);
        receipt.deleted.packages.push(ReceiptFile {
            path: format!("/archive/{id}/a.replay.zip"),
            bytes: 1,
            sha256: Some("ada0".to_owned()),
        });
        receipt.pass_over(&format!("/archive/{id}.json"), &format!("broken near {id}\u{1b}[2J\n"));
        receipt.fail(&"rnd_1", &"it runs");
        receipt.close();
        (subject, receipt)
    }

    #[test]
    fn what_is_kept_never_says_whom_it_was_about() {
        for id in ["ada@example.com", "7", "a"] {
            let (subject, receipt) = receipt(id);
            let kept = receipt.without(&subject);
            assert_eq!(kept["subject"]["value"], Json::Null);
            assert_eq!(kept["subject"]["hash"], Json::from(receipt.subject.hash.as_str()));
            assert!(!kept["deleted"]["packages"][0]["path"].as_str().unwrap().contains(&format!("/{id}/")), "{kept}");
            assert_eq!(kept["deleted"]["packages"][0]["sha256"], "ada0");
            assert!(id.len() < 3 || !kept.to_string().contains(id), "{kept}");
        }
    }

    #[test]
    fn a_kept_receipt_is_read_as_one() {
        let (subject, receipt) = receipt("ada@example.com");
        let read: Receipt = serde_json::from_value(receipt.without(&subject)).unwrap();
        assert_eq!((read.version, read.complete, read.subject.value), (1, false, None));
        assert!(!receipt.not_looked_into[0].why.contains(['\u{1b}', '\n']));
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let subject = Subject::person("ada").unwrap();
        let mut receipt = Receipt::new(&subject, String::new(), false, None, false);
        (0..LISTED + 3).for_each(|n| receipt.pass_over(&n, &"x"));
        receipt.close();
        assert_eq!((receipt.not_looked_into.len(), receipt.unlisted, receipt.complete), (LISTED, 3, true));
    }
}
