//! `replayreel render`.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::options::{Picture, Programs, Switch, request};
use super::output::{NO_TEXT, OutputArg, OutputKind, StillArg, parse_bytes, parse_threshold, still_format};
use super::overview::OverviewArgs;
use super::progress::Display;
use super::signals::run_until_signal;
use super::stills::StillsArgs;
use super::windows::{EACH, of_windows, render_all};
use super::{Done, say};
use crate::encode::{Format, StillFormat};
use crate::recording::SessionTime;
use crate::render::{Report, Request, SidecarKind, SidecarRequest, StillRequest, VideoRequest};
use crate::timeline::{Fps, Idle, Speed, When};

/// Render a recording to videos and stills, all in one pass.
#[derive(Debug, Args)]
pub(super) struct Render {
    #[command(flatten)]
    input: Input,
    /// Where to; the extension names the format: mp4, webm, gif, webp, or png and jpg for a still of the end, vtt for captions, json for the time map. Several are made in one pass, and each can have its own options: -o clip.gif,fps=10,size=800x450. By default an MP4 named after the input, in the current folder.
    #[arg(short, long = "output", value_name = "FILE[,KEY=VALUE]...", value_parser = OutputArg::parse)]
    outputs: Vec<OutputArg>,
    /// Also take a still at a moment (any number): 12.5, 1:20, 50%, end, event:100, page:2+3s, error:1-5s, rage:1, marker:LABEL, v:10 (video time), …. Kinds: page, error, failed, slow, rage, dead, submit, idle, window, viewport (see inspect).
    #[arg(long = "still", value_name = "WHEN[=FILE]", value_parser = StillArg::parse)]
    stills: Vec<StillArg>,
    #[command(flatten)]
    of_moments: StillsArgs,
    #[command(flatten)]
    overview: OverviewArgs,
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
    /// Write a report as JSON to FILE, or - for stdout.
    #[arg(long, value_name = "FILE|-", env = "REPLAYREEL_REPORT")]
    report: Option<PathBuf>,
    /// No progress.
    #[arg(short, long, env = "REPLAYREEL_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    assets: AssetsArgs,
    #[command(flatten)]
    programs: Programs,
    /// Most frames of a video.
    #[arg(
        long,
        env = "REPLAYREEL_MAX_FRAMES",
        default_value_t = 2_592_000,
        value_name = "N",
        help_heading = "Limits",
        hide_short_help = true
    )]
    max_frames: u64,
}

