//! How long a still takes: from a browser started for it, from one of a pool, and again from the same page:
//! `cargo bench --bench warm_still -- RECORDING...`.
#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replayreel::encode::find_ffmpeg;
use replayreel::recording::{self, SessionTime};
use replayreel::render::{Booth, Look, Overview, Part, Request, Size, WindowChoice};
use replayreel::stage::{ChromiumOptions, Pool, PoolOptions};
use replayreel::timeline::When;

fn main() {
    // cargo bench adds switches of its own.
    let inputs: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if inputs.is_empty() {
        return eprintln!("usage: cargo bench --bench warm_still -- RECORDING...");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for input in inputs {
        let bytes = std::fs::read(&input).expect("a readable file");
        runtime.block_on(measure(&input, &bytes));
    }
}

/// Jobs of each kind.
const JOBS: usize = 12;

async fn measure(input: &str, bytes: &[u8]) {
    let moments: Vec<When> = ["50%", "end", "10%", "90%", "30%", "70%"].map(|at| at.parse().expect("a moment")).into();
    let (mut cold, mut cold_open) = (Vec::new(), Vec::new());
    for at in &moments[..3] {
        let started = Instant::now();
        let (opened, booth) = still(bytes, at, None).await;
        cold.push(started.elapsed());
        cold_open.push(opened);
        drop(booth);
    }
    let pool = Pool::new(PoolOptions::default());
    still(bytes, &moments[0], Some(&pool)).await.1.close().await;
    let (mut warm, mut warm_open, mut closing) = (Vec::new(), Vec::new(), Vec::new());
    for at in moments.iter().cycle().take(JOBS) {
        // As a service that has a moment between two jobs.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let started = Instant::now();
        let (opened, booth) = still(bytes, at, Some(&pool)).await;
        warm.push(started.elapsed());
        warm_open.push(opened);
        let started = Instant::now();
        booth.close().await;
        closing.push(started.elapsed());
    }
    let mut busy = Vec::new();
    for at in moments.iter().cycle().take(JOBS) {
        let started = Instant::now();
        still(bytes, at, Some(&pool)).await.1.close().await;
        busy.push(started.elapsed());
    }
    let (_, mut booth) = still(bytes, &moments[0], Some(&pool)).await;
    let mut again = Vec::new();
    for at in moments.iter().cycle().take(JOBS) {
        let started = Instant::now();
        booth.take(at).await.expect("a still");
        again.push(started.elapsed());
    }
    println!("{input}: all in all, from bytes to pixels (median, longest; ms)");
    for (what, times) in [
        ("a browser started for it", cold),
        ("  of that, opening", cold_open),
        ("a pool's browser", warm),
        ("  of that, opening", warm_open),
        ("  closing, afterwards", closing),
        ("a pool's browser, job upon job", busy),
        ("another one of the same page", again),
    ] {
        let (median, longest) = middle(times);
        println!("{what:32} {median:5.0} {longest:5.0}");
    }
    println!("{:?}", pool.counters());
}

/// One still, from the recording's bytes on. Also returns what opening the booth took.
async fn still(bytes: &[u8], at: &When, pool: Option<&Pool>) -> (Duration, Booth) {
    let recording = recording::open(bytes.to_vec(), &recording::Limits::default()).expect("a recording");
    let started = Instant::now();
    let mut booth = Booth::open(request(recording, pool.cloned())).await.expect("a browser");
    let opened = started.elapsed();
    booth.take(at).await.expect("a still");
    (opened, booth)
}

/// Median and longest, ms.
fn middle(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    (ms(times[times.len() / 2]), ms(times[times.len() - 1]))
}

fn request(recording: recording::Recording, pool: Option<Pool>) -> Request {
    Request {
        assets: Arc::default(),
        recording: Arc::new(recording),
        redaction: None,
        window: WindowChoice::Auto,
        videos: Vec::new(),
        stills: Vec::new(),
        moments: None,
        part: Part::Viewport,
        overview: Overview::default(),
        sidecars: Vec::new(),
        size: Size::Fixed { width: 1280, height: 720 },
        scale: 1.0,
        tail: SessionTime::from_millis(1000),
        idle_threshold: SessionTime::from_millis(5000),
        look: Look::default(),
        chromium: ChromiumOptions::default(),
        pool,
        browsers: 1,
        page_timeout: Duration::from_mins(1),
        encoder_timeout: Duration::from_mins(1),
        ffmpeg: find_ffmpeg().unwrap_or_else(|| PathBuf::from("ffmpeg")),
        max_pixels: u64::MAX,
        max_time: Duration::from_mins(10),
        deepest: 512,
        max_slots: u64::MAX,
    }
}
