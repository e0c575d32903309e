//! Packages are made here, taken apart, and put together wrongly.

mod hostile;
#[expect(clippy::float_cmp, reason = "the same numbers, written and read")]
mod intact;
mod plain;
mod schema;
mod verdicts;
mod versions;

use std::io::{Cursor, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};

use super::archive::{Archive, Budget, Cap};
use super::{Limits, Manifest, Opened, PackageError, open, write};
use crate::assets::{Asset, Assets};
use crate::source::SourceBytes;

/// A made-up clock's start, ms since 1970-01-01 UTC.
const T0: u64 = 1_700_000_000_000;

/// A small recording of two windows, as JSON of a PostHog export.
fn recording() -> Value {
    let in_window = |mut event: Value, window: &str| {
        event["windowId"] = json!(window);
        event
    };
    let meta = |at: u64| json!({"type": 4, "data": {"href": "https://shop.example/", "width": 800, "height": 600}, "timestamp": T0 + at});
    let full = |at: u64| json!({"type": 2, "data": {"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"top": 0, "left": 0}}, "timestamp": T0 + at});
    let scroll = |at: u64| json!({"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": at}, "timestamp": T0 + at});
    json!({"version": "2023-04-28", "data": {
        "id": "0199-session",
        "person": {"name": "Ada", "distinct_ids": ["a1"], "properties": {"plan": "free"}},
        "snapshots": [
            in_window(meta(0), "first"), in_window(full(0), "first"), in_window(scroll(50), "second"),
            in_window(meta(60), "second"), in_window(full(60), "second"), in_window(scroll(2500), "first"),
        ],
    }})
}

fn part(name: &str, bytes: impl Into<Bytes>) -> SourceBytes {
    SourceBytes { name: name.to_owned(), bytes: bytes.into() }
}

fn opened(name: &str, bytes: impl Into<Bytes>) -> Result<Opened, PackageError> {
    open(vec![part(name, bytes)], &Limits::tight())
}

fn source() -> Opened {
    opened("/home/ada/exports/session.json", recording().to_string()).unwrap()
}

/// Three URLs, two contents.
fn assets() -> Assets {
    let mut assets = Assets::default();
    let png = Bytes::from_static(b"\x89PNG\r\n\x1a\n and so on");
    assets.insert("https://shop.example/logo.png", Asset { content_type: "image/png".to_owned(), bytes: png.clone() });
    assets.insert("https://cdn.example/logo.png?v=2#top", Asset { content_type: String::new(), bytes: png });
    let css = Bytes::from("body { margin: 0 }".repeat(50));
    assets.insert("https://shop.example/site.css", Asset { content_type: "text/css".to_owned(), bytes: css });
    assets
}

fn packed(opened: &Opened) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    write(opened, &mut out).unwrap();
    out.into_inner()
}

/// A package of two windows and two resources.
fn package() -> Vec<u8> {
    packed(&Opened { assets: assets(), ..source() })
}

/// The files of a package, to be changed.
fn files(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    let limits = Limits::tight();
    let archive = Archive::open("package", Bytes::copy_from_slice(package), &limits).unwrap();
    let read = |entry| archive.read(entry, Cap::of_entries(&limits), &mut Budget::new(&limits)).unwrap();
    archive.entries.iter().map(|entry| (entry.path.clone(), read(entry))).collect()
}

/// The package with its files changed.
fn with_files(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> Vec<u8> {
    let mut files = files(&package());
    change(&mut files);
    zip_of(&files.iter().map(|(path, content)| Raw::deflated(path, content)).collect::<Vec<_>>())
}

/// The package with its manifest changed.
fn with_manifest(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    with_files(|files| {
        let manifest = files.iter_mut().find(|(path, _)| path == Manifest::PATH).unwrap();
        let mut json = serde_json::from_slice(&manifest.1).unwrap();
        change(&mut json);
        manifest.1 = serde_json::to_vec(&json).unwrap();
    })
}

/// An entry of a ZIP of which every word may be a lie.
#[derive(Debug, Clone)]
struct Raw {
    name: Vec<u8>,
    /// In the header before the data.
    local_name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    size: u32,
    /// In the header before the data.
    local_size: u32,
    data: Vec<u8>,
    mode: u32,
    /// Its header is that of the entry of this number, and it has no data of its own.
    shares: Option<usize>,
}

impl Raw {
    fn stored(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let (name, content) = (name.as_ref().to_vec(), content.as_ref());
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let size = content.len() as u32;
        Self {
            local_name: name.clone(),
            name,
            flags: 0,
            method: 0,
            crc: crc.sum(),
            size,
            local_size: size,
            data: content.to_vec(),
            mode: 0o100_644,
            shares: None,
        }
    }

    fn deflated(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content.as_ref()).unwrap();
        Self { method: 8, data: encoder.finish().unwrap(), ..Self::stored(name, content) }
    }
}

fn zip_of(entries: &[Raw]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut offsets = Vec::new();
    for entry in entries {
        if let Some(other) = entry.shares {
            offsets.push(offsets[other]);
            continue;
        }
        offsets.push(out.len() as u32);
        out.extend(0x0403_4b50_u32.to_le_bytes());
        shorts(&mut out, &[20, entry.flags, entry.method, 0, 33]);
        longs(&mut out, &[entry.crc, entry.data.len() as u32, entry.local_size]);
        shorts(&mut out, &[entry.local_name.len() as u16, 0]);
        out.extend(&entry.local_name);
        out.extend(&entry.data);
    }
    let start = out.len() as u32;
    for (entry, offset) in entries.iter().zip(offsets) {
        out.extend(0x0201_4b50_u32.to_le_bytes());
        shorts(&mut out, &[3 << 8 | 0x14, 20, entry.flags, entry.method, 0, 33]);
        longs(&mut out, &[entry.crc, entry.data.len() as u32, entry.size]);
        shorts(&mut out, &[entry.name.len() as u16, 0, 0, 0, 0]);
        longs(&mut out, &[entry.mode << 16, offset]);
        out.extend(&entry.name);
    }
    let size = out.len() as u32 - start;
    let count = entries.len() as u16;
    out.extend(0x0605_4b50_u32.to_le_bytes());
    shorts(&mut out, &[0, 0, count, count]);
    longs(&mut out, &[size, start]);
    shorts(&mut out, &[0]);
    out
}

fn shorts(out: &mut Vec<u8>, numbers: &[u16]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn longs(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

/// Every event as window, time and JSON.
fn events(opened: &Opened) -> Vec<(String, i64, Value)> {
    let recording = &opened.recording;
    let of = |(window, event): (&crate::recording::Window, &crate::recording::Event)| {
        (window.id.clone(), event.at.micros(), serde_json::from_slice(&event.json).unwrap())
    };
    recording.in_order().map(of).collect()
}

/// Opening it fails with a message that holds each of `parts`.
#[track_caller]
fn assert_refused(package: Vec<u8>, parts: &[&str]) {
    let message = opened("a.replay.zip", package).map(|opened| events(&opened).len()).unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}
