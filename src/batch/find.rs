//! What there is to convert: folders, patterns, lists, prefixes and projects become [`Item`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use glob::Pattern;
use walkdir::WalkDir;

use super::depot::INNER;
use super::item::{Item, looks_like_one, without_extensions};
use crate::source::{Collection, Filter, Place, Settings, SourceError};

/// Where to look, and for what.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Folders, files, patterns (`logs/**/*.json.gz`), lists (`@list.txt`, `@-`), `s3://BUCKET/PREFIX/`, `posthog:`, a project's page, and whatever else
    /// [`Place::parse`] reads.
    pub places: Vec<String>,
    /// Files in folders and objects below prefixes have to match one of these; without any, files have to be called like recordings.
    pub include: Vec<Pattern>,
    /// And none of these.
    pub exclude: Vec<Pattern>,
    /// All files of a folder are one session.
    pub folders: bool,
    /// Which recordings of a project.
    pub filter: Filter,
    /// Most recordings.
    pub most: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Each recording once.
    pub items: Vec<Item>,
    /// Files that were not called like recordings.
    pub passed_over: usize,
}

/// Nothing can be converted.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The place is none, or cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A pattern.
    #[error("{pattern:?} is no pattern: {reason}")]
    Pattern {
        /// As given.
        pattern: String,
        /// What is wrong.
        reason: String,
    },
    /// A folder or list.
    #[error("cannot read {path}: {reason}", path = path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A line of a list.
    #[error("line {line} of {list}: {error}")]
    Line {
        /// Which list.
        list: String,
        /// From 1.
        line: usize,
        /// Why it names no recording.
        error: Box<FindError>,
    },
    /// Too many.
    #[error("there are more than {0} recordings (limit: --max-recordings)")]
    TooMany(usize),
    /// Neither a file nor a place.
    #[error("{0}: no such file or folder")]
    Nothing(String),
}

/// Longest list, bytes.
const LONGEST_LIST: u64 = 256 << 20;

impl Search {
    /// Looks. `settings` is for places on the network.
    pub async fn find(&self, settings: &Settings) -> Result<Found, FindError> {
        let mut finding = Finding { search: self, files: Vec::new(), found: Found::default(), seen: BTreeSet::new() };
        for place in &self.places {
            match place.strip_prefix('@') {
                Some(list) => finding.list(list, settings).await?,
                None => finding.place(place, settings).await?,
            }
        }
        finding.end()
    }
}

struct Finding<'a> {
    search: &'a Search,
    /// Files and objects that may be joined to sessions.
    files: Vec<Item>,
    found: Found,
    seen: BTreeSet<String>,
}

