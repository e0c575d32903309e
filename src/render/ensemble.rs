//! All browsers of a render: each plays the next passage that none has begun.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use futures::future::{try_join, try_join_all};

use super::moment::PagePicture;
use super::passage::{self, Division, Passage};
use super::performance::Performance;
use super::plan::Plan;
use super::relay::{Doorkeeper, Feed, Relay};
use super::studio::Studio;
use super::tally::Tally;
use super::{Progress, RenderError, Watch};
use crate::recording::Window;
use crate::stage::StageOptions;

/// Shows every moment of the plan to the studio, from up to `browsers` browsers.
pub(super) async fn play(
    plan: &Plan,
    windows: &[Window],
    options: &StageOptions,
    browsers: usize,
    studio: &mut Studio,
    watch: &dyn Watch,
) -> Result<Tally, RenderError> {
    let Division { passages, moments, browsers } = passage::divide(plan, browsers);
    let (relay, feeds, door) = Relay::new(passages.len(), browsers);
    let queue = Queue { waiting: Mutex::new(passages.into_iter().zip(feeds).collect()), door };
    let gone = AtomicU64::new(0);
    let players = try_join_all((0..browsers).map(|_| perform(plan, windows, options, &gone, &queue)));
    let show = show(plan, relay, studio, watch, &gone, moments);
    let (tallies, ()) = try_join(players, show).await?;
    let mut all = Tally::default();
    for tally in tallies {
        all.add(tally);
    }
    Ok(all)
}

/// Passages that no browser has begun, in order.
struct Queue {
    waiting: Mutex<VecDeque<(Passage, Feed)>>,
    door: Doorkeeper,
}

impl Queue {
    async fn next(&self) -> Option<(Passage, Feed)> {
        self.door.admit().await;
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

async fn perform(
    plan: &Plan,
    windows: &[Window],
    options: &StageOptions,
    gone: &AtomicU64,
    queue: &Queue,
) -> Result<Tally, RenderError> {
    let mut performance = Performance::open(plan, windows, options, gone).await?;
    while let Some((passage, feed)) = queue.next().await {
        let started = Instant::now();
        performance.play(&passage, &feed).await?;
        tracing::debug!("played from {} in {} ms", passage.from, started.elapsed().as_millis());
    }
    Ok(performance.finish().await)
}

async fn show(
    plan: &Plan,
    mut relay: Relay,
    studio: &mut Studio,
    watch: &dyn Watch,
    gone: &AtomicU64,
    moments: u64,
) -> Result<(), RenderError> {
    let (from, to) = plan.session_span();
    let mut captured = 0;
    while let Some(moment) = relay.next().await {
        let at = moment.instant.at;
        captured += u64::from(matches!(moment.page, PagePicture::New(_)));
        studio.show(moment).await?;
        let done = gone.load(Ordering::Relaxed) as f64 / moments.max(1) as f64;
        let progress = Progress { from, to, at, done, captured, frames: studio.frames_written() };
        if !watch.goes_on(&progress) {
            return Err(RenderError::Cancelled);
        }
    }
    Ok(())
}
