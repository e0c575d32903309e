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
