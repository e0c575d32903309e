//! `replayreel unpack`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::input::Input;
use super::pack::counted;
use super::signals::work_until_signal;
use super::{Done, say};
use crate::package;

/// Take a package apart into a folder: manifest.json, events.jsonl and assets, each held against its checksum. All of it is written, or nothing.
#[derive(Debug, Args)]
pub(super) struct Unpack {
    #[command(flatten)]
    input: Input,
    /// Where to; made if it is missing.
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// Replace files of the same names that are in the folder.
    #[arg(long, env = "REPLAYREEL_FORCE", value_parser = FalseyValueParser::new())]
    force: bool,
}

impl Unpack {
    pub(super) fn run(self) -> Done {
        let (package, limits) = (self.input.only_part()?, self.input.limits());
        let (output, force) = (self.output.clone(), self.force);
        let unpacked = work_until_signal(move |stop| {
            Ok(package::unpack(&package, &output, force, &limits, &|| !stop.has_come())?)
        })?;
        let bytes = indicatif::DecimalBytes(unpacked.bytes);
        say(format_args!("{}: {}, {bytes}", self.output.display(), counted(unpacked.files, "file")))?;
        Ok(ExitCode::SUCCESS)
    }
}
