//! What no job does for itself: leases that ran out, jobs and files that may go.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::artifacts::{ArtifactError, Artifacts};
use crate::ledger::{JobId, JobState, Ledger, LedgerError};

/// How often leases are looked at.
const LEASES: Duration = Duration::from_secs(2);
/// Every so many times also what may go.
const DISPOSAL: u64 = 10;
/// Jobs disposed of in one go.
const AT_ONCE: u32 = 100;

pub(super) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    for round in 0_u64.. {
        match shared.ledger.expire().await {
            Ok(expired) => {
                for one in &expired {
                    tracing::warn!(job = %one.id, state = %one.state, "its worker was not heard of any more");
                    metrics::counter!("replayreel_leases_expired_total").increment(1);
                }
                if expired.iter().any(|one| one.state == JobState::Queued) {
                    shared.wake.notify_one();
                }
            }
            Err(error) => tracing::warn!("cannot look for lost workers: {error}"),
        }
        if round % DISPOSAL == 0 {
            dispose(&shared).await;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LEASES) => {}
        }
    }
}

/// Files first, then the row: what is interrupted in between is found again.
async fn dispose(shared: &Shared) {
    let doomed = match shared.ledger.doomed(AT_ONCE).await {
        Ok(doomed) => doomed,
        Err(error) => return tracing::warn!("cannot look for what may go: {error}"),
    };
    for id in doomed {
        if let Err(error) = dispose_of(&shared.ledger, &shared.store, id).await {
            tracing::warn!(job = %id, "cannot delete it yet: {error}");
        }
    }
    let doomed = match shared.ledger.doomed_sessions(AT_ONCE).await {
        Ok(doomed) => doomed,
        Err(error) => return tracing::warn!("cannot look for sessions that may go: {error}"),
    };
    for id in doomed {
        match shared.store.delete_below(&format!("sessions/{id}"), None).await {
            Ok(files) => tracing::info!(session = %id, files, "deleted"),
            Err(error) => {
                tracing::warn!(session = %id, "cannot delete it yet: {error}");
                continue;
            }
        }
        if let Err(error) = shared.ledger.purge_session(&id).await {
            tracing::warn!(session = %id, "cannot forget it yet: {error}");
        }
    }
}

/// Deletes what a job that is to go has in the store, then its row. Where it fails, the next janitor finds the job again.
pub async fn dispose_of(ledger: &Ledger, store: &Artifacts, id: JobId) -> Result<(), DisposalError> {
    let deleted = delete_files(store, id).await?;
    if ledger.purge(id).await? {
        tracing::info!(job = %id, files = deleted, "deleted");
    }
    Ok(())
}

/// Why a job could not be disposed of yet.
#[derive(Debug, thiserror::Error)]
pub enum DisposalError {
    /// Its files are there still.
    #[error(transparent)]
    Store(#[from] ArtifactError),
    /// Its files are gone, its row is there still.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// What a job has in the store. Returns how many were deleted of what it made.
pub(super) async fn delete_files(store: &Artifacts, id: JobId) -> Result<u64, ArtifactError> {
    let deleted = store.delete_below(&format!("renders/{id}"), None).await?;
    // One artifact, and no folder of them.
    store.delete(&format!("packages/{id}")).await?;
    Ok(deleted)
}
