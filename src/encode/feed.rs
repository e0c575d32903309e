//! The thread between the caller's pictures and ffmpeg's standard input.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use super::EncodeError;
use super::nut::{Chapter, Pixels, Stream};
use super::pacing::{Counts, Pacing};
use super::pipe::PatientPipe;
use super::planes::Planes;
use crate::compose::Frame;

/// What the caller sends.
#[derive(Debug)]
pub(super) enum Message {
    /// The picture from this slot on.
    Frame(u64, Arc<Frame>),
    /// The video has this many slots.
    End(u64),
}

/// What went into the pipe.
#[derive(Debug, Clone)]
pub(super) struct Fed {
    pub(super) counts: Counts,
    /// Length of the video in the pacing's ticks.
    pub(super) ticks: u64,
    /// How many of them show the last picture that was written.
    pub(super) last_lasts: u64,
    /// The picture that was written last.
    pub(super) last: Arc<Frame>,
}

/// Writes until the end and closes the pipe. None: the caller went away before.
pub(super) fn feed(
    messages: &Receiver<Message>,
    mut pipe: PatientPipe,
    mut pacing: Pacing,
    stream: Stream,
    chapters: &[Chapter],
) -> io::Result<Option<Fed>> {
    pipe.write(&stream.header(chapters), &[])?;
    let mut last_written = None;
    let mut planes = (stream.pixels == Pixels::Planes).then(|| Planes::new(stream.width, stream.height));
    let mut write = |tick: u64, frame: &Arc<Frame>| {
        last_written = Some((tick, Arc::clone(frame)));
        let pixels = match &mut planes {
            Some(planes) => planes.of(frame)?,
            None => &frame.pixels,
        };
        pipe.write(&stream.frame_header(tick), pixels)
    };
    loop {
        match messages.recv() {
            Ok(Message::Frame(slot, frame)) => pacing.push(slot, frame, &mut write)?,
            Ok(Message::End(total_slots)) => {
                let ticks = pacing.end(total_slots, &mut write)?;
                // Whoever ends a video has sent a picture.
                return Ok(last_written.map(|(tick, last)| Fed {
                    counts: pacing.counts(),
                    ticks,
                    last_lasts: ticks - tick,
                    last,
                }));
            }
            Err(_) => return Ok(None),
        }
    }
}

/// Refuses a picture whose bytes or size are not as announced: ffmpeg would read the next header as pixels.
pub(super) fn check_shape(frame: &Frame, size: (u32, u32)) -> Result<(), EncodeError> {
    let bytes = u64::from(size.0) * u64::from(size.1) * 3;
    if (frame.width, frame.height) == size && frame.pixels.len() as u64 == bytes {
        return Ok(());
    }
    Err(EncodeError::Misuse(format!(
        "a frame of {}x{} with {} bytes came where {}x{} with {bytes} bytes was expected",
        frame.width,
        frame.height,
        frame.pixels.len(),
        size.0,
        size.1
    )))
}
