//! Every recording format in, one model out: windows of time-ordered events.

mod event;
mod time;

pub use event::{Event, EventKind, Incremental, PointerKind, PointerSample, Viewport};
pub use time::SessionTime;

/// A recording, whatever it came from.
#[derive(Debug)]
pub struct Recording {
    /// Wall-clock time of session time zero, ms since 1970-01-01 UTC, as the recording's clock had it.
    pub started_at_ms: f64,
    /// The windows (tabs), in the order of their first events. Never empty.
    pub windows: Vec<Window>,
}

/// One window (browser tab) of a recording.
#[derive(Debug)]
pub struct Window {
    /// The recorder's id of it; `main` where the format knows no windows.
    pub id: String,
    /// Its events, by time.
    pub events: Vec<Event>,
}
