//! Not asking too often: the published rates, and waiting when a server is busy.

use std::collections::VecDeque;
use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::pin::Pin;
use std::time::{Duration, Instant};

/// A wait, see [`Clock::wait`].
pub type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Time and chance, so that waiting can be tested without waiting.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
    /// Comes back after `duration`.
    fn wait(&self, duration: Duration) -> Waiting<'_>;
    /// Anything from 0 to 1, so that many clients that were refused together do not come back together.
    fn chance(&self) -> f64;
}

/// The real ones.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wait(&self, duration: Duration) -> Waiting<'_> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn chance(&self) -> f64 {
        // The standard library's hasher is seeded by the system; nothing secret hangs on it.
        (RandomState::new().hash_one(0) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// How many requests in which time.
const RATES: [(usize, Duration); 2] = [(120, Duration::from_mins(1)), (600, Duration::from_hours(1))];

/// Keeps requests within PostHog's rates for personal API keys: 120 a minute and 600 an hour
/// (`posthog/rate_limit.py`, docs "Rate limiting").
#[derive(Debug, Default)]
pub(super) struct Pace {
    made: VecDeque<Instant>,
}

impl Pace {
    /// How long to wait before the next request, made `now` or when the wait is over.
    pub(super) fn next(&mut self, now: Instant) -> Duration {
        let mut delay = Duration::ZERO;
        for (count, window) in RATES {
            if let Some(oldest) = self.made.len().checked_sub(count).and_then(|at| self.made.get(at)) {
                delay = delay.max((*oldest + window).saturating_duration_since(now));
            }
        }
        self.made.push_back(now + delay);
        if self.made.len() > RATES[1].0 {
            self.made.pop_front();
        }
        delay
    }
}

/// The wait before try number `attempt` (from 1): as long as the server says, else 1, 2, 4 … s up to a minute, of which up to half is left to chance.
pub(super) fn back_off(attempt: u32, retry_after: Option<Duration>, chance: f64) -> Duration {
    if let Some(asked) = retry_after {
        // A little later than asked, and not all at once.
        return asked.saturating_add(Duration::from_millis((chance * 500.0) as u64));
    }
    let whole = Duration::from_secs(1 << attempt.saturating_sub(1).min(6)).min(Duration::from_mins(1));
    whole.mul_f64(1.0 - chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_stay_within_both_rates() {
        let start = Instant::now();
        let (mut pace, mut now, mut made) = (Pace::default(), start, Vec::new());
        for _ in 0..1500 {
            now += pace.next(now);
            made.push(now);
        }
        for (count, window) in RATES {
            for pair in made.windows(count + 1) {
                assert!(pair[count] - pair[0] >= window, "{count}");
            }
        }
        // And no slower than they allow: 600 an hour from the very start.
        assert_eq!(made[119], start);
        assert!(made[1499] - start <= Duration::from_hours(2) + Duration::from_mins(5));
    }

    #[test]
    fn waits_grow_and_are_bounded_and_the_servers_word_counts() {
        let waits: Vec<_> = (1..=9).map(|attempt| back_off(attempt, None, 0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(back_off(3, None, 1.0), Duration::from_secs(2));
        let asked = back_off(1, Some(Duration::from_secs(30)), 1.0);
        assert!(asked >= Duration::from_secs(30) && asked <= Duration::from_secs(31), "{asked:?}");
        let chance = SystemClock.chance();
        assert!((0.0..=1.0).contains(&chance));
    }
}
