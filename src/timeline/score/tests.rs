use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};

fn score(events: &[Value]) -> Score {
    let recording = open(serde_json::to_vec(events).unwrap(), &Limits::default()).unwrap();
    Score::of(&recording.windows[0])
}

fn meta(at: u64, width: u32) -> Value {
    json!({"type": 4, "timestamp": at, "data": {"href": "https://shop.example/", "width": width, "height": 600}})
}

/// A document of nodes 1 to 3, the last of which is numbered `last`.
fn snapshot(at: u64, last: u64) -> Value {
    let text = json!({"type": 3, "textContent": "a", "id": last});
    let html = json!({"type": 2, "tagName": "html", "attributes": {}, "childNodes": [text], "id": 2});
    json!({"type": 2, "timestamp": at, "data": {"node": {"type": 0, "childNodes": [html], "id": 1}, "initialOffset": {"left": 0, "top": 0}}})
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called with json!")]
fn change(at: u64, data: Value) -> Value {
    json!({"type": 3, "timestamp": at, "data": data})
}

fn press(at: u64, kind: u64, x: f64) -> Value {
    change(at, json!({"source": 2, "type": kind, "id": 2, "x": x, "y": x}))
}

fn add_node(at: u64, id: u64) -> Value {
    let node = json!({"type": 3, "textContent": "b", "id": id});
    let adds = json!([{"parentId": 2, "nextId": null, "node": node}]);
    change(at, json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": adds}))
}

fn snapshots(score: &Score) -> Vec<(i64, i64)> {
    let facts = score.actions.iter().filter_map(|action| match action.deed {
        Deed::Snapshot { page_since, .. } => Some((action.at.micros() / 1000, page_since.micros() / 1000)),
        _ => None,
    });
    facts.collect()
}

#[test]
fn pointer_samples_stand_at_their_own_moments_but_never_before_their_document() {
    let moves = json!({"source": 1, "positions": [
        {"x": 1, "y": 1, "id": 2, "timeOffset": -400}, {"x": 2, "y": 2, "id": 2, "timeOffset": -50}]});
    let score = score(&[meta(1000, 800), snapshot(1100, 3), change(1200, moves)]);
    let times: Vec<i64> =
        score.actions.iter().filter(|action| action.deed.is_pointer()).map(|action| action.at.micros()).collect();
    assert_eq!(times, [100_000, 150_000]);
}

#[test]
fn a_snapshot_that_says_again_what_stands_is_left_out() {
    let score =
        score(&[meta(0, 800), snapshot(10, 3), meta(20, 800), snapshot(30, 3), add_node(40, 4), snapshot(50, 3)]);
    assert_eq!(snapshots(&score).len(), 2);
    let viewports = score.actions.iter().filter(|action| matches!(action.deed, Deed::Viewport(_)));
    assert_eq!(viewports.count(), 1, "a viewport of the same size changes nothing");
}

#[test]
fn a_checkout_counts_from_when_its_page_was_first_seen_and_a_new_page_from_itself() {
    let same_page = score(&[meta(0, 800), snapshot(10, 3), add_node(500, 4), snapshot(1000, 4)]);
    assert_eq!(snapshots(&same_page), [(10, 10), (1000, 10)]);
    let new_page = score(&[meta(0, 800), snapshot(10, 3), add_node(500, 4), snapshot(1000, 3)]);
    assert_eq!(snapshots(&new_page), [(10, 10), (1000, 1000)]);
}

#[test]
fn a_lead_in_brings_what_still_holds_from_before_its_snapshot() {
    let font = json!({"source": 10, "family": "F", "fontSource": "url()", "buffer": false});
    let score = score(&[
        meta(0, 800),
        snapshot(10, 3),
        change(20, font),
        press(30, 1, 5.0),
        add_node(40, 4),
        meta(900, 640),
        snapshot(1000, 4),
        add_node(1100, 5),
        add_node(1200, 6),
    ]);
    let lead_in = score.lead_in(SessionTime::from_millis(1100)).unwrap();
    assert!(matches!(lead_in.before[0].deed, Deed::Font { .. }));
    assert!(matches!(lead_in.before[1].deed, Deed::Press { .. }));
    assert!(matches!(lead_in.before[2].deed, Deed::Viewport(Viewport { width: 640, .. })));
    let led: Vec<i64> = score.actions[lead_in.range].iter().map(|action| action.at.micros() / 1000).collect();
    assert_eq!(led, [1000, 1100]);
    assert_eq!(score.lead_in(SessionTime::from_millis(5)), None);
}

#[test]
fn a_focus_right_after_a_press_came_from_the_pointer() {
    let focus = |at| change(at, json!({"source": 2, "type": 5, "id": 2}));
    let score = score(&[
        meta(0, 800),
        snapshot(10, 3),
        press(1000, 1, 5.0),
        focus(1005),
        focus(3000),
        press(4000, 1, 5.0),
        press(4090, 0, 5.0),
        focus(4093),
        press(5000, 2, 5.0),
        focus(5003),
    ]);
    let rings: Vec<bool> = score
        .actions
        .iter()
        .filter_map(|action| if let Deed::Focus { visible, .. } = action.deed { Some(visible) } else { None })
        .collect();
    // A button let go opens a dialog; a click without a button is the keyboard's.
    assert_eq!(rings, [false, true, false, true]);
}

#[test]
fn the_mouse_that_browsers_act_out_after_a_tap_is_no_mouse() {
    let events = [
        meta(0, 800),
        snapshot(10, 3),
        press(1000, 7, 5.0),
        press(1050, 9, 5.0),
        press(1060, 1, 5.0),
        press(1070, 2, 5.0),
        press(5000, 1, 9.0),
    ];
    let score = score(&events);
    let kinds: Vec<u64> = score
        .actions
        .iter()
        .filter_map(|action| if let Deed::Press { kind, .. } = action.deed { Some(kind) } else { None })
        .collect();
    assert_eq!(kinds, [7, 9, 1]);
}

#[test]
fn a_snapshot_without_a_document_cannot_be_shown() {
    let stranger = json!({"type": 2, "timestamp": 10, "data": {"scene": [{"id": 1}]}});
    let score = score(&[meta(0, 800), stranger]);
    assert_eq!((score.start(), score.unreadable), (None, 1));
}
