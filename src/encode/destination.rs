//! A file that appears whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::{Builder, TempPath};

use super::EncodeError;

/// A hidden file beside the destination, renamed to it at the end and removed otherwise.
#[derive(Debug)]
pub(super) struct Destination {
    path: PathBuf,
    partial: TempPath,
}

impl Destination {
    /// Fails at once where the end would fail: the folder is missing or not writable, or there is something other than a file.
    pub(super) fn open(path: &Path) -> Result<Self, EncodeError> {
        let refuse = |source| EncodeError::Destination { path: path.to_owned(), source };
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

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where to write until the file is whole.
    pub(super) fn partial(&self) -> &Path {
        &self.partial
    }

    /// Puts the file in its place. Its size in bytes and SHA-256 in hexadecimal are those of the bytes on the disk.
    pub(super) fn keep(self) -> Result<(PathBuf, u64, String), EncodeError> {
        let (bytes, sha256) = sum(&self.partial).map_err(EncodeError::io("reading back the file"))?;
        self.partial
            .persist(&self.path)
            .map_err(|error| EncodeError::Destination { path: self.path.clone(), source: error.error })?;
        Ok((self.path, bytes, sha256))
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

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
