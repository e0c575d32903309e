//! Events one after another.

use super::*;

/// The mutation that the event at this place became.
fn mutation(recording: &Recording, place: usize) -> Value {
    assert_eq!(recording.windows[0].events[place].kind, EventKind::Incremental(Incremental::Mutation));
    converted(recording)[place]["data"].clone()
}

fn repairs(recording: &Recording) -> Vec<(RepairKind, u64)> {
    recording.repairs.iter().map(|repair| (repair.kind.clone(), repair.count)).collect()
}

#[test]
fn a_screenshot_replaced_by_another_is_one_changed_attribute() {
    let events = |second: Value| [meta(0), full(0, json!([shot(7, PNG)])), second];
    for second in [
        change(900, json!([]), json!([{"parentId": 5, "wireframe": shot(7, JPEG)}]), json!([])),
        // A new number for the same screen, as some recorders give.
        change(900, json!([]), json!([{"parentId": 5, "wireframe": shot(8, JPEG)}]), json!([])),
        change(
            900,
            json!([{"parentId": null, "wireframe": shot(8, JPEG)}]),
            Value::Null,
            json!([{"parentId": 0, "id": 7}]),
        ),
        // A full snapshot that says no more.
        full(900, json!([shot(9, JPEG)])),
    ] {
        let recording = recording(&events(second.clone()));
        let data = mutation(&recording, 2);
        assert_eq!(data["adds"], json!([]), "{second}");
        assert_eq!(data["removes"], json!([]), "{second}");
        let changed = data["attributes"].as_array().unwrap();
        assert_eq!(changed.len(), 1, "{second}");
        let attributes = changed[0]["attributes"].as_object().unwrap();
        assert_eq!(attributes.len(), 1);
        assert!(attributes["src"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"), "{second}");
    }
}

#[test]
fn full_snapshots_are_kept_where_more_than_the_picture_changes_and_every_ten_seconds() {
    let recording = recording(&[
        meta(0),
        full(0, json!([shot(7, PNG)])),
        full(5_000, json!([shot(7, JPEG)])),
        full(9_999, json!([shot(7, PNG), text(1, "a")])),
        full(11_000, json!([shot(7, PNG)])),
        full(12_000, json!([shot(7, JPEG)])),
        full(21_000, json!([shot(7, PNG)])),
    ]);
    let full: Vec<f64> = recording.windows[0]
        .events
        .iter()
        .filter(|event| event.kind == EventKind::FullSnapshot)
        .map(|event| event.at.millis())
        .collect();
    assert_eq!(full, [0.0, 9_999.0, 11_000.0, 21_000.0]);
}

#[test]
fn a_recording_that_begins_with_a_changed_screenshot_is_shown_from_there() {
    let recording = recording(&[
        change(0, json!([]), json!([{"parentId": 5, "wireframe": shot(7, PNG)}]), json!([])),
        event(5, 10, json!({"tag": "x", "payload": {}})),
    ]);
    let kinds: Vec<&EventKind> = recording.windows[0].events.iter().map(|event| &event.kind).collect();
    assert!(
        matches!(kinds[..], [EventKind::Meta { .. }, EventKind::FullSnapshot, EventKind::Custom { .. }]),
        "{kinds:?}"
    );
    assert_eq!(recording.largest_viewport().width, 400);
    let window = "main".to_owned();
    assert!(repairs(&recording).contains(&(RepairKind::SnapshotSynthesised { window }, 1)));
}

#[test]
fn the_screen_follows_a_screenshot_of_another_shape_and_not_one_in_finer_pixels() {
    let turned = json!({"id": 7, "type": "screenshot", "x": 0, "y": 0, "width": 800, "height": 400, "base64": PNG});
    let finer = json!({"id": 7, "type": "screenshot", "x": 0, "y": 0, "width": 1200, "height": 2400, "base64": PNG});
    let with = |second: Value| {
        recording(&[
            meta(0),
            full(0, json!([shot(7, PNG)])),
            change(9, json!([]), json!([{"wireframe": second}]), json!([])),
        ])
    };
    let kinds: Vec<EventKind> = with(turned).windows[0].events.iter().map(|event| event.kind.clone()).collect();
    let EventKind::Incremental(Incremental::ViewportResize(viewport)) = kinds[2] else { panic!("{kinds:?}") };
    assert_eq!((viewport.width, viewport.height), (800, 400));
    let finer = with(finer);
    assert_eq!(finer.windows[0].events.len(), 3);
    assert!(mutation(&finer, 2).to_string().contains("width:100vw;height:100vh;"));
}

#[test]
fn a_phone_without_a_url_has_an_empty_one_and_its_size_is_kept() {
    let recording = recording(&[meta(0), full(0, json!([text(1, "a")]))]);
    assert_eq!(converted(&recording)[0]["data"], json!({"href": "", "width": 400, "height": 800}));
    assert_eq!(recording.repairs, []);
}

#[test]
fn a_missing_size_is_that_of_the_largest_thing() {
    let recording = recording(&[full(0, json!([shot(7, PNG)]))]);
    assert!(matches!(repairs(&recording)[..], [(RepairKind::MetaSynthesised { width: 400, height: 800, .. }, 1)]));
}

#[test]
fn fingers_touch_the_nodes_of_their_wireframes_or_the_body() {
    let touch = |id: Value| event(3, 5, json!({"source": 2, "type": 7, "id": id, "x": 3, "y": 4, "pointerType": 2}));
    let moved = event(
        3,
        6,
        json!({"source": 6, "positions": [{"x": 1, "y": 2, "id": 0, "timeOffset": 0}, {"x": 1, "y": 2, "id": 33, "timeOffset": 0}]}),
    );
    let recording = recording(&[
        meta(0),
        full(0, json!([text(33, "a")])),
        touch(json!(0)),
        touch(json!(33)),
        touch(json!(987_654)),
        touch(Value::Null),
        moved,
    ]);
    let events = converted(&recording);
    let node =
        events[1]["data"]["node"]["childNodes"][1]["childNodes"][1]["childNodes"][0]["childNodes"][0]["id"].clone();
    let ids: Vec<&Value> = events[2..6].iter().map(|event| &event["data"]["id"]).collect();
    assert_eq!(ids, [&json!(5), &node, &json!(5), &json!(5)]);
    assert_eq!(
        (&events[6]["data"]["positions"][0]["id"], &events[6]["data"]["positions"][1]["id"]),
        (&json!(5), &node)
    );
    // What the planner reads is what the player gets.
    let EventKind::Incremental(Incremental::MouseInteraction { node: planned, .. }) =
        recording.windows[0].events[3].kind
    else {
        panic!()
    };
    assert_eq!(json!(planned), node);
}

#[test]
fn the_keyboard_opens_at_the_bottom_or_where_it_is_told_and_closes() {
    let keyboard = |at: i64, payload: Value| event(5, at, json!({"tag": "keyboard", "payload": payload}));
    let mut events = vec![meta(0), full(0, json!([text(1, "a")])), keyboard(5, json!({"open": true, "height": 220}))];
    let bottom = page(&events).outline();
    assert!(bottom.contains("left:0;bottom:0;width:100vw;height:220px;"), "{bottom}");
    events.push(keyboard(
        6,
        json!({"open": true, "x": 7, "y": 300, "width": 200, "height": 100, "styles": {"backgroundColor": "#111"}}),
    ));
    let placed = page(&events).outline();
    assert!(
        placed.contains("keyboard dark") && placed.contains("left:7px;top:300px;width:200px;height:100px;"),
        "{placed}"
    );
    events.push(keyboard(7, json!({"open": false})));
    assert!(!page(&events).outline().contains("keyboard"));
    // Closed twice, or of another meaning: an event like any other.
    events.push(keyboard(8, json!({"open": false})));
    events.push(keyboard(9, json!("?")));
    let recording = recording(&events);
    let kinds: Vec<bool> =
        recording.windows[0].events[5..].iter().map(|event| matches!(event.kind, EventKind::Custom { .. })).collect();
    assert_eq!(kinds, [true, true]);
}

#[test]
fn bars_are_lifted_above_the_app_and_go_with_what_they_stood_in() {
    let bars = json!([
        {"id": 2, "type": "status_bar", "x": 0, "y": 0, "width": 400, "height": 24},
        {"id": 3, "type": "navigation_bar", "x": 0, "y": 752, "width": 400, "height": 48},
        text(4, "app"),
    ]);
    let mut events = vec![meta(0), full(0, json!([group(1, bars)]))];
    // A bar that changed by itself still belongs to what it stood in.
    let bar = json!({"id": 2, "type": "status_bar", "x": 0, "y": 0, "width": 400, "height": 25});
    events.push(change(4, json!([]), json!([{"parentId": 1, "wireframe": bar}]), json!([])));
    let outline = page(&events).outline();
    let at = |part: &str| outline.find(part).unwrap_or_else(|| panic!("{part}: {outline}"));
    assert!(at(">app<") < at("navigation") && at("navigation") < at("clock"));
    events.push(change(5, json!([]), json!([]), json!([{"parentId": 0, "id": 1}])));
    assert_eq!(page(&events).outline(), "<div></><div></><div></><div></>");
}

#[test]
fn what_is_unknown_does_no_harm() {
    let events = [
        meta(0),
        full(0, json!([group(1, json!([text(2, "two")]))])),
        // Twice in one event, and once more as part of its parent.
        change(
            1,
            json!([{"parentId": 1, "wireframe": group(3, json!([text(4, "four")]))}, {"parentId": 3, "wireframe": text(4, "four")}]),
            json!([]),
            json!([]),
        ),
        // An update of what is not there, under what is not there; removals of what is not there.
        change(
            2,
            json!([]),
            json!([{"parentId": 99, "wireframe": text(5, "five")}]),
            json!([{"parentId": 1, "id": 77}, {"parentId": 1, "id": 77}]),
        ),
        // A parent and its child, in either order.
        change(3, json!([]), json!([]), json!([{"parentId": 3, "id": 4}, {"parentId": 1, "id": 3}])),
        // Something that stands in itself.
        change(
            4,
            json!([]),
            json!([{"parentId": 2, "wireframe": group(1, json!([group(1, json!([text(2, "within")]))]))}]),
            json!([]),
        ),
    ];
    let recording = recording(&events);
    let outline = page(&events).outline();
    assert!(outline.contains("five") && outline.contains("within") && !outline.contains("four"), "{outline}");
    assert_eq!(repairs(&recording), [(RepairKind::WireframeParentUnknown, 1)]);
}

#[test]
fn wireframes_deeper_than_the_limit_are_left_out_and_reported() {
    let mut text = r#"{"id":7,"childWireframes":["#.repeat(5000) + &"]}".repeat(5000);
    text = format!(r#"[{},{{"type":2,"data":{{"wireframes":[{text}]}},"timestamp":{T0}}}]"#, meta(0));
    let recording = open(text, &Limits { wireframe_depth: 30, ..Limits::default() }).unwrap();
    assert_eq!(repairs(&recording), [(RepairKind::WireframesTooDeep { limit: 30 }, 1)]);
    assert!(recording.repairs[0].to_string().contains("wireframe_depth"));
}

#[test]
fn pictures_that_cannot_be_read_are_placeholders_and_reported() {
    let recording = recording(&[
        meta(0),
        full(0, json!([shot(7, "data:image/png;base64,AAAA"), {"type": "image", "base64": "!"}])),
    ]);
    assert_eq!(repairs(&recording), [(RepairKind::PictureUnreadable, 2)]);
}

#[test]
fn a_web_recording_is_left_as_it_is() {
    let node = json!({"type": 0, "childNodes": [], "id": 1});
    let page = event(2, 0, json!({"node": node, "initialOffset": {"top": 0, "left": 0}}));
    let said = event(
        3,
        1,
        json!({"source": 0, "texts": [{"id": 4, "value": "\"wireframe\""}], "attributes": [], "removes": [], "adds": []}),
    );
    let events = [meta(0), page, said, event(3, 2, json!({"source": 2, "type": 7, "id": 0, "x": 1, "y": 1}))];
    assert_eq!(converted(&recording(&events)), events);
}

#[test]
fn no_event_of_a_phone_keeps_the_source_in_memory() {
    let recording =
        recording(&[meta(0), full(0, json!([shot(7, PNG)])), event(5, 5, json!({"tag": "x", "payload": {}}))]);
    for event in &recording.windows[0].events {
        assert!(event.json.is_unique(), "{:?}", event.kind);
    }
}
