//! A folder whose files appear together or not at all.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::DestinationError;

/// A hidden folder in which files wait until all of them are whole; then they are put into their place together. Removed otherwise, with
/// every folder that was made on the way.
#[derive(Debug)]
pub struct FolderDestination {
    path: PathBuf,
    // Dropped before the folders around it.
    staging: TempDir,
    folders: NewFolders,
}

/// Why files cannot be put into a folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// It cannot be written.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// There is something in the folder already.
    #[error("{path} is already there; give another folder, or --force to replace files of the same names", path = .0.display())]
    Occupied(PathBuf),
}

impl FolderDestination {
    /// For files of these names, in a folder that is made if it is missing. None that is there is replaced, unless `force` says so.
    pub fn open(path: &Path, names: &[String], force: bool) -> Result<Self, FolderError> {
        let refuse = |source| DestinationError { path: path.to_owned(), source };
        let is_there = path.is_dir();
        if !is_there && path.symlink_metadata().is_ok() {
            return Err(refuse(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "something that is not a folder is there",
            ))
            .into());
        }
        let mut places = names.iter().map(|name| path.join(name));
        if !force && let Some(place) = places.find(|place| place.symlink_metadata().is_ok()) {
            return Err(FolderError::Occupied(place));
        }
        let mut folders = NewFolders::default();
        // Beside the folder, so that it appears whole; in it where it is there, as it may be on a disk of its own.
        let around = match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            _ if is_there => path,
            Some(parent) => parent,
            None => Path::new("."),
        };
        folders.create(around)?;
        // Temporary folders are private by default, but this one will be the result; the umask still applies.
        let mut builder = Builder::new();
        let builder = builder.prefix(".partial-").permissions(Permissions::from_mode(0o777));
        let staging = builder.tempdir_in(around).map_err(refuse)?;
        Ok(Self { path: path.to_owned(), staging, folders })
    }

    /// Where to write until all is whole.
    pub fn partial(&self) -> &Path {
        self.staging.path()
    }

    /// Puts all of it in its place.
    pub fn keep(self) -> Result<(), DestinationError> {
        let failed = |source| DestinationError { path: self.path.clone(), source };
        if self.path.is_dir() {
            move_into(self.staging.path(), &self.path)?;
        } else {
            fs::rename(self.staging.path(), &self.path).map_err(failed)?;
            // It is the result by now.
            let _ = self.staging.keep();
        }
        self.folders.keep();
        Ok(())
    }
}

/// Moves every file of a folder into another one; takes back what was moved if one cannot be.
fn move_into(from: &Path, to: &Path) -> Result<(), DestinationError> {
    let failed = |source| DestinationError { path: to.to_owned(), source };
    let mut moved: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let place = to.join(entry.file_name());
        if let Err(source) = fs::rename(entry.path(), &place) {
            for file in &moved {
                // Gone already is as good.
                let _ = fs::remove_file(file);
            }
            return Err(DestinationError { path: place, source });
        }
        moved.push(place);
    }
    Ok(())
}

/// Folders that were made on the way, to be removed again if it does not end well.
#[derive(Debug, Default)]
pub(crate) struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    /// Makes `folder` and those above it that are missing.
    pub(crate) fn create(&mut self, folder: &Path) -> Result<(), DestinationError> {
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|step| !step.as_os_str().is_empty() && !step.exists()).collect();
        for step in missing.into_iter().rev() {
            fs::create_dir(step).map_err(|source| DestinationError { path: step.to_owned(), source })?;
            self.0.push(step.to_owned());
        }
        Ok(())
    }

    pub(crate) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.drain(..).rev() {
            // Somebody may have put something into it meanwhile: then it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    fn files() -> Vec<String> {
        ["a.txt", "b.txt"].map(str::to_owned).to_vec()
    }

    fn write(destination: &FolderDestination) {
        for name in files() {
            fs::write(destination.partial().join(name), "new").unwrap();
        }
    }

    #[test]
    fn a_folder_appears_with_all_that_is_in_it() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("some/where/ticket");
        let destination = FolderDestination::open(&path, &files(), false).unwrap();
        write(&destination);
        assert!(!path.exists());
        destination.keep().unwrap();
        assert_eq!(names(&path), files());
        assert_eq!(names(path.parent().unwrap()), ["ticket"]);
    }

    #[test]
    fn nothing_is_left_of_what_was_not_kept() {
        let room = tempfile::tempdir().unwrap();
        let destination = FolderDestination::open(&room.path().join("some/where/ticket"), &files(), false).unwrap();
        write(&destination);
        drop(destination);
        assert!(names(room.path()).is_empty());
    }

    #[test]
    fn files_that_are_there_stay_unless_they_may_be_replaced() {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("b.txt"), "old").unwrap();
        fs::write(room.path().join("other"), "old").unwrap();
        let refused = FolderDestination::open(room.path(), &files(), false).unwrap_err();
        assert!(matches!(&refused, FolderError::Occupied(place) if place.ends_with("b.txt")), "{refused}");
        let destination = FolderDestination::open(room.path(), &files(), true).unwrap();
        write(&destination);
        assert_eq!(fs::read_to_string(room.path().join("b.txt")).unwrap(), "old");
        destination.keep().unwrap();
        assert_eq!(names(room.path()), ["a.txt", "b.txt", "other"]);
        assert_eq!(fs::read_to_string(room.path().join("b.txt")).unwrap(), "new");
        let file = room.path().join("other");
        assert!(matches!(FolderDestination::open(&file, &files(), true), Err(FolderError::Destination(_))));
    }
}
