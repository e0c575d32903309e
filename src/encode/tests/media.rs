//! Test pictures, and what other programs see in a file.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::super::{EncodeError, Encoded, Format, Fps, VideoEncoder, VideoSpec, find_ffmpeg};
use crate::compose::Frame;

/// Large fields of saturated colour.
pub(super) fn fields(width: u32, height: u32) -> Frame {
    const FIELDS: [[u8; 3]; 8] = [
        [255, 255, 255],
        [29, 74, 255],
        [207, 34, 46],
        [45, 164, 78],
        [247, 183, 51],
        [20, 20, 30],
        [130, 80, 223],
        [200, 200, 205],
    ];
    let field = |x: u32, y: u32| FIELDS[((x * 4 / width) + 4 * (y * 2 / height)) as usize % 8];
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| field(x, y))).collect();
    Frame { width, height, pixels }
}

/// [`fields`] with dark bars whose pattern says which picture it is.
pub(super) fn card(width: u32, height: u32, number: u32) -> Arc<Frame> {
    let mut card = fields(width, height);
    // Knuth's multiplicative hash: neighbours differ in about half of their bars.
    let pattern = number.wrapping_mul(0x9E37_79B1) >> 3;
    for y in 0..height {
        for x in 0..width {
            if y % 32 >= 16 && pattern >> (x / 16 % 29) & 1 == 1 {
                let at = ((y * width + x) * 3) as usize;
                card.pixels[at..at + 3].copy_from_slice(&[10, 10, 10]);
            }
        }
    }
    Arc::new(card)
}

pub(super) fn spec(format: Format, fps: &str, size: (u32, u32)) -> VideoSpec {
    let fps: Fps = fps.parse().expect("a frame rate");
    VideoSpec::new(format, fps, size, find_ffmpeg().expect("these tests need ffmpeg"))
}

/// Encodes one card for each slot, numbered by the slot.
pub(super) fn encode(spec: VideoSpec, slots: &[u64], total: u64, path: &Path) -> Result<Encoded, EncodeError> {
    let (width, height) = spec.input;
    let temp = tempfile::tempdir().expect("a folder for temporary files");
    let mut encoder = VideoEncoder::start(spec, path, temp.path())?;
    for &slot in slots {
        encoder.frame(slot, card(width, height, slot as u32))?;
    }
    encoder.finish(total)
}

/// One line a packet or section, values separated by `|`.
pub(super) fn ffprobe(path: &Path, entries: &str) -> Vec<String> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "compact=p=0:nk=1", "-show_entries", entries])
        .arg(path)
        .output()
        .expect("ffprobe runs");
    assert!(output.status.success(), "ffprobe: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Presentation time of every packet in the track's ticks.
pub(super) fn packet_ticks(path: &Path) -> Vec<u64> {
    ffprobe(path, "packet=pts").iter().map(|pts| pts.trim_end_matches('|').parse().expect("a number")).collect()
}

/// Presentation time of every key frame, in seconds.
pub(super) fn key_times(path: &Path) -> Vec<f64> {
    ffprobe(path, "packet=pts_time,flags")
        .iter()
        .filter_map(|line| {
            line.split_once('|').filter(|(_, flags)| flags.contains('K')).map(|(time, _)| time.parse().expect("a time"))
        })
        .collect()
}

/// Every stored picture as RGB, converted back with the given matrix.
pub(super) fn decode(path: &Path, size: (u32, u32), matrix: &str) -> Vec<Frame> {
    let filter =
        format!("scale=in_color_matrix={matrix}:in_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24");
    decode_with(path, size, &["-vf", &filter])
}

/// Every stored picture of a file that is RGB anyway.
pub(super) fn decode_rgb(path: &Path, size: (u32, u32)) -> Vec<Frame> {
    decode_with(path, size, &["-pix_fmt", "rgb24"])
}

fn decode_with(path: &Path, (width, height): (u32, u32), options: &[&str]) -> Vec<Frame> {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(path)
        .args(["-fps_mode", "passthrough"])
        .args(options)
        .args(["-f", "rawvideo", "-"])
        .output()
        .expect("ffmpeg runs");
    assert!(output.status.success(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr));
    let bytes = (width * height * 3) as usize;
    assert_eq!(output.stdout.len() % bytes, 0, "the decoded pictures are not {width}x{height}");
    output.stdout.chunks(bytes).map(|pixels| Frame { width, height, pixels: pixels.to_vec() }).collect()
}

/// Mean absolute difference of two pictures' bytes.
pub(super) fn difference(a: &Frame, b: &Frame) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let sum: u64 = a.pixels.iter().zip(&b.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.pixels.len() as f64
}

/// That a picture is the card of `number`, and none of the next ones: a blank or late picture fails.
pub(super) fn assert_shows(picture: &Frame, number: u64) {
    let apart = |number| difference(picture, &card(picture.width, picture.height, number as u32));
    let same = apart(number);
    assert!(same < 4.0, "card {number}: mean difference {same}");
    let next = (number + 1..number + 4).map(apart).fold(f64::MAX, f64::min);
    assert!(next > same + 6.0, "card {number} looks like a later one too: {same}, {next}");
}

/// A rectangle of a picture.
pub(super) fn cut(picture: &Frame, (left, top): (u32, u32), (width, height): (u32, u32)) -> Frame {
    let row = |y: u32| {
        let start = (((top + y) * picture.width + left) * 3) as usize;
        &picture.pixels[start..start + (width * 3) as usize]
    };
    Frame { width, height, pixels: (0..height).flat_map(row).copied().collect() }
}
