//! Tells what a file is compressed with. Most that recorders and servers use have no magic number: those are tried, and
//! believed only if what comes out begins like a recording.

use std::io::Read;

use super::super::Compression;
use super::{decoder, snappy};

/// How much of a trial is looked at, bytes. Enough that chance does not pass for JSON, little enough to cost nothing.
const TRIAL: u64 = 512;

/// Which compression `bytes` have, if any.
pub(super) fn detect(bytes: &[u8]) -> Option<Compression> {
    if let Some(compression) = by_magic(bytes) {
        return Some(compression);
    }
    if bytes.trim_ascii_start().is_empty() || begins_like_json(bytes) {
        return None;
    }
    // Strictest proof first: a wrong guess of a looser one would hide the right one.
    if is_zlib(bytes) && tried(bytes, Compression::Zlib) {
        return Some(Compression::Zlib);
    }
    if snappy::is_blocks(bytes) {
        return Some(Compression::SnappyBlocks);
    }
    if snappy::is_raw(bytes) {
        return Some(Compression::Snappy);
    }
    [Compression::Deflate, Compression::Brotli].into_iter().find(|compression| tried(bytes, *compression))
}

fn by_magic(bytes: &[u8]) -> Option<Compression> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        Some(Compression::Gzip)
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Some(Compression::Zstd)
    } else {
        None
    }
}

/// RFC 1950: method 8 with a window of at most 32 kB, no preset dictionary, and a check sum over both bytes.
fn is_zlib(bytes: &[u8]) -> bool {
    let [cmf, flg, ..] = *bytes else {
        return false;
    };
    cmf & 0x0f == 8 && cmf >> 4 <= 7 && flg & 0x20 == 0 && u16::from_be_bytes([cmf, flg]) % 31 == 0
}

/// Whether the beginning of `bytes`, decompressed so, is what a recording begins with.
fn tried(bytes: &[u8], compression: Compression) -> bool {
    let mut out = Vec::new();
    let mut unread = bytes;
    let Some(decoder) = decoder(&mut unread, compression) else {
        return false;
    };
    // A cut file ends in an error here too; what came out before it counts.
    let whole = decoder.take(TRIAL).read_to_end(&mut out).is_ok();
    (whole || out.len() >= 16) && begins_like_a_recording(&out)
}

/// Whether `bytes` begin like JSON, or like a compression that is known by its first bytes.
pub(super) fn begins_like_a_recording(bytes: &[u8]) -> bool {
    by_magic(bytes).is_some()
        || (begins_like_json(bytes) && !bytes.iter().take(TRIAL as usize).any(|byte| is_control(*byte)))
}

/// Bytes that JSON never holds unescaped.
fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// Whether `bytes` begin with a list, an object, or a string that holds an event, after white space and a byte order mark.
pub(in super::super) fn begins_like_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let Some((first, rest)) = bytes.split_first() else {
        return false;
    };
    match (first, rest.trim_ascii_start().first()) {
        (b'[' | b'{', None) => true,
        (b'[', Some(next)) => matches!(next, b'[' | b'{' | b'"' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'),
        (b'{', Some(next)) => matches!(next, b'"' | b'}'),
        (b'"', Some(next)) => matches!(next, b'x' | b'{'),
        _ => false,
    }
}
