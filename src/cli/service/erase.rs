//! `replayreel erase`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgGroup, Args};

use super::backing::Backing;
use crate::cli::failure::Failure;
use crate::cli::input::cache_folder;
use crate::cli::limits::{PackageLimits, ReadingLimits};
use crate::cli::signals::run_until_signal;
use crate::cli::{Done, say};
use crate::destination::Destination;
use crate::erasure::{Erasing, Receipt};
use crate::order::values::parse_duration;
use crate::recording::printable;
use crate::source;
use crate::subject::Subject;

/// Delete everything about one recording or one person, and say what was deleted. Files of jobs and their rows go, messages and shared links, and every recording below --packages that is about them. Can be run again: it goes on where it stopped.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("subject").required(true).args(["recording", "person"])))]
pub(in crate::cli) struct Erase {
    /// The recording: its ID, a link copied from PostHog, an address, or the SHA-256 of its file.
    #[arg(long, value_name = "ID")]
    recording: Option<String>,
    /// The person, by a distinct ID, exactly as recorded.
    #[arg(long, value_name = "DISTINCT_ID")]
    person: Option<String>,
    /// A recording, or a folder with recordings and packages, to be looked through. May be given several times.
    #[arg(long, value_name = "PATH")]
    packages: Vec<PathBuf>,
    /// An archive that batch has made: a folder, or `s3://BUCKET/PREFIX`. May be given several times.
    #[arg(long, value_name = "DEST")]
    archive: Vec<String>,
    /// Only say what would be deleted.
    #[arg(long, env = "REPLAYREEL_DRY_RUN", value_parser = FalseyValueParser::new())]
    dry_run: bool,
    /// Where to write the receipt, as JSON; - for stdout. In a file it does not name whom it is about.
    #[arg(long, env = "REPLAYREEL_RECEIPT", value_name = "FILE|-")]
    receipt: Option<PathBuf>,
    /// How long a running render is waited for to stop.
    #[arg(long, env = "REPLAYREEL_ERASE_WAIT", value_name = "LENGTH", default_value = "60s", value_parser = parse_duration)]
    wait: Duration,
    /// Folder with pieces of unfinished downloads. By default replayreel in the user's cache folder.
    #[arg(long, env = "REPLAYREEL_CACHE", value_name = "DIR", hide_short_help = true)]
    cache: Option<PathBuf>,
    #[command(flatten)]
    backing: Backing,
    /// Largest recording looked into, bytes as stored.
    #[arg(long, env = "REPLAYREEL_MAX_INPUT_BYTES", default_value_t = source::Limits::default().input_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_input_bytes: u64,
    #[command(flatten)]
    reading: ReadingLimits,
    #[command(flatten)]
    package: PackageLimits,
}

impl Erase {
    pub(in crate::cli) fn run(self) -> Done {
        let subject = match (&self.recording, &self.person) {
            (Some(id), _) => Subject::recording(id).map_err(|error| Failure::usage(format!("--recording: {error}"))),
            (None, Some(id)) => Subject::person(id).map_err(|error| Failure::usage(format!("--person: {error}"))),
            (None, None) => Err(Failure::usage("say either --recording ID or --person DISTINCT_ID")),
        }?;
        let to_stdout = self.receipt.as_deref() == Some(Path::new("-"));
        // What cannot be proved afterwards is not begun.
        let file = self.receipt.as_deref().filter(|_| !to_stdout).map(Destination::open).transpose()?;
        let receipt = run_until_signal(self.erase(&subject)).map_err(|failure| {
            failure.if_interrupted(
                "interrupted; what was deleted by then is gone. Run it again for the rest, and for the receipt",
            )
        })?;
        if let Some(file) = file {
            let text = serde_json::to_string_pretty(&receipt.without(&subject)).map_err(Failure::failed)?;
            writeln!(file.create()?, "{text}").map_err(|error| {
                Failure::failed(format!("cannot write the receipt to {}: {error}", file.path().display()))
            })?;
            file.keep()?;
        }
        if to_stdout {
            say(serde_json::to_string_pretty(&receipt).map_err(Failure::failed)?)?;
        } else {
            say(told(&receipt).trim_end())?;
        }
        if receipt.complete {
            return Ok(ExitCode::SUCCESS);
        }
        let first = receipt.failed.first().map(|item| format!("{}: {}", printable(&item.what), item.why));
        Err(Failure::failed(format!(
            "{} could not be deleted; run it again. {}",
            counted(receipt.failed.len() as u64, "thing"),
            first.unwrap_or_default()
        )))
    }

