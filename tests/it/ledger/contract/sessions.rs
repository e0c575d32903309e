use std::collections::BTreeSet;

use replayreel::ledger::{ChunkFit, ExpectedChunk, Ledger, ManualClock, NewJob, SessionId, StoredChunk};
use replayreel::subject::Subject;

use super::{add, new_job};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn session(n: u8) -> SessionId {
    format!("ses_{}", format!("{n:02x}").repeat(16)).parse().unwrap()
}

fn expected(session: &SessionId, seq: u32) -> ExpectedChunk<'_> {
    ExpectedChunk {
        session,
        seq,
        owner: "key",
        origin: Some("https://shop.example"),
        keep_for_ms: Some(DAY_MS),
        session_bytes: 1000,
        owner_bytes: 1500,
    }
}

async fn kept(
    ledger: &Ledger,
    session: &SessionId,
    seq: u32,
    path: &str,
    bytes: i64,
    person: Option<&str>,
) -> ChunkFit {
    let subjects: BTreeSet<Subject> = person.map(|id| Subject::person(id).unwrap()).into_iter().collect();
    let chunk = StoredChunk { session, seq, path, bytes, sha256: "ab", events: 2, subjects: &subjects };
    ledger.keep_chunk(&chunk).await.unwrap()
}

async fn sent(ledger: &Ledger, session: &SessionId, seq: u32, bytes: i64, person: Option<&str>) -> ChunkFit {
    let fit = ledger.expect_chunk(&expected(session, seq)).await.unwrap();
    if fit != ChunkFit::Next {
        return fit;
    }
    kept(ledger, session, seq, &format!("sessions/{session}/{seq}"), bytes, person).await
}

pub(crate) async fn chunks_count_in_order_and_once(ledger: &Ledger, _: &ManualClock) {
    let one = session(1);
    assert_eq!(sent(ledger, &one, 1, 10, None).await, ChunkFit::Missing(0));
    assert_eq!(ledger.sent_session(&one).await.unwrap(), None);
    assert_eq!(sent(ledger, &one, 0, 10, None).await, ChunkFit::Next);
    assert_eq!(sent(ledger, &one, 0, 99, None).await, ChunkFit::Had);
    assert_eq!(sent(ledger, &one, 5, 10, None).await, ChunkFit::Missing(1));
    assert_eq!(sent(ledger, &one, 1, 20, None).await, ChunkFit::Next);
    let (session, chunks) = ledger.sent_session(&one).await.unwrap().unwrap();
    assert_eq!((session.chunks, session.bytes, session.events), (2, 30, 4));
    assert_eq!(session.origin.as_deref(), Some("https://shop.example"));
    assert_eq!(chunks.iter().map(|chunk| chunk.bytes).collect::<Vec<_>>(), [10, 20]);
}

pub(crate) async fn of_chunks_with_one_number_the_first_that_is_stored_counts(ledger: &Ledger, _: &ManualClock) {
    let one = session(1);
    let together = std::sync::Arc::new(tokio::sync::Barrier::new(8));
    let sending = (0..8).map(|n| {
        let (ledger, one, together) = (ledger.clone(), one.clone(), std::sync::Arc::clone(&together));
        tokio::spawn(async move {
            assert_eq!(ledger.expect_chunk(&expected(&one, 0)).await.unwrap(), ChunkFit::Next);
            // All have been told that theirs is the next before any of them counts.
            together.wait().await;
            kept(&ledger, &one, 0, &format!("path {n}"), n, None).await
        })
    });
    let fits = futures::future::try_join_all(sending.collect::<Vec<_>>()).await.unwrap();
    assert_eq!(fits.iter().filter(|fit| **fit == ChunkFit::Next).count(), 1, "{fits:?}");
    let (session, chunks) = ledger.sent_session(&one).await.unwrap().unwrap();
    assert_eq!((session.chunks, chunks.len()), (1, 1));
    assert_eq!(chunks[0].path, format!("path {}", session.bytes));
}

pub(crate) async fn sessions_and_keys_have_room_for_so_much(ledger: &Ledger, _: &ManualClock) {
    let (one, other, third) = (session(1), session(2), session(3));
    assert_eq!(sent(ledger, &one, 0, 1000, None).await, ChunkFit::Next);
    assert_eq!(sent(ledger, &one, 1, 1, None).await, ChunkFit::SessionFull);
    assert_eq!(sent(ledger, &one, 0, 1, None).await, ChunkFit::Had);
    assert_eq!(sent(ledger, &other, 0, 500, None).await, ChunkFit::Next);
    assert_eq!(sent(ledger, &third, 0, 1, None).await, ChunkFit::OwnerFull);
    // What has begun goes on.
    assert_eq!(sent(ledger, &other, 1, 1, None).await, ChunkFit::Next);
}

