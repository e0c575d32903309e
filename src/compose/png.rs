//! Reads the PNGs that Chromium captures.
//!
//! This runs once for every captured frame, so it reads just what the browser writes (8-bit RGB or RGBA, not interlaced) and does each thing once: the
//! whole stream is inflated in one call into a buffer that is kept, then every row is unfiltered straight into the picture. Chunk CRCs are not checked, as
//! the bytes come over a local connection and the zlib stream carries a checksum of its own, which is checked.

use libdeflater::{DecompressionError, Decompressor};
use thiserror::Error;

use super::Frame;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Chromium's own limit for the side of a surface, in device px.
const MAX_SIDE: u32 = 16_384;

/// Deflate cannot expand a byte to more than this many: a header that promises more is lying, and no memory is set aside for it.
const MAX_EXPANSION: usize = 1032;

/// Why a captured picture could not be read.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// The bytes do not start as a PNG does.
    #[error("not a PNG: the signature is missing")]
    NotPng,
    /// The bytes end inside a chunk, or before the pixels.
    #[error("the PNG is cut off at byte {offset}")]
    CutOff {
        /// Where more bytes were expected, from the start of the PNG.
        offset: usize,
    },
    /// A PNG, but not of a kind that Chromium captures.
    #[error("the PNG is {what}; only 8-bit RGB and RGBA without interlacing are read")]
    Unsupported {
        /// What it is.
        what: String,
    },
    /// The compressed pixels are damaged.
    #[error("the PNG's pixels cannot be inflated: {0}")]
    Inflate(DecompressionError),
    /// The pixels inflate to another amount than the size in the header calls for.
    #[error("the PNG holds {got} bytes of pixels where its size needs {needed}")]
    PixelCount {
        /// Bytes, filter bytes included.
        got: usize,
        /// Bytes, filter bytes included.
        needed: usize,
    },
    /// A row names a filter that PNG does not have.
    #[error("row {row} of the PNG has the unknown filter {filter}")]
    UnknownFilter {
        /// From the top, first row 0.
        row: usize,
        /// 0 to 4 are known.
        filter: u8,
    },
}

/// Decodes a captured PNG.
///
/// `reuse` is working space: pass the same vector again and nothing but the frame is allocated. Alpha, where the PNG has it, is resolved over white, the
/// colour behind a page.
///
/// # Errors
/// Any [`ComposeError`]; none of them depends on what was decoded before.
pub fn decode_png(bytes: &[u8], reuse: &mut Vec<u8>) -> Result<Frame, ComposeError> {
    let mut frame = Frame { width: 0, height: 0, pixels: Vec::new() };
    decode_png_into(bytes, reuse, &mut frame)?;
    Ok(frame)
}

/// Like [`decode_png`], but writes over a frame that is no longer needed: with frames of one size nothing is allocated.
///
/// # Errors
/// Any [`ComposeError`]; the frame's contents are then unspecified.
pub fn decode_png_into(bytes: &[u8], reuse: &mut Vec<u8>, frame: &mut Frame) -> Result<(), ComposeError> {
    let png = Chunks::read(bytes)?;
    let (channels, row) = (png.channels, png.width as usize * png.channels);
    let needed = png.height as usize * (1 + row);
    if needed / MAX_EXPANSION > png.deflated.len() {
        return Err(ComposeError::PixelCount { got: png.deflated.len(), needed });
    }
    reuse.resize(needed, 0);
    let got = Decompressor::new().zlib_decompress(&png.deflated, reuse).map_err(ComposeError::Inflate)?;
    if got != needed {
        return Err(ComposeError::PixelCount { got, needed });
    }

    frame.width = png.width;
    frame.height = png.height;
    frame.pixels.resize(png.width as usize * png.height as usize * 3, 0);
    if channels == 3 {
        unfilter_rgb(reuse, row, &mut frame.pixels)
    } else {
        unfilter_rgba(reuse, row, &mut frame.pixels)
    }
}

/// The parts of the file that matter.
struct Chunks<'a> {
    width: u32,
    height: u32,
    channels: usize,
    /// One zlib stream. Borrowed when a single chunk holds it, as with Chromium's fast encoder.
    deflated: std::borrow::Cow<'a, [u8]>,
}

impl<'a> Chunks<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ComposeError> {
        let mut rest = bytes.strip_prefix(&SIGNATURE).ok_or(ComposeError::NotPng)?;
        let mut header = None;
        let mut deflated = std::borrow::Cow::Borrowed(&[][..]);
        loop {
            let offset = bytes.len() - rest.len();
            let (kind, body, after) = split_chunk(rest).ok_or(ComposeError::CutOff { offset })?;
            match kind {
                b"IHDR" => {
                    header = Some(read_header(body).ok_or(ComposeError::CutOff { offset })??);
                }
                b"IDAT" if deflated.is_empty() => deflated = std::borrow::Cow::Borrowed(body),
                b"IDAT" => deflated.to_mut().extend_from_slice(body),
                b"IEND" => break,
                _ => {}
            }
            rest = after;
        }
        let (width, height, channels) = header.ok_or(ComposeError::CutOff { offset: SIGNATURE.len() })?;
        Ok(Self { width, height, channels, deflated })
    }
}

