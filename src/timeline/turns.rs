//! Which window (browser tab) is shown when.
//!
//! The view follows the person. Players that go by single events jump to a tab that loads in the background and back, or stay on
//! the old page while a new one stands already. All events are known here, so the question is asked from behind: whoever was last
//! active in one window and is next active in another has changed over in between: when that other one first came up, if that was
//! then, else at the first act.

use std::cmp::Reverse;

use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime};

#[cfg(test)]
mod tests;

/// A stretch in which one window is shown; it ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Session time.
    pub from: SessionTime,
    /// Index into [`Recording::windows`].
    pub window: usize,
}

/// Written by PostHog's recorder when a tab comes into view (`document.visibilityState`).
const INTO_VIEW: &str = "window visible";

/// The turns that follow the person through the windows, by time. The first one begins with the first full snapshot of all
/// windows. Empty if no window has one.
pub fn follow(recording: &Recording) -> Vec<Turn> {
    let shown_from: Vec<Option<SessionTime>> =
        recording.windows.iter().map(|window| window.first_full_snapshot().map(|event| event.at)).collect();
    let Some(first) = first_shown(recording, &shown_from) else {
        return Vec::new();
    };
    let mut turns = vec![first];
    let mut last_act = SessionTime::from_micros(-1);
    for stay in stays(recording, &shown_from) {
        // A page that came up since the last act elsewhere came up in front of the person, who was active there next.
        let came_up = shown_from[stay.window].filter(|shown| *shown > last_act);
        let from = came_up.unwrap_or(stay.from).min(stay.from).max(first.from);
        last_act = stay.to;
        if turns.last().is_none_or(|turn| turn.window != stay.window) {
            turns.push(Turn { from, window: stay.window });
        }
    }
    without_idle_turns(turns)
}

/// The turn at a moment: the last that has begun, or the first. `None` only where there is none at all.
pub fn turn_at(turns: &[Turn], at: SessionTime) -> Option<Turn> {
    let begun = turns.partition_point(|turn| turn.from <= at);
    turns.get(begun.saturating_sub(1)).copied()
}

/// One window, and no other, from its first full snapshot on.
pub fn only(recording: &Recording, window: usize) -> Vec<Turn> {
    let shown = recording.windows.get(window).and_then(|window| window.first_full_snapshot());
    shown.map(|event| Turn { from: event.at, window }).into_iter().collect()
}

fn first_shown(recording: &Recording, shown_from: &[Option<SessionTime>]) -> Option<Turn> {
    let turns = shown_from.iter().enumerate().filter_map(|(window, from)| Some(Turn { from: (*from)?, window }));
    // Two that begin at once: the one in which more was done.
    turns.min_by_key(|turn| (turn.from, Reverse(recording.windows[turn.window].activity())))
}

/// A person's acts in one window, with none in another in between.
struct Stay {
    window: usize,
    from: SessionTime,
    to: SessionTime,
}

fn stays(recording: &Recording, shown_from: &[Option<SessionTime>]) -> Vec<Stay> {
    let mut acts: Vec<(SessionTime, usize)> = Vec::new();
    for (index, window) in recording.windows.iter().enumerate() {
        let Some(shown) = shown_from[index] else { continue };
        for event in &window.events {
            let Some((from, to)) = act(event) else { continue };
            // Before its first full snapshot there is nothing of the window to show.
            if to >= shown {
                acts.push((from.max(shown), index));
                acts.push((to, index));
            }
        }
    }
    acts.sort_unstable();
    let mut stays: Vec<Stay> = Vec::new();
    for (at, window) in acts {
        match stays.last_mut().filter(|stay| stay.window == window) {
            Some(stay) => stay.to = at,
            None => stays.push(Stay { window, from: at, to: at }),
        }
    }
    stays
}

/// From when to when a person did what the event tells of, if it tells of that. Not media (they play in tabs that nobody looks at) and
/// not changes of size (they come to all tabs of a browser's window).
fn act(event: &Event) -> Option<(SessionTime, SessionTime)> {
    match &event.kind {
        EventKind::Incremental(Incremental::Pointer { samples, .. }) => {
            let times = || samples.iter().map(|sample| sample.at);
            times().min().zip(times().max())
        }
        EventKind::Incremental(Incremental::MouseInteraction { .. } | Incremental::Scroll | Incremental::Input) => {
            Some((event.at, event.at))
        }
        EventKind::Custom { tag } if tag == INTO_VIEW => Some((event.at, event.at)),
        _ => None,
    }
}

/// Turns in order, without those that end as they begin.
fn without_idle_turns(turns: Vec<Turn>) -> Vec<Turn> {
    let mut kept: Vec<Turn> = Vec::with_capacity(turns.len());
    for turn in turns {
        while kept.last().is_some_and(|last| last.from >= turn.from) {
            kept.pop();
        }
        if kept.last().is_none_or(|last| last.window != turn.window) {
            kept.push(turn);
        }
    }
    kept
}
