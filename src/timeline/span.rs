//! A stretch of the session and how it plays: exact arithmetic between session time and the slots of a video.

use std::fmt;
use std::str::FromStr;

use super::fps::{Fps, decimal};
use crate::recording::SessionTime;

/// How many seconds of session pass in a second of video, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    millionths: u64,
}

/// Why something is no speed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0.01 to 1000, like 2 or 0.5 (got {0:?})")]
pub struct SpeedError(String);

impl Speed {
    /// As recorded.
    pub const NORMAL: Self = Self { millionths: 1_000_000 };

    /// As a number.
    pub fn as_f64(self) -> f64 {
        self.millionths as f64 / 1e6
    }

    /// How much session, µs, has been played when a slot begins. Rounded down.
    pub(super) fn played_at(self, slot: u64, fps: Fps) -> i64 {
        // One slot is den/num seconds of video, which is den * millionths / num microseconds of session.
        narrow(i128::from(slot) * self.per_slot(fps) / i128::from(fps.num()))
    }

    /// The first slot at which so much session, µs, has been played.
    pub(super) fn slot_after(self, played: i64, fps: Fps) -> u64 {
        let needed = i128::from(played.max(0)) * i128::from(fps.num());
        u64::try_from(divided_up(needed, self.per_slot(fps))).unwrap_or(u64::MAX)
    }

    /// How much session, µs, plays in so much video, µs. Rounded down.
    pub(super) fn played_in(self, video: i64) -> i64 {
        narrow((i128::from(video) * i128::from(self.millionths)).div_euclid(1_000_000))
    }

    /// How much video, µs, it takes to play so much session, µs. Rounded up, so that by then it has been played.
    pub(super) fn video_for(self, played: i64) -> i64 {
        narrow(divided_up(i128::from(played) * 1_000_000, i128::from(self.millionths)))
    }

    fn per_slot(self, fps: Fps) -> i128 {
        i128::from(fps.den()) * i128::from(self.millionths)
    }
}

/// `amount / by`, rounded up.
pub(super) fn divided_up(amount: i128, by: i128) -> i128 {
    amount.div_euclid(by) + i128::from(amount.rem_euclid(by) > 0)
}

/// Times beyond what an `i64` holds are its largest: no session lasts 292,000 years.
pub(super) fn narrow(micros: i128) -> i64 {
    i64::try_from(micros).unwrap_or(i64::MAX)
}

impl FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, SpeedError> {
        let number = text.strip_suffix('x').unwrap_or(text);
        let millionths = decimal(number, 1_000_000).filter(|millionths| (10_000..=1_000_000_000).contains(millionths));
        millionths.map(|millionths| Self { millionths }).ok_or_else(|| SpeedError(text.to_owned()))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_f64())
    }
}

/// A stretch of the session at one speed. [`super::TimeMap`] maps it to video time, with or without its idle stretches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Session time of video time zero.
    pub from: SessionTime,
    /// Where the video ends.
    pub to: SessionTime,
    /// How fast it plays.
    pub speed: Speed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_kept_exactly() {
        assert_eq!("2".parse(), Ok(Speed { millionths: 2_000_000 }));
        assert_eq!("0.5x".parse(), Ok(Speed { millionths: 500_000 }));
        for wrong in ["0", "-1", "x", "1001", "0.001"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }
}
