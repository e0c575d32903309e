//! Recordings with known answers.

use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};

mod fields;
mod names;
mod session;

fn recording(events: &[Value]) -> Recording {
    open(serde_json::to_vec(events).unwrap(), &Limits::default()).unwrap()
}

/// The steps in words, checked for what holds of all steps; without the page that every recording begins with.
fn told_with(events: &[Value], options: StepOptions) -> Vec<String> {
    let recording = recording(events);
    let all = steps(&recording, options);
    assert!(all.is_sorted_by_key(|step| step.at), "{all:#?}");
    for step in &all {
        assert!(
            SessionTime::ZERO <= step.at && step.at <= step.until && step.until <= recording.duration(),
            "{step:#?}"
        );
        assert!(recording.window(&step.window).is_some(), "{step:#?}");
        let words = step.to_string();
        assert!(!words.contains('\n') && words.chars().count() < 700, "{words}");
    }
    let later = all.iter().filter(|step| step.at > SessionTime::ZERO);
    later.filter(|step| step.kind != StepKind::Moment(MomentKind::Idle)).map(Step::to_string).collect()
}

fn told(events: &[Value]) -> Vec<String> {
    told_with(events, StepOptions::default())
}

fn with_values(events: &[Value]) -> Vec<String> {
    told_with(events, StepOptions { values: true })
}

fn event(kind: u64, at: u64, data: &Value) -> Value {
    json!({"type": kind, "timestamp": 1_700_000_000_000_u64 + at, "data": data})
}

fn element(id: u64, tag: &str, attributes: &Value, children: &[Value]) -> Value {
    json!({"type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "id": id})
}

fn text(id: u64, text: &str) -> Value {
    json!({"type": 3, "textContent": text, "id": id})
}

fn meta(at: u64, href: &str) -> Value {
    event(4, at, &json!({"href": href, "width": 800, "height": 600}))
}

fn snapshot(at: u64, title: &str, body: &[Value]) -> Value {
    let head = element(3, "head", &json!({}), &[element(4, "title", &json!({}), &[text(5, title)])]);
    let html = element(2, "html", &json!({}), &[head, element(6, "body", &json!({}), body)]);
    let node = json!({"type": 0, "childNodes": [html], "id": 1});
    event(2, at, &json!({"node": node, "initialOffset": {"left": 0, "top": 0}}))
}

/// A page at a time of its own, then these events.
fn on(body: &[Value], events: &[Value]) -> Vec<Value> {
    let mut all = vec![meta(0, "https://a.example/"), snapshot(0, "Shop", body)];
    all.extend(events.iter().cloned());
    all
}

fn change(at: u64, data: &Value) -> Value {
    event(3, at, data)
}

fn press(at: u64, kind: u64, node: u64, place: (f64, f64)) -> Value {
    change(at, &json!({"source": 2, "type": kind, "id": node, "x": place.0, "y": place.1}))
}

fn click(at: u64, node: u64) -> Value {
    press(at, 2, node, (50.0, 50.0))
}

fn input(at: u64, node: u64, text: &str) -> Value {
    change(at, &json!({"source": 5, "id": node, "text": text, "isChecked": false}))
}

fn tick(at: u64, node: u64, is_on: bool) -> Value {
    change(at, &json!({"source": 5, "id": node, "text": "on", "isChecked": is_on}))
}

fn mutation(at: u64, data: &Value) -> Value {
    let mut whole = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
    for (name, value) in data.as_object().unwrap() {
        whole[name] = value.clone();
    }
    change(at, &whole)
}

/// Nothing but that the page answers.
fn answer(at: u64) -> Value {
    mutation(at, &json!({"texts": [{"id": 9999, "value": "new"}]}))
}

fn custom(at: u64, tag: &str, payload: &Value) -> Value {
    event(5, at, &json!({"tag": tag, "payload": payload}))
}
