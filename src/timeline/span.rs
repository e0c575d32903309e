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

/// A stretch of the session at one speed: the map between session time and video time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Session time of video time zero.
    pub from: SessionTime,
    /// Where the video ends.
    pub to: SessionTime,
    /// How fast it plays.
    pub speed: Speed,
}

impl Span {
    /// Session time shown in slot `slot` of a video. Rounded down to the microsecond.
    pub fn slot_to_session(&self, slot: u64, fps: Fps) -> SessionTime {
        // One slot is den/num seconds of video, which is den * millionths / num microseconds of session.
        let micros =
            i128::from(slot) * i128::from(fps.den()) * i128::from(self.speed.millionths) / i128::from(fps.num());
        self.from + SessionTime::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// How many slots the video has: as many as are needed to show all of the stretch, at least one.
    pub fn slots(&self, fps: Fps) -> u64 {
        let micros = i128::from((self.to - self.from).micros().max(0));
        let per_slot = i128::from(fps.den()) * i128::from(self.speed.millionths);
        let slots = (micros * i128::from(fps.num())).div_euclid(per_slot)
            + i128::from((micros * i128::from(fps.num())).rem_euclid(per_slot) > 0);
        u64::try_from(slots).unwrap_or(u64::MAX).max(1)
    }

    /// Length of the video, ms.
    pub fn video_ms(&self, fps: Fps) -> f64 {
        self.slots(fps) as f64 * f64::from(fps.den()) * 1000.0 / f64::from(fps.num())
    }

    /// Session time at a video time, µs.
    pub fn video_to_session(&self, video_micros: i64) -> SessionTime {
        let micros = i128::from(video_micros) * i128::from(self.speed.millionths) / 1_000_000;
        self.from + SessionTime::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from_ms: i64, to_ms: i64, speed: &str) -> Span {
        Span {
            from: SessionTime::from_millis(from_ms),
            to: SessionTime::from_millis(to_ms),
            speed: speed.parse().unwrap(),
        }
    }

    #[test]
    fn speeds_are_kept_exactly() {
        assert_eq!("2".parse(), Ok(Speed { millionths: 2_000_000 }));
        assert_eq!("0.5x".parse(), Ok(Speed { millionths: 500_000 }));
        for wrong in ["0", "-1", "x", "1001", "0.001"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_slot_of_a_trim_is_a_slot_of_the_whole_at_the_same_session_time() {
        let whole = span(0, 60_000, "1");
        let part = span(10_000, 20_000, "1");
        for slot in 0..300 {
            assert_eq!(part.slot_to_session(slot, Fps::DEFAULT), whole.slot_to_session(300 + slot, Fps::DEFAULT));
        }
    }

    #[test]
    fn a_video_has_as_many_slots_as_show_all_of_the_stretch() {
        assert_eq!(span(0, 1000, "1").slots(Fps::DEFAULT), 30);
        assert_eq!(span(0, 1001, "1").slots(Fps::DEFAULT), 31);
        assert_eq!(span(0, 1000, "4").slots(Fps::DEFAULT), 8);
        assert_eq!(span(5, 5, "1").slots(Fps::DEFAULT), 1);
        assert_eq!(span(0, 1001, "1").slots("30000/1001".parse().unwrap()), 30);
    }

    #[test]
    fn speed_changes_only_which_session_time_a_slot_shows() {
        assert_eq!(span(1000, 9000, "2").slot_to_session(15, Fps::DEFAULT), SessionTime::from_millis(2000));
        assert_eq!(span(1000, 9000, "2").video_to_session(500_000), SessionTime::from_millis(2000));
    }
}
