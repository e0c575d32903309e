//! A package as a folder.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::archive::{Archive, Budget, Cap, Entry};
use super::read::compare;
use super::verify::open_package;
use super::{Entry as Listed, EntryFault, Limits, Manifest, PackageError};
use crate::destination::{Destination, DestinationError, NewFolders};
use crate::source::SourceBytes;

/// What [`unpack`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// How many files.
    pub files: usize,
    /// How many bytes they hold.
    pub bytes: u64,
}

/// Why a package was not unpacked. Nothing of it is left in the folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// The package.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The folder or a file in it cannot be written.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// There is something in the folder already.
    #[error("{path} is already there; give another folder, or --force to replace files of the same names", path = .0.display())]
    Occupied(PathBuf),
    /// It was called off.
    #[error("cancelled")]
    Cancelled,
}

/// Writes `manifest.json` and every file that it lists into `folder`, which is made where it is missing. Files are checked and
/// whole before the first of them is put in its place, and none that is there is replaced, unless `force` says so.
/// `goes_on` is asked again and again; once it says no, everything is undone.
pub fn unpack(
    package: &SourceBytes,
    folder: &Path,
    force: bool,
    limits: &Limits,
    goes_on: &dyn Fn() -> bool,
) -> Result<Unpacked, UnpackError> {
    let mut budget = Budget::new(limits);
    let (mut archive, manifest) = open_package(package, limits, &mut budget)?;
    archive.refuse_faults()?;
    let there = archive.by_path();
    let listed = manifest.entries.iter().map(|listed| (listed.path.as_str(), Some(listed)));
    let listed: Vec<_> = [(Manifest::PATH, None)].into_iter().chain(listed).collect();
    let places = || listed.iter().map(|(path, _)| folder.join(path));
    if !force && let Some(place) = places().find(|place| place.symlink_metadata().is_ok()) {
        return Err(UnpackError::Occupied(place));
    }
    let mut folders = NewFolders::default();
    let mut waiting = Vec::with_capacity(listed.len());
    let mut bytes = 0;
    for ((path, listed), place) in listed.iter().zip(places()) {
        let entry = there.get(path).ok_or_else(|| archive.fault(path, EntryFault::Missing))?;
        if let Some(parent) = place.parent() {
            folders.create(parent)?;
        }
        let destination = Destination::open(&place)?;
        let mut extraction = Extraction { archive: &archive, limits, budget: &mut budget, goes_on };
        bytes += extraction.run(entry, *listed, &destination)?;
        waiting.push(destination);
    }
    let files = waiting.len();
    for destination in waiting {
        destination.keep()?;
    }
    folders.keep();
    Ok(Unpacked { files, bytes })
}

struct Extraction<'a, 'l> {
    archive: &'a Archive,
    limits: &'l Limits,
    budget: &'a mut Budget<'l>,
    goes_on: &'a dyn Fn() -> bool,
}

impl Extraction<'_, '_> {
    /// Writes one file to where it waits, and says how long it is.
    fn run(&mut self, entry: &Entry, listed: Option<&Listed>, destination: &Destination) -> Result<u64, UnpackError> {
        let mut file = io::BufWriter::new(destination.create()?);
        let mut digest = Sha256::new();
        let mut bytes = 0;
        let mut written = Ok(());
        let mut going = true;
        self.archive
            .read_pieces(entry, Cap::of_entries(self.limits), self.budget, &mut |piece| {
                going = going && (self.goes_on)();
                if going && written.is_ok() {
                    digest.update(piece);
                    bytes += piece.len() as u64;
                    written = file.write_all(piece);
                }
            })
            .map_err(|fault| self.archive.fault(&entry.path, fault))?;
        if !going {
            return Err(UnpackError::Cancelled);
        }
        written
            .and_then(|()| file.flush())
            .map_err(|source| DestinationError { path: destination.path().to_owned(), source })?;
        listed
            .map_or(Ok(()), |listed| compare(listed, bytes, &digest.finalize()))
            .map_err(|fault| self.archive.fault(&entry.path, fault))?;
        Ok(bytes)
    }
}
