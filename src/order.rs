//! What is asked for, as people say it: the options of a render, declared once for the command line (`cli`), its environment variables, and the
//! service's API ([`said`]).

pub(crate) mod look;
pub(crate) mod output;
pub(crate) mod outputs;
pub(crate) mod overview;
pub(crate) mod picture;
pub(crate) mod preset;
pub mod programs;
pub(crate) mod redacted;
pub mod said;
pub(crate) mod stills;
pub(crate) mod values;
pub(crate) mod windows;

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::recording::SessionTime;
use crate::timeline::{Fps, Idle, Speed, When};
use output::{NO_TEXT, OutputArg, StillArg};
use outputs::Outputs;
use overview::OverviewArgs;
use picture::{Picture, Switch};
use preset::Preset;
use stills::StillsArgs;
use values::{parse_bytes, parse_threshold};

/// What cannot be made as it was asked for: a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct OrderError(pub(crate) String);

/// A render as it is asked for, whatever the recording.
#[derive(Debug, Clone, Args)]
pub(crate) struct Order {
    /// Where to; the extension names the format: mp4, webm, gif, webp, or png and jpg for a still of the end, vtt for captions, json for the time map. Several are made in one pass, and each can have its own options: -o clip.gif,fps=10,size=800x450. By default an MP4 named after the input, in the current folder.
    #[arg(short, long = "output", value_name = "FILE[,KEY=VALUE]...", value_parser = OutputArg::parse)]
    pub(crate) outputs: Vec<OutputArg>,
    /// Also take a still at a moment (any number): 12.5, 1:20, 50%, end, event:100, page:2+3s, error:1-5s, rage:1, marker:LABEL, v:10 (video time), …. Kinds: page, error, failed, slow, rage, dead, submit, idle, window, viewport (see inspect).
    #[arg(long = "still", value_name = "WHEN[=FILE]", value_parser = StillArg::parse)]
    pub(crate) stills: Vec<StillArg>,
    #[command(flatten)]
    of_moments: StillsArgs,
    #[command(flatten)]
    pub(crate) overview: OverviewArgs,
    /// A set of options, each of which can still be given by hand (docs/overlays.md): share, for people who have never seen the product; ticket, for a bug tracker; archive, to be kept; docs, for manuals.
    #[arg(long, env = "REPLAYREEL_PRESET", value_enum, hide_possible_values = true)]
    preset: Option<Preset>,
    /// Frames per second: 30, 12.5, 30000/1001. By default 30, for GIF 12.5.
    #[arg(long, env = "REPLAYREEL_FPS", value_name = "N")]
    fps: Option<Fps>,
    /// How fast it plays: 2 is twice as fast as it happened.
    #[arg(long, env = "REPLAYREEL_SPEED", default_value_t = Speed::NORMAL, value_name = "N")]
    speed: Speed,
    /// Time in which nobody does anything (pointer, presses, scrolling, typing; what the page does by itself does not count): keep plays it, cap=LENGTH plays each stretch in at most so much video, faster than the rest, skip leaves it out. Two seconds stay after what was done last, and one before what is done next. Stills are not affected.
    #[arg(long, env = "REPLAYREEL_IDLE", default_value_t = Idle::Keep, value_name = "keep|cap=LENGTH|skip")]
    idle: Idle,
    /// How long nobody does anything before it is idle time.
    #[arg(long, env = "REPLAYREEL_IDLE_THRESHOLD", default_value = "5s", value_name = "LENGTH", value_parser = parse_threshold)]
    idle_threshold: SessionTime,
    /// First moment shown. By default the first that shows anything.
    #[arg(long, env = "REPLAYREEL_FROM", value_name = "WHEN")]
    from: Option<When>,
    /// Last moment shown. By default the last event and the tail after it.
    #[arg(long, env = "REPLAYREEL_TO", value_name = "WHEN")]
    to: Option<When>,
    /// Constant frame rate, for video editors that need one. Unchanged time then costs frames.
    #[arg(long, env = "REPLAYREEL_CFR", value_parser = FalseyValueParser::new())]
    cfr: bool,
    /// Most bytes of each file: 10MB, 10MiB, 500k. Where it takes that, quality gives way first, then frames per second, then size; the report and stderr say what did. A file that cannot be made so small is an error.
    #[arg(long, env = "REPLAYREEL_MAX_BYTES", value_name = "SIZE", value_parser = parse_bytes)]
    max_bytes: Option<u64>,
    /// Chapters in MP4 and WebM: pages, and markers that the page's own code set. On where not given.
    #[arg(long, env = "REPLAYREEL_CHAPTERS", value_enum)]
    chapters: Option<Switch>,
    /// A track in MP4 and WebM that says in words what the person does; players show it when it is chosen. On where not given. (-o FILE.vtt writes it as a file.)
    #[arg(long, env = "REPLAYREEL_CAPTIONS", value_enum)]
    captions: Option<Switch>,
    #[command(flatten)]
    pub(crate) picture: Picture,
    /// Most frames of a video.
    #[arg(
        long,
        env = "REPLAYREEL_MAX_FRAMES",
        default_value_t = 2_592_000,
        value_name = "N",
        help_heading = "Limits",
        hide_short_help = true
    )]
    pub(crate) max_frames: u64,
}

impl Order {
    /// Everything that is to be made. `stem` is what files are called after that have no name of their own.
    pub(crate) fn outputs(&self, stem: &str) -> Result<Outputs, OrderError> {
        let outputs = Outputs::of(self, stem);
        self.refuse_lost_text(&outputs)?;
        Ok(outputs)
    }

    /// Asks for the video that is made where nothing is asked for, so that more can be added. True if it was.
    pub(crate) fn ask_for_the_usual(&mut self) -> bool {
        let nothing = self.outputs.is_empty()
            && self.stills.is_empty()
            && !self.of_moments.are_wanted()
            && !self.overview.are_wanted();
        if nothing {
            self.outputs.extend(OutputArg::new("replay.mp4".into()));
        }
        nothing
    }

    /// What was asked for by name and no output can hold. (What is on by itself is just not there.)
    fn refuse_lost_text(&self, outputs: &Outputs) -> Result<(), OrderError> {
        let can = outputs.videos.is_empty() || outputs.videos.iter().any(|video| video.format.holds_text());
        for (option, asked) in [("--chapters", self.chapters), ("--captions", self.captions)] {
            if asked == Some(Switch::On) && !can {
                return Err(OrderError(format!("{option} on: {NO_TEXT}")));
            }
        }
        Ok(())
    }
}
