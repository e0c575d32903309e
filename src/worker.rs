//! Takes jobs from the ledger and renders them.
//!
//! A job is this worker's as long as its lease is: a **heart** of its own beats until the job is settled, also while the worker drains. Whoever loses
//! the lease stops at once and settles nothing. Files go to the store under a key of this attempt, and count only once the ledger has taken them: a
//! worker that dies on the way, or comes late, publishes nothing.

mod attempt;
mod failure;
mod heart;
mod janitor;
mod machine;
mod making;
mod outcome;
mod session;
mod source;
mod still;
mod watch;
mod workspace;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use failure::CODES;
pub(crate) use failure::JobError;
pub use janitor::{DisposalError, dispose_of};
pub use machine::Machine;
pub(crate) use making::Making;
pub use outcome::{Notice, Outcome, OutputFile};
pub use session::{PersonFacts, SessionFacts};
pub use source::{JobSource, JobSourceError};
pub use still::{MadeStill, StillError, StillSource};
pub(crate) use watch::JobWatch;
pub use watch::{JobProgress, Phase};
pub(crate) use workspace::Workspace;
pub use workspace::sweep;

use crate::artifacts::Artifacts;
use crate::ledger::{Claim, Claiming, Ledger, ms};
use crate::order::said::Said;
use crate::order::windows::EACH;

/// What is to be made, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobSpec {
    /// See [`crate::order::said::Said`].
    pub spec: Json,
    /// Render also where the same was rendered before.
    #[serde(default)]
    pub fresh: bool,
    /// Make captions and a time map beside the first video.
    #[serde(default = "yes")]
    pub companions: bool,
}

impl JobSpec {
    /// Whether companions are made: files of every window have none.
    pub(crate) fn makes_companions(&self, said: &Said) -> bool {
        self.companions && said.window() != EACH
    }
}

const fn yes() -> bool {
    true
}

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// What it is called in the ledger and in logs.
    pub name: String,
    /// Jobs at once.
    pub slots: usize,
    /// How long it may be silent before its jobs are taken for lost.
    pub lease: Duration,
    /// How often it tells that it lives, and learns of cancellation.
    pub beat: Duration,
    /// How often it looks for jobs when nobody wakes it.
    pub poll: Duration,
    /// Memory that all its jobs may want together, bytes.
    pub memory: i64,
    /// Jobs of one API key at once, on all workers.
    pub per_owner: Option<NonZeroU32>,
    /// How long a large job is passed over for want of memory.
    pub starving_after: Duration,
    /// Longest that one attempt may take.
    pub job_time: Duration,
    /// How long an attempt is kept waiting after the first failure; twice as long after each further one.
    pub backoff: Duration,
    /// How long a draining worker lets its jobs go on before it hands them back.
    pub drain: Duration,
    /// Where folders for unfinished work are made.
    pub work_folder: PathBuf,
}

/// A worker, ready to run.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Shared>,
}

/// What all attempts of a worker share.
#[derive(Debug)]
struct Shared {
    ledger: Ledger,
    store: Artifacts,
    machine: Arc<Machine>,
    options: WorkerOptions,
    workspace: Workspace,
    /// Rung when there may be a job.
    wake: Arc<Notify>,
    /// Memory that jobs have been promised, bytes.
    promised: AtomicI64,
    running: AtomicUsize,
    /// Threads for rendering: planning a giant must not keep a heart from beating or the API from answering.
    rendering: tokio::runtime::Handle,
}

/// What a job is thought to need besides its recording, bytes: a browser, an encoder, pictures on their way.
const BASE_MEMORY: i64 = 600 << 20;
/// What a compressed byte of a recording is thought to become in memory.
const PER_BYTE: i64 = 12;

