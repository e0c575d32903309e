//! From a package to its recording and resources.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::archive::{Archive, Budget, Cap, Entry, why_unsafe};
use super::manifest::{self, Entry as Listed, MAJOR, Manifest, parse_version};
use super::{EntryFault, Limits, Opened, PackageError};
use crate::assets::{Asset, Assets};
use crate::destination::hexadecimal;
use crate::recording::{self, Shape};

/// What every version of the format has to have.
#[derive(Deserialize)]
struct Stamp {
    format: Option<String>,
    format_version: Option<String>,
}

/// The manifest of a package. `None` if there is none: then the archive is no package.
pub(super) fn read_manifest(
    archive: &Archive,
    limits: &Limits,
    budget: &mut Budget<'_>,
) -> Result<Option<Manifest>, PackageError> {
    let Some(entry) = archive.entries.iter().find(|entry| entry.path == Manifest::PATH) else {
        return Ok(None);
    };
    let text =
        archive.read(entry, Cap::of_manifests(limits), budget).map_err(|fault| archive.fault(Manifest::PATH, fault))?;
    let unusable = |reason: String| PackageError::Manifest { name: archive.name.clone(), reason };
    // The version first: what a later major version means by the other members cannot be known.
    let stamp: Stamp =
        serde_json::from_slice(&text).map_err(|error| unusable(format!("it is no JSON object ({error})")))?;
    if stamp.format.as_deref() != Some(manifest::FORMAT) {
        return Err(unusable(format!("its `format` is not {:?}", manifest::FORMAT)));
    }
    let version = stamp.format_version.unwrap_or_default();
    match parse_version(&version) {
        None => return Err(unusable(format!("its `format_version` is {version:?}, which is no MAJOR.MINOR"))),
        Some((major, _)) if major > MAJOR => {
            return Err(PackageError::NewerFormat { name: archive.name.clone(), version });
        }
        Some((major, _)) if major < MAJOR => {
            return Err(unusable(format!("its `format_version` is {version}, which was never in use")));
        }
        Some(_) => {}
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
    let mut paths = HashSet::from([Manifest::PATH]);
    for Listed { path, .. } in &manifest.entries {
        if let Some(reason) = why_unsafe(path) {
            return Err(unusable(format!("it lists {path:?}, which {reason}")));
        }
        if !paths.insert(path) {
            return Err(unusable(format!("it lists {path:?} twice, or itself")));
        }
    }
    Ok(Some(manifest))
}

/// Reads what the manifest lists and this version knows. Everything that is read is what was packed, byte for byte.
pub(super) fn read_package(
    archive: &Archive,
    manifest: Manifest,
    limits: &Limits,
    budget: &mut Budget<'_>,
) -> Result<Opened, PackageError> {
    let there = archive.by_path();
    let listed: Vec<&Listed> = manifest.entries.iter().filter(|entry| entry.kind == Manifest::EVENTS).collect();
    let find = |path: &str| there.get(path).copied().ok_or_else(|| archive.fault(path, EntryFault::Missing));
    let mut expected = 0;
    for entry in &listed {
        // One byte for a line break.
        expected += find(&entry.path)?.expected(Cap::of_entries(limits)) + 1;
    }
    let most = usize::try_from(limits.total_bytes).unwrap_or(usize::MAX);
    let mut events = Vec::with_capacity(expected.min(most));
    for entry in listed {
        read_checked(archive, find(&entry.path)?, entry, limits, budget, &mut events)?;
        if events.last().is_some_and(|byte| *byte != b'\n') {
            events.push(b'\n');
        }
    }

    let mut contents: BTreeMap<&str, Bytes> = BTreeMap::new();
    for entry in manifest.entries.iter().filter(|entry| entry.kind == Manifest::ASSET) {
        let mut content = Vec::new();
        read_checked(archive, find(&entry.path)?, entry, limits, budget, &mut content)?;
        contents.insert(&entry.path, content.into());
    }
    let mut assets = Assets::default();
    for reference in &manifest.assets {
        let bytes =
            contents.get(reference.path.as_str()).ok_or_else(|| archive.fault(&reference.path, EntryFault::Missing))?;
        assets.insert(&reference.url, Asset { content_type: reference.content_type.clone(), bytes: bytes.clone() });
    }

    let mut recording = recording::open(events, &limits.recording)?;
    recording.format.shape = Shape::Package;
    recording.format.version = Some(manifest.format_version.clone());
    recording.format.bytes_in = archive.len();
    recording.session_id = manifest.session.id.clone().or(recording.session_id);
    recording.person = manifest.session.person.clone().or(recording.person);
    let redaction = manifest.redaction.clone();
    Ok(Opened { recording, assets, files: Vec::new(), manifest: Some(manifest), redaction })
}

/// Appends the content of an entry if it is what the manifest lists.
fn read_checked(
    archive: &Archive,
    entry: &Entry,
    listed: &Listed,
    limits: &Limits,
    budget: &mut Budget<'_>,
    content: &mut Vec<u8>,
) -> Result<(), PackageError> {
    let mut digest = Sha256::new();
    let before = content.len();
    archive
        .read_pieces(entry, Cap::of_entries(limits), budget, &mut |piece| {
            digest.update(piece);
            content.extend_from_slice(piece);
        })
        .and_then(|()| compare(listed, (content.len() - before) as u64, &digest.finalize()))
        .map_err(|fault| archive.fault(&listed.path, fault))
}

/// Whether content is what the manifest lists.
pub(super) fn compare(listed: &Listed, bytes: u64, sha256: &[u8]) -> Result<(), EntryFault> {
    if bytes != listed.bytes {
        return Err(EntryFault::Size { stated: listed.bytes, found: bytes, in_manifest: true });
    }
    let found = hexadecimal(sha256);
    if found == listed.sha256 { Ok(()) } else { Err(EntryFault::Sha256 { stated: listed.sha256.clone(), found }) }
}
