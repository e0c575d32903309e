//! `replayreel redact`.

mod page;
mod preview;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::progress::tell_line;
use super::redaction::Table;
use super::written::{To, target, write_recording};
use super::{Done, say};
use crate::order::picture::Picture;
use crate::order::programs::Programs;
use crate::package::Redaction;
use crate::timeline::When;

/// Take out of a recording what must not leave, by --rules FILE (the same as --redact FILE) and --builtin, and write what remains as `convert` does; or, with --preview, show what would be taken out. Prints how often each rule found something and where, never what it found.
#[derive(Debug, Args)]
pub(super) struct Redact {
    #[command(flatten)]
    input: Input,
    /// Where to, or - for stdout (with --to). The extension names the format: json (rrweb), jsonl, replay.zip; and .gz or .zst behind it compresses. With --preview, a folder; made if it is missing.
    #[arg(short, long, value_name = "FILE|-|FOLDER")]
    output: PathBuf,
    /// The format: rrweb (a JSON array of events), jsonl (one event per line), posthog (an export of version 2023-04-28, which PostHog's file playback imports), package. By default as the extension says.
    #[arg(long, env = "REPLAYREEL_REDACT_TO", value_enum, value_name = "FORMAT", conflicts_with = "preview")]
    to: Option<To>,
    /// Write no recording, but stills of it before and after, for a person to judge: preview.html shows them side by side, summary.json tells what was found. What the installation's own rules take out is in neither. Options of the picture and of the programs are for it.
    #[arg(long)]
    preview: bool,
    /// A moment of the preview (any number): 12.5, 1:20, 50%, end, event:100, page:2, error:1, …; each with +10s or -10s behind it. By default six, spread over those at which something was changed.
    #[arg(long, value_name = "WHEN", requires = "preview")]
    at: Vec<When>,
    /// The summary as JSON, for machines.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    assets: AssetsArgs,
    #[command(flatten)]
    programs: Programs,
}

impl Redact {
    pub(super) fn run(self) -> Done {
        if self.input.rules()?.is_empty() {
            return Err(Failure::usage(
                "nothing to redact by: give rules with --rules FILE (docs/redaction.md), or --builtin email,card,phone,token",
            ));
        }
        let (redaction, written) = if self.preview { self.show()? } else { self.write()? };
        let summary = if self.json {
            serde_json::to_string_pretty(&redaction).map_err(Failure::failed)?
        } else {
            Table(&redaction).to_string()
        };
        match written {
            // Machines read nothing but the summary, people also what they got.
            Some(written) if !self.json => say(format_args!("{summary}\n\n{written}"))?,
            Some(_) => say(summary)?,
            // The recording is on stdout.
            None => tell_line(format_args!("{summary}")),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write(&self) -> Result<(Redaction, Option<String>), Failure> {
        let format = target(&self.output, self.to).map_err(Failure::usage)?;
        let mut opened = self.input.open_telling()?;
        if format.0 == To::Package {
            self.assets.gather(&mut opened, self.input.policy())?;
        }
        let redaction = opened.whole.redaction.clone().unwrap_or_default();
        Ok((redaction, write_recording(opened.whole, &self.output, format)?))
    }

    fn show(&self) -> Result<(Redaction, Option<String>), Failure> {
        if self.output == Path::new("-") {
            return Err(Failure::usage("--preview writes several files: -o has to be a folder"));
        }
        let redaction = preview::write(self)?;
        Ok((redaction, Some(format!("{}", self.output.join(preview::PAGE).display()))))
    }
}