pub(crate) async fn a_session_is_found_by_its_person_and_takes_no_more_when_it_has_ended(
    ledger: &Ledger,
    clock: &ManualClock,
) {
    let (ada, other) = (session(1), session(2));
    for session in [&ada, &other] {
        sent(ledger, session, 0, 10, None).await;
    }
    assert_eq!(sent(ledger, &ada, 1, 10, Some("ada")).await, ChunkFit::Next);
    let person = Subject::person("ada").unwrap();
    let found = ledger.sent_sessions(Some(&person), None, 10).await.unwrap();
    assert_eq!(found.iter().map(|session| session.id.clone()).collect::<Vec<_>>(), std::slice::from_ref(&ada));
    assert_eq!(ledger.sessions_about(&person).await.unwrap(), std::slice::from_ref(&ada));
    assert_eq!(
        ledger.sessions_about(&Subject::recording(&other.to_string()).unwrap()).await.unwrap(),
        std::slice::from_ref(&other)
    );
    ledger.end_session(&ada).await.unwrap();
    assert_eq!(ledger.sent_session(&ada).await.unwrap(), None);
    assert_eq!(ledger.sessions_about(&person).await.unwrap(), []);
    assert_eq!(ledger.sent_sessions(None, None, 10).await.unwrap().len(), 1);
    for seq in [0, 2, 9] {
        assert_eq!(sent(ledger, &ada, seq, 1, None).await, ChunkFit::Ended);
    }
    // A chunk that was on its way into the store when it ended.
    assert_eq!(kept(ledger, &ada, 2, "late", 1, None).await, ChunkFit::Ended);
    // Its row stays for a while, so that what came late is found and deleted; that it has ended is known for longer.
    assert_eq!(ledger.doomed_sessions(10).await.unwrap(), []);
    clock.advance(11 * 60 * 1000);
    assert_eq!(ledger.doomed_sessions(10).await.unwrap(), std::slice::from_ref(&ada));
    ledger.purge_session(&ada).await.unwrap();
    assert_eq!(ledger.doomed_sessions(10).await.unwrap(), []);
    assert_eq!(sent(ledger, &ada, 2, 1, None).await, ChunkFit::Ended);
    ledger.purge_session(&other).await.unwrap();
    assert!(ledger.sent_session(&other).await.unwrap().is_some());
}

pub(crate) async fn what_is_made_of_a_session_is_about_whom_the_session_is_about(ledger: &Ledger, _: &ManualClock) {
    let one = session(1);
    let made = || NewJob { subjects: BTreeSet::from([Subject::sent(&one)]), ..new_job() };
    sent(ledger, &one, 0, 1, None).await;
    let before = add(ledger, made()).await;
    sent(ledger, &one, 1, 1, Some("ada")).await;
    let after = add(ledger, made()).await;
    add(ledger, new_job()).await;
    let found = ledger.about(&Subject::person("ada").unwrap()).await.unwrap();
    assert_eq!(found.iter().map(|job| job.id).collect::<Vec<_>>(), [before.id, after.id]);
}

pub(crate) async fn a_session_goes_when_it_was_kept_for_long_enough(ledger: &Ledger, clock: &ManualClock) {
    let (one, other) = (session(1), session(2));
    sent(ledger, &one, 0, 1, None).await;
    clock.advance(DAY_MS / 2);
    sent(ledger, &one, 1, 1, None).await;
    sent(ledger, &other, 0, 1, None).await;
    clock.advance(DAY_MS / 2);
    assert_eq!(ledger.doomed_sessions(10).await.unwrap(), []);
    sent(ledger, &other, 1, 1, None).await;
    clock.advance(DAY_MS / 2);
    assert_eq!(ledger.doomed_sessions(10).await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(sent(ledger, &one, 2, 1, None).await, ChunkFit::Ended);
    assert_eq!(sent(ledger, &other, 2, 1, None).await, ChunkFit::Next);
}

pub(crate) async fn a_session_that_turns_out_to_be_about_somebody_who_is_erased_ends(
    ledger: &Ledger,
    clock: &ManualClock,
) {
    let (before, after) = (session(1), session(2));
    sent(ledger, &before, 0, 1, None).await;
    let person = Subject::person("ada").unwrap();
    let erasure = ledger.begin_erasure(&person).await.unwrap();
    assert_eq!(sent(ledger, &before, 1, 1, Some("ada")).await, ChunkFit::Ended);
    assert_eq!(sent(ledger, &before, 2, 1, None).await, ChunkFit::Ended);
    assert_eq!(ledger.erasure(erasure.id).await.unwrap().unwrap().caught, 1);
    ledger.finish_erasure(erasure.id, &serde_json::json!({})).await.unwrap();
    // Who comes back later is recorded anew.
    clock.advance(1000);
    assert_eq!(sent(ledger, &after, 0, 1, Some("ada")).await, ChunkFit::Next);
}
