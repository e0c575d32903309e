//! Where an archive lies: a folder, or a store of objects. A file appears whole under its name or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use rustix::fs::{FlockOperation, flock};

use crate::artifacts::{ArtifactError, Artifacts};

/// Where an archive lies.
#[derive(Debug)]
pub struct Depot(Place);

#[derive(Debug)]
enum Place {
    Folder { folder: PathBuf, _lock: Option<File> },
    Store(Artifacts),
}

/// Files that are being written.
const WRITING: &str = "writing-";

/// The archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// There is something else.
    #[error("{0} is not empty and no archive: choose a folder that is empty, or one that batch has made")]
    Occupied(PathBuf),
    /// Two at once would overwrite each other's manifest.
    #[error("another batch is writing to {0}")]
    Busy(PathBuf),
    /// The disk.
    #[error("cannot use {path}: {source}", path = path.display())]
    Disk {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] ArtifactError),
}

/// What is the archive's own, and not of its readers'.
pub(super) const INNER: &str = ".replayreel";

impl Depot {
    /// The archive at a path or an URL (`s3://`, `gs://`, `az://`): a new one where there is nothing.
    pub fn open(place: &str) -> Result<Self, DepotError> {
        if place.contains("://") && !place.starts_with("file://") {
            return Ok(Self(Place::Store(Artifacts::open(place)?)));
        }
        let folder = Path::new(place.strip_prefix("file://").unwrap_or(place));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| DepotError::Disk { path, source }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        let inner = folder.join(INNER);
        if !inner.is_dir() && fs::read_dir(folder).map_err(failed(folder))?.next().is_some() {
            return Err(DepotError::Occupied(folder.to_owned()));
        }
        fs::create_dir_all(&inner).map_err(failed(&inner))?;
        let path = inner.join("lock");
        let lock = File::create(&path).map_err(failed(&path))?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                sweep(&inner);
                Ok(Self(Place::Folder { folder: folder.to_owned(), _lock: Some(lock) }))
            }
            Err(rustix::io::Errno::WOULDBLOCK) => Err(DepotError::Busy(folder.to_owned())),
            Err(error) => Err(failed(&path)(error.into())),
        }
    }

    /// The archive as it stands, for who only reads: nothing is made where there is none.
    pub fn look(place: &str) -> Result<Self, DepotError> {
        if place.contains("://") && !place.starts_with("file://") {
            return Self::open(place);
        }
        let folder = PathBuf::from(place.strip_prefix("file://").unwrap_or(place));
        Ok(Self(Place::Folder { folder, _lock: None }))
    }

    /// What to call it in messages.
    pub fn shown(&self) -> String {
        match &self.0 {
            Place::Folder { folder, .. } => folder.display().to_string(),
            Place::Store(store) => store.name().to_owned(),
        }
    }

    /// The folder, if it is one.
    pub fn folder(&self) -> Option<&Path> {
        match &self.0 {
            Place::Folder { folder, .. } => Some(folder),
            Place::Store(_) => None,
        }
    }

    /// Where files are made: on the archive's own disk where it has one, so that they need not be copied.
    pub fn work_folder(&self) -> PathBuf {
        match self.folder() {
            Some(folder) => folder.join(INNER).join("work"),
            // One for each user: nobody else's folder can be written to.
            None => std::env::temp_dir().join(format!("replayreel-batch-{}", rustix::process::getuid().as_raw())),
        }
    }

    /// Puts a finished file, which is gone from where it was if this is its disk.
    pub(super) async fn keep(&self, file: &Path, name: &str) -> Result<(), DepotError> {
        match &self.0 {
            Place::Store(store) => Ok(store.put_file(name, file).await.map(drop)?),
            Place::Folder { folder, .. } => {
                let (file, path) = (file.to_owned(), below(folder, name)?);
                blocking(&path.clone(), move || {
                    // What the manifest calls done must be there after the power has failed.
                    File::open(&file)?.sync_all()?;
                    make_folder(&path)?;
                    fs::rename(&file, &path)?;
                    sync_folder(&path)
                })
                .await
            }
        }
    }

    /// Writes a small file.
    pub(super) async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), DepotError> {
        let failed = |source| DepotError::Disk { path: name.into(), source };
        match &self.0 {
            Place::Store(store) => {
                let file = tempfile::NamedTempFile::new().map_err(failed)?;
                tokio::fs::write(file.path(), bytes).await.map_err(failed)?;
                Ok(store.put_file(name, file.path()).await.map(drop)?)
            }
            Place::Folder { folder, .. } => {
                let (inner, path) = (folder.join(INNER), below(folder, name)?);
                blocking(&path.clone(), move || {
                    make_folder(&path)?;
                    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
                    let mut file =
                        tempfile::Builder::new().prefix(WRITING).permissions(permissions).tempfile_in(inner)?;
                    io::Write::write_all(&mut file, &bytes)?;
                    file.as_file().sync_all()?;
                    file.persist(&path).map_err(|error| error.error)?;
                    sync_folder(&path)
                })
                .await
            }
        }
    }

    /// A file whole, if there is one.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Bytes>, DepotError> {
        match &self.0 {
            Place::Store(store) => match store.read(name, MOST).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.is_missing() => Ok(None),
                Err(error) => Err(error.into()),
            },
            Place::Folder { folder, .. } => {
                let path = below(folder, name)?;
                match tokio::fs::read(&path).await {
                    Ok(bytes) => Ok(Some(bytes.into())),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(source) => Err(DepotError::Disk { path, source }),
                }
            }
        }
    }

    /// Bytes of a file, if there is one.
    pub(super) async fn size(&self, name: &str) -> Result<Option<u64>, DepotError> {
        match &self.0 {
            Place::Store(store) => Ok(store.size(name).await?),
            Place::Folder { folder, .. } => {
                Ok(fs::metadata(below(folder, name)?).ok().filter(fs::Metadata::is_file).map(|there| there.len()))
            }
        }
    }

    /// Deletes a file. That it is gone already is as good. True if it was there, as far as the place says.
    pub(super) async fn delete(&self, name: &str) -> Result<bool, DepotError> {
        match &self.0 {
            Place::Store(store) => Ok(store.delete(name).await?),
            Place::Folder { folder, .. } => {
                let path = below(folder, name)?;
                match fs::remove_file(&path) {
                    Ok(()) => {
                        prune(&path, folder);
                        Ok(true)
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(source) => Err(DepotError::Disk { path, source }),
                }
            }
        }
    }

    /// Names of the files below a folder of the archive's own.
    pub(super) async fn list(&self, below_folder: &str) -> Result<Vec<String>, DepotError> {
        match &self.0 {
            Place::Store(store) => Ok(store.list(below_folder).await?),
            Place::Folder { folder, .. } => {
                let found = fs::read_dir(below(folder, below_folder)?);
                let names = found.into_iter().flatten().flatten().map(|entry| entry.file_name());
                let names = names.filter_map(|name| name.into_string().ok());
                let mut names: Vec<String> = names.map(|name| format!("{below_folder}/{name}")).collect();
                names.sort_unstable();
                Ok(names)
            }
        }
    }
}

