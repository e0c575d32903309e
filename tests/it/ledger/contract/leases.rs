use replayreel::ledger::{Expired, Failure, JobState, LOST_BACKOFF_MS, LeaseError, Ledger, ManualClock, NewJob};
use serde_json::json;

use super::{LEASE_MS, add, claim, claiming, failure, new_job, started};

fn lost<T: std::fmt::Debug>(answer: Result<T, LeaseError>) {
    assert!(matches!(answer, Err(LeaseError::Lost(_))), "{answer:?}");
}

pub(crate) async fn a_beat_prolongs_the_lease_and_notes_progress(ledger: &Ledger, clock: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    for round in 0..4_i64 {
        clock.advance(LEASE_MS - 1);
        assert_eq!(ledger.expire().await.unwrap(), []);
        let beat = ledger.beat(&lease, LEASE_MS, Some(&json!({"done": round / 2}))).await.unwrap();
        assert!(!beat.cancel_requested);
    }
    let job = ledger.get(lease.id).await.unwrap().unwrap();
    assert_eq!((job.progress, job.lease_expires_at), (Some(json!({"done": 1})), Some(clock.now() + LEASE_MS)));
    assert_eq!(job.revision, 4, "queued, claimed, and two kinds of progress");
    ledger.beat(&lease, LEASE_MS, None).await.unwrap();
    let after = ledger.get(lease.id).await.unwrap().unwrap();
    assert_eq!((after.progress, after.revision), (Some(json!({"done": 1})), 4), "a sign of life is no news");
}

pub(crate) async fn a_late_result_is_refused(ledger: &Ledger, clock: &ManualClock) {
    let late = started(ledger, new_job()).await.lease;
    clock.advance(LEASE_MS);
    assert_eq!(ledger.expire().await.unwrap(), [Expired { id: late.id, state: JobState::Queued }]);
    lost(ledger.complete(&late, json!("late")).await);
    clock.advance(LOST_BACKOFF_MS);
    let next = claim(ledger).await;
    assert_eq!((next.job.id, next.job.attempt), (late.id, 2));
    lost(ledger.beat(&late, LEASE_MS, None).await);
    lost(ledger.set_content_key(&late, "x").await);
    lost(ledger.complete(&late, json!("late")).await);
    lost(ledger.fail(&late, failure(), Some(0)).await);
    lost(ledger.cancelled(&late).await);
    lost(ledger.hand_back(&late).await);
    let job = ledger.complete(&next.lease, json!("in time")).await.unwrap();
    assert_eq!((job.state, job.result), (JobState::Succeeded, Some(json!("in time"))));
}

pub(crate) async fn a_worker_that_claims_again_cannot_use_its_old_lease(ledger: &Ledger, _: &ManualClock) {
    let old = started(ledger, new_job()).await.lease;
    ledger.hand_back(&old).await.unwrap();
    let new = claim(ledger).await.lease;
    assert_eq!(new.id, old.id);
    lost(ledger.complete(&old, json!(1)).await);
    ledger.complete(&new, json!(2)).await.unwrap();
}

pub(crate) async fn two_results_never_both_count(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, super::with_webhook()).await.lease;
    let results = (0..8).map(|n| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.complete(&lease, json!(n)).await.ok() })
    });
    let counted: Vec<_> = futures::future::join_all(results).await.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(counted.len(), 1);
    assert_eq!(ledger.get(lease.id).await.unwrap().unwrap().result, counted[0].result);
    assert_eq!(ledger.deliveries(lease.id).await.unwrap().len(), 1);
}

pub(crate) async fn a_failure_waits_and_is_tried_again(ledger: &Ledger, clock: &ManualClock) {
    let first = started(ledger, NewJob { keep_for_ms: Some(77), ..new_job() }).await;
    clock.advance(50);
    ledger.beat(&first.lease, LEASE_MS, Some(&json!(0.5))).await.unwrap();
    let job = ledger.fail(&first.lease, failure(), Some(1000)).await.unwrap();
    assert_eq!((job.state, job.run_at, job.failure), (JobState::Queued, clock.now() + 1000, Some(failure())));
    assert_eq!((job.progress, job.worker, job.lease_expires_at), (None, None, None));
    assert_eq!(ledger.get(job.id).await.unwrap().unwrap().revision, job.revision);
    assert_eq!(ledger.claim("worker", &claiming()).await.unwrap(), None);
    clock.advance(1000);
    let second = claim(ledger).await;
    assert_eq!((second.job.attempt, second.job.started_at), (2, first.job.started_at));
    let job = ledger.complete(&second.lease, json!(1)).await.unwrap();
    assert_eq!((job.state, &job.failure, job.finished_at), (JobState::Succeeded, &None, Some(clock.now())));
    assert_eq!(job.expires_at, Some(clock.now() + 77));
    assert_eq!(ledger.get(job.id).await.unwrap(), Some(job));
}

pub(crate) async fn attempts_end(ledger: &Ledger, _: &ManualClock) {
    let job = add(ledger, NewJob { max_attempts: 2, ..new_job() }).await;
    let once = ledger.fail(&claim(ledger).await.lease, failure(), Some(0)).await.unwrap();
    assert_eq!(once.state, JobState::Queued);
    let twice = ledger.fail(&claim(ledger).await.lease, failure(), Some(0)).await.unwrap();
    assert_eq!((twice.id, twice.state, twice.attempt), (job.id, JobState::Failed, 2));
    let final_one = started(ledger, new_job()).await;
    assert_eq!(ledger.fail(&final_one.lease, failure(), None).await.unwrap().state, JobState::Failed);
}

