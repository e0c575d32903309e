use replayreel::ledger::{Answer, Delivery, DeliveryId, DeliveryState, JobState, Ledger, ManualClock};
use serde_json::json;

use super::{LEASE_MS, add, answer, claim, failure, new_job, started, with_webhook};

/// A job that has succeeded, and its message, not yet taken up.
async fn message(ledger: &Ledger) -> Delivery {
    let lease = started(ledger, with_webhook()).await.lease;
    ledger.complete(&lease, json!(1)).await.unwrap();
    ledger.deliveries(lease.id).await.unwrap().remove(0)
}

async fn taken(ledger: &Ledger) -> Delivery {
    ledger.claim_delivery(1000).await.unwrap().expect("a message to send")
}

async fn now(ledger: &Ledger, delivery: &Delivery) -> Delivery {
    ledger.deliveries(delivery.job).await.unwrap().remove(0)
}

pub(crate) async fn every_way_to_settle_writes_a_message(ledger: &Ledger, clock: &ManualClock) {
    let event = async |id| {
        let mut deliveries = ledger.deliveries(id).await.unwrap();
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0).event
    };
    let lease = started(ledger, with_webhook()).await.lease;
    assert_eq!(ledger.deliveries(lease.id).await.unwrap(), []);
    ledger.complete(&lease, json!(1)).await.unwrap();
    assert_eq!(event(lease.id).await, "render.succeeded");

    let lease = started(ledger, with_webhook()).await.lease;
    ledger.fail(&lease, failure(), Some(0)).await.unwrap();
    assert_eq!(ledger.deliveries(lease.id).await.unwrap(), [], "it is tried again");
    ledger.fail(&claim(ledger).await.lease, failure(), None).await.unwrap();
    assert_eq!(event(lease.id).await, "render.failed");

    let lease = started(ledger, with_webhook()).await.lease;
    ledger.cancel(lease.id).await.unwrap();
    assert_eq!(ledger.deliveries(lease.id).await.unwrap(), [], "it has not stopped yet");
    ledger.cancelled(&lease).await.unwrap();
    assert_eq!(event(lease.id).await, "render.cancelled");

    let queued = add(ledger, with_webhook()).await.id;
    ledger.cancel(queued).await.unwrap();
    assert_eq!(event(queued).await, "render.cancelled");

    let lease = started(ledger, with_webhook()).await.lease;
    ledger.cancel(lease.id).await.unwrap();
    clock.advance(LEASE_MS);
    ledger.expire().await.unwrap();
    assert_eq!(event(lease.id).await, "render.cancelled");
}

pub(crate) async fn no_webhook_no_message(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, new_job()).await.lease;
    ledger.complete(&lease, json!(1)).await.unwrap();
    assert_eq!(ledger.deliveries(lease.id).await.unwrap(), []);
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None);
}

pub(crate) async fn a_refused_result_writes_no_message(ledger: &Ledger, clock: &ManualClock) {
    let lease = started(ledger, with_webhook()).await.lease;
    clock.advance(LEASE_MS);
    ledger.expire().await.unwrap();
    assert!(ledger.complete(&lease, json!(1)).await.is_err());
    assert_eq!(ledger.deliveries(lease.id).await.unwrap(), []);
}

pub(crate) async fn a_message_tells_of_the_job_as_it_was(ledger: &Ledger, _: &ManualClock) {
    let lease = started(ledger, with_webhook()).await.lease;
    let failed = ledger.fail(&lease, failure(), None).await.unwrap();
    ledger.retry(lease.id).await.unwrap();
    ledger.complete(&claim(ledger).await.lease, json!(1)).await.unwrap();
    let [first, second] = &ledger.deliveries(lease.id).await.unwrap()[..] else { panic!("two messages") };
    assert_eq!((first.event.as_str(), &first.settled), ("render.failed", &failed));
    assert_eq!((second.event.as_str(), second.settled.state), ("render.succeeded", JobState::Succeeded));
    assert_eq!((&first.webhook, first.job), (failed.webhook.as_ref().unwrap(), failed.id));
}

pub(crate) async fn a_message_is_sent_once_at_a_time(ledger: &Ledger, _: &ManualClock) {
    for _ in 0..10 {
        message(ledger).await;
    }
    let senders = (0..8).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(delivery) = ledger.claim_delivery(1000).await.unwrap() {
                taken.push(delivery.id);
            }
            taken
        })
    });
    let mut taken: Vec<DeliveryId> =
        futures::future::join_all(senders).await.into_iter().flat_map(Result::unwrap).collect();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), 10);
}

pub(crate) async fn a_sender_that_died_is_replaced_and_refused(ledger: &Ledger, clock: &ManualClock) {
    message(ledger).await;
    let late = taken(ledger).await;
    clock.advance(999);
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None);
    clock.advance(1);
    let next = taken(ledger).await;
    assert_eq!((next.id, next.attempts), (late.id, 2));
    assert!(!ledger.delivered(late.id, late.token, answer(200)).await.unwrap());
    assert!(!ledger.undelivered(late.id, late.token, answer(500), None).await.unwrap());
    assert!(ledger.delivered(next.id, next.token, answer(200)).await.unwrap());
    assert!(!ledger.delivered(next.id, next.token, answer(200)).await.unwrap(), "once is enough");
}

