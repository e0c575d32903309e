//! Page sizes: missing ones are made up, impossible ones replaced, so that everything after can rely on them.

use bytes::Bytes;

use super::parse::viewport;
use super::repair::RepairLog;
use super::{Event, EventKind, Incremental, RepairKind, Viewport, json};

impl Viewport {
    /// Longest side kept, CSS px: beyond every screen, and the most that common encoders and GPUs take.
    pub const MAX_SIDE: u32 = 16_384;
    /// Assumed where a recording says nothing.
    pub const FALLBACK: Self = Self { width: 1280, height: 720 };

    fn has_area(self) -> bool {
        self.width > 0 && self.height > 0
    }

    /// CSS px².
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

impl Event {
    /// The viewport that this event sets, if it sets one.
    pub fn viewport(&self) -> Option<Viewport> {
        match self.kind {
            EventKind::Meta { viewport, .. } | EventKind::Incremental(Incremental::ViewportResize(viewport)) => {
                Some(viewport)
            }
            _ => None,
        }
    }
}

/// Puts a meta event before every full snapshot that came without one: players take page and size from it. Recorders before
/// rrweb 1.0 wrote none (the URL was in the `DomContentLoaded` event and the size in the `Load` event), and one may be lost on the way.
/// `start_ms` is the recording's clock at session time zero.
pub(super) fn synthesise_meta(window: &str, events: &mut Vec<Event>, start_ms: f64, repairs: &mut RepairLog) {
    let mut missing: Vec<(usize, String, Viewport)> = Vec::new();
    let mut told = false;
    // Since the snapshot before, or the beginning.
    let mut since = 0;
    let (mut page, mut size): (Option<String>, Option<Viewport>) = (None, None);
    for (place, event) in events.iter().enumerate() {
        if let Some(viewport) = event.viewport().filter(|viewport| viewport.has_area()) {
            size = Some(clamped(viewport));
        }
        match &event.kind {
            EventKind::Meta { href, .. } => {
                told = true;
                page = Some(href.clone());
            }
            EventKind::FullSnapshot => {
                if !std::mem::replace(&mut told, false) {
                    let before = &events[since..place];
                    let href = href_before(before).or(page.take()).or_else(|| first_href(events)).unwrap_or_default();
                    let viewport = loaded_size(before).or(size).unwrap_or_else(|| likely_viewport(events));
                    (page, size) = (Some(href.clone()), Some(viewport));
                    missing.push((place, href, viewport));
                }
                since = place + 1;
            }
            _ => {}
        }
    }
    if missing.is_empty() {
        return;
    }
    let first = events.iter().position(|event| event.kind == EventKind::FullSnapshot);
    let mut missing = missing.into_iter().peekable();
    let mut whole = Vec::with_capacity(events.len() + missing.len());
    for (place, event) in std::mem::take(events).into_iter().enumerate() {
        if let Some((_, href, viewport)) = missing.next_if(|(before, ..)| *before == place) {
            let timestamp = start_ms + event.at.millis();
            let json = meta_json(&href, viewport, &timestamp.to_string());
            let Viewport { width, height } = viewport;
            let window = window.to_owned();
            let repair = if first == Some(place) {
                RepairKind::MetaSynthesised { window, width, height }
            } else {
                RepairKind::MetaRepeated { window }
            };
            repairs.note(repair, Some(event.index));
            whole.push(Event { at: event.at, index: event.index, kind: EventKind::Meta { href, viewport }, json });
        }
        whole.push(event);
    }
    *events = whole;
}

/// The size that the `Load` event of recorders before rrweb 1.0 has.
fn loaded_size(before: &[Event]) -> Option<Viewport> {
    before.iter().rev().filter(|event| event.kind == EventKind::Load).find_map(|event| {
        let [width, height] = data_members(event, ["width", "height"]);
        Some(viewport(width, height)).filter(|viewport| viewport.has_area()).map(clamped)
    })
}

/// The size of the first meta event, the largest size it was resized to, or one that holds every pointer position.
fn likely_viewport(all: &[Event]) -> Viewport {
    let meta = || all.iter().filter(|event| matches!(event.kind, EventKind::Meta { .. })).find_map(Event::viewport);
    let resized = || all.iter().filter_map(Event::viewport).max_by_key(|viewport| viewport.area());
    meta().or_else(resized).filter(|viewport| viewport.has_area()).map_or_else(|| around_pointers(all), clamped)
}

fn around_pointers(events: &[Event]) -> Viewport {
    let mut viewport = Viewport::FALLBACK;
    let mut hold = |x: f64, y: f64| {
        viewport.width = viewport.width.max(x.ceil() as u32);
        viewport.height = viewport.height.max(y.ceil() as u32);
    };
    for event in events {
        match &event.kind {
            EventKind::Incremental(Incremental::Pointer { samples, .. }) => {
                for sample in samples {
                    hold(sample.x, sample.y);
                }
            }
            EventKind::Incremental(Incremental::MouseInteraction { position: Some((x, y)), .. }) => hold(*x, *y),
            _ => {}
        }
    }
    clamped(viewport)
}

fn href_before(events: &[Event]) -> Option<String> {
    events.iter().rev().filter(|event| event.kind == EventKind::DomContentLoaded).find_map(|event| {
        let [href] = data_members(event, ["href"]);
        href.and_then(json::string)
    })
}

fn first_href(events: &[Event]) -> Option<String> {
    events.iter().find_map(|event| match &event.kind {
        EventKind::Meta { href, .. } => Some(href.clone()),
        _ => None,
    })
}

/// Replaces sizes that cannot be, in the event's kind and in the JSON that the player gets.
pub(super) fn sanitise(events: &mut [Event], repairs: &mut RepairLog) {
    let mut last = events
        .iter()
        .filter_map(Event::viewport)
        .find(|viewport| viewport.has_area())
        .map_or(Viewport::FALLBACK, clamped);
    for event in events {
        let Some(recorded) = event.viewport() else {
            continue;
        };
        let viewport = if recorded.has_area() { clamped(recorded) } else { last };
        last = viewport;
        if viewport == recorded {
            continue;
        }
        let repair = if recorded.has_area() { RepairKind::ViewportClamped } else { RepairKind::ViewportInvalid };
        repairs.note(repair, Some(event.index));
        let [timestamp] = event_members(event, ["timestamp"]);
        let timestamp = timestamp.unwrap_or("0");
        let json = match &event.kind {
            EventKind::Meta { href, .. } => meta_json(href, viewport, timestamp),
            _ => Bytes::from(format!(
                r#"{{"type":3,"data":{{"source":4,"width":{},"height":{}}},"timestamp":{timestamp}}}"#,
                viewport.width, viewport.height
            )),
        };
        event.json = json;
        match &mut event.kind {
            EventKind::Meta { viewport: place, .. } | EventKind::Incremental(Incremental::ViewportResize(place)) => {
                *place = viewport;
            }
            _ => {}
        }
    }
}

fn clamped(viewport: Viewport) -> Viewport {
    Viewport { width: viewport.width.min(Viewport::MAX_SIDE), height: viewport.height.min(Viewport::MAX_SIDE) }
}

fn meta_json(href: &str, viewport: Viewport, timestamp: &str) -> Bytes {
    let href = serde_json::Value::from(href);
    let Viewport { width, height } = viewport;
    Bytes::from(format!(
        r#"{{"type":4,"data":{{"href":{href},"width":{width},"height":{height}}},"timestamp":{timestamp}}}"#
    ))
}

fn event_members<'e, const N: usize>(event: &'e Event, names: [&str; N]) -> [Option<&'e str>; N] {
    std::str::from_utf8(&event.json).map_or([None; N], |text| json::members(text, names))
}

fn data_members<'e, const N: usize>(event: &'e Event, names: [&str; N]) -> [Option<&'e str>; N] {
    let [data] = event_members(event, ["data"]);
    data.map_or([None; N], |data| json::members(data, names))
}
