//! `replayreel worker`, and the options of whoever works.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use tokio::sync::Notify;

use super::backing::Backing;
use super::rendering::Rendering;
use super::run_service;
use super::serve::Metrics;
use super::telling::Telling;
use crate::cli::Done;
use crate::cli::failure::Failure;
use crate::order::values::{parse_bytes, parse_duration, parse_long};
use crate::worker::{Worker, WorkerOptions};

/// How jobs are worked on.
#[derive(Debug, Args)]
pub(in crate::cli) struct Working {
    /// Jobs at once. By default one per core.
    #[arg(long, env = "REPLAYREEL_SLOTS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Jobs")]
    slots: Option<u16>,
    /// Memory that jobs may want together; one that wants more than is free waits. By default three quarters of the machine's, or of its container's.
    #[arg(long, env = "REPLAYREEL_MEMORY", value_name = "SIZE", value_parser = parse_bytes, help_heading = "Jobs", hide_short_help = true)]
    memory: Option<u64>,
    /// Jobs of one API key at once, on all workers; a key can have a limit of its own.
    #[arg(long, env = "REPLAYREEL_PER_KEY", value_name = "N", help_heading = "Jobs", hide_short_help = true)]
    per_key: Option<NonZeroU32>,
    /// Longest that one attempt at a job may take.
    #[arg(long, env = "REPLAYREEL_MAX_JOB_TIME", value_name = "LENGTH", default_value = "6h", value_parser = parse_long, help_heading = "Limits", hide_short_help = true)]
    max_job_time: Duration,
    /// How long a worker may be silent before its jobs are given to others.
    #[arg(long, env = "REPLAYREEL_LEASE", value_name = "LENGTH", default_value = "30s", value_parser = parse_duration, help_heading = "Jobs", hide_short_help = true)]
    lease: Duration,
    /// How often a worker looks for jobs that other processes have queued.
    #[arg(long, env = "REPLAYREEL_POLL", value_name = "LENGTH", default_value = "500ms", value_parser = parse_duration, help_heading = "Jobs", hide_short_help = true)]
    poll: Duration,
    /// How long a job waits after its first failure; twice as long after each further one.
    #[arg(long, env = "REPLAYREEL_RETRY_WAIT", value_name = "LENGTH", default_value = "5s", value_parser = parse_duration, help_heading = "Jobs", hide_short_help = true)]
    retry_wait: Duration,
    /// How long a job that wants much memory is passed over by smaller ones.
    #[arg(long, env = "REPLAYREEL_STARVING_AFTER", value_name = "LENGTH", default_value = "60s", value_parser = parse_duration, help_heading = "Jobs", hide_short_help = true)]
    starving_after: Duration,
    /// When it is asked to end (SIGTERM), how long it lets its jobs go on before it hands them back.
    #[arg(long, env = "REPLAYREEL_DRAIN", value_name = "LENGTH", default_value = "25s", value_parser = parse_duration, help_heading = "Jobs", hide_short_help = true)]
    drain: Duration,
}

/// A lost lease costs a render: it must not be lost to one slow answer of the ledger.
const BEATS_PER_LEASE: u32 = 4;
/// Somebody who cancels waits for this.
const LONGEST_BEAT: Duration = Duration::from_millis(500);

impl Working {
    pub(super) fn options(&self, folder: PathBuf) -> WorkerOptions {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        WorkerOptions {
            name: format!("{host}:{}", std::process::id()),
            slots: self.slots.map_or(cores, usize::from),
            lease: self.lease,
            beat: (self.lease / BEATS_PER_LEASE).min(LONGEST_BEAT),
            poll: self.poll,
            memory: self.memory(),
            per_owner: self.per_key,
            starving_after: self.starving_after,
            job_time: self.max_job_time,
            backoff: self.retry_wait,
            drain: self.drain,
            work_folder: folder,
        }
    }

    pub(super) fn poll(&self) -> Duration {
        self.poll
    }

    pub(super) fn memory(&self) -> i64 {
        let memory = self.memory.unwrap_or_else(|| machine_memory() / 4 * 3);
        i64::try_from(memory).unwrap_or(i64::MAX)
    }
}

/// Memory of the machine, or what its container may have of it, bytes.
pub(in crate::cli) fn machine_memory() -> u64 {
    let kib = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:").map(str::to_owned))?;
        line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()
    });
    let machine = kib.map_or(4 << 30, |kib| kib << 10);
    let container =
        std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse::<u64>().ok());
    machine.min(container.unwrap_or(u64::MAX))
}

/// Work on the jobs of a ledger that other processes fill (serve --no-worker). Any number may run, on any number of machines.
#[derive(Debug, Args)]
pub(in crate::cli) struct WorkerCommand {
    #[command(flatten)]
    backing: Backing,
    #[command(flatten)]
    working: Working,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    metrics: Metrics,
    /// Bring the database's tables up to date first.
    #[arg(long, env = "REPLAYREEL_MIGRATE", value_parser = FalseyValueParser::new())]
    migrate: bool,
    #[command(flatten)]
    rendering: Rendering,
}

impl WorkerCommand {
    pub(in crate::cli) fn run(self) -> Done {
        run_service(async |drain, rendering| {
            let ledger = self.backing.ready_ledger(self.migrate).await?;
            let store = self.backing.artifacts()?;
            let policy = self.rendering.policy();
            let machine = self.rendering.machine()?;
            let folder = self.backing.folder("work")?;
            let metrics = self.metrics.serve(&ledger, Some(&machine.pool)).await?;
            let options = self.working.options(folder);
            tracing::info!(worker = options.name, slots = options.slots, ledger = ?ledger, store = store.name(), "works");
            let worker = Worker::new(ledger.clone(), store, machine, options, Arc::new(Notify::new()), rendering);
            let worker = worker.map_err(|error| Failure::failed(format!("cannot make a work folder: {error}")))?;
            let sending = self.telling.begin(&ledger, policy, self.working.poll()).await?;
            worker.run(drain).await;
            sending.end().await;
            drop(metrics);
            ledger.close().await;
            Ok(())
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_memory() {
        assert!(machine_memory() > 100 << 20);
    }
}
