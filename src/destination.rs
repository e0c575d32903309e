//! A file that appears whole or not at all.

mod folder;

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::{Builder, TempPath};

pub(crate) use folder::NewFolders;
pub use folder::{FolderDestination, FolderError};

/// A hidden file beside the destination, renamed to it at the end and removed otherwise.
#[derive(Debug)]
pub struct Destination {
    path: PathBuf,
    partial: TempPath,
}

/// The destination cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}", path = path.display())]
pub struct DestinationError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// A file that is in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the bytes on the disk, in hexadecimal.
    pub sha256: String,
}

impl Destination {
    /// Fails at once where the end would fail: the folder is missing or not writable, or there is something other than a file.
    pub fn open(path: &Path) -> Result<Self, DestinationError> {
        let refuse = |source| DestinationError { path: path.to_owned(), source };
        let name = path
            .file_name()
            .ok_or_else(|| refuse(io::Error::new(io::ErrorKind::InvalidInput, "this is not a file name")))?;
        match fs::metadata(path) {
            Ok(there) if !there.is_file() => {
                return Err(refuse(io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    "something that is not a file is there",
                )));
            }
            _ => {}
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".partial-");
        // Temporary files are private by default, but this one will be the result; the umask still applies.
        let partial = Builder::new()
            .prefix(&prefix)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(refuse)?;
        Ok(Self { path: path.to_owned(), partial: partial.into_temp_path() })
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where to write until the file is whole.
    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// The file at [`Self::partial`], to be written from its beginning.
    pub fn create(&self) -> Result<File, DestinationError> {
        let file = OpenOptions::new().read(true).write(true).truncate(true).open(&self.partial);
        file.map_err(|source| DestinationError { path: self.path.clone(), source })
    }

    /// Puts the file in its place.
    pub fn keep(self) -> Result<Kept, DestinationError> {
        let failed = |source| DestinationError { path: self.path.clone(), source };
        let (bytes, sha256) = sum(&self.partial).map_err(failed)?;
        match self.partial.persist(&self.path) {
            Ok(()) => Ok(Kept { path: self.path, bytes, sha256 }),
            Err(error) => Err(DestinationError { path: self.path, source: error.error }),
        }
    }
}

fn sum(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => {
                digest.update(&buffer[..count]);
                bytes += count as u64;
            }
        }
    }
    Ok((bytes, hexadecimal(&digest.finalize())))
}

/// Lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
