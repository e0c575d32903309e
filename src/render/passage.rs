//! Dividing a session among browsers.
//!
//! Cuts lie at full snapshots: there the page is built anew whoever shows it. Anywhere else a second browser could be led to the
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

/// A moment that begins with a full snapshot.
struct Place {
    at: SessionTime,
    /// Cost of all that is before it.
    done: u64,
}

/// Divides the plan's moments among `browsers`, in order. Also how many moments there are.
pub(super) fn divide(plan: &Plan, browsers: usize) -> (Vec<Passage>, u64) {
    let (places, total, moments) = places(plan);
    let first = plan.instants().next().map(|instant| instant.at).unwrap_or_default();
    let mut passages = vec![Passage { from: first, until: None }];
    if browsers < 2 {
        return (passages, moments);
    }
    let mut cut = 0;
    for place in places {
        if place.done - cut >= LEAST && total - place.done >= LEAST {
            if let Some(last) = passages.last_mut() {
                last.until = Some(place.at);
            }
            passages.push(Passage { from: place.at, until: None });
            cut = place.done;
        }
    }
    (passages, moments)
}

/// The places where a cut is possible, the cost of the whole, and the number of moments.
fn places(plan: &Plan) -> (Vec<Place>, u64, u64) {
    let actions = &plan.score.actions;
    let (mut places, mut done, mut moments, mut next) = (Vec::new(), 0, 0, 0);
    let mut changed_at: Option<SessionTime> = None;
    for instant in plan.instants() {
        moments += 1;
        let end = next + actions[next..].partition_point(|action| action.at <= instant.at);
        let told = &actions[next..end];
        next = end;
        let snapshots = told.iter().filter(|action| matches!(action.deed, Deed::Snapshot { .. })).count() as u64;
        let first = moments == 1;
        if snapshots > 0 && !first {
            places.push(Place { at: instant.at, done });
        }
        let changes = told.iter().any(|action| !action.deed.is_pointer());
        let moves = changed_at.is_some_and(|changed| instant.at - changed <= MOTION_LASTS);
        let quiet = if moves { MOTION } else { u64::from(!told.is_empty()) };
        // The way to the first moment may be long; no cut saves it.
        if !first {
            done += snapshots * SNAPSHOT + if changes { PICTURE } else { quiet };
        }
        if changes {
            changed_at = Some(instant.at);
        }
    }
    (places, done, moments)
}
