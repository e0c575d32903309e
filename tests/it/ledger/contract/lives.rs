use replayreel::ledger::{Cancelled, Deleted, JobId, JobState, Ledger, ManualClock, NewJob, RetryError};
use serde_json::json;

use super::{LEASE_MS, add, claim, failure, new_job, of, started};

pub(crate) async fn a_queued_job_is_cancelled_at_once(ledger: &Ledger, clock: &ManualClock) {
    let job = add(ledger, new_job()).await;
    assert_eq!(ledger.cancel(job.id).await.unwrap(), Cancelled::Now);
    let job = ledger.get(job.id).await.unwrap().unwrap();
    assert_eq!((job.state, job.finished_at), (JobState::Cancelled, Some(clock.now())));
    assert!(ledger.claim("worker", &super::claiming()).await.unwrap().is_none());
    assert_eq!(ledger.cancel(JobId::new()).await.unwrap(), Cancelled::Unknown);
}

pub(crate) async fn a_running_job_is_told_to_stop(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    assert_eq!(ledger.cancel(lease.id).await.unwrap(), Cancelled::Requested);
    let revision = ledger.get(lease.id).await.unwrap().unwrap().revision;
    assert_eq!(ledger.cancel(lease.id).await.unwrap(), Cancelled::Requested);
    assert_eq!(ledger.get(lease.id).await.unwrap().unwrap().revision, revision, "asked twice is asked once");
    assert!(ledger.beat(&lease, LEASE_MS, None).await.unwrap().cancel_requested);
    assert_eq!(ledger.cancelled(&lease).await.unwrap().state, JobState::Cancelled);
    let failed = started(ledger, new_job()).await.lease;
    ledger.cancel(failed.id).await.unwrap();
    assert_eq!(ledger.fail(&failed, failure(), Some(0)).await.unwrap().state, JobState::Cancelled);
    let drained = started(ledger, new_job()).await.lease;
    ledger.cancel(drained.id).await.unwrap();
    assert_eq!(ledger.hand_back(&drained).await.unwrap().state, JobState::Cancelled);
    let done = started(ledger, new_job()).await.lease;
    ledger.cancel(done.id).await.unwrap();
    assert_eq!(ledger.complete(&done, json!(1)).await.unwrap().state, JobState::Succeeded);
}

pub(crate) async fn a_settled_job_cannot_be_cancelled(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    ledger.complete(&lease, json!(1)).await.unwrap();
    assert_eq!(ledger.cancel(lease.id).await.unwrap(), Cancelled::Settled(JobState::Succeeded));
}

pub(crate) async fn a_failed_job_can_be_tried_again_with_all_attempts(ledger: &Ledger, clock: &ManualClock) {
    let lease = started(ledger, NewJob { keep_for_ms: Some(5), ..new_job() }).await.lease;
    let failed = ledger.fail(&lease, failure(), None).await.unwrap();
    assert_eq!(failed.expires_at, Some(clock.now() + 5));
    clock.advance(3);
    let job = ledger.retry(lease.id).await.unwrap();
    assert_eq!((job.state, job.attempt, job.run_at), (JobState::Queued, 0, clock.now()));
    assert_eq!((&job.failure, job.finished_at, job.expires_at, job.started_at), (&None, None, None, None));
    assert_eq!(ledger.get(job.id).await.unwrap().as_ref(), Some(&job));
    assert!(ledger.complete(&lease, json!("late")).await.is_err());
    assert_eq!(claim(ledger).await.job.attempt, 1);
}

pub(crate) async fn only_jobs_that_are_over_are_tried_again(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    assert!(matches!(ledger.retry(lease.id).await, Err(RetryError::NotOver { state: JobState::Running, .. })));
    ledger.complete(&lease, json!(1)).await.unwrap();
    assert!(matches!(ledger.retry(lease.id).await, Err(RetryError::NotOver { state: JobState::Succeeded, .. })));
    let queued = add(ledger, new_job()).await.id;
    assert!(matches!(ledger.retry(queued).await, Err(RetryError::NotOver { state: JobState::Queued, .. })));
    ledger.cancel(queued).await.unwrap();
    assert!(ledger.retry(queued).await.is_ok());
    assert!(matches!(ledger.retry(JobId::new()).await, Err(RetryError::Unknown(_))));
}

