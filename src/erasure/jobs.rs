//! The service's part: every job about the subject, with its files.
//!
//! Jobs are looked for until a round finds none that was not there before, so one that comes to light while others are deleted goes too. What comes
//! later still refuses itself when it runs ([`Ledger::note_subjects`]).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::{Erasing, Receipt, ReceiptFile, ReceiptRender};
use crate::artifacts::{ArtifactError, Artifacts};
use crate::ledger::{Finding, FoundBy, FoundJob, Job, JobId, JobState, Ledger, LedgerError, Suspect};
use crate::package;
use crate::render_object::outcome;
use crate::source::SourceBytes;
use crate::subject::{self, Subject, SubjectKind};
use crate::worker::JobSource;

/// Jobs looked at in one go.
const PAGE: u32 = 200;
/// How often a running job is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often it is tried to take away what others bring back.
const TRIES: u32 = 3;

/// What happened to a job, for the next rounds.
#[derive(Default)]
struct Seen {
    /// Gone, or told that they cannot go.
    done: BTreeSet<JobId>,
    /// Found by what their clients said.
    mentioned: BTreeMap<JobId, JobState>,
    gone: BTreeSet<JobId>,
    /// Named by what their clients said, while their recordings say something else.
    named: BTreeSet<JobId>,
    waiting: BTreeSet<JobId>,
    older: BTreeSet<JobId>,
    unread: BTreeMap<JobId, String>,
}

impl Seen {
    /// Of what is gone, or about to go, nothing more is to be said.
    fn tell(self, receipt: &mut Receipt) {
        let left = |jobs: &BTreeSet<JobId>| jobs.difference(&self.done).count() as u64;
        receipt.waiting = left(&self.waiting);
        receipt.older = left(&self.older);
        receipt.mentions = self.named.difference(&self.done).map(ToString::to_string).collect();
        for (id, why) in self.unread.iter().filter(|(id, _)| !self.done.contains(id)) {
            receipt.pass_over(&format!("packages/{id}"), why);
        }
    }
}

pub(super) async fn erase(
    erasing: &Erasing,
    ledger: &Ledger,
    store: &Artifacts,
    subject: &Subject,
    receipt: &mut Receipt,
) -> Result<(), LedgerError> {
    let mut seen = Seen::default();
    let mut looked_at = BTreeSet::new();
    loop {
        look(erasing, ledger, store, subject, &mut looked_at, &mut seen).await?;
        let mut found = ledger.about(subject).await?;
        let known: BTreeSet<JobId> = found.iter().map(|job| job.id).collect();
        let mentioned = seen.mentioned.iter().filter(|(id, _)| !known.contains(id));
        found.extend(mentioned.map(|(id, state)| FoundJob { id: *id, state: *state, by: FoundBy::Metadata }));
        found.retain(|job| !seen.done.contains(&job.id));
        if found.is_empty() {
            break;
        }
        if !erasing.dry_run {
            // All at once, so that workers stop side by side. Links go first: whoever runs this again does not know of jobs that are gone.
            let all: BTreeSet<JobId> = found.iter().map(|job| job.id).collect();
            receipt.take_shares(ledger.unshare(&all).await?);
            for job in &found {
                match ledger.withdraw(job.id, subject).await {
                    Ok(told) => receipt.deleted.deliveries += told.unwrap_or_default(),
                    Err(error) => receipt.fail(&job.id, &error),
                }
            }
        }
        for job in found {
            seen.done.insert(job.id);
            match erase_one(erasing, ledger, store, &job, receipt).await {
                Ok(true) => {
                    seen.gone.insert(job.id);
                    let FoundJob { id, state, by } = job;
                    let (id, state) = (id.to_string(), state.to_string());
                    receipt.deleted.renders.push(ReceiptRender { id, state, found_by: by });
                }
                Ok(false) => {}
                Err(error) => receipt.fail(&job.id, &error),
            }
        }
    }
    let is_about = |job: &Job| facts(job).names(subject) || subject::holds(&job.metadata, &subject.value);
    receipt.deleted.deliveries += ledger.forget_last_words(is_about, erasing.dry_run).await?;
    if erasing.dry_run {
        receipt.take_shares(ledger.shares_of(&seen.gone).await?);
    }
    seen.tell(receipt);
    // Also where nothing was found now: a run before may have been broken off just before this.
    if !erasing.dry_run
        && let Err(error) = ledger.scrub().await
    {
        receipt.fail(&"the ledger's file", &error);
    }
    Ok(())
}

