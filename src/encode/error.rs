//! What can go wrong between a picture and a file.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use super::Format;
use crate::destination::DestinationError;

/// The command that installs a suitable ffmpeg.
pub const INSTALL_FFMPEG: &str = "apt-get install ffmpeg";

/// Why a file was not written. Whatever the cause, nothing is left behind: no process, no partial file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// There is no ffmpeg where it was looked for.
    #[error("ffmpeg was not found as {tried}: install it with `{INSTALL_FFMPEG}`, or say where it is", tried = tried.display())]
    EncoderMissing {
        /// The path or name that could not be run.
        tried: PathBuf,
    },
    /// ffmpeg is there, but was built without the encoder that a format needs.
    #[error("{ffmpeg} has no `{encoder}` encoder, which {format} needs: install a full build with `{INSTALL_FFMPEG}`", ffmpeg = ffmpeg.display())]
    CodecMissing {
        /// The ffmpeg that was asked.
        ffmpeg: PathBuf,
        /// ffmpeg's name of the encoder.
        encoder: &'static str,
        /// The format that was wanted.
        format: Format,
    },
    /// ffmpeg is older than 5.1.
    #[error("{ffmpeg} is version {version}, but 5.1 or later is needed: upgrade it with `{INSTALL_FFMPEG}`", ffmpeg = ffmpeg.display())]
    TooOld {
        /// The ffmpeg that was asked.
        ffmpeg: PathBuf,
        /// The version it reports.
        version: String,
    },
    /// What was asked for is outside what the format can hold.
    #[error("{0}")]
    Unsupported(String),
    /// Pictures came in an order or shape that the encoder was not started for.
    #[error("{0}")]
    Misuse(String),
    /// The destination's folder is missing or not writable, or something that is not a file is in the way.
    #[error("cannot write {path}: {source}", path = path.display())]
    Destination {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk of the destination, or of the folder for temporary files, is full.
    #[error("no space left on the disk while writing {path}", path = path.display())]
    DiskFull {
        /// The file that was to be written.
        path: PathBuf,
        /// The end of what ffmpeg printed.
        stderr: String,
    },
    /// ffmpeg failed, or was killed from outside.
    #[error("ffmpeg failed ({status}){}", said(stderr))]
    Ffmpeg {
        /// Exit code or signal.
        status: ExitStatus,
        /// The end of what ffmpeg printed.
        stderr: String,
    },
    /// ffmpeg did nothing for too long, and was killed.
    #[error("ffmpeg made no progress for {} s and was stopped{}", after.as_secs_f64(), said(stderr))]
    Stalled {
        /// How long was waited.
        after: Duration,
        /// The end of what ffmpeg printed.
        stderr: String,
    },
    /// ffmpeg reported success, but the file is not what was sent to it.
    #[error("ffmpeg wrote a wrong file: {0}")]
    WrongFile(String),
    /// A file cannot be made as small as it has to be.
    #[error(
        "{path} cannot be made as small as {limit} bytes: {smallest} bytes is the least ({as_small_as}); \
         allow more, or show less of the session",
        path = path.display()
    )]
    TooLarge {
        /// The file that was to be written.
        path: PathBuf,
        /// The most bytes that were allowed.
        limit: u64,
        /// The fewest that came out.
        smallest: u64,
        /// How that one was encoded.
        as_small_as: String,
    },
    /// The encoder was cancelled.
    #[error("encoding was cancelled")]
    Cancelled,
    /// A still could not be encoded.
    #[error("cannot encode {path}: {source}", path = path.display())]
    Image {
        /// The file that was to be written.
        path: PathBuf,
        /// What the image encoder said.
        source: image::ImageError,
    },
    /// The system refused something else.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl From<DestinationError> for EncodeError {
    fn from(error: DestinationError) -> Self {
        Self::Destination { path: error.path, source: error.source }
    }
}

impl EncodeError {
    pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!(": {stderr}") }
}
