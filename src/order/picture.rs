//! How the page is shown.

use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::look::LookArgs;
use super::programs::Programs;
use super::values::{parse_seconds, parse_size};
use super::windows::EACH;
use crate::package::Opened;
use crate::recording::{Recording, SessionTime};
use crate::render::{Overview, Part, Request, Size, WindowChoice};
use crate::stage::ChromiumOptions;

/// How the page is shown.
#[derive(Debug, Clone, Args)]
pub(crate) struct Picture {
    /// Size of the picture: `WIDTHxHEIGHT` (the page is fitted in and letterboxed), or auto (the largest viewport of the recording).
    #[arg(long, env = "REPLAYREEL_SIZE", default_value = "auto", value_name = "WxH|auto", value_parser = parse_size)]
    pub size: Size,
    /// Device pixels per CSS pixel, for crisper pictures; with --size auto.
    #[arg(long, env = "REPLAYREEL_SCALE", default_value_t = 1.0, value_name = "N", value_parser = parse_scale)]
    pub scale: f64,
    /// The window (tab) to show: auto follows the person from window to window, ID (as `inspect` lists it) shows one, each makes files of every window, numbered as `inspect` lists them: clip-1.mp4, clip-2.mp4, ….
    #[arg(long, env = "REPLAYREEL_WINDOW", default_value = "auto", value_name = "auto|ID|each")]
    pub window: String,
    /// Scroll bars: classic ones stand beside the content and take 15 px from it (Windows, Linux), overlay ones take nothing and are not shown; auto goes by the user agent, where the recording tells it.
    #[arg(long, env = "REPLAYREEL_SCROLLBARS", value_enum, default_value_t = Scrollbars::Auto, hide_short_help = true)]
    pub scrollbars: Scrollbars,
    /// How long the last state stays after the last event.
    #[arg(long, env = "REPLAYREEL_TAIL", default_value = "1s", value_name = "LENGTH", value_parser = parse_tail)]
    pub tail: SessionTime,
    /// Fonts: bundled-first uses the bundled ones for the usual names and the machine's own for all else; bundled uses nothing else.
    #[arg(long, env = "REPLAYREEL_FONTS", value_enum, default_value_t = Fonts::BundledFirst, hide_short_help = true)]
    pub fonts: Fonts,
    /// Most pixels of a picture (width times height).
    #[arg(
        long,
        env = "REPLAYREEL_MAX_PIXELS",
        default_value_t = 33_177_600,
        value_name = "PIXELS",
        help_heading = "Limits",
        hide_short_help = true
    )]
    pub max_pixels: u64,
    #[command(flatten)]
    pub look: LookArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scrollbars {
    Auto,
    Classic,
    Overlay,
}

impl Scrollbars {
    fn are_classic(self, recording: &Recording) -> bool {
        match self {
            Self::Auto => recording.has_classic_scrollbars(),
            Self::Classic => true,
            Self::Overlay => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fonts {
    BundledFirst,
    Bundled,
}

/// A request without outputs.
pub(crate) fn request(opened: Opened, picture: &Picture, programs: &Programs, max_slots: u64) -> Request {
    let classic_scrollbars = picture.scrollbars.are_classic(&opened.recording);
    Request {
        recording: Arc::new(opened.recording),
        redaction: opened.redaction,
        window: match picture.window.as_str() {
            "auto" | EACH => WindowChoice::Auto,
            id => WindowChoice::Id(id.to_owned()),
        },
        videos: Vec::new(),
        stills: Vec::new(),
        sidecars: Vec::new(),
        moments: None,
        part: Part::default(),
        overview: Overview::default(),
        size: picture.size,
        scale: picture.scale,
        tail: picture.tail,
        idle_threshold: IDLE_THRESHOLD,
        look: picture.look.look(),
        assets: Arc::default(),
        chromium: ChromiumOptions { classic_scrollbars, ..programs.chromium(picture.fonts) },
        pool: None,
        browsers: programs.browsers(),
        page_timeout: programs.page_timeout,
        encoder_timeout: programs.encoder_timeout,
        ffmpeg: programs.ffmpeg(),
        max_pixels: picture.max_pixels,
        max_time: programs.max_render_time,
        deepest: programs.max_page_depth,
        max_slots,
    }
}

/// A pause longer than this is idle time, where nothing else is asked for: as in PostHog's player.
const IDLE_THRESHOLD: SessionTime = SessionTime::from_millis(5000);

fn parse_scale(text: &str) -> Result<f64, String> {
    let scale = text.parse().ok().filter(|scale| (0.1..=8.0).contains(scale));
    scale.ok_or_else(|| format!("must be a number from 0.1 to 8 (got {text:?})"))
}

fn parse_tail(text: &str) -> Result<SessionTime, String> {
    parse_seconds(text)
        .filter(|seconds| *seconds <= 3600.0)
        .map(|seconds| SessionTime::from_millis_f64(seconds * 1000.0))
        .ok_or_else(|| format!("must be a length of time up to an hour, like 1s or 2.5 (got {text:?})"))
}
