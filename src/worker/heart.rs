//! Tells the ledger that a job's worker lives, and learns whether it is to stop.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::WorkerOptions;
use super::watch::JobWatch;
use crate::ledger::{Lease, LeaseError, Ledger, ms};

/// Why an attempt is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody called the job off.
    Cancelled,
    /// It is another worker's now, or may be.
    Lost,
    /// This worker is going.
    HandBack,
    /// It took too long.
    TooLong,
    /// Whom it is about is being erased.
    Erased,
}

/// A heart that beats as long as it is kept.
pub(super) struct Heart {
    beating: JoinHandle<()>,
    why: Arc<Mutex<Option<Stop>>>,
}

impl Heart {
    pub(super) fn start(ledger: Ledger, lease: Lease, watch: Arc<JobWatch>, options: &WorkerOptions) -> Self {
        let why: Arc<Mutex<Option<Stop>>> = Arc::default();
        let (length, every) = (options.lease, options.beat);
        let told = Arc::clone(&why);
        let beating = tokio::spawn(async move {
            let stop = beat(&ledger, &lease, &watch, length, every).await;
            told.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(stop);
            watch.stop.cancel();
        });
        Self { beating, why }
    }

    /// Why it stopped the attempt, if it did.
    pub(super) fn why(&self) -> Option<Stop> {
        *self.why.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.beating.abort();
    }
}

async fn beat(ledger: &Ledger, lease: &Lease, watch: &JobWatch, length: Duration, every: Duration) -> Stop {
    let mut heard = Instant::now();
    let mut told = None;
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let progress = watch.progress();
        // What has not changed is not written: each change is an event for whoever watches.
        let news = (told.as_ref() != Some(&progress)).then(|| serde_json::to_value(&progress).ok()).flatten();
        match ledger.beat(lease, ms(length), news.as_ref()).await {
            Ok(beat) => {
                heard = Instant::now();
                told = Some(progress);
                if beat.cancel_requested {
                    return Stop::Cancelled;
                }
            }
            Err(LeaseError::Lost(_)) => return Stop::Lost,
            Err(LeaseError::Ledger(error)) => {
                tracing::warn!("the ledger was not told that this job goes on: {error}");
                // By now another worker may have it.
                if heard.elapsed() >= length {
                    return Stop::Lost;
                }
            }
        }
    }
}
