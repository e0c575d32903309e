//! The run itself, and what has to hold when it is over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::super::chaos::Dice;
use super::faults::{Done, strike};
use super::load::{Kind, Load, answered, is_settled};
use crate::kit::{Postgres, Process, Service, Workshop, descendants, stored};
use crate::webhook::receiver::{Behaviour, Receiver};

/// The short form, seconds.
const SHORT: u64 = 25;
/// The last part, during which no server and no worker is replaced, so that what grows with time shows.
const CALM: f64 = 0.25;

/// Two workers, a server, and the database behind them.
pub(super) struct Machines {
    pub(super) workers: [Process; 2],
    pub(super) service: Service,
    postgres: Postgres,
    data: PathBuf,
    database: String,
    listen: String,
}

impl Machines {
    fn start(data: &Path) -> Self {
        let postgres = Postgres::start();
        let (database, data) = (postgres.database(), data.to_owned());
        let service = serve(&data, &database, "127.0.0.1:0");
        let listen = service.base.trim_start_matches("http://").to_owned();
        let workers = [work(&data, &database), work(&data, &database)];
        Self { workers, service, postgres, data, database, listen }
    }

    pub(super) fn replace_worker(&mut self, one: usize) {
        self.workers[one].kill();
        self.workers[one] = work(&self.data, &self.database);
    }

    pub(super) fn replace_server(&mut self) {
        self.service.process.kill();
        self.service = serve(&self.data, &self.database, &self.listen);
    }

    pub(super) fn restart_database(&mut self) -> bool {
        self.postgres.restart();
        true
    }

    fn all(&self) -> [&Process; 3] {
        [&self.service.process, &self.workers[0], &self.workers[1]]
    }
}

fn serve(data: &Path, database: &str, listen: &str) -> Service {
    let more = ["--no-worker", "--migrate", "--max-attempts", "10", "--database", database, "--listen", listen];
    Service::start(data, &[&more[..], &["--allow-private", "127.0.0.1", "--allow-http"]].concat())
}

fn work(data: &Path, database: &str) -> Process {
    let folder = data.display().to_string();
    let arguments =
        ["worker", "--data", &folder, "--database", database, "--slots", "1", "--lease", "3s", "--retry-wait", "200ms"];
    let patience = ["--page-timeout", "4s", "--encoder-timeout", "4s", "--allow-private", "127.0.0.1", "--allow-http"];
    Process::start(&[&arguments[..], &patience[..]].concat(), &[("REPLAYREEL_FONTS", "bundled")])
}

/// Resident bytes and open files of a process.
fn holds(process: &Process) -> (u64, usize) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default();
    (kib << 10, std::fs::read_dir(format!("/proc/{}/fd", process.pid())).map_or(0, Iterator::count))
}

