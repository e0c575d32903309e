//! Frame rates as exact fractions.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A frame rate: `num / den` slots a second, in lowest terms. Slot `k` begins at exactly `k * den / num` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fps {
    num: u32,
    den: u32,
}

/// Why something is no frame rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of frames per second from 0.1 to 240, like 30, 12.5 or 30000/1001 (got {0:?})")]
pub struct FpsError(String);

impl Fps {
    /// 30 frames a second.
    pub const DEFAULT: Self = Self { num: 30, den: 1 };
    /// 12.5 frames a second: the highest usual rate that GIF's unit of 10 ms can represent without a file twice as large.
    pub const GIF: Self = Self { num: 25, den: 2 };

    /// `num / den` slots a second.
    pub fn new(num: u32, den: u32) -> Result<Self, FpsError> {
        let text = || format!("{num}/{den}");
        if num == 0 || den == 0 {
            return Err(FpsError(text()));
        }
        let divisor = greatest_common_divisor(num, den);
        let fps = Self { num: num / divisor, den: den / divisor };
        if (0.1..=240.0).contains(&fps.as_f64()) { Ok(fps) } else { Err(FpsError(text())) }
    }

    /// Numerator, in lowest terms.
    pub const fn num(self) -> u32 {
        self.num
    }

    /// Denominator, in lowest terms.
    pub const fn den(self) -> u32 {
        self.den
    }

    /// As a number.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }

    /// When slot `slot` begins, ns of video time, rounded down.
    pub fn nanoseconds(self, slot: u64) -> u64 {
        let nanos = u128::from(slot) * u128::from(self.den) * 1_000_000_000 / u128::from(self.num);
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    /// When slot `slot` begins, ms of video time.
    pub fn milliseconds(self, slot: u64) -> f64 {
        slot as f64 * 1000.0 * f64::from(self.den) / f64::from(self.num)
    }

    /// The first slot that begins at a video time, µs, or after it.
    pub fn slot_from(self, micros: i64) -> u64 {
        let (micros, num) = (u128::from(micros.max(0).unsigned_abs()), u128::from(self.num));
        u64::try_from((micros * num).div_ceil(u128::from(self.den) * 1_000_000)).unwrap_or(u64::MAX)
    }

    /// When slot `slot` begins, in units of `1 / per_second`, to the nearest unit (half up). Each slot is rounded by itself:
    /// errors do not add up.
    pub fn nearest_tick(self, slot: u64, per_second: u32) -> u64 {
        let (num, den) = (u128::from(self.num), u128::from(self.den));
        ((2 * u128::from(slot) * den * u128::from(per_second) + num) / (2 * num)) as u64
    }

    /// How many slots begin in so many seconds, at least one.
    pub fn slots_in(self, seconds: u32) -> u64 {
        (u64::from(seconds) * u64::from(self.num) / u64::from(self.den)).max(1)
    }
}

impl FromStr for Fps {
    type Err = FpsError;

    fn from_str(text: &str) -> Result<Self, FpsError> {
        let parsed = match text.split_once('/') {
            Some((num, den)) => num.parse().ok().zip(den.parse().ok()),
            None => decimal(text, 1000).and_then(|thousandths| Some((u32::try_from(thousandths).ok()?, 1000))),
        };
        parsed.and_then(|(num, den)| Self::new(num, den).ok()).ok_or_else(|| FpsError(text.to_owned()))
    }
}

impl fmt::Display for Fps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if 1000 % self.den == 0 { write!(f, "{}", self.as_f64()) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

impl Serialize for Fps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `12.5` as a whole number of parts, `unit` of which make a one; digits beyond the unit are refused rather than rounded.
pub(super) fn decimal(text: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let places = unit.ilog10() as usize;
    if fraction.len() > places {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: u64 = format!("{fraction:0<places$}").parse().ok()?;
    whole.checked_mul(unit)?.checked_add(fraction)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_rates_are_kept_exactly() {
        assert_eq!("30".parse(), Ok(Fps::DEFAULT));
        assert_eq!("12.5".parse(), Ok(Fps::GIF));
        assert_eq!("30000/1001".parse(), Fps::new(30_000, 1001));
        for wrong in ["0", "-1", "", ".", "1e3", "241", "1/0", "NaN", "29.97001"] {
            assert!(wrong.parse::<Fps>().is_err(), "{wrong}");
        }
        assert_eq!("12.5".parse::<Fps>().unwrap().to_string(), "12.5");
        assert_eq!("30000/1001".parse::<Fps>().unwrap().to_string(), "30000/1001");
    }
}
