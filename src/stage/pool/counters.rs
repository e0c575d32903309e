//! What a pool counts.

/// What happened in a pool since it was made, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolCounters {
    /// Browsers started.
    pub started: u64,
    /// Jobs that got a browser that ran already.
    pub reused: u64,
    /// Browsers ended after their last job ([`PoolOptions::most_jobs`](super::PoolOptions::most_jobs)).
    pub recycled_after_jobs: u64,
    /// Browsers ended because nobody wanted them.
    pub recycled_idle: u64,
    /// Browsers ended because enough others were idle.
    pub recycled_surplus: u64,
    /// Browsers ended for taking too much memory, idle or at work.
    pub recycled_memory: u64,
    /// Browsers that ended by themselves, or failed, while they were idle.
    pub died: u64,
    /// Browsers ended because their job failed, hung or was called off.
    pub killed: u64,
    /// Browsers idle now, or being made ready.
    pub idle: usize,
    /// Browsers that run now.
    pub running: usize,
}
