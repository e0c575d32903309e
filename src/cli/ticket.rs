//! `replayreel ticket`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::pack::counted;
use super::progress::{Display, tell_line};
use super::signals::run_until_signal;
use super::{Done, say};
use crate::destination::{DestinationError, FolderDestination};
use crate::encode::{Format, StillFormat};
use crate::order::picture::{Picture, request};
use crate::order::programs::Programs;
use crate::order::stills::Kinds;
use crate::order::windows::EACH;
use crate::recording::{Recording, SessionTime, printable};
use crate::render::{RenderError, Request, Size, StillRequest, VideoRequest, WindowChoice, picture_size, render};
use crate::ticket::{Choice, Problem, Ticket};
use crate::timeline::{Fps, Landmarks, When};

/// A clip begins so long before its problem.
const BEFORE: SessionTime = SessionTime::from_millis(6000);
/// And ends so long after it.
const AFTER: SessionTime = SessionTime::from_millis(3000);
/// What lasts is shown for so long.
const LASTING: SessionTime = SessionTime::from_millis(6000);
/// Frames of a clip, at most: clips are short, so this is never met.
const MOST_FRAMES: u64 = 100_000;

/// Write what a bug ticket needs into a folder: the problem, the steps that led to it, pictures and clips of it, and what console and network said; as ticket.md (GitHub, Linear), ticket.jira, ticket.html and ticket.json. All of it is written, or nothing.
#[derive(Debug, Args)]
pub(super) struct TicketCommand {
    #[command(flatten)]
    input: Input,
    /// Where to; made if it is missing.
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// Kinds of moments that are problems, as --stills of render names them.
    #[arg(long, env = "REPLAYREEL_MOMENTS", value_name = "KINDS", default_value = "problems", value_parser = Kinds::parse)]
    moments: Kinds,
    /// Show this moment, whatever it is (any number), instead of looking for problems: 12.5, 1:20, error:2, rage:1-2s, marker:LABEL, ….
    #[arg(long, value_name = "WHEN")]
    at: Vec<When>,
    /// Problems shown, at most: the gravest. The others are counted.
    #[arg(long, env = "REPLAYREEL_MOST", value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    most: u16,
    /// Steps told, at most: the last ones before the gravest problem.
    #[arg(long, env = "REPLAYREEL_STEPS", value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=1000))]
    steps: u16,
    /// Clips around the problems, from 6 s before to 3 s after: gif is at most 800 pixels wide, mp4 at most 1280.
    #[arg(long, env = "REPLAYREEL_CLIP", value_enum, default_value_t = Clip::Gif)]
    clip: Clip,
    /// Tell what was typed and chosen. What was typed as a password is never told.
    #[arg(long, env = "REPLAYREEL_VALUES", value_parser = FalseyValueParser::new())]
    values: bool,
    /// Replace files of the same names that are in the folder.
    #[arg(long, env = "REPLAYREEL_FORCE", value_parser = FalseyValueParser::new())]
    force: bool,
    /// No progress.
    #[arg(short, long, env = "REPLAYREEL_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    assets: AssetsArgs,
    #[command(flatten)]
    programs: Programs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Clip {
    Gif,
    Mp4,
    Off,
}

impl Clip {
    fn format(self) -> Option<Format> {
        match self {
            Self::Gif => Some(Format::Gif),
            Self::Mp4 => Some(Format::Mp4),
            Self::Off => None,
        }
    }

    /// Largest width and height, px.
    fn room(self) -> (u32, u32) {
        if self == Self::Gif { (800, 900) } else { (1280, 1280) }
    }

    fn fps(self) -> Fps {
        let rate = if self == Self::Gif { 10 } else { 25 };
        Fps::new(rate, 1).unwrap_or(Fps::DEFAULT)
    }
}

impl TicketCommand {
    pub(super) fn run(self) -> Done {
        if self.picture.window == EACH {
            return Err(Failure::usage("--window each is for render and still: a ticket is of one window, or of all"));
        }
        let mut opened = self.input.open(self.quiet)?;
        let linked: Vec<When> = opened.hints.moment().filter(|_| self.at.is_empty()).into_iter().collect();
        let assets = self.assets.shelf(&mut opened, self.input.policy())?;
        let mut request = Request { assets, ..request(opened.whole, &self.picture, &self.programs, MOST_FRAMES) };
        let marks = landmarks(&request);
        let at = if linked.is_empty() { &self.at } else { &linked };
        let choice = self.choice(&request, &marks, at)?;
        let mut ticket = Ticket::of(&request.recording, &marks.moments, &choice);
        let names = names(&ticket);
        let folder = FolderDestination::open(&self.output, &names, self.force)?;
        for problem in &mut ticket.problems {
            self.ask(&mut request, &marks, problem, folder.partial())?;
        }
        let display = Display::new(self.quiet);
        let report = run_until_signal(async { Ok(render(&request, &display).await.map_err(of_ticket)?) });
        display.clear();
        let mut report = report?;
        opened.hints.tell_in(&mut report);
        write(&ticket, folder.partial())?;
        let files = fs::read_dir(folder.partial()).map_or(0, Iterator::count);
        folder.keep()?;
        if !self.quiet {
            for warning in &report.warnings {
                tell_line(format_args!("note: {}", printable(&warning.message)));
            }
        }
        let found = if ticket.found { counted(ticket.problems.len(), "problem") } else { "no problem".to_owned() };
        say(format_args!("{}: {found}, {}", self.output.display(), counted(files, "file")))?;
        Ok(ExitCode::SUCCESS)
    }

