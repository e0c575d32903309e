//! Files that fit the place they go to: pictures are taken once, and encoded again until the file is small enough.
//!
//! What is given up, and in which order, is the [`ladder`]; which rung is tried next, from the sizes found so far, is the [`search`].
//! The first attempt runs beside the capture with what was asked for, so that a file that fits costs no second one.

mod ladder;
mod search;
mod spool;
mod still;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::video::Completed;
use super::{EncodeError, Fps, KillSwitch, VideoEncoder, VideoSpec};
use crate::compose::Frame;
use ladder::Rung;
use search::Search;
use spool::Spool;
pub(super) use still::within as still_within;

/// What it took to fit a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fitted {
    /// The most bytes that were allowed.
    pub max_bytes: u64,
    /// How often the file was encoded.
    pub attempts: usize,
    /// What was given up for it; empty where the file fitted as it was.
    pub gave_up: Vec<GivenUp>,
}

/// One thing that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenUp {
    /// `quality`, `fps` or `size`.
    pub what: &'static str,
    /// What was asked for.
    pub from: String,
    /// What it is.
    pub to: String,
}

impl Fitted {
    fn new(max_bytes: u64, attempts: usize, asked: &Rung, got: &Rung) -> Self {
        let size = |(width, height): (u32, u32)| format!("{width}x{height}");
        let all = [
            ("quality", asked.quality.to_string(), got.quality.to_string()),
            ("fps", asked.fps.to_string(), got.fps.to_string()),
            ("size", size(asked.size), size(got.size)),
        ];
        let gave_up = all.into_iter().filter(|(_, from, to)| from != to);
        let gave_up = gave_up.map(|(what, from, to)| GivenUp { what, from, to }).collect();
        Self { max_bytes, attempts, gave_up }
    }
}

impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "to fit {} bytes: ", self.max_bytes)?;
        for (index, given) in self.gave_up.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{} {} instead of {}", given.what, given.to, given.from)?;
        }
        let attempts = if self.attempts == 1 { "attempt" } else { "attempts" };
        write!(f, " ({} {attempts})", self.attempts)
    }
}

/// A [`VideoEncoder`] whose file keeps to a limit, if it is given one. Dropped before its end, it leaves nothing, as that does.
pub struct FittingEncoder {
    first: VideoEncoder,
    fit: Option<Fit>,
}

/// What further attempts need.
struct Fit {
    max_bytes: u64,
    spec: VideoSpec,
    path: PathBuf,
    temp: PathBuf,
    switch: KillSwitch,
    spool: Spool,
}

impl FittingEncoder {
    /// Starts ffmpeg, as [`VideoEncoder::start`] does. With a limit, in bytes, all pictures are also kept under `temp`, losslessly and
    /// compressed, until the end.
    pub fn start(
        spec: VideoSpec,
        max_bytes: Option<u64>,
        destination: &Path,
        temp: &Path,
    ) -> Result<Self, EncodeError> {
        let switch = KillSwitch::default();
        let fit = match max_bytes {
            None => None,
            Some(max_bytes) => Some(Fit {
                max_bytes,
                spec: spec.clone(),
                path: destination.to_owned(),
                temp: temp.to_owned(),
                switch: switch.clone(),
                spool: Spool::new(temp, spec.input)?,
            }),
        };
        Ok(Self { first: VideoEncoder::start_with(spec, destination, temp, switch)?, fit })
    }

    /// A handle that stops this encoder from another thread, in whichever attempt it is.
    #[must_use]
    pub fn kill_switch(&self) -> KillSwitch {
        self.first.kill_switch()
    }

    /// As [`VideoEncoder::frame`].
    pub fn frame(&mut self, slot: u64, frame: Arc<Frame>) -> Result<(), EncodeError> {
        if let Some(fit) = &mut self.fit {
            super::feed::check_shape(&frame, fit.spec.input)?;
            fit.spool.push(slot, &frame)?;
        }
        self.first.frame(slot, frame)
    }

