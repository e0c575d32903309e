//! The kinds of video file.

use std::fmt;

/// A kind of moving-picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// H.264 in MP4: plays everywhere.
    Mp4,
    /// VP9 in `WebM`.
    WebM,
    /// Animated GIF, looping for ever. At most 256 colours; times are rounded to 10 ms.
    Gif,
    /// Animated WebP, looping for ever. A video in which nothing ever changes becomes a still WebP.
    WebP,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mp4, Self::WebM, Self::Gif, Self::WebP];

    /// The format that a file name extension (without the dot, any case) stands for.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.extension()))
    }

    /// The usual extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    /// The media type to serve it under.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// ffmpeg's names of the encoders it needs.
    #[must_use]
    pub const fn encoders(self) -> &'static [&'static str] {
        match self {
            Self::Mp4 => &["libx264"],
            Self::WebM => &["libvpx-vp9"],
            // The clip waits in lossless H.264 until its palette is known.
            Self::Gif => &["gif", "libx264rgb"],
            Self::WebP => &["libwebp_anim"],
        }
    }

    /// Whether it can hold chapters and captions.
    #[must_use]
    pub const fn holds_text(self) -> bool {
        matches!(self, Self::Mp4 | Self::WebM)
    }

    /// 4:2:0 chroma stores one sample for two pixels each way, so width and height must be even.
    pub(super) const fn needs_even_size(self) -> bool {
        matches!(self, Self::Mp4 | Self::WebM)
    }

    /// The allowed values of [`quality`](super::VideoSpec::quality), and the one used when none is given.
    pub(super) const fn qualities(self) -> (std::ops::RangeInclusive<u8>, u8) {
        match self {
            Self::Mp4 => (0..=51, 20),
            Self::WebM => (0..=63, 24),
            Self::Gif => (4..=255, 255),
            Self::WebP => (0..=100, 80),
        }
    }

    /// The longest side that the format (or its encoder) can store.
    pub(super) const fn longest_side(self) -> u32 {
        match self {
            Self::Mp4 | Self::WebM => 16_384,
            Self::Gif => 65_535,
            Self::WebP => 16_383,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp4 => "MP4",
            Self::WebM => "WebM",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
        })
    }
}
