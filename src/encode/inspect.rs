//! A last look at a finished file, before anybody gets it: it opens, it is as long as it has to be, and it ends with the picture that was sent last.
//!
//! ffmpeg can end well and leave a file that does not play: a disk that was full for a moment, a wrapper around ffmpeg, a broken build of it. One run of
//! ffmpeg that reads the end of the file costs about a tenth of a second.

use std::ffi::OsStr;
use std::path::Path;

use super::layout::Layout;
use super::probe::ask_all;
use super::spec::VideoSpec;
use super::{EncodeError, Format};
use crate::compose::Frame;

/// Size of the pictures that are compared.
const WIDE: usize = 32;
const HIGH: usize = 18;
/// Seconds before the end that are decoded: longer than pictures are apart.
const END: &str = "-10";
/// How far two lengths may differ, ms: containers round, and some count the last picture as none.
const SLACK_MS: f64 = 1100.0;
/// Mean difference of brightness, of 255, that no codec and no palette makes of a picture. A page that is missing does.
const FAR: f64 = 48.0;

/// Brightness of a picture, made small.
type Thumbnail = [u8; WIDE * HIGH];

/// Looks at the file at `path`, which has to last `duration_ms` and to end with `last`.
pub(super) fn inspect(spec: &VideoSpec, path: &Path, duration_ms: f64, last: &Frame) -> Result<(), EncodeError> {
    if spec.format == Format::WebP {
        // Its parts were walked when its length was set; not every ffmpeg can decode it.
        return Ok(());
    }
    let shrink = format!("scale={WIDE}:{HIGH}:flags=area,format=gray");
    // A GIF's last picture can last for minutes, and GIFs cannot be sought in: they are short enough to be read whole.
    let end = if spec.format == Format::Gif { &[][..] } else { &["-sseof", END][..] };
    let words = ["-nostdin", "-nostats"].iter().chain(end).chain(&["-i"]).map(OsStr::new);
    let more = ["-map", "0:v:0", "-vf", &shrink, "-f", "rawvideo", "pipe:1"].map(OsStr::new);
    let arguments: Vec<&OsStr> = words.chain([path.as_os_str()]).chain(more).collect();
    let (pixels, log) = ask_all(&spec.ffmpeg, &arguments, spec.patience)?;
    let wrong = |what: String| Err(EncodeError::WrongFile(what));
    let Some(shown) = pixels.len().checked_sub(WIDE * HIGH).map(|from| &pixels[from..]) else {
        return wrong(format!("its end cannot be read: {}", log.lines().next_back().unwrap_or_default()));
    };
    if let Some(length) = length_ms(&log).filter(|length| (length - duration_ms).abs() > SLACK_MS) {
        return wrong(format!("it lasts {:.1} s instead of {:.1} s", length / 1000.0, duration_ms / 1000.0));
    }
    let Some(sent) = thumbnail(last, spec.part, &spec.layout()) else { return Ok(()) };
    let differs = sent.iter().zip(shown).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / sent.len() as f64;
    if differs > FAR {
        return wrong(format!("it does not end with the last picture (brightness is off by {differs:.0} of 255)"));
    }
    Ok(())
}

/// `Duration: 00:01:02.50` of ffmpeg's log. GIFs may have none.
fn length_ms(log: &str) -> Option<f64> {
    let text = log.split("Duration: ").nth(1)?.split(',').next()?;
    let parts: Vec<f64> = text.trim().split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts[..] else { return None };
    Some(((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0)
}

/// The part of a picture that is shown, if it fills the video's whole canvas: elsewhere its frame would count as a difference.
fn thumbnail(frame: &Frame, part: (u32, u32, u32, u32), layout: &Layout) -> Option<Thumbnail> {
    let area = |(width, height): (u32, u32)| f64::from(width) * f64::from(height);
    if area(layout.picture) < 0.97 * area(layout.canvas) {
        return None;
    }
    let (left, top, width, height) = (part.0 as usize, part.1 as usize, part.2 as usize, part.3 as usize);
    let stride = frame.width as usize * 3;
    let mut small = [0; WIDE * HIGH];
    for (index, pixel) in small.iter_mut().enumerate() {
        let (column, row) = (index % WIDE, index / WIDE);
        let across = column * width / WIDE..((column + 1) * width / WIDE).max(column * width / WIDE + 1);
        let down = row * height / HIGH..((row + 1) * height / HIGH).max(row * height / HIGH + 1);
        let (mut sum, mut count) = (0_u64, 0_u64);
        for y in down {
            for x in across.clone() {
                let at = (top + y) * stride + (left + x) * 3;
                let [red, green, blue] = *frame.pixels.get(at..at + 3)?.first_chunk()?;
                // BT.709, as the video is.
                sum += (u64::from(red) * 2126 + u64::from(green) * 7152 + u64::from(blue) * 722) / 10_000;
                count += 1;
            }
        }
        *pixel = u8::try_from(sum / count).unwrap_or(u8::MAX);
    }
    Some(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_stands_in_the_log() {
        let log = "Input #0, mov\n  Duration: 01:02:03.50, start: 0.000000, bitrate: 1 kb/s";
        assert_eq!(length_ms(log), Some(3_723_500.0));
        assert_eq!(length_ms("Duration: N/A, bitrate"), None);
        assert_eq!(length_ms("nothing"), None);
    }

    #[test]
    fn a_thumbnail_is_the_mean_of_what_is_shown() {
        let (width, height) = (64_u32, 36_u32);
        let pixels = (0..width * height).flat_map(|at| if at % width < 32 { [255; 3] } else { [0; 3] }).collect();
        let frame = Frame { width, height, pixels };
        let layout = Layout::fit((width, height), (width, height), true);
        let small = thumbnail(&frame, (0, 0, width, height), &layout).unwrap();
        assert_eq!((small[0], small[15], small[16], small[WIDE * HIGH - 1]), (255, 255, 0, 0));
        let right = thumbnail(&frame, (32, 0, 32, 36), &Layout::fit((32, 36), (32, 36), true)).unwrap();
        assert!(right.iter().all(|pixel| *pixel == 0));
        assert!(thumbnail(&frame, (0, 0, width, height), &Layout::fit((64, 36), (64, 64), true)).is_none());
    }
}
