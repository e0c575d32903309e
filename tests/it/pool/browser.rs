//! Warm browsers show what fresh ones show, keep nothing from job to job, and end when they should.

use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use image::{ImageFormat, Rgb, RgbImage};
use replayreel::render::{Booth, Progress, RenderError, Request, Unwatched, Watch, render};
use replayreel::stage::{ChromiumOptions, Pool, PoolOptions, StageError};
use rustix::process::Signal;
use serde_json::json;

use super::{example, fixture, request, shelf, still, video};
use crate::program::processes::{Process, children_of};
use crate::program::recording::{Nodes, json_of, meta, restless, snapshot};

/// Browsers of this very process. Tests run in processes of their own.
fn browsers() -> Vec<Process> {
    children_of(std::process::id()).into_iter().filter(Process::is_browser).collect()
}

async fn frames(request: &Request) -> String {
    render(request, &Unwatched).await.unwrap().frames_sha256
}

/// Waits for something that happens by itself.
async fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < patience, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_browser_shows_what_a_fresh_one_shows() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolOptions::default());
    let jobs = [("effects", ("9s", "11s")), ("canvas", ("1s", "2s")), ("shadow", ("2s", "3s"))];
    let job = |(name, span): (&str, (&str, &str)), pool: Option<&Pool>| video(fixture(name), span, folder.path(), pool);
    // The last one comes again, after all others.
    for warm in jobs.into_iter().chain([jobs[0]]) {
        assert_eq!(frames(&job(warm, Some(&pool))).await, frames(&job(warm, None)).await, "{}", warm.0);
    }
    let counters = pool.counters();
    assert_eq!((counters.started, counters.reused, counters.killed), (1, 3, 0), "{counters:?}");
}

fn png(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(8, 8, Rgb(colour)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

const PICTURE: &str = "https://shop.example/one.png";

/// A page that is one picture.
fn pictured() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let style = "position: fixed; inset: 0; width: 100%; height: 100%";
    let image = nodes.leaf("img", json!({"src": PICTURE, "style": style}));
    let document = nodes.document(vec![], json!({}), vec![image]);
    json_of(&[meta(0, 320, 200), snapshot(0, &document)])
}

async fn colour(request: Request, folder: &Path) -> [u8; 3] {
    render(&request, &Unwatched).await.unwrap();
    let picture = image::open(folder.join("still.png")).unwrap().to_rgb8();
    picture.get_pixel(picture.width() / 2, picture.height() / 2).0
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_job_loaded_is_not_there_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolOptions::default());
    let job = |assets| Request { assets, ..still(pictured(), "end", folder.path(), Some(&pool)) };
    let of = |colour| shelf(PICTURE, "image/png", png(colour));
    // Served as never to be asked for again: whoever has it in a cache shows it.
    assert_eq!(colour(job(of([200, 0, 0])), folder.path()).await, [200, 0, 0]);
    assert_eq!(colour(job(of([0, 0, 200])), folder.path()).await, [0, 0, 200]);
    let without = render(&job(shelf("https://else.example/", "image/png", png([0; 3]))), &Unwatched).await.unwrap();
    assert_eq!((without.resources.served.len(), without.resources.missing.len()), (0, 1));
    // The page made ready was one with assets: another policy holds where there are none.
    let bare = render(&job(Default::default()), &Unwatched).await.unwrap();
    assert!(bare.resources.served.is_empty());
    let counters = pool.counters();
    assert_eq!((counters.started, counters.reused), (1, 3), "{counters:?}");
}

/// Calls off as soon as there is a frame.
struct OneFrame;

