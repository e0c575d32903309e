//! A still, made at once: the same steps as a job's, without one.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use super::OutputFile;
use super::failure::JobError;
use super::machine::{Fetched, Machine};
use super::making::Aborting;
use crate::ledger::Failure;
use crate::order::said::Said;
use crate::order::windows::render_all;
use crate::render::Unwatched;

/// What a still is of.
#[derive(Debug)]
pub enum StillSource {
    /// A recording that is here.
    Package {
        /// Of the file.
        name: String,
        /// Of the file.
        bytes: Bytes,
    },
    /// One to be fetched, as it is written on the command line.
    Place(String),
}

/// A picture.
#[derive(Debug)]
pub struct MadeStill {
    /// The file.
    pub bytes: Vec<u8>,
    /// Of the file.
    pub media_type: &'static str,
    /// Session time shown, ms.
    pub at_ms: f64,
}

/// Why there is none.
#[derive(Debug)]
pub struct StillError {
    /// As a job's.
    pub failure: Failure,
}

impl From<JobError> for StillError {
    fn from(error: JobError) -> Self {
        Self { failure: error.failure() }
    }
}

impl Machine {
    /// The one still that was asked for. `folder` is where it may write on the way.
    pub async fn still(
        self: &Arc<Self>,
        of: StillSource,
        said: Said,
        folder: &Path,
        rendering: &tokio::runtime::Handle,
    ) -> Result<MadeStill, StillError> {
        let folder = tempfile::Builder::new().prefix("still-").tempdir_in(folder).map_err(JobError::Disk)?;
        let fetched = match of {
            StillSource::Package { name, bytes } => Fetched::of(name, bytes),
            StillSource::Place(place) => self.fetch_place(&place).await?,
        };
        let requests = self.prepare(fetched, said, false, 1, folder.path().to_owned()).await?.requests;
        // On the threads for rendering.
        let task = rendering.spawn(async move { render_all(&requests, &Unwatched, |error| error).await });
        let reports = Aborting(task).join().await?.map_err(JobError::from)?;
        let output = reports.first().and_then(|report| report.outputs.first());
        let output = output.ok_or_else(|| JobError::Internal("a render without a still".to_owned()))?;
        let bytes = tokio::fs::read(&output.path).await.map_err(JobError::Disk)?;
        Ok(MadeStill {
            bytes,
            media_type: OutputFile::media_type_of(&output.format),
            at_ms: output.at_ms.unwrap_or_default(),
        })
    }
}
