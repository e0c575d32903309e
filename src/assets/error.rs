//! Why assets could not be had.

use std::io;
use std::path::PathBuf;

/// A place for assets that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssetsError {
    /// The operating system would not let it be read or written.
    #[error("assets: {}: {error}", .path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// An `index.json` that is none.
    #[error("assets: {}: {message}; it has to map URLs to files of its folder: {{\"https://example.org/a.png\": \"a.png\"}}", .path.display())]
    Index {
        /// Which.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A HAR file that is none.
    #[error("assets: {} is no HAR file: {message}", .path.display())]
    Har {
        /// Which.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A limit was passed.
    #[error("assets: {what} is {value}, more than the limit of {limit} ({option})")]
    Limit {
        /// What was measured.
        what: String,
        /// Its value.
        value: u64,
        /// The limit.
        limit: u64,
        /// The option that sets it.
        option: &'static str,
    },
    /// The folder to keep assets in has something else in it.
    #[error(
        "assets: {} exists and is not a folder of assets that was kept before (it has no index.json); give a new or empty folder", .path.display()
    )]
    Occupied {
        /// Which.
        path: PathBuf,
    },
}
