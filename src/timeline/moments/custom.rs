//! Custom events: marks that the page's own code set, what Sentry's recorder tells in this form, and what recorders note for themselves.

use super::network::{self, Request};
use super::payload::{self, Reader};
use super::{Moment, MomentKind};
use crate::recording::{Event, SessionTime};
use crate::redact::tape::Value;

/// What recorders write for their own use. (Those of PostHog that begin with `$` are left out by that.)
const BOOKKEEPING: [&str; 24] = [
    // PostHog, `lazy-loaded-session-recorder.ts` and before it `sessionrecording.ts`.
    "sessionIdle",
    "sessionNoLongerIdle",
    "recording paused",
    "recording resumed",
    "browser offline",
    "browser online",
    "window hidden",
    "window visible",
    "window blurred",
    "window focused",
    "window unloaded",
    "sampling_overridden",
    "linked_flag_overridden",
    "event_trigger_overridden",
    "url_trigger_overridden",
    "trigger_overridden",
    "samplingDecisionMade",
    "chrome-extension-stripped",
    "rrweb/fullscreen",
    // PostHog's phones.
    "keyboard",
    // Sentry.
    "options",
    "video",
    "breadcrumb",
    "performanceSpan",
];
/// What sites call it when they note an error as a custom event.
const ERRORS: [&str; 5] = ["error", "exception", "$exception", "uncaught-error", "js-error"];
const SUBMITS: [&str; 4] = ["submit", "form_submit", "form-submit", "$form_submit"];
/// Members of a payload that name a mark.
const NAMES: [&str; 5] = ["label", "name", "title", "message", "text"];
/// Sentry's players count a click that nothing answers for so long as dead (`ReplayReader`, `isDeadClick`), on these elements.
const SENTRY_DEAD_MS: f64 = 7000.0;
const SENTRY_DEAD_TAGS: [&str; 3] = ["a", "button", "input"];
/// So many clicks, for Sentry, are rage (`isRageClick`).
const SENTRY_RAGE: f64 = 5.0;

/// What a custom event tells.
pub(super) enum Told {
    Moment(Moment),
    Request(Request),
}

pub(super) fn told(event: &Event, tag: &str, reader: &mut Reader) -> Option<Told> {
    let payload = reader.payload(event);
    match tag {
        "breadcrumb" => of_crumb(payload?, event.at),
        "performanceSpan" => network::of_span(payload?, event.at).map(Told::Request),
        _ => of_tag(tag, payload, event.at).map(Told::Moment),
    }
}

fn of_tag(tag: &str, payload: Option<Value<'_>>, at: SessionTime) -> Option<Moment> {
    let name = payload.and_then(name);
    let label = name.clone().unwrap_or_else(|| tag.to_owned());
    if ERRORS.contains(&tag) {
        return Some(Moment::new(MomentKind::Error, at, &label));
    }
    if SUBMITS.contains(&tag) || tag == "$autocapture" && payload.is_some_and(is_submit) {
        return Some(Moment::new(MomentKind::Submit, at, &label));
    }
    match tag {
        "$rageclick" => Some(Moment::new(MomentKind::Rage, at, &label)),
        "$dead_click" => Some(Moment::new(MomentKind::Dead, at, &label)),
        _ if tag.starts_with('$') || BOOKKEEPING.contains(&tag) => None,
        _ => {
            let label = name.map_or_else(|| tag.to_owned(), |name| format!("{tag}: {name}"));
            Some(Moment::new(MomentKind::Marker, at, &label))
        }
    }
}

fn name(payload: Value<'_>) -> Option<String> {
    let whole = payload.as_string().map(|text| payload::bounded(&text, payload::LONGEST_LABEL));
    whole.filter(|text| !text.is_empty()).or_else(|| payload::text(payload, &NAMES))
}

/// PostHog's autocapture says what kind of event it caught.
fn is_submit(payload: Value<'_>) -> bool {
    let kind = |object: Value<'_>| payload::text(object, &["$event_type"]);
    kind(payload).or_else(|| kind(payload.get("properties")?)).as_deref() == Some("submit")
}

/// A breadcrumb of Sentry's recorder.
fn of_crumb(crumb: Value<'_>, at: SessionTime) -> Option<Told> {
    let category = payload::text(crumb, &["category"])?;
    let level = payload::text(crumb, &["level"]).unwrap_or_default();
    let message = payload::text(crumb, &["message"]);
    let data = crumb.get("data");
    let moment = |kind| Some(Told::Moment(Moment::new(kind, at, message.as_deref().unwrap_or(&category))));
    let clicks = data.and_then(|data| payload::number(data, &["clickCount"])).unwrap_or(1.0);
    match category.as_str() {
        "fetch" | "xhr" => network::of_crumb(crumb, at).map(Told::Request),
        "replay.hydrate-error" => moment(MomentKind::Error),
        "console" | "exception" | "sentry.event" if matches!(level.as_str(), "error" | "fatal") => {
            moment(MomentKind::Error)
        }
        "ui.multiClick" if clicks >= SENTRY_RAGE => moment(MomentKind::Rage),
        "ui.slowClickDetected" if is_dead(data?) => {
            moment(if clicks >= SENTRY_RAGE { MomentKind::Rage } else { MomentKind::Dead })
        }
        _ => None,
    }
}

fn is_dead(data: Value<'_>) -> bool {
    let timed_out = payload::text(data, &["endReason"]).as_deref() == Some("timeout");
    let waited = payload::number(data, &["timeAfterClickMs", "timeafterclickms"]).unwrap_or_default();
    let tag = data.get("node").and_then(|node| payload::text(node, &["tagName"])).unwrap_or_default();
    timed_out && waited >= SENTRY_DEAD_MS && SENTRY_DEAD_TAGS.contains(&tag.to_ascii_lowercase().as_str())
}
