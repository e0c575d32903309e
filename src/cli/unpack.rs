//! `replayreel unpack`.

use std::io::Cursor;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::failure::Failure;
use super::input::Input;
use super::pack::counted;
use super::progress::tell_line;
use super::signals::work_until_signal;
use super::{Done, say};
use crate::package::{self, PackageError};
use crate::redact::Rules;
use crate::source::SourceBytes;

/// Take a package apart into a folder: manifest.json, events.jsonl and assets, each held against its checksum. All of it is written, or nothing. Where redaction rules hold, the redacted recording is packed anew and that package taken apart.
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
        let rules = self.input.rules()?;
        let (package, limits) = (self.input.only_part()?, self.input.limits());
        let package = if rules.is_empty() { package } else { self.redacted(package, &rules)? };
        let (output, force) = (self.output.clone(), self.force);
        let unpacked = work_until_signal(move |stop| {
            Ok(package::unpack(&package, &output, force, &limits, &|| !stop.has_come())?)
        })?;
        let bytes = indicatif::DecimalBytes(unpacked.bytes);
        say(format_args!("{}: {}, {bytes}", self.output.display(), counted(unpacked.files, "file")))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The package as it is with everything taken out of it: the one that was given must not come out.
    fn redacted(&self, package: SourceBytes, rules: &Rules) -> Result<SourceBytes, Failure> {
        let name = package.name.clone();
        let opened = self.input.open_parts(vec![package], rules)?;
        if opened.manifest.is_none() {
            return Err(PackageError::NotAPackage { name, reason: "it has no manifest.json" }.into());
        }
        tell_line(format_args!("note: redaction rules hold: what is unpacked is the redacted recording, packed anew"));
        // In memory, as every package that is read.
        let bytes = work_until_signal(move |stop| {
            let mut packed = Cursor::new(Vec::new());
            package::write(&opened, stop.watch(&mut packed))?;
            Ok(packed.into_inner())
        })?;
        Ok(SourceBytes { name, bytes: bytes.into() })
    }
}