pub(crate) async fn what_is_handed_back_goes_first_again(ledger: &Ledger, clock: &ManualClock) {
    let first = started(ledger, new_job()).await;
    clock.advance(10);
    add(ledger, new_job()).await;
    let job = ledger.hand_back(&first.lease).await.unwrap();
    assert_eq!((job.state, job.attempt, job.run_at), (JobState::Queued, 0, first.job.run_at));
    let again = claim(ledger).await;
    assert_eq!((again.job.id, again.job.attempt), (first.job.id, 1));
}

pub(crate) async fn a_poisonous_job_ends_as_worker_lost(ledger: &Ledger, clock: &ManualClock) {
    let job = add(ledger, super::with_webhook()).await;
    let mut wait = LOST_BACKOFF_MS;
    for attempt in 1..=3 {
        assert_eq!(claim(ledger).await.job.attempt, attempt);
        clock.advance(LEASE_MS);
        let state = if attempt < 3 { JobState::Queued } else { JobState::Failed };
        assert_eq!(ledger.expire().await.unwrap(), [Expired { id: job.id, state }]);
        clock.advance(wait - 1);
        assert_eq!(ledger.claim("worker", &claiming()).await.unwrap(), None, "it waits longer each time");
        clock.advance(1);
        wait *= 2;
    }
    assert_eq!(ledger.claim("worker", &claiming()).await.unwrap(), None);
    let job = ledger.get(job.id).await.unwrap().unwrap();
    assert_eq!((job.state, job.failure.unwrap().code.as_str()), (JobState::Failed, Failure::WORKER_LOST));
    assert_eq!(ledger.deliveries(job.id).await.unwrap()[0].event, "render.failed");
}

pub(crate) async fn a_lost_job_that_was_called_off_is_cancelled(ledger: &Ledger, clock: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    ledger.cancel(lease.id).await.unwrap();
    clock.advance(LEASE_MS);
    assert_eq!(ledger.expire().await.unwrap(), [Expired { id: lease.id, state: JobState::Cancelled }]);
}

pub(crate) async fn eight_sweepers_take_each_lost_job_once(ledger: &Ledger, clock: &ManualClock) {
    for _ in 0..20 {
        started(ledger, super::with_webhook()).await;
    }
    for job in ledger.list(&Default::default(), None, 100).await.unwrap() {
        ledger.cancel(job.id).await.unwrap();
    }
    clock.advance(LEASE_MS);
    let sweepers = (0..8).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.expire().await.unwrap().len() })
    });
    let swept: usize = futures::future::join_all(sweepers).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(swept, 20);
    for job in ledger.list(&Default::default(), None, 100).await.unwrap() {
        assert_eq!((job.state, ledger.deliveries(job.id).await.unwrap().len()), (JobState::Cancelled, 1));
    }
}

pub(crate) async fn a_content_key_needs_the_lease(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    ledger.set_content_key(&lease, "digest").await.unwrap();
    assert_eq!(ledger.get(lease.id).await.unwrap().unwrap().content_key.as_deref(), Some("digest"));
    ledger.complete(&lease, json!(1)).await.unwrap();
    lost(ledger.set_content_key(&lease, "other").await);
}

pub(crate) async fn a_clock_that_is_set_back_loses_nothing_and_doubles_nothing(ledger: &Ledger, clock: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    let scheduled = add(ledger, NewJob { run_at: Some(clock.now() + 1000), ..new_job() }).await;
    clock.advance(-3_600_000);
    assert_eq!(ledger.expire().await.unwrap(), []);
    assert!(ledger.claim("other", &claiming()).await.unwrap().is_none(), "what runs is not given to another");
    ledger.beat(&lease, LEASE_MS, None).await.unwrap();
    // From the beat on the lease is counted by the clock as it is now: it does not last an hour longer.
    clock.advance(LEASE_MS);
    assert_eq!(ledger.expire().await.unwrap(), [Expired { id: lease.id, state: JobState::Queued }]);
    lost(ledger.complete(&lease, json!("late")).await);
    clock.advance(3_600_000 + LOST_BACKOFF_MS);
    let mut claimed = vec![claim(ledger).await.job.id, claim(ledger).await.job.id];
    claimed.sort();
    assert_eq!(claimed, [lease.id, scheduled.id]);
    assert!(ledger.claim("other", &claiming()).await.unwrap().is_none());
}

pub(crate) async fn a_clock_that_is_set_forward_costs_an_attempt_at_most(ledger: &Ledger, clock: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    clock.advance(24 * 3_600_000);
    assert_eq!(ledger.expire().await.unwrap(), [Expired { id: lease.id, state: JobState::Queued }]);
    lost(ledger.beat(&lease, LEASE_MS, None).await);
    clock.advance(LOST_BACKOFF_MS);
    let again = claim(ledger).await;
    assert_eq!((again.job.id, again.job.attempt), (lease.id, 2));
    // And back again.
    clock.advance(-24 * 3_600_000);
    ledger.beat(&again.lease, LEASE_MS, None).await.unwrap();
    let job = ledger.complete(&again.lease, json!("done")).await.unwrap();
    assert_eq!(job.state, JobState::Succeeded);
}
