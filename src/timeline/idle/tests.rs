use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};
use crate::timeline::{follow, only};

const THRESHOLD: i64 = 5000;

fn recording(events: &[Value]) -> Recording {
    open(serde_json::to_vec(events).unwrap(), &Limits::default()).unwrap()
}

fn idle_of(recording: &Recording, turns: &[Turn], threshold: i64) -> Vec<(i64, i64)> {
    let threshold = SessionTime::from_millis(threshold);
    let stretches = idle_stretches(recording, turns, recording.duration(), threshold);
    stretches.iter().map(|stretch| (stretch.from.micros() / 1000, stretch.to.micros() / 1000)).collect()
}

/// The stretches as ms, of the windows as the person goes through them.
fn idle(events: &[Value]) -> Vec<(i64, i64)> {
    let recording = recording(events);
    idle_of(&recording, &follow(&recording), THRESHOLD)
}

fn event(window: &str, at: u64, kind: u64, data: &Value) -> Value {
    json!({"type": kind, "timestamp": at, "windowId": window, "data": data})
}

fn page(window: &str, at: u64) -> Value {
    let html = json!({"type": 2, "tagName": "html", "attributes": {}, "childNodes": [], "id": 2});
    let node = json!({"type": 0, "childNodes": [html], "id": 1});
    event(window, at, 2, &json!({"node": node, "initialOffset": {"left": 0, "top": 0}}))
}

fn click(window: &str, at: u64) -> Value {
    event(window, at, 3, &json!({"source": 2, "type": 2, "id": 2, "x": 5, "y": 5}))
}

fn mutation(window: &str, at: u64) -> Value {
    event(window, at, 3, &json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []}))
}

#[test]
fn a_pause_longer_than_the_threshold_is_idle_but_for_what_stays_around_it() {
    assert_eq!(idle(&[page("a", 0), click("a", 1000), click("a", 61_000)]), [(3000, 60_000)]);
}

#[test]
fn a_pause_as_long_as_the_threshold_is_none() {
    assert_eq!(idle(&[page("a", 0), click("a", 5000), click("a", 10_000)]), []);
    assert_eq!(idle(&[page("a", 0), click("a", 5000), click("a", 10_001)]), [(7000, 9001)]);
}

#[test]
fn what_the_page_does_by_itself_is_no_activity() {
    let log = event("a", 20_000, 6, &json!({"plugin": "rrweb/console@1", "payload": {}}));
    let marker = event("a", 30_000, 5, &json!({"tag": "$pageview", "payload": {}}));
    let events = [page("a", 0), click("a", 1000), mutation("a", 10_000), log, marker, click("a", 41_000)];
    assert_eq!(idle(&events), [(3000, 40_000)]);
}

#[test]
fn all_that_a_person_does_is_activity() {
    for source in [
        json!({"source": 3, "id": 2, "x": 0, "y": 9}),
        json!({"source": 4, "width": 9, "height": 9}),
        json!({"source": 5, "id": 2, "text": "a", "isChecked": false}),
        json!({"source": 6, "positions": [{"x": 1, "y": 1, "id": 2, "timeOffset": 0}]}),
        json!({"source": 7, "type": 0, "id": 2}),
        json!({"source": 12, "positions": [{"x": 1, "y": 1, "id": 2, "timeOffset": 0}]}),
    ] {
        let events = [page("a", 0), event("a", 4000, 3, &source), click("a", 8000)];
        assert_eq!(idle(&events), [], "{source}");
    }
}

#[test]
fn a_pointer_was_active_when_its_samples_were_taken_and_not_when_they_were_sent() {
    let positions = json!([{"x": 1, "y": 1, "id": 2, "timeOffset": -8000}]);
    let moved = event("a", 10_000, 3, &json!({"source": 1, "positions": positions}));
    assert_eq!(idle(&[page("a", 0), moved, click("a", 12_000)]), [(4000, 11_000)]);
}

#[test]
fn the_last_state_is_seen_whoever_made_it() {
    assert_eq!(idle(&[page("a", 0), click("a", 1000), mutation("a", 90_000)]), [(3000, 89_000)]);
}

#[test]
fn what_is_done_in_a_window_that_is_not_on_view_does_not_count() {
    let events = [page("a", 0), page("b", 10), click("a", 1000), mutation("a", 40_000), click("b", 20_000)];
    let whole = recording(&events);
    // The person goes over to the other tab at 20 s: seen where both are shown.
    assert_eq!(idle_of(&whole, &follow(&whole), THRESHOLD), [(3000, 19_000), (22_000, 39_000)]);
    assert_eq!(idle_of(&whole, &only(&whole, 0), THRESHOLD), [(3000, 39_000)]);
}

#[test]
fn a_short_threshold_is_shared_by_what_stays_around() {
    let recording = recording(&[page("a", 0), click("a", 900), click("a", 2000), click("a", 2301)]);
    assert_eq!(idle_of(&recording, &follow(&recording), 300), [(200, 800), (1100, 1900), (2200, 2201)]);
}

#[test]
fn a_recording_without_turns_is_never_idle() {
    let recording = recording(&[page("a", 0), click("a", 90_000)]);
    assert_eq!(idle_of(&recording, &[], THRESHOLD), []);
}

#[test]
fn idle_is_written_as_it_is_read_and_anything_else_is_refused_with_what_is_allowed() {
    for text in ["keep", "skip", "cap=2s", "cap=0.5s"] {
        assert_eq!(text.parse::<Idle>().unwrap().to_string(), text);
    }
    assert_eq!("cap=1m20s".parse(), Ok(Idle::Cap(SessionTime::from_millis(80_000))));
    for wrong in ["", "cap", "cap=", "cap=0", "cap=2h", "cap=-1s", "2s", "Skip", "cap=ä"] {
        let error = wrong.parse::<Idle>().unwrap_err().to_string();
        assert!(error.contains("keep, skip, or cap="), "{wrong}: {error}");
    }
}
