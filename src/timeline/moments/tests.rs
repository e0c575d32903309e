//! Recordings with known answers, and what only looks like them.

use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};

mod acts;
mod fixtures;
mod told;

/// The recording's moments, without the page that every one begins with.
fn found(events: &[Value]) -> Vec<Moment> {
    let recording = open(serde_json::to_vec(events).unwrap(), &Limits::default()).unwrap();
    let all = moments(&recording, &Thresholds::default());
    let end = recording.duration();
    assert!(all.is_sorted_by_key(|moment| moment.at), "{all:#?}");
    for moment in &all {
        assert!(SessionTime::ZERO <= moment.at && moment.at <= end, "{moment:#?}");
        assert!(moment.until.is_none_or(|until| moment.at <= until && until <= end), "{moment:#?}");
        assert!(recording.window(&moment.window).is_some(), "{moment:#?}");
        assert!(moment.label.chars().count() <= 200, "{moment:#?}");
    }
    all.into_iter().filter(|moment| (moment.kind, moment.at) != (MomentKind::Page, SessionTime::ZERO)).collect()
}

/// `(kind, ms, label)` of each.
fn told(events: &[Value]) -> Vec<(&'static str, i64, String)> {
    let told = |moment: Moment| (moment.kind.name(), moment.at.micros() / 1000, moment.label);
    found(events).into_iter().map(told).collect()
}

/// The same, of one kind.
fn of_kind(kind: MomentKind, events: &[Value]) -> Vec<(i64, String)> {
    let of_kind = found(events).into_iter().filter(|moment| moment.kind == kind);
    of_kind.map(|moment| (moment.at.micros() / 1000, moment.label)).collect()
}

fn event(kind: u64, at: u64, data: &Value) -> Value {
    json!({"type": kind, "timestamp": 1_700_000_000_000_u64 + at, "data": data})
}

fn meta(at: u64, href: &str, width: u64) -> Value {
    event(4, at, &json!({"href": href, "width": width, "height": 600}))
}

fn element(id: u64, tag: &str, attributes: &Value, children: &[Value]) -> Value {
    json!({"type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "id": id})
}

fn snapshot(at: u64, body: &[Value]) -> Value {
    let html = element(2, "html", &json!({}), &[element(3, "body", &json!({}), body)]);
    let node = json!({"type": 0, "childNodes": [html], "id": 1});
    event(2, at, &json!({"node": node, "initialOffset": {"left": 0, "top": 0}}))
}

fn change(at: u64, data: &Value) -> Value {
    event(3, at, data)
}

fn mutation(at: u64) -> Value {
    let texts = json!([{"id": 99, "value": "new"}]);
    change(at, &json!({"source": 0, "texts": texts, "attributes": [], "removes": [], "adds": []}))
}

fn scroll(at: u64) -> Value {
    change(at, &json!({"source": 3, "id": 1, "x": 0, "y": at % 997}))
}

fn press(at: u64, kind: u64, node: u64, place: (f64, f64)) -> Value {
    change(at, &json!({"source": 2, "type": kind, "id": node, "x": place.0, "y": place.1}))
}

fn click(at: u64, node: u64) -> Value {
    press(at, 2, node, (50.0, 50.0))
}

fn custom(at: u64, tag: &str, payload: &Value) -> Value {
    event(5, at, &json!({"tag": tag, "payload": payload}))
}

/// A page with something of everything that can be clicked, and `events`, to which the recording goes on for 20 s without
/// anybody being idle.
fn on_a_page(events: &[Value]) -> Vec<Value> {
    let none = json!({});
    let form = [
        element(10, "button", &json!({"id": "send"}), &[element(11, "span", &none, &[])]),
        element(12, "button", &json!({"type": "button"}), &[]),
        element(13, "input", &json!({"type": "text"}), &[]),
        element(14, "input", &json!({"type": "submit", "class": "go big"}), &[]),
    ];
    let body = [
        element(9, "form", &none, &form),
        element(20, "button", &json!({"id": "lonely"}), &[element(21, "svg", &none, &[])]),
        element(22, "p", &none, &[json!({"type": 3, "textContent": "text", "id": 23})]),
        element(24, "a", &json!({"href": "https://elsewhere.example/"}), &[element(25, "button", &none, &[])]),
        element(26, "a", &json!({"href": "#"}), &[]),
        element(27, "div", &json!({"role": "tab"}), &[]),
        element(28, "select", &none, &[]),
        element(29, "div", &json!({"contenteditable": "true"}), &[element(30, "p", &none, &[])]),
        element(31, "p", &none, &[json!({"type": 3, "textContent": "old", "id": 99})]),
    ];
    let start = [meta(0, "https://a.example/", 800), snapshot(0, &body)];
    // Nobody is idle; the moves of a mouse answer nothing.
    let moves = (0..6).map(|turn| {
        let positions = json!([{"x": turn, "y": 1, "id": 3, "timeOffset": 0}]);
        change(turn * 4000, &json!({"source": 1, "positions": positions}))
    });
    let mut all: Vec<Value> = start.into_iter().chain(events.iter().cloned()).chain(moves).collect();
    all.sort_by_key(|event| event["timestamp"].as_u64());
    all
}

fn in_window(events: &mut [Value], window: &str) {
    for event in events {
        event["windowId"] = json!(window);
    }
}
