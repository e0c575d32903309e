//! Whose clock it is.
//!
//! All times in the ledger come from the database, so that machines whose clocks differ agree on when a lease is over. Tests set a clock of their
//! own, which then stands in every statement where the database's would.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that goes only when it is told to. Clones are the same clock.
#[derive(Debug, Clone, Default)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at this time, epoch ms.
    pub fn at(ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(ms)))
    }

    /// The time it shows, epoch ms.
    pub fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves it on, ms.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}
