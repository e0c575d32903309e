//! The words of ffmpeg's command lines.

use std::ffi::OsString;
use std::path::Path;

use super::pacing::KEEP_ALIVE_SECONDS;
use super::{Format, Fps, VideoSpec};

/// The first picture this many seconds of video after a key frame is one too. With a picture at least every [`KEEP_ALIVE_SECONDS`], two are never 10 s apart.
const KEY_FRAME_SECONDS: u32 = KEEP_ALIVE_SECONDS;

/// What every command that reads our stream begins with. No probing: the header says all, and ffmpeg would hold back the first twenty pictures for it.
pub(super) fn nut_input() -> Vec<OsString> {
    words("-protocol_whitelist pipe -f nut -probesize 32 -analyzeduration 0 -fpsprobesize 0 -i pipe:0")
}

/// A video straight to its file.
pub(super) fn direct(spec: &VideoSpec, ticks: (u32, u32), captions: Option<&Path>, output: &Path) -> Vec<OsString> {
    let mut args = Vec::new();
    match captions {
        None => args.extend(nut_input()),
        Some(captions) => {
            // With several inputs ffmpeg reads each in a thread of its own, and sleeps 10 ms whenever ours has nothing ready.
            args.extend(words("-thread_queue_size 0"));
            args.extend(nut_input());
            args.extend(captions_input(spec.format, captions));
        }
    }
    let filters = filters(spec);
    if !filters.is_empty() {
        args.extend(["-vf".into(), filters.join(",").into()]);
    }
    args.extend(timing(ticks));
    args.extend(words(&codec(spec)));
    // `-map_metadata -1` would take the chapters' titles away too.
    args.extend(words(if spec.chapters.is_empty() { "-map_metadata -1" } else { "-map_metadata:g -1" }));
    args.extend(words("-fflags +bitexact -flags:v +bitexact"));
    args.push(file(output));
    args
}

/// The captions' own file, whose track is copied as it is.
fn captions_input(format: Format, path: &Path) -> Vec<OsString> {
    let demuxer = if format == Format::Mp4 { "mp4" } else { "webvtt" };
    let mut args = words(&format!("-thread_queue_size 0 -protocol_whitelist file -f {demuxer} -i"));
    args.push(file(path));
    args.extend(words("-map 0:v -map 1:s -c:s copy -disposition:s:0 0 -metadata:s:s:0 language=eng"));
    // WebM names tracks by a title, MP4 by their handler.
    args.extend(words(if format == Format::Mp4 {
        "-metadata:s:s:0 handler_name=Captions"
    } else {
        "-metadata:s:s:0 title=Captions"
    }));
    args
}

/// Timestamps are taken as they come, in our own time base: ffmpeg would otherwise derive one from a guessed rate.
pub(super) fn timing((num, den): (u32, u32)) -> Vec<OsString> {
    words(&format!("-fps_mode passthrough -enc_time_base {den}:{num}"))
}