    async fn erase(&self, subject: &Subject) -> Result<Receipt, Failure> {
        let Self { backing, .. } = self;
        let is_there = backing.database.is_some() || backing.data.join("ledger.sqlite").exists();
        if !is_there && self.packages.is_empty() && self.archive.is_empty() {
            return Err(Failure::usage(format!(
                "there is no service's ledger in {} (--data, --database), and no --packages or --archive were given: nothing was looked at",
                backing.data.display()
            )));
        }
        let mut packages = self.packages.clone();
        let mut service = None;
        if is_there {
            service = Some((backing.ready_ledger(false).await?, backing.artifacts()?));
            // Uploads that a server which was killed left on their way.
            packages.extend(Some(backing.data.join("uploads")).filter(|folder| folder.is_dir()));
            if !self.dry_run {
                crate::worker::sweep(&backing.data.join("work"));
            }
        }
        let erasing = Erasing {
            service,
            packages,
            archives: self.archive.clone(),
            downloads: self.cache.clone().or_else(cache_folder),
            limits: self.package.with(self.reading.limits()),
            input_bytes: self.max_input_bytes,
            patience: self.wait,
            dry_run: self.dry_run,
        };
        let id = erasing.begin(subject).await.map_err(Failure::failed)?;
        let receipt = erasing.run(subject, id).await.map_err(Failure::failed);
        if let Some((ledger, _)) = &erasing.service {
            ledger.close().await;
        }
        receipt
    }
}

/// The receipt for people.
fn told(receipt: &Receipt) -> String {
    let mut text = String::new();
    let gone = if receipt.dry_run { "would be deleted" } else { "deleted" };
    let deleted = &receipt.deleted;
    let subject = printable(receipt.subject.value.as_deref().unwrap_or_default());
    let mut line = |count: u64, what: &str| {
        if count > 0 {
            let _ = writeln!(text, "{gone}: {}", counted(count, what));
        }
    };
    line(deleted.renders.len() as u64, "render");
    line(deleted.artifacts.len() as u64, "file of renders");
    line(deleted.deliveries, "webhook message");
    line(deleted.idempotency_keys, "idempotency key");
    line(deleted.shares.deleted.len() as u64, "shared link");
    line(deleted.packages.len() as u64, "recording");
    line(deleted.archived.len() as u64, "recording of an archive");
    line(deleted.sessions.len() as u64, "recorded session");
    line(deleted.downloads.len() as u64, "unfinished download");
    if receipt.is_empty() {
        let _ = writeln!(text, "nothing about {} {subject} was found", receipt.subject.kind);
    }
    for file in &deleted.packages {
        let _ = writeln!(text, "  {}", printable(&file.path));
    }
    for id in &deleted.shares.changed {
        let _ = writeln!(text, "shared link {id} shows less than before");
    }
    for item in &receipt.failed {
        let _ = writeln!(text, "not deleted: {}: {}", printable(&item.what), item.why);
    }
    for item in &receipt.not_looked_into {
        let _ = writeln!(text, "not looked into: {}: {}", printable(&item.what), item.why);
    }
    for id in &receipt.mentions {
        let _ = writeln!(text, "{id} names the ID, but its recording is of somebody else; it stays");
    }
    if receipt.waiting > 0 {
        let waiting = counted(receipt.waiting, "render");
        let _ =
            writeln!(text, "{waiting} not begun yet: what turns out to be about them makes nothing and goes by itself");
    }
    if receipt.older > 0 {
        let older = counted(receipt.older, "older render");
        let _ = writeln!(
            text,
            "{older} could only be found by place, by equal bytes and by metadata: whom they are about was not noted then"
        );
    }
    if let Some(id) = &receipt.id {
        let _ = writeln!(text, "receipt: {id}");
    }
    text
}

fn counted(count: u64, what: &str) -> String {
    match (count, what.split_once(' ')) {
        (1, _) => format!("1 {what}"),
        (_, Some((first, rest))) if rest.starts_with("of ") => format!("{count} {first}s {rest}"),
        _ => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_words() {
        assert_eq!(
            [counted(1, "render"), counted(2, "file of renders"), counted(0, "shared link")],
            ["1 render", "2 files of renders", "0 shared links"]
        );
    }
}
