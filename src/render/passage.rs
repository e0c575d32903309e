//! Dividing a session among browsers.
//!
//! Two cores hold two browsers, and each can show any part of a session: a passage starts with the way to its first moment (the
//! last full snapshot and all that came after it). That way is the price of a cut, so cuts lie at full snapshots where they can.

use super::plan::Plan;
use crate::recording::SessionTime;
use crate::timeline::Deed;

/// A stretch of moments that one browser shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// Its place among the passages.
    pub index: usize,
    /// Its first moment.
    pub from: SessionTime,
    /// The first moment of the next one.
    pub until: Option<SessionTime>,
    /// The moment before it, which the page is brought to first; absent where it begins with a full snapshot of its own.
    pub after: Option<SessionTime>,
}

/// What a session costs is counted in tenths of the time that a picture takes (about 2 ms).
const PICTURE: u64 = 10;
/// A full snapshot is built in the time of ten pictures.
const SNAPSHOT: u64 = 100;
/// A moment soon after a change, which may still show a transition of it.
const MOTION: u64 = 3;
/// How soon.
const MOTION_LASTS: SessionTime = SessionTime::from_millis(400);
/// Actions that were applied without a picture, per unit.
const ACTIONS_PER_UNIT: u64 = 4;
/// Another browser costs half a second to start: less work than this is not divided.
const LEAST: u64 = 600;
/// Pictures of passages ahead of the one shown wait in memory: passages are not longer than this.
const MOST: u64 = 2500;

/// A moment at which something happens, as a place to cut before.
struct Place {
    at: SessionTime,
    before: SessionTime,
    /// Cost of all that is before it.
    done: u64,
    /// Cost of the way to it.
    way: u64,
}

/// Divides the plan's moments among `browsers`, in order. Also how many moments there are.
pub(super) fn divide(plan: &Plan, browsers: usize) -> (Vec<Passage>, u64) {
    let (places, total, moments) = places(plan);
    let first = plan.instants().next().map(|instant| instant.at).unwrap_or_default();
    let mut passages = vec![Passage { index: 0, from: first, until: None, after: None }];
    if browsers < 2 || total < 2 * LEAST {
        return (passages, moments);
    }
    let browsers = browsers as u64;
    let count = total.div_ceil(MOST).max(browsers).div_ceil(browsers) * browsers;
    let count = count.min(total / LEAST);
    let ideal = total / count;
    for number in 1..count {
        let target = number * ideal;
        let price = |place: &&Place| place.way + place.done.abs_diff(target);
        let near = places.iter().filter(|place| place.done.abs_diff(target) <= ideal / 3);
        let Some(place) = near.min_by_key(price).filter(|place| place.way <= ideal / 2) else {
            continue;
        };
        let index = passages.len();
        if let Some(last) = passages.last_mut() {
            last.until = Some(place.at);
        }
        let after = (place.way > 0).then_some(place.before);
        passages.push(Passage { index, from: place.at, until: None, after });
    }
    (passages, moments)
}

/// The places where a cut is possible, the cost of the whole, and the number of moments.
fn places(plan: &Plan) -> (Vec<Place>, u64, u64) {
    let actions = &plan.score.actions;
    let (mut places, mut done, mut moments) = (Vec::new(), 0, 0);
    let (mut next, mut since_snapshot) = (0, 0);
    let mut before: Option<SessionTime> = None;
    let mut changed_at: Option<SessionTime> = None;
    for instant in plan.instants() {
        moments += 1;
        let end = next + actions[next..].partition_point(|action| action.at <= instant.at);
        let told = &actions[next..end];
        next = end;
        let snapshots = told.iter().filter(|action| matches!(action.deed, Deed::Snapshot { .. })).count() as u64;
        let way = if snapshots > 0 { 0 } else { SNAPSHOT + since_snapshot / ACTIONS_PER_UNIT };
        if let (Some(before), false) = (before, told.is_empty()) {
            places.push(Place { at: instant.at, before, done, way });
        }
        since_snapshot = told.len() as u64 + if snapshots > 0 { 0 } else { since_snapshot };
        let changes = told.iter().any(|action| !action.deed.is_pointer());
        // The way to the first moment may be long; no cut saves it.
        if before.is_some() {
            let moves = changed_at.is_some_and(|changed| instant.at - changed <= MOTION_LASTS);
            let quiet = if moves { MOTION } else { u64::from(!told.is_empty()) };
            done += snapshots * SNAPSHOT + if changes { PICTURE } else { quiet };
        }
        if changes {
            changed_at = Some(instant.at);
        }
        before = Some(instant.at);
    }
    (places, done, moments)
}
