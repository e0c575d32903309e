//! Recordings in folders: each is opened, and goes if it is about the subject.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::{Erasing, Receipt, ReceiptFile};
use crate::destination::hexadecimal;
use crate::package::{self, Limits, PackageError};
use crate::recording::{self, RecordingError};
use crate::source::SourceBytes;
use crate::subject::{self, Subject};

/// Folders in folders that are gone into.
const DEEPEST: usize = 64;

pub(super) fn erase(erasing: &Erasing, subject: &Subject, stop: &CancellationToken, receipt: &mut Receipt) {
    for given in &erasing.packages {
        // What was named is meant, whatever it is; what lies below it is taken as it is.
        match fs::metadata(given) {
            Ok(found) if found.is_dir() => below(erasing, subject, stop, given, receipt),
            Ok(_) => file(erasing, subject, given, receipt),
            Err(error) => receipt.fail(&given.display(), &format!("cannot be read: {error}")),
        }
    }
}

fn below(erasing: &Erasing, subject: &Subject, stop: &CancellationToken, given: &Path, receipt: &mut Receipt) {
    let mut open: Vec<(PathBuf, usize)> = vec![(given.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let mut entries = match fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => {
                receipt.pass_over(&folder.display(), &error);
                continue;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if stop.is_cancelled() {
                return;
            }
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => open.push((path, depth + 1)),
                Ok(kind) if kind.is_dir() => receipt.pass_over(&path.display(), &"too many folders in one another"),
                Ok(kind) if kind.is_file() => file(erasing, subject, &path, receipt),
                Ok(kind) if kind.is_symlink() => receipt.pass_over(&path.display(), &"a link: name what it leads to"),
                Ok(_) => receipt.other_files += 1,
                Err(error) => receipt.pass_over(&path.display(), &error),
            }
        }
    }
}

fn file(erasing: &Erasing, subject: &Subject, path: &Path, receipt: &mut Receipt) {
    let (bytes, stamp) = match read(path, erasing.input_bytes) {
        Ok(read) => read,
        Err(Unread::Other) => {
            receipt.other_files += 1;
            return;
        }
        Err(Unread::Because(why)) => return receipt.pass_over(&path.display(), &why),
    };
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    let size = bytes.len() as u64;
    let mut found = match subjects_of(SourceBytes { name: path.display().to_string(), bytes }, &erasing.limits) {
        Ok(found) => found,
        Err(error) if is_no_recording(&error) => {
            receipt.other_files += 1;
            return;
        }
        Err(error) => return receipt.pass_over(&path.display(), &error),
    };
    found.insert(Subject::source(&sha256));
    if !found.iter().any(|found| subject.is_met_by(found)) {
        return;
    }
    if !erasing.dry_run
        && let Err(why) = remove(path, stamp)
    {
        return receipt.fail(&path.display(), &why);
    }
    let path = path.display().to_string();
    receipt.deleted.packages.push(ReceiptFile { path, bytes: size, sha256: Some(sha256) });
}

/// What a file says whom it is about. Parts of a recording, that cannot be shown alone, say so too.
pub(super) fn subjects_of(part: SourceBytes, limits: &Limits) -> Result<BTreeSet<Subject>, PackageError> {
    let bytes = part.bytes.clone();
    match package::open(vec![part], limits) {
        Ok(opened) => Ok(subject::of_opened(&opened)),
        Err(PackageError::Recording(error)) if is_part(&error) => {
            Ok(subject::of_names(&recording::names(bytes, &limits.recording)?))
        }
        Err(error) => Err(error),
    }
}

fn is_part(error: &RecordingError) -> bool {
    matches!(error, RecordingError::NoFullSnapshot { .. } | RecordingError::NoEvents { .. })
}

fn is_no_recording(error: &PackageError) -> bool {
    let PackageError::Recording(error) = error else { return false };
    matches!(**error, RecordingError::Empty | RecordingError::NotJson { .. } | RecordingError::UnknownShape { .. })
}

enum Unread {
    /// By its first bytes it is something else.
    Other,
    Because(String),
}

/// Which file it is, and as of when.
type Stamp = (u64, u64, u64, i64, i64);

fn stamp(found: &fs::Metadata) -> Stamp {
    (found.dev(), found.ino(), found.len(), found.mtime(), found.mtime_nsec())
}

fn read(path: &Path, most: u64) -> Result<(Bytes, Stamp), Unread> {
    let failed = |error: std::io::Error| Unread::Because(error.to_string());
    let mut file = fs::File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    let mut bytes = Vec::new();
    (&mut file).take(16).read_to_end(&mut bytes).map_err(failed)?;
    if is_media(&bytes) {
        return Err(Unread::Other);
    }
    if found.len() > most {
        return Err(Unread::Because(format!("it has {} bytes; the limit is {most} (--max-input-bytes)", found.len())));
    }
    file.take(most.saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes).map_err(failed)?;
    Ok((bytes.into(), stamp(&found)))
}

/// Videos, pictures and captions, as this program makes them: not to be read whole.
fn is_media(first: &[u8]) -> bool {
    let begins = [&b"\x89PNG"[..], b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1a\x45\xdf\xa3", b"WEBVTT"];
    begins.iter().any(|magic| first.starts_with(magic)) || first.get(4..8) == Some(b"ftyp")
}

/// Deletes what was looked at, and nothing that has come in its place.
fn remove(path: &Path, looked_at: Stamp) -> Result<(), String> {
    match fs::metadata(path) {
        Ok(found) if stamp(&found) == looked_at => {}
        Ok(_) => return Err("it changed while it was looked at; run this again".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.to_string()),
    }
    fs::remove_file(path).map_err(|error| format!("cannot be deleted: {error}"))
}
