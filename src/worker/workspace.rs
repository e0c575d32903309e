//! Folders for what is being made. Each worker process has one, and holds a lock in it as long as it lives: what a killed one left is swept by the next.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// This process's folder. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: PathBuf,
    _lock: File,
}

const LOCK: &str = "lock";

impl Workspace {
    /// Makes a folder below `parent`, after removing those whose processes are gone.
    pub(crate) fn open(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        sweep(parent);
        let folder = parent.join(uuid::Uuid::now_v7().simple().to_string());
        fs::create_dir(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self { folder, _lock: lock })
    }

    /// A folder for one attempt.
    pub(crate) fn folder(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix("job-").tempdir_in(&self.folder)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next process.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes what killed workers left below a folder.
pub fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let folder = entry.path();
        // A folder without a lock is one that is being made right now, or half removed: it has to be old to be taken for the latter.
        let Ok(lock) = File::open(folder.join(LOCK)) else { continue };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            tracing::info!(folder = %folder.display(), "removing what a killed worker left");
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_worker_left_is_swept_and_what_a_living_one_has_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let dead = parent.path().join("dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        fs::write(dead.join("half.mp4"), "x").unwrap();
        let living = Workspace::open(parent.path()).unwrap();
        assert!(!dead.exists());
        let job = living.folder().unwrap();
        let other = Workspace::open(parent.path()).unwrap();
        assert!(job.path().exists());
        drop((job, other, living));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
