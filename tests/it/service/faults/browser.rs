//! Real browsers, encoders, databases and stores, each of which fails in the middle of a render.

mod disks;

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;

use crate::artifacts::proxy::{Fault, Proxy};
use crate::artifacts::s3::{S3, settings};
use crate::kit::{Postgres, Process, Service, Workshop, descendants, fixture};

/// Patience short enough for what hangs to be given up while a test waits.
const IMPATIENT: [&str; 8] =
    ["--page-timeout", "3s", "--encoder-timeout", "3s", "--retry-wait", "100ms", "--lease", "3s"];

/// A render that takes some seconds, so that something can happen in the middle of it.
fn asked() -> Json {
    let outputs = json!([{"format": "mp4", "fps": 30, "speed": 0.5, "to": "3"}]);
    json!({"outputs": outputs, "size": "640x400", "fresh": true, "companions": false})
}

async fn submitted(service: &Service) -> String {
    let render = service.upload("/v1/renders", &fixture("effects"), &asked()).await.expect(202).json();
    render["id"].as_str().unwrap().to_owned()
}

/// In the middle: pictures have been taken, and more are to come.
async fn in_the_middle(service: &Service) -> String {
    let id = submitted(service).await;
    service.until(&id, |render| render["progress"]["captured"].as_u64() > Some(2)).await;
    id
}

/// What was made, when it ends, and that it is whole: every file is what its row says.
async fn made(service: &Service, id: &str) -> Json {
    let render = service.settled(id).await;
    assert_eq!(render["state"], "succeeded", "{render:#}\n{}", service.process.log());
    for output in render["outputs"].as_array().unwrap() {
        let file = service.get(output["url"].as_str().unwrap()).await.expect(200);
        let hash: String = Sha256::digest(&file.body).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, output["sha256"].as_str().unwrap());
    }
    render
}

fn processes(of: u32, word: &str) -> Vec<Pid> {
    let has = |pid: &u32| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        match word {
            "browser" => line.contains("headless") && !line.contains("--type="),
            "ffmpeg" => line.split('\0').next().is_some_and(|program| program.ends_with("ffmpeg")),
            kind => line.contains(&format!("--type={kind}")),
        }
    };
    let found = descendants(of).into_iter().filter(has);
    found.filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).collect()
}

/// A program that the render needs, what is done to it, and what comes of it.
struct Row {
    what: &'static str,
    signal: Signal,
    /// Attempts that it takes.
    attempts: u64,
    /// Whether the browser is replaced within the attempt, which the render's warnings tell.
    replaced: Option<bool>,
}

const ROWS: [Row; 8] = [
    Row { what: "browser", signal: Signal::KILL, attempts: 1, replaced: Some(true) },
    Row { what: "browser", signal: Signal::STOP, attempts: 1, replaced: Some(true) },
    Row { what: "renderer", signal: Signal::KILL, attempts: 1, replaced: Some(true) },
    // The next BeginFrame is never answered.
    Row { what: "renderer", signal: Signal::STOP, attempts: 1, replaced: Some(true) },
    // Chromium starts another one by itself, or its browser is replaced.
    Row { what: "gpu-process", signal: Signal::KILL, attempts: 1, replaced: None },
    Row { what: "gpu-process", signal: Signal::STOP, attempts: 1, replaced: None },
    Row { what: "ffmpeg", signal: Signal::KILL, attempts: 2, replaced: Some(false) },
    Row { what: "ffmpeg", signal: Signal::STOP, attempts: 2, replaced: Some(false) },
];

#[tokio::test]
async fn whatever_program_of_a_render_dies_or_hangs_the_video_is_the_same() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &[&IMPATIENT[..], &["--slots", "1"]].concat());
    let id = submitted(&service).await;
    let alone = made(&service, &id).await;
    for Row { what, signal, attempts, replaced } in ROWS {
        let id = in_the_middle(&service).await;
        let victims = processes(service.process.pid(), what);
        if victims.is_empty() && what == "gpu-process" {
            // Some builds draw within the browser's own process.
            made(&service, &id).await;
            continue;
        }
        assert!(!victims.is_empty(), "no {what} is there");
        for victim in victims {
            // One of them may have gone by itself.
            let _ = kill_process(victim, signal);
        }
        let render = made(&service, &id).await;
        assert_eq!(render["attempt"], attempts, "{what} {signal:?}: {render:#}");
        assert_eq!(render["frames_sha256"], alone["frames_sha256"], "{what} {signal:?}");
        if let Some(replaced) = replaced {
            let told = render["warnings"].to_string().contains("browser_replaced");
            assert_eq!(told, replaced, "{what} {signal:?}: {render:#}");
        }
    }
}

