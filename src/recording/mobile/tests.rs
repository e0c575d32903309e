//! What phones send, and the page that it comes to.
#![allow(clippy::needless_pass_by_value, reason = "values are made where they are handed over")]

mod dom;
mod events;
mod random;

use serde_json::{Value, json};

use super::super::{EventKind, Incremental, Limits, Recording, RepairKind, open};
use dom::Dom;

/// 2 by 3 pixels, and another of the same size.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP8zwACTGCSAQANHQEDgslx/wAAAABJRU5ErkJggg==";
const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL=";

const T0: i64 = 1_700_000_000_000;

fn meta(at: i64) -> Value {
    json!({"type": 4, "data": {"width": 400, "height": 800}, "timestamp": T0 + at})
}

fn full(at: i64, wireframes: Value) -> Value {
    json!({"type": 2, "data": {"initialOffset": {"top": 0, "left": 0}, "wireframes": wireframes}, "timestamp": T0 + at})
}

fn change(at: i64, adds: Value, updates: Value, removes: Value) -> Value {
    json!({"type": 3, "data": {"source": 0, "adds": adds, "updates": updates, "removes": removes}, "timestamp": T0 + at})
}

fn event(kind: u64, at: i64, data: Value) -> Value {
    json!({"type": kind, "data": data, "timestamp": T0 + at})
}

fn shot(id: i64, base64: &str) -> Value {
    json!({"id": id, "type": "screenshot", "x": 0, "y": 0, "width": 400, "height": 800, "base64": base64})
}

fn text(id: i64, text: &str) -> Value {
    json!({"id": id, "type": "text", "x": 10, "y": 20, "width": 100, "height": 20, "text": text})
}

fn group(id: i64, children: Value) -> Value {
    json!({"id": id, "type": "div", "x": 0, "y": 0, "width": 400, "height": 800, "childWireframes": children})
}

/// The recording of these events, which has to open.
fn recording(events: &[Value]) -> Recording {
    open(json!(events).to_string(), &Limits::default()).unwrap()
}

/// The JSON of the events of the first window.
fn converted(recording: &Recording) -> Vec<Value> {
    recording.windows[0].events.iter().map(|event| serde_json::from_slice(&event.json).unwrap()).collect()
}

/// The page after all events.
fn page(events: &[Value]) -> Dom {
    let mut page = Dom::default();
    for event in converted(&recording(events)) {
        page.apply(&event);
    }
    page
}

/// The outline of what the app shows, as one wireframe makes it.
fn drawn(wireframe: Value) -> String {
    page(&[meta(0), full(0, json!([wireframe]))]).outline()
}

