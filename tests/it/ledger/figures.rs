//! How quick the ledger is. Figures depend on the machine, so they are printed rather than held to anything:
//! `cargo test --release --test it figures -- --ignored --nocapture`.

use std::time::Instant;

use replayreel::ledger::{Ledger, LedgerOptions};
use serde_json::Value;

use super::contract::{claiming, new_job};
use crate::kit::Postgres;

const QUEUED: u32 = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn claims_a_second_with_ten_thousand_queued() {
    let server = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite:{}", folder.path().join("ledger.db").display()), server.database()] {
        let ledger = Ledger::open(&url, LedgerOptions { max_connections: 16, ..LedgerOptions::default() }).unwrap();
        ledger.migrate().await.unwrap();
        let begun = Instant::now();
        for _ in 0..QUEUED {
            ledger.enqueue(new_job(), u64::MAX).await.unwrap();
        }
        report(&ledger, "enqueue, 1 client, up to 10,000 queued", QUEUED, begun);
        for claimers in [1, 8] {
            let begun = Instant::now();
            claim(&ledger, claimers, 800).await;
            report(&ledger, &format!("claim and complete, {claimers} claimers"), 800, begun);
        }
        let begun = Instant::now();
        for _ in 0..100 {
            ledger.counts().await.unwrap();
        }
        report(&ledger, "counts", 100, begun);
        let begun = Instant::now();
        for _ in 0..100 {
            ledger.list(&Default::default(), None, 50).await.unwrap();
        }
        report(&ledger, "list of 50", 100, begun);
        ledger.close().await;
    }
}

async fn claim(ledger: &Ledger, claimers: u32, jobs: u32) {
    let claimers = (0..claimers).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            for _ in 0..jobs / claimers {
                let claim = ledger.claim("worker", &claiming()).await.unwrap().unwrap();
                ledger.complete(&claim.lease, Value::Null).await.unwrap();
            }
        })
    });
    for done in futures::future::join_all(claimers).await {
        done.unwrap();
    }
}

fn report(ledger: &Ledger, what: &str, times: u32, begun: Instant) {
    println!("{:?}: {what}: {:.0}/s", ledger.kind(), f64::from(times) / begun.elapsed().as_secs_f64());
}

/// An erasure looks at every job once, and at those that it is about a few times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn erasing_one_of_many() {
    use replayreel::subject::Subject;
    let server = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite:{}", folder.path().join("ledger.db").display()), server.database()] {
        let (ledger, _) = super::made(&url).await;
        for n in 0..20_000 {
            let subjects = [Subject::person(&format!("person {}", n % 200)).unwrap()].into();
            let source = serde_json::json!({"kind": "place", "place": format!("posthog:r-{n}")});
            let metadata = serde_json::json!({"x": "y".repeat(2000)});
            let new = replayreel::ledger::NewJob { subjects, source, metadata, ..new_job() };
            ledger.enqueue(new, u64::MAX).await.unwrap();
        }
        let store = replayreel::artifacts::Artifacts::open(&folder.path().join("store").display().to_string()).unwrap();
        let erasing = replayreel::erasure::Erasing {
            service: Some((ledger.clone(), store)),
            packages: Vec::new(),
            archives: Vec::new(),
            downloads: None,
            limits: Default::default(),
            input_bytes: 0,
            patience: std::time::Duration::from_secs(1),
            dry_run: false,
        };
        for n in 1..=2 {
            let subject = Subject::person(&format!("person {n}")).unwrap();
            let began = Instant::now();
            let id = erasing.begin(&subject).await.unwrap();
            let receipt = erasing.run(&subject, id).await.unwrap();
            println!("{:?}: {} of 20,000 jobs in {:?}", ledger.kind(), receipt.deleted.renders.len(), began.elapsed());
        }
        ledger.close().await;
    }
}
