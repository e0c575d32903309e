//! Rage clicks: several at one place in a short time.

use super::clicks::{Click, distance};
use super::elements::Target;
use super::{Moment, MomentKind, Thresholds};

/// The bursts of clicks among these, each as one moment from its first click to its last.
pub(super) fn of(clicks: &[Click], targets: &[Option<Target>], thresholds: &Thresholds) -> Vec<Moment> {
    let hits: Vec<(&Click, Option<&Target>)> = clicks
        .iter()
        .zip(targets.iter().map(Option::as_ref))
        // Two and three clicks in a text select a word and a line.
        .filter(|(click, target)| click.is_of_a_hand() && target.is_none_or(|target| !target.holds_text))
        .collect();
    let together = |a: &Click, b: &Click| {
        let near = a.position.zip(b.position).is_some_and(|(a, b)| distance(a, b) < thresholds.rage_distance);
        near && b.at - a.at < thresholds.rage_within
    };
    let bursts = hits.chunk_by(|(a, _), (b, _)| together(a, b));
    bursts.filter(|burst| is_rage(burst, thresholds)).filter_map(moment).collect()
}

/// Whether there are enough clicks at any time of the burst. (It may have begun slowly.)
fn is_rage(burst: &[(&Click, Option<&Target>)], thresholds: &Thresholds) -> bool {
    burst.windows(thresholds.rage_clicks.max(1)).any(|some| {
        let ends = some.first().zip(some.last());
        ends.is_some_and(|(first, last)| last.0.at - first.0.at <= thresholds.rage_within)
    })
}

fn moment(burst: &[(&Click, Option<&Target>)]) -> Option<Moment> {
    let ((first, target), (last, _)) = burst.first().zip(burst.last())?;
    let on = target.map_or_else(String::new, |target| format!(" on {}", target.name));
    Some(Moment {
        node: Some(first.node),
        position: first.position,
        until: Some(last.at),
        ..Moment::new(MomentKind::Rage, first.at, &format!("{} clicks{on}", burst.len()))
    })
}
