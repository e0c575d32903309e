//! A job as the ledger keeps it. What it is to do, and what came of it, is JSON that the ledger does not look into.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::database::{Row, Value};
use super::{JobId, LedgerError};
use crate::subject::Subject;

/// How far a job has come. The names are part of the API and of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for its time and for a worker.
    Queued,
    /// A worker has it on lease.
    Running,
    /// Done, with a result.
    Succeeded,
    /// Given up, with a failure.
    Failed,
    /// Called off.
    Cancelled,
}

impl JobState {
    /// All of them, in the order in which a job may go through them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// The name, as in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more happens to the job by itself.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

super::named::named!(JobState, "a job's state");

/// Why an attempt came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable name for programs.
    pub code: String,
    /// What a person is told. Kept up to [`Failure::MESSAGE_BYTES`].
    pub message: String,
    /// Whether the same job may succeed another time.
    pub retryable: bool,
}

impl Failure {
    /// The code of a job whose workers disappeared one after the other.
    pub const WORKER_LOST: &'static str = "worker_lost";
    /// How much of a message is kept: it may quote what strangers recorded.
    pub const MESSAGE_BYTES: usize = 8192;

    pub(super) fn bounded(mut self) -> Self {
        if self.message.len() > Self::MESSAGE_BYTES {
            self.message.truncate(self.message.floor_char_boundary(Self::MESSAGE_BYTES - '…'.len_utf8()));
            self.message.push('…');
        }
        self
    }
}

/// A job for [`super::Ledger::enqueue`].
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its name, where something is called after it already.
    pub id: Option<JobId>,
    /// The name of the API key that asks; empty on a server without keys.
    pub owner: String,
    /// Higher ones go first.
    pub priority: i32,
    /// Not before this time, epoch ms of the database's clock. Now, if none.
    pub run_at: Option<i64>,
    /// How often it is begun at most, at least once.
    pub max_attempts: u32,
    /// Where the recording is.
    pub source: Json,
    /// What is to be made of it.
    pub spec: Json,
    /// What the client wants to find again.
    pub metadata: Json,
    /// Jobs with the same key have the same result.
    pub content_key: Option<String>,
    /// Memory the job is thought to need, bytes.
    pub memory: i64,
    /// Whom to tell when it is settled.
    pub webhook: Option<Json>,
    /// What makes a repeated request the same request.
    pub idempotency: Option<Idempotency>,
    /// How long after it is settled it is kept, ms. For ever, if none.
    pub keep_for_ms: Option<i64>,
    /// Whom it is about, as far as that is known before its recording is read.
    pub subjects: BTreeSet<Subject>,
}

/// A client's key for a request, and what the request was.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The client's key; keys of different owners have nothing to do with each other.
    pub key: String,
    /// A digest of all that was asked.
    pub request_hash: String,
}

/// A job as it stands. Times are epoch ms of the database's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// Who asked for it: the name of an API key, or empty.
    pub owner: String,
    /// How far it has come.
    pub state: JobState,
    /// Higher ones go first.
    pub priority: i64,
    /// Not before this time.
    pub run_at: i64,
    /// How often it was begun.
    pub attempt: u32,
    /// How often it is begun at most.
    pub max_attempts: u32,
    /// Where the recording is.
    pub source: Json,
    /// What is to be made of it.
    pub spec: Json,
    /// What the client wants to find again.
    pub metadata: Json,
    /// Jobs with the same key have the same result.
    pub content_key: Option<String>,
    /// Memory the job is thought to need, bytes.
    pub memory: i64,
    /// Whom to tell when it is settled.
    pub webhook: Option<Json>,
    /// How long after it is settled it is kept, ms.
    pub keep_for_ms: Option<i64>,
    /// The worker that has it.
    pub worker: Option<String>,
    /// When that worker is taken for lost, unless it is heard of before.
    pub lease_expires_at: Option<i64>,
    /// Whether its worker is to stop.
    pub cancel_requested: bool,
    /// What its worker last said.
    pub progress: Option<Json>,
    /// What came of it.
    pub result: Option<Json>,
    /// Why the last attempt came to nothing. Queued jobs have it too, from the attempt before.
    pub failure: Option<Failure>,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was first begun.
    pub started_at: Option<i64>,
    /// When it was settled.
    pub finished_at: Option<i64>,
    /// When it and its files may go.
    pub expires_at: Option<i64>,
    /// How often the job has changed.
    pub revision: i64,
}

impl Job {
    pub(super) fn read(row: &Row) -> Result<Self, LedgerError> {
        Ok(Self {
            id: row.parsed("id")?,
            owner: row.get("owner")?,
            state: row.parsed("state")?,
            priority: row.get("priority")?,
            run_at: row.get("run_at")?,
            attempt: row.number("attempt")?,
            max_attempts: row.number("max_attempts")?,
            source: row.json("source")?,
            spec: row.json("spec")?,
            metadata: row.json("metadata")?,
            content_key: row.get("content_key")?,
            memory: row.get("memory")?,
            webhook: row.json_or_none("webhook")?,
            keep_for_ms: row.get("keep_for_ms")?,
            worker: row.get("worker")?,
            lease_expires_at: row.get("lease_expires_at")?,
            cancel_requested: row.get("cancel_requested")?,
            progress: row.json_or_none("progress")?,
            result: row.json_or_none("result")?,
            failure: row.json_or_none("failure")?,
            created_at: row.get("created_at")?,
            started_at: row.get("started_at")?,
            finished_at: row.get("finished_at")?,
            expires_at: row.get("expires_at")?,
            revision: row.get("revision")?,
        })
    }
}

impl From<JobState> for Value {
    fn from(state: JobState) -> Self {
        state.name().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_by_its_name() {
        for state in JobState::ALL {
            assert_eq!(state.name().parse::<JobState>().unwrap(), state);
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
        assert_eq!(
            "done".parse::<JobState>().unwrap_err().to_string(),
            "not a job's state: queued, running, succeeded, failed, cancelled are"
        );
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        for message in ["é".repeat(5000), "x".repeat(9000), "ééé".to_owned(), "x".repeat(Failure::MESSAGE_BYTES)] {
            let failure = Failure { code: String::new(), message: message.clone(), retryable: false }.bounded();
            assert!(failure.message.len() <= Failure::MESSAGE_BYTES);
            assert!(failure.message == message || failure.message.ends_with('…'));
        }
    }
}
