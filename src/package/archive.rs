//! A ZIP whose every claim is checked: names, places and headers when it is opened, sizes and checksums on the bytes that come out.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

use bytes::Bytes;
use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::directory::{Directory, Header};
use super::{EntryFault, Limits, PackageError};

/// Longest path of an entry, bytes: more than any file system takes.
const LONGEST_PATH: usize = 1024;
const CHUNK: usize = 64 << 10;
/// Deflate cannot do better (a match of 258 bytes in two bits), so more is never set aside on a header's word.
const BEST_RATIO: u64 = 1032;

/// An archive in memory.
#[derive(Debug)]
pub(super) struct Archive {
    /// What to call it in messages.
    pub(super) name: String,
    bytes: Bytes,
    /// Files that can be read, in the order of the directory. Folders are left out.
    pub(super) entries: Vec<Entry>,
    /// What is wrong with the others.
    pub(super) faults: Vec<(String, EntryFault)>,
}

/// A file in an archive.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) path: String,
    header: Header,
    /// Its own header and its data.
    span: Range<usize>,
    data: Range<usize>,
}

impl Entry {
    /// How many bytes to set aside for its content: a vector that grows by itself could end up twice as large.
    pub(super) fn expected(&self, cap: Cap) -> usize {
        let possible = (self.data.len() as u64).saturating_mul(BEST_RATIO);
        usize::try_from(self.header.size.min(possible).min(cap.value)).unwrap_or_default()
    }
}

/// What may still come out of the entries of one input.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    limits: &'l Limits,
    used: u64,
}

/// The most that one entry may unpack to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cap {
    /// The limit's name and option.
    limit: &'static str,
    value: u64,
}

impl Cap {
    pub(super) fn of_entries(limits: &Limits) -> Self {
        Self { limit: "entry_bytes, --max-package-entry-bytes", value: limits.entry_bytes }
    }

    pub(super) fn of_manifests(limits: &Limits) -> Self {
        Self { limit: "manifest_bytes, --max-manifest-bytes", value: limits.manifest_bytes }
    }
}

impl<'l> Budget<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self { limits, used: 0 }
    }
}

impl Archive {
    /// Reads the directory. Entries that must not be touched are in [`Self::faults`] and nowhere else.
    pub(super) fn open(name: &str, bytes: Bytes, limits: &Limits) -> Result<Self, PackageError> {
        let broken = |reason: String| PackageError::Archive { name: name.to_owned(), reason };
        let directory = Directory::find(&bytes).map_err(broken)?;
        if directory.entries > limits.entries {
            return Err(PackageError::TooManyEntries {
                name: name.to_owned(),
                count: directory.entries,
                limit: limits.entries,
            });
        }
        let headers = directory.headers(&bytes).map_err(broken)?;
        let mut archive = Self { name: name.to_owned(), bytes, entries: Vec::new(), faults: Vec::new() };
        for header in headers {
            let path = String::from_utf8_lossy(&header.name).into_owned();
            match archive.examine(&path, header, directory.start()) {
                Ok(Some(entry)) => archive.entries.push(entry),
                Ok(None) => {}
                Err(fault) => archive.faults.push((path, fault)),
            }
        }
        archive.refuse_duplicates();
        archive.refuse_overlaps();
        Ok(archive)
    }

    fn examine(&self, path: &str, header: Header, directory: usize) -> Result<Option<Entry>, EntryFault> {
        if std::str::from_utf8(&header.name).is_err() {
            return Err(EntryFault::Path("is not UTF-8"));
        }
        if let Some(reason) = why_unsafe(path) {
            return Err(EntryFault::Path(reason));
        }
        if header.is_symlink() {
            return Err(EntryFault::Symlink);
        }
        if header.is_encrypted() {
            return Err(EntryFault::Encrypted);
        }
        let (span, data) = header.locate(&self.bytes, directory).map_err(EntryFault::LocalHeader)?;
        if header.is_folder() {
            return Ok(None);
        }
        Ok(Some(Entry { path: path.to_owned(), data: data..span.end, header, span }))
    }

    /// Of several entries of one name, none can be trusted. Names that differ in case only are one on some systems.
    fn refuse_duplicates(&mut self) {
        let mut count: HashMap<String, usize> = HashMap::new();
        for path in self.entries.iter().map(|entry| &entry.path).chain(self.faults.iter().map(|(path, _)| path)) {
            *count.entry(path.to_lowercase()).or_default() += 1;
        }
        let twice = |entry: &mut Entry| count.get(&entry.path.to_lowercase()).is_some_and(|count| *count > 1);
        let refused = self.entries.extract_if(.., twice);
        self.faults.extend(refused.map(|entry| (entry.path, EntryFault::Duplicate)));
    }

