//! A recording that is to become files, before anybody has looked into it.

use sha2::{Digest as _, Sha256};

use crate::destination::hexadecimal;
use crate::source::{Place, SourceError};

/// A recording to convert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its files, as [`Place::parse`] reads them: paths from the root, or addresses.
    pub places: Vec<String>,
    /// What to call it, without extensions: its path below what was searched, or its ID.
    pub path: String,
    /// What changes when its content does, as far as that shows from outside: size and time of a file, the tag of an object. Absent where only reading
    /// tells.
    pub stamp: Option<String>,
    /// As stored.
    pub bytes: Option<u64>,
}

impl Item {
    /// What it is known by from run to run: where it is. 32 hexadecimal digits.
    pub fn key(&self) -> String {
        let mut hash = Sha256::new();
        for place in &self.places {
            hash.update((place.len() as u64).to_be_bytes());
            hash.update(place);
        }
        hexadecimal(&hash.finalize()[..16])
    }

    /// Its files, read as places.
    pub fn locations(&self) -> Result<Vec<Place>, SourceError> {
        self.places.iter().map(|place| Place::parse(place)).collect()
    }

    /// Where it is, as it may be shown: what follows `?` or `#` of an address may be secret.
    pub fn shown(&self) -> String {
        let first = self.places.first().map(String::as_str).unwrap_or_default();
        let shown = if first.contains("://") { first.split(['?', '#']).next().unwrap_or_default() } else { first };
        match self.places.len() {
            0 | 1 => shown.to_owned(),
            several => format!("{shown} and {} more", several - 1),
        }
    }
}

/// Extensions that say how a recording is stored, not what it is called.
const STORED: [&str; 12] =
    ["json", "jsonl", "ndjson", "gz", "zst", "br", "zip", "replay", "snappy", "sz", "lz4", "rrweb"];

/// A file's name without the extensions that recordings have: `a/session.2024.json.gz` is `a/session.2024`.
pub(super) fn without_extensions(path: &str) -> &str {
    let mut name = path;
    while let Some((rest, extension)) = name.rsplit_once('.') {
        let named = !rest.is_empty() && !rest.ends_with('/');
        if !named || !STORED.iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            break;
        }
        name = rest;
    }
    name
}

/// Whether a file's name is that of a recording.
pub(super) fn looks_like_one(name: &str) -> bool {
    without_extensions(name) != name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_how_it_is_stored_goes_from_a_name() {
        for (path, name) in [
            ("a/b.json.gz", "a/b"),
            ("a/session.2024.jsonl", "a/session.2024"),
            ("x.replay.zip", "x"),
            ("a/.json", "a/.json"),
            ("notes.md", "notes.md"),
            ("json", "json"),
        ] {
            assert_eq!(without_extensions(path), name, "{path}");
        }
        assert!(looks_like_one("a.JSON") && !looks_like_one("a.mp4"));
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        let item = |place: &str| Item { places: vec![place.to_owned()], path: String::new(), stamp: None, bytes: None };
        assert_eq!(item("https://example.org/a.json?token=hunter2").shown(), "https://example.org/a.json");
        assert_eq!(item("/data/what?.json").shown(), "/data/what?.json");
        assert_ne!(item("https://example.org/a?token=1").key(), item("https://example.org/a?token=2").key());
    }
}
