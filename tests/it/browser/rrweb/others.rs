//! Events that show nothing, those of other ages, and what recorders know of clocks.

use serde_json::json;

use super::board::{Board, GREEN, RED, id_of, show};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, attributes, event, meta, snapshot, turning};

#[test]
fn events_that_show_nothing_leave_the_page_and_the_film_as_they_are() {
    let mut board = Board::new();
    let good = board.fill(json!({}));
    let id = id_of(&good);
    board.turning("the change after them", vec![good]);

    // A custom element becomes known: until then, it is not `:defined`.
    let mut element = board.nodes.leaf("my-box", json!({"class": "fill box"}));
    element["isCustom"] = true.into();
    board.style(".box { background: red; display: block } .box:defined { background: green }");
    board.standing("a custom element known before", vec![element]);
    let element = board.nodes.leaf("my-late-box", json!({"class": "fill box"}));
    board.turning("a custom element that becomes known", vec![element]);
    board.change(1000, json!({"source": 16, "define": {"name": "my-late-box"}}));
    board.change(1001, json!({"source": 16, "define": {"name": "my-late-box"}}));
    board.change(1002, json!({"source": 16, "define": {"name": "<no name>"}}));

    for (at, kind, data) in [
        (600, 0, json!({})),
        (601, 1, json!({})),
        (602, 5, json!({"tag": "$pageview", "payload": {"href": "https://shop.example/"}})),
        (
            603,
            6,
            json!({"plugin": "rrweb/console@1", "payload": {"level": "log", "payload": ["\"hello\""], "trace": []}}),
        ),
        (604, 6, json!({"plugin": "rrweb/network@1", "payload": {"requests": []}})),
        (605, 6, json!({"plugin": "rrweb/sequential-id@1", "payload": {"id": 1}})),
        (606, 6, json!({"plugin": "rrweb/canvas-webrtc@1", "payload": {"msg": {}}})),
        (607, 7, json!({"url": "https://cdn.example/a.png", "payload": {"rr_type": "Blob"}})),
        (608, 8, json!({"tag": "annotation", "payload": {}})),
        (609, 42, json!({"of": "the future"})),
    ] {
        board.changes.push(event(kind, at, data));
    }
    for (at, data) in [
        (700, json!({"source": 11, "level": "error", "payload": ["\"x\""], "trace": []})),
        (701, json!({"source": 7, "type": 0, "id": id, "currentTime": 3})),
        (702, json!({"source": 99, "what": "of the future"})),
        (703, json!({"source": 5, "id": 999_999, "text": "nobody", "isChecked": false})),
        (704, json!({"source": 9, "id": id, "type": 0, "property": "fillRect", "args": [0, 0, 9, 9]})),
        (705, json!({"source": 8, "id": id, "adds": [{"rule": "* { background: red }"}]})),
        (706, json!({"source": 14, "ranges": []})),
        (707, json!({"source": 2, "type": 4, "id": 999_999, "x": 3, "y": 3})),
        (708, json!({"source": 0})),
        (709, json!({"source": 15, "id": id, "styleIds": [77]})),
    ] {
        board.change(at, data);
    }
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"class": "fill good"}}]}));
    board.judge();
}

#[test]
fn a_recording_of_two_clocks_lasts_as_long_as_what_was_done() {
    // The page's clock, and from then on one that stands half a year later.
    let mut events = turning(1000, "rgb(0, 128, 0)");
    let body = events.last().unwrap()["data"]["attributes"][0]["id"].as_i64().unwrap();
    let later = 17_100_602_000;
    events.push(attributes(later, body, json!({"style": "background: rgb(0, 0, 255)"})));
    events.push(attributes(1500, body, json!({"class": "x"})));
    let (report, pictures) = show(&events, &["500ms", "1200ms", "end"], "");
    assert!(report.recorded_ms < 10_000.0, "{} ms", report.recorded_ms);
    assert!(report.warnings.iter().any(|warning| warning.code == "repaired"));
    let found: Vec<_> = pictures.iter().map(|picture| picture.get_pixel(160, 100).0).collect();
    assert_eq!(found, [RED.0, GREEN.0, [0, 0, 255]]);
}

#[test]
fn pages_of_2018_tell_their_size_in_the_load_event() {
    let mut nodes = Nodes::default();
    let page = nodes.document(vec![], json!({"style": "background: green"}), vec![]);
    let events = [
        event(0, 0, json!({"href": "https://old.example/"})),
        event(1, 1, json!({"width": WIDTH, "height": HEIGHT})),
        event(2, 2, json!({"node": page, "initialOffset": {"left": 0, "top": 0}})),
        event(3, 1000, json!({"source": 4, "width": WIDTH, "height": HEIGHT})),
    ];
    let (_, pictures) = show(&events, &["500ms"], "--size 320x200");
    assert_eq!(*pictures[0].get_pixel(160, 100), GREEN);
}

#[test]
fn fingers_and_dragging_leave_their_mark_where_they_were() {
    let mut nodes = Nodes::default();
    let page = nodes.document(vec![], json!({"style": "margin: 0; background: rgb(0, 128, 0)"}), vec![]);
    let body = id_of(&page["childNodes"][1]["childNodes"][1]);
    let pointer = |source: u32, at: i64, x: u32, offset: i64| {
        let position = json!({"x": x, "y": 100, "id": body, "timeOffset": offset});
        event(3, at, json!({"source": source, "positions": [position]}))
    };
    let touch = |kind: u32, at: i64, x: u32| {
        event(3, at, json!({"source": 2, "type": kind, "id": body, "x": x, "y": 100, "pointerType": 2}))
    };
    let events = [
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &page),
        pointer(1, 500, 60, -100),
        pointer(12, 1500, 160, 0),
        touch(7, 3000, 240),
        pointer(6, 3100, 260, 0),
        touch(9, 5000, 260),
        event(3, 9000, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0})),
    ];
    let workshop = crate::kit::Workshop::new();
    let recording = workshop.path("pointers.json");
    std::fs::write(&recording, crate::program::recording::json_of(&events)).unwrap();
    workshop.render(&recording, "--still 1s=mouse.png --still 2s=drag.png --still 3.5s=finger.png");
    let marked = |name: &str, x: u32| {
        let picture = crate::kit::open(&workshop.path(name));
        (x - 4..x + 12).any(|x| (96..112).any(|y| *picture.get_pixel(x, y) != GREEN))
    };
    let found = ["mouse.png", "drag.png", "finger.png"].map(|name| [60, 160, 260].map(|x| marked(name, x)));
    assert_eq!(found, [[true, false, false], [false, true, false], [false, false, true]]);
}
