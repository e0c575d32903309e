//! Taking the next job.
//!
//! One statement decides: highest priority first, then longest due. Jobs of owners that have as much running as they may are passed over, and so
//! are jobs for which the worker has no memory free. A job that was passed over for want of memory for too long holds back all behind it, or a
//! stream of small jobs would keep a large one waiting for ever. It holds back only workers that could run it if they were idle: one that no
//! worker has the memory for must not stop them all.

use std::num::NonZeroU32;

use super::database::{Turn, values};
use super::job::Job;
use super::lease::Lease;
use super::{Ledger, LedgerError};

/// What a worker has to offer.
#[derive(Debug, Clone)]
pub struct Claiming {
    /// How long the worker may be silent before it is taken for lost, ms.
    pub lease_ms: i64,
    /// Memory it has for another job now, bytes.
    pub memory_free: i64,
    /// Memory it has for jobs when it runs none, bytes. Jobs that want more are not its business.
    pub memory_total: i64,
    /// How many jobs of one owner run at once, on all workers; an API key's own limit goes before it.
    pub per_owner: Option<NonZeroU32>,
    /// How long a job that is due is passed over for want of memory, ms.
    pub starving_after_ms: i64,
}

/// A job that is this worker's until its lease is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The job, running.
    pub job: Job,
    /// What every later word about it has to show.
    pub lease: Lease,
}

/// The first job in order that either fits or starves; taken if it fits.
const CLAIM: &str = "
UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_token = lease_token + 1, worker = $1, lease_expires_at = {now} + $2,
    started_at = COALESCE(started_at, {now}), progress = NULL, revision = revision + 1
WHERE id = (
    SELECT id FROM (
        SELECT id, memory FROM jobs
        WHERE state = 'queued' AND run_at <= {now} AND memory <= $3 AND (memory <= $4 OR run_at <= {now} - $5)
            AND owner NOT IN (
                SELECT busy.owner FROM jobs AS busy LEFT JOIN api_keys ON api_keys.id = busy.owner
                WHERE busy.state = 'running' GROUP BY busy.owner
                HAVING count(*) >= COALESCE(min(api_keys.concurrency), $6)
            )
        ORDER BY priority DESC, run_at, id LIMIT 1 {skip_locked}
    ) AS next
    WHERE memory <= $4
)
RETURNING *";

impl Ledger {
    /// Takes the next job for `worker`, if there is one for it.
    pub async fn claim(&self, worker: &str, claiming: &Claiming) -> Result<Option<Claim>, LedgerError> {
        // Idle workers ask often. They need no lock to learn that there is nothing.
        let due = self
            .database
            .read("SELECT 1 AS due FROM jobs WHERE state = 'queued' AND run_at <= {now} LIMIT 1", values![]);
        if due.await?.is_empty() {
            return Ok(None);
        }
        let mut transaction = self.database.begin().await?;
        // Two claims at once would each count the owner's running jobs without the other's.
        transaction.alone(Turn::Claim).await?;
        let per_owner = claiming.per_owner.map(|limit| i64::from(limit.get()));
        let taken = transaction
            .row(
                CLAIM,
                values![
                    worker,
                    claiming.lease_ms.max(0),
                    claiming.memory_total.max(claiming.memory_free),
                    claiming.memory_free,
                    claiming.starving_after_ms.max(0),
                    per_owner
                ],
            )
            .await?;
        let Some(row) = taken else { return Ok(None) };
        let job = Job::read(&row)?;
        let lease = Lease { id: job.id, token: row.get("lease_token")? };
        transaction.commit().await?;
        Ok(Some(Claim { job, lease }))
    }
}
