//! What can go wrong with a store.

use std::path::PathBuf;

/// Why an artifact could not be put, had or deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The URL names no store.
    #[error("{url:?} is no store of artifacts: {reason}")]
    Url {
        /// As given, without what may be secret.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be a key.
    #[error("{key:?} cannot be the key of an artifact")]
    Key {
        /// As given.
        key: String,
    },
    /// There is none of that name.
    #[error("{store} has no {key}")]
    Missing {
        /// What was asked for.
        key: String,
        /// The store.
        store: String,
    },
    /// It is larger than it may be.
    #[error("{key} has {size} bytes; the limit is {limit}")]
    TooLarge {
        /// What was asked for.
        key: String,
        /// Bytes.
        size: u64,
        /// Bytes.
        limit: u64,
    },
    /// The store failed, after the tries that it is worth.
    #[error("cannot {doing} {key} at {store}: {}", innermost(source))]
    Store {
        /// What was tried.
        doing: &'static str,
        /// With what.
        key: String,
        /// The store.
        store: String,
        /// What it said.
        source: Box<object_store::Error>,
    },
    /// A file here could not be read.
    #[error("cannot read {file}: {source}")]
    Local {
        /// Which.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ArtifactError {
    /// Whether there is just none.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// Whether another try may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store { .. } | Self::Local { .. })
    }
}

/// The innermost error, on one line: the outer ones repeat it.
fn innermost(error: &object_store::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(inner) = error.source() {
        error = inner;
    }
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
