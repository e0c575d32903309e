//! Pieces of unfinished downloads, so that the next run goes on where this one stopped. Only the user can read them, and they go when the download is
//! complete.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::error::PostHogError;
use super::super::{Session, Settings};
use super::listing::Call;
use super::server::Server;

/// Beside the pieces.
const ABOUT: &str = "about.json";
/// Below the folder for downloads.
const POSTHOG: &str = "posthog";

/// Whose pieces these are.
#[derive(Serialize)]
pub(super) struct Kept<'a> {
    pub(super) id: &'a str,
    pub(super) person: Option<&'a serde_json::Value>,
}

/// Pieces of a download that are kept.
#[derive(Debug)]
pub struct KeptDownload {
    /// Their folder.
    pub folder: PathBuf,
    /// The session, as its server described it; none, if that was not kept, as older versions of this program did it.
    pub session: Option<Session>,
}

/// All that is kept below a folder for downloads. A folder that is not there holds nothing.
pub fn kept(root: &Path) -> io::Result<Vec<KeptDownload>> {
    #[derive(Deserialize)]
    struct About {
        id: String,
        person: Option<serde_json::Value>,
    }
    let entries = match fs::read_dir(root.join(POSTHOG)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            continue;
        }
        let folder = entry.path();
        let about: Option<About> =
            fs::read(folder.join(ABOUT)).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let session = about.map(|About { id, person }| Session { id, person, ..Session::default() });
        found.push(KeptDownload { folder, session });
    }
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    Ok(found)
}

/// The folder of one recording, if there is to be one.
pub(super) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// `about`: what the server says of the recording, kept beside the pieces, so that whoever has to delete them finds them.
    pub(super) fn open(settings: &Settings, server: &Server<'_>, about: &Kept<'_>) -> Result<Self, PostHogError> {
        let Some(root) = &settings.cache else { return Ok(Self { folder: None }) };
        let folder = root.join(POSTHOG).join(&blake3::hash(server.subject().as_bytes()).to_hex()[..32]);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|error| failed(&folder, error))?;
        let write = || -> io::Result<()> {
            let mut file = tempfile::Builder::new().prefix(".partial-").tempfile_in(&folder)?;
            serde_json::to_writer(&mut file, about)?;
            file.persist(folder.join(ABOUT)).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| failed(&folder, error))?;
        Ok(Self { folder: Some(folder) })
    }

    /// What the call brought earlier. A listing that has changed since has other names.
    pub(super) fn get(&self, call: &Call) -> Option<Vec<Bytes>> {
        let path = self.folder.as_ref()?.join(name(call));
        fs::read(path).ok().map(|bytes| vec![bytes.into()])
    }

    /// Keeps what a call brought. It is there whole or not at all.
    pub(super) fn put(&self, call: &Call, pieces: &[Bytes]) -> Result<(), PostHogError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let write = || -> io::Result<()> {
            let mut file = tempfile::Builder::new().prefix(".partial-").tempfile_in(folder)?;
            for (index, piece) in pieces.iter().enumerate() {
                if index > 0 {
                    file.write_all(b"\n")?;
                }
                file.write_all(piece)?;
            }
            file.persist(folder.join(name(call))).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| failed(folder, error))
    }

    /// The download is complete.
    pub(super) fn clear(&self, keep: bool) {
        if let Some(folder) = self.folder.as_ref().filter(|_| !keep) {
            // What cannot be removed is found by the next run, and is no reason to fail this one.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn name(call: &Call) -> String {
    let described = format!("{:?}", (&call.query, &call.blocks));
    format!("{}.jsonl", &blake3::hash(described.as_bytes()).to_hex()[..32])
}

fn failed(folder: &Path, error: io::Error) -> PostHogError {
    PostHogError::Cache { path: folder.display().to_string(), error }
}
