//! What redaction leaves of small recordings.

use serde_json::{Value, json};

use super::*;
use crate::package;
use crate::recording::EventKind;
use crate::source::SourceBytes;

mod elements;
mod payloads;
mod texts;
mod typing;

/// A rule of a built-in, masked.
fn pattern(pattern: Pattern, action: Action) -> Rule {
    rule("pattern", What::Text(pattern), action)
}

fn rule(name: &str, what: What, action: Action) -> Rule {
    let everywhere = matches!(what, What::Text(_) | What::Named(_));
    Rule { name: name.to_owned(), what, action, places: Places::ALL, within: None, everywhere }
}

fn elements(selector: &str, action: Action) -> Rule {
    rule("elements", What::Elements(Selector::parse(selector).unwrap()), action)
}

fn rules(rules: Vec<Rule>) -> Rules {
    Rules { sets: vec![RuleSet { rules, ..RuleSet::default() }], key: None }
}

fn emails() -> Rules {
    rules(vec![pattern(Pattern::Email, Action::Mask)])
}

fn open(events: &[Value]) -> Opened {
    let bytes = serde_json::to_vec(events).unwrap().into();
    let part = SourceBytes { name: "a.json".to_owned(), bytes };
    package::open(vec![part], &package::Limits::default()).unwrap()
}

/// The events of the first window as they are after redaction.
fn redacted(events: &[Value], rules: &Rules) -> Vec<Value> {
    let mut opened = open(events);
    redact(&mut opened, rules);
    let events = opened.recording.windows[0].events.iter();
    events.map(|event| serde_json::from_slice(&event.json).unwrap()).collect()
}

fn meta() -> Value {
    json!({"type": 4, "timestamp": 1_700_000_000_000_i64, "data": {"href": "https://shop.example/", "width": 800, "height": 600}})
}

/// A full snapshot with these nodes in its body, whose id is 3.
fn page(body: &Value) -> Value {
    json!({"type": 2, "timestamp": 1_700_000_000_001_i64, "data": {"initialOffset": {"left": 0, "top": 0}, "node":
        {"type": 0, "id": 1, "childNodes": [{"type": 2, "id": 2, "tagName": "html", "attributes": {}, "childNodes":
            [{"type": 2, "id": 3, "tagName": "body", "attributes": {}, "childNodes": body}]}]}}})
}

fn element(id: i64, tag: &str, attributes: &Value, children: &Value) -> Value {
    json!({"type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": children})
}

fn text(id: i64, text: &str) -> Value {
    json!({"type": 3, "id": id, "textContent": text})
}

/// An incremental event, `after` ms after the page.
fn change(after: i64, data: &Value) -> Value {
    json!({"type": 3, "timestamp": 1_700_000_000_001_i64 + after, "data": data})
}

fn mutation(after: i64, changes: &Value) -> Value {
    let mut data = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
    for (name, value) in changes.as_object().unwrap() {
        data[name] = value.clone();
    }
    change(after, &data)
}

fn typed(after: i64, id: i64, text: &str) -> Value {
    change(after, &json!({"source": 5, "id": id, "text": text, "isChecked": false}))
}

/// All strings of the value of `name` in the events, in order.
fn strings(events: &[Value], name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Value> = events.iter().rev().collect();
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(object) => {
                found.extend(object.get(name).and_then(Value::as_str).map(str::to_owned));
                waiting.extend(object.values().rev());
            }
            Value::Array(list) => waiting.extend(list.iter().rev()),
            _ => {}
        }
    }
    found
}
