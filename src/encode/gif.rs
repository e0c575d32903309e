//! A GIF in two runs: all pictures are needed to choose the palette, and again to paint with it.
//!
//! The first run keeps the clip on disk, losslessly and only where something changed, so memory stays the same however long it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::arguments::{file, filters, nut_input, timing, words};
use super::feed::Fed;
use super::process::Ffmpeg;
use super::{EncodeError, KillSwitch, VideoSpec};
use crate::destination::Destination;

/// A GIF's unit of time: a hundredth of a second.
const TICKS: (u32, u32) = (100, 1);

/// The folder of a clip between the two runs.
#[derive(Debug)]
pub(super) struct Clip {
    folder: TempDir,
}

impl Clip {
    pub(super) fn new(temp: &Path) -> Result<Self, EncodeError> {
        let folder = tempfile::Builder::new()
            .prefix("replayreel-gif-")
            .tempdir_in(temp)
            .map_err(EncodeError::io("making a folder for the GIF's clip"))?;
        Ok(Self { folder })
    }

    /// Scales, stores the clip and counts its colours.
    pub(super) fn record(&self, spec: &VideoSpec) -> Vec<OsString> {
        let colours = u16::from(spec.quality_or_default()) + 1; // 256 for 255: the one for "unchanged" comes on top
        let graph = format!(
            "[0:v]{},split[clip][colours];[colours]palettegen=max_colors={colours}:stats_mode=full[palette]",
            filters(spec).join(",")
        );
        let mut args = nut_input();
        args.extend(["-filter_complex".into(), graph.into()]);
        args.extend(words("-map [clip]"));
        args.extend(timing(TICKS));
        args.extend(words("-c:v libx264rgb -preset ultrafast -qp 0 -bf 0"));
        args.extend(words(&format!("-threads {} -f matroska", spec.threads)));
        args.push(file(&self.pictures()));
        args.extend(words("-map [palette] -frames:v 1 -c:v png -f image2 -update 1"));
        args.push(file(&self.palette()));
        args
    }

    /// Paints the clip with its palette into the destination.
    pub(super) fn paint(
        &self,
        spec: &VideoSpec,
        fed: &Fed,
        pictures: u64,
        switch: &KillSwitch,
        destination: &Destination,
    ) -> Result<(), EncodeError> {
        let (ffmpeg, stdin) =
            Ffmpeg::spawn(&spec.ffmpeg, &self.painting(fed.last_lasts, destination.partial()), switch, spec.patience)?;
        drop(stdin);
        let ended = ffmpeg.wait()?;
        ended.verdict(spec, destination.path(), switch)?;
        if ended.frames == pictures {
            Ok(())
        } else {
            Err(EncodeError::WrongFile(format!("{} frames instead of {pictures}", ended.frames)))
        }
    }

    fn painting(&self, final_delay: u64, output: &Path) -> Vec<OsString> {
        let mut args = words("-protocol_whitelist file -f matroska -i");
        args.push(file(&self.pictures()));
        args.extend(words("-protocol_whitelist file -f image2 -pattern_type none -i"));
        args.push(file(&self.palette()));
        // Ordered dithering depends on the place only, so pixels that did not change are stored as unchanged; error diffusion makes text crawl.
        args.extend(words("-filter_complex [0:v][1:v]paletteuse=dither=bayer:bayer_scale=5:diff_mode=rectangle"));
        args.extend(timing(TICKS));
        args.extend(words(&format!("-c:v gif -loop 0 -final_delay {final_delay} -fflags +bitexact -f gif")));
        args.push(file(output));
        args
    }

    fn pictures(&self) -> PathBuf {
        self.folder.path().join("clip.mkv")
    }

    fn palette(&self) -> PathBuf {
        self.folder.path().join("palette.png")
    }
}
