//! Workers, servers and browsers killed at random: every job ends once, and nothing half-written is ever served.
//!
//! The short form runs with the tests. `make chaos` runs it with 200 jobs: `REPLAYREEL_CHAOS_JOBS`.

mod browser;

/// Numbers that look random and are the same in each run: a failure can be run again.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}