/// Largest manifest read, bytes: a million recordings.
const MOST: u64 = 4 << 30;

/// A name from a manifest may be anybody's.
fn below(folder: &Path, name: &str) -> Result<PathBuf, DepotError> {
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if plain && !name.is_empty() {
        return Ok(folder.join(name));
    }
    let source = io::Error::new(io::ErrorKind::InvalidInput, "this is no name of a file in the archive");
    Err(DepotError::Disk { path: name.into(), source })
}

/// Files that a killed batch was writing.
fn sweep(inner: &Path) {
    for entry in fs::read_dir(inner).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(WRITING) {
            // What cannot be removed now is tried again by the next batch.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Folders that have become empty go too.
fn prune(path: &Path, root: &Path) {
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != root && folder.starts_with(root));
    for folder in folders {
        if folder.ends_with(INNER) || fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

async fn blocking(path: &Path, work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), DepotError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    done.map_err(|source| DepotError::Disk { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_are_kept_read_and_deleted_and_no_name_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/archive");
        let depot = Depot::open(place.to_str().unwrap()).unwrap();
        fs::write(depot.work_folder().parent().unwrap().join("writing-x"), "half").unwrap();
        drop(depot);
        let depot = Depot::open(place.to_str().unwrap()).unwrap();
        assert!(!place.join(".replayreel/writing-x").exists());
        depot.write("a/b.json", b"{}".to_vec()).await.unwrap();
        let made = depot.work_folder().join("x.mp4");
        fs::create_dir_all(made.parent().unwrap()).unwrap();
        fs::write(&made, "video").unwrap();
        depot.keep(&made, "a/c/x.mp4").await.unwrap();
        assert!(!made.exists());
        assert_eq!(depot.size("a/c/x.mp4").await.unwrap(), Some(5));
        assert_eq!(depot.read("a/b.json").await.unwrap().as_deref(), Some(&b"{}"[..]));
        assert_eq!(depot.read("a/none").await.unwrap(), None);
        assert_eq!(depot.list("a").await.unwrap(), ["a/b.json", "a/c"]);
        assert!(depot.delete("a/c/x.mp4").await.unwrap());
        assert!(!depot.delete("a/c/x.mp4").await.unwrap());
        assert!(!place.join("a/c").exists() && place.join("a").exists());
        for name in ["../x", "/x", "a/../../x", ""] {
            assert!(depot.write(name, Vec::new()).await.is_err(), "{name}");
            assert!(depot.delete(name).await.is_err(), "{name}");
        }
    }

    #[test]
    fn a_folder_that_holds_other_things_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "").unwrap();
        let error = Depot::open(folder.path().to_str().unwrap()).unwrap_err();
        assert!(matches!(error, DepotError::Occupied(_)), "{error}");
    }

    #[test]
    fn two_batches_do_not_write_to_one_archive() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let first = Depot::open(place).unwrap();
        assert!(matches!(Depot::open(place), Err(DepotError::Busy(_))));
        drop(first);
        assert!(Depot::open(place).is_ok());
    }
}
