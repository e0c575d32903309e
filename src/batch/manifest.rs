//! What is known of an archive's recordings.
//!
//! Each recording that is done or has failed is written at once, as a small file of its own that appears whole: so nothing that was finished is ever done
//! again, however the program ends. From time to time, and at the end, they are joined to `manifest.jsonl`, and the small files go.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;

use futures::{StreamExt as _, TryStreamExt as _};

use super::depot::{Depot, DepotError, INNER};
use super::entry::Entry;
use super::index;

/// The manifest's name.
pub const MANIFEST: &str = "manifest.jsonl";
/// Checksums of all files, as `sha256sum --check` reads them.
pub const SUMS: &str = "SHA256SUMS";
/// The page.
pub const INDEX: &str = "index.html";

/// What is known of an archive's recordings, by key.
#[derive(Debug)]
pub struct Manifest {
    entries: Mutex<BTreeMap<String, Entry>>,
    /// Small files that are in `manifest.jsonl` as soon as it is written.
    loose: Mutex<Vec<String>>,
}

/// Small files read at once.
const AT_ONCE: usize = 16;

impl Manifest {
    /// Reads what is there.
    pub async fn read(depot: &Depot) -> Result<Self, DepotError> {
        let mut entries = BTreeMap::new();
        let whole = depot.read(MANIFEST).await?.unwrap_or_default();
        for (number, line) in whole.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            match serde_json::from_slice::<Entry>(line) {
                Ok(entry) => drop(entries.insert(entry.key.clone(), entry)),
                Err(error) => tracing::warn!("line {} of {MANIFEST} is not understood: {error}", number + 1),
            }
        }
        let loose = depot.list(&format!("{INNER}/entries")).await?;
        let reads = loose.clone().into_iter().map(async |name| depot.read(&name).await);
        let found: Vec<_> = futures::stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        for bytes in found.into_iter().flatten() {
            if let Ok(entry) = serde_json::from_slice::<Entry>(&bytes) {
                entries.insert(entry.key.clone(), entry);
            }
        }
        Ok(Self { entries: Mutex::new(entries), loose: Mutex::new(loose) })
    }

    /// What is known of a recording.
    pub fn get(&self, key: &str) -> Option<Entry> {
        self.locked().get(key).cloned()
    }

    /// Everything, by key.
    pub fn all(&self) -> Vec<Entry> {
        self.locked().values().cloned().collect()
    }

    /// Notes what became of a recording. When this returns it outlasts the program.
    pub(super) async fn note(&self, depot: &Depot, entry: Entry) -> Result<(), DepotError> {
        let name = format!("{INNER}/entries/{}.json", entry.key);
        let bytes = serde_json::to_vec(&entry).unwrap_or_default();
        depot.write(&name, bytes).await?;
        self.locked().insert(entry.key.clone(), entry);
        self.loose.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        Ok(())
    }

    /// Forgets a recording, for good once [`Self::join`] has written.
    pub(super) fn forget(&self, key: &str) {
        self.locked().remove(key);
    }

    /// Writes the manifest, the checksums and, if wanted, the page.
    pub async fn join(&self, depot: &Depot, page: bool) -> Result<(), DepotError> {
        let loose = std::mem::take(&mut *self.loose.lock().unwrap_or_else(PoisonError::into_inner));
        let mut entries = self.all();
        entries.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        let (mut lines, mut sums) = (Vec::new(), String::new());
        for entry in &entries {
            lines.extend(serde_json::to_vec(entry).unwrap_or_default());
            lines.push(b'\n');
            for output in &entry.outputs {
                // Writing to a string cannot fail. A name has no line breaks and no backslashes: nothing has to be escaped.
                let _ = writeln!(sums, "{}  {}", output.sha256, output.name);
            }
        }
        depot.write(MANIFEST, lines).await?;
        depot.write(SUMS, sums.into_bytes()).await?;
        if page {
            depot.write(INDEX, index::page(&entries).into_bytes()).await?;
        }
        for name in loose {
            depot.delete(&name).await?;
        }
        Ok(())
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::{EntryState, VERSION};
    use super::*;

    fn entry(key: &str, name: &str) -> Entry {
        let json = serde_json::json!({"version": VERSION, "key": key, "source": "/s", "state": EntryState::Done, "name": name, "order": "o",
            "program": "0", "finished_at": "2026-01-01T00:00:00Z", "took_ms": 1,
            "outputs": [{"name": format!("{name}.mp4"), "kind": "video", "format": "mp4", "bytes": 1, "sha256": "ff", "width": 2, "height": 2}]});
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn what_was_noted_is_there_again_whether_it_was_joined_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path().to_str().unwrap()).unwrap();
        let manifest = Manifest::read(&depot).await.unwrap();
        manifest.note(&depot, entry("2", "b")).await.unwrap();
        manifest.join(&depot, true).await.unwrap();
        manifest.note(&depot, entry("1", "c")).await.unwrap();
        manifest.note(&depot, entry("2", "a")).await.unwrap();
        drop(manifest);
        let again = Manifest::read(&depot).await.unwrap();
        assert_eq!(again.all().len(), 2);
        assert_eq!(again.get("2").unwrap().name, "a");
        again.join(&depot, false).await.unwrap();
        assert_eq!(depot.list(".replayreel/entries").await.unwrap(), Vec::<String>::new());
        let lines = std::fs::read_to_string(folder.path().join(MANIFEST)).unwrap();
        let names: Vec<String> = lines.lines().map(|line| serde_json::from_str::<Entry>(line).unwrap().name).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(std::fs::read_to_string(folder.path().join(SUMS)).unwrap(), "ff  a.mp4\nff  c.mp4\n");
    }

    #[tokio::test]
    async fn a_line_that_is_not_understood_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path().to_str().unwrap()).unwrap();
        let good = serde_json::to_string(&entry("1", "a")).unwrap();
        std::fs::write(folder.path().join(MANIFEST), format!("{{\"half\n{good}\n")).unwrap();
        assert_eq!(Manifest::read(&depot).await.unwrap().all().len(), 1);
    }
}
