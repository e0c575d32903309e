//! See the module above.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Dice;
use crate::kit::{Postgres, Process, Service, Workshop, descendants, fixture, is_browser};

/// Jobs in the short form.
const JOBS: usize = 12;
/// A killed worker's jobs are given to others after this.
const LEASE: &str = "2s";

fn jobs() -> usize {
    std::env::var("REPLAYREEL_CHAOS_JOBS").ok().and_then(|jobs| jobs.parse().ok()).unwrap_or(JOBS)
}

#[tokio::test]
async fn on_sqlite_every_job_ends_once_whatever_is_killed() {
    let shop = Workshop::new();
    chaos(&shop.path("data"), None, jobs()).await;
}

#[tokio::test]
async fn on_postgresql_every_job_ends_once_whatever_is_killed() {
    let shop = Workshop::new();
    let postgres = Postgres::start();
    chaos(&shop.path("data"), Some(&postgres.database()), jobs()).await;
}

async fn chaos(data: &Path, database: Option<&str>, jobs: usize) {
    let mut backing: Vec<String> = vec!["--lease".into(), LEASE.into(), "--retry-wait".into(), "200ms".into()];
    if let Some(database) = database {
        backing.extend(["--database".into(), database.to_owned()]);
    }
    let backing: Vec<&str> = backing.iter().map(String::as_str).collect();
    let serve = |listen: &str| {
        let mut arguments = backing.clone();
        arguments.retain(|argument| !matches!(*argument, "--lease" | "--retry-wait" | "200ms") && *argument != LEASE);
        arguments.extend(["--no-worker", "--migrate", "--max-attempts", "10", "--listen", listen]);
        Service::start(data, &arguments)
    };
    let worker = || {
        let folder = data.display().to_string();
        let mut arguments = vec!["worker", "--data", &folder, "--slots", "1"];
        arguments.extend(&backing);
        Process::start(&arguments, &[("REPLAYREEL_FONTS", "bundled")])
    };
    let mut service = serve("127.0.0.1:0");
    let listen = service.base.trim_start_matches("http://").to_owned();
    let mut ids = Vec::new();
    let mut truth: BTreeMap<u64, String> = BTreeMap::new();
    for number in 0..jobs {
        let moment = 200 + 100 * (number as u64 % 10);
        // Pictures differ by the moment, so that one job's files cannot pass for another's; `fresh` keeps them from being copied.
        let spec = json!({
            "outputs": [{"format": "png", "at": format!("{}ms", moment)}, {"format": "gif", "fps": 5, "to": "2"}],
            "size": "320x240", "fresh": true, "companions": false, "metadata": {"moment": moment},
        });
        // One of them can never succeed, and has to end all the same.
        let spec = if number == 3 { json!({"outputs": [{"format": "png", "at": "error:99"}]}) } else { spec };
        let answer = service.upload("/v1/renders", &fixture("form"), &spec).await.expect(202);
        ids.push(answer.json()["id"].as_str().unwrap().to_owned());
    }
    let mut workers = [worker(), worker()];
    let mut dice = Dice::new(7 + jobs as u64);
    let until = Instant::now() + Duration::from_secs(60 + 20 * jobs as u64);
    let (mut killed, mut browsers) = (0, 0);
    loop {
        let mut open = 0;
        for id in &ids {
            let render = service.get(&format!("/v1/renders/{id}")).await.expect(200).json();
            open += usize::from(!matches!(render["state"].as_str(), Some("succeeded" | "failed")));
        }
        if open == 0 {
            break;
        }
        assert!(Instant::now() < until, "{open} jobs never end\n{}\n{}", workers[0].log(), workers[1].log());
        // Long enough for most attempts to get somewhere, short enough to hit many.
        tokio::time::sleep(Duration::from_millis(1500 + dice.roll(2500))).await;
        let one = dice.roll(2) as usize;
        match dice.roll(4) {
            0 | 1 => {
                workers[one].kill();
                workers[one] = worker();
            }
            2 => {
                for browser in descendants(workers[one].pid()).into_iter().filter(|pid| is_browser(*pid)).take(1) {
                    let pid = rustix::process::Pid::from_raw(i32::try_from(browser).unwrap()).unwrap();
                    browsers += u32::from(rustix::process::kill_process(pid, rustix::process::Signal::KILL).is_ok());
                }
            }
            _ => {
                service.process.kill();
                service = serve(&listen);
            }
        }
        killed += 1;
    }
    assert!(killed > 0, "nothing was killed");
    let (mut succeeded, mut failed) = (0, 0);
    for (number, id) in ids.iter().enumerate() {
        let render = service.get(&format!("/v1/renders/{id}")).await.expect(200).json();
        if render["state"] == "failed" {
            failed += 1;
            assert!(number == 3, "{render:#}");
            continue;
        }
        succeeded += 1;
        for output in render["outputs"].as_array().unwrap() {
            let file = service.get(output["url"].as_str().unwrap()).await.expect(200);
            let hash: String = Sha256::digest(&file.body).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, output["sha256"].as_str().unwrap(), "what is served is what was made");
            if output["format"] == "png" {
                let moment = render["metadata"]["moment"].as_u64().unwrap();
                assert_eq!(
                    truth.entry(moment).or_insert_with(|| hash.clone()),
                    &hash,
                    "the same moment is the same picture"
                );
            }
        }
    }
    assert_eq!((succeeded, failed), (jobs - 1, 1));
    eprintln!("{jobs} jobs, {killed} killings ({browsers} of browsers): {succeeded} succeeded, {failed} failed");
}
