use std::collections::BTreeSet;
use std::time::Duration;

use replayreel::artifacts::Artifacts;
use replayreel::erasure::{Erasing, Receipt};
use replayreel::ledger::{
    Claim, FoundBy, Job, JobId, JobState, LeaseError, Ledger, ManualClock, NewJob, NewShare, Noted,
};
use replayreel::subject::Subject;
use serde_json::{Value as Json, json};

use super::{add, claim, new_job, started, with_key, with_webhook};

const ADA: &str = "ada@example.com";

/// A store with files.
struct Store {
    folder: tempfile::TempDir,
    store: Artifacts,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Artifacts::open(&folder.path().display().to_string()).unwrap();
        Self { folder, store }
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        self.store.put_file(key, file.path()).await.unwrap();
    }

    fn erasing(&self, ledger: &Ledger) -> Erasing {
        Erasing {
            service: Some((ledger.clone(), self.store.clone())),
            packages: Vec::new(),
            archives: Vec::new(),
            downloads: None,
            limits: Default::default(),
            input_bytes: 1 << 20,
            patience: Duration::from_secs(20),
            dry_run: false,
        }
    }

    async fn erase(&self, ledger: &Ledger, subject: &Subject) -> Receipt {
        let erasing = self.erasing(ledger);
        let id = erasing.begin(subject).await.unwrap();
        erasing.run(subject, id).await.unwrap()
    }

    async fn keys(&self) -> Vec<String> {
        let mut keys = self.store.list("renders").await.unwrap();
        keys.extend(self.store.list("packages").await.unwrap());
        keys
    }
}

fn ada() -> Subject {
    Subject::person(ADA).unwrap()
}

fn of(subjects: &[Subject]) -> BTreeSet<Subject> {
    subjects.iter().cloned().collect()
}

/// A rendered job about these, with a file in the store.
async fn rendered(ledger: &Ledger, store: &Store, new: NewJob, subjects: &[Subject]) -> Job {
    let claim = started(ledger, new).await;
    assert_eq!(ledger.note_subjects(&claim.lease, &of(subjects), true).await.unwrap(), Noted::Kept);
    store.put(&format!("renders/{}/1/replay.mp4", claim.job.id), b"video").await;
    ledger.complete(&claim.lease, json!({"took": 1})).await.unwrap()
}

fn ids(receipt: &Receipt) -> Vec<&str> {
    receipt.deleted.renders.iter().map(|render| render.id.as_str()).collect()
}

async fn is_gone(ledger: &Ledger, id: JobId) -> bool {
    ledger.state_of(id).await.unwrap().is_none()
}

