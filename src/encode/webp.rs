//! The length of an animated WebP's last picture.
//!
//! libwebp's encoder is told when pictures begin, and ffmpeg never tells it when the last one ends: it then gets the average of the others. The file is mended in
//! place. Layout: <https://developers.google.com/speed/webp/docs/riff_container>.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::EncodeError;

/// Where in an `ANMF` chunk's data its duration lies, after x, y, width and height.
const DURATION_AT: u64 = 12;

/// Makes the whole animation last `milliseconds`, and tells how many pictures it has: libwebp merges pictures that it holds to look the
/// same. A still, which the encoder makes of a single picture, stays as it is.
pub(super) fn set_length(path: &Path, milliseconds: u64) -> Result<u64, EncodeError> {
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(EncodeError::io("opening the WebP"))?;
    let durations = durations(&mut file).map_err(EncodeError::io("reading the WebP"))?;
    let Some(((at, _), others)) = durations.split_last() else {
        return Ok(1);
    };
    let before: u64 = others.iter().map(|(_, duration)| u64::from(*duration)).sum();
    let last =
        milliseconds.checked_sub(before).and_then(|last| u32::try_from(last).ok()).filter(|last| *last < 1 << 24);
    let Some(last) = last else {
        return Err(EncodeError::WrongFile(format!("the pictures before the last take {before} of {milliseconds} ms")));
    };
    file.seek(SeekFrom::Start(*at))
        .and_then(|_| file.write_all(&last.to_le_bytes()[..3]))
        .map_err(EncodeError::io("writing the WebP"))?;
    Ok(durations.len() as u64)
}

/// File offset and value in milliseconds of every picture's duration.
pub(super) fn durations(file: &mut File) -> io::Result<Vec<(u64, u32)>> {
    let end = file.metadata()?.len();
    let mut found = Vec::new();
    // After `RIFF`, the size and `WEBP` come chunks: name, size, data, and a zero where the size is odd.
    let mut at = 12;
    while at + 8 <= end {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [n0, n1, n2, n3, size @ ..] = head;
        if &[n0, n1, n2, n3] == b"ANMF" {
            let place = at + 8 + DURATION_AT;
            file.seek(SeekFrom::Start(place))?;
            let mut bytes = [0; 4];
            file.read_exact(&mut bytes[..3])?;
            found.push((place, u32::from_le_bytes(bytes)));
        }
        at += 8 + u64::from(u32::from_le_bytes(size)).next_multiple_of(2);
    }
    Ok(found)
}
