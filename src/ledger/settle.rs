//! Changes of a job that come from outside its worker, and the one way in which any change of its state is written.

use super::database::{Transaction, json_text, values};
use super::job::{Job, JobState};
use super::transition::{Event, after};
use super::{JobId, Ledger, LedgerError};

/// How many lost jobs one [`Ledger::expire`] takes up.
const EXPIRED_AT_ONCE: i64 = 500;

/// A job whose worker was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// The job.
    pub id: JobId,
    /// What became of it: queued again, failed, or cancelled if it was to stop anyway.
    pub state: JobState,
}

/// What calling a job off came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It had not begun, and will not.
    Now,
    /// Its worker will be told.
    Requested,
    /// Too late: it is settled.
    Settled(JobState),
    /// There is no such job.
    Unknown,
}

/// Why a job is not tried again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// Only jobs that failed or were cancelled are.
    #[error("{id} is {state}; only failed and cancelled jobs can be tried again")]
    NotOver {
        /// The job.
        id: JobId,
        /// Its state.
        state: JobState,
    },
    /// There is no such job.
    #[error("there is no job {0}")]
    Unknown(JobId),
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// Takes jobs from workers that were not heard of for too long, up to 500 at once. To be called every few seconds, by anybody.
    ///
    /// Idempotency keys that are over go with it.
    pub async fn expire(&self) -> Result<Vec<Expired>, LedgerError> {
        let none = self
            .database
            .read(
                "SELECT 1 AS due WHERE EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND lease_expires_at <= {now})
                     OR EXISTS (SELECT 1 FROM idempotency WHERE expires_at <= {now})",
                values![],
            )
            .await?
            .is_empty();
        if none {
            return Ok(Vec::new());
        }
        let mut transaction = self.database.begin().await?;
        transaction.rows("DELETE FROM idempotency WHERE expires_at <= {now}", values![]).await?;
        let lost = transaction
            .rows(
                "SELECT jobs.*, {now} AS now FROM jobs WHERE state = 'running' AND lease_expires_at <= {now}
                 ORDER BY lease_expires_at, id LIMIT $1 {skip_locked}",
                values![EXPIRED_AT_ONCE],
            )
            .await?;
        let mut expired = Vec::with_capacity(lost.len());
        for row in &lost {
            let now = row.get("now")?;
            let job = transaction.put(after(Job::read(row)?, Event::Lost, now), now).await?;
            expired.push(Expired { id: job.id, state: job.state });
        }
        transaction.commit().await?;
        Ok(expired)
    }

    /// Calls a job off.
    pub async fn cancel(&self, id: JobId) -> Result<Cancelled, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let Some((job, now)) = shown(&mut transaction, id).await? else { return Ok(Cancelled::Unknown) };
        let cancelled = match job.state {
            JobState::Queued => Cancelled::Now,
            JobState::Running if job.cancel_requested => return Ok(Cancelled::Requested),
            JobState::Running => Cancelled::Requested,
            settled => return Ok(Cancelled::Settled(settled)),
        };
        transaction.put(after(job, Event::CancelAsked, now), now).await?;
        transaction.commit().await?;
        Ok(cancelled)
    }

    /// Queues a job again that failed or was cancelled, with all its attempts.
    pub async fn retry(&self, id: JobId) -> Result<Job, RetryError> {
        let mut transaction = self.database.begin().await?;
        let (job, now) = shown(&mut transaction, id).await?.ok_or(RetryError::Unknown(id))?;
        if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
            return Err(RetryError::NotOver { id, state: job.state });
        }
        let job = transaction.put(after(job, Event::RetryAsked, now), now).await?;
        transaction.commit().await?;
        Ok(job)
    }
}

/// A job that is not hidden, and the time.
pub(super) async fn shown(transaction: &mut Transaction<'_>, id: JobId) -> Result<Option<(Job, i64)>, LedgerError> {
    let row = transaction
        .row("SELECT jobs.*, {now} AS now FROM jobs WHERE id = $1 AND deleted_at IS NULL {lock}", values![id])
        .await?;
    row.map(|row| Ok((Job::read(&row)?, row.get("now")?))).transpose()
}

impl Transaction<'_> {
    /// Writes what became of a job, and with it the message to whoever waits for it: either both are there or neither.
    pub(super) async fn put(&mut self, mut job: Job, now: i64) -> Result<Job, LedgerError> {
        let failure = job.failure.as_ref().map(|failure| json_text("failure", failure)).transpose()?;
        let failure = failure.unwrap_or(super::database::Value::Text(None));
        self.rows(
            "UPDATE jobs SET state = $2, run_at = $3, attempt = $4, worker = $5, lease_expires_at = $6, cancel_requested = $7, progress = $8,
                 result = $9, failure = $10, started_at = $11, finished_at = $12, keep_for_ms = $13, expires_at = $14, revision = revision + 1
             WHERE id = $1",
            values![
                job.id,
                job.state,
                job.run_at,
                job.attempt,
                job.worker.clone(),
                job.lease_expires_at,
                job.cancel_requested,
                job.progress.as_ref(),
                job.result.as_ref(),
                failure,
                job.started_at,
                job.finished_at,
                job.keep_for_ms,
                job.expires_at,
            ],
        )
        .await?;
        job.revision += 1;
        if job.state.is_settled() {
            self.announce(&job, now).await?;
        }
        Ok(job)
    }
}
