//! `replayreel inspect`.

mod moments;
mod strip;

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::input::Input;
use super::redaction::Table;
use super::{Done, say};
use crate::package::Redaction;
use crate::recording::{Recording, Summary};
use crate::timeline::{ListedMoment, Moment, Thresholds, moments as find_moments};
use strip::{Strip, Style};

/// Tell what a recording holds: format, windows, pages, events, what was repaired, when somebody was active, and the moments worth looking at (errors, failed and slow requests, rage and dead clicks, …).
#[derive(Debug, Args)]
pub(super) struct Inspect {
    #[command(flatten)]
    input: Input,
    /// As JSON, for machines.
    #[arg(long)]
    json: bool,
}

/// A recording in numbers, what happened in it, and what was removed from it.
#[derive(Serialize)]
struct Inspected<'r> {
    #[serde(flatten)]
    summary: Summary,
    moments: Vec<ListedMoment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redaction: Option<Redaction>,
    #[serde(skip)]
    recording: &'r Recording,
    #[serde(skip)]
    found: Vec<Moment>,
}

impl fmt::Display for Inspected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.summary)?;
        write!(f, "{}", Strip::of(self.recording, &self.found, Style::of_terminal()))?;
        moments::list(f, &self.found)?;
        let Some(redaction) = &self.redaction else { return Ok(()) };
        writeln!(f, "Redaction")?;
        Table(redaction).to_string().lines().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

impl Inspect {
    pub(super) fn run(self) -> Done {
        let opened = self.input.open(self.json)?;
        let recording = &opened.whole.recording;
        let found = find_moments(recording, &Thresholds::default());
        let told = Inspected {
            summary: Summary::of(recording),
            moments: found.iter().map(|moment| ListedMoment::of(recording, moment)).collect(),
            redaction: opened.whole.redaction.clone(),
            recording,
            found,
        };
        opened.hints.tell();
        if self.json {
            say(serde_json::to_string_pretty(&told).map_err(Failure::failed)?)?;
        } else {
            say(told)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
