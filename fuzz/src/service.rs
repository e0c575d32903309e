//! The service's router in this process, on a ledger and a store of its own: what handlers answer to whatever is sent to them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use replayreel::artifacts::Artifacts;
use replayreel::http::{HttpOptions, IngestOptions, Service, hash_key, router};
use replayreel::ledger::{Claiming, Ledger, LedgerOptions, NewJob};
use replayreel::order::programs::Programs;
use replayreel::outbound::Policy;
use replayreel::source::{self, Account};
use replayreel::stage::{Pool, PoolOptions};
use replayreel::worker::Machine;
use replayreel::{assets, outbound, package, redact};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use crate::limits;

const ROOT: &str = "rrk_root-key-of-the-fuzz-targets";
/// A file of 1000 bytes, so that ranges have something to be ranges of.
const FILE: usize = 1000;
/// Longest answer that is looked at, bytes.
const MOST: usize = 4 << 20;

/// A service that has one finished render, one that waits, and a shared link.
pub struct Room {
    runtime: Runtime,
    open: Router,
    locked: Router,
    words: Vec<(&'static str, String)>,
    _folder: TempDir,
}

/// What was answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}

impl Room {
    /// # Panics
    /// If the machine has no place for it.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (open, locked, words) = runtime.block_on(furnish(&folder));
        Self { runtime, open, locked, words, _folder: folder }
    }

    /// What the inputs' placeholders stand for here: `{render}`, `{waiting}`, `{share}`, `{token}`, `{key}`.
    pub fn filled(&self, text: &str) -> String {
        self.words.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// Sends a request to the server that asks for a key, or to the one that asks for none.
    pub fn send(&self, locked: bool, request: Request<Body>) -> Answer {
        let mut router = if locked { self.locked.clone() } else { self.open.clone() };
        self.runtime.block_on(async move {
            let (head, body) = router.call(request).await.unwrap_or_else(|never| match never {}).into_parts();
            // A stream of events ends with its render, which nobody makes here.
            let is_endless = head.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
            let body = if is_endless { Vec::new() } else { axum::body::to_bytes(body, MOST).await.unwrap().to_vec() };
            Answer { status: head.status, headers: head.headers, body }
        })
    }
}

/// A request of its text: the first line is method and address, headers follow up to an empty line, the rest is the body. What HTTP itself
/// could not carry is none.
pub fn request(text: &str) -> Option<Request<Body>> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, address) = lines.next()?.split_once(' ')?;
    let mut request = Request::new(Body::from(body.to_owned()));
    *request.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
    *request.uri_mut() = address.parse::<Uri>().ok().filter(|uri| uri.path().starts_with('/'))?;
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request.headers_mut().append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    Some(request)
}

