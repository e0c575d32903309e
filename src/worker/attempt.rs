//! One attempt at one job, from the claim to what the ledger says of it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::failure::JobError;
use super::heart::{Heart, Stop};
use super::watch::{JobWatch, Phase};
use super::{JobSource, JobSpec, Making, Outcome, Promise, Shared};
use crate::ledger::{Claim, Job, Lease, LeaseError, Noted, ms};
use crate::order::said::Said;

/// Longest back-off.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

pub(super) async fn run(shared: Arc<Shared>, claim: Claim, hand_back: CancellationToken) {
    let Claim { job, lease } = claim;
    let span = tracing::info_span!("job", job = %job.id, attempt = job.attempt);
    async {
        let promise = Promise::new(&shared, job.memory);
        let watch = Arc::new(JobWatch::new(hand_back.child_token()));
        let heart = Heart::start(shared.ledger.clone(), lease, Arc::clone(&watch), &shared.options);
        let began = Instant::now();
        tracing::info!("begins");
        let performing = perform(&shared, &job, &lease, &watch);
        let done = tokio::select! {
            done = performing => done.map_err(End::of),
            () = watch.stop.cancelled() => Err(End::Stopped(heart.why().unwrap_or(Stop::HandBack))),
            () = tokio::time::sleep(shared.options.job_time) => Err(End::Stopped(Stop::TooLong)),
        };
        // The memory is free, and the browser gone, before anybody is told.
        drop(promise);
        let state = settle(&shared, &job, &lease, done).await;
        drop(heart);
        metrics::counter!("replayreel_attempts_total", "outcome" => state).increment(1);
        metrics::histogram!("replayreel_attempt_seconds", "outcome" => state).record(began.elapsed().as_secs_f64());
        tracing::info!(outcome = state, seconds = began.elapsed().as_secs_f64(), "ended");
    }
    .instrument(span)
    .await;
}

enum End {
    Failed(JobError),
    Stopped(Stop),
}

impl End {
    fn of(error: JobError) -> Self {
        if matches!(error, JobError::Erased) { Self::Stopped(Stop::Erased) } else { Self::Failed(error) }
    }
}

/// Tells the ledger, for as long as it takes to be heard: a job whose end nobody heard of would be done again. Returns what it was.
async fn settle(shared: &Shared, job: &Job, lease: &Lease, done: Result<Outcome, End>) -> &'static str {
    let ledger = &shared.ledger;
    let until = Instant::now() + shared.options.lease;
    let outcome = match &done {
        Ok(outcome) => serde_json::to_value(outcome).unwrap_or_default(),
        Err(_) => serde_json::Value::Null,
    };
    loop {
        let (name, told) = match &done {
            Ok(_) => ("succeeded", ledger.complete(lease, outcome.clone()).await),
            Err(End::Failed(error)) => {
                let failure = error.failure();
                tracing::warn!(code = failure.code, "failed: {}", failure.message);
                let retry = failure.retryable.then(|| ms(backoff(shared.options.backoff, job.attempt)));
                ("failed", ledger.fail(lease, failure, retry).await)
            }
            Err(End::Stopped(Stop::Cancelled)) => ("cancelled", ledger.cancelled(lease).await),
            Err(End::Stopped(Stop::Erased)) => ("erased", ledger.cancelled(lease).await),
            Err(End::Stopped(Stop::HandBack)) => ("handed_back", ledger.hand_back(lease).await),
            Err(End::Stopped(Stop::TooLong)) => {
                let failure = JobError::TooLong(shared.options.job_time).failure();
                ("failed", ledger.fail(lease, failure, None).await)
            }
            Err(End::Stopped(Stop::Lost)) => ("lost", Err(LeaseError::Lost(*lease))),
        };
        match told {
            Ok(_) => {
                if name != "succeeded" {
                    forget(shared, job, lease).await;
                }
                if name == "erased" {
                    erase(shared, job).await;
                }
                return name;
            }
            Err(LeaseError::Lost(_)) => {
                tracing::warn!("the lease was lost: what this attempt made is not published");
                forget(shared, job, lease).await;
                return "lost";
            }
            Err(LeaseError::Ledger(error)) if Instant::now() < until => {
                tracing::warn!("the ledger did not hear how the job ended: {error}");
                tokio::time::sleep(shared.options.beat).await;
            }
            Err(LeaseError::Ledger(error)) => {
                tracing::error!("the ledger never heard how the job ended, which will be done again: {error}");
                return "lost";
            }
        }
    }
}

/// What a failed attempt has put into the store.
async fn forget(shared: &Shared, job: &Job, lease: &Lease) {
    if let Err(error) = shared.store.delete_below(&folder_key(job, lease), None).await {
        tracing::warn!("files of a failed attempt stay until the job is deleted: {error}");
    }
}

