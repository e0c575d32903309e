//! Why an attempt came to nothing, translated once: a stable code, a sentence, and whether another attempt may go better.

use crate::artifacts::ArtifactError;
use crate::encode::EncodeError;
use crate::ledger::{Failure, LedgerError};
use crate::package::PackageError;
use crate::render::RenderError;
use crate::source::{PostHogError, SourceError};
use crate::stage::StageError;

/// Why an attempt came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error("{0}")]
    Spec(String),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    #[error("cannot write the work folder: {0}")]
    Disk(std::io::Error),
    #[error("the render was taking longer than {0:?} (limit: --max-job-time)")]
    TooLong(std::time::Duration),
    #[error("it cannot be noted whom the recording is about: {0}")]
    Ledger(LedgerError),
    #[error("whom it is about is being erased")]
    Erased,
    #[error("internal error: {0}")]
    Internal(String),
}

/// Every code that a failure can have, with what it means: the API's reference is made of it.
pub const CODES: [(&str, &str); 10] = [
    ("spec", "What was asked for cannot be made of this recording."),
    ("source", "The recording could not be fetched."),
    ("recording", "What was fetched or uploaded is no recording that can be shown."),
    ("limit", "A limit that whoever runs the server has set was passed; the message names it."),
    ("browser", "The browser failed."),
    ("encoder", "The encoder failed."),
    ("store", "The store of artifacts, or the disk, failed."),
    ("timeout", "The render took longer than it may."),
    ("internal", "The program itself failed."),
    (Failure::WORKER_LOST, "Worker after worker disappeared while it had the job."),
];

impl JobError {
    pub(crate) fn failure(&self) -> Failure {
        let (code, retryable) = match self {
            Self::Spec(_) => ("spec", false),
            Self::Source(error) => source(error),
            Self::Package(_) => ("recording", false),
            Self::Render(error) => render(error),
            Self::Artifact(ArtifactError::TooLarge { .. }) => ("limit", false),
            Self::Artifact(error) => ("store", error.is_transient()),
            Self::Disk(_) => ("store", true),
            Self::TooLong(_) => ("timeout", false),
            Self::Ledger(_) | Self::Internal(_) => ("internal", true),
            Self::Erased => ("internal", false),
        };
        Failure { code: code.to_owned(), message: crate::recording::printable(&self.to_string()), retryable }
    }
}

fn source(error: &SourceError) -> (&'static str, bool) {
    match error {
        SourceError::TooLarge { .. } | SourceError::TooManyObjects { .. } => ("limit", false),
        SourceError::Fetch(error) => ("source", error.is_transient()),
        SourceError::PostHog { error, .. } => {
            ("source", matches!(error, PostHogError::Fetch(error) if error.is_transient()))
        }
        SourceError::S3 { .. } | SourceError::Io { .. } => ("source", true),
        _ => ("source", false),
    }
}

fn render(error: &RenderError) -> (&'static str, bool) {
    match error {
        RenderError::NothingToShow { .. } | RenderError::NoDocument { .. } => ("recording", false),
        RenderError::Limit { .. } | RenderError::Stage(StageError::Memory { .. }) => ("limit", false),
        RenderError::TooLong { .. } => ("timeout", false),
        RenderError::Stage(_) => ("browser", true),
        error if error.is_usage() => ("spec", false),
        RenderError::Encode(EncodeError::DiskFull { .. } | EncodeError::Destination { .. }) | RenderError::Temp(_) => {
            ("store", true)
        }
        RenderError::Encode(_) => ("encoder", true),
        _ => ("internal", true),
    }
}

pub(super) fn panicked(error: tokio::task::JoinError) -> JobError {
    let said = match error.try_into_panic() {
        Ok(panic) => panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    JobError::Internal(said)
}
