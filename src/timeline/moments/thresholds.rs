//! From when on something counts.

use crate::recording::SessionTime;

/// From when on something counts as a moment. The defaults are those of PostHog's recorder and player where these have any, so that
/// the same session shows the same moments there and here; `docs/moments.md` names the source of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// So many clicks, at least, are rage. 3.
    pub rage_clicks: usize,
    /// From the first of them to the last, at most. 1 s.
    pub rage_within: SessionTime,
    /// From each to the next, less than this: CSS px to the side and downwards together. 30.
    pub rage_distance: f64,
    /// A click that nothing answers for so long is dead. 2.5 s.
    pub dead_after: SessionTime,
    /// A scroll or selection answers a click only if it comes as soon as this: later ones are the person's own. 200 ms.
    pub dead_scroll: SessionTime,
    /// A click on the same element so soon after another is not counted as dead again. 1 s.
    pub dead_again: SessionTime,
    /// A button sends its form if something happens so soon after the click on it. 1 s.
    pub submit_within: SessionTime,
    /// A request that takes at least this is slow. 3 s.
    pub slow_after: SessionTime,
    /// Nobody does anything for at least this. 5 s.
    pub idle_after: SessionTime,
}

impl Default for Thresholds {
    fn default() -> Self {
        let ms = SessionTime::from_millis;
        Self {
            rage_clicks: 3,
            rage_within: ms(1000),
            rage_distance: 30.0,
            dead_after: ms(2500),
            dead_scroll: ms(200),
            dead_again: ms(1000),
            submit_within: ms(1000),
            slow_after: ms(3000),
            idle_after: ms(5000),
        }
    }
}
