//! Dividing a session among browsers.
//!
//! Another window's turn is a cut in any case. Within a turn, cuts lie at full snapshots: there the page is built anew whoever shows it. Anywhere else a second browser could be led to the
//! moment too, but Chromium's drawing has a memory: a button that had once moved kept corners of another shade, by one level in
//! twelve pixels, and what is shown must not depend on how many browsers show it.

use super::plan::Plan;
use crate::recording::SessionTime;
use crate::timeline::Deed;

/// A stretch of moments that one browser shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// Its first moment.
    pub from: SessionTime,
    /// The first moment of the next one.
    pub until: Option<SessionTime>,
    /// Index of the window shown.
    pub window: usize,
}

/// How a session is divided.
#[derive(Debug)]
pub(super) struct Division {
    /// In order; never empty.
    pub passages: Vec<Passage>,
    /// Moments, over all of them.
    pub moments: u64,
    /// How many browsers are worth starting.
    pub browsers: usize,
}

/// What a session costs is counted in tenths of the time that a picture takes (about 2 ms).
const PICTURE: u64 = 10;
/// A full snapshot is built in the time of ten pictures.
const SNAPSHOT: u64 = 100;
/// A moment soon after a change, which may still show a transition of it.
const MOTION: u64 = 3;
/// How soon.
const MOTION_LASTS: SessionTime = SessionTime::from_millis(400);
/// A passage is at least this long: another browser costs half a second to start.
const LEAST: u64 = 500;

/// A moment at which a cut is possible.
struct Place {
    at: SessionTime,
    /// Cost of all that is before it.
    done: u64,
    /// Another window's turn begins.
    turn: Option<usize>,
}

/// Divides the plan's moments among `browsers`, in order.
pub(super) fn divide(plan: &Plan, browsers: usize) -> Division {
    let (places, total, moments) = places(plan);
    let first = plan.instants().next().map(|instant| instant.at).unwrap_or_default();
    let mut passages = vec![Passage { from: first, until: None, window: plan.window_at(first) }];
    let mut cut = 0;
    for place in places {
        let Some(last) = passages.last_mut() else { break };
        let pays = browsers > 1 && place.done - cut >= LEAST && total - place.done >= LEAST;
        if pays || place.turn.is_some() {
            last.until = Some(place.at);
            let window = place.turn.unwrap_or(last.window);
            passages.push(Passage { from: place.at, until: None, window });
            cut = place.done;
        }
    }
    let worth = usize::try_from(total / LEAST).unwrap_or(usize::MAX).min(passages.len());
    Division { passages, moments, browsers: browsers.min(worth).max(1) }
}

/// The places where a cut is possible, the cost of the whole, and the number of moments.
fn places(plan: &Plan) -> (Vec<Place>, u64, u64) {
    let (mut places, mut done, mut moments, mut next) = (Vec::new(), 0, 0, 0);
    let mut changed_at: Option<SessionTime> = None;
    let mut shown: Option<usize> = None;
    for instant in plan.instants() {
        moments += 1;
        let window = plan.window_at(instant.at);
        let actions = &plan.scores[window].actions;
        let turns = shown.is_some_and(|shown| shown != window);
        if turns {
            // The other page is built anew; the way to it, as to the first one, cannot be saved.
            places.push(Place { at: instant.at, done, turn: Some(window) });
            done += SNAPSHOT;
        }
        let begins = turns || shown.is_none();
        shown = Some(window);
        let begin = if begins { 0 } else { next };
        let end = begin + actions[begin..].partition_point(|action| action.at <= instant.at);
        let told = &actions[begin..end];
        next = end;
        let changes = told.iter().any(|action| !action.deed.is_pointer());
        if !begins {
            let snapshots = told.iter().filter(|action| matches!(action.deed, Deed::Snapshot { .. })).count() as u64;
            if snapshots > 0 {
                places.push(Place { at: instant.at, done, turn: None });
            }
            let moves = changed_at.is_some_and(|changed| instant.at - changed <= MOTION_LASTS);
            let quiet = if moves { MOTION } else { u64::from(!told.is_empty()) };
            done += snapshots * SNAPSHOT + if changes { PICTURE } else { quiet };
        }
        if changes {
            changed_at = Some(instant.at);
        }
    }
    (places, done, moments)
}
