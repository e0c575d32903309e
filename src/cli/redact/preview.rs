//! `--preview`: stills before and after, side by side on a page.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Redact;
use super::page::{Pair, page};
use crate::cli::failure::Failure;
use crate::cli::input::Opened;
use crate::cli::signals::run_until_signal;
use crate::cli::still::of_still;
use crate::destination::{Destination, DestinationError};
use crate::encode::StillFormat;
use crate::order::picture::request;
use crate::order::windows::{EACH, render_all};
use crate::package::Redaction;
use crate::recording::{EventKind, Recording};
use crate::render::{Output, Request, StillRequest, Unwatched};
use crate::timeline::When;

/// The page to open.
pub(super) const PAGE: &str = "preview.html";
const SUMMARY: &str = "summary.json";
/// Moments where none are given.
const MOMENTS: usize = 6;

/// Writes the preview into the folder, and returns what was redacted.
pub(super) fn write(command: &Redact) -> Result<Redaction, Failure> {
    if command.picture.window == EACH {
        return Err(Failure::usage("--window each is for render and still: a preview shows one window at a time"));
    }
    let mut folder = Folder::open(&command.output)?;
    let [before, after] = command.input.open_twice()?;
    let moments = moments(&command.at, &changed(&before.whole.recording, &after.whole.recording));
    let redaction = after.whole.redaction.clone().unwrap_or_default();
    let requests = [stills(command, before, "before", &moments)?, stills(command, after, "after", &moments)?];
    let (html, json) = (folder.reserve(PAGE)?, folder.reserve(SUMMARY)?);
    let reports = run_until_signal(async { Ok(render_all(&requests, &Unwatched, of_still).await?) })?;
    // From here on the stills are there, and their folder stays.
    folder.keep();
    let [before, after] = reports.as_slice() else { return Err(Failure::failed("a preview has two sides")) };
    let pairs: Vec<Pair<'_>> = before.outputs.iter().zip(&after.outputs).map(pair).collect();
    fill(html, &page(&pairs, &redaction))?;
    fill(json, &format!("{}\n", serde_json::to_string_pretty(&redaction).map_err(Failure::failed)?))?;
    Ok(redaction)
}

/// Those given; else some of those at which something that can be seen was changed; and if nothing was, some from soon after the beginning to the
/// very end.
fn moments(given: &[When], changed: &[u32]) -> Vec<When> {
    if !given.is_empty() {
        return given.to_vec();
    }
    if changed.is_empty() {
        let percent = |number| 100 * number / MOMENTS;
        return (1..=MOMENTS).filter_map(|number| format!("{}%", percent(number)).parse().ok()).collect();
    }
    let most = MOMENTS.min(changed.len());
    let place = |number: usize| number * (changed.len() - 1) / (most - 1).max(1);
    (0..most).filter_map(|number| format!("event:{}", changed[place(number)]).parse().ok()).collect()
}

/// Indices of the events that can be seen and differ, by time.
fn changed(before: &Recording, after: &Recording) -> Vec<u32> {
    let windows = before.windows.iter().zip(&after.windows);
    let pairs = windows.flat_map(|(before, after)| before.events.iter().zip(&after.events));
    let seen = |kind: &EventKind| matches!(kind, EventKind::FullSnapshot | EventKind::Incremental(_));
    let mut found: Vec<_> = pairs
        .filter(|(before, after)| seen(&before.kind) && before.json != after.json)
        .map(|(before, _)| (before.at, before.index))
        .collect();
    found.sort_unstable();
    // A still shows all that happened until then.
    found.dedup_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, index)| index).collect()
}

/// A request for the stills of one side.
fn stills(command: &Redact, mut opened: Opened, side: &str, moments: &[When]) -> Result<Request, Failure> {
    let assets = command.assets.shelf(&mut opened, command.input.policy())?;
    let path = |index| command.output.join(format!("{side}-{}.png", index + 1));
    let still = |(index, at): (usize, &When)| StillRequest {
        path: path(index),
        format: StillFormat::Png,
        at: at.clone(),
        max_bytes: None,
    };
    let stills = moments.iter().enumerate().map(still).collect();
    let request = request(opened.whole, &command.picture, &command.programs, u64::MAX);
    Ok(Request { stills, assets, ..request })
}

fn pair<'a>((before, after): (&'a Output, &'a Output)) -> Pair<'a> {
    Pair {
        at_ms: before.at_ms.unwrap_or_default(),
        before: file_name(&before.path),
        after: file_name(&after.path),
        width: before.width,
        height: before.height,
    }
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(std::ffi::OsStr::to_str).unwrap_or_default()
}

fn fill(destination: Destination, text: &str) -> Result<(), Failure> {
    let failed = |source| DestinationError { path: destination.path().to_owned(), source };
    destination.create()?.write_all(text.as_bytes()).map_err(failed)?;
    destination.keep()?;
    Ok(())
}

/// The folder of a preview; one that was made for it goes again if nothing comes of it.
struct Folder {
    path: PathBuf,
    made: bool,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, Failure> {
        let made = !path.exists();
        std::fs::create_dir_all(path).map_err(|source| DestinationError { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), made })
    }

    /// A file in it, found writable before the work is done.
    fn reserve(&self, name: &str) -> Result<Destination, Failure> {
        Ok(Destination::open(&self.path.join(name))?)
    }

    fn keep(&mut self) {
        self.made = false;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.made {
            // Somebody may have put something into it meanwhile: then it stays.
            let _ = std::fs::remove_dir(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_spread_over_what_changed_unless_they_are_given() {
        let written = |moments: Vec<When>| moments.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(written(moments(&[], &[])), ["16%", "33%", "50%", "66%", "83%", "100%"]);
        assert_eq!(written(moments(&[], &[7])), ["event:7"]);
        assert_eq!(written(moments(&[], &[7, 9])), ["event:7", "event:9"]);
        let many: Vec<u32> = (10..40).collect();
        assert_eq!(
            written(moments(&[], &many)),
            ["event:10", "event:15", "event:21", "event:27", "event:33", "event:39"]
        );
        assert_eq!(written(moments(&["2.5".parse().unwrap()], &[7])), ["2.5"]);
    }

    #[test]
    fn a_folder_that_was_made_goes_again_unless_it_is_kept() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("a");
        drop(Folder::open(&path).unwrap());
        assert!(!path.exists());
        Folder::open(&path).unwrap().keep();
        assert!(path.exists());
        drop(Folder::open(&path).unwrap());
        assert!(path.exists());
    }
}