impl Watch for OneFrame {
    fn goes_on(&self, progress: &Progress) -> bool {
        progress.frames == 0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_of_a_render_that_is_called_off_is_gone_and_another_is_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolOptions::default());
    let job = || video(restless(60), ("0", "60s"), folder.path(), Some(&pool));
    let called_off = render(&job(), &OneFrame).await;
    assert!(matches!(called_off, Err(RenderError::Cancelled)), "{called_off:?}");
    until("the browser is gone", || browsers().is_empty()).await;
    // Dropped in the middle, as a worker does whose lease is gone.
    let job = job();
    let mut rendering = Box::pin(render(&job, &Unwatched));
    let mut browser = None;
    while browser.is_none() {
        let soon = tokio::time::timeout(Duration::from_millis(5), &mut rendering).await;
        assert!(soon.is_err(), "{soon:?}");
        browser = browsers().into_iter().find(|browser| browser.group().iter().any(Process::is_renderer));
    }
    let processes = browser.unwrap().group();
    drop(rendering);
    let dropped = Instant::now();
    until("all its processes are gone", || !processes.iter().any(Process::is_alive)).await;
    assert!(dropped.elapsed() < Duration::from_secs(2), "{:?}", dropped.elapsed());
    let short = still(example("checkout"), "end", folder.path(), Some(&pool));
    render(&short, &Unwatched).await.unwrap();
    assert_eq!((pool.counters().reused, pool.counters().idle), (0, 1), "{:?}", pool.counters());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_browser_that_dies_is_not_handed_out_and_the_last_clone_ends_all() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(PoolOptions::default());
    let job = still(example("checkout"), "end", folder.path(), Some(&pool));
    pool.warm(&job.chromium, 640, 360);
    render(&job, &Unwatched).await.unwrap();
    let idle = browsers();
    assert_eq!(idle.len(), 1);
    idle[0].signal(Signal::KILL);
    render(&job, &Unwatched).await.unwrap();
    let counters = pool.counters();
    assert_eq!((counters.started, counters.reused, counters.died), (2, 1, 1), "{counters:?}");
    let left = browsers();
    assert_eq!(left.len(), 1);
    assert_ne!(left[0].pid, idle[0].pid);
    drop(job);
    drop(pool);
    until("the pool's browsers are gone", || browsers().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_ends_after_its_last_job_and_another_is_made_ready() {
    let pool = Pool::new(PoolOptions { most_jobs: 2, ..PoolOptions::default() });
    let mut pids = Vec::new();
    for _ in 0..3 {
        let mut booth = Booth::open(request(example("checkout"), Some(&pool))).await.unwrap();
        booth.take(&"end".parse().unwrap()).await.unwrap();
        pids.push(booth.browser_pid());
        booth.close().await;
    }
    assert_eq!(pids[0], pids[1]);
    assert_ne!(pids[1], pids[2]);
    let counters = pool.counters();
    assert_eq!((counters.started, counters.reused, counters.recycled_after_jobs), (2, 2, 1), "{counters:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_takes_too_much_memory_ends_its_job_with_the_limit_and_its_option() {
    let folder = tempfile::tempdir().unwrap();
    let look_every = Duration::from_millis(50);
    let pool = Pool::new(PoolOptions { look_every, ..PoolOptions::default() });
    let mut job = video(restless(60), ("0", "60s"), folder.path(), Some(&pool));
    job.chromium.most_memory = Some(16 << 20);
    let error = render(&job, &Unwatched).await.unwrap_err();
    assert!(matches!(error, RenderError::Stage(StageError::Memory { limit, .. }) if limit == 16 << 20), "{error}");
    assert!(error.to_string().contains("--max-browser-memory, 16 MB"), "{error}");
    until("the browser is gone", || browsers().is_empty()).await;
    let counters = pool.counters();
    assert_eq!((counters.recycled_memory, counters.killed), (1, 0), "{counters:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_browser_that_nobody_wants_or_that_is_too_large_is_ended() {
    let look_every = Duration::from_millis(50);
    let chromium = request(example("checkout"), None).chromium;
    let unwanted =
        Pool::new(PoolOptions { idle_time: Duration::from_millis(100), look_every, ..PoolOptions::default() });
    unwanted.warm(&chromium, 640, 360);
    until("it is ended for being idle", || unwanted.counters().recycled_idle == 1).await;
    let large = Pool::new(PoolOptions { look_every, ..PoolOptions::default() });
    large.warm(&ChromiumOptions { most_memory: Some(16 << 20), ..chromium }, 640, 360);
    until("it is ended for its memory", || large.counters().recycled_memory == 1).await;
    until("both are gone", || browsers().is_empty()).await;
    assert_eq!((unwanted.counters().running, large.counters().idle), (0, 0));
}
