//! Videos, taken apart with ffprobe and ffmpeg.

use std::path::{Path, PathBuf};
use std::process::Command;

use image::RgbImage;
use serde::Deserialize;

/// A video file as ffprobe sees it.
pub(crate) struct Video {
    path: PathBuf,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) stream: Stream,
    /// Of the container, ms.
    pub(crate) duration_ms: f64,
    /// In the file's order.
    pub(crate) packets: Vec<Packet>,
}

/// One stored picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Packet {
    /// When it is shown, ms.
    pub(crate) at_ms: f64,
    /// Whether decoding can start with it.
    pub(crate) key: bool,
}

#[derive(Debug, Deserialize)]
struct Probed {
    streams: Vec<Stream>,
    format: Format,
    packets: Vec<ProbedPacket>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Stream {
    pub(crate) codec_name: String,
    pub(crate) pix_fmt: String,
    pub(crate) color_range: Option<String>,
    pub(crate) color_space: Option<String>,
    pub(crate) color_primaries: Option<String>,
    pub(crate) color_transfer: Option<String>,
    pub(crate) has_b_frames: u32,
    width: u32,
    height: u32,
}

#[derive(Debug, Deserialize)]
struct Format {
    duration: String,
}

#[derive(Debug, Deserialize)]
struct ProbedPacket {
    pts_time: String,
    flags: String,
}

impl Video {
    pub(crate) fn open(path: PathBuf) -> Self {
        let output = run(Command::new("ffprobe")
            .args(["-v", "error", "-of", "json"])
            .args(["-select_streams", "v", "-show_streams", "-show_format", "-show_packets"])
            .arg(&path));
        let mut probed: Probed = serde_json::from_slice(&output).unwrap();
        assert_eq!(probed.streams.len(), 1, "one stream of pictures");
        let stream = probed.streams.remove(0);
        let packet =
            |packet: ProbedPacket| Packet { at_ms: milliseconds(&packet.pts_time), key: packet.flags.starts_with('K') };
        Self {
            path,
            width: stream.width,
            height: stream.height,
            duration_ms: milliseconds(&probed.format.duration),
            packets: probed.packets.into_iter().map(packet).collect(),
            stream,
        }
    }

    /// Which picture a player shows at a video time: the last that began at it or before.
    pub(crate) fn shown_at(&self, at_ms: f64) -> usize {
        // Containers round times: WebM to 1 ms.
        let begun = self.packets.partition_point(|packet| packet.at_ms <= at_ms + 0.5);
        begun.checked_sub(1).expect("a picture at the very beginning")
    }

    /// The pictures with these numbers (rising), decoded.
    pub(crate) fn pictures(&self, numbers: &[usize]) -> Vec<RgbImage> {
        let wanted: Vec<String> = numbers.iter().map(|number| format!("eq(n,{number})")).collect();
        let filter = format!("select='{}',{TO_RGB}", wanted.join("+"));
        let pictures = self.decode(&["-i"], &["-vf", &filter]);
        assert_eq!(pictures.len(), numbers.len());
        pictures
    }

    /// What a player shows at these video times (rising), ms.
    pub(crate) fn shown(&self, at_ms: &[f64]) -> Vec<RgbImage> {
        let numbers: Vec<usize> = at_ms.iter().map(|at| self.shown_at(*at)).collect();
        let mut single = numbers.clone();
        single.dedup();
        let pictures = self.pictures(&single);
        let picture = |number| pictures[single.binary_search(number).unwrap()].clone();
        numbers.iter().map(picture).collect()
    }

    /// The first picture at or after a video time, reached by seeking rather than by decoding all before it.
    pub(crate) fn sought(&self, at_ms: f64) -> RgbImage {
        let at = format!("{:.4}", at_ms / 1000.0);
        let mut pictures = self.decode(&["-ss", &at, "-i"], &["-vf", TO_RGB, "-frames:v", "1"]);
        assert_eq!(pictures.len(), 1, "nothing at {at}");
        pictures.remove(0)
    }

    /// The brightness of the pictures with these numbers (rising) as it is stored, for each pixel: 16 (black) to 235.
    pub(crate) fn brightness(&self, numbers: &[usize]) -> Vec<Vec<u8>> {
        let wanted: Vec<String> = numbers.iter().map(|number| format!("eq(n,{number})")).collect();
        let filter = format!("select='{}',extractplanes=y", wanted.join("+"));
        let output = run(Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(&self.path).args([
            "-vf",
            &filter,
            "-fps_mode",
            "passthrough",
            "-f",
            "rawvideo",
            "-",
        ]));
        let planes = output.chunks_exact(self.width as usize * self.height as usize);
        assert_eq!(planes.len(), numbers.len());
        planes.map(<[u8]>::to_vec).collect()
    }

    /// A hash of each decoded picture as it is stored, without a conversion of colours.
    pub(crate) fn hashes(&self) -> Vec<String> {
        let output = run(Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(&self.path).args([
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-f",
            "framehash",
            "-hash",
            "sha256",
            "-",
        ]));
        let lines = String::from_utf8(output).unwrap();
        let lines = lines.lines().filter(|line| !line.starts_with('#'));
        let hashes: Vec<String> = lines.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect();
        assert_eq!(hashes.len(), self.packets.len(), "every stored picture decodes to one");
        hashes
    }

    fn decode(&self, before: &[&str], after: &[&str]) -> Vec<RgbImage> {
        let output = run(Command::new("ffmpeg").args(["-v", "error"]).args(before).arg(&self.path).args(after).args([
            "-fps_mode",
            "passthrough",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-",
        ]));
        let bytes = self.width as usize * self.height as usize * 3;
        assert_eq!(output.len() % bytes, 0);
        let picture = |pixels: &[u8]| RgbImage::from_raw(self.width, self.height, pixels.to_vec()).unwrap();
        output.chunks_exact(bytes).map(picture).collect()
    }
}

/// The matrix is not named: it has to be what the file says, as in a player.
const TO_RGB: &str = "scale=flags=bicubic+accurate_rnd+full_chroma_int";

fn milliseconds(seconds: &str) -> f64 {
    seconds.parse::<f64>().unwrap() * 1000.0
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{command:?}: {said}");
    output.stdout
}

/// Whether a file is what its name says, by its first bytes.
pub(crate) fn begins_with(path: &Path, magic: &[u8]) -> bool {
    std::fs::read(path).unwrap().starts_with(magic)
}
