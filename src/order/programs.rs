//! The programs that do the work, and how long they may take.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::picture::Fonts;
use super::values::{parse_bytes, parse_duration, parse_long};
use crate::encode::find_ffmpeg;
use crate::stage::{ChromiumOptions, FontSet};

/// The programs that do the work.
#[derive(Debug, Args)]
pub struct Programs {
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
    /// How long pictures and videos of one recording may take altogether. What a service and a batch give their jobs holds as well.
    #[arg(long, env = "REPLAYREEL_MAX_RENDER_TIME", value_name = "LENGTH", default_value = "12h", value_parser = parse_long, help_heading = "Limits", hide_short_help = true)]
    pub max_render_time: Duration,
    /// Most memory of a browser, all of its processes together. With more it is ended, and what it was rendering fails.
    #[arg(long, env = "REPLAYREEL_MAX_BROWSER_MEMORY", value_name = "SIZE", default_value = "2GiB", value_parser = parse_bytes, help_heading = "Limits", hide_short_help = true)]
    pub max_browser_memory: u64,
    /// How deep pages may be nested; what is nested deeper is left out. Where browsers read a page, none is deeper than 512.
    #[arg(
        long,
        env = "REPLAYREEL_MAX_PAGE_DEPTH",
        value_name = "N",
        default_value_t = 512,
        help_heading = "Limits",
        hide_short_help = true
    )]
    pub max_page_depth: u32,
    /// How long an encoder may do nothing before it is given up.
    #[arg(long, env = "REPLAYREEL_ENCODER_TIMEOUT", default_value = "60s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    pub encoder_timeout: Duration,
}

impl Programs {
    pub(crate) fn chromium(&self, fonts: Fonts) -> ChromiumOptions {
        ChromiumOptions {
            program: self.chromium.clone(),
            sandbox: !self.no_sandbox,
            fonts: match fonts {
                Fonts::BundledFirst => FontSet::BundledFirst,
                Fonts::Bundled => FontSet::BundledOnly,
            },
            classic_scrollbars: false,
            start_timeout: self.browser_start_timeout,
            most_memory: Some(self.max_browser_memory),
            extra_switches: Vec::new(),
        }
    }

    pub(crate) fn browsers(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(4);
        self.browsers.map_or_else(cores, usize::from)
    }

    /// The ffmpeg to run; a name for the error message where there is none.
    pub(crate) fn ffmpeg(&self) -> PathBuf {
        self.ffmpeg.clone().or_else(find_ffmpeg).unwrap_or_else(|| PathBuf::from("ffmpeg"))
    }
}
