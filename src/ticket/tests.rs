//! A made session with known answers, and what strangers could write into it.

use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};

mod documents;
mod hostile;

const AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

fn event(kind: u64, at: u64, data: &Value) -> Value {
    json!({"type": kind, "timestamp": 1_700_000_000_000_u64 + at, "data": data})
}

fn element(id: u64, tag: &str, attributes: &Value, children: &[Value]) -> Value {
    json!({"type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "id": id})
}

fn text(id: u64, text: &str) -> Value {
    json!({"type": 3, "textContent": text, "id": id})
}

fn act(at: u64, kind: u64, node: u64) -> Value {
    event(3, at, &json!({"source": 2, "type": kind, "id": node, "x": 50, "y": 50}))
}

fn input(at: u64, node: u64, text: &str) -> Value {
    event(3, at, &json!({"source": 5, "id": node, "text": text, "isChecked": false}))
}

fn console(at: u64, level: &str, message: &str) -> Value {
    let line = json!({"level": level, "payload": [json!(message).to_string()], "trace": []});
    event(6, at, &json!({"plugin": "rrweb/console@1", "payload": line}))
}

fn request(at: u64, method: &str, url: &str, status: u64) -> Value {
    let entry = json!({"name": url, "method": method, "status": status, "duration": 120, "initiatorType": "fetch",
        "timestamp": 1_700_000_000_000_u64 + at - 120, "entryType": "resource"});
    event(6, at, &json!({"plugin": "rrweb/network@1", "payload": {"requests": [entry]}}))
}

fn mutation(at: u64) -> Value {
    let texts = json!([{"id": 9999, "value": "new"}]);
    event(3, at, &json!({"source": 0, "texts": texts, "attributes": [], "removes": [], "adds": []}))
}

/// What strangers write in each place.
struct Said<'s> {
    name: &'s str,
    url: &'s str,
    message: &'s str,
    person: &'s str,
    window: &'s str,
}

const PLAIN: Said<'_> =
    Said { name: "Pay now", url: "https://shop.example/basket", message: "Boom", person: "u-7", window: "w1" };

/// A person types their name, clicks a button, and it all goes wrong; an export as PostHog makes it.
fn session(said: &Said<'_>) -> Recording {
    let head = element(3, "head", &json!({}), &[element(4, "title", &json!({}), &[text(5, said.name)])]);
    let body = [
        element(20, "input", &json!({"aria-label": said.name}), &[]),
        element(21, "button", &json!({"type": "button"}), &[text(22, said.name)]),
        element(23, "input", &json!({"type": "password", "aria-label": "Secret word"}), &[]),
    ];
    let html = element(2, "html", &json!({}), &[head, element(6, "body", &json!({}), &body)]);
    let node = json!({"type": 0, "childNodes": [html], "id": 1});
    let mut events = vec![
        event(4, 0, &json!({"href": said.url, "width": 1024, "height": 640})),
        event(2, 10, &json!({"node": node, "initialOffset": {"left": 0, "top": 0}})),
        input(1000, 20, "Ida"),
        input(1500, 23, "hunter2"),
        act(3000, 2, 21),
        mutation(3100),
        console(3900, "warn", said.message),
        console(4000, "error", said.message),
        console(4100, "error", said.message),
        request(5000, "POST", said.url, 500),
        event(5, 6000, &json!({"tag": "chapter", "payload": said.message})),
        act(8000, 2, 21),
        mutation(12_000),
    ];
    let other = |mut event: Value| {
        event["data"]["node"] = json!({"type": 0, "childNodes": [], "id": 1});
        event
    };
    let second = [
        event(4, 100, &json!({"href": said.url, "width": 500, "height": 400})),
        other(event(2, 110, &json!({"initialOffset": {"left": 0, "top": 0}}))),
        console(11_000, "error", &format!("Other {}", said.message)),
    ];
    events.sort_by_key(|event| event["timestamp"].as_u64());
    let person = json!({"distinct_ids": [said.person], "properties": {"$raw_user_agent": AGENT, "$browser_language": said.name}});
    let export = json!({"version": "2022-12-02", "data": {
        "id": said.name, "person": person, "snapshotsByWindowId": {said.window: events, "w2": second},
    }});
    open(serde_json::to_vec(&export).unwrap(), &Limits::default()).unwrap()
}

fn choice() -> Choice {
    Choice {
        values: false,
        steps: 25,
        kinds: vec![MomentKind::Error, MomentKind::Failed, MomentKind::Rage, MomentKind::Dead],
        at: Vec::new(),
        most: 5,
        window: None,
        end: SessionTime::from_millis(12_000),
        clip: Some("gif"),
    }
}

fn lines(steps: &[ToldStep]) -> Vec<String> {
    steps.iter().map(|step| step.words.to_string()).collect()
}

fn ticket_of(recording: &crate::recording::Recording, choice: &Choice) -> Ticket {
    let moments = crate::timeline::moments(recording, &crate::timeline::Thresholds::default());
    Ticket::of(recording, &moments, choice)
}
