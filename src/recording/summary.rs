//! What `replayreel inspect` tells about a recording.

mod text;

pub(crate) use text::{clock, clock_of, printable};

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{EventKind, Format, Incremental, PointerKind, Recording, Repair, SessionTime, Viewport, Window};

/// A recording in numbers. Times are ms of session time unless they say otherwise; [`Display`](std::fmt::Display) is for people.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// What kind of file it came in.
    pub format: Format,
    /// The recorder's id of the session.
    pub session_id: Option<String>,
    /// The recorded person's name, if the format carries one.
    pub person: Option<String>,
    /// Wall-clock time of session time zero, RFC 3339 UTC; `None` if the recording's clock is beyond the calendar.
    pub started_at: Option<String>,
    /// The same, ms since 1970-01-01 UTC.
    pub started_at_ms: f64,
    /// From the first event to the last, clock jumps taken out.
    pub duration_ms: f64,
    /// When there is first something to show.
    pub first_full_snapshot_ms: Option<f64>,
    /// The id of the window in which most was done.
    pub main_window: Option<String>,
    /// Size of a video of it with `--size auto`.
    pub largest_viewport: Viewport,
    /// In the order of their first events.
    pub windows: Vec<WindowSummary>,
    /// Pages visited, by time over all windows.
    pub pages: Vec<PageSummary>,
    /// Changes of the viewport, by time over all windows.
    pub viewports: Vec<ViewportSummary>,
    /// How many events of each kind there are.
    pub events: BTreeMap<Cow<'static, str>, u64>,
    /// How many events each recorder plugin wrote.
    pub plugins: BTreeMap<String, u64>,
    /// How many custom events of each tag there are.
    pub custom: BTreeMap<String, u64>,
    /// What was put right while reading.
    pub repairs: Vec<Repair>,
}

/// One window of a [`Summary`].
#[derive(Debug, Clone, Serialize)]
pub struct WindowSummary {
    /// Its place in the list, from 1: what `--window each` puts into the names of its files.
    pub number: usize,
    /// Its id.
    pub id: String,
    /// Its events.
    pub events: u64,
    /// Those that show that somebody was there.
    pub active_events: u64,
    /// Its full snapshots; without one it cannot be shown.
    pub full_snapshots: u64,
    /// Pages visited in it.
    pub pages: u64,
    /// First event.
    pub first_ms: f64,
    /// Last event.
    pub last_ms: f64,
}

/// A page visited.
#[derive(Debug, Clone, Serialize)]
pub struct PageSummary {
    /// The window's id.
    pub window: String,
    /// URL.
    pub href: String,
    /// When it was first seen.
    pub at_ms: f64,
}

/// A viewport, and since when it holds.
#[derive(Debug, Clone, Serialize)]
pub struct ViewportSummary {
    /// The window's id.
    pub window: String,
    /// The size.
    #[serde(flatten)]
    pub viewport: Viewport,
    /// Since when.
    pub at_ms: f64,
}

impl Summary {
    /// Counts a recording through once.
    pub fn of(recording: &Recording) -> Self {
        let mut summary = Self {
            format: recording.format.clone(),
            session_id: recording.session_id.clone(),
            person: recording.person.as_ref().and_then(|person| Some(person.get("name")?.as_str()?.to_owned())),
            started_at: jiff::Timestamp::from_millisecond(recording.started_at_ms as i64)
                .ok()
                .map(|time| time.to_string()),
            started_at_ms: recording.started_at_ms,
            duration_ms: recording.duration().millis(),
            first_full_snapshot_ms: recording.first_full_snapshot().map(|event| event.at.millis()),
            main_window: recording.main_window().map(|window| window.id.clone()),
            largest_viewport: recording.largest_viewport(),
            windows: Vec::new(),
            pages: Vec::new(),
            viewports: Vec::new(),
            events: BTreeMap::new(),
            plugins: BTreeMap::new(),
            custom: BTreeMap::new(),
            repairs: recording.repairs.clone(),
        };
        for window in &recording.windows {
            summary.count(window);
        }
        summary.pages.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        summary.viewports.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        summary
    }

    fn count(&mut self, window: &Window) {
        let millis = |at: Option<SessionTime>| at.unwrap_or_default().millis();
        let pages_before = self.pages.len();
        let mut full_snapshots = 0;
        let (mut page, mut size) = (None, None);
        for event in &window.events {
            *self.events.entry(kind_name(&event.kind)).or_insert(0) += 1;
            match &event.kind {
                EventKind::FullSnapshot => full_snapshots += 1,
                EventKind::Plugin { plugin } => {
                    *self.plugins.entry(plugin.clone()).or_insert(0) += 1;
                }
                EventKind::Custom { tag } => *self.custom.entry(tag.clone()).or_insert(0) += 1,
                // Every checkout has a meta event; only another URL is another page.
                EventKind::Meta { href, .. } if page != Some(href) => {
                    page = Some(href);
                    self.pages.push(PageSummary {
                        window: window.id.clone(),
                        href: href.clone(),
                        at_ms: event.at.millis(),
                    });
                }
                _ => {}
            }
            if let Some(viewport) = event.viewport().filter(|viewport| size != Some(*viewport)) {
                size = Some(viewport);
                self.viewports.push(ViewportSummary { window: window.id.clone(), viewport, at_ms: event.at.millis() });
            }
        }
        self.windows.push(WindowSummary {
            number: self.windows.len() + 1,
            id: window.id.clone(),
            events: window.events.len() as u64,
            active_events: window.activity() as u64,
            full_snapshots,
            pages: (self.pages.len() - pages_before) as u64,
            first_ms: millis(window.events.first().map(|event| event.at)),
            last_ms: millis(window.events.last().map(|event| event.at)),
        });
    }
}

/// What to call a kind of event: `snake_case`, after rrweb's names.
fn kind_name(kind: &EventKind) -> Cow<'static, str> {
    Cow::Borrowed(match kind {
        EventKind::DomContentLoaded => "dom_content_loaded",
        EventKind::Load => "load",
        EventKind::FullSnapshot => "full_snapshot",
        EventKind::Meta { .. } => "meta",
        EventKind::Custom { .. } => "custom",
        EventKind::Plugin { .. } => "plugin",
        EventKind::Other(number) => return Cow::Owned(format!("type_{number}")),
        EventKind::Incremental(incremental) => match incremental {
            Incremental::Mutation => "mutation",
            Incremental::Pointer { by: PointerKind::Mouse, .. } => "mouse_move",
            Incremental::Pointer { by: PointerKind::Touch, .. } => "touch_move",
            Incremental::Pointer { by: PointerKind::Drag, .. } => "drag",
            Incremental::MouseInteraction { .. } => "mouse_interaction",
            Incremental::Scroll => "scroll",
            Incremental::ViewportResize(_) => "viewport_resize",
            Incremental::Input => "input",
            Incremental::MediaInteraction => "media_interaction",
            Incremental::StyleSheetRule => "style_sheet_rule",
            Incremental::CanvasMutation => "canvas_mutation",
            Incremental::Font => "font",
            Incremental::Log => "log",
            Incremental::StyleDeclaration => "style_declaration",
            Incremental::Selection => "selection",
            Incremental::AdoptedStyleSheet => "adopted_style_sheet",
            Incremental::CustomElement => "custom_element",
            Incremental::Other(number) => return Cow::Owned(format!("source_{number}")),
        },
    })
}
