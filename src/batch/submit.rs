//! A batch on other machines: recordings become jobs of a service, by its API or in its ledger, and its files come back.
//!
//! Each job is asked for under a key made of the recording and the order, so that a batch that was stopped and is started again finds the jobs that it had
//! asked for, and none is rendered twice.

mod api;
mod queue;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::item::Item;
use super::maker::{Made, Unmade};
use crate::destination::hexadecimal;
use crate::ledger::Failure;
use crate::outbound::OutboundError;
use crate::source::Place;
use crate::worker::{JobProgress, JobWatch, Machine, Outcome};

pub use api::Api;
pub use queue::Queue;

/// A service that makes the files.
#[derive(Debug)]
pub struct Service {
    /// How it is reached.
    pub via: Via,
    /// What is to be made, as its API has it.
    pub spec: Json,
    /// Reads what is here.
    pub machine: Arc<Machine>,
    /// Told where a failed recording is asked for again: another key is another job.
    pub round: String,
}

/// How a service is reached.
#[derive(Debug)]
pub enum Via {
    /// `https://…`
    Api(Api),
    /// Its database and store.
    Ledger(Queue),
}

/// A service does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// It cannot be reached.
    #[error("the service cannot be reached: {0}")]
    Reach(#[from] OutboundError),
    /// It said no.
    #[error("the service refused with {status}: {detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it said.
        detail: String,
    },
    /// It said something else.
    #[error("the service answered what is not understood: {0}")]
    Unexpected(String),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::LedgerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] crate::artifacts::ArtifactError),
    /// The queue is full for longer than anybody waits.
    #[error("the queue of the service is full: {0} jobs wait")]
    Full(u64),
    /// This machine's disk.
    #[error("cannot write what came: {0}")]
    Disk(std::io::Error),
}

impl SubmitError {
    fn failure(&self) -> Failure {
        let retryable = match self {
            Self::Reach(error) => error.is_transient(),
            Self::Refused { status, .. } => matches!(status, 429 | 500 | 502..=504),
            Self::Ledger(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::Full(_) | Self::Disk(_) => true,
            Self::Unexpected(_) => false,
        };
        let message = crate::recording::printable(&self.to_string());
        Failure { code: "service".to_owned(), message, retryable }
    }
}

/// A recording on its way to a service.
enum Given {
    /// Bytes that are here.
    Package { name: String, bytes: bytes::Bytes, sha256: String },
    /// The service fetches it.
    Place(String),
}

/// How a job ended.
enum JobEnd {
    Succeeded(Box<Outcome>),
    Failed(Failure),
}

/// How often a job is looked at.
const LOOK: Duration = Duration::from_millis(500);

impl Service {
    pub(super) async fn make(
        &self,
        item: &Item,
        known: Option<&str>,
        folder: &Path,
        watch: &Arc<JobWatch>,
    ) -> Result<Made, Unmade> {
        let mut read = None;
        let made = self.steps(item, known, folder, watch, &mut read).await;
        made.map_err(|failure| Unmade { failure, source_sha256: read })
    }

    async fn steps(
        &self,
        item: &Item,
        known: Option<&str>,
        folder: &Path,
        watch: &Arc<JobWatch>,
        read: &mut Option<String>,
    ) -> Result<Made, Failure> {
        let given = self.given(item).await?;
        if let Given::Package { sha256, .. } = &given {
            if known == Some(sha256.as_str()) {
                return Ok(Made::Same);
            }
            *read = Some(sha256.clone());
        }
        let key = self.key(item, &given);
        let tell = |progress: JobProgress| watch.told(progress);
        let end = match &self.via {
            Via::Api(api) => api.run(&given, &self.spec, &key, folder, &tell).await,
            Via::Ledger(queue) => queue.run(given, &self.spec, &key, folder, &tell).await,
        };
        match end.map_err(|error| error.failure())? {
            JobEnd::Succeeded(outcome) if known == Some(outcome.source_sha256.as_str()) => Ok(Made::Same),
            JobEnd::Succeeded(outcome) => Ok(Made::Files(outcome)),
            JobEnd::Failed(failure) => Err(failure),
        }
    }

    async fn given(&self, item: &Item) -> Result<Given, Failure> {
        let places = item.locations().map_err(|error| crate::worker::JobError::from(error).failure())?;
        match (places.as_slice(), item.places.first()) {
            ([Place::Path(path)], _) => {
                let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
                let fetched = self.machine.fetch_places(&places).await.map_err(|error| error.failure())?;
                let (bytes, sha256) = fetched.into_only_part();
                Ok(Given::Package { name, bytes, sha256 })
            }
            ([Place::Stdin], _) | (_, None) => Err(spec("standard input cannot be given to a service")),
            ([_], Some(place)) => Ok(Given::Place(place.clone())),
            _ => Err(spec("a session of several files cannot be given to a service: pack it first (replayreel pack)")),
        }
    }

    /// The same for the same recording and order, whoever asks and how often.
    fn key(&self, item: &Item, given: &Given) -> String {
        let what = match given {
            Given::Package { sha256, .. } => sha256.clone(),
            Given::Place(place) => format!("{place} {}", item.stamp.as_deref().unwrap_or_default()),
        };
        let mut hash = Sha256::new();
        for part in [what.as_str(), &self.spec.to_string(), &self.round] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        format!("batch-{}", hexadecimal(&hash.finalize()[..16]))
    }
}

fn spec(message: &str) -> Failure {
    Failure { code: "spec".to_owned(), message: message.to_owned(), retryable: false }
}
