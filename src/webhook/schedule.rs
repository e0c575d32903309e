//! What an answer means, and when the next try is.

use std::time::Duration;

use crate::outbound::OutboundError;

/// Waits after the first try, the second, and so on: a restart, a deployment, an outage, a night.
pub const WAITS: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
];
/// How far a wait may be off either way, so that messages that failed together do not come back together.
const JITTER: f64 = 0.2;
/// Longest wait that a receiver may ask for.
const MOST_ASKED: Duration = Duration::from_hours(1);

/// What is to be done about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its receiver has it.
    Delivered,
    /// Another try may succeed.
    Retry,
    /// No other try would.
    GiveUp,
}

/// What an answer, by its status, or its absence means.
pub fn verdict(answered: &Result<u16, OutboundError>) -> Verdict {
    match answered {
        Ok(200..300) => Verdict::Delivered,
        // 410 is how a receiver says that it wants no more; a redirect may lead anywhere, and is not followed. What the policy forbids now it forbids
        // in an hour.
        Ok(..200 | 300..408 | 409..425 | 426..429 | 430..500)
        | Err(
            OutboundError::Url { .. }
            | OutboundError::Scheme { .. }
            | OutboundError::PlainHttp { .. }
            | OutboundError::Refused { .. },
        ) => Verdict::GiveUp,
        Ok(408 | 425 | 429 | 500..) | Err(_) => Verdict::Retry,
    }
}

/// How long to wait after try number `try_number` (from 1) of `tries`, if another is to be made. `chance` is 0 to 1. Past the schedule's end its
/// last wait stays.
pub fn wait(try_number: u32, tries: u32, retry_after: Option<Duration>, chance: f64) -> Option<Duration> {
    if try_number >= tries {
        return None;
    }
    let place = (try_number.saturating_sub(1) as usize).min(WAITS.len() - 1);
    let wait = WAITS.get(place)?.mul_f64(1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0));
    // Sooner than asked would be rude; later is not.
    Some(wait.max(retry_after.unwrap_or_default().min(MOST_ASKED)))
}

/// What the header `Retry-After` asks for: seconds, or a date.
pub(super) fn retry_after(value: &str, now: jiff::Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_seconds_to_hours_and_then_end() {
        let waits: Vec<_> = (1..=6).map(|number| wait(number, 6, None, 0.5).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(5), Some(300), Some(1800), Some(7200), Some(18_000), None]);
        assert_eq!(wait(1, 1, None, 0.5), None);
        assert_eq!(wait(u32::MAX, 6, None, 0.5), None);
        assert_eq!(wait(0, 6, None, 0.5), Some(WAITS[0]));
    }

    #[test]
    fn more_tries_than_the_schedule_has_wait_as_long_as_its_last() {
        assert_eq!(wait(9, 10, None, 0.5), Some(WAITS[4]));
    }

    #[test]
    fn a_wait_is_off_by_a_fifth_at_most() {
        assert_eq!(wait(2, 6, None, 0.0), Some(Duration::from_mins(4)));
        assert_eq!(wait(2, 6, None, 1.0), Some(Duration::from_mins(6)));
        for chance in [-1.0, 2.0, f64::INFINITY] {
            let wait = wait(2, 6, None, chance).unwrap().as_secs();
            assert!((240..=360).contains(&wait), "{chance}: {wait}");
        }
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_wait_up_to_an_hour_and_for_no_shorter_one() {
        let asked =
            |try_number, seconds| wait(try_number, 6, Some(Duration::from_secs(seconds)), 0.5).unwrap().as_secs();
        assert_eq!(asked(1, 60), 60);
        assert_eq!(asked(1, 1), 5);
        assert_eq!(asked(1, u64::MAX), 3600);
        assert_eq!(asked(4, 60), 7200);
    }

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_as_a_date() {
        let now = "2026-01-31T12:00:00Z".parse().unwrap();
        let asked = |value| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(asked(" 120 "), Some(120));
        assert_eq!(asked("Sat, 31 Jan 2026 12:01:30 GMT"), Some(90));
        assert_eq!(asked("Sat, 31 Jan 2026 11:00:00 GMT"), Some(0), "it is over");
        for wrong in ["", "-5", "soon", "1.5", "99999999999999999999999"] {
            assert_eq!(asked(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn statuses_mean_what_the_specification_says() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(verdict(&Ok(status)), Verdict::Delivered, "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert_eq!(verdict(&Ok(status)), Verdict::Retry, "{status}");
        }
        for status in [301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 410, 413, 422] {
            assert_eq!(verdict(&Ok(status)), Verdict::GiveUp, "{status}");
        }
    }

    #[test]
    fn what_the_policy_forbids_is_not_tried_again_and_what_broke_is() {
        let (url, reason) = (|| "https://a/".to_owned(), || "x".to_owned());
        let error = std::io::Error::other("x");
        for error in [
            OutboundError::Connect { url: url(), reason: reason() },
            OutboundError::Broken { url: url(), received: 0, reason: reason() },
            OutboundError::TooLong { url: url(), limit_s: 15.0 },
            OutboundError::Idle { url: url(), limit_s: 15.0 },
            OutboundError::Resolve { host: reason(), error },
        ] {
            assert_eq!(verdict(&Err(error)), Verdict::Retry);
        }
        for error in [
            OutboundError::Url { url: url(), reason: reason() },
            OutboundError::Scheme { url: url(), scheme: reason() },
            OutboundError::PlainHttp { url: url(), host: reason() },
        ] {
            assert_eq!(verdict(&Err(error)), Verdict::GiveUp);
        }
    }
}
