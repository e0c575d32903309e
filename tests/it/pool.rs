//! Browsers that stay, for job after job: what a service renders with.

mod browser;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use replayreel::assets::{Asset, Assets, Shelf};
use replayreel::encode::{Format, StillFormat, find_ffmpeg};
use replayreel::recording::{self, SessionTime};
use replayreel::render::{Look, Overview, Part, Request, Size, StillRequest, VideoRequest, WindowChoice};
use replayreel::stage::{ChromiumOptions, FontSet, Pool};

use crate::kit::in_repository;

/// A recording without outputs.
fn request(bytes: Vec<u8>, pool: Option<&Pool>) -> Request {
    Request {
        recording: Arc::new(recording::open(bytes, &recording::Limits::default()).unwrap()),
        redaction: None,
        window: WindowChoice::Auto,
        videos: Vec::new(),
        stills: Vec::new(),
        sidecars: Vec::new(),
        moments: None,
        part: Part::Viewport,
        overview: Overview::default(),
        size: Size::Fixed { width: 640, height: 360 },
        scale: 1.0,
        tail: SessionTime::from_millis(1000),
        idle_threshold: SessionTime::from_millis(5000),
        look: Look::default(),
        assets: Arc::default(),
        chromium: ChromiumOptions {
            program: std::env::var_os("REPLAYREEL_CHROMIUM").map(PathBuf::from),
            fonts: FontSet::BundledOnly,
            ..ChromiumOptions::default()
        },
        pool: pool.cloned(),
        browsers: 1,
        page_timeout: Duration::from_mins(1),
        encoder_timeout: Duration::from_mins(1),
        ffmpeg: find_ffmpeg().unwrap(),
        max_pixels: u64::MAX,
        max_time: Duration::from_mins(10),
        deepest: 512,
        max_slots: u64::MAX,
    }
}

/// The same with a video of a span, in `folder`.
fn video(bytes: Vec<u8>, span: (&str, &str), folder: &Path, pool: Option<&Pool>) -> Request {
    let mut video = VideoRequest::new(folder.join("video.mp4"), Format::Mp4);
    (video.from, video.to) = (Some(span.0.parse().unwrap()), Some(span.1.parse().unwrap()));
    Request { videos: vec![video], ..request(bytes, pool) }
}

/// The same with one still.
pub(crate) fn still(bytes: Vec<u8>, at: &str, folder: &Path, pool: Option<&Pool>) -> Request {
    let still = StillRequest {
        path: folder.join("still.png"),
        format: StillFormat::Png,
        at: at.parse().unwrap(),
        max_bytes: None,
    };
    Request { stills: vec![still], ..request(bytes, pool) }
}

/// A shelf with one resource.
fn shelf(url: &str, content_type: &str, bytes: Vec<u8>) -> Arc<Shelf> {
    let mut assets = Assets::default();
    assets.insert(url, Asset { content_type: content_type.to_owned(), bytes: bytes.into() });
    Arc::new(Shelf::new(assets, []))
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(crate::kit::fixture(name)).unwrap()
}

pub(crate) fn example(name: &str) -> Vec<u8> {
    std::fs::read(in_repository(&format!("examples/{name}.json.gz"))).unwrap()
}
