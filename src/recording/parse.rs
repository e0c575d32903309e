//! One event's text to what planning needs to know of it. Reads small fields only: a snapshot's megabytes are not built.

use super::json::{self, members, number};
use super::shape::EventText;
use super::{EventKind, Incremental, PointerKind, PointerSample, RepairKind, SessionTime, Viewport};

/// How far back a pointer sample may lie before its event, ms. rrweb flushes samples every 500 ms; a minute covers tabs
/// that the browser had put to sleep.
const OLDEST_SAMPLE_MS: f64 = 60_000.0;

/// An event's time on the recording's clock (ms since 1970-01-01 UTC) and its kind. Sizes are as recorded, and pointer
/// samples hold their offset from the event: what they depend on is known only when all events are.
pub(super) fn parse(event: &EventText<'_>) -> Result<(f64, EventKind), RepairKind> {
    let kind = kind_of(event).ok_or(RepairKind::NotAnEvent)?;
    let timestamp = event.timestamp.and_then(number).ok_or(RepairKind::MissingTimestamp)?;
    Ok((timestamp, kind))
}

fn kind_of(event: &EventText<'_>) -> Option<EventKind> {
    let data = event.data.unwrap_or("null");
    Some(match whole(event.kind)? {
        0 => EventKind::DomContentLoaded,
        1 => EventKind::Load,
        2 if data.starts_with('{') => EventKind::FullSnapshot,
        2 => return None,
        3 => {
            let [source] = members(data, ["source"]);
            EventKind::Incremental(incremental(whole(source)?, data))
        }
        4 => {
            let [href, width, height] = members(data, ["href", "width", "height"]);
            EventKind::Meta { href: href.and_then(json::string).unwrap_or_default(), viewport: viewport(width, height) }
        }
        5 => {
            let [tag] = members(data, ["tag"]);
            EventKind::Custom { tag: tag.and_then(json::string).unwrap_or_default() }
        }
        6 => {
            let [plugin] = members(data, ["plugin"]);
            EventKind::Plugin { plugin: plugin.and_then(json::string).unwrap_or_default() }
        }
        other => EventKind::Other(other),
    })
}

fn incremental(source: u64, data: &str) -> Incremental {
    match source {
        0 => Incremental::Mutation,
        1 => Incremental::Pointer { by: PointerKind::Mouse, samples: samples(data) },
        2 => {
            let [kind, node, x, y] = members(data, ["type", "id", "x", "y"]);
            let position = x.and_then(number).zip(y.and_then(number));
            Incremental::MouseInteraction { kind: whole(kind).unwrap_or(u64::MAX), node: id(node), position }
        }
        3 => Incremental::Scroll,
        4 => {
            let [width, height] = members(data, ["width", "height"]);
            Incremental::ViewportResize(viewport(width, height))
        }
        5 => Incremental::Input,
        6 => Incremental::Pointer { by: PointerKind::Touch, samples: samples(data) },
        7 => Incremental::MediaInteraction,
        8 => Incremental::StyleSheetRule,
        9 => Incremental::CanvasMutation,
        10 => Incremental::Font,
        11 => Incremental::Log,
        12 => Incremental::Pointer { by: PointerKind::Drag, samples: samples(data) },
        13 => Incremental::StyleDeclaration,
        14 => Incremental::Selection,
        15 => Incremental::AdoptedStyleSheet,
        16 => Incremental::CustomElement,
        other => Incremental::Other(other),
    }
}

/// rrweb gives offsets that are zero or negative. Others are a fault of the recorder's clock and must not move a sample
/// behind its event, or the pointer would run ahead of the page.
fn samples(data: &str) -> Vec<PointerSample> {
    let [positions] = members(data, ["positions"]);
    let mut samples = Vec::new();
    // A fault ends the list; the samples before it hold.
    let _ = json::each_element(positions.unwrap_or("[]"), |position| {
        let [x, y, node, offset] = members(position, ["x", "y", "id", "timeOffset"]);
        let offset = offset.and_then(number).unwrap_or(0.0).clamp(-OLDEST_SAMPLE_MS, 0.0);
        if let Some((x, y)) = x.and_then(number).zip(y.and_then(number)) {
            samples.push(PointerSample { at: SessionTime::from_millis_f64(offset), x, y, node: id(node) });
        }
    });
    samples
}

/// What an event says about the viewport; sides that are missing or not positive numbers become 0, to be replaced later.
pub(super) fn viewport(width: Option<&str>, height: Option<&str>) -> Viewport {
    // `as` maps negative numbers to 0 and large ones to the maximum.
    let side = |text: Option<&str>| text.and_then(number).unwrap_or(0.0).round() as u32;
    Viewport { width: side(width), height: side(height) }
}

/// A type or source number.
fn whole(text: Option<&str>) -> Option<u64> {
    text.and_then(number).filter(|number| *number >= 0.0).map(|number| number as u64)
}

fn id(text: Option<&str>) -> i64 {
    text.and_then(number).unwrap_or(0.0) as i64
}