/// Memory that a job with a recording of so many bytes is thought to need. A giant is never thought to need more than `all` there is: it then runs
/// alone.
pub fn memory_for(stored_bytes: Option<u64>, all: i64) -> i64 {
    // What is not here yet is taken for a usual one.
    let bytes = stored_bytes.map_or(4 << 20, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    bytes.saturating_mul(PER_BYTE).saturating_add(BASE_MEMORY).min(all)
}

impl Worker {
    /// A worker on these. `wake` is rung by whoever adds jobs in this process.
    ///
    /// # Errors
    /// If it can make no folder for its work.
    pub fn new(
        ledger: Ledger,
        store: Artifacts,
        machine: Arc<Machine>,
        options: WorkerOptions,
        wake: Arc<Notify>,
        rendering: tokio::runtime::Handle,
    ) -> std::io::Result<Self> {
        let workspace = Workspace::open(&options.work_folder)?;
        let (promised, running) = (AtomicI64::new(0), AtomicUsize::new(0));
        Ok(Self {
            shared: Arc::new(Shared { ledger, store, machine, options, workspace, wake, promised, running, rendering }),
        })
    }

    /// Works until `drain` is set; then lets what runs end, for as long as [`WorkerOptions::drain`] says, and hands back the rest.
    pub async fn run(self, drain: CancellationToken) {
        let shared = self.shared;
        let janitor = tokio::spawn(janitor::run(Arc::clone(&shared), drain.clone()));
        let slots = Arc::new(Semaphore::new(shared.options.slots.max(1)));
        let attempts = TaskTracker::new();
        let hand_back = CancellationToken::new();
        loop {
            let slot = tokio::select! {
                () = drain.cancelled() => break,
                slot = Arc::clone(&slots).acquire_owned() => slot,
            };
            let Ok(slot) = slot else { break };
            if let Some(claim) = shared.claim().await {
                let attempt = attempt::run(Arc::clone(&shared), claim, hand_back.clone());
                attempts.spawn(async move {
                    attempt.await;
                    drop(slot);
                });
                // There may be more, for this worker's other slots or for others that sleep.
                shared.wake.notify_one();
                continue;
            }
            drop(slot);
            tokio::select! {
                () = drain.cancelled() => break,
                () = shared.wake.notified() => {}
                () = tokio::time::sleep(shared.options.poll) => {}
            }
        }
        attempts.close();
        if tokio::time::timeout(shared.options.drain, attempts.wait()).await.is_err() {
            tracing::warn!("jobs that did not end within {:?} are handed back", shared.options.drain);
            hand_back.cancel();
            attempts.wait().await;
        }
        let _ = janitor.await;
    }
}

impl Shared {
    async fn claim(&self) -> Option<Claim> {
        let options = &self.options;
        let free = options.memory - self.promised.load(Ordering::Relaxed);
        let claiming = Claiming {
            lease_ms: ms(options.lease),
            memory_free: free,
            memory_total: options.memory,
            per_owner: options.per_owner,
            starving_after_ms: ms(options.starving_after),
        };
        match self.ledger.claim(&options.name, &claiming).await {
            Ok(claim) => claim,
            Err(error) => {
                tracing::error!("cannot look for jobs: {error}");
                None
            }
        }
    }

    /// Browsers for one more job: all cores for one that is alone, a fair share otherwise.
    fn browsers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        (cores / self.running.load(Ordering::Relaxed).max(1)).max(1)
    }
}

/// Memory promised to one attempt; given back on drop.
struct Promise<'a> {
    shared: &'a Shared,
    memory: i64,
}

impl<'a> Promise<'a> {
    fn new(shared: &'a Shared, memory: i64) -> Self {
        shared.promised.fetch_add(memory, Ordering::Relaxed);
        shared.running.fetch_add(1, Ordering::Relaxed);
        Self { shared, memory }
    }
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        self.shared.promised.fetch_sub(self.memory, Ordering::Relaxed);
        self.shared.running.fetch_sub(1, Ordering::Relaxed);
        self.shared.wake.notify_one();
    }
}