/// `file:` keeps a colon in a name from being read as a protocol.
pub(super) fn file(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

pub(super) fn words(text: &str) -> Vec<OsString> {
    text.split_whitespace().map(OsString::from).collect()
}

/// From the picture that is sent to the picture that is encoded.
pub(super) fn filters(spec: &VideoSpec) -> Vec<String> {
    let mut chain = if spec.sends_planes() { Vec::new() } else { shape(spec) };
    if spec.format.needs_even_size() {
        chain.push("setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709".to_owned());
        if spec.cfr {
            // Not `-fps_mode cfr`: at the end ffmpeg 5.1 repeats the last picture as often as the median of the three gaps before it.
            chain.push(format!("fps={}", spec.fps));
        }
    } else {
        chain.push(if spec.format == Format::WebP { "format=bgra".to_owned() } else { "format=rgb24".to_owned() });
    }
    chain
}

/// Cuts, scales, frames and converts RGB pictures.
fn shape(spec: &VideoSpec) -> Vec<String> {
    let layout = spec.layout();
    let ((width, height), (left, top), canvas) = (layout.picture, layout.offset, layout.canvas);
    let yuv = spec.format.needs_even_size();
    let (left_out, top_out, part_width, part_height) = spec.part;
    let (scaled, padded) = (layout.picture != (part_width, part_height), canvas != layout.picture);
    let mut chain = Vec::new();
    if (part_width, part_height) != spec.input {
        chain.push(format!("crop={part_width}:{part_height}:{left_out}:{top_out}"));
    }
    if scaled && (padded || !yuv) {
        chain.push(format!("scale={width}:{height}:flags=lanczos+accurate_rnd+full_chroma_int"));
    }
    if padded {
        // Padding before the conversion keeps the colour exact. A filler pixel repeats the picture's edge instead: it shares its chroma with it.
        let [red, green, blue] = spec.background;
        chain.push("format=gbrp".to_owned());
        chain.push(format!("pad={}:{}:{left}:{top}:color=0x{red:02X}{green:02X}{blue:02X}", canvas.0, canvas.1));
        if layout.filler != (0, 0) {
            chain.push(format!("fillborders=right={}:bottom={}:mode=smear", layout.filler.0, layout.filler.1));
        }
    }
    if yuv {
        // RGB has no matrix of its own and ffmpeg's default is BT.601, so the output's is said. `area` halves the chroma planes by averaging: on text it is as good
        // as Lanczos (SSIM of the blue channel even better) in half the time.
        let kernel = if scaled && !padded { "lanczos" } else { "area" };
        let (w, h) = if padded { canvas } else { (width, height) };
        chain.push(format!(
            "scale={w}:{h}:out_color_matrix=bt709:out_range=tv:flags={kernel}+accurate_rnd+full_chroma_inp"
        ));
        chain.push("format=yuv420p".to_owned());
    }
    chain
}

fn codec(spec: &VideoSpec) -> String {
    let quality = spec.quality_or_default();
    let threads = spec.threads;
    let colours = "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv";
    // By time, not by count of pictures, of which there may be one in five seconds or sixty in one.
    let keys =
        format!("-g 100000 -force_key_frames expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+{KEY_FRAME_SECONDS}))");
    match spec.format {
        // No B-frames: no edit list, decoding order is display order. A constant quantiser, and nothing that needs a second, smaller picture
        // of each: x264's rate factor guesses what an eye would miss in a film, costs a third of the time, and gains a tenth in size on pages,
        // where text that comes and goes should look the same every time. Scene cuts are no key frames: those come by time.
        Format::Mp4 => format!(
            "-c:v libx264 -preset veryfast -qp {quality} -bf 0 -x264-params rc-lookahead=0:mbtree=0:weightp=0:scenecut=0:me=dia{faint} -threads {threads} {keys} {colours} \
             -movflags +faststart -video_track_timescale {scale} -movie_timescale {scale} -f mp4",
            scale = timescale(spec.fps),
            // Coarse quantisers would leave out what is faint: thin lines, and the fading of what scrolled away. For a tenth in size it stays.
            faint = if quality > 24 { ":no-dct-decimate=1:deadzone-inter=0:deadzone-intra=0" } else { "" }
        ),
        Format::WebM => format!(
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 5 -row-mt 1 -tile-columns 2 -tune-content screen -lag-in-frames 0 -auto-alt-ref 0 \
             -crf {quality} -b:v 0 -threads {threads} {keys} {colours} -cues_to_front 1 -f webm"
        ),
        Format::WebP => {
            format!("-c:v libwebp_anim -quality {quality} -compression_level 4 -loop 0 -f webp")
        }
        // Goes through a clip of its own.
        Format::Gif => String::new(),
    }
}

/// A track time scale in which slots are whole numbers. Doubled up to 10,000, as ffmpeg does by itself: some players round coarser ones.
fn timescale(fps: Fps) -> u32 {
    let mut scale = fps.num();
    while scale < 10_000 {
        scale *= 2;
    }
    scale
}
