//! Everything about a recording or a person, out of an archive.

use super::depot::{Depot, DepotError, INNER};
use super::entry::Entry;
use super::manifest::{INDEX, Manifest};

/// What was erased, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Recordings of the manifest, by name.
    pub recordings: Vec<String>,
    /// Files, with their bytes.
    pub files: Vec<(String, u64)>,
}

impl Manifest {
    /// Deletes the files and the lines of all entries that `is_about` says are; with `dry_run` only tells them. The page and the checksums are written anew.
    ///
    /// A line goes only after its files: stopped on the way, it can be run again.
    pub async fn erase(
        &self,
        depot: &Depot,
        is_about: impl Fn(&Entry) -> bool,
        dry_run: bool,
    ) -> Result<Erased, DepotError> {
        let mut erased = Erased::default();
        let found: Vec<Entry> = self.all().into_iter().filter(is_about).collect();
        for entry in found {
            for output in &entry.outputs {
                if dry_run || depot.delete(&output.name).await? {
                    erased.files.push((output.name.clone(), output.bytes));
                }
            }
            if !dry_run {
                depot.delete(&format!("{INNER}/entries/{}.json", entry.key)).await?;
                self.forget(&entry.key);
            }
            erased.recordings.push(entry.name);
        }
        if !dry_run && !erased.recordings.is_empty() {
            let page = depot.size(INDEX).await?.is_some();
            self.join(depot, page).await?;
        }
        Ok(erased)
    }
}

impl Entry {
    /// Whether it is the recording of this ID.
    pub fn is_recording(&self, id: &str) -> bool {
        let of_session = self.session.as_ref().and_then(|session| session.id.as_deref()) == Some(id);
        // A recording that failed says nothing of itself, but where it was may.
        let place = self.source.rsplit(['/', ':']).next().unwrap_or_default();
        of_session || place == id || self.source_sha256.as_deref() == Some(id)
    }

    /// Whether it is of the person with this distinct ID.
    pub fn is_of_person(&self, distinct_id: &str) -> bool {
        let person = self.session.as_ref().and_then(|session| session.person.as_ref());
        person.is_some_and(|person| person.distinct_ids.iter().any(|id| id == distinct_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, id: &str, person: &str) -> Entry {
        let json = serde_json::json!({"version": 1, "key": name, "source": format!("posthog:{id}"), "state": "done", "name": name, "order": "o",
            "program": "0", "finished_at": "2026-01-01T00:00:00Z", "took_ms": 1,
            "session": {"id": id, "duration_ms": 1.0, "events": 1, "windows": 1, "width": 1, "height": 1, "person": {"distinct_ids": [person]}},
            "outputs": [{"name": format!("{name}.mp4"), "kind": "video", "format": "mp4", "bytes": 5, "sha256": "ff", "width": 2, "height": 2}]});
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn what_is_about_a_person_goes_with_its_lines_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::open(folder.path().to_str().unwrap()).unwrap();
        let manifest = Manifest::read(&depot).await.unwrap();
        for (name, id, person) in [("a", "1", "ada@example.org"), ("b/c", "2", "ada@example.org"), ("d", "3", "bob")] {
            depot.write(&format!("{name}.mp4"), b"video".to_vec()).await.unwrap();
            manifest.note(&depot, entry(name, id, person)).await.unwrap();
            if id == "1" {
                manifest.join(&depot, true).await.unwrap();
            }
        }
        let is_ada = |entry: &Entry| entry.is_of_person("ada@example.org");
        let told = manifest.erase(&depot, is_ada, true).await.unwrap();
        assert_eq!(told.files.len(), 2);
        assert!(folder.path().join("a.mp4").exists());
        assert_eq!(manifest.erase(&depot, is_ada, false).await.unwrap(), told);
        assert!(!folder.path().join("a.mp4").exists() && !folder.path().join("b").exists());
        assert!(folder.path().join("d.mp4").exists());
        for file in walkdir::WalkDir::new(folder.path()).into_iter().filter_map(Result::ok) {
            let bytes = std::fs::read(file.path()).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&bytes).contains("ada@"), "{}", file.path().display());
        }
        let again = Manifest::read(&depot).await.unwrap();
        assert_eq!(again.all().len(), 1);
        assert_eq!(again.erase(&depot, is_ada, false).await.unwrap(), Erased::default());
        assert_eq!(again.erase(&depot, |entry| entry.is_recording("3"), false).await.unwrap().recordings, ["d"]);
    }
}
