//! Captions as an MP4 track (3GPP timed text, `tx3g`), made by hand.
//!
//! ffmpeg could make one of `WebVTT`, but on the way it reads texts as markup twice, and what strangers wrote would come out changed or
//! not at all. So it only copies the track from a file with nothing else in it. Layout: ISO/IEC 14496-12 and 3GPP TS 26.245.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::EncodeError;
use super::webvtt::{bounded, lines_of, milliseconds};
use crate::timeline::Cue;

/// Ticks a second.
const TIMESCALE: u32 = 1000;
/// Bytes of a caption's text: far more than anybody can read.
const LONGEST: usize = 2000;
/// White text in the middle below, on nothing, in the player's own font.
const SAMPLE_ENTRY: &[u8] = &[
    0, 0, 0, 0, 0, 0, 0, 1, // reserved; data reference 1
    0, 0, 0, 0, 1, 0xFF, 0, 0, 0, 0, // display flags, in the middle, at the bottom, no background
    0, 0, 0, 0, 0, 0, 0, 0, // text box: the player's
    0, 0, 0, 0, 0, 1, 0, 16, 0xFF, 0xFF, 0xFF, 0xFF, // style: font 1, plain, 16 high, white
    0, 0, 0, 18, b'f', b't', b'a', b'b', 0, 1, 0, 1, 5, b'A', b'r', b'i', b'a', b'l',
];
const IDENTITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// The file's bytes. Cues come by time, none overlapping another; where there is none, an empty text stands.
pub(super) fn mp4(cues: &[Cue]) -> Vec<u8> {
    let samples = samples(cues);
    let mut data = Vec::new();
    for (_, text) in &samples {
        // `LONGEST` fits.
        data.extend_from_slice(&(text.len() as u16).to_be_bytes());
        data.extend_from_slice(text.as_bytes());
    }
    let mut file = Vec::new();
    put(&mut file, *b"ftyp", |body| body.extend_from_slice(b"isom\0\0\x02\0isommp41"));
    let start = file.len() as u32 + 8;
    put(&mut file, *b"mdat", |body| body.extend_from_slice(&data));
    put(&mut file, *b"moov", |body| movie(body, &samples, start));
    file
}

/// How many ticks each text stands.
fn samples(cues: &[Cue]) -> Vec<(u32, String)> {
    let mut samples = Vec::new();
    let mut reached = 0;
    for cue in cues {
        let (from, to) = (milliseconds(cue.from).max(reached), milliseconds(cue.to));
        let text = lines_of(&cue.text).collect::<Vec<_>>().join("\n");
        let (Ok(before), Ok(lasts)) = (u32::try_from(from - reached), u32::try_from(to.saturating_sub(from))) else {
            break;
        };
        if lasts == 0 || text.is_empty() {
            continue;
        }
        if before > 0 {
            samples.push((before, String::new()));
        }
        samples.push((lasts, bounded(&text, LONGEST).to_owned()));
        reached = to;
    }
    samples
}

fn movie(body: &mut Vec<u8>, samples: &[(u32, String)], start: u32) {
    let duration = samples.iter().fold(0_u32, |sum, (lasts, _)| sum.saturating_add(*lasts));
    put(body, *b"mvhd", |body| {
        words(body, &[0, 0, 0, TIMESCALE, duration, 0x1_0000, 0x0100_0000, 0, 0]);
        words(body, &IDENTITY);
        words(body, &[0, 0, 0, 0, 0, 0, 2]);
    });
    put(body, *b"trak", |body| {
        put(body, *b"tkhd", |body| {
            words(body, &[3, 0, 0, 1, 0, duration, 0, 0, 0, 0]);
            words(body, &IDENTITY);
            words(body, &[0, 0]);
        });
        put(body, *b"mdia", |body| {
            // 0x15C7: "eng", five bits a letter.
            put(body, *b"mdhd", |body| words(body, &[0, 0, 0, TIMESCALE, duration, 0x15C7_0000]));
            put(body, *b"hdlr", |body| {
                words(body, &[0, 0, u32::from_be_bytes(*b"sbtl"), 0, 0, 0]);
                body.extend_from_slice(b"Captions\0");
            });
            put(body, *b"minf", |body| {
                put(body, *b"nmhd", |body| words(body, &[0]));
                put(body, *b"dinf", |body| {
                    put(body, *b"dref", |body| {
                        words(body, &[0, 1]);
                        put(body, *b"url ", |body| words(body, &[1]));
                    });
                });
                put(body, *b"stbl", |body| table(body, samples, start));
            });
        });
    });
}