    /// As [`VideoEncoder::complete`], after as many attempts as the limit takes.
    pub fn complete(self, total_slots: u64) -> Result<Completed, EncodeError> {
        let first = self.first.complete(total_slots)?;
        match self.fit {
            None => Ok(first),
            Some(fit) => fit.find(first, total_slots),
        }
    }
}

impl Fit {
    fn find(mut self, first: Completed, total_slots: u64) -> Result<Completed, EncodeError> {
        let spec = &self.spec;
        let rungs = ladder::of_video(spec.format, spec.quality_or_default(), spec.fps, spec.size);
        let mut search = Search::new(self.max_bytes, rungs.iter().map(|rung| rung.expected).collect());
        search.found(0, first.bytes()?);
        tracing::debug!(
            "{}: {} bytes of {}; pictures take {}",
            self.path.display(),
            first.bytes()?,
            self.max_bytes,
            self.spool.bytes()
        );
        let mut best = search.fits(0).then_some((0, first));
        while let Some(next) = search.next() {
            let attempt = self.attempt(&rungs[next], total_slots)?;
            search.found(next, attempt.bytes()?);
            tracing::debug!("{}: {} is {} bytes", self.path.display(), rungs[next], attempt.bytes()?);
            if search.best() == Some(next) {
                // The one before takes its partial file away.
                best = Some((next, attempt));
            }
        }
        match best {
            Some((index, mut best)) => {
                // As large as the pictures in the file, which the format may need to be even.
                let stored = |rung: &Rung| {
                    let spec = VideoSpec { size: rung.size, ..self.spec.clone() };
                    Rung { size: spec.encoded_size(), ..rung.clone() }
                };
                let (asked, got) = (stored(&rungs[0]), stored(&rungs[index]));
                best.fitted = Some(Fitted::new(self.max_bytes, search.attempts(), &asked, &got));
                Ok(best)
            }
            None => Err(EncodeError::TooLarge {
                path: self.path,
                limit: self.max_bytes,
                smallest: search.smallest(),
                as_small_as: search.smallest_index().map(|index| rungs[index].to_string()).unwrap_or_default(),
            }),
        }
    }

    fn attempt(&mut self, rung: &Rung, total_slots: u64) -> Result<Completed, EncodeError> {
        let mut spec = self.spec.clone();
        (spec.quality, spec.fps, spec.size) = (Some(rung.quality), rung.fps, rung.size);
        let slot_of = |slot: u64| at_rate(slot, self.spec.fps, rung.fps);
        let mut encoder = VideoEncoder::start_with(spec, &self.path, &self.temp, self.switch.clone())?;
        let mut waiting: Option<(u64, Arc<Frame>)> = None;
        let mut shown: Option<Arc<Frame>> = None;
        let mut show = |encoder: &mut VideoEncoder, (slot, frame): (u64, Arc<Frame>)| {
            // What came and went between two slots leaves the picture as it was.
            if shown.as_ref().is_some_and(|shown| shown.pixels == frame.pixels) {
                return Ok(());
            }
            shown = Some(Arc::clone(&frame));
            encoder.frame(slot, frame)
        };
        let mut frames = self.spool.read()?;
        while let Some((slot, frame)) = frames.next()? {
            let slot = slot_of(slot);
            // Of several pictures in one slot, the last is the one that stands there.
            if let Some(before) = waiting.replace((slot, frame)).filter(|before| before.0 < slot) {
                show(&mut encoder, before)?;
            }
        }
        let mut total = slot_of(total_slots);
        if let Some(last) = waiting {
            // A picture that came in the very last slot is still seen.
            total = total.max(last.0 + 1);
            show(&mut encoder, last)?;
        }
        encoder.complete(total)
    }
}

/// The first slot at another rate that begins when `slot` does, or after it.
fn at_rate(slot: u64, from: Fps, to: Fps) -> u64 {
    let slots = u128::from(slot) * u128::from(from.den()) * u128::from(to.num());
    u64::try_from(slots.div_ceil(u128::from(from.num()) * u128::from(to.den()))).unwrap_or(u64::MAX)
}