/// Kind, body, and what follows the chunk's CRC. `None` when the bytes end before that.
fn split_chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let (body, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let (_crc, rest) = rest.split_first_chunk::<4>()?;
    Some((kind, body, rest))
}

/// Width, height, channels. `None` when the header is too short.
fn read_header(body: &[u8]) -> Option<Result<(u32, u32, usize), ComposeError>> {
    let (width, rest) = body.split_first_chunk::<4>()?;
    let (height, rest) = rest.split_first_chunk::<4>()?;
    let &[depth, colour, _compression, _filter, interlace] = rest.first_chunk::<5>()?;
    let (width, height) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
    let unsupported = |what: String| Some(Err(ComposeError::Unsupported { what }));
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return unsupported(format!("{width}x{height} px"));
    }
    if interlace != 0 {
        return unsupported("interlaced".to_owned());
    }
    match (depth, colour) {
        (8, 2) => Some(Ok((width, height, 3))),
        (8, 6) => Some(Ok((width, height, 4))),
        _ => unsupported(format!("of bit depth {depth} and colour type {colour}")),
    }
}

/// Rows go straight into the picture, which also holds the row above that the filters look at.
fn unfilter_rgb(filtered: &[u8], row_bytes: usize, pixels: &mut [u8]) -> Result<(), ComposeError> {
    let top = vec![0; row_bytes];
    let mut above: &[u8] = &top;
    let rows = filtered.chunks_exact(1 + row_bytes).zip(pixels.chunks_exact_mut(row_bytes));
    for (row, (source, out)) in rows.enumerate() {
        unfilter_row::<3>(row, source, above, out)?;
        above = out;
    }
    Ok(())
}

/// Two rows of working space, since the filters need the alpha that the picture does not keep.
fn unfilter_rgba(filtered: &[u8], row_bytes: usize, pixels: &mut [u8]) -> Result<(), ComposeError> {
    let (mut above, mut here) = (vec![0; row_bytes], vec![0; row_bytes]);
    let rows = filtered.chunks_exact(1 + row_bytes).zip(pixels.chunks_exact_mut(row_bytes / 4 * 3));
    for (row, (source, out)) in rows.enumerate() {
        unfilter_row::<4>(row, source, &above, &mut here)?;
        for (to, &[r, g, b, a]) in out.as_chunks_mut::<3>().0.iter_mut().zip(here.as_chunks::<4>().0) {
            *to = if a == 255 { [r, g, b] } else { [r, g, b].map(|c| super::blend::mix(255, c, a)) };
        }
        std::mem::swap(&mut above, &mut here);
    }
    Ok(())
}

/// Undoes one row's filter (PNG specification, 9.2). `source` starts with the filter byte; `N` is bytes a pixel.
fn unfilter_row<const N: usize>(row: usize, source: &[u8], above: &[u8], out: &mut [u8]) -> Result<(), ComposeError> {
    let Some((&filter, source)) = source.split_first() else {
        return Ok(());
    };
    match filter {
        0 => out.copy_from_slice(source),
        // What Chromium's fast encoder uses for every row: kept free of anything that would stop it from being vectorised.
        2 => {
            for ((to, &from), &up) in out.iter_mut().zip(source).zip(above) {
                *to = from.wrapping_add(up);
            }
        }
        1 => unfilter_sideways::<N>(source, above, out, |left, _, _| left),
        3 => unfilter_sideways::<N>(source, above, out, u8_average),
        4 => unfilter_sideways::<N>(source, above, out, paeth),
        _ => return Err(ComposeError::UnknownFilter { row, filter }),
    }
    Ok(())
}

fn unfilter_sideways<const N: usize>(source: &[u8], above: &[u8], out: &mut [u8], predict: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut corner) = ([0; N], [0; N]);
    let (source, above) = (source.as_chunks::<N>().0, above.as_chunks::<N>().0);
    for ((to, from), up) in out.as_chunks_mut::<N>().0.iter_mut().zip(source).zip(above) {
        for channel in 0..N {
            left[channel] = from[channel].wrapping_add(predict(left[channel], up[channel], corner[channel]));
        }
        corner = *up;
        *to = left;
    }
}

fn u8_average(left: u8, up: u8, _corner: u8) -> u8 {
    left.midpoint(up)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let (to_left, to_up, to_corner) = ((b - c).abs(), (a - c).abs(), (a + b - 2 * c).abs());
    if to_left <= to_up && to_left <= to_corner {
        left
    } else if to_up <= to_corner {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests;