#[tokio::test]
async fn under_load_and_faults_nothing_is_lost_nothing_is_doubled_and_nothing_stays() {
    let minutes: Option<f64> = std::env::var("REPLAYREEL_SOAK_MINUTES").ok().and_then(|text| text.parse().ok());
    let length = minutes.map_or(Duration::from_secs(SHORT), |minutes| Duration::from_secs_f64(60.0 * minutes));
    let shop = Workshop::new();
    let data = shop.path("data");
    let mut machines = Machines::start(&data);
    // A receiver that is down for a third of what comes.
    let behaviours = (0..100_000).map(|n| Behaviour::answer(if n % 3 == 2 { 500 } else { 204 }));
    let receiver = Receiver::start(behaviours).await;
    let (mut dice, mut load, mut done) = (Dice::new(11), Load::default(), Done::new());
    let began = Instant::now();
    let mut next_fault = began + Duration::from_secs(2);
    let mut calm: Option<[(u64, usize); 3]> = None;
    while began.elapsed() < length {
        load.go_on(&machines.service, &receiver.url(), &mut dice).await;
        let is_calm = began.elapsed().as_secs_f64() > length.as_secs_f64() * (1.0 - CALM);
        if is_calm && calm.is_none() {
            calm = Some(machines.all().map(holds));
        }
        if !is_calm && Instant::now() >= next_fault {
            strike(&mut machines, &mut dice, &mut done).await;
            next_fault = Instant::now() + Duration::from_millis(1000 + dice.roll(3000));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let until = Instant::now() + Duration::from_secs(300);
    while !load.rest(&machines.service).await {
        assert!(Instant::now() < until, "{} renders never end\n{}", load.open(), machines.workers[0].log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let held = machines.all().map(holds);
    let (succeeded, files) = the_ledger_is_right(&machines.service, &load).await;
    what_was_deleted_is_gone(&machines, &data, &load, &files).await;
    nothing_stays(machines, &data);
    let calm = calm.unwrap();
    eprintln!(
        "{:.0} s: {} renders ({succeeded} succeeded, {} called off or poisoned, {} deleted), {} stills ({} refused), {} webhook requests; faults: {done:?}",
        began.elapsed().as_secs_f64(),
        load.renders.len(),
        load.renders.values().filter(|kind| **kind != Kind::Good).count(),
        load.deleted.len(),
        load.stills,
        load.stills_refused,
        receiver.connections(),
    );
    for (name, (before, after)) in ["server", "worker", "worker"].iter().zip(calm.iter().zip(&held)) {
        eprintln!(
            "{name}: {} MB, {} files; at the end {} MB, {} files",
            before.0 >> 20,
            before.1,
            after.0 >> 20,
            after.1
        );
        assert!(after.0 < before.0 + (64 << 20), "{name} grows: {before:?} {after:?}");
        assert!(after.1 < before.1 + 40, "{name} keeps files open: {before:?} {after:?}");
    }
    assert!(done.values().sum::<u32>() >= 3, "nothing went wrong: {done:?}");
}

/// Every render has ended as it had to, once, its files are those that its row says, and one message tells of it.
async fn the_ledger_is_right(service: &Service, load: &Load) -> (usize, BTreeSet<String>) {
    let (mut succeeded, mut files) = (0, BTreeSet::new());
    for (id, kind) in load.renders.iter().filter(|(id, _)| !load.deleted.contains(*id)) {
        let render = service.get(&format!("/v1/renders/{id}")).await.expect(200).json();
        assert!(is_settled(&render), "{render:#}");
        match kind {
            Kind::Good => assert_eq!(render["state"], "succeeded", "{render:#}"),
            Kind::Poison => {
                assert_eq!(render["state"], "failed", "{render:#}");
                assert_eq!(render["failure"]["retryable"], false, "{render:#}");
            }
            Kind::CalledOff => assert_ne!(render["state"], "failed", "{render:#}"),
        }
        let deliveries = service.get(&format!("/v1/renders/{id}/deliveries")).await.expect(200).json();
        assert_eq!(deliveries["deliveries"].as_array().map(Vec::len), Some(1), "{deliveries:#}");
        if render["state"] != "succeeded" {
            continue;
        }
        succeeded += 1;
        for output in render["outputs"].as_array().unwrap() {
            let file = service.get(output["url"].as_str().unwrap()).await.expect(200);
            let hash: String = Sha256::digest(&file.body).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, output["sha256"].as_str().unwrap(), "what is served is what was made: {id}");
            files.insert(format!("{id}/{}", output["name"].as_str().unwrap_or_default()));
        }
    }
    (succeeded, files)
}

/// Janitors have taken away what was deleted, and what attempts left that did not count.
async fn what_was_deleted_is_gone(machines: &Machines, data: &Path, load: &Load, files: &BTreeSet<String>) {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let there: Vec<String> = stored(data).iter().map(|file| file.display().to_string()).collect();
        let gone = load.deleted.iter().find(|id| there.iter().any(|file| file.contains(*id)));
        let Some(gone) = gone else { break };
        // One that was asked to be deleted when the server died may be there as before.
        let render = answered(machines.service.request("GET", &format!("/v1/renders/{gone}"))).await;
        if render.is_some_and(|render| render.status == 200) {
            break;
        }
        assert!(Instant::now() < until, "files of {gone} stay: {there:#?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(!files.is_empty(), "nothing was made");
}

/// Asked to go, all go, with their browsers, encoders and folders.
fn nothing_stays(mut machines: Machines, data: &Path) {
    let below: Vec<u32> = machines.all().iter().flat_map(|process| descendants(process.pid())).collect();
    for process in machines.workers.iter_mut().chain([&mut machines.service.process]) {
        process.signal(rustix::process::Signal::TERM);
    }
    for process in machines.workers.iter_mut().chain([&mut machines.service.process]) {
        let status = process.ended();
        assert!(status.success(), "{status}: {}", process.log());
    }
    let left: Vec<String> = below
        .iter()
        .filter_map(|pid| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).ok())
        .filter(|line| line.contains("headless") || line.contains("ffmpeg"))
        .collect();
    assert_eq!(left, [""; 0], "processes stay");
    let mut kept = Vec::new();
    for folder in ["uploads", "work"] {
        for entry in std::fs::read_dir(data.join(folder)).into_iter().flatten().flatten() {
            kept.push(entry.path());
        }
    }
    // A killed worker's folder is swept by the next one that starts, and a killed server's upload when it is old: one of each may be left.
    eprintln!("left in folders: {kept:?}");
}