pub(crate) async fn every_change_counts(ledger: &Ledger, _: &ManualClock) {
    let id = add(ledger, new_job()).await.id;
    let mut last = 1;
    let mut changed = async |what: &str| {
        let revision = ledger.get(id).await.unwrap().unwrap().revision;
        assert_eq!(revision, last + 1, "{what}");
        last = revision;
    };
    let lease = claim(ledger).await.lease;
    changed("claim").await;
    ledger.beat(&lease, LEASE_MS, Some(&json!(1))).await.unwrap();
    changed("progress").await;
    ledger.set_content_key(&lease, "x").await.unwrap();
    changed("content key").await;
    ledger.cancel(id).await.unwrap();
    changed("cancel").await;
    ledger.cancelled(&lease).await.unwrap();
    changed("cancelled").await;
    ledger.retry(id).await.unwrap();
    changed("retry").await;
    ledger.hand_back(&claim(ledger).await.lease).await.unwrap();
    assert_eq!(ledger.get(id).await.unwrap().unwrap().revision, 9);
}

pub(crate) async fn a_finished_job_is_found_by_its_content(ledger: &Ledger, clock: &ManualClock) {
    let with_content = |owner: &str| NewJob { content_key: Some("c".to_owned()), keep_for_ms: Some(100), ..of(owner) };
    let old = started(ledger, with_content("a")).await.lease;
    assert_eq!(ledger.find_finished("c", "a").await.unwrap(), None, "not finished");
    ledger.complete(&old, json!(1)).await.unwrap();
    clock.advance(1);
    let new = started(ledger, with_content("a")).await.lease;
    ledger.complete(&new, json!(2)).await.unwrap();
    let found = async || ledger.find_finished("c", "a").await.unwrap().map(|job| job.id);
    assert_eq!(found().await, Some(new.id));
    assert_eq!(ledger.find_finished("c", "b").await.unwrap(), None, "another's");
    assert_eq!(ledger.find_finished("d", "a").await.unwrap(), None);
    ledger.delete(new.id).await.unwrap();
    assert_eq!(found().await, Some(old.id));
    clock.advance(99);
    assert_eq!(found().await, None, "expired, though nothing swept it away");
}

pub(crate) async fn jobs_go_in_two_steps(ledger: &Ledger, _: &ManualClock) {
    let id = add(ledger, new_job()).await.id;
    ledger.cancel(id).await.unwrap();
    assert!(!ledger.purge(id).await.unwrap(), "not deleted");
    assert_eq!(ledger.doomed(10).await.unwrap(), []);
    assert_eq!(ledger.delete(id).await.unwrap(), Deleted::Done);
    assert_eq!(ledger.get(id).await.unwrap(), None);
    assert_eq!(ledger.list(&Default::default(), None, 10).await.unwrap(), []);
    assert_eq!(ledger.counts().await.unwrap().cancelled, 0);
    assert_eq!(ledger.cancel(id).await.unwrap(), Cancelled::Unknown);
    assert!(matches!(ledger.retry(id).await, Err(RetryError::Unknown(_))));
    assert_eq!(ledger.delete(id).await.unwrap(), Deleted::Unknown);
    assert_eq!(ledger.doomed(10).await.unwrap(), [id]);
    assert!(ledger.purge(id).await.unwrap());
    assert!(!ledger.purge(id).await.unwrap());
    assert_eq!(ledger.doomed(10).await.unwrap(), []);
}

pub(crate) async fn expired_jobs_are_doomed(ledger: &Ledger, clock: &ManualClock) {
    let mut expected = Vec::new();
    for keep in [10, 10, 20] {
        let lease = started(ledger, NewJob { keep_for_ms: Some(keep), ..new_job() }).await.lease;
        ledger.complete(&lease, json!(1)).await.unwrap();
        expected.push(lease.id);
    }
    let kept = started(ledger, new_job()).await.lease;
    ledger.complete(&kept, json!(1)).await.unwrap();
    clock.advance(9);
    assert_eq!(ledger.doomed(10).await.unwrap(), []);
    clock.advance(1);
    assert_eq!(ledger.doomed(1).await.unwrap(), expected[..1]);
    assert_eq!(ledger.doomed(10).await.unwrap(), expected[..2]);
    assert_eq!(ledger.get(expected[0]).await.unwrap(), None, "what is doomed is hidden");
    clock.advance(1_000_000);
    assert_eq!(ledger.doomed(10).await.unwrap(), expected);
    assert!(ledger.get(kept.id).await.unwrap().is_some());
}

pub(crate) async fn only_settled_jobs_are_deleted(ledger: &Ledger, _: &ManualClock) {
    let id = add(ledger, new_job()).await.id;
    assert_eq!(ledger.delete(id).await.unwrap(), Deleted::NotSettled(JobState::Queued));
    claim(ledger).await;
    assert_eq!(ledger.delete(id).await.unwrap(), Deleted::NotSettled(JobState::Running));
    assert_eq!(ledger.delete(JobId::new()).await.unwrap(), Deleted::Unknown);
}
