use std::collections::HashSet;
use std::num::NonZeroU32;

use replayreel::ledger::{Claiming, JobId, JobState, KeyHash, Ledger, ManualClock, NewJob, NewKey, Scope};
use serde_json::Value;

use super::{LEASE_MS, add, claim, claiming, new_job, of};

fn large(memory: i64) -> NewJob {
    NewJob { memory, ..new_job() }
}

async fn claimed(ledger: &Ledger, claiming: &Claiming) -> Option<JobId> {
    ledger.claim("worker", claiming).await.unwrap().map(|claim| claim.job.id)
}

pub(crate) async fn the_highest_priority_goes_first_then_the_longest_due(ledger: &Ledger, clock: &ManualClock) {
    let second = add(ledger, new_job()).await.id;
    let third = add(ledger, new_job()).await.id;
    let first = add(ledger, NewJob { run_at: Some(clock.now() - 1), ..new_job() }).await.id;
    let last = add(ledger, NewJob { priority: -1, run_at: Some(0), ..new_job() }).await.id;
    let urgent = add(ledger, NewJob { priority: 1, ..new_job() }).await.id;
    for expected in [urgent, first, second, third, last] {
        let claim = claim(ledger).await;
        assert_eq!(claim.job.id, expected);
        assert_eq!((claim.job.state, claim.job.attempt, claim.job.revision), (JobState::Running, 1, 2));
        assert_eq!(
            (claim.job.started_at, claim.job.lease_expires_at),
            (Some(clock.now()), Some(clock.now() + LEASE_MS))
        );
        assert_eq!(claim.job.worker.as_deref(), Some("worker"));
    }
    assert_eq!(claimed(ledger, &claiming()).await, None);
}

pub(crate) async fn a_scheduled_job_waits_for_its_time(ledger: &Ledger, clock: &ManualClock) {
    let job = add(ledger, NewJob { priority: 9, run_at: Some(clock.now() + 10), ..new_job() }).await;
    assert_eq!(claimed(ledger, &claiming()).await, None);
    assert_eq!(ledger.oldest_due_age_ms().await.unwrap(), None);
    clock.advance(10);
    assert_eq!(ledger.oldest_due_age_ms().await.unwrap(), Some(0));
    assert_eq!(claimed(ledger, &claiming()).await, Some(job.id));
}

pub(crate) async fn a_job_that_does_not_fit_is_passed_over(ledger: &Ledger, _: &ManualClock) {
    let giant = add(ledger, large(900)).await.id;
    let small = add(ledger, large(100)).await.id;
    let little_room = Claiming { memory_free: 500, ..claiming() };
    assert_eq!(claimed(ledger, &little_room).await, Some(small));
    assert_eq!(claimed(ledger, &little_room).await, None);
    assert_eq!(claimed(ledger, &claiming()).await, Some(giant));
}

pub(crate) async fn a_job_passed_over_for_too_long_holds_back_those_behind_it(ledger: &Ledger, clock: &ManualClock) {
    let giant = add(ledger, large(900)).await.id;
    clock.advance(59_999);
    let small = [add(ledger, new_job()).await.id, add(ledger, new_job()).await.id, add(ledger, new_job()).await.id];
    let little_room = Claiming { memory_free: 500, ..claiming() };
    assert_eq!(claimed(ledger, &little_room).await, Some(small[0]));
    clock.advance(1);
    assert_eq!(claimed(ledger, &little_room).await, None, "the giant has waited for long enough");
    let urgent = add(ledger, NewJob { priority: 1, ..new_job() }).await.id;
    assert_eq!(claimed(ledger, &little_room).await, Some(urgent), "what stands before it is not held back");
    assert_eq!(claimed(ledger, &claiming()).await, Some(giant), "a worker with room takes it");
    assert_eq!(claimed(ledger, &little_room).await, Some(small[1]));
}

