//! Adding to the queue.
//!
//! A request that comes again with the same idempotency key gets the job of the first one, also when the queue is full by then: it was accepted.
//! The queue is counted in the transaction that adds to it, one transaction at a time, so that the limit holds.

use super::database::{Transaction, Turn, values};
use super::job::{Idempotency, Job, JobState, NewJob};
use super::{JobId, Ledger, LedgerError};

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Enqueued {
    /// It made this job.
    New(Job),
    /// The same request had made this job before.
    Replayed(Job),
}

impl Enqueued {
    /// The job, whichever request made it.
    pub fn job(&self) -> &Job {
        match self {
            Self::New(job) | Self::Replayed(job) => job,
        }
    }
}

/// Why a request made no job.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// Come back later.
    #[error("{queued} jobs are queued, and {limit} are allowed")]
    Full {
        /// How many wait, as far as they were counted: up to the limit.
        queued: u64,
        /// How many may wait.
        limit: u64,
    },
    /// The idempotency key was used for a request that asked for something else.
    #[error("this idempotency key was used for another request, which made {}", .0.id)]
    OtherRequest(Box<Job>),
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// Queues a job, unless as many as `queue_limit` are queued, scheduled ones included.
    pub async fn enqueue(&self, new: NewJob, queue_limit: u64) -> Result<Enqueued, EnqueueError> {
        let hashes = self.subject_hashes(&new.subjects).await?;
        let mut transaction = self.database.begin().await?;
        transaction.alone(Turn::Enqueue).await?;
        if let Some(idempotency) = &new.idempotency
            && let Some((job, hash)) = remembered(&mut transaction, &new.owner, &idempotency.key).await?
        {
            return if hash == idempotency.request_hash {
                Ok(Enqueued::Replayed(job))
            } else {
                Err(EnqueueError::OtherRequest(Box::new(job)))
            };
        }
        let queued = queued_up_to(&mut transaction, queue_limit).await?;
        if queued >= queue_limit {
            return Err(EnqueueError::Full { queued, limit: queue_limit });
        }
        let job = insert(&mut transaction, &new).await?;
        transaction.note(job.id, &hashes, false).await?;
        transaction.note_sessions_of(job.id, &hashes).await?;
        if let Some(idempotency) = &new.idempotency {
            remember(&mut transaction, &job, idempotency, self.idempotency_ms).await?;
        }
        transaction.commit().await?;
        Ok(Enqueued::New(job))
    }
}

async fn remembered(
    transaction: &mut Transaction<'_>,
    owner: &str,
    key: &str,
) -> Result<Option<(Job, String)>, LedgerError> {
    let found = transaction
        .row(
            "SELECT jobs.*, idempotency.request_hash FROM idempotency JOIN jobs ON jobs.id = idempotency.job_id
             WHERE idempotency.owner = $1 AND idempotency_key = $2 AND idempotency.expires_at > {now} AND deleted_at IS NULL",
            values![owner, key],
        )
        .await?;
    found.map(|row| Ok((Job::read(&row)?, row.get("request_hash")?))).transpose()
}

/// A key that is still there belongs to a time or a job that is gone, and is taken over.
async fn remember(
    transaction: &mut Transaction<'_>,
    job: &Job,
    idempotency: &Idempotency,
    keep_ms: i64,
) -> Result<(), LedgerError> {
    transaction
        .rows(
            "INSERT INTO idempotency (owner, idempotency_key, request_hash, job_id, expires_at) VALUES ($1, $2, $3, $4, {now} + $5)
             ON CONFLICT (owner, idempotency_key)
             DO UPDATE SET request_hash = excluded.request_hash, job_id = excluded.job_id, expires_at = excluded.expires_at",
            values![job.owner.as_str(), idempotency.key.as_str(), idempotency.request_hash.as_str(), job.id, keep_ms],
        )
        .await?;
    Ok(())
}

/// Counts no further than it matters.
async fn queued_up_to(transaction: &mut Transaction<'_>, limit: u64) -> Result<u64, LedgerError> {
    let row = transaction
        .row(
            "SELECT count(*) AS queued FROM (SELECT 1 FROM jobs WHERE state = 'queued' LIMIT $1) AS counted",
            values![i64::try_from(limit).unwrap_or(i64::MAX)],
        )
        .await?;
    Ok(row.map_or(Ok(0), |row| row.get::<i64>("queued"))?.unsigned_abs())
}

async fn insert(transaction: &mut Transaction<'_>, new: &NewJob) -> Result<Job, LedgerError> {
    let row = transaction
        .row(
            "INSERT INTO jobs (id, owner, state, priority, run_at, attempt, max_attempts, source, spec, metadata, content_key, memory,
                 webhook, keep_for_ms, lease_token, cancel_requested, created_at, revision)
             VALUES ($1, $2, $3, $4, COALESCE($5, {now}), 0, $6, $7, $8, $9, $10, $11, $12, $13, 0, FALSE, {now}, 1)
             RETURNING *",
            values![
                new.id.unwrap_or_else(JobId::new),
                new.owner.as_str(),
                JobState::Queued,
                i64::from(new.priority),
                new.run_at,
                new.max_attempts.max(1),
                &new.source,
                &new.spec,
                &new.metadata,
                new.content_key.clone(),
                new.memory,
                new.webhook.as_ref(),
                new.keep_for_ms,
            ],
        )
        .await?;
    let row = row.ok_or(LedgerError::Corrupt { column: "id", why: "an inserted row was not returned".to_owned() })?;
    Job::read(&row)
}
