//! Dead clicks: on something that looks as if it would do something, and nothing happens.

use std::collections::HashMap;

use super::clicks::Click;
use super::elements::Target;
use super::reactions::Reaction;
use super::{Moment, MomentKind, Thresholds};
use crate::recording::{SessionTime, Window};

/// The dead ones among a window's clicks.
pub(super) fn of(
    window: &Window,
    clicks: &[Click],
    targets: &[Option<Target>],
    reactions: &[Reaction],
    thresholds: &Thresholds,
) -> Vec<Moment> {
    let recorded_until = window.events.last().map_or(SessionTime::ZERO, |event| event.at);
    let mut clicked: HashMap<i64, SessionTime> = HashMap::new();
    let mut moments = Vec::new();
    for ((click, target), reaction) in clicks.iter().zip(targets).zip(reactions) {
        let again = clicked.insert(click.node, click.at).is_some_and(|last| click.at - last < thresholds.dead_again);
        let Some(target) = target.as_ref().filter(|target| target.looks_clickable && !again) else { continue };
        // What would have come after the recording's end is not known.
        let is_known = recorded_until - click.at >= thresholds.dead_after;
        if is_known && !is_answered(click, reaction, thresholds) {
            moments.push(Moment {
                node: Some(click.node),
                position: click.position,
                ..Moment::new(MomentKind::Dead, click.at, &target.name)
            });
        }
    }
    moments
}

fn is_answered(click: &Click, reaction: &Reaction, thresholds: &Thresholds) -> bool {
    reaction.change.is_some_and(|at| at - click.at < thresholds.dead_after)
        || reaction.weak.is_some_and(|at| at - click.at < thresholds.dead_scroll)
}
