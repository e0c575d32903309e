//! Clicks, and taps where a recorder knows no clicks.

use crate::recording::interaction::{CLICK, MOUSE_DOWN, TOUCH_END, TOUCH_START};
use crate::recording::{Event, EventKind, Incremental, SessionTime, Window};

/// A click on a label also clicks what it labels, and the browser reports both: no hand clicks twice this soon.
const ONE_CLICK: SessionTime = SessionTime::from_millis(10);
/// A finger that stays no longer, and hardly moves, taps.
const LONGEST_TAP: SessionTime = SessionTime::from_millis(500);
const WIDEST_TAP: f64 = 10.0;

/// One click.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Click {
    pub at: SessionTime,
    /// When the button or finger went down.
    pub pressed_at: SessionTime,
    pub node: i64,
    pub position: Option<(f64, f64)>,
    /// Its index in the window.
    pub event: usize,
}

impl Click {
    /// The keyboard and scripts click too; rrweb records that as the corner.
    pub(super) fn is_of_a_hand(&self) -> bool {
        self.position.is_some_and(|position| position != (0.0, 0.0))
    }
}

/// The clicks of a window, by time. Recorders on phones tell of fingers only: there, taps are the clicks.
pub(super) fn of(window: &Window) -> Vec<Click> {
    let clicks = clicks(window);
    if clicks.is_empty() { taps(window) } else { clicks }
}

/// CSS px.
type Place = (f64, f64);

/// What a button or finger did, on which node, and where.
fn press(event: &Event) -> Option<(u64, i64, Option<Place>)> {
    match event.kind {
        EventKind::Incremental(Incremental::MouseInteraction { kind, node, position }) => Some((kind, node, position)),
        _ => None,
    }
}

fn clicks(window: &Window) -> Vec<Click> {
    let mut clicks: Vec<Click> = Vec::new();
    let mut pressed_at = None;
    for (index, event) in window.events.iter().enumerate() {
        match press(event) {
            Some((MOUSE_DOWN | TOUCH_START, ..)) => pressed_at = Some(event.at),
            Some((CLICK, node, position)) => {
                let again = clicks.last().is_some_and(|last| last.node != node && event.at - last.at <= ONE_CLICK);
                if !again {
                    let pressed_at = pressed_at.take().unwrap_or(event.at);
                    clicks.push(Click { at: event.at, pressed_at, node, position, event: index });
                }
            }
            _ => {}
        }
    }
    clicks
}

fn taps(window: &Window) -> Vec<Click> {
    let mut taps = Vec::new();
    let mut down: Option<(SessionTime, i64, Place)> = None;
    for (index, event) in window.events.iter().enumerate() {
        match press(event) {
            Some((TOUCH_START, node, Some(position))) => down = Some((event.at, node, position)),
            Some((TOUCH_END, _, position)) => {
                let Some((pressed_at, node, from)) = down.take() else { continue };
                let moved = position.map_or(0.0, |to| distance(from, to));
                if event.at - pressed_at <= LONGEST_TAP && moved <= WIDEST_TAP {
                    taps.push(Click { at: event.at, pressed_at, node, position: Some(from), event: index });
                }
            }
            _ => {}
        }
    }
    taps
}

/// To the side and downwards together, as PostHog measures it.
pub(super) fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).abs() + (a.1 - b.1).abs()
}
