//! Packages on their way in: counted, hashed and written as they come, so that a gigabyte costs no memory.

use std::collections::BTreeMap;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::pace::TooSlow;
use super::{Problem, SMALL_BODY, Service};
use crate::destination::hexadecimal;

/// A package that has come, whole. The file goes with it.
pub(super) struct Upload {
    pub(super) file: NamedTempFile,
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Hex.
    pub(super) sha256: String,
}

/// What a form brought.
#[derive(Default)]
pub(super) struct Form {
    pub(super) package: Option<Upload>,
    pub(super) spec: Option<String>,
}

/// Longest name that is kept of a file, characters.
const NAME: usize = 200;

/// Reads `package=@FILE` and `spec=JSON`, in either order.
pub(super) async fn read(service: &Service, mut parts: Multipart) -> Result<Form, Problem> {
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
        match part.name().unwrap_or_default() {
            "package" if form.package.is_none() => form.package = Some(receive(service, part).await?),
            "spec" if form.spec.is_none() => form.spec = Some(text(part).await?),
            "package" | "spec" => return Err(Problem::new("bad-request", "a form has one package and one spec")),
            other => {
                let other: String = other.chars().take(NAME).collect();
                return Err(Problem::new(
                    "bad-request",
                    format!("the form's fields are package (a file) and spec (JSON), not {other:?}"),
                ));
            }
        }
    }
    Ok(form)
}

/// Fields of a page's form, at most.
const FIELDS: usize = 40;

/// Reads a page's form: a file, which is none where nobody chose one, and fields by name.
pub(super) async fn read_page(
    service: &Service,
    mut parts: Multipart,
) -> Result<(Option<Upload>, BTreeMap<String, String>), Problem> {
    let (mut package, mut fields) = (None, BTreeMap::new());
    while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "package" && package.is_none() {
            let is_chosen = part.file_name().is_some_and(|name| !name.is_empty());
            package = Some(receive(service, part).await?).filter(|upload| is_chosen || upload.bytes > 0);
        } else if fields.len() < FIELDS {
            fields.insert(name, text(part).await?);
        } else {
            return Err(Problem::new("bad-request", "the form has too many fields"));
        }
    }
    Ok((package, fields))
}

async fn receive(service: &Service, mut part: Field<'_>) -> Result<Upload, Problem> {
    let limit = service.0.options.max_upload;
    let mut incoming = Incoming::new(service, &clean_name(part.file_name().unwrap_or("package"))).await?;
    while let Some(piece) = part.chunk().await.map_err(|error| broken(&error))? {
        if incoming.bytes() + piece.len() as u64 > limit {
            return Err(Problem::new(
                "too-large",
                format!("the package has more than {limit} bytes (limit: --max-upload-bytes)"),
            ));
        }
        incoming.take(&piece).await?;
    }
    let upload = incoming.whole().await?;
    metrics::counter!("replayreel_upload_bytes_total").increment(upload.bytes);
    Ok(upload)
}

/// Bytes between two looks at how much room there is.
const ROOM_EVERY: u64 = 16 << 20;

/// A file on its way in.
pub(super) struct Incoming {
    /// It goes on only while it leaves so much free, bytes.
    min_free: u64,
    /// When it has so many bytes, the room that is left is looked at again.
    next_look: u64,
    file: NamedTempFile,
    writer: tokio::fs::File,
    name: String,
    hash: Sha256,
    bytes: u64,
}

impl Incoming {
    pub(super) async fn new(service: &Service, name: &str) -> Result<Self, Problem> {
        let folder = service.0.options.uploads.clone();
        let file = tokio::task::spawn_blocking(move || NamedTempFile::with_prefix_in("upload-", folder));
        let file = file.await.map_err(std::io::Error::other).and_then(|file| file);
        let opened = file.and_then(|file| Ok((tokio::fs::File::from_std(file.reopen()?), file)));
        let (writer, file) = opened.map_err(|error| unwritten(&error))?;
        let min_free = service.0.options.min_free_disk;
        let mut incoming =
            Self { min_free, next_look: 0, file, writer, name: name.to_owned(), hash: Sha256::new(), bytes: 0 };
        incoming.must_leave_room()?;
        Ok(incoming)
    }

    /// Bytes that have come.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) async fn take(&mut self, piece: &[u8]) -> Result<(), Problem> {
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        self.must_leave_room()?;
        self.writer.write_all(piece).await.map_err(|error| unwritten(&error))
    }

    /// However many come at once: what is left is for jobs that were accepted, and for whatever else is on the disk.
    fn must_leave_room(&mut self) -> Result<(), Problem> {
        if self.bytes < self.next_look {
            return Ok(());
        }
        self.next_look = self.bytes + ROOM_EVERY;
        let disk = rustix::fs::fstatvfs(self.file.as_file()).map_err(|error| unwritten(&error.into()))?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) >= self.min_free {
            return Ok(());
        }
        tracing::error!("an upload is refused: it would leave less than {} bytes of the disk", self.min_free);
        Err(Problem::new("unavailable", "the server's disk is nearly full (limit: --min-free-disk)").after(30))
    }

    pub(super) async fn whole(mut self) -> Result<Upload, Problem> {
        self.writer.flush().await.map_err(|error| unwritten(&error))?;
        let Self { file, name, hash, bytes, .. } = self;
        Ok(Upload { file, name, bytes, sha256: hexadecimal(&hash.finalize()) })
    }
}

fn unwritten(error: &std::io::Error) -> Problem {
    tracing::error!("an upload cannot be written: {error}");
    Problem::new("unavailable", "the server cannot store the upload").after(30)
}

async fn text(mut part: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|error| broken(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > SMALL_BODY {
            return Err(Problem::new("too-large", format!("the spec has more than {SMALL_BODY} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::field("/spec", "must be JSON in UTF-8"))
}

fn broken(error: &MultipartError) -> Problem {
    if let Some(slow) = TooSlow::behind(error) {
        return slow.into();
    }
    Problem::new("bad-request", format!("the form cannot be read: {}", error.body_text()))
}

/// A file's name as it may be shown and logged: its last part, without control characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = crate::recording::printable(last).chars().take(NAME).collect();
    if clean.trim().is_empty() { "package".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_last_part_and_nothing_that_a_terminal_obeys() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\recordings\\a.json"), "a.json");
        assert_eq!(clean_name("folder/"), "package");
        assert!(!clean_name("a\u{1b}[2Jb\n").contains(['\u{1b}', '\n']));
        assert_eq!(clean_name(&"x".repeat(5000)).len(), NAME);
    }
}
