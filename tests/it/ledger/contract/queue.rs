use replayreel::ledger::{EnqueueError, Enqueued, JobState, Ledger, ManualClock, NewJob};
use serde_json::json;

use super::{add, new_job, of, with_key};

pub(crate) async fn a_job_comes_back_as_it_was_given(ledger: &Ledger, clock: &ManualClock) {
    let new = NewJob {
        id: None,
        owner: "key_x".to_owned(),
        priority: -7,
        run_at: Some(clock.now() + 5),
        max_attempts: 2,
        source: json!({"url": "https://example.com/ä?a=1", "nul": "\u{0}"}),
        spec: json!([1, 2.5, null, {"deep": [true]}]),
        metadata: json!("a text"),
        content_key: Some("sha".to_owned()),
        memory: 5 << 40,
        webhook: Some(json!({"url": "https://example.com"})),
        idempotency: None,
        keep_for_ms: Some(1000),
        subjects: Default::default(),
    };
    let job = add(ledger, new.clone()).await;
    assert_eq!(ledger.get(job.id).await.unwrap().as_ref(), Some(&job));
    assert_eq!((job.state, job.attempt, job.max_attempts, job.revision), (JobState::Queued, 0, 2, 1));
    assert_eq!((&job.owner, job.priority, Some(job.run_at), job.created_at), (&new.owner, -7, new.run_at, clock.now()));
    assert_eq!((&job.source, &job.spec, &job.metadata), (&new.source, &new.spec, &new.metadata));
    assert_eq!((&job.content_key, job.memory, &job.webhook), (&new.content_key, new.memory, &new.webhook));
    assert_eq!((job.keep_for_ms, job.expires_at, job.started_at), (Some(1000), None, None));
}

pub(crate) async fn a_text_with_a_nul_is_kept_without_it(ledger: &Ledger, _: &ManualClock) {
    let job = add(ledger, of("a\0b")).await;
    assert_eq!(job.owner, "a\u{fffd}b");
}

pub(crate) async fn the_queue_has_a_limit(ledger: &Ledger, _: &ManualClock) {
    for _ in 0..3 {
        assert!(matches!(ledger.enqueue(new_job(), 3).await, Ok(Enqueued::New(_))));
    }
    let refused = ledger.enqueue(new_job(), 3).await;
    assert!(matches!(refused, Err(EnqueueError::Full { queued: 3, limit: 3 })), "{refused:?}");
    super::claim(ledger).await;
    assert!(ledger.enqueue(new_job(), 3).await.is_ok(), "a running job is not queued");
    assert!(matches!(ledger.enqueue(new_job(), 0).await, Err(EnqueueError::Full { .. })));
}

pub(crate) async fn the_same_request_makes_one_job(ledger: &Ledger, _: &ManualClock) {
    let first = add(ledger, with_key("k", "h")).await;
    let again = ledger.enqueue(with_key("k", "h"), 10).await.unwrap();
    assert_eq!(again, Enqueued::Replayed(first));
    assert_eq!(ledger.counts().await.unwrap().queued, 1);
}

pub(crate) async fn a_key_for_another_request_is_refused(ledger: &Ledger, _: &ManualClock) {
    let first = add(ledger, with_key("k", "h")).await;
    match ledger.enqueue(with_key("k", "other"), 10).await {
        Err(EnqueueError::OtherRequest(job)) => assert_eq!(*job, first),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_replay_is_answered_when_the_queue_is_full(ledger: &Ledger, _: &ManualClock) {
    add(ledger, with_key("k", "h")).await;
    assert!(matches!(ledger.enqueue(with_key("k", "h"), 1).await, Ok(Enqueued::Replayed(_))));
    assert!(matches!(ledger.enqueue(with_key("l", "h"), 1).await, Err(EnqueueError::Full { .. })));
}

pub(crate) async fn keys_of_different_owners_are_different(ledger: &Ledger, _: &ManualClock) {
    let one = add(ledger, NewJob { owner: "a".to_owned(), ..with_key("k", "h") }).await;
    let other = add(ledger, NewJob { owner: "b".to_owned(), ..with_key("k", "other") }).await;
    assert_ne!(one.id, other.id);
}

pub(crate) async fn an_idempotency_key_ends_after_a_day(ledger: &Ledger, clock: &ManualClock) {
    let first = add(ledger, with_key("k", "h")).await;
    clock.advance(24 * 60 * 60 * 1000 - 1);
    assert_eq!(add(ledger, with_key("k", "h")).await.id, first.id);
    clock.advance(1);
    let second = add(ledger, with_key("k", "other")).await;
    assert_ne!(second.id, first.id, "over, though nothing swept it away");
    clock.advance(24 * 60 * 60 * 1000);
    ledger.expire().await.unwrap();
    assert_ne!(add(ledger, with_key("k", "h")).await.id, second.id);
}

pub(crate) async fn a_deleted_jobs_key_is_free(ledger: &Ledger, _: &ManualClock) {
    let first = add(ledger, with_key("k", "h")).await;
    ledger.cancel(first.id).await.unwrap();
    ledger.delete(first.id).await.unwrap();
    let second = add(ledger, with_key("k", "other")).await;
    assert_ne!(second.id, first.id);
    assert!(ledger.purge(first.id).await.unwrap());
    assert_eq!(add(ledger, with_key("k", "other")).await.id, second.id, "the key went with the job it was taken from");
}

pub(crate) async fn sixteen_equal_requests_at_once_make_one_job(ledger: &Ledger, _: &ManualClock) {
    let requests = (0..16).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.enqueue(with_key("k", "h"), 100).await.unwrap() })
    });
    let answers: Vec<Enqueued> = futures::future::join_all(requests).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Enqueued::New(_))).count(), 1);
    assert!(answers.iter().all(|answer| answer.job().id == answers[0].job().id));
    assert_eq!(ledger.counts().await.unwrap().queued, 1);
}

pub(crate) async fn sixteen_requests_at_once_keep_the_limit(ledger: &Ledger, _: &ManualClock) {
    let requests = (0..16).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.enqueue(new_job(), 5).await.is_ok() })
    });
    let accepted = futures::future::join_all(requests).await.into_iter().filter(|ok| *ok.as_ref().unwrap()).count();
    assert_eq!((accepted, ledger.counts().await.unwrap().queued), (5, 5));
}
