//! Stretches in which nobody did anything, in any window.

use super::{Moment, MomentKind, Thresholds};
use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime};

/// The gaps between what shows that somebody was there ([`EventKind::is_active`]), with the index of the window in which that
/// was last.
pub(super) fn gaps(recording: &Recording, thresholds: &Thresholds) -> Vec<(usize, Moment)> {
    let mut acts: Vec<(SessionTime, SessionTime, usize)> = Vec::new();
    for (index, window) in recording.windows.iter().enumerate() {
        let active = window.events.iter().filter(|event| event.kind.is_active());
        acts.extend(active.map(|event| {
            let (from, to) = lasted(event);
            (from, to, index)
        }));
    }
    acts.sort_unstable();
    let first = acts.first().map_or(0, |act| act.2);
    let end = recording.duration();
    let (mut last, mut window) = (SessionTime::ZERO, first);
    let mut gaps = Vec::new();
    for (from, to, index) in acts.into_iter().chain([(end, end, first)]) {
        if from - last >= thresholds.idle_after {
            let label = format!("{:.1} s", (from - last).seconds());
            let moment = Moment { until: Some(from), ..Moment::new(MomentKind::Idle, last, &label) };
            gaps.push((window, moment));
        }
        if to >= last {
            (last, window) = (to, index);
        }
    }
    gaps
}

/// The pointer's samples are told together, after the last of them.
fn lasted(event: &Event) -> (SessionTime, SessionTime) {
    let EventKind::Incremental(Incremental::Pointer { samples, .. }) = &event.kind else { return (event.at, event.at) };
    let times = || samples.iter().map(|sample| sample.at);
    times().min().zip(times().max()).unwrap_or((event.at, event.at))
}
