//! `replayreel batch`.

mod display;
mod dry;
mod sources;
mod submitting;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use sha2::{Digest as _, Sha256};

use super::failure::Failure;
use super::service::{Rendering, machine_memory, run_service};
use super::{Done, say};
use crate::assets::Origin;
use crate::batch::{Batch, Counts, Depot, EntryState, Here, Item, MANIFEST, Maker, Manifest, Rules, Template, Todo};
use crate::destination::hexadecimal;
use crate::order::said::told::Told;
use crate::order::said::{Said, SaidRedaction};
use crate::order::values::{parse_bytes, parse_long};
use crate::worker::Machine;
use display::Display;
use sources::Sources;
use submitting::Submitting;

/// Convert an archive of recordings: all that is missing or has changed is rendered, several at once, and what was finished is never done again. Writes manifest.jsonl (a line for each recording, with checksums, person, moments, or why it failed), index.html (to browse, search and play) and SHA256SUMS beside the files. Stop it in any way and run the same again to go on.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct BatchCommand {
    #[command(flatten)]
    sources: Sources,
    /// Where to: a folder (made if it is missing), or `s3://BUCKET/PREFIX`, `gs://…`, `az://…`. Each batch goes on with what is there.
    #[arg(long, env = "REPLAYREEL_OUT", value_name = "DEST", required = true)]
    out: String,
    /// What a recording's files are called, without extension. In braces: path (below SRC), name, id (of the session), person (distinct ID), date, time, hash. Files of -o called replay.EXT are called so; others get their own name behind it.
    #[arg(long, env = "REPLAYREEL_NAME", value_name = "TEMPLATE", default_value = "{path}")]
    name: Template,
    /// Recordings at once. By default as many as there are cores: measured to be fastest (docs/batch.md). With --submit, 16.
    #[arg(short, long, env = "REPLAYREEL_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Memory that recordings may want together; one that wants more than is free waits. By default three quarters of the machine's, or of its container's.
    #[arg(long, env = "REPLAYREEL_MEMORY", value_name = "SIZE", value_parser = parse_bytes, hide_short_help = true)]
    memory: Option<u64>,
    /// Try again what failed in an earlier run, though nothing has changed.
    #[arg(long, env = "REPLAYREEL_RETRY_FAILED", value_parser = FalseyValueParser::new())]
    retry_failed: bool,
    /// Render everything, also what is there.
    #[arg(long, env = "REPLAYREEL_FRESH", value_parser = FalseyValueParser::new())]
    fresh: bool,
    /// Read every recording to see whether it has changed, instead of going by the size and time of files and the tags of objects.
    #[arg(long, env = "REPLAYREEL_REREAD", value_parser = FalseyValueParser::new(), hide_short_help = true)]
    reread: bool,
    /// Write nothing; tell what would be done, how long it would take and how large it would be, from the recordings' own events.
    #[arg(long, env = "REPLAYREEL_DRY_RUN", value_parser = FalseyValueParser::new())]
    dry_run: bool,
    /// Write no index.html, and no posters for it.
    #[arg(long, env = "REPLAYREEL_NO_INDEX", value_parser = FalseyValueParser::new())]
    no_index: bool,
    /// How often a recording is begun, where what failed may go better (a browser that broke, a server that was busy).
    #[arg(long, env = "REPLAYREEL_ATTEMPTS", value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=10), hide_short_help = true)]
    attempts: u32,
    /// Longest that one recording may take.
    #[arg(long, env = "REPLAYREEL_MAX_JOB_TIME", value_name = "LENGTH", default_value = "6h", value_parser = parse_long, help_heading = "Limits", hide_short_help = true)]
    max_job_time: Duration,
    /// Most recordings.
    #[arg(
        long,
        env = "REPLAYREEL_MAX_RECORDINGS",
        value_name = "N",
        default_value_t = 1_000_000,
        help_heading = "Limits",
        hide_short_help = true
    )]
    max_recordings: usize,
    /// No progress.
    #[arg(short, long, env = "REPLAYREEL_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    #[command(flatten)]
    submitting: Submitting,
    #[command(flatten)]
    order: Told,
    /// Before rendering, fetch what recordings refer to at this origin (any number), for example `https://cdn.example.org`; or * for every origin.
    #[arg(
        long = "fetch-assets",
        env = "REPLAYREEL_FETCH_ASSETS",
        value_name = "ORIGIN",
        hide_short_help = true,
        help_heading = "Assets"
    )]
    fetch_assets: Vec<Origin>,
    #[command(flatten)]
    rendering: Rendering,
}

