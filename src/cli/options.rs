//! Options that several commands share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::look::LookArgs;
use super::output::{parse_seconds, parse_size};
use super::windows::EACH;
use crate::encode::find_ffmpeg;
use crate::package::Opened;
use crate::recording::{Recording, SessionTime};
use crate::render::{Overview, Part, Request, Size, WindowChoice};
use crate::stage::{ChromiumOptions, FontSet};

/// How the page is shown.
#[derive(Debug, Args)]
pub(super) struct Picture {
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

/// The programs that do the work.
#[derive(Debug, Args)]
pub(super) struct Programs {
    /// The headless shell to use; found on the machine where not given.
    #[arg(long, env = "REPLAYREEL_CHROMIUM", value_name = "FILE", help_heading = "Programs", hide_short_help = true)]
    pub chromium: Option<PathBuf>,
    /// The ffmpeg to use; found on the PATH where not given.
    #[arg(long, env = "REPLAYREEL_FFMPEG", value_name = "FILE", help_heading = "Programs", hide_short_help = true)]
    pub ffmpeg: Option<PathBuf>,
    /// Browsers that may work at one session side by side: half a gigabyte and about one core each. Short sessions take one. Where not given: one per core, four at most.
    #[arg(long, env = "REPLAYREEL_BROWSERS", value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64), help_heading = "Programs", hide_short_help = true)]
    pub browsers: Option<u8>,
    /// Run Chromium without its sandbox. Recordings are strangers' HTML: only where the sandbox cannot work and the input is trusted.
    #[arg(long, env = "REPLAYREEL_NO_SANDBOX", value_parser = FalseyValueParser::new(), help_heading = "Programs", hide_short_help = true)]
    pub no_sandbox: bool,
    /// How long the browser may take to start.
    #[arg(long, env = "REPLAYREEL_BROWSER_START_TIMEOUT", default_value = "30s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    pub browser_start_timeout: Duration,
    /// How long the page may take for one answer before the browser is replaced, once. Real pages take 30 to 60 s for a frame while they decode large images.
    #[arg(long, env = "REPLAYREEL_PAGE_TIMEOUT", default_value = "120s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    pub page_timeout: Duration,
    /// How long an encoder may do nothing before it is given up.
    #[arg(long, env = "REPLAYREEL_ENCODER_TIMEOUT", default_value = "60s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    pub encoder_timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scrollbars {
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
pub(super) enum Fonts {
    BundledFirst,
    Bundled,
}

impl Programs {
    pub(super) fn chromium(&self, fonts: Fonts) -> ChromiumOptions {
        ChromiumOptions {
            program: self.chromium.clone(),
            sandbox: !self.no_sandbox,
            fonts: match fonts {
                Fonts::BundledFirst => FontSet::BundledFirst,
                Fonts::Bundled => FontSet::BundledOnly,
            },
            classic_scrollbars: false,
            start_timeout: self.browser_start_timeout,
            extra_switches: Vec::new(),
        }
    }

    fn browsers(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(4);
        self.browsers.map_or_else(cores, usize::from)
    }

    /// The ffmpeg to run; a name for the error message where there is none.
    pub(super) fn ffmpeg(&self) -> PathBuf {
        self.ffmpeg.clone().or_else(find_ffmpeg).unwrap_or_else(|| PathBuf::from("ffmpeg"))
    }
}

/// A request without outputs.
pub(super) fn request(opened: Opened, picture: &Picture, programs: &Programs, max_slots: u64) -> Request {
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

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let seconds = parse_seconds(text).filter(|seconds| *seconds > 0.0 && *seconds <= 86_400.0);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("must be a length of time up to a day, like 30s (got {text:?})"))
}
