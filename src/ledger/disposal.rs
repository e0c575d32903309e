//! Jobs that go, in two steps: first they are hidden, and when their files are gone, so are they. A job that is still known points to no file that
//! is missing, and no file is left that nobody knows of.

use super::database::values;
use super::job::JobState;
use super::settle::shown;
use super::{JobId, Ledger, LedgerError};

/// What deleting a job came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is hidden, and goes when its files have gone.
    Done,
    /// It is not settled: cancel it first.
    NotSettled(JobState),
    /// There is no such job.
    Unknown,
}

impl Ledger {
    /// Hides a settled job. Requests with its idempotency key make a new one from now on.
    pub async fn delete(&self, id: JobId) -> Result<Deleted, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let Some((job, now)) = shown(&mut transaction, id).await? else { return Ok(Deleted::Unknown) };
        if !job.state.is_settled() {
            // Its row is free again when this returns: a claim passes over rows that somebody holds.
            transaction.commit().await?;
            return Ok(Deleted::NotSettled(job.state));
        }
        transaction
            .rows("UPDATE jobs SET deleted_at = $2, revision = revision + 1 WHERE id = $1", values![id, now])
            .await?;
        transaction.commit().await?;
        Ok(Deleted::Done)
    }

    /// Hides what has expired, and names up to `limit` hidden jobs whose files have to go, the ones hidden for longest first.
    pub async fn doomed(&self, limit: u32) -> Result<Vec<JobId>, LedgerError> {
        self.database
            .write(
                "UPDATE jobs SET deleted_at = {now}, revision = revision + 1
                 WHERE expires_at <= {now} AND deleted_at IS NULL AND state IN ('succeeded', 'failed', 'cancelled')",
                values![],
            )
            .await?;
        let rows = self
            .database
            .read("SELECT id FROM jobs WHERE deleted_at IS NOT NULL ORDER BY deleted_at, id LIMIT $1", values![limit])
            .await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    /// Forgets a hidden job whose files are gone. False, if there is none of that name. Messages about it that are on their way stay until then.
    pub async fn purge(&self, id: JobId) -> Result<bool, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let gone = transaction
            .row("DELETE FROM jobs WHERE id = $1 AND deleted_at IS NOT NULL RETURNING id", values![id])
            .await?
            .is_some();
        if gone {
            transaction.rows("DELETE FROM deliveries WHERE job_id = $1 AND state <> 'pending'", values![id]).await?;
        }
        transaction.commit().await?;
        Ok(gone)
    }
}
