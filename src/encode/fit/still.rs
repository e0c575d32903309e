//! A still that keeps to a limit.

use std::path::Path;

use image::imageops::{FilterType, resize};
use image::{ImageBuffer, ImageError, Rgb};

use super::super::EncodeError;
use super::super::still::{StillFormat, write_picture};
use super::Fitted;
use super::ladder::{Rung, of_still};
use super::search::Search;
use crate::compose::Frame;

/// A still as its file's bytes.
pub(in super::super) struct Within {
    pub(in super::super) bytes: Vec<u8>,
    /// Width and height, in pixels.
    pub(in super::super) size: (u32, u32),
    pub(in super::super) fitted: Fitted,
}

/// The best of a picture that fits. `path` is for the error.
pub(in super::super) fn within(
    frame: &Frame,
    format: StillFormat,
    max_bytes: u64,
    path: &Path,
) -> Result<Within, EncodeError> {
    let quality = if let StillFormat::Jpeg { quality } = format { Some(quality) } else { None };
    let rungs = of_still(quality, (frame.width, frame.height));
    let mut search = Search::new(max_bytes, rungs.iter().map(|rung| rung.expected).collect());
    let mut best = None;
    while let Some(next) = search.next() {
        let bytes = encoded(frame, format, &rungs[next])
            .map_err(|source| EncodeError::Image { path: path.to_owned(), source })?;
        search.found(next, bytes.len() as u64);
        if search.best() == Some(next) {
            best = Some((&rungs[next], bytes));
        }
    }
    match best {
        Some((rung, bytes)) => {
            let fitted = Fitted::new(max_bytes, search.attempts(), &rungs[0], rung);
            Ok(Within { bytes, size: rung.size, fitted })
        }
        None => Err(EncodeError::TooLarge {
            path: path.to_owned(),
            limit: max_bytes,
            smallest: search.smallest(),
            as_small_as: search.smallest_index().map(|index| told(&rungs[index], quality)).unwrap_or_default(),
        }),
    }
}

fn told(rung: &Rung, quality: Option<u8>) -> String {
    let size = format!("{}x{}", rung.size.0, rung.size.1);
    if quality.is_some() { format!("quality {}, {size}", rung.quality) } else { size }
}

fn encoded(frame: &Frame, format: StillFormat, rung: &Rung) -> Result<Vec<u8>, ImageError> {
    let format = match format {
        StillFormat::Jpeg { .. } => StillFormat::Jpeg { quality: rung.quality },
        format => format,
    };
    let mut bytes = Vec::new();
    if rung.size == (frame.width, frame.height) {
        write_picture(frame, format, &mut bytes)?;
        return Ok(bytes);
    }
    let whole = ImageBuffer::<Rgb<u8>, _>::from_raw(frame.width, frame.height, frame.pixels.as_slice());
    let Some(whole) = whole else { return Ok(bytes) };
    let small = resize(&whole, rung.size.0, rung.size.1, FilterType::Lanczos3);
    let small = Frame { width: rung.size.0, height: rung.size.1, pixels: small.into_raw() };
    write_picture(&small, format, &mut bytes)?;
    Ok(bytes)
}
