//! What a pool does by itself.

use std::sync::Weak;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::berth::Shared;
use crate::stage::memory;

/// Looks after the pool's browsers until the pool is gone.
pub(super) async fn keep(pool: Weak<Shared>, every: Duration) {
    let mut clock = tokio::time::interval(every.max(Duration::from_millis(1)));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let Some(shared) = pool.upgrade() else { return };
        shared.end_dead();
        shared.end_unwanted();
        let browsers = shared.running();
        if browsers.is_empty() {
            continue;
        }
        // Not held meanwhile: the pool must be able to go.
        drop(shared);
        let excessive =
            tokio::task::spawn_blocking(move || memory::condemn_excessive(&browsers)).await.unwrap_or_default();
        let Some(shared) = pool.upgrade() else { return };
        shared.count(|counters| counters.recycled_memory += excessive);
        shared.end_condemned();
    }
}
