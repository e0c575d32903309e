//! Requests that failed or took long.

use super::payload::{self, Reader};
use super::{Moment, MomentKind, Thresholds};
use crate::recording::{Event, SessionTime};
use crate::redact::tape::Value;

/// PostHog's recorder before 2023: one request in each event, its members numbered.
const NUMBERED: &str = "posthog/network@1";
/// A request that began longer than this before the recording has another clock.
const LONGEST_BEFORE: SessionTime = SessionTime::from_millis(3_600_000);

/// A request, as far as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub start: SessionTime,
    pub end: SessionTime,
    pub duration: Option<SessionTime>,
    pub status: Option<f64>,
    pub method: Option<String>,
    url: String,
    /// It was made by `fetch` or `XMLHttpRequest`, through which the recorder saw how it ended.
    by_script: bool,
}

pub(super) fn is_network(plugin: &str) -> bool {
    plugin.starts_with("rrweb/network@") || plugin == NUMBERED
}

/// The requests that an event of the network plugin tells of.
pub(super) fn of_plugin(event: &Event, started_at_ms: f64, reader: &mut Reader) -> Vec<Request> {
    let Some(payload) = reader.payload(event) else { return Vec::new() };
    match payload.get("requests") {
        Some(requests) => requests.elements().filter_map(|one| of_entry(one, event.at, started_at_ms)).collect(),
        None => of_entry(payload, event.at, started_at_ms).into_iter().collect(),
    }
}

fn of_entry(entry: Value<'_>, told_at: SessionTime, started_at_ms: f64) -> Option<Request> {
    // Marks, measures and paints come the same way.
    let kind = payload::text(entry, &["entryType", "0"]);
    if kind.is_some_and(|kind| !matches!(kind.as_str(), "resource" | "navigation")) {
        return None;
    }
    let url = payload::text(entry, &["name", "url", "2"])?;
    let between = || Some(payload::number(entry, &["endTime"])? - payload::number(entry, &["startTime"])?);
    let duration = payload::number(entry, &["duration", "39"]).or_else(between).filter(|ms| *ms >= 0.0);
    let duration = duration.map(SessionTime::from_millis_f64);
    let lasted = duration.unwrap_or_default();
    // Events are told when the recorder got round to it; the request knows its own time, unless its clock is another one.
    let began = payload::number(entry, &["timestamp", "40"])
        .map(|epoch_ms| SessionTime::from_millis_f64(epoch_ms - started_at_ms))
        .filter(|began| *began <= told_at && *began + LONGEST_BEFORE >= SessionTime::ZERO);
    let start = began.unwrap_or(told_at - lasted).max(SessionTime::ZERO);
    let method = payload::text(entry, &["method"]);
    let initiator = payload::text(entry, &["initiatorType", "18"]);
    Some(Request {
        start,
        end: (start + lasted).min(told_at),
        duration,
        status: payload::number(entry, &["status", "responseStatus", "21"]),
        // Only what went through a wrapped `fetch` or `XMLHttpRequest` has a method. All else has status 0 where the other side
        // does not allow to see it (Resource Timing, `responseStatus`).
        by_script: method.is_some() && initiator.is_some_and(|by| matches!(by.as_str(), "fetch" | "xmlhttprequest")),
        method,
        url,
    })
}

/// The request of a Sentry span (`performanceSpan`, `op` `resource.…`), which is told at its start.
pub(super) fn of_span(span: Value<'_>, at: SessionTime) -> Option<Request> {
    let op = payload::text(span, &["op"])?;
    let kind = op.strip_prefix("resource.")?;
    // Seconds.
    let lasted = payload::number(span, &["endTimestamp"])? - payload::number(span, &["startTimestamp"])?;
    let duration = SessionTime::from_millis_f64((lasted * 1000.0).max(0.0));
    let data = span.get("data");
    Some(Request {
        start: at,
        end: at + duration,
        duration: Some(duration),
        status: data.and_then(|data| payload::number(data, &["statusCode"])),
        method: data.and_then(|data| payload::text(data, &["method"])),
        url: payload::text(span, &["description"])?,
        by_script: matches!(kind, "fetch" | "xhr"),
    })
}

/// The request of a Sentry breadcrumb (`fetch`, `xhr`), which is told at its end.
pub(super) fn of_crumb(crumb: Value<'_>, at: SessionTime) -> Option<Request> {
    let data = crumb.get("data")?;
    Some(Request {
        start: at,
        end: at,
        duration: None,
        status: payload::number(data, &["status_code"]),
        method: payload::text(data, &["method"]),
        url: payload::text(data, &["url"])?,
        by_script: true,
    })
}

impl Request {
    /// Whether it came back with an error of the server, or not at all.
    pub(super) fn has_failed(&self) -> bool {
        self.status.is_some_and(|status| status >= 400.0 || status == 0.0 && self.by_script)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn is_by_script(&self) -> bool {
        self.by_script
    }

    /// Whether it brings something to the server.
    pub(super) fn sends(&self) -> bool {
        let method = self.method.as_deref().unwrap_or_default();
        ["POST", "PUT", "PATCH"].iter().any(|one| method.eq_ignore_ascii_case(one))
    }

    /// What comes of it first, as a URL can be long.
    fn told(&self, what: &str) -> String {
        match &self.method {
            Some(method) => format!("{what} {} {}", payload::bounded(method, 10), self.url),
            None => format!("{what} {}", self.url),
        }
    }
}

/// What is to be said of a request: that it failed, when it ended; that it was slow, when it began.
pub(super) fn moments(request: &Request, thresholds: &Thresholds) -> Vec<Moment> {
    let mut moments = Vec::new();
    if request.has_failed() {
        let status = request.status.filter(|status| *status > 0.0);
        let what = status.map_or_else(|| "no answer".to_owned(), |status| format!("{status}"));
        moments.push(Moment::new(MomentKind::Failed, request.end, &request.told(&what)));
    }
    if let Some(duration) = request.duration.filter(|duration| *duration >= thresholds.slow_after) {
        let what = format!("{:.1} s", duration.seconds());
        let moment = Moment::new(MomentKind::Slow, request.start, &request.told(&what));
        moments.push(Moment { until: Some(request.end), ..moment });
    }
    moments
}
