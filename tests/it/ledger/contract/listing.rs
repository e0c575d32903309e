use replayreel::ledger::{Counts, Filter, JobId, JobState, Ledger, ManualClock, NewJob};
use serde_json::json;

use super::{add, claim, failure, new_job, of};

async fn ids(ledger: &Ledger, filter: Filter) -> Vec<JobId> {
    ledger.list(&filter, None, 100).await.unwrap().into_iter().map(|job| job.id).collect()
}

pub(crate) async fn pages_have_no_holes_and_no_doubles_while_jobs_are_added(ledger: &Ledger, _: &ManualClock) {
    let mut expected = Vec::new();
    for _ in 0..25 {
        expected.push(add(ledger, new_job()).await.id);
    }
    expected.reverse();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = ledger.list(&Filter::default(), before, 4).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.iter().map(|job| job.id));
        for _ in 0..3 {
            add(ledger, new_job()).await;
        }
    }
    assert_eq!(seen, expected);
}

pub(crate) async fn filters_hold(ledger: &Ledger, _: &ManualClock) {
    let a = add(ledger, of("a")).await.id;
    claim(ledger).await;
    let b = add(ledger, of("b")).await.id;
    let c = add(ledger, of("a")).await.id;
    ledger.cancel(c).await.unwrap();
    let of_owner = |owner: &str| Filter { owner: Some(owner.to_owned()), ..Filter::default() };
    assert_eq!(ids(ledger, of_owner("a")).await, [c, a]);
    assert_eq!(ids(ledger, of_owner("")).await, []);
    let states = |states: &[JobState]| Filter { states: states.to_vec(), ..Filter::default() };
    assert_eq!(ids(ledger, states(&[JobState::Running])).await, [a]);
    assert_eq!(ids(ledger, states(&[JobState::Queued, JobState::Cancelled])).await, [c, b]);
    assert_eq!(ids(ledger, states(&JobState::ALL)).await, [c, b, a]);
    assert_eq!(ids(ledger, states(&[])).await, [c, b, a]);
    let both = Filter { states: vec![JobState::Running], ..of_owner("b") };
    assert_eq!(ids(ledger, both).await, []);
}

pub(crate) async fn a_search_is_for_what_was_typed(ledger: &Ledger, _: &ManualClock) {
    let with = |metadata: &str| NewJob { metadata: json!({"note": metadata}), ..new_job() };
    let percent = add(ledger, with("100% Done")).await.id;
    let plain = add(ledger, with("1000 done")).await.id;
    let quote = add(ledger, with("it's_a; DROP TABLE jobs")).await.id;
    let search = async |text: &str| ids(ledger, Filter { search: Some(text.to_owned()), ..Filter::default() }).await;
    assert_eq!(search("100%").await, [percent]);
    assert_eq!(search("DONE").await, [plain, percent]);
    assert_eq!(search("it's_a; drop").await, [quote]);
    assert_eq!(search("itXs_a").await, []);
    assert_eq!(search("!").await, []);
    assert_eq!(search(&plain.to_string()).await, [plain]);
    assert_eq!(search("example.com").await, [], "sources are not searched");
}

pub(crate) async fn counts_are_by_state(ledger: &Ledger, clock: &ManualClock) {
    assert_eq!(ledger.counts().await.unwrap(), Counts::default());
    for _ in 0..4 {
        add(ledger, new_job()).await;
    }
    ledger.complete(&claim(ledger).await.lease, json!(1)).await.unwrap();
    ledger.fail(&claim(ledger).await.lease, failure(), None).await.unwrap();
    claim(ledger).await;
    clock.advance(7);
    let cancelled = add(ledger, new_job()).await.id;
    ledger.cancel(cancelled).await.unwrap();
    let expected = Counts { queued: 1, running: 1, succeeded: 1, failed: 1, cancelled: 1 };
    assert_eq!(ledger.counts().await.unwrap(), expected);
    assert_eq!(ledger.oldest_due_age_ms().await.unwrap(), Some(7));
}
