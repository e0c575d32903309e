//! From a recording to a package. The same recording gives the same bytes: nothing of when, where or by whom it was packed
//! goes in.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::manifest::{
    AssetReference, Entry, FORMAT, MAJOR, MINOR, Manifest, PackedRepair, Page, Session, Size, Source, Tool, Window,
};
use super::{Opened, PackageError};
use crate::assets::Assets;
use crate::destination::hexadecimal;
use crate::recording::{self, Form, Recording, Summary, Viewport};

const EVENTS: &str = "events.jsonl";
const INDEX: &str = "index.json";
/// The usual trade of time against size, by name so that a library's new default does not change our bytes.
const LEVEL: i64 = 6;

/// Writes `opened` as a package and returns its manifest. What an earlier package knew of it is kept: where it came from, what was put
/// right and what was removed.
pub fn write(opened: &Opened, out: impl Write + Seek) -> Result<Manifest, PackageError> {
    write_indexed(opened, None, out)
}

/// The same with an index of the recording, as JSON: what readers need not work out themselves.
pub fn write_indexed(opened: &Opened, index: Option<&[u8]>, out: impl Write + Seek) -> Result<Manifest, PackageError> {
    let Opened { recording, assets, .. } = opened;
    let mut zip = ZipWriter::new(Quiet::new(out));
    let length: u64 =
        recording.in_order().map(|(window, event)| (window.id.len() + event.json.len()) as u64 + 16).sum();
    let events = write_entry(&mut zip, EVENTS, Manifest::EVENTS, length, |out| {
        recording::write(recording, Form::WindowLines, out)
    })?;
    let mut entries = vec![events];
    let (references, contents) = assets_of(assets);
    for (path, content) in contents {
        let length = content.len() as u64;
        entries.push(write_entry(&mut zip, &path, Manifest::ASSET, length, |out| out.write_all(&content))?);
    }
    if let Some(index) = index {
        let length = index.len() as u64;
        entries.push(write_entry(&mut zip, INDEX, Manifest::INDEX, length, |out| out.write_all(index))?);
    }
    let manifest = manifest_of(opened, references, entries);
    zip.start_file(Manifest::PATH, options(0)).map_err(io::Error::from)?;
    let text = serde_json::to_string_pretty(&manifest).map_err(io::Error::from)?;
    zip.write_all(text.as_bytes())?;
    zip.write_all(b"\n")?;
    zip.finish().map_err(io::Error::from)?.flush()?;
    Ok(manifest)
}

/// `length`: about how long it is, bytes.
fn options(length: u64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        // ZIP64 only where it is needed. Data that does not shrink grows by less than a thousandth.
        .large_file(length >= 4_200_000_000)
}

fn write_entry<W: Write + Seek>(
    zip: &mut ZipWriter<W>,
    path: &str,
    kind: &str,
    length: u64,
    content: impl FnOnce(&mut BufWriter<Summed<'_, W>>) -> io::Result<()>,
) -> io::Result<Entry> {
    zip.start_file(path, options(length)).map_err(io::Error::from)?;
    let mut out = BufWriter::with_capacity(64 << 10, Summed { zip, digest: Sha256::new(), bytes: 0 });
    content(&mut out)?;
    let Summed { digest, bytes, .. } = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Entry { path: path.to_owned(), kind: kind.to_owned(), bytes, sha256: hexadecimal(&digest.finalize()) })
}

/// Takes everything once writing has failed, and keeps count of where it would be: a `ZipWriter` that is dropped tries to finish
/// its archive, and prints that it could not.
struct Quiet<W> {
    out: W,
    at: u64,
    end: u64,
    failed: bool,
}

impl<W> Quiet<W> {
    fn new(out: W) -> Self {
        Self { out, at: 0, end: 0, failed: false }
    }
}

impl<W: Write> Write for Quiet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = if self.failed { Ok(bytes.len()) } else { self.out.write(bytes) };
        match &written {
            Ok(length) => {
                self.at += *length as u64;
                self.end = self.end.max(self.at);
            }
            Err(error) => self.failed = error.kind() != io::ErrorKind::Interrupted,
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.failed { Ok(()) } else { self.out.flush() }
    }
}

