//! Webhooks, against receivers on this machine that behave as real ones do on their bad days. They are reached through the option that people have
//! for it; time is the ledger's, and moves when a test says so.

pub(crate) mod receiver;

use std::time::Duration;

use replayreel::ledger::{
    Claiming, Delivery, DeliveryState, Failure, JobId, Ledger, LedgerOptions, ManualClock, NewJob,
};
use replayreel::outbound::Policy;
use replayreel::render_object::Addresses;
use replayreel::webhook::{Secret, Sender, SenderOptions, ledger_secret};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio_util::sync::CancellationToken;

use crate::outbound::disguises::DISGUISES;
use receiver::{Behaviour, Receiver, Request};

const OWN_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MINUTE_MS: i64 = 60_000;
/// How long a sender's messages are its own, ms: as long as a try and 30 s.
const LEASE_MS: i64 = 45_000;

/// A ledger with its clock, in a folder of its own.
struct Office {
    ledger: Ledger,
    clock: ManualClock,
    _folder: tempfile::TempDir,
}

fn options() -> SenderOptions {
    SenderOptions {
        policy: Policy { allowed: vec!["127.0.0.1".parse().unwrap()], plain_http: false },
        addresses: Addresses { public_url: Some("https://replays.example.org/".parse().unwrap()) },
        ..SenderOptions::default()
    }
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(1_800_000_000_000);
        let options = LedgerOptions { clock: Some(clock.clone()), ..LedgerOptions::default() };
        let url = format!("sqlite:{}", folder.path().join("ledger.db").display());
        let ledger = Ledger::open(&url, options).unwrap();
        ledger.migrate().await.unwrap();
        Self { ledger, clock, _folder: folder }
    }

    async fn sender(&self) -> Sender {
        self.sender_with(options()).await
    }

    async fn sender_with(&self, options: SenderOptions) -> Sender {
        Sender::new(self.ledger.clone(), options).await.unwrap()
    }

    /// A job that waits, whose end is told to a webhook.
    async fn job(&self, webhook: Value) -> JobId {
        let job = NewJob {
            id: None,
            owner: String::new(),
            priority: 0,
            run_at: None,
            max_attempts: 1,
            source: json!({"kind": "place", "place": "https://example.org/session.json?token=hunter2"}),
            spec: json!({"spec": {"outputs": ["mp4"]}}),
            metadata: json!({"ticket": 7, "note": "ünï \u{1f3a5} </script>"}),
            content_key: None,
            memory: 1,
            webhook: Some(webhook),
            idempotency: None,
            keep_for_ms: None,
            subjects: Default::default(),
        };
        self.ledger.enqueue(job, 1000).await.unwrap().job().id
    }

    async fn cancelled(&self, receiver: &Receiver) -> JobId {
        let job = self.job(json!({"url": receiver.url()})).await;
        self.ledger.cancel(job).await.unwrap();
        job
    }

    async fn delivery(&self, job: JobId) -> Delivery {
        self.ledger.deliveries(job).await.unwrap().remove(0)
    }

    async fn claim(&self) -> replayreel::ledger::Claim {
        let claiming = Claiming {
            lease_ms: 30_000,
            memory_free: 10,
            memory_total: 10,
            per_owner: None,
            starving_after_ms: 60_000,
        };
        self.ledger.claim("worker", &claiming).await.unwrap().unwrap()
    }

    async fn verifies(&self, request: &Request) {
        verifies(&ledger_secret(&self.ledger).await.unwrap().reveal(), request);
    }
}

/// As receivers do it, with the library that they have for it.
fn verifies(secret: &str, request: &Request) {
    Webhook::new(secret).unwrap().verify(&request.body, &request.headers).unwrap();
}

fn refuses(secret: &str, request: &Request) {
    assert!(Webhook::new(secret).unwrap().verify(&request.body, &request.headers).is_err());
}

fn statuses(delivery: &Delivery) -> Vec<Option<u16>> {
    delivery.log.iter().map(|one| one.status).collect()
}

