//! One recording to its files, for whoever asks: the attempt at a job, and a batch.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::failure::{JobError, panicked};
use super::machine::{Fetched, Prepared};
use super::watch::{JobWatch, Phase};
use super::{Machine, Outcome};
use crate::order::said::Said;
use crate::order::windows::render_all;

/// What rendering a recording takes besides the recording and the order.
pub(crate) struct Making<'a> {
    pub(crate) machine: &'a Arc<Machine>,
    /// Threads for rendering.
    pub(crate) rendering: &'a Handle,
    pub(crate) watch: &'a Arc<JobWatch>,
    /// Browsers that may work at it, at most.
    pub(crate) browsers: usize,
    /// Where the files go.
    pub(crate) folder: &'a Path,
}

impl Making<'_> {
    /// Reads the recording and plans what is to be made.
    pub(crate) async fn prepare(&self, fetched: Fetched, said: Said, companions: bool) -> Result<Prepared, JobError> {
        let began = Instant::now();
        self.watch.enter(Phase::Preparing);
        let folder = self.folder.to_owned();
        let prepared = self.machine.prepare(fetched, said, companions, self.browsers, folder).await?;
        metrics::histogram!("replayreel_stage_seconds", "stage" => "prepare").record(began.elapsed().as_secs_f64());
        Ok(prepared)
    }

    /// Renders into the folder. `called` is what the outcome calls it. Dropped on the way, it takes its browser and encoders with it.
    pub(crate) async fn render(self, prepared: Prepared, called: String) -> Result<Outcome, JobError> {
        let Prepared { requests, notes, companions, session, sha256, .. } = prepared;
        self.watch.enter(Phase::Rendering);
        let rendering = Instant::now();
        let watching = Arc::clone(self.watch);
        let rendered = Aborting(
            self.rendering
                .spawn(async move { render_all(&requests, &*watching, |error| error).await }.in_current_span()),
        );
        let mut reports = rendered.join().await??;
        if let Some(first) = reports.first_mut() {
            first.warnings.extend(notes);
        }
        let seconds = rendering.elapsed().as_secs_f64();
        metrics::histogram!("replayreel_stage_seconds", "stage" => "render").record(seconds);
        if let Some(first) = reports.first().filter(|report| report.video_ms > 0.0 && seconds > 0.0) {
            metrics::histogram!("replayreel_real_time_factor").record(first.video_ms / 1000.0 / seconds);
        }
        let took = u64::try_from(rendering.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Outcome { session, ..Outcome::of(&reports, called, sha256, &companions, took) })
    }
}

/// A task that ends with whoever waits for it.
pub(super) struct Aborting<T>(pub(super) JoinHandle<T>);

impl<T> Aborting<T> {
    pub(super) async fn join(mut self) -> Result<T, JobError> {
        (&mut self.0).await.map_err(panicked)
    }
}

impl<T> Drop for Aborting<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
