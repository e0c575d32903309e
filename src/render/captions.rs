//! What is said under a video, until the steps of the session are told in words.

use crate::timeline::{Cue, Moment, MomentKind, TimeMap};

/// µs of video that a caption stands, if no other comes before.
const LONGEST: i64 = 4_000_000;

pub(super) fn captions(moments: &[Moment], map: &TimeMap) -> Vec<Cue> {
    let (begins, ends) = (map.begins(), map.ends());
    let end = map.session_to_video(ends);
    let told = moments.iter().filter(|moment| {
        begins <= moment.at && moment.at < ends && !matches!(moment.kind, MomentKind::Idle | MomentKind::Viewport)
    });
    let told = told.map(|moment| (map.session_to_video(moment.at), format!("{}: {}", moment.kind, moment.label)));
    let mut cues: Vec<Cue> = Vec::new();
    for (at, text) in told {
        if let Some(last) = cues.last_mut() {
            last.to = last.to.min(at);
        }
        if cues.last().is_some_and(|last| last.from >= last.to) {
            cues.pop();
        }
        cues.push(Cue { from: at, to: (at + LONGEST).min(end), text });
    }
    cues.retain(|cue| cue.from < cue.to);
    cues
}
