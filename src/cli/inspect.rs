//! `replayreel inspect`.

use std::process::ExitCode;

use clap::Args;

use super::Done;
use super::failure::Failure;
use super::options::Input;
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
    #[expect(clippy::print_stdout, reason = "its output is what was asked for")]
    pub(super) fn run(self) -> Done {
        let summary = Summary::of(&self.input.open()?);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&summary).map_err(Failure::failed)?);
        } else {
            println!("{summary}");
        }
        Ok(ExitCode::SUCCESS)
    }
}