#[tokio::test]
async fn a_worker_that_was_stopped_for_too_long_does_not_count_any_more() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker"]);
    let work = || {
        let folder = data.display().to_string();
        let words = [&["worker", "--data", &folder, "--slots", "1"], &IMPATIENT[..]].concat();
        Process::start(&words, &[("REPLAYREEL_FONTS", "bundled")])
    };
    let mut stopped = work();
    let id = in_the_middle(&service).await;
    stopped.signal(Signal::STOP);
    let _other = work();
    service.until(&id, |render| render["attempt"] == 2 && render["progress"]["captured"].as_u64() > Some(0)).await;
    // It goes on while the other one works: what it says is refused, and it stops.
    stopped.signal(Signal::CONT);
    stopped.line("lease");
    let render = made(&service, &id).await;
    assert_eq!(render["attempt"], 2, "{render:#}");
}

/// Holds the whole file, as a backup or another program may.
async fn lock(data: &Path) -> sqlx::SqliteConnection {
    let url = format!("sqlite:{}", data.join("ledger.sqlite").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 30000").execute(&mut connection).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn a_database_that_is_locked_for_longer_than_a_lease_loses_no_job() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &IMPATIENT);
    let id = in_the_middle(&service).await;
    let mut lock = lock(&data).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    sqlx::query("ROLLBACK").execute(&mut lock).await.unwrap();
    let render = made(&service, &id).await;
    assert!(render["attempt"].as_u64() <= Some(2), "{render:#}");
    let deliveries = service.get(&format!("/v1/renders/{id}")).await.expect(200);
    assert_eq!(deliveries.json()["outputs"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_database_that_is_restarted_or_cut_off_loses_no_job() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let mut postgres = Postgres::start_on_loopback();
    let wire = Proxy::start(postgres.address()).await;
    let direct = postgres.database();
    let by_wire = direct.replace(&postgres.address().to_string(), &wire.address.to_string());
    assert_ne!(direct, by_wire);
    let service = Service::start(&data, &["--no-worker", "--migrate", "--database", &direct]);
    let folder = data.display().to_string();
    let work = |database: &str| {
        let words = [&["worker", "--data", &folder, "--slots", "1", "--database", database], &IMPATIENT[..]].concat();
        Process::start(&words, &[("REPLAYREEL_FONTS", "bundled")])
    };
    let _cut_off = work(&by_wire);

    let id = in_the_middle(&service).await;
    postgres.restart();
    let render = made(&service, &id).await;
    assert!(render["attempt"].as_u64() <= Some(2), "{render:#}");

    // Nothing comes through any more, and nobody is told: as when a cable is pulled.
    let id = in_the_middle(&service).await;
    wire.next(Fault::StallAfter(0));
    wire.stalled().await;
    let _other = work(&direct);
    // The other one takes over, and what the one that comes back says of it does not count any more.
    service.until(&id, |render| render["attempt"] == 2).await;
    wire.heal();
    let render = made(&service, &id).await;
    assert_eq!(render["attempt"], 2, "{render:#}");
}

#[tokio::test]
async fn a_store_that_fails_stalls_or_takes_half_a_file_gets_it_whole_in_the_end() {
    let shop = Workshop::new();
    let server = S3::start().await;
    let wire = Proxy::start(server.address).await;
    let settings = settings(&format!("http://{}", wire.address));
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let more = ["--store", "s3://bucket/artifacts", "--slots", "1"];
    let service = Service::start_with(&shop.path("data"), &[&IMPATIENT[..], &more].concat(), &settings);
    for fault in [Fault::Error, Fault::CutAfter(2000), Fault::StallAfter(2000)] {
        let id = in_the_middle(&service).await;
        wire.next(fault);
        if matches!(fault, Fault::StallAfter(_)) {
            wire.stalled().await;
            wire.heal();
        }
        let render = made(&service, &id).await;
        assert!(render["attempt"].as_u64() <= Some(2), "{fault:?}: {render:#}");
        assert_eq!(wire.pending(), 0, "{fault:?} never came");
    }
}
