//! What becomes of a job when something happens to it. Pure: the statements around it read a job, ask here, and write what they are told.

use serde_json::Value as Json;

use super::job::{Failure, Job, JobState};

/// How long a job waits after its worker was first lost, ms.
pub const LOST_BACKOFF_MS: i64 = 5_000;
/// How long it waits at most, however often that happened, ms.
pub const LOST_BACKOFF_MAX_MS: i64 = 600_000;

/// Something that happens to a job.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Its worker is done.
    Completed { result: Json },
    /// Its worker could not do it, and would try again after so long, ms.
    Failed { failure: Failure, retry_in_ms: Option<i64> },
    /// Its worker stopped, as it was told to.
    Stopped,
    /// Its worker goes away, and not because of the job.
    HandedBack,
    /// Its worker was not heard of for too long.
    Lost,
    /// Somebody calls it off.
    CancelAsked,
    /// Somebody wants it tried again.
    RetryAsked,
}

/// The job after the event. Its revision is the statement's to count.
pub(super) fn after(mut job: Job, event: Event, now: i64) -> Job {
    // Whoever called it off does not want it begun again, whatever happened to this attempt.
    let again = |job: &Job| !job.cancel_requested && job.attempt < job.max_attempts;
    match event {
        Event::Completed { result } => {
            job.result = Some(result);
            job.failure = None;
            settled(job, JobState::Succeeded, now)
        }
        Event::Failed { failure, retry_in_ms } => {
            let retry = retry_in_ms.filter(|_| again(&job));
            job.failure = Some(failure.bounded());
            match retry {
                Some(delay) => queued(job, now.saturating_add(delay.max(0))),
                None if job.cancel_requested => settled(job, JobState::Cancelled, now),
                None => settled(job, JobState::Failed, now),
            }
        }
        Event::Lost => {
            let message =
                format!("attempt {} of {}: the worker was not heard of any more", job.attempt, job.max_attempts);
            let failure = Failure { code: Failure::WORKER_LOST.to_owned(), message, retryable: true };
            let retry_in_ms = Some(lost_backoff_ms(job.attempt));
            after(job, Event::Failed { failure, retry_in_ms }, now)
        }
        Event::HandedBack if job.cancel_requested => settled(job, JobState::Cancelled, now),
        Event::HandedBack => {
            job.attempt = job.attempt.saturating_sub(1);
            let run_at = job.run_at;
            queued(job, run_at)
        }
        Event::CancelAsked if job.state == JobState::Running => {
            job.cancel_requested = true;
            job
        }
        Event::Stopped | Event::CancelAsked => settled(job, JobState::Cancelled, now),
        Event::RetryAsked => {
            job.attempt = 0;
            job.failure = None;
            job.result = None;
            job.started_at = None;
            job.finished_at = None;
            job.expires_at = None;
            job.cancel_requested = false;
            queued(job, now)
        }
    }
}

fn queued(mut job: Job, run_at: i64) -> Job {
    job.state = JobState::Queued;
    job.run_at = run_at;
    // What an attempt said of itself is not true of the next one.
    job.progress = None;
    released(job)
}

fn settled(mut job: Job, state: JobState, now: i64) -> Job {
    job.state = state;
    job.finished_at = Some(now);
    job.expires_at = job.keep_for_ms.map(|keep| now.saturating_add(keep.max(0)));
    released(job)
}

fn released(mut job: Job) -> Job {
    job.worker = None;
    job.lease_expires_at = None;
    job
}

fn lost_backoff_ms(attempt: u32) -> i64 {
    let doublings = attempt.saturating_sub(1).min(20);
    (LOST_BACKOFF_MS << doublings).min(LOST_BACKOFF_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::JobId;

    fn running() -> Job {
        Job {
            id: JobId::new(),
            owner: String::new(),
            state: JobState::Running,
            priority: 0,
            run_at: 100,
            attempt: 1,
            max_attempts: 3,
            source: Json::Null,
            spec: Json::Null,
            metadata: Json::Null,
            content_key: None,
            memory: 0,
            webhook: None,
            keep_for_ms: None,
            worker: Some("w".to_owned()),
            lease_expires_at: Some(2000),
            cancel_requested: false,
            progress: Some(Json::from(0.5)),
            result: None,
            failure: None,
            created_at: 0,
            started_at: Some(100),
            finished_at: None,
            expires_at: None,
            revision: 1,
        }
    }

    fn failure() -> Failure {
        Failure { code: "x".to_owned(), message: "y".to_owned(), retryable: true }
    }

    #[test]
    fn a_failure_is_tried_again_until_attempts_are_used_up() {
        let failed = |job| after(job, Event::Failed { failure: failure(), retry_in_ms: Some(7) }, 1000);
        let job = failed(running());
        assert_eq!((job.state, job.run_at, job.worker, job.finished_at), (JobState::Queued, 1007, None, None));
        let job = failed(Job { attempt: 3, ..running() });
        assert_eq!((job.state, job.finished_at), (JobState::Failed, Some(1000)));
    }

    #[test]
    fn a_final_failure_is_final_at_the_first_attempt() {
        let job = after(running(), Event::Failed { failure: failure(), retry_in_ms: None }, 1000);
        assert_eq!(job.state, JobState::Failed);
    }

    #[test]
    fn a_job_that_is_to_stop_is_cancelled_whatever_else_ends_it_but_success() {
        let job = || Job { cancel_requested: true, ..running() };
        for event in [
            Event::Failed { failure: failure(), retry_in_ms: Some(1) },
            Event::Failed { failure: failure(), retry_in_ms: None },
            Event::Stopped,
            Event::HandedBack,
            Event::Lost,
        ] {
            assert_eq!(after(job(), event.clone(), 1000).state, JobState::Cancelled, "{event:?}");
        }
        let done = Event::Completed { result: Json::Null };
        assert_eq!(after(job(), done, 1000).state, JobState::Succeeded);
    }

    #[test]
    fn what_is_handed_back_keeps_its_place_and_its_attempts() {
        let job = after(running(), Event::HandedBack, 1000);
        assert_eq!((job.state, job.run_at, job.attempt, job.progress), (JobState::Queued, 100, 0, None));
    }

    #[test]
    fn a_lost_worker_costs_ever_longer_waits_up_to_a_bound() {
        assert_eq!([1, 2, 3].map(lost_backoff_ms), [5_000, 10_000, 20_000]);
        assert_eq!([0, 8, 40, u32::MAX].map(lost_backoff_ms), [5_000, 600_000, 600_000, 600_000]);
    }

    #[test]
    fn a_job_is_kept_as_long_as_it_says_and_else_for_ever() {
        let kept = |keep_for_ms| {
            let job = Job { keep_for_ms, ..running() };
            after(job, Event::Completed { result: Json::Null }, 1000).expires_at
        };
        assert_eq!(kept(Some(5)), Some(1005));
        assert_eq!(kept(None), None);
        assert_eq!(kept(Some(i64::MAX)), Some(i64::MAX));
        assert_eq!(kept(Some(-5)), Some(1000));
    }
}
