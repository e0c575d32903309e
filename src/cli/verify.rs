//! `replayreel verify`.

use std::process::ExitCode;

use clap::Args;

use super::failure::{Failure, INPUT};
use super::input::Input;
use super::pack::counted;
use super::{Done, say};
use crate::package::{self, Verdict};

/// Tell whether a package is what was packed: names each damaged, missing or surplus entry. Exit code 3 if there is one.
#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    input: Input,
    /// As JSON, for machines.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self) -> Done {
        // Nothing is redacted here: checksums are held against each other, and of the content nothing is told or written.
        let package = self.input.only_part()?;
        let verdict = package::verify(&package, &self.input.limits())?;
        if self.json {
            say(serde_json::to_string_pretty(&verdict).map_err(Failure::failed)?)?;
        } else {
            tell(&package.name, &verdict)?;
        }
        Ok(if verdict.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(INPUT) })
    }
}

fn tell(name: &str, verdict: &Verdict) -> Result<(), Failure> {
    for finding in &verdict.findings {
        // A name from a stranger's archive: not for the terminal to obey.
        say(format_args!("{:8} {}: {}", finding.state.name(), finding.entry.escape_debug(), finding.message))?;
    }
    let entries = if verdict.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", verdict.entries) };
    let bytes = indicatif::DecimalBytes(verdict.bytes);
    let version = &verdict.format_version;
    match verdict.findings.len() {
        0 => say(format_args!("{name}: intact ({entries}, {bytes}, format {version})")),
        faults => say(format_args!("{name}: {} in a package of {entries}, format {version}", counted(faults, "fault"))),
    }
}
