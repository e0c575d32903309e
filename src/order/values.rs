//! Values as people write them: sizes, lengths of time, bytes.

use std::time::Duration;

use crate::recording::SessionTime;
use crate::render::Size;

/// `1280x720` or `auto`.
pub(crate) fn parse_size(text: &str) -> Result<Size, String> {
    if text == "auto" {
        return Ok(Size::Auto);
    }
    let side = |side: &str| side.parse::<u32>().ok().filter(|side| (16..=16_384).contains(side));
    let sides = text.split_once('x').and_then(|(width, height)| side(width).zip(side(height)));
    sides
        .map(|(width, height)| Size::Fixed { width, height })
        .ok_or_else(|| format!("must be auto or WIDTHxHEIGHT in pixels, 16 to 16384 each (got {text:?})"))
}

/// `10MB`, `10MiB`, `500k`, `1.5 GB` or plain bytes.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kb" => Some(1000),
        "m" | "mb" => Some(1_000_000),
        "g" | "gb" => Some(1_000_000_000),
        "ki" | "kib" => Some(1 << 10),
        "mi" | "mib" => Some(1 << 20),
        "gi" | "gib" => Some(1_u64 << 30),
        _ => None,
    };
    let number: Option<f64> = number.parse().ok();
    let bytes = number.zip(factor).map(|(number, factor)| number * factor as f64);
    bytes.filter(|bytes| (1000.0..=1e12).contains(bytes)).map(|bytes| bytes as u64).ok_or_else(|| {
        format!("must be 1k to 1000GB, like 10MB (10,000,000), 10MiB (10,485,760) or 500k (got {text:?})")
    })
}

/// How long a pause has to be to count as idle time.
pub(crate) fn parse_threshold(text: &str) -> Result<SessionTime, String> {
    let seconds = parse_seconds(text).filter(|seconds| (0.1..=86_400.0).contains(seconds));
    seconds
        .map(|seconds| SessionTime::from_millis_f64(seconds * 1000.0))
        .ok_or_else(|| format!("must be a length of time from 100ms to a day, like 5s or 2m (got {text:?})"))
}

/// `2.5`, `2.5s`, `500ms` or `2m`, as seconds.
pub(crate) fn parse_seconds(text: &str) -> Option<f64> {
    let (number, unit) = if let Some(number) = text.strip_suffix("ms") {
        (number, 0.001)
    } else if let Some(number) = text.strip_suffix('s') {
        (number, 1.0)
    } else if let Some(number) = text.strip_suffix('m') {
        (number, 60.0)
    } else {
        (text, 1.0)
    };
    number.parse().ok().map(|number: f64| number * unit).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
}

pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let seconds = parse_seconds(text).filter(|seconds| *seconds > 0.0 && *seconds <= 86_400.0);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("must be a length of time up to a day, like 30s (got {text:?})"))
}

/// `30d`, `12h`, or a shorter one.
pub(crate) fn parse_long(text: &str) -> Result<Duration, String> {
    let in_seconds = |text: &str, unit: char, factor: f64| {
        let number = text.strip_suffix(unit)?.parse::<f64>().ok()?;
        Some(number * factor)
    };
    let seconds = in_seconds(text, 'd', 86_400.0)
        .or_else(|| in_seconds(text, 'h', 3600.0))
        .or_else(|| parse_seconds(text))
        .filter(|seconds| *seconds > 0.0 && *seconds <= 36_500.0 * 86_400.0);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("must be a length of time, like 30d, 12h, 5m or 30s (got {text:?})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_go_up_to_years() {
        assert_eq!(parse_long("30d"), Ok(Duration::from_hours(720)));
        assert_eq!(parse_long("1.5h"), Ok(Duration::from_mins(90)));
        assert_eq!(parse_long("500ms"), Ok(Duration::from_millis(500)));
        for wrong in ["", "0", "-1d", "d", "for-ever", "99999999d"] {
            assert!(parse_long(wrong).is_err(), "{wrong}");
        }
    }
}
