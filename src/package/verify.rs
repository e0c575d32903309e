//! Is a package what was packed? Every fault of every entry, by name.

use std::collections::HashSet;

use bytes::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::archive::{Archive, Budget, Cap};
use super::read::{compare, read_manifest, read_package};
use super::{EntryFault, Limits, Manifest, PackageError};
use crate::source::SourceBytes;

/// What [`verify`] found.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The format version of the package.
    pub format_version: String,
    /// How many entries the manifest lists.
    pub entries: u64,
    /// How many bytes they hold, uncompressed.
    pub bytes: u64,
    /// What is wrong. Empty for an intact package.
    pub findings: Vec<Finding>,
}

/// An entry that is not as it was packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its path.
    pub entry: String,
    /// What is the matter with it.
    pub state: State,
    /// In words.
    pub message: String,
}

/// What is the matter with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is there, but not what was packed, or not to be touched.
    Damaged,
    /// It is not there.
    Missing,
    /// It was not packed.
    Surplus,
}

/// Examines every entry of a package. Entries that the manifest of a later minor version lists are checked like all others.
///
/// # Errors
/// If there is no telling: the input is no package, its directory or its manifest cannot be read, or it is of a later major version.
pub fn verify(package: &SourceBytes, limits: &Limits) -> Result<Verdict, PackageError> {
    let mut budget = Budget::new(limits);
    let (mut archive, manifest) = open_package(package, limits, &mut budget)?;
    let mut findings: Vec<Finding> =
        std::mem::take(&mut archive.faults).into_iter().map(|(entry, fault)| Finding::of(entry, &fault)).collect();
    let mut unread = archive.by_path();
    unread.remove(Manifest::PATH);
    let refused: HashSet<String> = findings.iter().map(|finding| finding.entry.clone()).collect();
    for listed in &manifest.entries {
        let fault = match unread.remove(listed.path.as_str()) {
            // Refused above, under its own name.
            None if refused.contains(&listed.path) => continue,
            None => Err(EntryFault::Missing),
            Some(entry) => {
                let mut digest = Sha256::new();
                let mut bytes = 0;
                archive
                    .read_pieces(entry, Cap::of_entries(limits), &mut budget, &mut |piece| {
                        digest.update(piece);
                        bytes += piece.len() as u64;
                    })
                    .and_then(|()| compare(listed, bytes, &digest.finalize()))
            }
        };
        findings.extend(fault.err().map(|fault| Finding::of(listed.path.clone(), &fault)));
    }
    let mut surplus: Vec<&str> = unread.into_keys().collect();
    surplus.sort_unstable();
    findings.extend(surplus.into_iter().map(|path| Finding::of(path.to_owned(), &EntryFault::Surplus)));
    let entries = manifest.entries.len() as u64;
    let bytes = manifest.entries.iter().fold(0u64, |sum, entry| sum.saturating_add(entry.bytes));
    let format_version = manifest.format_version.clone();
    if findings.is_empty() {
        findings.extend(why_unusable(&archive, manifest, limits)?);
    }
    Ok(Verdict { format_version, entries, bytes, findings })
}

/// An archive that is a package, with its manifest.
pub(super) fn open_package(
    package: &SourceBytes,
    limits: &Limits,
    budget: &mut Budget<'_>,
) -> Result<(Archive, Manifest), PackageError> {
    let not_a_package = |reason| PackageError::NotAPackage { name: package.name.clone(), reason };
    if !super::directory::is_zip(&package.bytes) {
        return Err(not_a_package("it is no ZIP"));
    }
    let mut archive = Archive::open(&package.name, Bytes::clone(&package.bytes), limits)?;
    if let Some(at) = archive.faults.iter().position(|(path, _)| path == Manifest::PATH) {
        let (path, fault) = archive.faults.swap_remove(at);
        return Err(archive.fault(&path, fault));
    }
    match read_manifest(&archive, limits, budget)? {
        Some(manifest) => Ok((archive, manifest)),
        None => Err(not_a_package("it has no manifest.json")),
    }
}

/// Checksums say that the content is what was packed, not that what was packed is a recording.
fn why_unusable(archive: &Archive, manifest: Manifest, limits: &Limits) -> Result<Option<Finding>, PackageError> {
    let events = manifest.entries.iter().find(|entry| entry.kind == Manifest::EVENTS).map(|entry| entry.path.clone());
    match read_package(archive, manifest, limits, &mut Budget::new(limits)) {
        Ok(_) => Ok(None),
        Err(PackageError::Recording(error)) => {
            let events = events.unwrap_or_else(|| Manifest::PATH.to_owned());
            Ok(Some(Finding::of(events, &EntryFault::Unusable(error))))
        }
        Err(PackageError::Entry { entry, fault, .. }) => Ok(Some(Finding::of(entry, &fault))),
        Err(error) => Err(error),
    }
}

impl Finding {
    fn of(entry: String, fault: &EntryFault) -> Self {
        let state = match fault {
            EntryFault::Missing => State::Missing,
            EntryFault::Surplus => State::Surplus,
            _ => State::Damaged,
        };
        Self { entry, state, message: fault.to_string() }
    }
}

impl State {
    /// `damaged`, `missing` or `surplus`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Surplus => "surplus",
        }
    }
}
