//! Whatever shape a recording comes in, the same is taken out of it.

use serde_json::{Value, json};

use super::{Outputs, all_rules, planted};
use crate::inputs::shapes::shapes;
use crate::program::Room;
use replayreel::package::{Limits, Opened, open};
use replayreel::source::SourceBytes;

fn open_file(path: &str) -> Opened {
    let bytes = std::fs::read(path).unwrap().into();
    open(vec![SourceBytes { name: "input".to_owned(), bytes }], &Limits::default()).unwrap()
}

/// Time and data of each event.
pub(super) fn events(path: &str) -> Vec<(i64, Value)> {
    let opened = open_file(path);
    let events = opened.recording.windows.iter().flat_map(|window| &window.events);
    events
        .map(|event| {
            let data = serde_json::from_slice::<Value>(&event.json).unwrap()["data"].take();
            (event.at.micros(), data)
        })
        .collect()
}

/// Events of the first window, of which none is twice and none of a kind that only some shapes can hold.
fn of_one_window() -> Vec<Value> {
    let without_window = |event: &Value| {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove("windowId");
        event
    };
    let session = planted::session();
    session.events.iter().filter(|event| event["windowId"] == "w-1").map(without_window).collect()
}

#[test]
fn every_shape_gives_the_same_redacted_events() {
    let room = Room::new();
    let mut first: Option<Vec<(i64, Value)>> = None;
    for (name, _, bytes) in shapes(&of_one_window()) {
        let input = room.file("input", bytes);
        let output = room.out("redacted.replay.zip");
        let rules = all_rules(&room);
        let mut line = vec!["redact", &input, "-o", &output];
        line.extend(rules.iter().map(String::as_str));
        let ended = room.run(&line);
        assert_eq!(ended.code, Some(0), "{name}: {ended:#?}");
        let events = events(&output);
        std::fs::remove_file(&output).unwrap();
        match &first {
            None => first = Some(events),
            Some(first) => {
                assert_eq!(events.len(), first.len(), "{name}");
                for (event, expected) in events.iter().zip(first) {
                    assert_eq!(event, expected, "{name}");
                }
            }
        }
    }
    let text = json!(first.unwrap().into_iter().map(|(_, data)| data).collect::<Vec<_>>()).to_string();
    Outputs::of_text(&planted::session().planted, "events", text).assert_clean();
}
