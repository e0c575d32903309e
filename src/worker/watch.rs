//! How far a job is, for whoever asks, and whether it shall go on: the render tells and asks in one call.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::render::{Progress, Watch};

/// What a job is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The recording is being fetched.
    Fetching,
    /// It is being read, redacted and planned.
    Preparing,
    /// Frames are being made.
    Rendering,
    /// Files are going to the store.
    Uploading,
}

/// How far a job is, as the API tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobProgress {
    /// What it is at.
    pub phase: Phase,
    /// Share of the rendering that is done, 0 to 1.
    pub ratio: f64,
    /// Session time that is done, ms.
    pub session_ms: f64,
    /// Session time that is shown in all, ms.
    pub of_session_ms: f64,
    /// Pictures taken of the page.
    pub captured: u64,
    /// Frames handed to encoders.
    pub frames: u64,
    /// How much longer it will take at this pace, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<u64>,
}

/// One attempt, seen from outside.
#[derive(Debug)]
pub(crate) struct JobWatch {
    /// Set when it has to stop.
    pub(crate) stop: CancellationToken,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Now {
    progress: JobProgress,
    rendering_since: Option<Instant>,
}

impl JobWatch {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        let progress = JobProgress {
            phase: Phase::Fetching,
            ratio: 0.0,
            session_ms: 0.0,
            of_session_ms: 0.0,
            captured: 0,
            frames: 0,
            left_ms: None,
        };
        Self { stop, now: Mutex::new(Now { progress, rendering_since: None }) }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.progress.phase = phase;
        if phase == Phase::Rendering {
            now.rendering_since = Some(Instant::now());
        }
        if phase == Phase::Uploading {
            now.progress.ratio = 1.0;
            now.progress.left_ms = None;
        }
    }

    /// Of a job that others run.
    pub(crate) fn told(&self, progress: JobProgress) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).progress = progress;
    }

    pub(crate) fn progress(&self) -> JobProgress {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).progress.clone()
    }
}

/// Below this share the pace says nothing yet.
const TELLING: f64 = 0.02;

impl Watch for JobWatch {
    fn goes_on(&self, progress: &Progress) -> bool {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = now.rendering_since.map(|since| since.elapsed().as_secs_f64());
        let left = spent.filter(|_| progress.done > TELLING).map(|spent| spent * (1.0 - progress.done) / progress.done);
        now.progress.ratio = progress.done.clamp(0.0, 1.0);
        now.progress.session_ms = progress.gone().millis();
        now.progress.of_session_ms = (progress.to - progress.from).millis();
        now.progress.captured = progress.captured;
        now.progress.frames = progress.frames;
        now.progress.left_ms = left.map(|seconds| (seconds * 1000.0) as u64);
        !self.stop.is_cancelled()
    }
}
