//! `replayreel still`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::Done;
use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::progress::tell_line;
use super::render::{ReportPlace, refuse_same_paths};
use super::signals::run_until_signal;
use crate::order::output::still_format;
use crate::order::picture::{Picture, request};
use crate::order::programs::Programs;
use crate::order::stills::StillsArgs;
use crate::order::values::parse_bytes;
use crate::order::windows::{of_windows, render_all};
use crate::render::{RenderError, Request, StillRequest, Unwatched};
use crate::timeline::When;

/// Take a still of a recording, without a video.
#[derive(Debug, Args)]
pub(super) struct StillCommand {
    #[command(flatten)]
    input: Input,
    /// The moment: 12.5, 1:20, 1m20s, 50%, end, 2026-01-31T12:00:00Z, event:100, page:2, error:1, rage:1, marker:LABEL, …; each with +10s or -10s behind it. A link that points to a moment needs none.
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    /// Where to; the extension names the format: png, jpg or webp. By default named after the input, in the current folder. (Those of --stills go where --stills-to says.)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Most bytes of the file: 10MB, 10MiB, 500k. Where it takes that, a JPEG's quality gives way first, then the size; the report says what did.
    #[arg(long, env = "REPLAYREEL_MAX_BYTES", value_name = "SIZE", value_parser = parse_bytes)]
    max_bytes: Option<u64>,
    #[command(flatten)]
    of_moments: StillsArgs,
    /// Write a report as JSON to FILE, or - for stdout.
    #[arg(long, value_name = "FILE|-", env = "REPLAYREEL_REPORT")]
    report: Option<PathBuf>,
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    assets: AssetsArgs,
    #[command(flatten)]
    programs: Programs,
}

impl StillCommand {
    pub(super) fn run(self) -> Done {
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.png", self.input.stem())));
        let format = still_format(&path).map_err(Failure::usage)?;
        let (mut opened, at) = if self.of_moments.are_wanted() {
            if self.output.is_some() && self.at.is_none() {
                return Err(Failure::usage("-o names the still of --at; --stills-to names those of --stills"));
            }
            (self.input.open(true)?, self.at)
        } else {
            self.input.open_at(self.at, "still").map(|(opened, at)| (opened, Some(at)))?
        };
        let assets = self.assets.shelf(&mut opened, self.input.policy())?;
        let mut request = Request { assets, ..request(opened.whole, &self.picture, &self.programs, u64::MAX) };
        request.stills.extend(at.map(|at| StillRequest { path, format, at, max_bytes: self.max_bytes }));
        request.moments = self.of_moments.moments(&self.input.stem(), self.max_bytes);
        request.part = self.of_moments.part();
        let paths: Vec<&Path> = request.stills.iter().map(|still| still.path.as_path()).collect();
        refuse_same_paths(&paths, self.report.as_deref())?;
        let place = ReportPlace::reserve(self.report.as_deref())?;
        let requests = of_windows(request, &self.picture.window)?;
        let mut reports = run_until_signal(async { Ok(render_all(&requests, &Unwatched, of_still).await?) })?;
        for report in &mut reports {
            opened.hints.tell_in(report);
        }
        place.write(&reports, &self.picture.window)?;
        let nothing = reports.iter().flat_map(|report| &report.warnings).filter(|warning| warning.code == "no_moments");
        nothing.for_each(|warning| tell_line(format_args!("note: {}", warning.message)));
        Ok(ExitCode::SUCCESS)
    }
}

/// Names the option as this command calls it.
pub(super) fn of_still(error: RenderError) -> RenderError {
    match error {
        RenderError::When { source, .. } => RenderError::When { option: "--at", source },
        error => error,
    }
}
