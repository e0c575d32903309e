//! Which pictures go into the file, and at which of its ticks.

use std::sync::Arc;

use super::{Format, Fps};
use crate::compose::Frame;

/// Longest stretch of a video without a picture, in seconds: players that seek into a gap show nothing, or the wrong picture, until the next one.
pub(super) const KEEP_ALIVE_SECONDS: u32 = 5;
/// A GIF's delay is 16 bits of 10 ms, 655.35 s.
const LONGEST_GIF_DELAY: u64 = 60_000;
/// Browsers show delays below 20 ms as 100 ms.
const SHORTEST_GIF_DELAY: u64 = 2;
/// A WebP frame's duration is 24 bits of 1 ms, 4.66 h.
const LONGEST_WEBP_DURATION: u64 = 16_000_000;

/// What was written, in pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) real: u64,
    pub(super) keep_alive: u64,
    pub(super) superseded: u64,
}

/// Turns slots into the file's ticks, repeats the last picture where a gap would be too long, and postpones pictures that come too soon after another.
#[derive(Debug)]
pub(super) struct Pacing {
    fps: Fps,
    /// Ticks a second where the format has its own unit; otherwise ticks are slots.
    unit: Option<u32>,
    shortest: u64,
    longest: u64,
    /// Whether the last tick needs a picture of its own, because the format stores no length for the last one.
    end_frame: bool,
    last: Option<(u64, Arc<Frame>)>,
    /// A picture that came less than `shortest` after the last, and is shown when that is over unless another takes its place.
    postponed: Option<(u64, Arc<Frame>)>,
    counts: Counts,
}

impl Pacing {
    pub(super) fn new(format: Format, fps: Fps) -> Self {
        let (unit, shortest, longest, end_frame) = match format {
            Format::Mp4 | Format::WebM => (None, 1, fps.slots_in(KEEP_ALIVE_SECONDS), true),
            Format::Gif => (Some(100), SHORTEST_GIF_DELAY, LONGEST_GIF_DELAY, false),
            Format::WebP => (Some(1000), 1, LONGEST_WEBP_DURATION, false),
        };
        Self { fps, unit, shortest, longest, end_frame, last: None, postponed: None, counts: Counts::default() }
    }

    /// Ticks a second, as a fraction.
    pub(super) fn ticks(&self) -> (u32, u32) {
        self.unit.map_or((self.fps.num(), self.fps.den()), |unit| (unit, 1))
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes the picture of a slot (rising from call to call) and writes what is due.
    pub(super) fn push<E>(
        &mut self,
        slot: u64,
        frame: Arc<Frame>,
        write: &mut impl FnMut(u64, &Arc<Frame>) -> Result<(), E>,
    ) -> Result<(), E> {
        let earliest = self.last.as_ref().map_or(0, |(tick, _)| tick + self.shortest);
        let wanted = self.tick(slot);
        if let Some((due, waiting)) = self.postponed.take() {
            if wanted <= due {
                self.counts.superseded += 1;
            } else {
                self.write_real(due, waiting, write)?;
                return self.push_after(due + self.shortest, wanted, frame, write);
            }
        }
        self.push_after(earliest, wanted, frame, write)
    }

    /// Writes what is still due in a video of so many slots, and says how many ticks it lasts.
    pub(super) fn end<E>(
        &mut self,
        total_slots: u64,
        write: &mut impl FnMut(u64, &Arc<Frame>) -> Result<(), E>,
    ) -> Result<u64, E> {
        if let Some((due, waiting)) = self.postponed.take() {
            self.write_real(due, waiting, write)?;
        }
        let last = self.last.as_ref().map_or(0, |(tick, _)| *tick);
        let end = self.tick(total_slots).max(last + self.shortest);
        self.keep_alive_until(end, write)?;
        if self.end_frame
            && let Some((tick, frame)) = self.last.take()
            && tick + 1 < end
        {
            write(end - 1, &frame)?;
            self.counts.keep_alive += 1;
        }
        Ok(end)
    }

    fn tick(&self, slot: u64) -> u64 {
        self.unit.map_or(slot, |unit| self.fps.nearest_tick(slot, unit))
    }

    fn push_after<E>(
        &mut self,
        earliest: u64,
        wanted: u64,
        frame: Arc<Frame>,
        write: &mut impl FnMut(u64, &Arc<Frame>) -> Result<(), E>,
    ) -> Result<(), E> {
        if wanted < earliest {
            self.postponed = Some((earliest, frame));
            return Ok(());
        }
        self.write_real(wanted, frame, write)
    }

    fn write_real<E>(
        &mut self,
        tick: u64,
        frame: Arc<Frame>,
        write: &mut impl FnMut(u64, &Arc<Frame>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.keep_alive_until(tick, write)?;
        write(tick, &frame)?;
        self.counts.real += 1;
        self.last = Some((tick, frame));
        Ok(())
    }

    fn keep_alive_until<E>(
        &mut self,
        tick: u64,
        write: &mut impl FnMut(u64, &Arc<Frame>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some((last, frame)) = &mut self.last
            && *last + self.longest < tick
        {
            *last += self.longest;
            write(*last, frame)?;
            self.counts.keep_alive += 1;
        }
        Ok(())
    }
}
