//! A service by its ledger and store: nobody needs to listen.

use std::path::Path;

use futures::StreamExt as _;
use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt as _;

use super::{Given, JobEnd, LOOK, SubmitError};
use crate::artifacts::Artifacts;
use crate::ledger::{EnqueueError, Failure, Idempotency, JobId, JobState, Ledger, NewJob};
use crate::worker::{JobProgress, JobSource, JobSpec, Outcome, memory_for};

/// The queue that workers share.
#[derive(Debug)]
pub struct Queue {
    /// Where jobs are.
    pub ledger: Ledger,
    /// Where packages and files are.
    pub store: Artifacts,
    /// Memory that workers are thought to have, bytes: no job asks for more.
    pub memory: i64,
    /// Most jobs that wait in all.
    pub limit: u64,
    /// How long jobs and their files stay in the service after they have ended, ms.
    pub keep_for_ms: i64,
}

impl Queue {
    /// Queues a job, waits for its end, and brings its files.
    pub(super) async fn run(
        &self,
        given: Given,
        spec: &Json,
        key: &str,
        folder: &Path,
        tell: &(dyn Fn(JobProgress) + Send + Sync),
    ) -> Result<JobEnd, SubmitError> {
        let id = self.submit(given, spec, key).await?;
        loop {
            let gone = || Failure {
                code: "service".to_owned(),
                message: format!("the job {id} was deleted"),
                retryable: true,
            };
            let Some(job) = self.ledger.get(id).await? else { return Ok(JobEnd::Failed(gone())) };
            match job.state {
                JobState::Succeeded => {
                    let outcome: Option<Outcome> = job.result.and_then(|result| serde_json::from_value(result).ok());
                    let outcome =
                        outcome.ok_or_else(|| SubmitError::Unexpected("a job without a result".to_owned()))?;
                    for output in &outcome.outputs {
                        self.bring(&outcome.key(output), &folder.join(&output.name)).await?;
                    }
                    return Ok(JobEnd::Succeeded(Box::new(outcome)));
                }
                JobState::Failed => return Ok(JobEnd::Failed(job.failure.unwrap_or_else(gone))),
                JobState::Cancelled => {
                    let message = format!("the job {id} was cancelled");
                    return Ok(JobEnd::Failed(Failure { code: "service".to_owned(), message, retryable: false }));
                }
                JobState::Queued | JobState::Running => {}
            }
            if let Some(progress) = job.progress.and_then(|progress| serde_json::from_value(progress).ok()) {
                tell(progress);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn submit(&self, given: Given, spec: &Json, key: &str) -> Result<JobId, SubmitError> {
        let id = JobId::new();
        let (source, bytes) = match given {
            Given::Package { name, bytes, sha256 } => {
                let stored = format!("packages/{id}");
                let file = tempfile::NamedTempFile::new().map_err(SubmitError::Disk)?;
                tokio::fs::write(file.path(), &bytes).await.map_err(SubmitError::Disk)?;
                self.store.put_file(&stored, file.path()).await?;
                let size = bytes.len() as u64;
                (JobSource::Upload { key: stored, name, bytes: size, sha256 }, Some(size))
            }
            Given::Place(place) => (JobSource::Place { place }, None),
        };
        let subjects = source.subjects();
        let spec = JobSpec { spec: spec.clone(), fresh: false, companions: false };
        let new = NewJob {
            id: Some(id),
            owner: String::new(),
            priority: 0,
            run_at: None,
            max_attempts: 3,
            source: serde_json::to_value(&source).unwrap_or_default(),
            spec: serde_json::to_value(&spec).unwrap_or_default(),
            metadata: json!({"batch": key}),
            content_key: None,
            memory: memory_for(bytes, self.memory),
            webhook: None,
            idempotency: Some(Idempotency { key: key.to_owned(), request_hash: key.to_owned() }),
            keep_for_ms: Some(self.keep_for_ms),
            subjects,
        };
        loop {
            match self.ledger.enqueue(new.clone(), self.limit).await {
                Ok(queued) => {
                    if queued.job().id != id {
                        // It is there already, with its own package.
                        self.store.delete(&format!("packages/{id}")).await?;
                    }
                    return Ok(queued.job().id);
                }
                Err(EnqueueError::Full { .. }) => tokio::time::sleep(LOOK * 4).await,
                Err(EnqueueError::Ledger(error)) => return Err(error.into()),
                Err(error) => return Err(SubmitError::Unexpected(error.to_string())),
            }
        }
    }

    async fn bring(&self, key: &str, file: &Path) -> Result<(), SubmitError> {
        let mut outgoing = self.store.get(key, None).await?;
        let mut file = tokio::fs::File::create(file).await.map_err(SubmitError::Disk)?;
        while let Some(piece) = outgoing.bytes.next().await {
            file.write_all(&piece?).await.map_err(SubmitError::Disk)?;
        }
        file.flush().await.map_err(SubmitError::Disk)
    }
}
