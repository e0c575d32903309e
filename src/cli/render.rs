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
use super::progress::Display;
use super::signals::run_until_signal;
use super::{Done, say};
use crate::order::Order;
use crate::order::picture::request;
use crate::order::programs::Programs;
use crate::order::windows::{EACH, of_windows, render_all};
use crate::render::{Report, Request};

/// Render a recording to videos and stills, all in one pass.
#[derive(Debug, Args)]
pub(super) struct Render {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    order: Order,
    /// Write a report as JSON to FILE, or - for stdout.
    #[arg(long, value_name = "FILE|-", env = "REPLAYREEL_REPORT")]
    report: Option<PathBuf>,
    /// No progress.
    #[arg(short, long, env = "REPLAYREEL_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    #[command(flatten)]
    assets: AssetsArgs,
    #[command(flatten)]
    programs: Programs,
}

impl Render {
    pub(super) fn run(self) -> Done {
        let mut outputs = self.order.outputs(&self.input.stem())?;
        refuse_same_paths(&outputs.paths(), self.report.as_deref())?;
        let mut opened = self.input.open(self.quiet)?;
        let assets = self.assets.shelf(&mut opened, self.input.policy())?;
        if let Some(from) = opened.hints.moment() {
            outputs.begin_at(&from);
        }
        let picture = &self.order.picture;
        let request = Request { assets, ..request(opened.whole, picture, &self.programs, self.order.max_frames) };
        let place = ReportPlace::reserve(self.report.as_deref())?;
        let display = Display::new(self.quiet);
        let requests = of_windows(outputs.of_recording(request), &picture.window)?;
        let reports = run_until_signal(async { Ok(render_all(&requests, &display, |error| error).await?) });
        display.clear();
        let mut reports = reports?;
        for report in &mut reports {
            opened.hints.tell_in(report);
        }
        place.write(&reports, &picture.window)?;
        if !self.quiet {
            reports.iter().for_each(Display::tell);
        }
        Ok(ExitCode::SUCCESS)
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
