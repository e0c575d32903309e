//! `replayreel inspect`.

use std::process::ExitCode;

use clap::Args;

use super::failure::Failure;
use super::input::Input;
use super::{Done, say};
use crate::recording::Summary;

/// Tell what a recording holds: format, windows, pages, events, and what was repaired.
#[derive(Debug, Args)]
pub(super) struct Inspect {
    #[command(flatten)]
    input: Input,
    /// As JSON, for machines.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(self) -> Done {
        let opened = self.input.open(self.json)?;
        let summary = Summary::of(&opened.whole.recording);
        for warning in opened.hints.warnings() {
            super::progress::tell_line(format_args!("note: {warning}"));
        }
        if self.json {
            say(serde_json::to_string_pretty(&summary).map_err(Failure::failed)?)?;
        } else {
            say(summary)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