impl Render {
    pub(super) fn run(self) -> Done {
        let outputs = self.outputs();
        let overview = self.overview.overview(self.from.as_ref(), self.to.as_ref(), self.idle, self.max_bytes);
        let paths: Vec<&Path> = outputs.paths().into_iter().chain(overview.paths().map(PathBuf::as_path)).collect();
        refuse_same_paths(&paths, self.report.as_deref())?;
        self.refuse_lost_text(&outputs)?;
        let mut opened = self.input.open(self.quiet)?;
        let assets = self.assets.shelf(&mut opened, self.input.policy())?;
        let mut request = Request { assets, ..request(opened.whole, &self.picture, &self.programs, self.max_frames) };
        (request.videos, request.stills, request.sidecars) = (outputs.videos, outputs.stills, outputs.sidecars);
        request.moments = self.of_moments.moments(&self.input.stem(), self.max_bytes);
        request.part = self.of_moments.part();
        request.overview = overview;
        request.idle_threshold = self.idle_threshold;
        if let Some(from) = opened.hints.moment() {
            for video in &mut request.videos {
                video.from.get_or_insert_with(|| from.clone());
            }
            for sidecar in &mut request.sidecars {
                sidecar.from.get_or_insert_with(|| from.clone());
            }
            request.overview.from.get_or_insert_with(|| from.clone());
        }
        let place = ReportPlace::reserve(self.report.as_deref())?;
        let display = Display::new(self.quiet);
        let requests = of_windows(request, &self.picture.window)?;
        let reports = run_until_signal(render_all(&requests, &display, |error| error));
        display.clear();
        let mut reports = reports?;
        for report in &mut reports {
            opened.hints.tell_in(report);
        }
        place.write(&reports, &self.picture.window)?;
        if !self.quiet {
            reports.iter().for_each(Display::tell);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn outputs(&self) -> Outputs {
        let Outputs { mut videos, mut stills, mut sidecars } = Outputs::default();
        for output in &self.outputs {
            match output.kind {
                OutputKind::Video(format) => videos.push(self.video(format, output)),
                OutputKind::Sidecar(kind) => sidecars.push(self.sidecar(kind, output)),
                OutputKind::Still(format) => {
                    let at = output.to.clone().or_else(|| self.to.clone()).or_else(|| "end".parse().ok());
                    stills.extend(at.map(|at| StillRequest {
                        path: output.path.clone(),
                        format: with_quality(format, output.quality),
                        at,
                        max_bytes: output.max_bytes.or(self.max_bytes),
                    }));
                }
            }
        }
        let stem = self.input.stem();
        for (index, still) in self.stills.iter().enumerate() {
            let path = still.path.clone().unwrap_or_else(|| PathBuf::from(format!("{stem}-{}.png", index + 1)));
            let format = still_format(&path).unwrap_or(StillFormat::Png);
            stills.push(StillRequest { path, format, at: still.at.clone(), max_bytes: self.max_bytes });
        }
        if videos.is_empty() && stills.is_empty() && sidecars.is_empty() && !self.makes_pictures() {
            let output = OutputArg::parse(&format!("{stem}.mp4"));
            videos.extend(output.ok().map(|output| self.video(Format::Mp4, &output)));
        }
        Outputs { videos, stills, sidecars }
    }

    /// Whether pictures are made of which `outputs` knows nothing.
    fn makes_pictures(&self) -> bool {
        self.of_moments.are_wanted() || self.overview.are_wanted()
    }

    /// What was asked for by name and no output can hold. (What is on by itself is just not there.)
    fn refuse_lost_text(&self, outputs: &Outputs) -> Result<(), Failure> {
        let can = outputs.videos.is_empty() || outputs.videos.iter().any(|video| video.format.holds_text());
        for (option, asked) in [("--chapters", self.chapters), ("--captions", self.captions)] {
            if asked == Some(Switch::On) && !can {
                return Err(Failure::usage(format!("{option} on: {NO_TEXT}")));
            }
        }
        Ok(())
    }

    fn video(&self, format: Format, output: &OutputArg) -> VideoRequest {
        let default = if format == Format::Gif { Fps::GIF } else { Fps::DEFAULT };
        VideoRequest {
            path: output.path.clone(),
            format,
            fps: output.fps.or(self.fps).unwrap_or(default),
            size: output.size,
            speed: output.speed.unwrap_or(self.speed),
            idle: output.idle.unwrap_or(self.idle),
            from: output.from.clone().or_else(|| self.from.clone()),
            to: output.to.clone().or_else(|| self.to.clone()),
            cfr: output.cfr.unwrap_or(self.cfr),
            quality: output.quality,
            max_bytes: output.max_bytes.or(self.max_bytes),
            chapters: output.chapters.or(self.chapters) != Some(Switch::Off),
            captions: output.captions.or(self.captions) != Some(Switch::Off),
        }
    }

    fn sidecar(&self, kind: SidecarKind, output: &OutputArg) -> SidecarRequest {
        SidecarRequest {
            path: output.path.clone(),
            kind,
            fps: output.fps.or(self.fps).unwrap_or(Fps::DEFAULT),
            speed: output.speed.unwrap_or(self.speed),
            idle: output.idle.unwrap_or(self.idle),
            from: output.from.clone().or_else(|| self.from.clone()),
            to: output.to.clone().or_else(|| self.to.clone()),
        }
    }
}

/// All that is to be made.
#[derive(Debug, Default)]
struct Outputs {
    videos: Vec<VideoRequest>,
    stills: Vec<StillRequest>,
    sidecars: Vec<SidecarRequest>,
}

impl Outputs {
    fn paths(&self) -> Vec<&Path> {
        let videos = self.videos.iter().map(|video| video.path.as_path());
        let stills = self.stills.iter().map(|still| still.path.as_path());
        videos.chain(stills).chain(self.sidecars.iter().map(|sidecar| sidecar.path.as_path())).collect()
    }
}

fn with_quality(format: StillFormat, quality: Option<u8>) -> StillFormat {
    match (format, quality) {
        (StillFormat::Jpeg { .. }, Some(quality)) => StillFormat::Jpeg { quality },
        (format, _) => format,
    }
}

pub(super) fn refuse_same_paths(outputs: &[&Path], report: Option<&Path>) -> Result<(), Failure> {
    let report = report.filter(|path| *path != Path::new("-"));
    let mut paths: Vec<(PathBuf, &Path)> =
        outputs.iter().copied().chain(report).map(|path| (whole_path(path), path)).collect();
    paths.sort_unstable();
    match paths.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(Failure::usage(format!("two outputs have the same path: {}", pair[1].1.display()))),
        None => Ok(()),
    }
}

/// A path by which two ways of writing it are seen to be one.
fn whole_path(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Where the report goes, found writable before the work is done.
pub(super) enum ReportPlace {
    Nowhere,
    Stdout,
    /// A pipe or device.
    Special(PathBuf, std::fs::File),
    File(PathBuf, tempfile::NamedTempFile),
}

impl ReportPlace {
    pub(super) fn reserve(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::Nowhere) };
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let failed = |error| cannot_write(path, &error);
        if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            let file = std::fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
            return Ok(Self::Special(path.to_owned(), file));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix(".report.partial-").permissions(std::fs::Permissions::from_mode(0o666));
        Ok(Self::File(path.to_owned(), builder.tempfile_in(folder).map_err(failed)?))
    }

    /// One report, or, where files of each window were asked for, the list of theirs.
    pub(super) fn write(self, reports: &[Report], window: &str) -> Result<(), Failure> {
        let json = match reports {
            [report] if window != EACH => serde_json::to_string_pretty(report),
            reports => serde_json::to_string_pretty(reports),
        };
        let json = json.map_err(Failure::failed)?;
        match self {
            Self::Nowhere => Ok(()),
            Self::Stdout => say(json),
            Self::Special(path, mut file) => writeln!(file, "{json}").map_err(|error| cannot_write(&path, &error)),
            Self::File(path, mut file) => {
                writeln!(file, "{json}").map_err(|error| cannot_write(&path, &error))?;
                file.persist(&path).map(drop).map_err(|error| cannot_write(&path, &error.error))
            }
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot write the report {}: {error}", path.display()))
}
