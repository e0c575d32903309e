//! What a pool does by itself.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::berth::Shared;
use super::memory;
use crate::stage::browser::{Browser, Excess};

/// Looks after the pool's browsers until the pool is gone.
pub(super) async fn keep(pool: Weak<Shared>, every: Duration) {
    let mut clock = tokio::time::interval(every.max(Duration::from_millis(1)));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let Some(shared) = pool.upgrade() else { return };
        shared.end_dead();
        shared.end_unwanted();
        let Some(limit) = shared.options.most_memory else { continue };
        let browsers = shared.running();
        if browsers.is_empty() {
            continue;
        }
        // Not held meanwhile: the pool must be able to go.
        drop(shared);
        let excessive = tokio::task::spawn_blocking(move || above(browsers, limit)).await.unwrap_or_default();
        let Some(shared) = pool.upgrade() else { return };
        for (browser, used) in excessive {
            if browser.condemn(Excess { used, limit }) {
                tracing::warn!(
                    "a browser took {} MB of memory, {} MB are allowed: it was ended",
                    used >> 20,
                    limit >> 20
                );
                shared.count(|counters| counters.recycled_memory += 1);
            }
        }
        shared.end_condemned();
    }
}

fn above(browsers: Vec<Arc<Browser>>, limit: u64) -> Vec<(Arc<Browser>, u64)> {
    let groups: Vec<u32> = browsers.iter().map(|browser| browser.pid()).collect();
    let used = memory::of_groups(&groups, limit);
    browsers.into_iter().zip(used).filter(|(_, used)| *used > limit).collect()
}
