//! The portable package: a recording, the resources of its pages and what is known of both in one ZIP, `.replay.zip`.
//! `docs/package-format.md` specifies it.
//!
//! [`open`] is how every recording comes in: a package, a ZIP of recording files as people send them, or the files
//! themselves. [`write()`] makes packages, [`verify`] and [`unpack`] take them apart. Reading is safe on hostile input:
//! what an archive claims is held against [`Limits`] on the bytes that are really there.

mod archive;
mod directory;
mod error;
mod limits;
mod manifest;
mod plain;
mod read;
mod unpack;
mod verify;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;

pub use error::{EntryFault, PackageError};
pub use limits::Limits;
pub use manifest::{
    AssetReference, Entry, FORMAT, MAJOR, MINOR, Manifest, PackedRepair, Page, Redaction, RedactionRule, Session, Size,
    Source, SourceFile, Tool, Window,
};
pub use unpack::{UnpackError, Unpacked, unpack};
pub use verify::{Finding, State, Verdict, verify};
pub use write::{write, write_indexed};

use crate::assets::{Assets, Shelf};
use crate::recording::{self, EventKind, Recording};
use crate::source::SourceBytes;
use archive::{Archive, Budget};

/// An input, opened.
#[derive(Debug)]
pub struct Opened {
    /// The recording.
    pub recording: Recording,
    /// Resources of its pages. Empty unless it came in a package.
    pub assets: Assets,
    /// The files that it was read from; empty for a package, whose manifest names them.
    pub files: Vec<SourceFile>,
    /// What its package says of it.
    pub manifest: Option<Manifest>,
    /// What was removed from it on purpose, by whoever packed it and since.
    pub redaction: Option<Redaction>,
}

impl Opened {
    /// Puts its resources where its pages find them. `unfetched` are those that were to be fetched and could not be: URL and reason.
    pub fn shelve(&mut self, unfetched: Vec<(String, String)>) -> Arc<Shelf> {
        let events = self.recording.windows.iter().flat_map(|window| &window.events);
        let pages = events.filter_map(|event| match &event.kind {
            EventKind::Meta { href, .. } => Some(href.as_str()),
            _ => None,
        });
        Arc::new(Shelf::new(std::mem::take(&mut self.assets), pages).without(unfetched))
    }
}

/// Opens a recording, whatever it comes in: a package, files of one session, and ZIPs of such files.
///
/// # Errors
/// [`PackageError`], naming the input and the entry.
pub fn open(parts: Vec<SourceBytes>, limits: &Limits) -> Result<Opened, PackageError> {
    let mut budget = Budget::new(limits);
    let mut files = Vec::with_capacity(parts.len());
    let mut flat = Vec::with_capacity(parts.len());
    let others = parts.len().saturating_sub(1);
    for part in parts {
        files.push(SourceFile { name: plain::file_name(&part.name).to_owned(), bytes: part.bytes.len() as u64 });
        if !directory::is_zip(&part.bytes) {
            flat.push(part);
            continue;
        }
        let mut archive = Archive::open(&part.name, part.bytes, limits)?;
        archive.refuse_faults()?;
        match read::read_manifest(&archive, limits, &mut budget)? {
            Some(_) if others > 0 => return Err(PackageError::NotAlone { name: part.name, others }),
            Some(manifest) => return read::read_package(&archive, manifest, limits, &mut budget),
            None => flat.extend(plain::recordings(&archive, limits, &mut budget)?),
        }
    }
    let recording = recording::open_parts(flat, &limits.recording)?;
    Ok(Opened { recording, assets: Assets::default(), files, manifest: None, redaction: None })
}

/// [`open`] of bytes without a name: what fuzzing calls, with [`Limits::tight`].
pub fn open_bytes(bytes: &[u8], limits: &Limits) -> Result<Opened, PackageError> {
    open(vec![SourceBytes { name: "input".to_owned(), bytes: Bytes::copy_from_slice(bytes) }], limits)
}
