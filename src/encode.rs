//! Timestamped pictures to files.
//!
//! A [`VideoEncoder`] takes pictures with slot numbers on the output's own grid and writes MP4, `WebM`, GIF or animated WebP through one ffmpeg process,
//! which gets raw RGB with exact timestamps over its standard input (NUT). Time in which nothing changes is a timestamp, not a picture. [`write_still`]
//! writes one picture as PNG, JPEG or WebP.
//!
//! Every file appears at its destination whole or not at all.
//!
//! Needs ffmpeg 5.1 or later (for `-fps_mode`).

mod arguments;
mod error;
mod feed;
mod fit;
mod format;
mod gif;
mod inspect;
mod kill_switch;
mod layout;
mod nut;
mod pacing;
mod pipe;
mod planes;
mod probe;
mod process;
mod spec;
mod still;
mod timed_text;
mod video;
mod webp;
mod webvtt;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
mod tests;

use crate::timeline::Fps;
pub use error::{EncodeError, INSTALL_FFMPEG};
pub use fit::{Fitted, FittingEncoder, GivenUp};
pub use format::Format;
pub use kill_switch::KillSwitch;
pub use probe::{FfmpegInfo, find_ffmpeg, probe};
pub use spec::VideoSpec;
pub use still::{Still, StillFormat, StillPlace, WrittenStill, write_still};
pub use video::{Completed, Encoded, VideoEncoder};
pub use webvtt::webvtt;
