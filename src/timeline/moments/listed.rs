//! A moment as machines read it.

use serde::Serialize;

use super::{Moment, MomentKind};
use crate::recording::Recording;

/// A moment as JSON has it. Times ending in `_ms` are session time.
#[derive(Debug, Clone, Serialize)]
pub struct ListedMoment {
    /// What it is.
    pub kind: MomentKind,
    /// When it began.
    pub at_ms: f64,
    /// The same as wall-clock time, RFC 3339 UTC; `None` if the recording's clock is beyond the calendar.
    pub at: Option<String>,
    /// The window's id.
    pub window: String,
    /// The page's URL.
    pub url: Option<String>,
    /// A short text.
    pub label: String,
    /// Who was recorded, as PostHog names them.
    pub distinct_id: Option<String>,
    /// When it was over, for what lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<f64>,
    /// Where the pointer was, CSS px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// A place on the page, CSS px.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Position {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl ListedMoment {
    /// `moment` with what the recording knows besides.
    pub fn of(recording: &Recording, moment: &Moment) -> Self {
        Self {
            kind: moment.kind,
            at_ms: moment.at.millis(),
            at: recording.wall_clock(moment.at).map(|time| time.to_string()),
            window: moment.window.clone(),
            url: moment.url.clone(),
            label: moment.label.clone(),
            distinct_id: distinct_id(recording),
            until_ms: moment.until.map(crate::recording::SessionTime::millis),
            position: moment.position.map(|(x, y)| Position { x, y }),
        }
    }
}

/// The recorded person's distinct ID, if the format carries one: the first one that PostHog lists.
pub fn distinct_id(recording: &Recording) -> Option<String> {
    let person = recording.person.as_ref()?;
    let first = person.get("distinct_ids").and_then(|ids| ids.get(0)).or_else(|| person.get("distinct_id"));
    first?.as_str().map(str::to_owned)
}