impl BatchCommand {
    pub(super) fn run(self) -> Done {
        let mut code = ExitCode::SUCCESS;
        run_service(async |stop, rendering| {
            let display = Display::new(self.quiet);
            let dry_run = self.dry_run;
            let most = self.max_recordings;
            let sources = self.sources.clone();
            let (batch, machine, said) = self.prepare(rendering).await?;
            let found = sources.find(most, &machine, &display).await?;
            if found.items.is_empty() {
                return Err(Failure::input(format!(
                    "there is nothing to convert: no file is called like a recording ({} were passed over; --include says which to take)",
                    found.passed_over
                )));
            }
            let manifest = Arc::new(Manifest::read(&batch.depot).await.map_err(Failure::failed)?);
            let plan = batch.plan(&manifest, found.items).await.map_err(Failure::failed)?;
            if dry_run {
                return dry::tell(&plan, &machine, &said, batch.jobs, found.passed_over, &stop).await;
            }
            let place = batch.depot.shown();
            let batch = Arc::new(batch);
            let done = Arc::clone(&batch).run(Arc::clone(&manifest), plan, &stop, &display).await;
            display.clear();
            let counts = done.map_err(Failure::failed)?;
            tell(&counts, &manifest, &place)?;
            if counts.stopped {
                return Err(Failure::stopped(format!("stopped; run the same again to go on with {place}")));
            }
            if counts.failed + counts.failed_before > 0 {
                code = ExitCode::FAILURE;
            }
            Ok(())
        })?;
        Ok(code)
    }

    async fn prepare(self, rendering: tokio::runtime::Handle) -> Result<(Batch, Arc<Machine>, Said), Failure> {
        let Told { mut order, mut spec } = self.order;
        if !self.no_index && !order.overview.has_poster() {
            if order.ask_for_the_usual() {
                add_output(&mut spec, serde_json::json!({"format": "mp4"}));
            }
            order.overview.add(Vec::new(), Some(PathBuf::from(POSTER)));
            add_output(&mut spec, serde_json::json!({"format": "jpg", "kind": "poster", "name": POSTER}));
        }
        // What can never be made is said before anything is looked for.
        order.outputs("replay")?;
        if !self.fetch_assets.is_empty() {
            let origins: Vec<String> = self.fetch_assets.iter().map(ToString::to_string).collect();
            spec["fetch_assets"] = origins.into();
        }
        let machine = self.rendering.machine()?;
        let order_key = key(&spec, &machine);
        let memory = self.memory.unwrap_or_else(|| machine_memory() / 4 * 3);
        let memory = i64::try_from(memory).unwrap_or(i64::MAX);
        let said = Said { order, redact: SaidRedaction::default(), fetch_assets: self.fetch_assets };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let submitted = self.submitting.service(&spec, &machine, memory, self.retry_failed || self.fresh).await?;
        let (maker, usual_jobs) = match submitted {
            Some(service) => (Maker::Service(Box::new(service)), 16),
            None => (
                Maker::Here(Box::new(Here::new(Arc::clone(&machine), said.clone(), rendering, self.max_job_time))),
                cores,
            ),
        };
        let batch = Batch {
            depot: if self.dry_run { Depot::look(&self.out) } else { Depot::open(&self.out) }
                .map_err(Failure::usage)?,
            maker,
            rules: Rules { order: order_key, retry_failed: self.retry_failed, fresh: self.fresh, reread: self.reread },
            template: self.name,
            jobs: self.jobs.map_or(usual_jobs, usize::from),
            memory,
            attempts: self.attempts,
            page: !self.no_index,
        };
        Ok((batch, machine, said))
    }
}

const POSTER: &str = "poster.jpg";

fn add_output(spec: &mut serde_json::Value, output: serde_json::Value) {
    let Some(members) = spec.as_object_mut() else { return };
    let outputs = members.entry("outputs").or_insert_with(|| serde_json::json!([]));
    if let Some(outputs) = outputs.as_array_mut() {
        outputs.push(output);
    }
}

/// What is asked for: equal for batches that make the same files of the same recordings. The program's version is not in it, so that a new one does not
/// make an archive anew.
fn key(spec: &serde_json::Value, machine: &Machine) -> String {
    let mut hash = Sha256::new();
    for part in [spec.to_string(), format!("{:?}", machine.rules)] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hexadecimal(&hash.finalize())
}

/// What came of it: how many, and of those that failed why.
fn tell(counts: &Counts, manifest: &Manifest, place: &str) -> Result<(), Failure> {
    let Counts { total, done, failed, unchanged, failed_before, .. } = counts;
    let mut line = format!("{place}: {total} recordings, {done} done");
    for (count, what) in [(*unchanged, "unchanged"), (*failed, "failed"), (*failed_before, "failed before")] {
        if count > 0 {
            let _ = write!(line, ", {count} {what}");
        }
    }
    say(line)?;
    if failed + failed_before == 0 {
        return Ok(());
    }
    let mut reasons: BTreeMap<String, (usize, Vec<String>)> = BTreeMap::new();
    for entry in manifest.all().into_iter().filter(|entry| entry.state == EntryState::Failed) {
        let code = entry.failure.map_or_else(|| "unknown".to_owned(), |failure| failure.code);
        let (count, examples) = reasons.entry(code).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(entry.source);
        }
    }
    for (code, (count, examples)) in reasons {
        say(format_args!("  {code} ({count}): {}{}", examples.join(", "), if count > EXAMPLES { ", …" } else { "" }))?;
    }
    let again = if *failed_before > 0 { "; --retry-failed tries them again" } else { "" };
    say(format_args!("  why each failed is in {MANIFEST}{again}"))
}

/// Recordings named for each reason.
const EXAMPLES: usize = 3;

/// What is left to do of a plan.
fn pending(plan: &[(Item, Todo)]) -> impl Iterator<Item = &Item> {
    plan.iter().filter(|(_, todo)| matches!(todo, Todo::Render(_) | Todo::Look)).map(|(item, _)| item)
}
