//! Every recording format in, one model out: windows of time-ordered events.
//!
//! [`open`] detects compression and shape from content, unpacks what recorders compress themselves, and puts right what
//! can be put right, saying so in [`Recording::repairs`]. Nothing after this module knows where a recording came from.

mod activity;
mod assemble;
mod compressed;
mod describe;
mod duplicates;
mod error;
mod event;
mod extensions;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
pub(crate) mod interaction;
mod json;
mod mobile;
mod open;
mod order;
mod parse;
mod read;
mod repair;
mod scrollbars;
mod shape;
mod split;
mod summary;
mod time;
mod unpack;
mod utf8;
mod viewports;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use error::NOT_SHOWN;
pub use error::RecordingError;
pub use event::{Event, EventKind, Incremental, PointerKind, PointerSample, Viewport};
pub use format::{Compression, FileFormat, Format, Shape};
pub use open::{Limits, Names, names, open, open_parts};
pub use repair::{Repair, RepairKind};
pub use summary::{PageSummary, Summary, ViewportSummary, WindowSummary};
pub(crate) use summary::{clock, clock_of, printable};
pub use time::SessionTime;
pub use write::{Form, write};

/// A recording, whatever it came from.
#[derive(Debug)]
pub struct Recording {
    /// Wall-clock time of session time zero, ms since 1970-01-01 UTC, as the recording's clock had it.
    pub started_at_ms: f64,
    /// The windows (tabs), in the order of their first events. Never empty.
    pub windows: Vec<Window>,
    /// What kind of file it came in.
    pub format: Format,
    /// The recorder's id of the session, where the format carries one.
    pub session_id: Option<String>,
    /// Who was recorded, as a PostHog export has it (`name`, `distinct_ids`, `properties`, …). Of events as they were sent: their `distinct_ids`.
    pub person: Option<serde_json::Value>,
    /// What was put right while reading.
    pub repairs: Vec<Repair>,
}

/// One window (browser tab) of a recording.
#[derive(Debug)]
pub struct Window {
    /// The recorder's id of it; `main` where the format knows no windows.
    pub id: String,
    /// Its events, by time. Never empty.
    pub events: Vec<Event>,
}

impl Recording {
    /// Wall-clock time of a moment; `None` if the recording's clock is beyond the calendar.
    pub fn wall_clock(&self, at: SessionTime) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_millisecond((self.started_at_ms + at.millis()).round() as i64).ok()
    }

    /// Time of the last event, over all windows. Zero for a recording of one event.
    pub fn duration(&self) -> SessionTime {
        self.windows.iter().filter_map(|window| window.events.last()).map(|event| event.at).max().unwrap_or_default()
    }

    /// The earliest full snapshot over all windows: before it, there is nothing to show. Recordings that [`open`] returns have one.
    pub fn first_full_snapshot(&self) -> Option<&Event> {
        self.windows.iter().filter_map(Window::first_full_snapshot).min_by_key(|event| (event.at, event.index))
    }

    /// The viewport of the largest area that any window has while it can be shown.
    /// [`Viewport::FALLBACK`] if none can, which [`open`] never returns.
    pub fn largest_viewport(&self) -> Viewport {
        largest(self.windows.iter().filter_map(Window::largest_viewport)).unwrap_or(Viewport::FALLBACK)
    }

    /// The window in which most was done: of those with a full snapshot the one with the most [activity](Window::activity),
    /// the earlier one if equal.
    pub fn main_window(&self) -> Option<&Window> {
        let shown = self.windows.iter().filter(|window| window.first_full_snapshot().is_some());
        // Of equal maxima `max_by_key` takes the last.
        shown.rev().max_by_key(|window| window.activity())
    }

    /// Whether canvases were recorded: there are drawing commands (or pictures, which come as such) in some window.
    pub fn has_canvas_drawings(&self) -> bool {
        let is_drawing = |event: &Event| event.kind == EventKind::Incremental(Incremental::CanvasMutation);
        self.windows.iter().any(|window| window.events.iter().any(is_drawing))
    }

    /// The window with this id.
    pub fn window(&self, id: &str) -> Option<&Window> {
        self.windows.iter().find(|window| window.id == id)
    }
}

impl Window {
    /// Its first full snapshot; a window without one cannot be shown.
    pub fn first_full_snapshot(&self) -> Option<&Event> {
        self.events.iter().find(|event| event.kind == EventKind::FullSnapshot)
    }

    /// The viewport of the largest area among those that hold at or after the first full snapshot (the wider if equal).
    /// `None` if there is no full snapshot.
    pub fn largest_viewport(&self) -> Option<Viewport> {
        let snapshot = self.events.iter().position(|event| event.kind == EventKind::FullSnapshot)?;
        let (before, after) = self.events.split_at(snapshot);
        let holding = before.iter().rev().find_map(Event::viewport);
        largest(holding.into_iter().chain(after.iter().filter_map(Event::viewport)))
    }

    /// How many of its events show that somebody was there; see [`EventKind::is_active`].
    pub fn activity(&self) -> usize {
        self.events.iter().filter(|event| event.kind.is_active()).count()
    }
}

fn largest(viewports: impl Iterator<Item = Viewport>) -> Option<Viewport> {
    viewports.max_by_key(|viewport| (viewport.area(), viewport.width))
}