/// A recording whose file says whose it is.
fn recording(person: &str, session: &str) -> Vec<u8> {
    let events = json!([
        {"type": 4, "data": {"href": "https://a.example/", "width": 800, "height": 600}, "timestamp": 1},
        {"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 2},
    ]);
    let data = json!({"id": session, "person": {"distinct_ids": [person]}, "snapshots": events});
    json!({"version": "2023-04-28", "data": data}).to_string().into_bytes()
}

fn upload(id: JobId, sha256: &str) -> Json {
    json!({"kind": "upload", "key": format!("packages/{id}"), "name": "r.json", "bytes": 9, "sha256": sha256})
}

pub(crate) async fn all_about_a_person_goes_and_nothing_of_anybody_else(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let grace = Subject::person("grace").unwrap();
    let hers = NewJob { metadata: json!({"who": ADA}), ..with_webhook() };
    let hers = rendered(ledger, &store, hers, &[ada()]).await;
    let kept = rendered(ledger, &store, with_webhook(), &[grace]).await;
    let queued = NewJob { subjects: of(&[ada()]), ..with_key("k", "h") };
    let queued = add(ledger, queued).await;
    let share = |jobs: &[JobId]| NewShare { jobs: jobs.to_vec(), ..NewShare::default() };
    let only_hers = ledger.add_share(&share(&[hers.id])).await.unwrap();
    let both = ledger.add_share(&share(&[kept.id, hers.id])).await.unwrap();
    let others = ledger.add_share(&share(&[kept.id])).await.unwrap();

    // As a worker that was killed leaves it.
    std::fs::write(store.folder.path().join(format!("renders/{}/1/other.mp4#1", hers.id)), "half").unwrap();

    let receipt = store.erase(ledger, &ada()).await;
    assert!(receipt.complete, "{receipt:#?}");
    assert_eq!(ids(&receipt), [hers.id.to_string(), queued.id.to_string()]);
    assert_eq!(
        receipt.deleted.renders.iter().map(|render| &*render.state).collect::<Vec<_>>(),
        ["succeeded", "queued"]
    );
    assert_eq!(receipt.deleted.artifacts.iter().map(|file| file.bytes).collect::<Vec<_>>(), [5]);
    assert_eq!((receipt.deleted.deliveries, receipt.deleted.idempotency_keys), (1, 1));
    assert_eq!(receipt.deleted.shares.deleted, [only_hers.id.to_string()]);
    assert_eq!(receipt.deleted.shares.changed, [both.id.to_string()]);

    assert!(!store.folder.path().join(format!("renders/{}", hers.id)).exists(), "half-written files go too");
    for id in [hers.id, queued.id] {
        assert!(is_gone(ledger, id).await);
        assert_eq!(ledger.deliveries(id).await.unwrap(), []);
    }
    assert_eq!(ledger.get(kept.id).await.unwrap(), Some(kept.clone()));
    assert_eq!(ledger.deliveries(kept.id).await.unwrap().len(), 1);
    assert_eq!(ledger.share(only_hers.id).await.unwrap(), None);
    assert_eq!(ledger.share(both.id).await.unwrap().unwrap().jobs, [kept.id]);
    assert_eq!(ledger.share(others.id).await.unwrap(), Some(others));
    assert_eq!(store.keys().await, [format!("renders/{}/1/replay.mp4", kept.id)]);
    let kept_receipt = ledger.erasure(receipt.id.as_ref().unwrap().parse().unwrap()).await.unwrap().unwrap();
    assert!(kept_receipt.finished_at.is_some());
    let text = kept_receipt.receipt.unwrap().to_string();
    assert!(text.contains(&hers.id.to_string()) && !text.contains(ADA), "{text}");
}

pub(crate) async fn a_recording_is_found_by_its_id_and_by_its_bytes(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let (sha, session) = ("ab".repeat(32), Subject::recording("s-1").unwrap());
    let one = rendered(ledger, &store, new_job(), &[session.clone(), Subject::source(&sha)]).await;
    // Of the same bytes, but nobody could read them to the end.
    let twin = rendered(ledger, &store, new_job(), &[Subject::source(&sha)]).await;
    let other = rendered(ledger, &store, new_job(), &[Subject::source(&"cd".repeat(32))]).await;
    let receipt = store.erase(ledger, &session).await;
    let by: Vec<FoundBy> = receipt.deleted.renders.iter().map(|render| render.found_by).collect();
    assert_eq!(ids(&receipt), [one.id.to_string(), twin.id.to_string()]);
    assert_eq!(by, [FoundBy::Recording, FoundBy::SameRecording]);
    let receipt = store.erase(ledger, &Subject::recording(&"cd".repeat(32)).unwrap()).await;
    assert_eq!(ids(&receipt), [other.id.to_string()]);
}

pub(crate) async fn a_running_job_is_stopped_first(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let Claim { job, lease } = started(ledger, with_webhook()).await;
    ledger.note_subjects(&lease, &of(&[ada()]), true).await.unwrap();
    let worker = async {
        // As a heart beats: it learns that it is to stop, and the attempt's last file comes late.
        while !ledger.beat(&lease, 30_000, None).await.unwrap().cancel_requested {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        store.put(&format!("renders/{}/1/late.mp4", job.id), b"late").await;
        ledger.cancelled(&lease).await.unwrap();
    };
    let ada = ada();
    let (receipt, ()) = tokio::join!(store.erase(ledger, &ada), worker);
    assert!(receipt.complete, "{receipt:#?}");
    assert_eq!((ids(&receipt), receipt.deleted.renders[0].state.as_str()), (vec![&*job.id.to_string()], "running"));
    assert_eq!(receipt.deleted.artifacts.len(), 1);
    assert!(is_gone(ledger, job.id).await && store.keys().await.is_empty());
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None, "nobody is told of it");
    let late = ledger.complete(&lease, json!(1)).await;
    assert!(matches!(late, Err(LeaseError::Lost(_))), "{late:?}");
}

pub(crate) async fn a_job_that_does_not_stop_is_told_and_goes_with_the_next_run(ledger: &Ledger, clock: &ManualClock) {
    let store = Store::new();
    let Claim { job, lease } = started(ledger, new_job()).await;
    ledger.note_subjects(&lease, &of(&[ada()]), true).await.unwrap();
    let erasing = Erasing { patience: Duration::from_millis(50), ..store.erasing(ledger) };
    let id = erasing.begin(&ada()).await.unwrap();
    let receipt = erasing.run(&ada(), id).await.unwrap();
    assert!(!receipt.complete && receipt.is_empty());
    assert_eq!(receipt.failed[0].what, job.id.to_string());
    // Its worker is dead: the lease ends.
    clock.advance(super::LEASE_MS);
    let receipt = store.erase(ledger, &ada()).await;
    assert_eq!((receipt.complete, ids(&receipt)), (true, vec![&*job.id.to_string()]));
}

pub(crate) async fn a_job_asked_for_while_erasing_is_refused_when_it_is_read(ledger: &Ledger, clock: &ManualClock) {
    let store = Store::new();
    let erasing = store.erasing(ledger);
    let id = erasing.begin(&ada()).await.unwrap();
    let during = add(ledger, with_webhook()).await;
    let receipt = erasing.run(&ada(), id).await.unwrap();
    assert!(receipt.is_empty());
    clock.advance(1000);
    let Claim { job, lease } = claim(ledger).await;
    assert_eq!(job.id, during.id);
    let nobody = BTreeSet::from([Subject::source("x")]);
    assert_eq!(ledger.note_subjects(&lease, &nobody, false).await.unwrap(), Noted::Kept);
    assert_eq!(ledger.note_subjects(&lease, &of(&[ada()]), true).await.unwrap(), Noted::Erased);
    ledger.cancelled(&lease).await.unwrap();
    assert!(ledger.conceal(job.id).await.unwrap() && ledger.forget(job.id).await.unwrap().job);
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None, "nobody is told of it");
    assert_eq!(ledger.erasure(id.unwrap()).await.unwrap().unwrap().caught, 1);
}

