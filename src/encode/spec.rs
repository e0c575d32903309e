//! What kind of video is wanted.

use std::path::PathBuf;
use std::time::Duration;

use super::layout::Layout;
use super::{EncodeError, Format, Fps};
use crate::timeline::Cue;

/// How a video is to be encoded.
#[derive(Debug, Clone)]
pub struct VideoSpec {
    /// The kind of file.
    pub format: Format,
    /// The grid on which slot numbers count.
    pub fps: Fps,
    /// Width and height of the frames that will be sent, in pixels.
    pub input: (u32, u32),
    /// The part of the frames that is shown: left, top, width and height, in pixels.
    pub part: (u32, u32, u32, u32),
    /// Width and height wanted, in pixels. That part of the frames is scaled to fit (Lanczos) and centred on `background`. Where the format needs even numbers (MP4, `WebM`), one
    /// pixel is added right or below; nothing is scaled for that.
    pub size: (u32, u32),
    /// Constant frame rate: ffmpeg repeats pictures until every slot has one. Without it (the default) only changes are stored. No effect on GIF and WebP, which have
    /// no notion of a rate.
    pub cfr: bool,
    /// None is a good default. MP4: x264's quantiser, 0 (lossless) to 51, default 20. `WebM`: VP9's CRF, 0 to 63, default 24. GIF: number of colours, 4 to 255 (one of them
    /// stands for "unchanged"), default 255. WebP: 0 to 100 (best), default 80.
    pub quality: Option<u8>,
    /// Chapters, by time, each beginning where the one before ends, with a title of one line. For MP4 and `WebM`; the others have none.
    pub chapters: Vec<Cue>,
    /// Captions, by time, none overlapping another: a track in MP4 and `WebM` that players do not show by themselves.
    pub captions: Vec<Cue>,
    /// RGB of what the scaled picture does not cover.
    pub background: [u8; 3],
    /// The ffmpeg to run: a path, or a name to be found in `PATH`.
    pub ffmpeg: PathBuf,
    /// Threads of the encoder; 0 lets ffmpeg decide, which counts the host's cores even in a container with fewer.
    pub threads: usize,
    /// ffmpeg is given up when it has taken no byte, and done no other work, for this long.
    pub patience: Duration,
}

impl VideoSpec {
    /// As large as the input, variable rate, default quality, white background, two threads, 60 s of patience.
    #[must_use]
    pub fn new(format: Format, fps: Fps, input: (u32, u32), ffmpeg: PathBuf) -> Self {
        Self {
            format,
            fps,
            input,
            part: (0, 0, input.0, input.1),
            size: input,
            cfr: false,
            quality: None,
            chapters: Vec::new(),
            captions: Vec::new(),
            background: [255; 3],
            ffmpeg,
            threads: 2,
            patience: Duration::from_mins(1),
        }
    }

    /// Width and height of the file's picture: [`size`](Self::size), made even where the format needs it.
    #[must_use]
    pub fn encoded_size(&self) -> (u32, u32) {
        self.layout().canvas
    }

    pub(super) fn layout(&self) -> Layout {
        Layout::fit((self.part.2, self.part.3), self.size, self.format.needs_even_size())
    }

    /// Whether frames go to ffmpeg as the codec wants them: where nothing is scaled, cut or framed.
    pub(super) fn sends_planes(&self) -> bool {
        let layout = self.layout();
        let whole = self.part == (0, 0, self.input.0, self.input.1);
        self.format.needs_even_size() && whole && layout.picture == self.input && layout.picture == self.size
    }

    pub(super) fn quality_or_default(&self) -> u8 {
        self.quality.unwrap_or(self.format.qualities().1)
    }

    /// Refuses what the format cannot hold.
    pub(super) fn check(&self) -> Result<(), EncodeError> {
        let longest = self.format.longest_side();
        for (what, (width, height)) in [("input", self.input), ("size", self.size)] {
            if width == 0 || height == 0 || width > longest || height > longest {
                return Err(EncodeError::Unsupported(format!(
                    "{what} {width}x{height} is not between 1 and {longest} pixels a side, as {} needs",
                    self.format
                )));
            }
        }
        let (left, top, width, height) = self.part;
        if width == 0 || height == 0 || left + width > self.input.0 || top + height > self.input.1 {
            return Err(EncodeError::Misuse(format!("part {:?} of frames of {:?}", self.part, self.input)));
        }
        let (allowed, _) = self.format.qualities();
        match self.quality {
            Some(given) if !allowed.contains(&given) => Err(EncodeError::Unsupported(format!(
                "quality {given} is not between {} and {}, as {} needs",
                allowed.start(),
                allowed.end(),
                self.format
            ))),
            _ => Ok(()),
        }
    }
}