impl<W: Seek> Seek for Quiet<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = if self.failed {
            match to {
                SeekFrom::Start(at) => at,
                SeekFrom::Current(by) => self.at.saturating_add_signed(by),
                SeekFrom::End(by) => self.end.saturating_add_signed(by),
            }
        } else {
            self.out.seek(to)?
        };
        Ok(self.at)
    }
}

/// Sums up what passes through.
struct Summed<'z, W: Write + Seek> {
    zip: &'z mut ZipWriter<W>,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write + Seek> Write for Summed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The list of resources, and the content of each path. Resources of one content share a path.
fn assets_of(assets: &Assets) -> (Vec<AssetReference>, BTreeMap<String, Bytes>) {
    let mut contents = BTreeMap::new();
    let references = assets.iter().map(|(url, asset)| {
        let path = format!("assets/{}", hexadecimal(&Sha256::digest(&asset.bytes)));
        contents.insert(path.clone(), asset.bytes.clone());
        AssetReference { url: url.to_owned(), content_type: asset.content_type.clone(), path }
    });
    (references.collect(), contents)
}

fn manifest_of(opened: &Opened, assets: Vec<AssetReference>, entries: Vec<Entry>) -> Manifest {
    let Opened { recording, files, manifest: before, .. } = opened;
    let mut repairs = before.as_ref().map(|before| before.repairs.clone()).unwrap_or_default();
    repairs.extend(recording.repairs.iter().map(|repair| PackedRepair {
        repair: name_of(&repair.kind, "repair"),
        count: repair.count,
        message: repair.to_string(),
    }));
    let source = before.as_ref().map_or_else(
        || Source {
            shape: serde_name(&recording.format.shape),
            version: recording.format.version.clone(),
            files: files.clone(),
        },
        |before| before.source.clone(),
    );
    let mut session = session_of(recording);
    if let Some(before) = before {
        session.properties.clone_from(&before.session.properties);
    }
    Manifest {
        format: FORMAT.to_owned(),
        format_version: lowest_version(&entries),
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        session,
        source,
        repairs,
        redaction: opened.redaction.clone(),
        assets,
        entries,
    }
}

/// The lowest version that holds all of it.
fn lowest_version(entries: &[Entry]) -> String {
    let has_index = entries.iter().any(|entry| entry.kind == Manifest::INDEX);
    format!("{MAJOR}.{}", if has_index { MINOR } else { 0 })
}

fn session_of(recording: &Recording) -> Session {
    let summary = Summary::of(recording);
    // Windows may have been left out: then zero is not where it was.
    let first_ms = summary.windows.iter().map(|window| window.first_ms).reduce(f64::min).unwrap_or_default();
    let last_ms = summary.windows.iter().map(|window| window.last_ms).fold(first_ms, f64::max);
    let started_at_ms = recording.started_at_ms + first_ms;
    let windows = summary.windows.iter().zip(&recording.windows).map(|(window, whole)| Window {
        id: window.id.clone(),
        events: window.events,
        first_ms: window.first_ms - first_ms,
        last_ms: window.last_ms - first_ms,
        viewport: whole.largest_viewport().map(Size::from),
    });
    let pages = summary.pages.iter().map(|page| Page {
        window: page.window.clone(),
        url: page.href.clone(),
        at_ms: page.at_ms - first_ms,
    });
    Session {
        id: summary.session_id.clone(),
        started_at: jiff::Timestamp::from_millisecond(started_at_ms as i64).ok().map(|time| time.to_string()),
        started_at_ms,
        duration_ms: last_ms - first_ms,
        events: summary.windows.iter().map(|window| window.events).sum(),
        viewport: summary.largest_viewport.into(),
        windows: windows.collect(),
        pages: pages.collect(),
        person: recording.person.clone(),
        properties: serde_json::Map::new(),
    }
}

impl From<Viewport> for Size {
    fn from(Viewport { width, height }: Viewport) -> Self {
        Self { width, height }
    }
}

/// What serde calls a unit variant.
fn serde_name(variant: &impl serde::Serialize) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What serde puts into the member `tag` of a variant.
fn name_of(variant: &impl serde::Serialize, tag: &str) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value[tag].as_str().map(str::to_owned)).unwrap_or_default()
}
