//! What a worker says about the job it has.
//!
//! Every word shows the lease. Each claim of a job has a token of its own, so a worker that was taken for lost and comes back with a result is
//! refused, even if it was itself that claimed the job again: two results never both count.

use serde_json::Value as Json;

use super::database::{Transaction, values};
use super::job::{Failure, Job};
use super::transition::{Event, after};
use super::{JobId, Ledger, LedgerError};

/// The right to speak for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The job.
    pub id: JobId,
    /// Which of its claims this is.
    pub token: i64,
}

/// What a worker is told in return for a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// Stop, and say so with [`Ledger::cancelled`].
    pub cancel_requested: bool,
}

/// Why a worker's word does not count.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The job is somebody else's by now, or nobody's. Stop: whatever comes of it will not count.
    #[error("the lease on {} is lost", .0.id)]
    Lost(Lease),
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// A sign of life: the lease holds for another `lease_ms`, and `progress` is noted.
    pub async fn beat(&self, lease: &Lease, lease_ms: i64, progress: Option<&Json>) -> Result<Beat, LeaseError> {
        // Signs of life alone are no change that anybody waits for.
        let rows = self
            .database
            .write(
                "UPDATE jobs SET lease_expires_at = {now} + $3, progress = COALESCE($4, progress),
                     revision = revision + CASE WHEN $4 IS NULL OR $4 = progress THEN 0 ELSE 1 END
                 WHERE id = $1 AND lease_token = $2 AND state = 'running' RETURNING cancel_requested",
                values![lease.id, lease.token, lease_ms.max(0), progress],
            )
            .await?;
        let row = rows.first().ok_or(LeaseError::Lost(*lease))?;
        Ok(Beat { cancel_requested: row.get("cancel_requested")? })
    }

    /// Notes what the job's result depends on, once the worker knows.
    pub async fn set_content_key(&self, lease: &Lease, content_key: &str) -> Result<(), LeaseError> {
        let rows = self
            .database
            .write(
                "UPDATE jobs SET content_key = $3, revision = revision + 1
                 WHERE id = $1 AND lease_token = $2 AND state = 'running' RETURNING id",
                values![lease.id, lease.token, content_key],
            )
            .await?;
        if rows.is_empty() { Err(LeaseError::Lost(*lease)) } else { Ok(()) }
    }

    /// The job succeeded. It is kept for as long as it says, else for ever.
    pub async fn complete(&self, lease: &Lease, result: Json) -> Result<Job, LeaseError> {
        self.end(lease, Event::Completed { result }).await
    }

    /// This attempt failed. It is tried again after `retry_in_ms`, unless its attempts are used up; without, the job has failed for good.
    pub async fn fail(&self, lease: &Lease, failure: Failure, retry_in_ms: Option<i64>) -> Result<Job, LeaseError> {
        self.end(lease, Event::Failed { failure, retry_in_ms }).await
    }

    /// The worker stopped because it was told to.
    pub async fn cancelled(&self, lease: &Lease) -> Result<Job, LeaseError> {
        self.end(lease, Event::Stopped).await
    }

    /// The worker goes away: the job is queued again where it was, and the attempt does not count.
    pub async fn hand_back(&self, lease: &Lease) -> Result<Job, LeaseError> {
        self.end(lease, Event::HandedBack).await
    }

    async fn end(&self, lease: &Lease, event: Event) -> Result<Job, LeaseError> {
        let mut transaction = self.database.begin().await?;
        let (job, now) = held(&mut transaction, lease).await?.ok_or(LeaseError::Lost(*lease))?;
        let job = transaction.put(after(job, event, now), now).await?;
        transaction.commit().await?;
        Ok(job)
    }
}

async fn held(transaction: &mut Transaction<'_>, lease: &Lease) -> Result<Option<(Job, i64)>, LedgerError> {
    let row = transaction
        .row(
            "SELECT jobs.*, {now} AS now FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'running' {lock}",
            values![lease.id, lease.token],
        )
        .await?;
    row.map(|row| Ok((Job::read(&row)?, row.get("now")?))).transpose()
}
