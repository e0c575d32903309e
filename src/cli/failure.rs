//! Errors as the user sees them: one message on stderr, and the exit code that tells whose fault it was.

use std::fmt;
use std::process::ExitCode;

use crate::assets::AssetsError;
use crate::destination::{DestinationError, FolderError};
use crate::order::OrderError;
use crate::package::{PackageError, UnpackError};
use crate::recording::RecordingError;
use crate::render::RenderError;
use crate::source::SourceError;

/// The render failed.
const FAILED: u8 = 1;
/// Bad usage.
const USAGE: u8 = 2;
/// Bad input.
pub(super) const INPUT: u8 = 3;
/// Ended by a signal (128 + SIGINT), as shells report it.
const INTERRUPTED: u8 = 130;

/// A failed command.
#[derive(Debug)]
pub(super) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    pub(super) fn usage(message: impl fmt::Display) -> Self {
        Self { code: USAGE, message: message.to_string() }
    }

    pub(super) fn input(message: impl fmt::Display) -> Self {
        Self { code: INPUT, message: message.to_string() }
    }

    pub(super) fn failed(message: impl fmt::Display) -> Self {
        Self { code: FAILED, message: message.to_string() }
    }

    pub(super) fn interrupted() -> Self {
        Self { code: INTERRUPTED, message: "interrupted; nothing was written".to_owned() }
    }

    /// Ended by a signal, with what was finished by then in its place.
    pub(super) fn stopped(message: impl fmt::Display) -> Self {
        Self { code: INTERRUPTED, message: message.to_string() }
    }

    /// The same in other words, if it was a signal.
    pub(super) fn if_interrupted(self, message: &str) -> Self {
        if self.code == INTERRUPTED { Self { message: message.to_owned(), ..self } } else { self }
    }

    #[expect(clippy::print_stderr, reason = "the one place where the program tells its user what went wrong")]
    pub(super) fn tell(&self) -> ExitCode {
        eprintln!("replayreel: {self}");
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.trim_end())
    }
}

/// An input that cannot be had, wherever it is, is an input that is bad. What the user has not set is bad usage.
impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let usage = matches!(error, SourceError::StdinAmongOthers)
            || matches!(&error, SourceError::PostHog { error, .. } if error.is_usage());
        Self { code: if usage { USAGE } else { INPUT }, message: error.to_string() }
    }
}

impl From<AssetsError> for Failure {
    fn from(error: AssetsError) -> Self {
        Self { code: INPUT, message: error.to_string() }
    }
}

impl From<RecordingError> for Failure {
    fn from(error: RecordingError) -> Self {
        Self { code: INPUT, message: error.to_string() }
    }
}

impl From<PackageError> for Failure {
    fn from(error: PackageError) -> Self {
        let code = if matches!(error, PackageError::Write(_)) { FAILED } else { INPUT };
        Self { code, message: error.to_string() }
    }
}

impl From<UnpackError> for Failure {
    fn from(error: UnpackError) -> Self {
        match error {
            UnpackError::Package(error) => error.into(),
            UnpackError::Occupied(_) => Self::usage(error),
            UnpackError::Cancelled => Self::interrupted(),
            UnpackError::Destination(error) => error.into(),
        }
    }
}

impl From<DestinationError> for Failure {
    fn from(error: DestinationError) -> Self {
        Self::failed(error)
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Destination(error) => error.into(),
            error => Self::usage(error),
        }
    }
}

impl From<OrderError> for Failure {
    fn from(error: OrderError) -> Self {
        Self::usage(error)
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        let code = match &error {
            RenderError::NothingToShow { .. } | RenderError::NoDocument { .. } => INPUT,
            RenderError::Cancelled => INTERRUPTED,
            error if error.is_usage() => USAGE,
            _ => FAILED,
        };
        Self { code, message: error.to_string() }
    }
}

/// What clap has to say: help and version go to stdout and are no failure.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    // Nothing to be done where even stderr is closed.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}
