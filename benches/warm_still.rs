//! How long a still takes from a browser that is open already: `cargo bench --bench warm_still -- RECORDING`.
#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replayreel::encode::find_ffmpeg;
use replayreel::recording::{self, SessionTime};
use replayreel::render::{Booth, Look, Overview, Part, Request, Size, WindowChoice};
use replayreel::stage::ChromiumOptions;
use replayreel::timeline::When;

fn main() {
    // cargo bench adds switches of its own.
    let Some(input) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) else {
        return eprintln!("usage: cargo bench --bench warm_still -- RECORDING");
    };
    let bytes = std::fs::read(&input).expect("a readable file");
    let recording = recording::open(bytes, &recording::Limits::default()).expect("a recording");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure(&input, recording));
}

async fn measure(input: &str, recording: recording::Recording) {
    let started = Instant::now();
    let mut booth = Booth::open(request(recording)).await.expect("a browser");
    let opened = started.elapsed();
    let moments: Vec<When> = ["50%", "end", "10%", "90%", "30%", "70%"].map(|at| at.parse().expect("a moment")).into();
    // The first one warms up caches: style sheets are read once for a recording.
    booth.take(&moments[0]).await.expect("a still");
    let mut times = Vec::new();
    for at in moments.iter().cycle().take(18) {
        let started = Instant::now();
        booth.take(at).await.expect("a still");
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (median, longest) = (ms(times[times.len() / 2]), ms(times[times.len() - 1]));
    println!(
        "{input}: browser open in {:.0} ms; a warm still takes {median:.0} ms (median of {}), {longest:.0} ms at most",
        ms(opened),
        times.len()
    );
}

fn request(recording: recording::Recording) -> Request {
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
        pool: None,
        browsers: 1,
        page_timeout: Duration::from_mins(1),
        encoder_timeout: Duration::from_mins(1),
        ffmpeg: find_ffmpeg().unwrap_or_else(|| PathBuf::from("ffmpeg")),
        max_pixels: u64::MAX,
        max_slots: u64::MAX,
    }
}