#[test]
fn each_type_becomes_a_node_with_its_text_and_place() {
    for (wireframe, parts) in [
        (json!({"type": "text", "text": "Hi <b>"}), vec!["data-type=text", "Hi <b>"]),
        (json!({"type": "image", "base64": PNG}), vec!["<img", "src=data:image/png;base64,"]),
        (json!({"type": "image"}), vec!["hatched", "image"]),
        (json!({"type": "screenshot", "base64": PNG}), vec!["data-posthog-screenshot=true"]),
        (json!({"type": "screenshot"}), vec!["hatched", "screenshot"]),
        (json!({"type": "rectangle", "style": {"backgroundColor": "#abc"}}), vec!["background-color:#abc;"]),
        (json!({}), vec!["data-type=div"]),
        (json!({"type": "hologram"}), vec!["data-type=hologram"]),
        (json!({"type": "placeholder", "label": "MapView"}), vec!["hatched", "MapView"]),
        (json!({"type": "web_view", "url": "https://a.example/"}), vec!["hatched", "https://a.example/"]),
        (json!({"type": "radio_group"}), vec!["data-type=radio_group"]),
        (json!({"type": "input", "inputType": "email", "value": "a@b"}), vec!["data-type=input email", "field", "a@b"]),
        (json!({"type": "input", "inputType": "password", "value": "secret"}), vec!["••••••"]),
        (json!({"type": "input", "inputType": "search"}), vec!["<svg"]),
        (json!({"type": "input", "inputType": "number", "value": 12}), vec!["12"]),
        (json!({"type": "input", "inputType": "text_area", "value": "a\nb"}), vec!["lines", "a\nb"]),
        (
            json!({"type": "input", "inputType": "button", "value": "Go", "disabled": true}),
            vec!["button", "Go", "data-disabled=true"],
        ),
        (json!({"type": "input", "inputType": "select", "options": ["one", "two"]}), vec!["one"]),
        (json!({"type": "input", "inputType": "select", "options": ["one"], "value": "two"}), vec!["two"]),
        (json!({"type": "input", "inputType": "checkbox", "checked": true, "label": "yes"}), vec!["check on", "yes"]),
        (json!({"type": "input", "inputType": "radio", "checked": true}), vec!["dot on", "point"]),
        (json!({"type": "input", "inputType": "toggle", "checked": true, "label": "wifi"}), vec!["track on", "wifi"]),
        (json!({"type": "input", "inputType": "progress", "value": 1, "max": 4}), vec!["width:25%;"]),
        (json!({"type": "input", "inputType": "progress"}), vec!["running"]),
        (json!({"type": "input", "inputType": "progress", "value": 0.5, "style": {"bar": "circular"}}), vec!["50 100"]),
        (json!({"type": "input", "inputType": "progress", "style": {"bar": "circular"}}), vec!["turning"]),
        (
            json!({"type": "input", "inputType": "progress", "value": 2.5, "max": 5, "style": {"bar": "rating"}}),
            vec!["viewBox=0 0 120 24", "width=60"],
        ),
        (
            json!({"type": "status_bar", "style": {"backgroundColor": "#222"}}),
            vec!["22:13", "color:#ffffff;", "top:0;", "width:100vw;"],
        ),
        (json!({"type": "navigation_bar"}), vec!["navigation", "bottom:0;", "color:#1f2328;"]),
    ] {
        let outline = drawn(wireframe.clone());
        for part in parts {
            assert!(outline.contains(part), "{wireframe}: no {part} in {outline}");
        }
    }
}

#[test]
fn widths_can_be_the_screens_and_places_are_the_screens_own() {
    let outline = drawn(json!({"x": 5, "y": 6.5, "width": "100vw", "height": "30px"}));
    assert!(outline.contains("position:fixed;left:5px;top:6.5px;width:100vw;height:30px;"), "{outline}");
    assert!(!drawn(json!({"width": 10, "height": 10})).contains("position"), "without a place it stands in its parent");
}

#[test]
fn absurd_values_cost_nothing() {
    let outline = drawn(
        json!({"type": "input", "inputType": "progress", "value": 1e12, "max": 1e12, "style": {"bar": "rating"}}),
    );
    assert!(outline.contains("viewBox=0 0 2400 24"), "{outline}");
    let outline = drawn(json!({"x": 1e300, "y": -1e300, "width": -5, "height": 1e99, "style": {"fontSize": 1e-99}}));
    assert!(outline.contains("left:100000px;top:-100000px;width:0px;height:100000px;"), "{outline}");
}

#[test]
fn nothing_from_the_recording_gets_out_of_its_attribute() {
    let evil = "\"><script>x</script>;}url(https://evil.example/)";
    let wireframe = json!({"id": evil, "type": evil, "inputType": evil, "x": evil, "width": evil, "height": evil, "base64": evil,
        "style": {"color": evil, "backgroundImage": evil, "fontFamily": evil, "bar": evil, "borderRadius": evil}});
    let mut dom = page(&[meta(0), full(0, json!([wireframe]))]);
    let styles = dom.attributes("style").join(" ");
    assert!(!styles.contains("evil"), "{styles}");
    assert!(dom.attributes("src").is_empty() && !dom.has_tag("script"));
}
