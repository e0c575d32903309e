//! From timestamped pictures to a video file.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::feed::{Fed, Message, check_shape, feed};
use super::gif::Clip;
use super::inspect::inspect;
use super::nut::{Chapter, Pixels, Stream};
use super::pacing::Pacing;
use super::pipe::PatientPipe;
use super::process::{Ended, Ffmpeg, spawn_thread};
use super::{EncodeError, Fitted, Format, Fps, KillSwitch, VideoSpec, arguments, timed_text, webp, webvtt};
use crate::compose::Frame;
use crate::destination::{Destination, Kept};
use crate::timeline::Cue;
use tempfile::TempPath;

/// Pictures that may wait for ffmpeg before [`VideoEncoder::frame`] blocks.
const QUEUE: usize = 4;

/// A video in the making: one ffmpeg process and the thread that feeds it. Dropped before [`finish`](Self::finish), it kills the one, ends the other and removes
/// the partial file.
pub struct VideoEncoder {
    spec: VideoSpec,
    switch: KillSwitch,
    last_slot: Option<u64>,
    messages: Option<SyncSender<Message>>,
    feeder: Option<JoinHandle<io::Result<Option<Fed>>>>,
    ffmpeg: Option<Ffmpeg>,
    clip: Option<Clip>,
    captions: Option<TempPath>,
    destination: Option<Destination>,
}

/// A video that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    /// Of the file's picture, in pixels, with the pixel that may have been added to make it even.
    pub width: u32,
    /// See `width`.
    pub height: u32,
    /// Pictures sent that are in the file.
    pub real_frames: u64,
    /// Pictures sent that are not in the file: another followed before they could be shown (GIF above 50 fps), or libwebp held them to
    /// look like the one before (WebP, repeats included).
    pub superseded: u64,
    /// Repeats that the encoder added, so that no gap is longer than 5 s and the last picture lasts to the end. With a constant rate, ffmpeg's repeats are not counted.
    pub keep_alive: u64,
    /// Length in milliseconds: `total_slots / fps` exactly. For GIF and WebP rounded to their unit, 10 ms and 1 ms; a GIF above 50 fps may be up to 20 ms longer, so that
    /// its last picture is seen.
    pub duration_ms: f64,
    /// The grid of its slots.
    pub fps: Fps,
    /// How many there are.
    pub slots: u64,
    /// How it keeps to a limit, if it was given one.
    pub fitted: Option<Fitted>,
}

/// A video that is whole, but not yet in its place. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Completed {
    destination: Destination,
    encoded: Encoded,
    /// See [`Encoded::fitted`].
    pub(super) fitted: Option<Fitted>,
}

impl Completed {
    /// Puts it in its place.
    pub fn keep(self) -> Result<Encoded, EncodeError> {
        let Kept { path, bytes, sha256 } = self.destination.keep()?;
        Ok(Encoded { path, bytes, sha256, fitted: self.fitted, ..self.encoded })
    }

    /// Its size.
    pub(super) fn bytes(&self) -> Result<u64, EncodeError> {
        let file = std::fs::metadata(self.destination.partial());
        file.map(|file| file.len()).map_err(EncodeError::io("measuring the file"))
    }
}

impl VideoEncoder {
    /// Starts ffmpeg. A GIF keeps its clip in a folder of its own under `temp`, losslessly compressed, until its palette is known.
    pub fn start(spec: VideoSpec, destination: &Path, temp: &Path) -> Result<Self, EncodeError> {
        Self::start_with(spec, destination, temp, KillSwitch::default())
    }

