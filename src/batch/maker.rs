//! One recording to files in a folder, here. (In a service: [`super::submit`].)

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::item::Item;
use crate::ledger::Failure;
use crate::order::said::Said;
use crate::worker::{JobError, JobWatch, Machine, Making, Outcome};

/// Makes files here.
#[derive(Debug)]
pub struct Here {
    /// Browser, encoder, limits.
    machine: Arc<Machine>,
    /// What is to be made.
    said: Said,
    /// Threads for rendering.
    rendering: Handle,
    /// Longest that one recording may take.
    most_time: Duration,
    /// Renders under way.
    running: AtomicUsize,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Made {
    /// Its content is what it was.
    Same,
    /// Its files are in the folder.
    Files(Box<Outcome>),
}

/// There are no files.
#[derive(Debug)]
pub(super) struct Unmade {
    pub(super) failure: Failure,
    /// Of the recording, if it could be read.
    pub(super) source_sha256: Option<String>,
}

impl Here {
    /// A maker for these.
    pub fn new(machine: Arc<Machine>, said: Said, rendering: Handle, most_time: Duration) -> Self {
        Self { machine, said, rendering, most_time, running: AtomicUsize::new(0) }
    }

    /// `known` is the hash of what need not be rendered again.
    pub(super) async fn make(
        &self,
        item: &Item,
        known: Option<&str>,
        folder: &Path,
        watch: &Arc<JobWatch>,
    ) -> Result<Made, Unmade> {
        let _running = Running::one_more(&self.running);
        let mut read = None;
        let made = tokio::select! {
            made = self.steps(item, known, folder, watch, &mut read) => made,
            () = tokio::time::sleep(self.most_time) => Err(JobError::TooLong(self.most_time)),
        };
        made.map_err(|error| Unmade { failure: error.failure(), source_sha256: read })
    }

    async fn steps(
        &self,
        item: &Item,
        known: Option<&str>,
        folder: &Path,
        watch: &Arc<JobWatch>,
        read: &mut Option<String>,
    ) -> Result<Made, JobError> {
        let fetched = self.machine.fetch_places(&item.locations()?).await?;
        if known == Some(fetched.sha256.as_str()) {
            return Ok(Made::Same);
        }
        *read = Some(fetched.sha256.clone());
        let making =
            Making { machine: &self.machine, rendering: &self.rendering, watch, browsers: self.browsers(), folder };
        let prepared = making.prepare(fetched, self.said.clone(), false).await?;
        let outcome = making.render(prepared, String::new()).await?;
        Ok(Made::Files(Box::new(outcome)))
    }

    /// Browsers for one more render: all cores for one that is alone, a fair share otherwise.
    fn browsers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        (cores / self.running.load(Ordering::Relaxed).max(1)).max(1)
    }
}

/// One render under way.
struct Running<'a>(&'a AtomicUsize);

impl<'a> Running<'a> {
    fn one_more(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Nobody asks how far it is but the display.
pub(super) fn watch(stop: &CancellationToken) -> Arc<JobWatch> {
    Arc::new(JobWatch::new(stop.child_token()))
}
