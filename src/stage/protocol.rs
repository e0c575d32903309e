//! What the stage and the player's script say to each other (player-assets/src/main.ts has the other half).

use std::fmt::Write as _;

use serde::Deserialize;

use crate::recording::{SessionTime, Window};
use crate::timeline::{Action, Deed};

/// One moment to bring the page to, and what happens up to it.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    /// Session time.
    pub at: SessionTime,
    /// What happened after the slot before and up to this one, in order.
    pub actions: &'a [Action],
}

/// What the page says after going through slots.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// How many of the slots were gone through. The page stops at the first that may look different.
    pub done: usize,
    /// Whether the page may look different now than before.
    pub changed: Change,
    /// The pointer at each slot gone through.
    pub pointers: Vec<Option<Pointer>>,
    /// Presses and touches on the way.
    pub marks: Vec<PressMark>,
    /// When the page next changes by itself, if no action comes before.
    pub next: Option<SessionTime>,
    /// Set while the page repeats itself.
    pub cycle: Option<Cycle>,
    /// The page's title after the last slot gone through; at most 300 UTF-16 units.
    #[serde(default)]
    pub title: String,
}

/// How sure the player is that something shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The pixels are the same as before.
    No,
    /// Only the compositor can tell.
    Maybe,
    /// Something that shows was changed.
    Yes,
}

/// Where the pointer is, in CSS px of the page's viewport.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pointer {
    /// CSS px.
    pub x: f64,
    /// CSS px.
    pub y: f64,
    /// When it came there.
    pub at: SessionTime,
    /// Where it was before.
    pub from: Option<Position>,
    /// When it came there.
    pub from_at: SessionTime,
    /// A finger rather than a mouse.
    pub touch: bool,
    /// A button is down or a finger on the glass.
    pub down: bool,
    /// The CSS cursor that the page wants.
    pub cursor: String,
}

/// CSS px of the page's viewport.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Position {
    /// CSS px.
    pub x: f64,
    /// CSS px.
    pub y: f64,
}

/// A press, release, click or touch.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct PressMark {
    /// CSS px.
    pub x: f64,
    /// CSS px.
    pub y: f64,
    /// When.
    pub at: SessionTime,
    /// rrweb's `MouseInteractions` number.
    pub kind: u64,
}

/// From `base` on, the page at t is that of step `floor(((t - base) mod period) * steps / period)`. Times in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Cycle {
    /// Session time, µs.
    pub base: i64,
    /// µs.
    pub period: i64,
    /// Different pictures in a period.
    pub steps: i64,
}

impl Cycle {
    /// Which picture shows at `at`.
    pub fn step_at(&self, at: SessionTime) -> i64 {
        ((at.micros() - self.base).rem_euclid(self.period)) * self.steps / self.period
    }
}

/// The slots as JSON, with the events' own JSON pasted in as it is.
pub(super) fn write_slots(slots: &[Slot<'_>], window: &Window) -> String {
    let events = slots.iter().flat_map(|slot| slot.actions).filter_map(|action| action.deed.event());
    let bytes: usize = events.map(|event| window.events[event].json.len()).sum();
    let mut json = String::with_capacity(bytes + 256 * slots.len());
    json.push('[');
    for (index, slot) in slots.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        let _ = write!(json, r#"{{"at":{},"items":["#, slot.at.micros());
        for (index, action) in slot.actions.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            write_action(&mut json, action, window);
        }
        json.push_str("]}");
    }
    json.push(']');
    json
}

fn write_action(json: &mut String, action: &Action, window: &Window) {
    let at = action.at.micros();
    // Writing to a String cannot fail.
    let _ = match action.deed {
        Deed::Snapshot { event, page_since } => {
            let _ = write!(json, r#"{{"k":"snapshot","at":{at},"origin":{},"e":"#, page_since.micros());
            write_event(json, window, event);
            write!(json, "}}")
        }
        Deed::Apply { event } => {
            let _ = write!(json, r#"{{"k":"event","at":{at},"e":"#);
            write_event(json, window, event);
            write!(json, "}}")
        }
        Deed::Font { event } => {
            let _ = write!(json, r#"{{"k":"font","at":{at},"e":"#);
            write_event(json, window, event);
            write!(json, "}}")
        }
        Deed::Fullscreen { event } => {
            let _ = write!(json, r#"{{"k":"fullscreen","at":{at},"e":"#);
            write_event(json, window, event);
            write!(json, "}}")
        }
        Deed::Viewport(size) => write!(json, r#"{{"k":"viewport","at":{at},"w":{},"h":{}}}"#, size.width, size.height),
        Deed::Pointer { x, y, node, touch } => {
            write!(json, r#"{{"k":"pointer","at":{at},"x":{x},"y":{y},"id":{node},"touch":{touch}}}"#)
        }
        Deed::Press { x, y, node, kind } => {
            write!(json, r#"{{"k":"press","at":{at},"x":{x},"y":{y},"id":{node},"kind":{kind}}}"#)
        }
        Deed::Focus { node, visible } => write!(json, r#"{{"k":"focus","at":{at},"id":{node},"visible":{visible}}}"#),
        Deed::Blur { node } => write!(json, r#"{{"k":"blur","at":{at},"id":{node}}}"#),
    };
}

fn write_event(json: &mut String, window: &Window, event: usize) {
    // The reader only lets UTF-8 through; anything else would be a hole in it, and `null` makes the player say so.
    json.push_str(std::str::from_utf8(&window.events[event].json).unwrap_or("null"));
}
