//! Where a job's recording is: as the API was told, and as the ledger keeps it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::source::{Place, SourceError};
use crate::subject::{self, Subject};

/// Where a job's recording is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobSource {
    /// It was uploaded, and waits in the store of artifacts.
    Upload {
        /// Key in the store.
        key: String,
        /// The file's name, as the client gave it.
        name: String,
        /// As stored.
        bytes: u64,
        /// Hex SHA-256 of the bytes.
        sha256: String,
    },
    /// It is fetched when the job runs: `posthog:ID`, a link copied from PostHog, an address, `s3://…`.
    Place {
        /// As given. May hold a token: what is shown is [`Self::shown`].
        place: String,
    },
}

/// What cannot be the source of a job.
#[derive(Debug, thiserror::Error)]
pub enum JobSourceError {
    /// It is no place at all.
    #[error(transparent)]
    Place(#[from] SourceError),
    /// It is a path.
    #[error(
        "{0:?} is neither an address nor a recording's ID: give posthog:ID, a link copied from PostHog, https://…, or s3://BUCKET/KEY; a file is uploaded (package=@FILE)"
    )]
    Local(String),
}

impl JobSource {
    /// A place on the network. Files of the server are none: whoever may submit jobs may not read its disk.
    pub fn place(text: &str) -> Result<Self, JobSourceError> {
        let text = text.trim();
        // An ID as people copy it.
        let is_bare_id = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
        let place = if is_bare_id { format!("posthog:{text}") } else { text.to_owned() };
        match Place::parse(&place)? {
            Place::Stdin | Place::Path(_) => Err(JobSourceError::Local(text.to_owned())),
            _ => Ok(Self::Place { place }),
        }
    }

    /// Whom the recording is about, as far as that is known before it is read.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        match self {
            Self::Upload { sha256, .. } => BTreeSet::from([Subject::source(sha256)]),
            Self::Place { place } => subject::of_place(place).into_iter().collect(),
        }
    }

    /// What to call the recording: a file's name, an ID.
    pub fn name(&self) -> String {
        match self {
            Self::Upload { name, .. } => name.clone(),
            Self::Place { place } => Place::parse(place).map_or_else(|_| "replay".to_owned(), |place| place.stem()),
        }
    }

    /// As it may be shown: without what follows `?` or `#`, which may be secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Upload { name, .. } => name.clone(),
            Self::Place { place } => place.split(['?', '#']).next().unwrap_or_default().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_server_is_no_source() {
        for path in ["/etc/passwd", "recording.json", "-", "./a", "", "C:/a.json"] {
            assert!(matches!(JobSource::place(path), Err(JobSourceError::Local(_))), "{path}");
        }
        for scheme in ["file:///etc/passwd", "ftp://host/a"] {
            assert!(JobSource::place(scheme).is_err(), "{scheme}");
        }
    }

    #[test]
    fn a_pasted_id_is_a_recording_in_posthog() {
        let id = "01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77";
        assert_eq!(JobSource::place(&format!(" {id}\n")).unwrap(), JobSource::Place { place: format!("posthog:{id}") });
        assert_eq!(JobSource::place(&format!("posthog:{id}")).unwrap().name(), id);
    }

    #[test]
    fn secrets_of_an_address_are_not_shown() {
        let source = JobSource::place("https://example.org/session.json.gz?token=hunter2").unwrap();
        assert_eq!(
            (source.shown().as_str(), source.name().as_str()),
            ("https://example.org/session.json.gz", "session")
        );
    }
}