    /// The same, under a switch that others may hold already.
    pub(super) fn start_with(
        spec: VideoSpec,
        destination: &Path,
        temp: &Path,
        switch: KillSwitch,
    ) -> Result<Self, EncodeError> {
        spec.check()?;
        let destination = Destination::open(destination)?;
        let clip = if spec.format == Format::Gif { Some(Clip::new(temp)?) } else { None };
        let pacing = Pacing::new(spec.format, spec.fps);
        let (pixels, (width, height)) =
            if spec.sends_planes() { (Pixels::Planes, spec.encoded_size()) } else { (Pixels::Rgb, spec.input) };
        let stream = Stream { pixels, width, height, ticks: pacing.ticks() };
        let captions = captions_file(&spec, temp)?;
        let arguments = match &clip {
            Some(clip) => clip.record(&spec),
            None => arguments::direct(&spec, stream.ticks, captions.as_deref(), destination.partial()),
        };

        let (ffmpeg, stdin) = Ffmpeg::spawn(&spec.ffmpeg, &arguments, &switch, spec.patience)?;
        let pipe = PatientPipe::new(stdin, spec.patience).map_err(EncodeError::io("preparing the pipe to ffmpeg"))?;
        let chapters = chapters(&spec);
        let (sender, receiver) = sync_channel(QUEUE);
        let feeder = spawn_thread("ffmpeg-feed", move || feed(&receiver, pipe, pacing, stream, &chapters))?;
        Ok(Self {
            spec,
            switch,
            last_slot: None,
            messages: Some(sender),
            feeder: Some(feeder),
            ffmpeg: Some(ffmpeg),
            clip,
            captions,
            destination: Some(destination),
        })
    }

    /// A handle that stops this encoder from another thread.
    #[must_use]
    pub fn kill_switch(&self) -> KillSwitch {
        self.switch.clone()
    }

    /// The picture from `slot` on. The first slot is 0, and slots rise. Blocks while ffmpeg has four pictures to go; an error is final.
    pub fn frame(&mut self, slot: u64, frame: Arc<Frame>) -> Result<(), EncodeError> {
        check_shape(&frame, self.spec.input)?;
        let in_order = self.last_slot.map_or(slot == 0, |last| slot > last);
        if !in_order {
            return Err(EncodeError::Misuse(format!(
                "slot {slot} after {:?}: the first slot is 0, and slots rise",
                self.last_slot
            )));
        }
        self.last_slot = Some(slot);
        self.send(Message::Frame(slot, frame))
    }

    /// Ends the video after `total_slots` slots (more than the last one sent) and puts the file in its place.
    pub fn finish(self, total_slots: u64) -> Result<Encoded, EncodeError> {
        self.complete(total_slots)?.keep()
    }

    /// Ends the video, but leaves it to [`Completed::keep`] to put the file in its place.
    pub fn complete(mut self, total_slots: u64) -> Result<Completed, EncodeError> {
        let Some(last) = self.last_slot else {
            return Err(EncodeError::Misuse("a video needs at least one frame".to_owned()));
        };
        if total_slots <= last {
            return Err(EncodeError::Misuse(format!(
                "the video ends after {total_slots} slots, but slot {last} was sent"
            )));
        }
        self.send(Message::End(total_slots))?;
        self.messages = None;
        let (fed, ended) = self.join()?;
        let Some(destination) = self.destination.take() else {
            return Err(already_over());
        };

        self.check_frames(&fed, &ended, total_slots)?;
        let mut counts = fed.counts;
        match (&self.clip, self.spec.format) {
            (Some(clip), _) => {
                let pictures = fed.counts.real + fed.counts.keep_alive;
                clip.paint(&self.spec, &fed, pictures, &self.switch, &destination)?;
            }
            (None, Format::WebP) => {
                let pictures = webp::set_length(destination.partial(), fed.ticks)?;
                counts.superseded += (counts.real + counts.keep_alive).saturating_sub(pictures);
                counts.real = pictures;
                counts.keep_alive = 0;
            }
            (None, Format::Mp4) if self.captions.is_some() => timed_text::switch_off(destination.partial())?,
            (None, _) => {}
        }
        if self.switch.is_cancelled() {
            return Err(EncodeError::Cancelled);
        }
        let duration_ms = match self.spec.format {
            Format::Mp4 | Format::WebM => self.spec.fps.milliseconds(total_slots),
            Format::Gif => fed.ticks as f64 * 10.0,
            Format::WebP => fed.ticks as f64,
        };
        inspect(&self.spec, destination.partial(), duration_ms, &fed.last)?;
        let (width, height) = self.spec.encoded_size();
        let encoded = Encoded {
            path: destination.path().to_owned(),
            bytes: 0,
            sha256: String::new(),
            width,
            height,
            real_frames: counts.real,
            superseded: counts.superseded,
            keep_alive: counts.keep_alive,
            duration_ms,
            fps: self.spec.fps,
            slots: total_slots,
            fitted: None,
        };
        Ok(Completed { destination, encoded, fitted: None })
    }

