//! Where packages wait and finished files lie: a folder, or a bucket at S3, Google Cloud Storage or Azure, by URL. The same calls for all.
//!
//! A key is put whole or not at all, and is never overwritten: each attempt of a job has keys of its own, and only the ledger says which attempt counts.
//! So what a worker left half done when it died is never served.

mod error;
mod stores;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::path::Path as Key;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt as _, WriteMultipart};
use tokio::io::AsyncReadExt as _;

pub use error::ArtifactError;

/// Parts of an upload: S3 takes none below 5 MiB but the last, and ten thousand at most, so files of up to 78 GiB.
const PART: usize = 8 << 20;
/// Parts under way at once: bounds the memory of an upload.
const PARTS_AT_ONCE: usize = 3;

/// A store of artifacts. Cheap to clone.
#[derive(Clone)]
pub struct Artifacts {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
    /// Of a store that is one.
    folder: Option<Arc<Path>>,
    shown: Arc<str>,
}

/// An artifact on its way out.
pub struct Outgoing {
    /// Bytes of all of it.
    pub size: u64,
    /// The bytes that were asked for.
    pub range: Range<u64>,
    /// They come as they are read: no more than a few pieces are in memory.
    pub bytes: BoxStream<'static, Result<Bytes, ArtifactError>>,
}

impl std::fmt::Debug for Artifacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Artifacts").field(&self.shown).finish()
    }
}

impl Artifacts {
    /// A store by its URL: a folder's path or `file://` (made if it is missing), `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`,
    /// `az://CONTAINER/PREFIX`. Credentials come from the environment, as each provider's own tools read it.
    pub fn open(url: &str) -> Result<Self, ArtifactError> {
        Self::open_with(url, &[])
    }

    /// The same, with settings that go before those of the environment and are called as there: `("AWS_ENDPOINT_URL", "http://…")`.
    pub fn open_with(url: &str, settings: &[(&str, &str)]) -> Result<Self, ArtifactError> {
        let (store, prefix, folder) = stores::open(url, settings)?;
        Ok(Self { store, prefix, folder: folder.map(Into::into), shown: stores::shown(url).into() })
    }

    /// What to call it in messages.
    pub fn name(&self) -> &str {
        &self.shown
    }

    /// Puts a file, in parts: its size costs no memory. Returns its bytes.
    pub async fn put_file(&self, key: &str, file: &Path) -> Result<u64, ArtifactError> {
        let local = |source| ArtifactError::Local { file: file.to_owned(), source };
        let mut file = tokio::fs::File::open(file).await.map_err(local)?;
        let size = file.metadata().await.map_err(local)?.len();
        let path = self.path(key)?;
        if size <= PART as u64 {
            let mut bytes = Vec::with_capacity(size as usize);
            file.read_to_end(&mut bytes).await.map_err(local)?;
            let size = bytes.len() as u64;
            self.store.put(&path, bytes.into()).await.map_err(|error| self.failed("write", key, error))?;
            return Ok(size);
        }
        let upload = self.store.put_multipart(&path).await.map_err(|error| self.failed("write", key, error))?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut put = 0;
        loop {
            if let Err(error) = upload.wait_for_capacity(PARTS_AT_ONCE).await {
                // An upload that is begun and never ended is paid for: S3 keeps its parts until it is called off.
                let _ = upload.abort().await;
                return Err(self.failed("write", key, error));
            }
            let mut part = Vec::with_capacity(PART);
            let read = (&mut file).take(PART as u64).read_to_end(&mut part).await;
            match read {
                Ok(0) => break,
                Ok(read) => put += read as u64,
                Err(source) => {
                    let _ = upload.abort().await;
                    return Err(local(source));
                }
            }
            upload.put(part.into());
        }
        upload.finish().await.map_err(|error| self.failed("write", key, error))?;
        Ok(put)
    }

