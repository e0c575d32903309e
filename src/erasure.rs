//! Deletes all that is about one recording or one person: sessions that recorders sent, jobs with their files, messages and shares, packages in folders, what archives hold, pieces of downloads.
//!
//! What cannot be deleted is told and is no reason to stop; whoever runs it again goes on there. Afterwards there is a [`Receipt`].
//! `docs/erasure.md` says what is looked at, and what cannot be.

mod archives;
mod downloads;
mod jobs;
mod packages;
mod receipt;
mod sessions;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

pub use receipt::{Deleted, FORMAT, Item, Receipt, ReceiptFile, ReceiptRender, ReceiptShares, ReceiptSubject, VERSION};

use crate::artifacts::Artifacts;
use crate::ledger::{ErasureId, Ledger, LedgerError};
use crate::package;
use crate::subject::Subject;

/// What an erasure looks at, and how.
#[derive(Debug, Clone)]
pub struct Erasing {
    /// The service's jobs and their files, if there is one.
    pub service: Option<(Ledger, Artifacts)>,
    /// Folders and files with recordings.
    pub packages: Vec<PathBuf>,
    /// Archives that batch has made, by path or URL.
    pub archives: Vec<String>,
    /// Folder with pieces of downloads.
    pub downloads: Option<PathBuf>,
    /// What reading a recording may cost.
    pub limits: package::Limits,
    /// Largest recording looked into, bytes as stored.
    pub input_bytes: u64,
    /// How long a running job is waited for.
    pub patience: Duration,
    /// Only say what would be deleted.
    pub dry_run: bool,
}

impl Erasing {
    /// Makes it known that a subject is being erased: jobs asked for before make nothing any more. A dry run makes nothing known.
    pub async fn begin(&self, subject: &Subject) -> Result<Option<ErasureId>, LedgerError> {
        match &self.service {
            Some((ledger, _)) if !self.dry_run => Ok(Some(ledger.begin_erasure(subject).await?.id)),
            _ => Ok(None),
        }
    }

    /// Deletes, and says what was deleted. `id`: as [`Self::begin`] returned it.
    ///
    /// # Errors
    /// If the ledger does not answer at the beginning or at the end. All else stands in the receipt.
    pub async fn run(&self, subject: &Subject, id: Option<ErasureId>) -> Result<Receipt, LedgerError> {
        let hash = match &self.service {
            Some((ledger, _)) => ledger.subject_hash(subject).await?,
            None => subject.hashed(None),
        };
        let mut receipt = Receipt::new(subject, hash, self.service.is_some(), id, self.dry_run);
        if let Some((ledger, store)) = &self.service {
            // First: of what is gone no render can be asked for.
            sessions::erase(self, ledger, store, subject, &mut receipt).await?;
            jobs::erase(self, ledger, store, subject, &mut receipt).await?;
        }
        let (this, about) = (self.clone(), subject.clone());
        // Whoever does not wait any more wants no more deleted.
        let stop = CancellationToken::new();
        let (_on_drop, stopped) = (stop.clone().drop_guard(), stop);
        let on_disk = tokio::task::spawn_blocking(move || {
            packages::erase(&this, &about, &stopped, &mut receipt);
            downloads::erase(&this, &about, &mut receipt);
            receipt
        });
        let mut receipt = on_disk.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        archives::erase(self, subject, &mut receipt).await;
        receipt.close();
        if let (Some((ledger, _)), Some(id)) = (&self.service, id) {
            let kept: Json = receipt.without(subject);
            ledger.finish_erasure(id, &kept).await?;
        }
        Ok(receipt)
    }
}