/// What a job's row says of its recording.
struct Facts {
    subjects: BTreeSet<Subject>,
    source: Option<JobSource>,
}

impl Facts {
    fn names(&self, subject: &Subject) -> bool {
        self.subjects.iter().any(|found| subject.is_met_by(found))
    }
}

fn facts(job: &Job) -> Facts {
    let source: Option<JobSource> = serde_json::from_value(job.source.clone()).ok();
    let mut subjects = source.as_ref().map(JobSource::subjects).unwrap_or_default();
    subjects.extend(outcome(job).map(|outcome| Subject::source(&outcome.source_sha256)));
    Facts { subjects, source }
}

/// Finds out about jobs of which too little is noted: those from before it was, those whose recordings could not be shown, and those that have
/// not begun.
async fn look(
    erasing: &Erasing,
    ledger: &Ledger,
    store: &Artifacts,
    subject: &Subject,
    looked_at: &mut BTreeSet<JobId>,
    seen: &mut Seen,
) -> Result<(), LedgerError> {
    let mut after = None;
    loop {
        let page = ledger.suspects(&subject.value, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.job.id);
        let mut found = Vec::new();
        for suspect in page {
            if looked_at.insert(suspect.job.id) && !seen.done.contains(&suspect.job.id) {
                found.extend(look_at(erasing, store, subject, suspect, seen).await);
            }
        }
        ledger.note_found(&found).await?;
    }
}

/// What is to be noted of it.
async fn look_at(
    erasing: &Erasing,
    store: &Artifacts,
    subject: &Subject,
    suspect: Suspect,
    seen: &mut Seen,
) -> Option<Finding> {
    let Suspect { job, noted, has_person, has_recording } = suspect;
    let is_person = subject.kind == SubjectKind::Person;
    let mut says_other = if is_person { has_person } else { has_recording };
    let mut finding = None;
    if !noted {
        let Facts { mut subjects, source } = facts(&job);
        let mut whole = false;
        match &source {
            Some(JobSource::Upload { key, .. }) => match open(erasing, store, key).await {
                Ok(found) => {
                    subjects.extend(found);
                    whole = true;
                }
                // A job that is gone by now, or whose package is: then nothing is left of the recording itself.
                Err(NotOpened::Gone) => {}
                Err(NotOpened::Because(why)) => drop(seen.unread.insert(job.id, why)),
            },
            Some(JobSource::Place { .. }) if !job.state.is_settled() => drop(seen.waiting.insert(job.id)),
            Some(JobSource::Place { .. }) if job.state == JobState::Succeeded => drop(seen.older.insert(job.id)),
            _ => {}
        }
        let known = |kind| subjects.iter().any(|subject| subject.kind == kind);
        says_other |= known(if is_person { SubjectKind::Person } else { SubjectKind::Recording });
        let is_met = subjects.iter().any(|found| subject.is_met_by(found));
        finding = Some(Finding { id: job.id, subjects, whole });
        if is_met {
            return finding;
        }
    }
    if subject::holds(&job.metadata, &subject.value) && !says_other {
        seen.mentioned.insert(job.id, job.state);
    } else if subject::holds(&job.metadata, &subject.value) || subject::holds(&job.spec, &subject.value) {
        seen.named.insert(job.id);
    }
    finding
}

enum NotOpened {
    Gone,
    Because(String),
}

async fn open(erasing: &Erasing, store: &Artifacts, key: &str) -> Result<BTreeSet<Subject>, NotOpened> {
    let bytes = match store.read(key, erasing.input_bytes).await {
        Ok(bytes) => bytes,
        Err(error) if error.is_missing() => return Err(NotOpened::Gone),
        Err(error) => return Err(NotOpened::Because(error.to_string())),
    };
    let (part, limits) = (SourceBytes { name: key.to_owned(), bytes }, erasing.limits.clone());
    let opened = tokio::task::spawn_blocking(move || super::packages::subjects_of(part, &limits)).await;
    let opened = opened.map_err(|error| NotOpened::Because(error.to_string()))?;
    opened.map_err(|error: package::PackageError| NotOpened::Because(error.to_string()))
}

