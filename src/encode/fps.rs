//! Frame rates as exact fractions.

use std::fmt;
use std::str::FromStr;

use super::EncodeError;

/// A frame rate: `num / den` slots a second, in lowest terms, above 0 and at most 1000. Slot `k` begins at exactly `k * den / num` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fps {
    num: u32,
    den: u32,
}

impl Fps {
    /// `num / den` slots a second.
    pub fn new(num: u32, den: u32) -> Result<Self, EncodeError> {
        let allowed = num > 0
            && den > 0
            && u64::from(num) <= 1000 * u64::from(den)
            && num <= 1_000_000
            && den <= 1_000_000;
        if !allowed {
            return Err(EncodeError::Unsupported(format!(
                "a frame rate of {num}/{den} is not above 0 and at most 1000"
            )));
        }
        let divisor = greatest_common_divisor(num, den);
        Ok(Self {
            num: num / divisor,
            den: den / divisor,
        })
    }

    /// Numerator, in lowest terms.
    #[must_use]
    pub const fn num(self) -> u32 {
        self.num
    }

    /// Denominator, in lowest terms.
    #[must_use]
    pub const fn den(self) -> u32 {
        self.den
    }

    /// The time at which a slot begins, in milliseconds.
    #[must_use]
    pub fn milliseconds(self, slot: u64) -> f64 {
        slot as f64 * 1000.0 * f64::from(self.den) / f64::from(self.num)
    }

    /// The time at which a slot begins, in units of `1 / per_second`, to the nearest unit (half up). Each slot is rounded by itself: errors do not add up.
    #[must_use]
    pub fn nearest_tick(self, slot: u64, per_second: u32) -> u64 {
        let (num, den) = (u128::from(self.num), u128::from(self.den));
        ((2 * u128::from(slot) * den * u128::from(per_second) + num) / (2 * num)) as u64
    }

    /// How many slots begin in so many seconds, at least one.
    pub(super) fn slots_in(self, seconds: u32) -> u64 {
        (u64::from(seconds) * u64::from(self.num) / u64::from(self.den)).max(1)
    }
}

impl fmt::Display for Fps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 {
            write!(f, "{}", self.num)
        } else {
            write!(f, "{}/{}", self.num, self.den)
        }
    }
}

/// Reads `30`, `12.5` (at most six decimals) and `30000/1001`.
impl FromStr for Fps {
    type Err = EncodeError;

    fn from_str(text: &str) -> Result<Self, EncodeError> {
        let wrong = || {
            EncodeError::Unsupported(format!(
                "`{text}` is not a frame rate such as 30, 12.5 or 30000/1001"
            ))
        };
        let number = |digits: &str| {
            if digits.bytes().all(|byte| byte.is_ascii_digit()) {
                digits.parse::<u32>().map_err(|_| wrong())
            } else {
                Err(wrong())
            }
        };
        if let Some((num, den)) = text.split_once('/') {
            return Self::new(number(num)?, number(den)?);
        }
        let Some((whole, decimals)) = text.split_once('.') else {
            return Self::new(number(text)?, 1);
        };
        if decimals.len() > 6 {
            return Err(wrong());
        }
        let scale = 10_u32.pow(decimals.len() as u32);
        let num = number(whole)?
            .checked_mul(scale)
            .and_then(|num| num.checked_add(number(decimals).ok()?))
            .ok_or_else(wrong)?;
        let divisor = greatest_common_divisor(num, scale);
        Self::new(num / divisor, scale / divisor)
    }
}

const fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}
