//! What converting a recording will cost, from its own events, without a browser. Pure.
//!
//! What costs time is pictures of the page: one for each slot of the video in which something happened to the page. A moving pointer costs a composed frame
//! and no picture. What costs bytes is much the same, and a frame every five seconds that keeps the file seekable.

use std::collections::HashSet;

use crate::recording::{EventKind, Incremental, Recording, SessionTime};

/// What converting is thought to cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// Of one core.
    pub seconds: f64,
    /// Of all files.
    pub bytes: f64,
}

/// What things cost on the machine that they were measured on, per megapixel where they depend on size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// A page of its own in a browser that runs, and encoders: seconds.
    pub start_s: f64,
    /// Reading and planning, seconds per event.
    pub event_s: f64,
    /// A picture of the page, seconds per megapixel.
    pub picture_s: f64,
    /// A frame that is composed and encoded, seconds per megapixel.
    pub frame_s: f64,
    /// A file with nothing in it yet, bytes.
    pub start_bytes: f64,
    /// A frame with something new, bytes per megapixel.
    pub frame_bytes: f64,
    /// A second in which nothing happens, bytes per megapixel.
    pub second_bytes: f64,
}

impl Prices {
    /// Two cores without a GPU, MP4 at 30 frames per second. Their proportions are judged; their height is such that the sum over the 16 recordings of
    /// docs/batch.md is what two jobs took (125 s).
    pub const MEASURED: Self = Self {
        start_s: 2.9,
        event_s: 0.000_065,
        picture_s: 0.091,
        frame_s: 0.013,
        start_bytes: 60_000.0,
        frame_bytes: 4_500.0,
        second_bytes: 400.0,
    };
}

impl Estimate {
    /// Of a video of `fps` frames per second that plays at `speed`, in the recording's own size.
    pub fn of(recording: &Recording, fps: f64, speed: f64, prices: &Prices) -> Self {
        let counted = Counted::of(recording, fps / speed);
        let viewport = recording.largest_viewport();
        let megapixels = f64::from(viewport.width) * f64::from(viewport.height) / 1e6;
        let seconds = recording.duration().seconds() / speed;
        let per_size = counted.pictures * prices.picture_s + counted.frames * prices.frame_s;
        let bytes = counted.frames * prices.frame_bytes + seconds * prices.second_bytes;
        Self {
            seconds: prices.start_s + counted.events * prices.event_s + megapixels * per_size,
            bytes: prices.start_bytes + megapixels * bytes,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { seconds: self.seconds + other.seconds, bytes: self.bytes + other.bytes }
    }
}

/// What happens in a recording, by slots of a video.
#[derive(Debug, PartialEq)]
struct Counted {
    events: f64,
    /// Slots in which something happens to the page.
    pictures: f64,
    /// Slots in which something happens at all.
    frames: f64,
}

impl Counted {
    /// `rate` slots to a second of session.
    fn of(recording: &Recording, rate: f64) -> Self {
        let (mut pictures, mut frames) = (HashSet::new(), HashSet::new());
        let mut events = 0_u64;
        let slot = |at: SessionTime| (at.seconds() * rate) as u64;
        for event in recording.windows.iter().flat_map(|window| &window.events) {
            events += 1;
            frames.insert(slot(event.at));
            if let EventKind::Incremental(Incremental::Pointer { samples, .. }) = &event.kind {
                frames.extend(samples.iter().map(|sample| slot(sample.at)));
            }
            let only_pointer = matches!(
                event.kind,
                EventKind::Incremental(Incremental::Pointer { .. } | Incremental::Log)
                    | EventKind::Custom { .. }
                    | EventKind::Plugin { .. }
            );
            if !only_pointer {
                pictures.insert(slot(event.at));
            }
        }
        Self { events: events as f64, pictures: pictures.len() as f64, frames: frames.len() as f64 }
    }
}