pub(crate) async fn a_job_that_no_worker_can_hold_holds_back_nobody(ledger: &Ledger, clock: &ManualClock) {
    let colossus = add(ledger, large(5000)).await.id;
    let small = add(ledger, new_job()).await.id;
    clock.advance(1_000_000);
    assert_eq!(claimed(ledger, &claiming()).await, Some(small));
    assert_eq!(claimed(ledger, &claiming()).await, None);
    let larger = Claiming { memory_free: 5000, memory_total: 5000, ..claiming() };
    assert_eq!(claimed(ledger, &larger).await, Some(colossus));
}

pub(crate) async fn an_owner_with_enough_running_is_passed_over(ledger: &Ledger, _: &ManualClock) {
    let a = [add(ledger, of("a")).await.id, add(ledger, of("a")).await.id, add(ledger, of("a")).await.id];
    let b = add(ledger, of("b")).await.id;
    let two = Claiming { per_owner: NonZeroU32::new(2), ..claiming() };
    let first = ledger.claim("worker", &two).await.unwrap().unwrap();
    assert_eq!(first.job.id, a[0]);
    assert_eq!(claimed(ledger, &two).await, Some(a[1]));
    assert_eq!(claimed(ledger, &two).await, Some(b));
    assert_eq!(claimed(ledger, &two).await, None);
    ledger.complete(&first.lease, Value::Null).await.unwrap();
    assert_eq!(claimed(ledger, &two).await, Some(a[2]));
}

pub(crate) async fn a_keys_own_limit_goes_before_the_general_one(ledger: &Ledger, _: &ManualClock) {
    let mut owners = Vec::new();
    for (n, concurrency) in [(1, NonZeroU32::new(1)), (2, NonZeroU32::new(3)), (3, None)] {
        let key = NewKey {
            name: "k".to_owned(),
            scopes: vec![Scope::Submit],
            hash: KeyHash([n; 32]),
            concurrency,
            origins: Vec::new(),
        };
        owners.push(ledger.add_key(&key).await.unwrap().id.to_string());
    }
    for owner in owners.iter().flat_map(|owner| [owner; 5]) {
        add(ledger, of(owner)).await;
    }
    let two = Claiming { per_owner: NonZeroU32::new(2), ..claiming() };
    let mut running = Vec::new();
    while let Some(claim) = ledger.claim("worker", &two).await.unwrap() {
        running.push(claim.job.owner);
    }
    let of = |n: usize| running.iter().filter(|owner| **owner == owners[n]).count();
    assert_eq!([of(0), of(1), of(2)], [1, 3, 2]);
}

pub(crate) async fn eight_claimers_take_each_of_two_hundred_jobs_once(ledger: &Ledger, _: &ManualClock) {
    let mut added = HashSet::new();
    for _ in 0..200 {
        added.insert(add(ledger, new_job()).await.id);
    }
    let claimers = (0..8).map(|n| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(claim) = ledger.claim(&format!("worker {n}"), &claiming()).await.unwrap() {
                taken.push(claim.job.id);
            }
            taken
        })
    });
    let taken: Vec<JobId> = futures::future::join_all(claimers).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(taken.len(), 200);
    assert_eq!(taken.into_iter().collect::<HashSet<_>>(), added);
}

pub(crate) async fn an_owners_limit_holds_among_eight_claimers(ledger: &Ledger, _: &ManualClock) {
    for _ in 0..40 {
        add(ledger, of("a")).await;
    }
    for round in 0..5 {
        let claimers = (0..8).map(|_| {
            let ledger = ledger.clone();
            let three = Claiming { per_owner: NonZeroU32::new(3), ..claiming() };
            tokio::spawn(async move { ledger.claim("worker", &three).await.unwrap() })
        });
        let taken: Vec<_> = futures::future::join_all(claimers).await.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(taken.len(), 3, "round {round}");
        for claim in taken {
            ledger.complete(&claim.lease, Value::Null).await.unwrap();
        }
    }
}
