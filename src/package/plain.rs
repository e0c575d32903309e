//! ZIPs that are no packages: recording files as people and browsers compress them.

use super::archive::{Archive, Budget, Cap};
use super::{Limits, PackageError};
use crate::source::SourceBytes;

/// The files in an archive, by name. What file managers add by themselves is left out.
pub(super) fn recordings(
    archive: &Archive,
    limits: &Limits,
    budget: &mut Budget<'_>,
) -> Result<Vec<SourceBytes>, PackageError> {
    let mut parts = Vec::new();
    for entry in archive.entries.iter().filter(|entry| !is_clutter(&entry.path)) {
        let content =
            archive.read(entry, Cap::of_entries(limits), budget).map_err(|fault| archive.fault(&entry.path, fault))?;
        parts.push(SourceBytes { name: format!("{}/{}", archive.name, entry.path), bytes: content.into() });
    }
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    if parts.is_empty() { Err(PackageError::NoFiles { name: archive.name.clone() }) } else { Ok(parts) }
}

/// `__MACOSX/`, `._recording.json`, `.DS_Store`, `Thumbs.db`, `desktop.ini`.
fn is_clutter(path: &str) -> bool {
    let name = file_name(path);
    path.starts_with("__MACOSX/") || name.starts_with('.') || matches!(name, "Thumbs.db" | "desktop.ini")
}

/// The last step of a path or URL, without what a URL has behind it. The folders of whoever packs a recording, and tokens in
/// its address, are nobody else's business.
pub(super) fn file_name(name: &str) -> &str {
    let path = match name.split_once("://") {
        Some((_, address)) => address.split(['?', '#']).next().unwrap_or(address),
        None => name,
    };
    path.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or(path)
}