fn table(body: &mut Vec<u8>, samples: &[(u32, String)], start: u32) {
    let count = samples.len() as u32;
    put(body, *b"stsd", |body| {
        words(body, &[0, 1]);
        put(body, *b"tx3g", |body| body.extend_from_slice(SAMPLE_ENTRY));
    });
    put(body, *b"stts", |body| {
        words(body, &[0, count]);
        for (lasts, _) in samples {
            words(body, &[1, *lasts]);
        }
    });
    put(body, *b"stsc", |body| words(body, &[0, 1, 1, count, 1]));
    put(body, *b"stsz", |body| {
        words(body, &[0, 0, count]);
        for (_, text) in samples {
            words(body, &[text.len() as u32 + 2]);
        }
    });
    put(body, *b"stco", |body| words(body, &[0, 1, start]));
}

fn put(out: &mut Vec<u8>, name: [u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&name);
    fill(out);
    let size = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&size.to_be_bytes());
}

fn words(out: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

/// Bytes of a file's index that are read: that of ten hours at sixty pictures a second has a quarter of it.
const LARGEST_INDEX: u64 = 256 << 20;

/// Makes the track of captions one that waits to be switched on. ffmpeg marks the first track of each kind as enabled, whatever it is
/// told, and some players show what is.
pub(super) fn switch_off(path: &Path) -> Result<(), EncodeError> {
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(EncodeError::io("opening the MP4"))?;
    match disable(&mut file) {
        Ok(true) => Ok(()),
        Ok(false) => Err(EncodeError::WrongFile("it has no track of captions".to_owned())),
        Err(source) => Err(EncodeError::Io { doing: "switching captions off", source }),
    }
}

fn disable(file: &mut File) -> io::Result<bool> {
    let Some((at, size)) = index(file)? else { return Ok(false) };
    let mut moov = vec![0; size as usize];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut moov)?;
    for (track, end) in boxes(&moov, 0..moov.len(), b"trak") {
        let media = boxes(&moov, track..end, b"mdia").flat_map(|(at, end)| boxes(&moov, at..end, b"hdlr"));
        let is_captions = media.map(|(at, _)| moov.get(at + 8..at + 12)).any(|kind| kind == Some(b"sbtl"));
        let header = boxes(&moov, track..end, b"tkhd").next();
        if let (true, Some((header, _))) = (is_captions, header) {
            // The lowest of three bytes of flags.
            let flags = header + 3;
            let byte = moov.get(flags).copied().unwrap_or_default();
            file.seek(SeekFrom::Start(at + flags as u64))?;
            file.write_all(&[byte & !1])?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Offset and size of what is in the file's `moov`.
fn index(file: &mut File) -> io::Result<Option<(u64, u64)>> {
    let end = file.metadata()?.len();
    let mut at = 0;
    while at + 16 <= end {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        file.read_exact(&mut head)?;
        let [s0, s1, s2, s3, n0, n1, n2, n3, large @ ..] = head;
        let (size, header) = match u32::from_be_bytes([s0, s1, s2, s3]) {
            1 => (u64::from_be_bytes(large), 16),
            size => (u64::from(size), 8),
        };
        if size < header {
            return Ok(None);
        }
        if &[n0, n1, n2, n3] == b"moov" {
            return Ok((size <= LARGEST_INDEX).then_some((at + header, size - header)));
        }
        at = at.saturating_add(size);
    }
    Ok(None)
}

/// Where the contents of the boxes of a name begin and end, among those that stand in a range.
fn boxes<'b>(
    bytes: &'b [u8],
    range: std::ops::Range<usize>,
    name: &'b [u8; 4],
) -> impl Iterator<Item = (usize, usize)> + 'b {
    let mut at = range.start;
    let all = std::iter::from_fn(move || {
        let head = bytes.get(at..at + 8).filter(|_| at + 8 <= range.end)?;
        let size = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
        let (start, end) = (at, at.checked_add(size).filter(|end| size >= 8 && *end <= range.end)?);
        at = end;
        Some((start, end))
    });
    all.filter(move |(start, _)| &bytes[start + 4..start + 8] == name).map(|(start, end)| (start + 8, end))
}