pub(crate) async fn a_job_asked_for_after_erasing_is_welcome(ledger: &Ledger, clock: &ManualClock) {
    let store = Store::new();
    let before = add(ledger, new_job()).await;
    // One that was broken off is over when it is run again, and after a day.
    ledger.begin_erasure(&ada()).await.unwrap();
    store.erase(ledger, &ada()).await;
    clock.advance(1);
    let Claim { job, lease } = started_again(ledger, before.id).await;
    assert_eq!(ledger.note_subjects(&lease, &of(&[ada()]), true).await.unwrap(), Noted::Erased);
    ledger.cancelled(&lease).await.unwrap();
    ledger.conceal(job.id).await.unwrap();
    let after = started(ledger, new_job()).await;
    assert_eq!(ledger.note_subjects(&after.lease, &of(&[ada()]), true).await.unwrap(), Noted::Kept);
    ledger.complete(&after.lease, json!(1)).await.unwrap();

    ledger.begin_erasure(&ada()).await.unwrap();
    clock.advance(24 * 60 * 60 * 1000 + 1);
    let later = started(ledger, new_job()).await;
    assert_eq!(ledger.note_subjects(&later.lease, &of(&[ada()]), true).await.unwrap(), Noted::Kept);
}

async fn started_again(ledger: &Ledger, id: JobId) -> Claim {
    let claim = claim(ledger).await;
    assert_eq!(claim.job.id, id);
    claim
}