#[tokio::test]
async fn a_receiver_is_told_of_a_render_that_succeeded_and_can_check_who_says_so() {
    let (office, mut receiver) = (Office::open().await, Receiver::start([Behaviour::answer(204)]).await);
    let id = office.job(json!({"url": receiver.url(), "secret": OWN_SECRET})).await;
    let claim = office.claim().await;
    let result = json!({
        "folder": "renders/x/1", "recorded_ms": 5000.0, "video_ms": 4000.0, "frames_sha256": "ab", "source_sha256": "cd", "took_ms": 9,
        "outputs": [{"name": "replay.mp4", "kind": "video", "format": "mp4", "bytes": 10, "sha256": "ef", "width": 640, "height": 480,
                     "duration_ms": 4000.0}],
    });
    office.ledger.complete(&claim.lease, result).await.unwrap();
    assert!(office.sender().await.send_one().await);

    let request = receiver.next().await;
    verifies(OWN_SECRET, &request);
    refuses(&ledger_secret(&office.ledger).await.unwrap().reveal(), &request);
    assert_eq!(request.line, "POST /hook?token=of-the-receiver HTTP/1.1");
    assert_eq!(request.headers["content-type"], "application/json");
    let delivery = office.delivery(id).await;
    assert_eq!(request.headers["webhook-id"].to_str().unwrap(), delivery.id.to_string());
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((&body["type"], &body["timestamp"]), (&json!("render.succeeded"), &json!("2027-01-15T08:00:00.000Z")));
    let render = &body["data"];
    assert_eq!((&render["id"], &render["state"]), (&json!(id.to_string()), &json!("succeeded")));
    let base = format!("https://replays.example.org/v1/renders/{id}");
    assert_eq!(render["url"], json!(base));
    assert_eq!(render["outputs"][0]["url"], json!(format!("{base}/outputs/replay.mp4")));
    assert_eq!(render["metadata"]["note"], json!("ünï \u{1f3a5} </script>"));
    for secret in ["hunter2", OWN_SECRET, "of-the-receiver"] {
        assert!(!String::from_utf8_lossy(&request.body).contains(secret), "{secret}");
    }
    assert_eq!((delivery.state, statuses(&delivery)), (DeliveryState::Delivered, vec![Some(204)]));
    assert!(!office.sender().await.send_one().await, "once is enough");
}

#[tokio::test]
async fn failures_and_cancellations_are_told_too() {
    let receiver = Receiver::start([Behaviour::answer(200), Behaviour::answer(200)]).await;
    let (office, mut receiver) = (Office::open().await, receiver);
    let sender = office.sender().await;
    office.job(json!({"url": receiver.url()})).await;
    let failure = Failure { code: "recording".to_owned(), message: "It is empty.".to_owned(), retryable: false };
    office.ledger.fail(&office.claim().await.lease, failure, None).await.unwrap();
    assert!(sender.send_one().await);
    let body: Value = serde_json::from_slice(&receiver.next().await.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["failure"]["code"]), (&json!("render.failed"), &json!("recording")));
    office.cancelled(&receiver).await;
    assert!(sender.send_one().await);
    let request = receiver.next().await;
    office.verifies(&request).await;
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["state"]), (&json!("render.cancelled"), &json!("cancelled")));
}

#[tokio::test]
async fn every_try_says_the_same_under_the_same_id_until_it_is_heard() {
    let tries = [Behaviour::answer(500), Behaviour::answer(429), Behaviour::Cut("HTTP/1.1 2"), Behaviour::answer(200)];
    let (office, mut receiver) = (Office::open().await, Receiver::start(tries).await);
    let job = office.cancelled(&receiver).await;
    let mut heard = Vec::new();
    for wait_ms in [0, 6_000, 6 * MINUTE_MS, 36 * MINUTE_MS] {
        assert!(wait_ms == 0 || !office.sender().await.send_one().await, "not before its time");
        office.clock.advance(wait_ms);
        // The addresses would be others by now; what is sent is not.
        let addresses = Addresses { public_url: (wait_ms == 0).then(|| "https://first.example".parse().unwrap()) };
        assert!(office.sender_with(SenderOptions { addresses, ..options() }).await.send_one().await);
        heard.push(receiver.next().await);
    }
    for request in &heard {
        office.verifies(request).await;
        assert_eq!((&request.body, &request.headers["webhook-id"]), (&heard[0].body, &heard[0].headers["webhook-id"]));
    }
    assert!(String::from_utf8_lossy(&heard[0].body).contains("https://first.example/v1/renders/"));
    let delivery = office.delivery(job).await;
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!(statuses(&delivery), [Some(500), Some(429), None, Some(200)]);
    assert!(delivery.log[2].error.as_ref().unwrap().contains("broke off"), "{delivery:?}");
}

