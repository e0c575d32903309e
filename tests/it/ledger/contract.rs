//! The contract, a sentence a function: each is given a ledger of its own with empty tables, and the clock it goes by.

pub(super) mod claims;
pub(super) mod erasures;
pub(super) mod keys;
pub(super) mod leases;
pub(super) mod listing;
pub(super) mod lives;
pub(super) mod outbox;
pub(super) mod queue;
pub(super) mod sessions;

use replayreel::ledger::{Answer, Claim, Claiming, Failure, Idempotency, Job, Ledger, NewJob};
use serde_json::json;

/// How long the workers of these tests may be silent, ms.
pub(super) const LEASE_MS: i64 = 30_000;

pub(super) fn new_job() -> NewJob {
    NewJob {
        id: None,
        owner: String::new(),
        priority: 0,
        run_at: None,
        max_attempts: 3,
        source: json!({"url": "https://example.com/1"}),
        spec: json!({"format": "mp4"}),
        metadata: json!({}),
        content_key: None,
        memory: 100,
        webhook: None,
        idempotency: None,
        keep_for_ms: None,
        subjects: Default::default(),
    }
}

pub(super) fn of(owner: &str) -> NewJob {
    NewJob { owner: owner.to_owned(), ..new_job() }
}

pub(super) fn with_webhook() -> NewJob {
    NewJob { webhook: Some(json!({"url": "https://example.com/hook"})), ..new_job() }
}

pub(super) fn with_key(key: &str, hash: &str) -> NewJob {
    NewJob { idempotency: Some(Idempotency { key: key.to_owned(), request_hash: hash.to_owned() }), ..new_job() }
}

pub(super) async fn add(ledger: &Ledger, job: NewJob) -> Job {
    ledger.enqueue(job, 1_000_000).await.unwrap().job().clone()
}

pub(super) fn claiming() -> Claiming {
    Claiming { lease_ms: LEASE_MS, memory_free: 1000, memory_total: 1000, per_owner: None, starving_after_ms: 60_000 }
}

pub(super) async fn claim(ledger: &Ledger) -> Claim {
    ledger.claim("worker", &claiming()).await.unwrap().expect("a job to claim")
}

/// A job that has been queued and claimed.
pub(super) async fn started(ledger: &Ledger, job: NewJob) -> Claim {
    let job = add(ledger, job).await;
    let claim = claim(ledger).await;
    assert_eq!(claim.job.id, job.id);
    claim
}

pub(super) fn failure() -> Failure {
    Failure { code: "page_crashed".to_owned(), message: "It crashed.".to_owned(), retryable: true }
}

pub(super) fn answer(status: u16) -> Answer {
    Answer { status: Some(status), error: None, ms: 12 }
}
