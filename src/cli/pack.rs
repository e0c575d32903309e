//! `replayreel pack`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::signals::work_until_signal;
use super::{Done, say};
use crate::destination::{Destination, Kept};
use crate::package::{self, Manifest, Opened};
use crate::player::Index;

/// Put a recording and what is known of it into one portable file, which every command takes as INPUT. docs/package-format.md says what is in it. The same recording gives the same bytes.
#[derive(Debug, Args)]
pub(super) struct Pack {
    #[command(flatten)]
    input: Input,
    /// Where to. By default a .replay.zip named after the input, in the current folder.
    #[arg(short, long, value_name = "FILE.replay.zip")]
    output: Option<PathBuf>,
    #[command(flatten)]
    assets: AssetsArgs,
}

impl Pack {
    pub(super) fn run(self) -> Done {
        let output = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.replay.zip", self.input.stem())));
        if !is_package_name(&output) {
            let name = output.display();
            return Err(Failure::usage(format!("{name}: a package's name has to end in .replay.zip (or .zip)")));
        }
        let mut opened = self.input.open_telling()?;
        self.assets.gather(&mut opened, self.input.policy())?;
        let packed = write_package(opened.whole, &output)?;
        say(packed)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A package that is written.
pub(super) struct Packed {
    file: Kept,
    manifest: Manifest,
}

pub(super) fn is_package_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

pub(super) fn write_package(opened: Opened, output: &Path) -> Result<Packed, Failure> {
    let destination = Destination::open(output)?;
    let (destination, manifest) = work_until_signal(move |stop| {
        let index = Index::of(&opened.recording).to_json();
        let manifest = package::write_indexed(&opened, Some(&index), stop.watch(destination.create()?))?;
        Ok((destination, manifest))
    })?;
    Ok(Packed { file: destination.keep()?, manifest })
}

/// `checkout.replay.zip: 279 events of 1 window, 3 assets, 41.2 kB`
impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = &self.manifest.session;
        let events = counted(session.events as usize, "event");
        let windows = counted(session.windows.len(), "window");
        write!(f, "{}: {events} of {windows}", self.file.path.display())?;
        if !self.manifest.assets.is_empty() {
            write!(f, ", {}", counted(self.manifest.assets.len(), "asset"))?;
        }
        write!(f, ", {}", indicatif::DecimalBytes(self.file.bytes))
    }
}

/// `1 event`, `2 events`
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
