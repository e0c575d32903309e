//! Time that passes when it is waited for, and no other way.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use replayreel::source::{Clock, Waiting};

pub(super) struct FakeClock {
    started: Instant,
    waited: Mutex<Vec<Duration>>,
}

impl FakeClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { started: Instant::now(), waited: Mutex::default() })
    }

    pub(super) fn waited(&self) -> Vec<Duration> {
        self.waited.lock().unwrap().clone()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        self.started + self.waited.lock().unwrap().iter().sum::<Duration>()
    }

    fn wait(&self, duration: Duration) -> Waiting<'_> {
        self.waited.lock().unwrap().push(duration);
        Box::pin(async {})
    }

    fn chance(&self) -> f64 {
        0.0
    }
}
