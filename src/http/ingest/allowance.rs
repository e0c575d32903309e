//! How fast one address may send: buckets that fill up again by time. Kept in memory, by each process for itself.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::super::Problem;
use super::IngestOptions;

/// Addresses that are remembered. Those that sent nothing for a minute are forgotten first.
const REMEMBERED: usize = 20_000;
/// What limits are counted by.
const MINUTE: Duration = Duration::from_mins(1);

/// What addresses have sent.
#[derive(Debug)]
pub(in super::super) struct Allowances {
    bytes: f64,
    sessions: f64,
    by: Mutex<HashMap<IpAddr, Buckets>>,
}

#[derive(Debug, Clone, Copy)]
struct Buckets {
    bytes: f64,
    sessions: f64,
    at: Instant,
}

impl Allowances {
    pub(in super::super) fn new(options: &IngestOptions) -> Self {
        Self {
            bytes: options.address_bytes as f64,
            sessions: f64::from(options.address_sessions),
            by: Mutex::default(),
        }
    }

    /// Whether bytes may come. What comes then is counted, so one request may go beyond the limit and the next ones wait for it.
    pub(super) fn may_send(&self, address: IpAddr) -> Result<(), Problem> {
        let wait = self.with(address, Instant::now(), |buckets| wait(buckets.bytes, self.bytes));
        wait.map_or(Ok(()), |wait| Err(too_fast("bytes", "--ingest-address-bytes", wait)))
    }

    /// Counts what came.
    pub(super) fn came(&self, address: IpAddr, bytes: usize) {
        self.with(address, Instant::now(), |buckets| buckets.bytes -= bytes as f64);
    }

    /// Whether a session may begin, which is counted.
    pub(super) fn may_begin(&self, address: IpAddr) -> Result<(), Problem> {
        let wait = self.with(address, Instant::now(), |buckets| {
            let wait = wait(buckets.sessions - 1.0 + f64::EPSILON, self.sessions);
            if wait.is_none() {
                buckets.sessions -= 1.0;
            }
            wait
        });
        wait.map_or(Ok(()), |wait| Err(too_fast("sessions", "--ingest-address-sessions", wait)))
    }

    fn with<T>(&self, address: IpAddr, now: Instant, work: impl FnOnce(&mut Buckets) -> T) -> T {
        // A panic while it is held leaves numbers that are right enough.
        let mut by = self.by.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if by.len() >= REMEMBERED {
            by.retain(|_, buckets| now.duration_since(buckets.at) < MINUTE);
            if by.len() >= REMEMBERED {
                by.clear();
            }
        }
        let full = Buckets { bytes: self.bytes, sessions: self.sessions, at: now };
        let buckets = by.entry(network(address)).or_insert(full);
        let share = now.duration_since(buckets.at).as_secs_f64() / MINUTE.as_secs_f64();
        buckets.bytes = (buckets.bytes + self.bytes * share).min(self.bytes);
        buckets.sessions = (buckets.sessions + self.sessions * share).min(self.sessions);
        buckets.at = now;
        work(buckets)
    }
}

/// Seconds until there is something in the bucket again.
fn wait(level: f64, in_a_minute: f64) -> Option<u64> {
    (level <= 0.0).then(|| (((1.0 - level) / in_a_minute * MINUTE.as_secs_f64()).ceil() as u64).clamp(1, 3600))
}

fn too_fast(what: &str, option: &str, wait: u64) -> Problem {
    Problem::new("too-fast", format!("more {what} come from this address than may in a minute (limit: {option})"))
        .after(wait)
}

/// Whoever has one address of version 6 has all of its network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowances(bytes: u64, sessions: u32) -> Allowances {
        Allowances { bytes: bytes as f64, sessions: f64::from(sessions), by: Mutex::default() }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_came_too_fast_is_waited_for() {
        let allowances = allowances(60_000, 2);
        allowances.may_send(ip("192.0.2.1")).unwrap();
        allowances.came(ip("192.0.2.1"), 90_000);
        let refused = allowances.may_send(ip("192.0.2.1")).unwrap_err();
        assert!(refused.status == 429 && refused.detail.contains("--ingest-address-bytes"), "{refused:?}");
        assert!(allowances.may_send(ip("192.0.2.2")).is_ok());
        let later = Instant::now() + Duration::from_secs(31);
        allowances.with(ip("192.0.2.1"), later, |_| ());
        assert!(allowances.may_send(ip("192.0.2.1")).is_ok());
    }

    #[test]
    fn sessions_begin_up_to_the_limit() {
        let allowances = allowances(1, 2);
        assert!(allowances.may_begin(ip("192.0.2.1")).is_ok() && allowances.may_begin(ip("192.0.2.1")).is_ok());
        assert!(allowances.may_begin(ip("192.0.2.1")).unwrap_err().detail.contains("--ingest-address-sessions"));
    }

    #[test]
    fn a_network_of_version_six_is_one_address() {
        let allowances = allowances(1, 1);
        assert!(allowances.may_begin(ip("2001:db8:1:2::1")).is_ok());
        assert!(allowances.may_begin(ip("2001:db8:1:2:ffff::9")).is_err());
        assert!(allowances.may_begin(ip("2001:db8:1:3::1")).is_ok());
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }

    #[test]
    fn addresses_beyond_those_that_are_remembered_cost_no_memory() {
        let allowances = allowances(1, 1);
        for n in 0..3 * REMEMBERED as u32 {
            allowances.came(IpAddr::from(n.to_be_bytes()), 1);
        }
        assert!(allowances.by.lock().unwrap().len() <= REMEMBERED);
    }
}