    fn refuse_overlaps(&mut self) {
        let mut spans: Vec<(Range<usize>, usize)> =
            self.entries.iter().enumerate().map(|(place, entry)| (entry.span.clone(), place)).collect();
        spans.sort_by_key(|(span, place)| (span.start, *place));
        let mut refused: HashMap<usize, usize> = HashMap::new();
        let mut furthest: Option<(usize, usize)> = None;
        for (span, place) in spans {
            match furthest {
                Some((end, by)) if span.start < end => {
                    refused.insert(place, by);
                }
                _ => {}
            }
            if furthest.is_none_or(|(end, _)| span.end > end) {
                furthest = Some((span.end, place));
            }
        }
        if refused.is_empty() {
            return;
        }
        let names: Vec<String> = self.entries.iter().map(|entry| entry.path.clone()).collect();
        let mut place = 0;
        self.entries.retain(|entry| {
            let by = refused.get(&place);
            place += 1;
            if let Some(by) = by {
                self.faults.push((entry.path.clone(), EntryFault::Overlap(names[*by].clone())));
            }
            by.is_none()
        });
    }

    pub(super) fn by_path(&self) -> HashMap<&str, &Entry> {
        self.entries.iter().map(|entry| (entry.path.as_str(), entry)).collect()
    }

    /// Fails with the first fault.
    pub(super) fn refuse_faults(&mut self) -> Result<(), PackageError> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let (entry, fault) = self.faults.swap_remove(0);
        Err(self.fault(&entry, fault))
    }

    pub(super) fn fault(&self, entry: &str, fault: EntryFault) -> PackageError {
        PackageError::Entry { name: self.name.clone(), entry: entry.to_owned(), fault }
    }

    /// Size of the archive, bytes.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The content of `entry`.
    pub(super) fn read(&self, entry: &Entry, cap: Cap, budget: &mut Budget<'_>) -> Result<Vec<u8>, EntryFault> {
        let mut content = Vec::with_capacity(entry.expected(cap));
        self.read_pieces(entry, cap, budget, &mut |piece| content.extend_from_slice(piece))?;
        Ok(content)
    }

    /// Hands out the content of `entry` piece by piece. What was handed out before an error is not to be used.
    pub(super) fn read_pieces(
        &self,
        entry: &Entry,
        cap: Cap,
        budget: &mut Budget<'_>,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), EntryFault> {
        let data = self.bytes.get(entry.data.clone()).unwrap_or_default();
        let mut sink = Sink { crc: Crc::new(), produced: 0, compressed: data.len() as u64, cap, budget, take };
        match entry.header.method {
            0 => data.chunks(CHUNK).try_for_each(|piece| sink.accept(piece))?,
            8 => {
                let mut decoder = DeflateDecoder::new(data);
                let mut piece = vec![0; CHUNK];
                loop {
                    match decoder.read(&mut piece).map_err(|error| EntryFault::Corrupt(error.to_string()))? {
                        0 => break,
                        length => sink.accept(&piece[..length])?,
                    }
                }
                if decoder.total_in() != data.len() as u64 {
                    return Err(EntryFault::Corrupt("other bytes follow the compressed ones".to_owned()));
                }
            }
            method => return Err(EntryFault::Method(method)),
        }
        let (found, stated) = (sink.produced, entry.header.size);
        if found != stated {
            return Err(EntryFault::Size { stated, found, in_manifest: false });
        }
        let (found, stated) = (sink.crc.sum(), entry.header.crc);
        if found != stated {
            return Err(EntryFault::Crc { stated, found });
        }
        Ok(())
    }
}

/// Counts what comes out of one entry.
struct Sink<'a, 'l> {
    crc: Crc,
    produced: u64,
    compressed: u64,
    cap: Cap,
    budget: &'a mut Budget<'l>,
    take: &'a mut dyn FnMut(&[u8]),
}

impl Sink<'_, '_> {
    fn accept(&mut self, piece: &[u8]) -> Result<(), EntryFault> {
        let limits = self.budget.limits;
        self.produced += piece.len() as u64;
        self.budget.used = self.budget.used.saturating_add(piece.len() as u64);
        if self.produced > self.cap.value {
            return Err(EntryFault::TooLarge { limit: self.cap.limit, value: self.cap.value });
        }
        if self.budget.used > limits.total_bytes {
            return Err(EntryFault::TooLarge { limit: "total_bytes, --max-package-bytes", value: limits.total_bytes });
        }
        if self.produced > Limits::RATIO_FROM && self.produced > self.compressed.saturating_mul(limits.ratio) {
            return Err(EntryFault::Ratio { compressed: self.compressed, value: limits.ratio });
        }
        self.crc.update(piece);
        (self.take)(piece);
        Ok(())
    }
}

/// Why a path must not be used as a file name, if so. A folder's path ends in `/`.
pub(super) fn why_unsafe(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.len() > LONGEST_PATH {
        return Some("is longer than 1024 bytes");
    }
    if path.chars().any(char::is_control) {
        return Some("holds control characters");
    }
    if path.contains('\\') {
        return Some("holds a backslash");
    }
    if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') {
        return Some("is absolute");
    }
    let mut steps = path.strip_suffix('/').unwrap_or(path).split('/');
    steps.any(|step| matches!(step, "" | "." | "..")).then_some("holds `..`, `.` or an empty step")
}