/// A job that nobody is to know of. Where this fails it is hidden, and the janitor goes on.
async fn erase(shared: &Shared, job: &Job) {
    tracing::info!("whom it is about was erased after it was asked for: nothing is made of it");
    let hidden = shared.ledger.conceal(job.id).await;
    let gone = super::janitor::delete_files(&shared.store, job.id).await;
    if matches!(hidden, Ok(true)) && gone.is_ok() && shared.ledger.forget(job.id).await.is_ok() {
        return;
    }
    tracing::warn!("it is not gone yet");
}

/// Notes whom the job is about; not to be gone on with, if they are erased.
async fn note(noted: impl Future<Output = Result<Noted, LeaseError>>) -> Result<(), JobError> {
    match noted.await {
        // A lease that is lost is told by the heart.
        Ok(Noted::Kept) | Err(LeaseError::Lost(_)) => Ok(()),
        Ok(Noted::Erased) => Err(JobError::Erased),
        // What is not noted cannot be found again, so nothing is made of it.
        Err(LeaseError::Ledger(error)) => Err(JobError::Ledger(error)),
    }
}

fn backoff(first: Duration, attempt: u32) -> Duration {
    first.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_WAIT)
}

fn folder_key(job: &Job, lease: &Lease) -> String {
    format!("renders/{}/{}", job.id, lease.token)
}

async fn perform(shared: &Arc<Shared>, job: &Job, lease: &Lease, watch: &Arc<JobWatch>) -> Result<Outcome, JobError> {
    let began = Instant::now();
    let source: JobSource =
        serde_json::from_value(job.source.clone()).map_err(|error| JobError::Internal(error.to_string()))?;
    let order: JobSpec =
        serde_json::from_value(job.spec.clone()).map_err(|error| JobError::Internal(error.to_string()))?;
    let said = Said::parse(&order.spec).map_err(|errors| {
        let sentences = errors.iter().map(|error| format!("{}: {}", error.field, error.message));
        JobError::Spec(sentences.collect::<Vec<_>>().join("; "))
    })?;
    let fetched = shared.machine.fetch(&source, &shared.store).await?;
    metrics::histogram!("replayreel_stage_seconds", "stage" => "fetch").record(began.elapsed().as_secs_f64());
    note(shared.ledger.note_subjects(lease, &fetched.subjects(&source), false)).await?;
    let companions = order.makes_companions(&said);
    let content_key = shared.machine.content_key(&fetched.sha256, &said, companions);
    if !order.fresh
        && let Some(outcome) = reuse(shared, job, lease, &content_key).await?
    {
        return Ok(outcome);
    }
    match shared.ledger.set_content_key(lease, &content_key).await {
        // A lease that is lost is told by the heart; a ledger that is away costs only that the same is rendered again.
        Ok(()) | Err(_) => {}
    }
    let folder = shared.workspace.folder().map_err(JobError::Disk)?;
    let making = Making {
        machine: &shared.machine,
        rendering: &shared.rendering,
        watch,
        browsers: shared.browsers(),
        folder: folder.path(),
    };
    let prepared = making.prepare(fetched, said, companions).await?;
    note(shared.ledger.note_subjects(lease, &prepared.subjects, true)).await?;
    let outcome = making.render(prepared, folder_key(job, lease)).await?;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let outcome = Outcome { took_ms, ..outcome };
    watch.enter(Phase::Uploading);
    let uploading = Instant::now();
    publish(shared, &outcome, folder.path()).await?;
    metrics::histogram!("replayreel_stage_seconds", "stage" => "upload").record(uploading.elapsed().as_secs_f64());
    Ok(outcome)
}

async fn publish(shared: &Shared, outcome: &Outcome, folder: &Path) -> Result<(), JobError> {
    for output in &outcome.outputs {
        let put = shared.store.put_file(&outcome.key(output), &folder.join(&output.name)).await?;
        metrics::counter!("replayreel_artifact_bytes_total").increment(put);
    }
    Ok(())
}

/// Answers with the files of the same render done before, as copies: each job's files are its own to delete.
async fn reuse(shared: &Shared, job: &Job, lease: &Lease, content_key: &str) -> Result<Option<Outcome>, JobError> {
    let found = shared.ledger.find_finished(content_key, &job.owner).await;
    let Some(earlier) = found.ok().flatten().filter(|earlier| earlier.id != job.id) else { return Ok(None) };
    let Some(outcome) = earlier.result.clone().and_then(|result| serde_json::from_value::<Outcome>(result).ok()) else {
        return Ok(None);
    };
    note(shared.ledger.note_subjects_of(lease, earlier.id)).await?;
    let folder = folder_key(job, lease);
    let copied = Outcome { folder, reused_from: Some(earlier.id.to_string()), ..outcome.clone() };
    for output in &outcome.outputs {
        if let Err(error) = shared.store.copy(&outcome.key(output), &copied.key(output)).await {
            // It may just be going. Then it is rendered again.
            tracing::info!("{} cannot be used again: {error}", earlier.id);
            return Ok(None);
        }
    }
    tracing::info!(from = %earlier.id, "answered with the files of an earlier render");
    Ok(Some(copied))
}
