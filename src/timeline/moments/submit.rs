//! Forms that were sent.
//!
//! rrweb records no `submit` events. What it records is the click on the button that sends the form, also where the Enter key did it:
//! browsers then click that button themselves (HTML Standard, implicit submission).

use super::clicks::Click;
use super::elements::Target;
use super::network::Request;
use super::reactions::Reaction;
use super::{Moment, MomentKind, Thresholds};
use crate::recording::SessionTime;

/// The clicks that sent a form: on a button that does, and something came of it.
pub(super) fn of(
    clicks: &[Click],
    targets: &[Option<Target>],
    reactions: &[Reaction],
    requests: &[Request],
    thresholds: &Thresholds,
) -> Vec<Moment> {
    let mut sent: Vec<SessionTime> = requests.iter().filter(|one| one.sends()).map(|one| one.start).collect();
    sent.sort_unstable();
    let soon = |click: &Click, at: Option<SessionTime>| at.is_some_and(|at| at - click.at <= thresholds.submit_within);
    let mut moments = Vec::new();
    for ((click, target), reaction) in clicks.iter().zip(targets).zip(reactions) {
        let Some(target) = target.as_ref().filter(|target| target.submits) else { continue };
        let next_sent = sent.get(sent.partition_point(|at| *at < click.at)).copied();
        if soon(click, reaction.change) || soon(click, next_sent) {
            moments.push(Moment {
                node: Some(click.node),
                position: click.position.filter(|_| click.is_of_a_hand()),
                ..Moment::new(MomentKind::Submit, click.at, &target.name)
            });
        }
    }
    moments
}