pub(crate) async fn the_first_body_stays(ledger: &Ledger, _: &ManualClock) {
    message(ledger).await;
    let delivery = taken(ledger).await;
    assert_eq!(delivery.body, None);
    assert_eq!(ledger.set_body(delivery.id, "first").await.unwrap().as_deref(), Some("first"));
    assert_eq!(ledger.set_body(delivery.id, "second").await.unwrap().as_deref(), Some("first"));
    ledger.undelivered(delivery.id, delivery.token, answer(500), Some(0)).await.unwrap();
    assert_eq!(taken(ledger).await.body.as_deref(), Some("first"));
    assert_eq!(ledger.set_body(DeliveryId::new(), "x").await.unwrap(), None);
}

pub(crate) async fn a_message_that_is_not_taken_waits_and_is_given_up(ledger: &Ledger, clock: &ManualClock) {
    message(ledger).await;
    let first = taken(ledger).await;
    assert!(ledger.undelivered(first.id, first.token, answer(503), Some(500)).await.unwrap());
    let waiting = now(ledger, &first).await;
    assert_eq!((waiting.state, waiting.next_at), (DeliveryState::Pending, clock.now() + 500));
    assert_eq!((waiting.last_status, waiting.last_error), (Some(503), None));
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None);
    clock.advance(500);
    let second = taken(ledger).await;
    let refused = Answer { status: None, error: Some("no route".to_owned()), ms: 3 };
    assert!(ledger.undelivered(second.id, second.token, refused, None).await.unwrap());
    let over = now(ledger, &first).await;
    assert_eq!((over.state, over.attempts, over.last_status), (DeliveryState::Failed, 2, None));
    assert_eq!(over.last_error.as_deref(), Some("no route"));
    assert_eq!(over.log.iter().map(|entry| (entry.status, entry.ms)).collect::<Vec<_>>(), [(Some(503), 12), (None, 3)]);
    clock.advance(1_000_000);
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None);
}

pub(crate) async fn a_log_is_bounded(ledger: &Ledger, _: &ManualClock) {
    let delivery = message(ledger).await;
    for n in 0..Delivery::LOG_ENTRIES + 5 {
        let taken = taken(ledger).await;
        let error = Some("é".repeat(1000));
        let answer = Answer { status: None, error, ms: i64::try_from(n).unwrap() };
        ledger.undelivered(taken.id, taken.token, answer, Some(0)).await.unwrap();
    }
    let log = now(ledger, &delivery).await.log;
    assert_eq!((log.len(), log[0].ms), (Delivery::LOG_ENTRIES, 5));
    assert!(log.iter().all(|entry| entry.error.as_ref().unwrap().len() <= Answer::ERROR_BYTES));
}

pub(crate) async fn a_message_can_be_sent_again(ledger: &Ledger, _: &ManualClock) {
    message(ledger).await;
    let first = taken(ledger).await;
    assert_eq!(ledger.redeliver(first.id).await.unwrap(), None, "it is still on its way");
    ledger.set_body(first.id, "bytes").await.unwrap();
    ledger.delivered(first.id, first.token, answer(200)).await.unwrap();
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None);
    assert_eq!(ledger.redeliver(first.id).await.unwrap().unwrap().state, DeliveryState::Pending);
    let again = taken(ledger).await;
    assert_eq!((again.id, again.attempts, again.body.as_deref()), (first.id, 1, Some("bytes")));
    assert_eq!(again.log.len(), 1);
    assert_eq!(ledger.redeliver(DeliveryId::new()).await.unwrap(), None);
}

pub(crate) async fn a_message_outlives_its_job_until_it_is_sent(ledger: &Ledger, _: &ManualClock) {
    let gone = async |delivery: &Delivery| {
        ledger.delete(delivery.job).await.unwrap();
        assert!(ledger.purge(delivery.job).await.unwrap());
        ledger.deliveries(delivery.job).await.unwrap().is_empty()
    };
    let pending = message(ledger).await;
    assert!(!gone(&pending).await);
    let delivery = taken(ledger).await;
    assert_eq!((delivery.id, delivery.settled.id), (pending.id, pending.job));
    ledger.undelivered(delivery.id, delivery.token, answer(500), Some(0)).await.unwrap();
    let delivery = taken(ledger).await;
    assert!(ledger.delivered(delivery.id, delivery.token, answer(200)).await.unwrap());
    assert_eq!(ledger.deliveries(pending.job).await.unwrap(), []);

    message(ledger).await;
    let sent = taken(ledger).await;
    ledger.delivered(sent.id, sent.token, answer(200)).await.unwrap();
    assert!(gone(&sent).await);
}