/// Whether it is gone now. False, if it was gone before.
async fn erase_one(
    erasing: &Erasing,
    ledger: &Ledger,
    store: &Artifacts,
    job: &FoundJob,
    receipt: &mut Receipt,
) -> Result<bool, Failed> {
    let id = job.id;
    if erasing.dry_run {
        receipt.deleted.artifacts.extend(files(store, id).await?);
        receipt.deleted.deliveries += ledger.deliveries(id).await?.len() as u64;
        return Ok(true);
    }
    let until = Instant::now() + erasing.patience;
    // Looked for before the row is hidden: from then on a janitor may be quicker.
    let mut found = loop {
        if !settled(erasing, ledger, id, until).await? {
            return Ok(false);
        }
        let found = files(store, id).await;
        // Whatever the store says, nothing of it stands in the ledger any more. Not so, if somebody asked for it again just now.
        if ledger.conceal(id).await? {
            break found?;
        }
        if Instant::now() >= until {
            return Err(Failed::Running(erasing.patience));
        }
    };
    let mut deleted: Vec<ReceiptFile> = Vec::new();
    let mut failed = false;
    // What its worker was putting when it was told to stop may come after the first look.
    for _ in 0..TRIES {
        for file in std::mem::take(&mut found) {
            // That it is gone already is no error: its worker and the janitors clean up too.
            match store.delete(&file.path).await {
                Ok(_) if deleted.contains(&file) => {}
                Ok(_) => deleted.push(file),
                Err(error) => {
                    failed = true;
                    receipt.fail(&file.path, &error);
                }
            }
        }
        if failed {
            break;
        }
        found = files(store, id).await.unwrap_or_else(|error| {
            failed = true;
            receipt.fail(&id, &error);
            Vec::new()
        });
        if found.is_empty() {
            break;
        }
    }
    receipt.deleted.artifacts.append(&mut deleted);
    if failed {
        return Ok(false);
    }
    if !found.is_empty() {
        return Err(Failed::ComesBack);
    }
    for key in [format!("renders/{id}"), format!("packages/{id}")] {
        store.delete_unfinished(&key).await?;
    }
    let gone = ledger.forget(id).await?;
    receipt.deleted.deliveries += gone.deliveries;
    receipt.deleted.idempotency_keys += gone.idempotency_keys;
    Ok(true)
}

/// Waits until no worker has the job. False, if it is gone.
async fn settled(erasing: &Erasing, ledger: &Ledger, id: JobId, until: Instant) -> Result<bool, Failed> {
    loop {
        // A worker that died with it is waited for no longer than its lease.
        ledger.expire().await?;
        match ledger.state_of(id).await? {
            None => return Ok(false),
            Some(state) if state.is_settled() => return Ok(true),
            // Handed back, or asked for again, at the wrong moment.
            Some(JobState::Queued) => drop(ledger.cancel(id).await?),
            Some(_) => tokio::time::sleep(LOOK).await,
        }
        if Instant::now() >= until {
            return Err(Failed::Running(erasing.patience));
        }
    }
}

async fn files(store: &Artifacts, id: JobId) -> Result<Vec<ReceiptFile>, ArtifactError> {
    let mut files = store.list_sizes(&format!("renders/{id}")).await?;
    let package = format!("packages/{id}");
    if let Some(bytes) = store.size(&package).await? {
        files.push((package, bytes));
    }
    Ok(files.into_iter().map(|(path, bytes)| ReceiptFile { path, bytes, sha256: None }).collect())
}

/// Why a job is not gone.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("it was told to stop and its worker still has it after {0:?}; run this again")]
    Running(Duration),
    #[error("new files of it appear as soon as they are deleted; run this again")]
    ComesBack,
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] ArtifactError),
}