#[tokio::test]
async fn tries_end() {
    let (office, mut receiver) =
        (Office::open().await, Receiver::start([Behaviour::answer(503), Behaviour::answer(503)]).await);
    let job = office.cancelled(&receiver).await;
    let sender = office.sender_with(SenderOptions { tries: 2, ..options() }).await;
    assert!(sender.send_one().await);
    receiver.next().await;
    office.clock.advance(6_000);
    assert!(sender.send_one().await);
    receiver.next().await;
    assert_eq!(office.delivery(job).await.state, DeliveryState::Failed);
    office.clock.advance(100 * 60 * MINUTE_MS);
    assert!(!sender.send_one().await);
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_or_sends_elsewhere_is_not_asked_again() {
    for status in [410, 404, 400, 301, 307, 308] {
        let elsewhere = Receiver::start([Behaviour::answer(200)]).await;
        let behaviour = Behaviour::with(status, &format!("location: {}\r\n", elsewhere.url()));
        let (office, mut receiver) = (Office::open().await, Receiver::start([behaviour]).await);
        let job = office.cancelled(&receiver).await;
        assert!(office.sender().await.send_one().await);
        receiver.next().await;
        let delivery = office.delivery(job).await;
        assert_eq!((delivery.state, statuses(&delivery)), (DeliveryState::Failed, vec![Some(status)]));
        assert_eq!(delivery.last_error.is_some_and(|error| error.contains("redirects")), status < 400, "{status}");
        assert_eq!(elsewhere.connections(), 0, "{status}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_tried_again() {
    let office = Office::open().await;
    // Taken and given back: nobody listens there.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let job = office.job(json!({"url": format!("http://{gone}/hook?token=hunter2")})).await;
    office.ledger.cancel(job).await.unwrap();
    assert!(office.sender().await.send_one().await);
    let delivery = office.delivery(job).await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Pending, 1));
    assert!((4_000..=6_000).contains(&(delivery.next_at - office.clock.now())), "{delivery:?}");
    let error = delivery.last_error.unwrap();
    assert!(error.contains("cannot connect") && !error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_receiver_that_never_answers_costs_no_longer_than_a_try_may_take() {
    let (office, mut receiver) = (Office::open().await, Receiver::start([Behaviour::Hang]).await);
    let job = office.cancelled(&receiver).await;
    let sender = office.sender_with(SenderOptions { timeout: Duration::from_millis(300), ..options() }).await;
    tokio::time::timeout(Duration::from_secs(20), sender.send_one()).await.unwrap();
    receiver.next().await;
    let delivery = office.delivery(job).await;
    assert_eq!(delivery.state, DeliveryState::Pending);
    assert!(delivery.last_error.as_ref().is_some_and(|error| error.contains("0.3 s")), "{delivery:?}");
}

#[tokio::test]
async fn the_status_is_the_answer_whatever_becomes_of_its_body() {
    let length = 1_u64 << 50;
    let bodies = [
        Behaviour::Endless,
        // As long as no disk is, and then nothing of it.
        Behaviour::Cut(Box::leak(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\nx").into_boxed_str())),
        Behaviour::Cut("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this"),
        Behaviour::Cut("HTTP/1.1 202 Accepted\r\ncontent-encoding: nonsense\r\ncontent-length: 1\r\n\r\nx"),
        Behaviour::HangAfter("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"),
    ];
    let count = bodies.len();
    let (office, mut receiver) = (Office::open().await, Receiver::start(bodies).await);
    let sender = office.sender().await;
    for place in 0..count {
        let job = office.cancelled(&receiver).await;
        tokio::time::timeout(Duration::from_secs(10), sender.send_one()).await.unwrap();
        receiver.next().await;
        let delivery = office.delivery(job).await;
        assert_eq!(delivery.state, DeliveryState::Delivered, "{place}: {delivery:?}");
    }
}

#[tokio::test]
async fn a_busy_receiver_says_how_long_to_wait() {
    let (office, mut receiver) =
        (Office::open().await, Receiver::start([Behaviour::with(503, "retry-after: 120\r\n")]).await);
    let job = office.cancelled(&receiver).await;
    assert!(office.sender().await.send_one().await);
    receiver.next().await;
    assert_eq!(office.delivery(job).await.next_at - office.clock.now(), 120_000);
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused_unless_they_are_allowed() {
    let (office, receiver) = (Office::open().await, Receiver::start([Behaviour::answer(200)]).await);
    let sender = office.sender_with(SenderOptions { policy: Policy::default(), ..options() }).await;
    for (url, reason) in [
        (receiver.url(), "--allow-private"),
        (receiver.url().replace("127.0.0.1", "localhost"), "loopback"),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "--allow-private 169.254.169.254"),
        ("http://[::1]:1/".to_owned(), "loopback"),
        ("file:///etc/passwd".to_owned(), "only http and https"),
    ] {
        let job = office.job(json!({"url": url})).await;
        office.ledger.cancel(job).await.unwrap();
        assert!(sender.send_one().await);
        let delivery = office.delivery(job).await;
        assert_eq!((delivery.state, statuses(&delivery)), (DeliveryState::Failed, vec![None]), "{url}");
        assert!(delivery.last_error.as_ref().unwrap().contains(reason), "{delivery:?}");
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_webhook_does_not_reach_this_machine_however_it_is_written() {
    let (office, receiver) = (Office::open().await, Receiver::start([Behaviour::answer(200)]).await);
    let policy = Policy { plain_http: true, ..Policy::default() };
    let sender = office.sender_with(SenderOptions { policy, ..options() }).await;
    for host in DISGUISES {
        let job = office.job(json!({"url": receiver.url().replace("127.0.0.1", host)})).await;
        office.ledger.cancel(job).await.unwrap();
        assert!(sender.send_one().await);
        let delivery = office.delivery(job).await;
        assert_eq!((delivery.state, statuses(&delivery)), (DeliveryState::Failed, vec![None]), "{host}");
        assert!(delivery.last_error.as_ref().unwrap().contains("--allow-private"), "{host}: {delivery:?}");
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn a_sender_that_dies_between_claiming_and_answering_is_replaced() {
    let (office, mut receiver) =
        (Office::open().await, Receiver::start([Behaviour::Hang, Behaviour::answer(200)]).await);
    let job = office.cancelled(&receiver).await;
    let dying = office.sender().await;
    let sending = tokio::spawn(async move { dying.send_one().await });
    let first = receiver.next().await;
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());

    let next = office.sender().await;
    assert!(!next.send_one().await, "the lease is not over");
    office.clock.advance(LEASE_MS);
    assert!(next.send_one().await);
    let second = receiver.next().await;
    assert_eq!((&second.body, &second.headers["webhook-id"]), (&first.body, &first.headers["webhook-id"]));
    office.verifies(&second).await;
    let delivery = office.delivery(job).await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 2));
}

#[tokio::test]
async fn a_message_that_was_given_up_can_be_sent_again() {
    let (office, mut receiver) =
        (Office::open().await, Receiver::start([Behaviour::answer(410), Behaviour::answer(200)]).await);
    let (job, sender) = (office.cancelled(&receiver).await, office.sender().await);
    assert!(sender.send_one().await);
    let first = receiver.next().await;
    let delivery = office.delivery(job).await;
    office.ledger.redeliver(delivery.id).await.unwrap().unwrap();
    assert!(sender.send_one().await);
    let second = receiver.next().await;
    assert_eq!((&second.body, &second.headers["webhook-id"]), (&first.body, &first.headers["webhook-id"]));
    assert_eq!(office.delivery(job).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn while_a_secret_is_replaced_the_old_and_the_new_one_both_sign() {
    let (office, mut receiver) = (Office::open().await, Receiver::start([Behaviour::answer(200)]).await);
    let [new, old] = ["whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3", "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQgb2xk"];
    let secrets: Vec<Secret> = [new, old].map(|secret| secret.parse().unwrap()).into();
    office.cancelled(&receiver).await;
    assert!(office.sender_with(SenderOptions { secrets, ..options() }).await.send_one().await);
    let request = receiver.next().await;
    verifies(new, &request);
    verifies(old, &request);
    refuses(&ledger_secret(&office.ledger).await.unwrap().reveal(), &request);
}

#[tokio::test]
async fn a_slow_receiver_keeps_no_other_waiting_and_what_is_under_way_ends_before_the_sender_does() {
    let office = Office::open().await;
    let (mut slow, release) = Receiver::held(Behaviour::answer(200)).await;
    let mut quick = Receiver::start([Behaviour::answer(200)]).await;
    let slow_job = office.cancelled(&slow).await;
    let stop = CancellationToken::new();
    let options = SenderOptions { poll: Duration::from_millis(5), ..options() };
    let running = tokio::spawn(office.sender_with(options).await.run(stop.clone()));
    slow.next().await;
    let quick_job = office.cancelled(&quick).await;
    quick.next().await;
    stop.cancel();
    assert_eq!(office.delivery(slow_job).await.state, DeliveryState::Pending);
    release.send(()).unwrap();
    running.await.unwrap();
    for job in [slow_job, quick_job] {
        assert_eq!(office.delivery(job).await.state, DeliveryState::Delivered);
    }
}

#[tokio::test]
async fn what_is_due_when_a_sender_is_stopped_is_still_sent() {
    let (office, mut receiver) =
        (Office::open().await, Receiver::start([Behaviour::answer(200), Behaviour::answer(200)]).await);
    let jobs = [office.cancelled(&receiver).await, office.cancelled(&receiver).await];
    let stop = CancellationToken::new();
    stop.cancel();
    office.sender().await.run(stop).await;
    receiver.next().await;
    for job in jobs {
        assert_eq!(office.delivery(job).await.state, DeliveryState::Delivered);
    }
}
