//! Whom a job is about, noted as keyed hashes: whoever wants all that is about somebody deleted can have it found by an ID, and whoever only reads
//! the ledger's tables does not learn who was recorded.
//!
//! A worker notes what a recording says of itself before it makes anything of it, and is told in return if that is being erased. The note and that
//! answer are one transaction, and an erasure begins by waiting for those that are under way: of a job and an erasure that do not know of each other
//! one always sees the other.

use std::collections::BTreeSet;

use super::database::{Transaction, Turn, values};
use super::lease::{Lease, LeaseError};
use super::{JobId, Ledger, LedgerError};
use crate::subject::Subject;

/// What noting a job's subjects came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Go on.
    Kept,
    /// It is about somebody whose erasure came after it: make nothing of it, and say so with [`Ledger::cancelled`]. Its webhook is gone.
    Erased,
}

/// What was found out about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The job.
    pub id: JobId,
    /// Whom it is about.
    pub subjects: BTreeSet<Subject>,
    /// Its recording was looked into: no more is to be known.
    pub whole: bool,
}

/// What a broken-off erasure still holds for, ms: whoever runs it again does so within a day, and what is sent after that is meant to be there.
pub(super) const BROKEN_OFF_MS: i64 = 24 * 60 * 60 * 1000;

impl Ledger {
    /// What stands for a subject in this ledger. Its key is the ledger's own secret.
    pub async fn subject_hash(&self, subject: &Subject) -> Result<String, LedgerError> {
        let key = self.subject_key.get_or_try_init(|| self.secret("subjects")).await?;
        Ok(subject.hashed(Some(key)))
    }

    /// With their kinds.
    pub(super) async fn subject_hashes<'a>(
        &self,
        subjects: impl IntoIterator<Item = &'a Subject>,
    ) -> Result<Vec<(&'static str, String)>, LedgerError> {
        let mut hashes = Vec::new();
        for subject in subjects {
            hashes.push((subject.kind.name(), self.subject_hash(subject).await?));
        }
        Ok(hashes)
    }

    /// Notes whom a job is about that this worker has. `whole`: the recording was looked into, so no more is to be known.
    pub async fn note_subjects(
        &self,
        lease: &Lease,
        subjects: &BTreeSet<Subject>,
        whole: bool,
    ) -> Result<Noted, LeaseError> {
        let hashes = self.subject_hashes(subjects).await?;
        let mut transaction = self.database.begin().await?;
        transaction.holds(lease).await?;
        transaction.note(lease.id, &hashes, whole).await?;
        self.told(transaction, lease).await
    }

    /// Notes that a job is about those whom an earlier one is about, whose files answer it; and that no more is to be known, where that is so of it.
    pub async fn note_subjects_of(&self, lease: &Lease, earlier: JobId) -> Result<Noted, LeaseError> {
        let mut transaction = self.database.begin().await?;
        transaction.holds(lease).await?;
        transaction
            .rows(
                "INSERT INTO subjects (job_id, kind, hash)
                 SELECT $1, kind, hash FROM subjects WHERE job_id = $2 AND kind <> 'mentioned' ON CONFLICT DO NOTHING",
                values![lease.id, earlier],
            )
            .await?;
        self.told(transaction, lease).await
    }

    /// Notes what was found out about jobs that nobody has looked into before, or not to the end.
    pub async fn note_found(&self, found: &[Finding]) -> Result<(), LedgerError> {
        let mut hashed = Vec::with_capacity(found.len());
        for Finding { id, subjects, whole } in found.iter().filter(|found| found.whole || !found.subjects.is_empty()) {
            hashed.push((*id, self.subject_hashes(subjects).await?, *whole));
        }
        let mut transaction = self.database.begin().await?;
        for (id, hashes, whole) in hashed {
            // It may have gone meanwhile.
            if transaction.row("SELECT id FROM jobs WHERE id = $1 {lock}", values![id]).await?.is_some() {
                transaction.note(id, &hashes, whole).await?;
            }
        }
        transaction.commit().await
    }

    async fn told(&self, mut transaction: Transaction<'_>, lease: &Lease) -> Result<Noted, LeaseError> {
        let erased = transaction
            .rows(
                "UPDATE erasures SET caught = caught + 1
                 WHERE hash IN (SELECT hash FROM subjects WHERE job_id = $1)
                     AND COALESCE(finished_at, began_at + $2) >= (SELECT created_at FROM jobs WHERE id = $1) RETURNING id",
                values![lease.id, BROKEN_OFF_MS],
            )
            .await?;
        if !erased.is_empty() {
            // Nobody is to be told of it any more, and if its worker dies now, a janitor deletes it as soon as it is taken for lost.
            transaction
                .rows(
                    "UPDATE jobs SET cancel_requested = TRUE, webhook = NULL, keep_for_ms = 0 WHERE id = $1",
                    values![lease.id],
                )
                .await?;
        }
        transaction.commit().await?;
        Ok(if erased.is_empty() { Noted::Kept } else { Noted::Erased })
    }
}

impl Transaction<'_> {
    /// Alone among those who note, and only with the lease.
    async fn holds(&mut self, lease: &Lease) -> Result<(), LeaseError> {
        self.alone(Turn::Erase).await?;
        let held = self
            .row(
                "SELECT id FROM jobs WHERE id = $1 AND lease_token = $2 AND state = 'running' {lock}",
                values![lease.id, lease.token],
            )
            .await?;
        if held.is_some() { Ok(()) } else { Err(LeaseError::Lost(*lease)) }
    }

    pub(super) async fn note(
        &mut self,
        id: JobId,
        hashes: &[(&'static str, String)],
        whole: bool,
    ) -> Result<(), LedgerError> {
        let whole = whole.then_some(("whole", String::new()));
        for (kind, hash) in hashes.iter().chain(&whole) {
            self.rows(
                "INSERT INTO subjects (job_id, kind, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                values![id, *kind, hash.as_str()],
            )
            .await?;
        }
        Ok(())
    }
}
