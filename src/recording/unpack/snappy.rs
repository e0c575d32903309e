//! Raw snappy blocks, as PostHog stores recordings and as its API hands them out undecompressed: one block alone, or
//! blocks each with its length before it (u32, big-endian). Every block holds whole lines of JSON.
//!
//! Neither has a magic number. A block begins with the length of what it unpacks to (a varint), and its elements can
//! produce at most 64 bytes from 3, so a claim beyond that is a lie and is not allocated for.

use std::io;

use super::budget::{Budget, InflateError};
use super::detect::begins_like_a_recording;

/// What one byte of a block can unpack to at most (a copy of 64 bytes takes 3).
const MOST_RATIO: usize = 22;

/// Whether `bytes` are blocks with their lengths, of which the first unpacks to what a recording begins with.
pub(super) fn is_blocks(bytes: &[u8]) -> bool {
    matches!(first_block(bytes), Some((Some(block), _)) if is_raw(block))
}

/// Whether `bytes` are one block that unpacks to what a recording begins with.
pub(super) fn is_raw(bytes: &[u8]) -> bool {
    // Most of what is not snappy is told by its first elements, without unpacking it whole.
    claim(bytes).is_some() && begins_so(bytes) && block(bytes).is_ok_and(|out| begins_like_a_recording(&out))
}

/// Unpacks one block.
pub(super) fn raw(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Vec<u8>, InflateError> {
    budget.spend(claim(bytes).unwrap_or(0) as u64)?;
    block(bytes).map_err(InflateError::Corrupt)
}

/// Unpacks blocks with their lengths. A last block that is not all there is left out, and the input called cut.
pub(super) fn blocks(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Vec<u8>, InflateError> {
    let mut out: Vec<u8> = Vec::new();
    let _ = out.try_reserve_exact(claims(bytes).min(budget.left()) as usize);
    let mut rest = bytes;
    while let Some((found, after)) = first_block(rest) {
        let Some(found) = found else {
            return Err(InflateError::Cut(out));
        };
        // Lines never go on in the next block, but the line end may be missing.
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        if !found.is_empty() {
            out.append(&mut raw(found, budget)?);
        }
        rest = after;
    }
    Ok(out)
}

/// What all blocks together claim to unpack to, bytes, with the line ends that may come between them.
fn claims(mut bytes: &[u8]) -> u64 {
    let mut sum = 0;
    while let Some((Some(block), rest)) = first_block(bytes) {
        sum += claim(block).unwrap_or(0) as u64 + 1;
        bytes = rest;
    }
    sum
}

/// The first block, `None` if it is not all there, and what follows it. `None` at the end.
fn first_block(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else {
        return Some((None, &[]));
    };
    let length = u32::from_be_bytes(*length) as usize;
    Some(rest.split_at_checked(length).map_or((None, &[]), |(block, rest)| (Some(block), rest)))
}

/// The size that a block says it unpacks to, if that is possible at all.
fn claim(bytes: &[u8]) -> Option<usize> {
    let claim = snap::raw::decompress_len(bytes).ok()?;
    (claim > 0 && claim <= bytes.len().saturating_mul(MOST_RATIO)).then_some(claim)
}

/// Whether the first element is a literal (nothing can be copied yet) that begins like a recording.
fn begins_so(bytes: &[u8]) -> bool {
    let preamble = bytes.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
    let Some(tag) = bytes.get(preamble).filter(|tag| **tag % 4 == 0) else {
        return false;
    };
    // Lengths above 60 stand in 1 to 4 bytes after the tag, little-endian, less one.
    let extra = usize::from(tag >> 2).saturating_sub(59);
    let Some((written, literal)) = bytes.get(preamble + 1..).and_then(|rest| rest.split_at_checked(extra)) else {
        return false;
    };
    let length = match extra {
        0 => usize::from(tag >> 2),
        _ => written.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte)),
    };
    begins_like_a_recording(&literal[..literal.len().min(length.saturating_add(1))])
}

fn block(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let claim = claim(bytes).ok_or_else(|| io::Error::other("the block claims an impossible size"))?;
    let mut out = vec![0; claim];
    let length = snap::raw::Decoder::new().decompress(bytes, &mut out).map_err(io::Error::other)?;
    out.truncate(length);
    Ok(out)
}
