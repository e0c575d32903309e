//! What is written, without a browser.

use serde_json::{Value, json};

use super::{ELEMENT, Index, Player};
use crate::package::{self, Limits};

const START: f64 = 1_700_000_000_000.0;

fn opened(events: &[Value]) -> package::Opened {
    package::open_bytes(json!(events).to_string().as_bytes(), &Limits::default()).unwrap()
}

fn event(kind: u32, at: u32, data: &Value) -> Value {
    json!({"type": kind, "timestamp": START + f64::from(at), "data": data})
}

fn page() -> Vec<Value> {
    let body = json!({"type": 2, "tagName": "body", "attributes": {}, "childNodes": [], "id": 3});
    let html = json!({"type": 2, "tagName": "html", "attributes": {}, "childNodes": [body], "id": 2});
    vec![
        event(4, 0, &json!({"href": "https://a.example/?password=hunter2", "width": 400, "height": 300})),
        event(
            2,
            10,
            &json!({"node": {"type": 0, "childNodes": [html], "id": 1}, "initialOffset": {"top": 0, "left": 0}}),
        ),
    ]
}

fn console(at: u32, level: &str, text: &str) -> Value {
    let line = json!({"level": level, "payload": [format!("\"{text}\"")], "trace": []});
    event(6, at, &json!({"plugin": "rrweb/console@1", "payload": line}))
}

fn index(events: &[Value]) -> Value {
    serde_json::from_slice(&Index::of(&opened(events).recording).to_json()).unwrap()
}

#[test]
fn an_index_tells_turns_idle_time_and_console_in_session_time() {
    let mut events = page();
    events.extend([console(100, "log", "a"), console(200, "log", "a"), console(300, "error", "b")]);
    events.push(event(3, 20_000, &json!({"source": 3, "id": 1, "x": 0, "y": 5})));
    let index = index(&events);
    assert_eq!(index["turns"], json!([{"at_ms": 10.0, "window": "main"}]));
    assert_eq!(index["idle"][0]["to_ms"], 19_000.0, "{index:#}");
    assert_eq!(
        index["console"],
        json!([
            {"at_ms": 100.0, "window": "main", "level": "log", "message": "a", "count": 2},
            {"at_ms": 300.0, "window": "main", "level": "error", "message": "b", "count": 1},
        ])
    );
    assert_eq!(index["moments"].as_array().unwrap().iter().filter(|one| one["kind"] == "error").count(), 1);
}

#[test]
fn an_index_tells_no_password_of_an_address() {
    let mut events = page();
    events.push(event(3, 900, &json!({"source": 2, "type": 2, "id": 3, "x": 5, "y": 5})));
    let index = index(&events).to_string();
    assert!(index.contains("a.example") && !index.contains("hunter2"), "{index}");
}

#[test]
fn a_list_that_is_too_long_keeps_the_gravest_and_says_how_many_are_left_out() {
    let mut events = page();
    events.extend((0..20_100).map(|number| console(1000 + number, "log", &number.to_string())));
    events.push(console(30_000, "error", "the last"));
    let index = index(&events);
    let lines = index["console"].as_array().unwrap();
    assert_eq!((lines.len(), &index["left_out"]["console"]), (20_000, &json!(101)));
    assert_eq!(lines.last().unwrap()["message"], "the last");
}

#[test]
fn what_would_end_a_script_is_nowhere_in_the_player() {
    let lower = ELEMENT.to_lowercase();
    assert!(!lower.contains("</script") && !lower.contains("<!--"));
}

#[test]
fn a_player_is_the_same_each_time_and_holds_what_it_was_given_as_text() {
    let mut events = page();
    events.push(console(50, "log", "</script><script>alert(1)</script>\u{2028}"));
    let write = || {
        let mut out = Vec::new();
        Player::of(&opened(&events), "a < b").unwrap().write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let file = write();
    assert_eq!(file, write());
    assert!(file.contains("<title>a &lt; b</title>") && !file.contains("alert(1)"));
}