    /// Puts a copy of an artifact, without its bytes coming here.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), ArtifactError> {
        let (source, target) = (self.path(from)?, self.path(to)?);
        self.store.copy(&source, &target).await.map_err(|error| self.failed("copy", from, error))
    }

    /// The bytes of an artifact, or a range of them. A range that goes beyond the end ends there.
    pub async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Outgoing, ArtifactError> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(key)?, options).await;
        let found = found.map_err(|error| self.failed("read", key, error))?;
        let (size, range) = (found.meta.size, found.range.clone());
        let (store, key) = (self.clone(), key.to_owned());
        let bytes = found.into_stream().map(move |piece| piece.map_err(|error| store.failed("read", &key, error)));
        Ok(Outgoing { size, range, bytes: bytes.boxed() })
    }

    /// An artifact whole, if it is no larger than `most` bytes.
    pub async fn read(&self, key: &str, most: u64) -> Result<Bytes, ArtifactError> {
        let mut outgoing = self.get(key, None).await?;
        let too_large = |size| ArtifactError::TooLarge { key: key.to_owned(), size, limit: most };
        if outgoing.size > most {
            return Err(too_large(outgoing.size));
        }
        let mut bytes = Vec::with_capacity(outgoing.size as usize);
        while let Some(piece) = outgoing.bytes.next().await {
            bytes.extend_from_slice(&piece?);
            if bytes.len() as u64 > most {
                return Err(too_large(bytes.len() as u64));
            }
        }
        Ok(bytes.into())
    }

    /// Bytes of an artifact; absent if there is none.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, ArtifactError> {
        match self.store.head(&self.path(key)?).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read", key, error)),
        }
    }

    /// Keys below a folder of keys, which is not itself one of them.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>, ArtifactError> {
        Ok(self.list_sizes(folder).await?.into_iter().map(|(key, _)| key).collect())
    }

    /// The same, with the bytes of each.
    pub async fn list_sizes(&self, folder: &str) -> Result<Vec<(String, u64)>, ArtifactError> {
        let path = self.path(folder)?;
        let mut found = self.store.list(Some(&path));
        let mut keys = Vec::new();
        while let Some(object) = found.next().await {
            let object = object.map_err(|error| self.failed("list", folder, error))?;
            let below = object.location.prefix_match(&self.prefix).map(|parts| parts.collect::<Key>().to_string());
            keys.extend(below.map(|key| (key, object.size)));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// Deletes everything below a folder of keys, but for what is below `keep`. That something is gone already is no error.
    /// Returns how many were deleted.
    pub async fn delete_below(&self, folder: &str, keep: Option<&str>) -> Result<u64, ArtifactError> {
        let mut deleted = 0;
        for key in self.list(folder).await? {
            if keep.is_some_and(|keep| key.strip_prefix(keep).is_some_and(|rest| rest.starts_with('/'))) {
                continue;
            }
            deleted += u64::from(self.delete(&key).await?);
        }
        Ok(deleted)
    }

    /// Deletes what writers that were killed left half written of a key, and below it. A folder has such files, called after the key, under names
    /// that are no keys; a bucket's unfinished uploads end by its own rules. What is below the key otherwise goes as well: delete it first.
    pub async fn delete_unfinished(&self, key: &str) -> Result<(), ArtifactError> {
        self.path(key)?;
        let Some(root) = self.folder.clone() else { return Ok(()) };
        let path = root.join(key);
        let done = tokio::task::spawn_blocking(move || sweep(&path)).await;
        let local = |source| ArtifactError::Local { file: key.into(), source };
        done.map_err(std::io::Error::other).and_then(|done| done).map_err(local)
    }

    /// Deletes one; false if the store says that it was not there. S3 does not say.
    pub async fn delete(&self, key: &str) -> Result<bool, ArtifactError> {
        match self.store.delete(&self.path(key)?).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(self.failed("delete", key, error)),
        }
    }

    /// Whether the store takes, gives and deletes.
    pub async fn check(&self) -> Result<(), ArtifactError> {
        let key = format!("check/{}", uuid::Uuid::now_v7().simple());
        let path = self.path(&key)?;
        self.store
            .put(&path, Bytes::from_static(b"ready").into())
            .await
            .map_err(|error| self.failed("write", &key, error))?;
        let read = self.read(&key, 64).await;
        self.delete(&key).await?;
        read.map(drop)
    }

    fn path(&self, key: &str) -> Result<Key, ArtifactError> {
        let bad = || ArtifactError::Key { key: key.to_owned() };
        let below = Key::parse(key).map_err(|_| bad())?;
        // What is read as something else than it says, as `/x` for `x`, would be two names of one artifact.
        if key.is_empty() || below.as_ref() != key {
            return Err(bad());
        }
        Ok(self.prefix.parts().chain(below.parts()).collect())
    }

    fn failed(&self, doing: &'static str, key: &str, source: object_store::Error) -> ArtifactError {
        let (key, store) = (key.to_owned(), self.shown.to_string());
        match source {
            object_store::Error::NotFound { .. } => ArtifactError::Missing { key, store },
            source => ArtifactError::Store { doing, key, store, source: Box::new(source) },
        }
    }
}

/// `KEY#1`, `KEY#2`, …, and the folder of that name.
fn sweep(path: &Path) -> std::io::Result<()> {
    let gone = |done: std::io::Result<()>| match done {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let begins = format!("{}#", name.to_string_lossy());
    let entries = match std::fs::read_dir(parent) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&begins) {
            gone(std::fs::remove_file(entry.path()))?;
        }
    }
    if path.is_dir() { gone(std::fs::remove_dir_all(path)) } else { Ok(()) }
}
