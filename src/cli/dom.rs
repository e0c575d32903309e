//! `replayreel dom`.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::signals::run_until_signal;
use super::{Done, say};
use crate::order::picture::{Picture, request};
use crate::order::programs::Programs;
use crate::order::windows::EACH;
use crate::render::{Booth, Request};
use crate::timeline::When;

/// Write the page as it stood at a moment as one HTML file without script, to be explored in a browser's inspector. Opening it loads nothing.
#[derive(Debug, Args)]
pub(super) struct Dom {
    #[command(flatten)]
    input: Input,
    /// The moment: 12.5, 1:20, 1m20s, 50%, end, 2026-01-31T12:00:00Z, event:100, page:2, error:1, rage:1, marker:LABEL, …; each with +10s or -10s behind it.
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    /// Where to, or - for stdout. By default named after the input, in the current folder.
    #[arg(short, long, value_name = "FILE|-")]
    output: Option<PathBuf>,
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    assets: AssetsArgs,
    #[command(flatten)]
    programs: Programs,
}

impl Dom {
    pub(super) fn run(self) -> Done {
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.html", self.input.stem())));
        if self.picture.window == EACH {
            return Err(Failure::usage(
                "--window each is for render and still: one page is written, so name one window",
            ));
        }
        let (mut opened, at) = self.input.open_at(self.at, "dom")?;
        for warning in opened.hints.warnings() {
            tracing::warn!("{warning}");
        }
        let assets = self.assets.shelf(&mut opened, self.input.policy())?;
        let request = Request { assets, ..request(opened.whole, &self.picture, &self.programs, u64::MAX) };
        let place = Place::reserve(&path)?;
        let page = run_until_signal(async {
            let mut booth = Booth::open(request).await?;
            Ok(booth.write_page(&at).await?)
        })?;
        if page.misplaced != 0 {
            tracing::warn!(
                "the page was made by script in a way that HTML cannot say: read from the file, it has {:+} elements",
                page.misplaced
            );
        }
        place.write(&page.html)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Where the page goes, found writable before the work is done.
enum Place {
    Stdout,
    File(PathBuf, tempfile::NamedTempFile),
}

impl Place {
    fn reserve(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix(".page.partial-").permissions(std::fs::Permissions::from_mode(0o666));
        let file = builder.tempfile_in(folder).map_err(|error| cannot_write(path, &error))?;
        Ok(Self::File(path.to_owned(), file))
    }

    fn write(self, html: &str) -> Result<(), Failure> {
        match self {
            Self::Stdout => say(html),
            Self::File(path, mut file) => {
                file.write_all(html.as_bytes()).map_err(|error| cannot_write(&path, &error))?;
                file.persist(&path).map(drop).map_err(|error| cannot_write(&path, &error.error))
            }
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot write {}: {error}", path.display()))
}
