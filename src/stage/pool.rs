//! Browsers that stay: started once, used by job after job.
//!
//! Each job gets a page in a context of its own, with cookies, storage and caches that end with it. A browser whose job ended in order
//! is kept, with a page made ready for the next one; a browser whose job failed, hung or was called off is ended at once. A browser at
//! work belongs to its [`Stage`], an idle one to the pool.

mod berth;
#[cfg(test)]
mod browser;
mod counters;
mod lease;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

pub use counters::PoolCounters;
pub(super) use lease::Lease;

use super::chromium::ChromiumOptions;
use super::{Layout, Stage, StageError, StageOptions};
use berth::{Berth, Shared};

/// What a pool keeps, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolOptions {
    /// Idle browsers kept, at most. With 0, none is used twice.
    pub most_idle: usize,
    /// Jobs after which a browser is ended, and another started in its place.
    pub most_jobs: u32,
    /// An idle browser that nobody wanted for so long is ended.
    pub idle_time: Duration,
    /// How often memory and idle time are looked at.
    pub look_every: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { most_idle: 2, most_jobs: 100, idle_time: Duration::from_mins(5), look_every: Duration::from_secs(2) }
    }
}

/// What browsers must have in common to stand for each other: all that is set when their process starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    chromium: ChromiumOptions,
    /// Device px.
    width: u32,
    /// Device px.
    height: u32,
}

/// Browsers for job after job; see the module. Clones are the same pool. Dropping the last one ends all idle browsers; browsers at
/// work end with their work.
#[derive(Debug, Clone)]
pub struct Pool(Arc<Owner>);

#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    upkeep: JoinHandle<()>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.upkeep.abort();
        self.shared.clear();
    }
}

impl Pool {
    /// A pool without browsers. To be called within a Tokio runtime, on which it looks after them.
    pub fn new(options: PoolOptions) -> Self {
        let shared = Arc::new(Shared::new(options));
        let upkeep = tokio::spawn(upkeep::keep(Arc::downgrade(&shared), options.look_every));
        Self(Arc::new(Owner { shared, upkeep }))
    }

    /// Has a browser ready, or on its way, for jobs with these options whose pictures are `width` x `height` device px. Whether it
    /// starts shows when a job wants it. A pool that keeps none, or has one, does nothing. To be called within a Tokio runtime.
    pub fn warm(&self, chromium: &ChromiumOptions, width: u32, height: u32) {
        let key = Key { chromium: chromium.clone(), width, height };
        self.0.shared.warm(&Arc::new(key));
    }

    /// What happened so far, and how many browsers there are.
    pub fn counters(&self) -> PoolCounters {
        self.0.shared.counters()
    }

    /// A stage for a job: in an idle browser, or in another one if there is none.
    pub(super) async fn open(&self, options: &StageOptions) -> Result<Stage, StageError> {
        let shared = &self.0.shared;
        let Layout { width, height, .. } = options.layout;
        let key = Arc::new(Key { chromium: options.chromium.clone(), width, height });
        let loads = !options.assets.is_empty();
        while let Some(berth) = shared.take(&key) {
            match reuse(berth, options, loads).await {
                Ok(stage) => {
                    shared.count(|counters| counters.reused += 1);
                    return Ok(stage);
                }
                // What went wrong before the job had it is no matter of the job.
                Err(error) => tracing::warn!("an idle browser is not used: {error}"),
            }
            shared.count(|counters| counters.died += 1);
        }
        let mut stage = shared.launch(&key, loads, options.page_timeout).await?;
        stage.begin(options).await?;
        Ok(stage)
    }
}

async fn reuse(berth: Berth, options: &StageOptions, loads: bool) -> Result<Stage, StageError> {
    let mut stage = berth.ready().await?;
    if stage.loads() != loads {
        // Whether a page can have assets is settled when it is loaded.
        let Some((browser, lease)) = stage.vacate().await? else {
            return Err(StageError::Protocol { doing: "while opening a page".into(), message: "no lease".into() });
        };
        stage = lease.page(browser, loads, options.page_timeout).await?;
    }
    stage.begin(options).await?;
    Ok(stage)
}