impl Finding<'_> {
    async fn list(&mut self, list: &str, settings: &Settings) -> Result<(), FindError> {
        let failed = |error: std::io::Error| FindError::Unreadable { path: list.into(), reason: error.to_string() };
        let mut text = String::new();
        if list == "-" {
            std::io::stdin().take(LONGEST_LIST).read_to_string(&mut text).map_err(failed)?;
        } else {
            fs::File::open(list).and_then(|file| file.take(LONGEST_LIST).read_to_string(&mut text)).map_err(failed)?;
        }
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // Lists name files as seen from where they lie.
            let beside = Path::new(list).parent().filter(|_| list != "-");
            let line_place = match (Place::parse(line), beside) {
                (Ok(Place::Path(path)), Some(folder)) => folder.join(path).to_string_lossy().into_owned(),
                _ => line.to_owned(),
            };
            let told = |error| FindError::Line { list: list.to_owned(), line: index + 1, error: Box::new(error) };
            self.place(&line_place, settings).await.map_err(told)?;
        }
        Ok(())
    }

    async fn place(&mut self, place: &str, settings: &Settings) -> Result<(), FindError> {
        if let Some(collection) = Collection::parse(place) {
            let listed = match collection.list(&self.search.filter, settings).await {
                Err(SourceError::TooManyObjects { limit, .. }) => return Err(FindError::TooMany(limit)),
                listed => listed?,
            };
            let is_posthog = matches!(collection, Collection::PostHog { .. });
            for listed in listed {
                let item =
                    Item { places: vec![listed.place], path: listed.path, stamp: listed.stamp, bytes: listed.bytes };
                if is_posthog {
                    let long_enough = |bound: Option<f64>, is: fn(f64, f64) -> bool| {
                        bound.zip(listed.seconds).is_none_or(|(bound, seconds)| is(seconds, bound))
                    };
                    let filter = &self.search.filter;
                    if long_enough(filter.min_s, |is, min| is >= min) && long_enough(filter.max_s, |is, max| is <= max)
                    {
                        self.add(item);
                    }
                } else {
                    self.file(item);
                }
            }
            return self.bounded();
        }
        match Place::parse(place)? {
            Place::Path(path) => self.path(&path)?,
            parsed => self.add(Item { places: vec![place.to_owned()], path: parsed.stem(), stamp: None, bytes: None }),
        }
        self.bounded()
    }

    fn path(&mut self, path: &str) -> Result<(), FindError> {
        let there = Path::new(path);
        if there.is_dir() {
            return self.folder(there);
        }
        if there.exists() {
            let name = there.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Whoever names a file means it, whatever it is called.
            self.files.extend(of_file(there, &name));
            return Ok(());
        }
        if !path.contains(['*', '?', '[']) {
            return Err(FindError::Nothing(path.to_owned()));
        }
        let bad = |reason: &dyn std::fmt::Display| FindError::Pattern {
            pattern: path.to_owned(),
            reason: reason.to_string(),
        };
        let base = fixed_part(path);
        for found in glob::glob(path).map_err(|error| bad(&error))? {
            let found = found.map_err(|error| bad(&error))?;
            if found.is_file() {
                let below = found.strip_prefix(&base).unwrap_or(&found).to_string_lossy().into_owned();
                self.files.extend(of_file(&found, &below));
            }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), FindError> {
        let unreadable = |error: &walkdir::Error| FindError::Unreadable {
            path: error.path().unwrap_or(folder).to_owned(),
            reason: error.io_error().map_or_else(|| error.to_string(), ToString::to_string),
        };
        let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
            // An archive is what came of recordings; its manifest is none.
            entry.depth() == 0 && !entry.path().join(INNER).is_dir()
                || entry.depth() > 0 && !hidden(entry.file_name()) && !entry.path().join(INNER).is_dir()
        });
        for entry in walk {
            let entry = entry.map_err(|error| unreadable(&error))?;
            if entry.file_type().is_file() {
                let below = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
                if let Some(item) = of_file(entry.path(), &below) {
                    self.file(item);
                }
                self.bounded()?;
            }
        }
        Ok(())
    }

    /// One of many files: a recording, if it is called like one.
    fn file(&mut self, item: Item) {
        let search = self.search;
        let included = match search.include.as_slice() {
            [] => looks_like_one(&item.path),
            patterns => patterns.iter().any(|pattern| matches(pattern, &item.path)),
        };
        if included && !search.exclude.iter().any(|pattern| matches(pattern, &item.path)) {
            self.files.push(item);
        } else {
            self.found.passed_over += 1;
        }
    }

    fn add(&mut self, item: Item) {
        if self.seen.insert(item.key()) {
            self.found.items.push(item);
        }
    }

    fn bounded(&self) -> Result<(), FindError> {
        let most = self.search.most;
        if self.files.len() + self.found.items.len() > most { Err(FindError::TooMany(most)) } else { Ok(()) }
    }

    fn end(mut self) -> Result<Found, FindError> {
        let files = std::mem::take(&mut self.files);
        let items = if self.search.folders { joined(files) } else { files };
        for item in items {
            let path = without_extensions(&item.path).to_owned();
            self.add(Item { path, ..item });
        }
        self.bounded()?;
        Ok(self.found)
    }
}

fn matches(pattern: &Pattern, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    // Without a slash a pattern is for names, as people know it from .gitignore.
    pattern.matches(path) || (!pattern.as_str().contains('/') && pattern.matches(name))
}

fn of_file(path: &Path, below: &str) -> Option<Item> {
    let whole = fs::canonicalize(path).ok()?;
    let there = fs::metadata(&whole).ok()?;
    let changed = there.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Some(Item {
        places: vec![whole.to_str()?.to_owned()],
        path: below.to_owned(),
        stamp: changed.map(|time| format!("{};{}", time.as_nanos(), there.len())),
        bytes: Some(there.len()),
    })
}

/// The part of a pattern before the first folder with a wildcard.
fn fixed_part(pattern: &str) -> PathBuf {
    let parts: Vec<&str> = pattern.split('/').collect();
    let fixed = parts.iter().take_while(|part| !part.contains(['*', '?', '['])).count();
    parts.get(..fixed.min(parts.len().saturating_sub(1))).map(|parts| parts.join("/")).unwrap_or_default().into()
}

/// One item of all files in a folder, in the order of their names.
fn joined(files: Vec<Item>) -> Vec<Item> {
    let mut folders: BTreeMap<(String, String), Vec<Item>> = BTreeMap::new();
    for file in files {
        let folder_of = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
        let whole = file.places.first().map(|place| folder_of(place)).unwrap_or_default();
        folders.entry((whole, folder_of(&file.path))).or_default().push(file);
    }
    let session = |((whole, folder), mut files): ((String, String), Vec<Item>)| {
        files.sort_by(|a, b| a.places.cmp(&b.places));
        let stamps: Option<Vec<String>> = files.iter().map(|file| file.stamp.clone()).collect();
        let name = if folder.is_empty() { whole.rsplit('/').next().unwrap_or("replay").to_owned() } else { folder };
        Item {
            path: name,
            stamp: stamps.map(|stamps| stamps.join(" ")),
            bytes: files.iter().map(|file| file.bytes).sum(),
            places: files.into_iter().flat_map(|file| file.places).collect(),
        }
    };
    folders.into_iter().map(session).collect()
}

#[cfg(test)]
mod tests;