    /// Stops at once and leaves nothing, as dropping does.
    pub fn cancel(self) {
        drop(self);
    }

    fn send(&mut self, message: Message) -> Result<(), EncodeError> {
        let Some(messages) = &self.messages else {
            return Err(already_over());
        };
        if messages.send(message).is_ok() {
            return Ok(());
        }
        // The feeder ended early, so there is an error to fetch.
        self.messages = None;
        match self.join() {
            Err(error) => Err(error),
            Ok(_) => Err(already_over()),
        }
    }

    /// Waits for the feeder, then for ffmpeg, and says what went wrong if anything did.
    fn join(&mut self) -> Result<(Fed, Ended), EncodeError> {
        let (Some(feeder), Some(ffmpeg)) = (self.feeder.take(), self.ffmpeg.take()) else {
            return Err(already_over());
        };
        let fed = feeder.join().unwrap_or_else(|_| Err(io::Error::other("the feeding thread broke down")));
        let write_stalled = matches!(&fed, Err(error) if error.kind() == io::ErrorKind::TimedOut);
        if write_stalled {
            self.switch.kill();
        }
        let mut ended = ffmpeg.wait()?;
        ended.stalled |= write_stalled;
        self.verdict(&ended)?;
        match fed {
            Ok(Some(fed)) => Ok((fed, ended)),
            Ok(None) => Err(EncodeError::Cancelled),
            Err(source) => Err(EncodeError::Io { doing: "sending frames to ffmpeg", source }),
        }
    }

    fn verdict(&self, ended: &Ended) -> Result<(), EncodeError> {
        let path = self.destination.as_ref().map_or(Path::new(""), Destination::path);
        ended.verdict(&self.spec, path, &self.switch)
    }

    /// ffmpeg counts what it encodes; a frame that it dropped or doubled would otherwise show only as a video that is slightly off. (WebP is one packet.)
    fn check_frames(&self, fed: &Fed, ended: &Ended, total_slots: u64) -> Result<(), EncodeError> {
        let expected = match self.spec.format {
            Format::Mp4 | Format::WebM if self.spec.cfr => total_slots,
            Format::Mp4 | Format::WebM | Format::Gif => fed.counts.real + fed.counts.keep_alive,
            Format::WebP => return Ok(()),
        };
        if ended.frames == expected {
            Ok(())
        } else {
            Err(EncodeError::WrongFile(format!("{} frames instead of {expected}", ended.frames)))
        }
    }
}

impl Drop for VideoEncoder {
    fn drop(&mut self) {
        // Killing first frees a feeder that is stuck in a write.
        if self.ffmpeg.is_some() {
            self.switch.cancel();
        }
        self.messages = None;
        if let Some(feeder) = self.feeder.take() {
            let _ = feeder.join();
        }
        self.ffmpeg = None;
    }
}

/// On the grid of the video's slots, on which each then begins exactly with a picture's time.
fn chapters(spec: &VideoSpec) -> Vec<Chapter> {
    if !spec.format.holds_text() {
        return Vec::new();
    }
    let chapter = |cue: &Cue| Chapter {
        from: spec.fps.slot_from(cue.from),
        to: spec.fps.slot_from(cue.to),
        title: cue.text.clone(),
    };
    spec.chapters.iter().map(chapter).filter(|chapter| chapter.from < chapter.to && !chapter.title.is_empty()).collect()
}

/// What ffmpeg is to copy captions from; it goes with the encoder.
fn captions_file(spec: &VideoSpec, temp: &Path) -> Result<Option<TempPath>, EncodeError> {
    if !spec.format.holds_text() || !webvtt::says_something(&spec.captions) {
        return Ok(None);
    }
    let bytes = match spec.format {
        Format::Mp4 => timed_text::mp4(&spec.captions),
        _ => webvtt::webvtt(&spec.captions).into_bytes(),
    };
    let written = tempfile::NamedTempFile::new_in(temp).and_then(|mut file| {
        file.write_all(&bytes)?;
        Ok(file.into_temp_path())
    });
    written.map(Some).map_err(EncodeError::io("writing the captions"))
}

fn already_over() -> EncodeError {
    EncodeError::Misuse("this encoder has failed before".to_owned())
}
