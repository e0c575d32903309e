//! Idle stretches: where nobody does anything for longer than a threshold.
//!
//! What counts as activity is what counts in PostHog's player ([`crate::recording::EventKind::is_active`]): pointer, presses, scrolling,
//! typing, sizes, media, and pages that come up. Mutations, animations and network are not: a page that works by itself is still idle.
//! It counts in the window that is on view, and so do the change to another window and the end of the recording: a video without its
//! idle time still shows each of them.
//!
//! Around an activity some time stays, so that cause and effect are both seen: two seconds after it, in which the page answers, and
//! one before the next, in which the eye finds its place. Where the threshold is shorter than both together, they share it.

use std::fmt;
use std::str::FromStr;

use super::Turn;
use super::when::length_micros;
use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime};

#[cfg(test)]
mod tests;

/// What becomes of idle stretches in a video.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Idle {
    /// They play like everything else.
    #[default]
    Keep,
    /// They last at most this long in the video: longer ones play faster, from end to end, so that nothing in them is lost.
    Cap(SessionTime),
    /// They are left out.
    Skip,
}

/// Why something says nothing of idle time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be keep, skip, or cap= and a length of video from 100ms to 1h, like cap=2s (got {0:?})")]
pub struct IdleError(String);

impl FromStr for Idle {
    type Err = IdleError;

    fn from_str(text: &str) -> Result<Self, IdleError> {
        let most = match text {
            "keep" => return Ok(Self::Keep),
            "skip" => return Ok(Self::Skip),
            _ => text.strip_prefix("cap=").and_then(length_micros),
        };
        let most = most.filter(|micros| (100_000..=3_600_000_000).contains(micros));
        most.map(|micros| Self::Cap(SessionTime::from_micros(micros))).ok_or_else(|| IdleError(text.to_owned()))
    }
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("keep"),
            Self::Cap(most) => write!(f, "cap={}s", most.seconds()),
            Self::Skip => f.write_str("skip"),
        }
    }
}

/// A stretch of session time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first moment.
    pub from: SessionTime,
    /// The first moment after it.
    pub to: SessionTime,
}

/// What stays after an activity.
const TRAIL: SessionTime = SessionTime::from_millis(2000);
/// What stays before the next one.
const LEAD: SessionTime = SessionTime::from_millis(1000);

/// The stretches without activity, by time, none touching another. A pause longer than `threshold` has one; it is shorter than the pause
/// by what stays around it (see the module). `last_event` is the last one shown: it ends the last pause.
pub fn idle_stretches(
    recording: &Recording,
    turns: &[Turn],
    last_event: SessionTime,
    threshold: SessionTime,
) -> Vec<Stretch> {
    let trail = TRAIL.min(SessionTime::from_micros(threshold.micros() / 3 * 2));
    let lead = LEAD.min(SessionTime::from_micros(threshold.micros() / 3));
    let times = active_times(recording, turns, last_event);
    let pauses = times.iter().zip(times.iter().skip(1)).filter(|(before, after)| **after - **before > threshold);
    pauses.map(|(before, after)| Stretch { from: *before + trail, to: *after - lead }).collect()
}

/// When something was done in the window on view, by time.
fn active_times(recording: &Recording, turns: &[Turn], last_event: SessionTime) -> Vec<SessionTime> {
    let Some(first) = turns.first() else {
        return Vec::new();
    };
    let shown_at = |at: SessionTime| {
        let begun = turns.partition_point(|turn| turn.from <= at);
        begun.checked_sub(1).and_then(|last| turns.get(last)).map(|turn| turn.window)
    };
    let mut times: Vec<SessionTime> = turns.iter().map(|turn| turn.from).collect();
    for (index, window) in recording.windows.iter().enumerate() {
        let active = window.events.iter().filter(|event| event.kind.is_active());
        times.extend(active.flat_map(moments).filter(|at| shown_at(*at) == Some(index)));
    }
    times.push(last_event.max(first.from));
    times.sort_unstable();
    times.dedup();
    times
}

/// When what the event tells of was done: the samples of a pointer are told together, after the last of them.
fn moments(event: &Event) -> impl Iterator<Item = SessionTime> + '_ {
    let samples = match &event.kind {
        EventKind::Incremental(Incremental::Pointer { samples, .. }) => samples.as_slice(),
        _ => &[],
    };
    let own = samples.is_empty().then_some(event.at);
    samples.iter().map(|sample| sample.at).chain(own)
}