pub(crate) async fn a_job_answered_with_an_earlier_ones_files_is_about_the_same(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let earlier = rendered(ledger, &store, new_job(), &[ada()]).await;
    let copy = started(ledger, new_job()).await;
    assert_eq!(ledger.note_subjects_of(&copy.lease, earlier.id).await.unwrap(), Noted::Kept);
    store.put(&format!("renders/{}/1/replay.mp4", copy.job.id), b"video").await;
    ledger.complete(&copy.lease, json!(1)).await.unwrap();
    let receipt = store.erase(ledger, &ada()).await;
    assert_eq!(ids(&receipt), [earlier.id.to_string(), copy.job.id.to_string()]);
    assert!(store.keys().await.is_empty());
    let lost = ledger.note_subjects_of(&copy.lease, earlier.id).await;
    assert!(matches!(lost, Err(LeaseError::Lost(_))), "{lost:?}");
}

pub(crate) async fn jobs_from_before_are_found_by_what_they_uploaded(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let uploaded = async |person: &str, sha: &str| {
        let id = JobId::new();
        store.put(&format!("packages/{id}"), &recording(person, "s-1")).await;
        add(ledger, NewJob { id: Some(id), source: upload(id, sha), ..new_job() }).await
    };
    let hers = uploaded(ADA, "1").await;
    let his = uploaded("bob", "2").await;
    let broken = JobId::new();
    store.put(&format!("packages/{broken}"), b"{\"events\":[").await;
    add(ledger, NewJob { id: Some(broken), source: upload(broken, "3"), ..new_job() }).await;
    // Not uploaded but fetched, and nobody noted whom it was about.
    let fetched = started_last(ledger, json!({"kind": "place", "place": "https://a.example/r.json?token=x"})).await;
    // The same bytes as hers, fetched from somewhere.
    let result = json!({"folder": "f", "outputs": [], "recorded_ms": 1.0, "video_ms": 1.0, "frames_sha256": "", "source_sha256": "1", "took_ms": 1});
    let same = started_last(ledger, json!({"kind": "place", "place": "https://b.example/r.json"})).await;
    ledger.complete(&fetched.lease, json!(1)).await.unwrap();
    ledger.complete(&same.lease, result).await.unwrap();

    let receipt = store.erase(ledger, &ada()).await;
    let mut found = ids(&receipt);
    found.sort_unstable();
    assert_eq!(found, [hers.id.to_string(), same.job.id.to_string()]);
    assert_eq!(receipt.older, 1, "{receipt:#?}");
    assert_eq!(
        receipt.not_looked_into.iter().map(|item| item.what.clone()).collect::<Vec<_>>(),
        [format!("packages/{broken}")]
    );
    assert!(ledger.get(his.id).await.unwrap().is_some());
    assert_eq!(store.keys().await, [format!("packages/{}", his.id), format!("packages/{broken}")]);
    let receipt = store.erase(ledger, &Subject::recording("https://a.example/r.json?token=other").unwrap()).await;
    assert_eq!(ids(&receipt), [fetched.job.id.to_string()]);
}

async fn started_last(ledger: &Ledger, source: Json) -> Claim {
    started(ledger, NewJob { priority: 1, source, ..new_job() }).await
}

pub(crate) async fn metadata_decides_only_where_the_recording_says_nothing(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let said = |text: &str| NewJob { metadata: json!({"user": [text]}), ..new_job() };
    let bob = Subject::person("bob").unwrap();
    let nobody = rendered(ledger, &store, said(ADA), &[]).await;
    let his = rendered(ledger, &store, said(ADA), &[bob]).await;
    let alike = rendered(ledger, &store, said("ada@example.com.au"), &[]).await;
    let receipt = store.erase(ledger, &ada()).await;
    assert_eq!(ids(&receipt), [nobody.id.to_string()]);
    assert_eq!(receipt.deleted.renders[0].found_by, FoundBy::Metadata);
    assert_eq!(receipt.mentions, [his.id.to_string()]);
    for kept in [his, alike] {
        assert_eq!(ledger.get(kept.id).await.unwrap(), Some(kept));
    }
}

pub(crate) async fn a_late_render_whose_worker_dies_is_left_to_the_janitor(ledger: &Ledger, clock: &ManualClock) {
    let late = add(ledger, with_webhook()).await;
    ledger.begin_erasure(&ada()).await.unwrap();
    let Claim { job, lease } = claim(ledger).await;
    assert_eq!(ledger.note_subjects(&lease, &of(&[ada()]), true).await.unwrap(), Noted::Erased);
    clock.advance(super::LEASE_MS);
    ledger.expire().await.unwrap();
    assert_eq!(ledger.state_of(job.id).await.unwrap(), Some(JobState::Cancelled));
    assert_eq!(ledger.doomed(10).await.unwrap(), [late.id]);
    assert_eq!(ledger.deliveries(late.id).await.unwrap(), []);
}

