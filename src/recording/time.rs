//! Session time: microseconds since the first event of the recording.

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// A point in (or a length of) session time, in whole microseconds; zero is the recording's first event.
///
/// Integers, because frames at the same instant must be the same frame however the instant was reached: a render from
/// the start, one from `--from` and a single still all have to arrive at bit-equal times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionTime(i64);

impl SessionTime {
    /// The first event of the recording.
    pub const ZERO: Self = Self(0);
    /// Later than every event.
    pub const MAX: Self = Self(i64::MAX);

    /// From whole microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds, rounded to the microsecond.
    pub fn from_millis_f64(millis: f64) -> Self {
        Self((millis * 1000.0).round() as i64)
    }

    /// From whole milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1000)
    }

    /// Whole microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds.
    pub fn millis(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for SessionTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for SessionTime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// `12.345 s`
impl fmt::Display for SessionTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.seconds())
    }
}
