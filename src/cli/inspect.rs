//! `replayreel inspect`.

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::input::Input;
use super::redaction::Table;
use super::{Done, say};
use crate::package::Redaction;
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

/// A recording in numbers, and what was removed from it.
#[derive(Serialize)]
struct Inspected {
    #[serde(flatten)]
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    redaction: Option<Redaction>,
}

impl fmt::Display for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.summary)?;
        let Some(redaction) = &self.redaction else { return Ok(()) };
        writeln!(f, "Redaction")?;
        Table(redaction).to_string().lines().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl Inspect {
    pub(super) fn run(self) -> Done {
        let opened = self.input.open(self.json)?;
        let summary = Summary::of(&opened.whole.recording);
        let told = Inspected { summary, redaction: opened.whole.redaction };
        opened.hints.tell();
        if self.json {
            say(serde_json::to_string_pretty(&told).map_err(Failure::failed)?)?;
        } else {
            say(told)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