async fn furnish(folder: &TempDir) -> (Router, Router, Vec<(&'static str, String)>) {
    let path = |name: &str| folder.path().join(name);
    for name in ["store", "uploads"] {
        std::fs::create_dir(path(name)).unwrap();
    }
    let ledger = Ledger::open(&format!("sqlite:{}", path("ledger").display()), LedgerOptions::default()).unwrap();
    ledger.migrate().await.unwrap();
    let store = Artifacts::open(&path("store").display().to_string()).unwrap();
    std::fs::write(path("file"), vec![b'x'; FILE]).unwrap();
    store.put_file("renders/one/clip.mp4", &path("file")).await.unwrap();
    store.put_file("packages/two", &path("file")).await.unwrap();
    let job = |source: Json| NewJob {
        id: None,
        owner: String::new(),
        priority: 0,
        run_at: None,
        max_attempts: 3,
        source,
        spec: json!({"spec": {"outputs": ["mp4"]}, "fresh": false, "companions": false}),
        metadata: json!({"title": "a <b>render</b>"}),
        content_key: None,
        memory: 1,
        webhook: Some(json!({"url": "https://hooks.example/replays?token=x"})),
        idempotency: None,
        keep_for_ms: None,
        subjects: Default::default(),
    };
    let done = ledger.enqueue(job(json!({"kind": "place", "place": "posthog:0190aaaa"})), 100).await.unwrap().job().id;
    let claiming = Claiming { lease_ms: 60_000, memory_free: 9, memory_total: 9, per_owner: None, starving_after_ms: 1 };
    let claim = ledger.claim("fuzz", &claiming).await.unwrap().unwrap();
    let output = json!({"name": "clip.mp4", "kind": "video", "format": "mp4", "bytes": FILE, "sha256": "ab".repeat(32), "width": 64, "height": 48});
    let outcome = json!({"folder": "renders/one", "outputs": [output], "recorded_ms": 1.5, "video_ms": 1.5, "frames_sha256": "", "source_sha256": "", "took_ms": 1});
    ledger.complete(&claim.lease, outcome).await.unwrap();
    let upload = json!({"kind": "upload", "key": "packages/two", "name": "a.json", "bytes": FILE, "sha256": "cd".repeat(32)});
    let waiting = ledger.enqueue(job(upload), 100).await.unwrap().job().id;
    let machine = Arc::new(machine());
    let service = async |root: Option<&str>| {
        let options = HttpOptions {
            public_url: None,
            webhook: None,
            queue_limit: 100,
            max_upload: 4096,
            min_free_disk: 0,
            max_attempts: 3,
            keep_ms: Some(60_000),
            memory: 1 << 30,
            max_wait: Duration::ZERO,
            stills: 1,
            still_time: Duration::from_millis(1),
            renders_here: false,
            root_key: root.map(hash_key),
            open: true,
            uploads: path("uploads"),
            ingest: IngestOptions {
                chunk_bytes: 64 << 10,
                session_bytes: 1 << 20,
                key_bytes: 1 << 20,
                address_bytes: 1 << 20,
                address_sessions: 1000,
                keep_ms: None,
                address_header: None,
            },
        };
        let (wake, stop, here) = (Arc::new(Notify::new()), CancellationToken::new(), tokio::runtime::Handle::current());
        let service = Service::new(ledger.clone(), store.clone(), Arc::clone(&machine), options, wake, stop, here);
        router(service.await.unwrap())
    };
    let (open, locked) = (service(None).await, service(Some(ROOT)).await);
    let body = json!({"renders": [done.to_string()], "title": "for <you>"}).to_string();
    let share = format!("POST /v1/shares\nhost: localhost\ncontent-type: application/json\n\n{body}");
    let answer = open.clone().call(request(&share).unwrap()).await.unwrap_or_else(|never| match never {});
    let answer = axum::body::to_bytes(answer.into_body(), MOST).await.unwrap();
    let answer: Json = serde_json::from_slice(&answer).unwrap();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let token = text("url").rsplit('/').next().unwrap().to_owned();
    let words = vec![
        ("{render}", done.to_string()),
        ("{waiting}", waiting.to_string()),
        ("{share}", text("id")),
        ("{token}", token),
        ("{key}", ROOT.to_owned()),
    ];
    (open, locked, words)
}

/// A machine that renders nothing.
fn machine() -> Machine {
    Machine {
        programs: Programs {
            chromium: None,
            ffmpeg: None,
            browsers: None,
            no_sandbox: false,
            browser_start_timeout: Duration::from_secs(1),
            page_timeout: Duration::from_secs(1),
            encoder_timeout: Duration::from_secs(1),
            max_render_time: Duration::from_secs(1),
            max_browser_memory: 1 << 30,
            max_page_depth: 512,
        },
        pool: Pool::new(PoolOptions { most_idle: 0, ..PoolOptions::default() }),
        package: package::Limits { recording: limits(), ..package::Limits::tight() },
        source: source::Limits::default(),
        outbound: outbound::Limits::default(),
        policy: Policy::default(),
        posthog: Account::default(),
        rules: redact::Rules::default(),
        assets: assets::Limits::default(),
        fetch_time: Duration::from_secs(1),
    }
}
