use super::*;
use replayreel::render::{Unwatched, render};
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
#[ignore]
async fn measure_same() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(PoolOptions { most_jobs: 1000, ..PoolOptions::default() });
    let files: Vec<String> = std::env::var("FILES").unwrap().split_whitespace().map(str::to_owned).collect();
    let rounds: usize = std::env::var("ROUNDS").unwrap().parse().unwrap();
    let mut fresh: std::collections::BTreeMap<String, String> = Default::default();
    for round in 0..=rounds {
        for file in &files {
            let Ok(bytes) = std::fs::read(file) else { continue };
            let bytes2 = bytes.clone();
            if std::panic::catch_unwind(move || request(bytes2, None)).is_err() {
                continue;
            }
            let mut job = video(bytes, ("0", "end"), folder.path(), (round > 0).then_some(&pool));
            job.videos[0].from = None;
            job.videos[0].to = Some("60s".parse().unwrap());
            if job.recording.duration().micros() < 60_000_000 {
                job.videos[0].to = None
            }
            job.videos[0].idle = replayreel::timeline::Idle::Skip;
            job.page_timeout = std::time::Duration::from_secs(20);
            let t = Instant::now();
            let hash = match render(&job, &Unwatched).await {
                Ok(r) => format!("{} {:.0}", r.frames_sha256, r.timings.open_ms),
                Err(e) => e.to_string(),
            };
            let hash2 = hash.split(' ').next().unwrap().to_owned();
            let name = file.rsplit('/').next().unwrap();
            if round == 0 {
                println!("{name} fresh {hash} in {:?}", t.elapsed());
                fresh.insert(file.clone(), hash2);
            } else if fresh[file] == hash2 {
                println!("{name} round {round} same (open {}) {:?}", hash.split(' ').nth(1).unwrap_or(""), t.elapsed());
            } else {
                println!("{name} round {round} DIFFERS {hash}");
            }
        }
        if round > 0 {
            println!("{:?}", pool.counters());
        }
    }
}