    fn choice(&self, request: &Request, marks: &Landmarks, at: &[When]) -> Result<Choice, Failure> {
        let resolve = |at: &When| at.resolve(marks).map_err(|source| RenderError::When { option: "--at", source });
        Ok(Choice {
            values: self.values,
            steps: self.steps.into(),
            kinds: self.moments.0.clone(),
            at: at.iter().map(resolve).collect::<Result<_, _>>()?,
            most: self.most.into(),
            window: window(request).map(str::to_owned),
            end: marks.last_event.max(marks.start),
            clip: self.clip.format().map(Format::extension),
        })
    }

    /// Asks for the pictures of a problem.
    fn ask(
        &self,
        request: &mut Request,
        marks: &Landmarks,
        problem: &mut Problem,
        folder: &Path,
    ) -> Result<(), Failure> {
        let at = problem.time.clamp(marks.start, marks.end);
        request.stills.push(StillRequest {
            path: folder.join(&problem.still),
            format: StillFormat::Png,
            at: when(at)?,
            max_bytes: None,
        });
        let Some((name, format)) = problem.clip.as_ref().zip(self.clip.format()) else { return Ok(()) };
        let over = problem.until.clamp(at, at + LASTING);
        let (from, to) = ((at - BEFORE).max(marks.start), (over + AFTER).min(marks.end));
        if from >= to {
            // The session is one moment.
            problem.clip = None;
            return Ok(());
        }
        request.videos.push(VideoRequest {
            fps: self.clip.fps(),
            size: self.clip_size(request),
            from: Some(when(from)?),
            to: Some(when(to)?),
            ..VideoRequest::new(folder.join(name), format)
        });
        Ok(())
    }

    /// As large as there is room for, if the pictures are larger than that.
    fn clip_size(&self, request: &Request) -> Option<Size> {
        let shown = window(request).and_then(|id| request.recording.window(id)?.largest_viewport());
        let viewport = shown.unwrap_or_else(|| request.recording.largest_viewport());
        let (width, height) = picture_size(request, viewport);
        let (width, height) = (f64::from(width), f64::from(height));
        let room = self.clip.room();
        let scale = (f64::from(room.0) / width).min(f64::from(room.1) / height);
        let side = |side: f64| ((side * scale / 2.0).round() as u32 * 2).max(16);
        (scale < 1.0).then(|| Size::Fixed { width: side(width), height: side(height) })
    }
}

/// The one window that is asked for.
fn window(request: &Request) -> Option<&str> {
    match &request.window {
        WindowChoice::Auto => None,
        WindowChoice::Id(id) => Some(id),
    }
}

fn landmarks(request: &Request) -> Landmarks {
    let recording: &Recording = &request.recording;
    let shown = match window(request) {
        Some(id) => recording.window(id).and_then(|window| window.first_full_snapshot()),
        None => recording.first_full_snapshot(),
    };
    let start = shown.map(|event| event.at).unwrap_or_default();
    let mut marks = Landmarks::of(recording, start, request.tail);
    marks.find_moments(recording);
    marks
}

/// A moment that is known already.
fn when(at: SessionTime) -> Result<When, Failure> {
    format!("{:.6}", at.seconds()).parse().map_err(Failure::failed)
}

fn of_ticket(error: RenderError) -> RenderError {
    match error {
        RenderError::When { source, .. } => RenderError::When { option: "--at", source },
        error => error,
    }
}

const DOCUMENTS: [&str; 4] = ["ticket.md", "ticket.html", "ticket.jira", "ticket.json"];

/// Every file of a ticket.
fn names(ticket: &Ticket) -> Vec<String> {
    let pictures = ticket.problems.iter().flat_map(|problem| [Some(&problem.still), problem.clip.as_ref()]).flatten();
    DOCUMENTS.into_iter().map(str::to_owned).chain(pictures.cloned()).collect()
}

fn write(ticket: &Ticket, folder: &Path) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(ticket).map_err(Failure::failed)? + "\n";
    for (name, text) in DOCUMENTS.into_iter().zip([ticket.markdown(), ticket.html(), ticket.jira(), json]) {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|source| DestinationError { path, source })?;
    }
    Ok(())
}