pub(crate) async fn a_dry_run_deletes_nothing(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let hers = rendered(ledger, &store, with_webhook(), &[ada()]).await;
    let queued = add(ledger, NewJob { subjects: of(&[ada()]), ..new_job() }).await;
    let share = ledger.add_share(&NewShare { jobs: vec![hers.id], ..NewShare::default() }).await.unwrap();
    let (before, jobs) = (store.keys().await, ledger.list(&Default::default(), None, 10).await.unwrap());
    let erasing = Erasing { dry_run: true, ..store.erasing(ledger) };
    assert_eq!(erasing.begin(&ada()).await.unwrap(), None);
    let told = erasing.run(&ada(), None).await.unwrap();
    assert_eq!(store.keys().await, before);
    assert_eq!(ledger.list(&Default::default(), None, 10).await.unwrap(), jobs);
    assert!(ledger.share(share.id).await.unwrap().is_some());
    let done = store.erase(ledger, &ada()).await;
    assert_eq!(ids(&told), ids(&done));
    assert_eq!(told.deleted, done.deleted, "what was told is what was done");
    assert!(is_gone(ledger, queued.id).await);
}

pub(crate) async fn a_second_run_finds_nothing(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    rendered(ledger, &store, new_job(), &[ada()]).await;
    assert!(!store.erase(ledger, &ada()).await.is_empty());
    let again = store.erase(ledger, &ada()).await;
    assert!(again.is_empty() && again.complete, "{again:#?}");
    let stranger = store.erase(ledger, &Subject::person("nobody").unwrap()).await;
    assert!(stranger.is_empty() && stranger.complete);
}

pub(crate) async fn what_fails_is_told_and_the_next_run_finishes(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let first = rendered(ledger, &store, NewJob { metadata: json!({"user": ADA}), ..new_job() }, &[]).await;
    let second = rendered(ledger, &store, new_job(), &[ada()]).await;
    // A folder that leads to itself cannot be listed.
    let circle = store.folder.path().join(format!("renders/{}/1/circle", first.id));
    std::os::unix::fs::symlink("..", &circle).unwrap();
    let receipt = store.erase(ledger, &ada()).await;
    assert!(!receipt.complete);
    assert_eq!(receipt.failed[0].what, first.id.to_string());
    assert!(is_gone(ledger, second.id).await, "the others go all the same");
    assert_eq!(ledger.get(first.id).await.unwrap(), None, "it is hidden, and emptied");
    let kept = ledger.erasure(receipt.id.unwrap().parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(kept.receipt.unwrap()["complete"], json!(false));
    std::fs::remove_file(&circle).unwrap();
    // Its metadata, by which it was found, is empty by now.
    let receipt = store.erase(ledger, &ada()).await;
    assert_eq!((receipt.complete, ids(&receipt)), (true, vec![&*first.id.to_string()]));
    assert!(store.keys().await.is_empty());
}

pub(crate) async fn messages_about_jobs_that_are_gone_go_too(ledger: &Ledger, _: &ManualClock) {
    let store = Store::new();
    let with = |who: &str| NewJob { metadata: json!({"user": who}), ..with_webhook() };
    for who in [ADA, "bob"] {
        let job = rendered(ledger, &store, with(who), &[]).await;
        assert_eq!(job.state, JobState::Succeeded);
        ledger.delete(job.id).await.unwrap();
        ledger.purge(job.id).await.unwrap();
    }
    let receipt = store.erase(ledger, &ada()).await;
    assert_eq!((receipt.deleted.deliveries, receipt.deleted.renders.len()), (1, 0));
    let left = ledger.claim_delivery(1000).await.unwrap().unwrap();
    assert_eq!(left.settled.metadata["user"], "bob");
    assert_eq!(ledger.claim_delivery(1000).await.unwrap(), None);
}
