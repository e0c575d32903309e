//! On pages made for it, whose every row is known.

use serde_json::{Value, json};

use crate::program::recording::{HEIGHT, Nodes, START, WIDTH, attributes, event, json_of, meta, plain_page, snapshot};
use crate::program::{Room, fixture, warning, warnings};

const BLUE: [u8; 3] = [0, 0, 255];
const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 128, 0];
const MAGENTA: [u8; 3] = [255, 0, 255];
const YELLOW: [u8; 3] = [255, 255, 0];
const CYAN: [u8; 3] = [0, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];

const STYLE: &str = "
    * { margin: 0; transition: all 1s }
    header, footer { position: fixed; left: 0; right: 0; height: 20px; background: blue }
    header { top: 0 }
    footer { bottom: 0; background: black; height: 10px }
    .hero { height: 100vh; background: red }
    .bar { position: sticky; top: 0; height: 30px; background: magenta }
    .text { height: 300px; background: yellow }
    .last { height: 50vh; background: cyan }
    .deep { width: 10px; height: 10px; background: green }
    @media (min-height: 300px) { .hero { background: white } }
";

/// A hero as high as the viewport, a bar that sticks, a long text, and something fixed at either edge; scrolled down.
fn long_page() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let css = nodes.css(STYLE);
    let style = nodes.element("style", json!({}), vec![css]);
    let mut leaf = |tag: &str, class: &str| nodes.leaf(tag, json!({"class": class}));
    let mut deep = leaf("div", "deep");
    deep["isShadow"] = json!(true);
    let css = nodes.css(".deep { width: 10px; height: 10px; background: green }");
    let mut shadow_style = nodes.element("style", json!({}), vec![css]);
    shadow_style["isShadow"] = json!(true);
    let mut host = nodes.element("div", json!({}), vec![shadow_style, deep]);
    host["isShadowHost"] = json!(true);
    let mut leaf = |tag: &str, class: &str| nodes.leaf(tag, json!({"class": class}));
    let (header, footer) = (leaf("header", ""), leaf("footer", ""));
    let (bar, text, last) = (leaf("div", "bar"), leaf("div", "text"), leaf("div", "last"));
    let hidden = nodes.leaf("p", json!({"class": "last", "style": "display: none"}));
    let hero = nodes.element("div", json!({"class": "hero"}), vec![host]);
    let document = nodes.document(vec![style], json!({}), vec![header, footer, hero, bar, text, hidden, last]);
    let mut snapshot = snapshot(0, &document);
    snapshot["data"]["initialOffset"]["top"] = json!(250);
    json_of(&[meta(0, WIDTH, HEIGHT), snapshot])
}

/// The colours down the middle of a picture, and how many rows each has.
fn rows(room: &Room, name: &str) -> Vec<([u8; 3], usize)> {
    let picture = room.picture(name);
    let column: Vec<[u8; 3]> = (0..picture.height()).map(|y| picture.get_pixel(picture.width() / 2, y).0).collect();
    column.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect()
}

#[test]
fn a_whole_page_is_laid_out_as_in_its_viewport_and_what_is_fixed_or_sticks_shows_once() {
    let room = Room::new();
    let input = room.file("long.json", long_page());
    for scale in [1, 2] {
        let (name, factor) = (format!("{scale}.png"), scale.to_string());
        room.report(&["still", &input, "--at", "0", "--full-page", "--scale", &factor, "-o", &room.out(&name)]);
        let picture = room.picture(&name);
        assert_eq!(picture.dimensions(), (WIDTH * scale, 630 * scale));
        let css = [(BLUE, 20), (RED, 180), (MAGENTA, 30), (YELLOW, 300), (CYAN, 90), (BLACK, 10)];
        assert_eq!(rows(&room, &name), css.map(|(colour, height)| (colour, height * scale as usize)));
    }
    room.assert_tidy();
}

#[test]
fn an_element_is_cut_out_wherever_it_stands() {
    let room = Room::new();
    let input = room.file("long.json", long_page());
    let crop = |selector: &str, more: &[&str]| {
        room.report(&[&["still", &input, "--at", "0", "--crop", selector, "-o", &room.out("crop.png")], more].concat());
        (room.picture("crop.png").dimensions(), rows(&room, "crop.png"))
    };
    // In view: it sticks to the viewport's top.
    assert_eq!(crop(".bar", &["--crop-padding", "5"]), ((320, 35), vec![(MAGENTA, 30), (YELLOW, 5)]));
    // Below the viewport; the first that matches cannot be seen.
    let last = ((640, 200), vec![(CYAN, 180), (BLACK, 20)]);
    assert_eq!(crop(".last", &["--scale", "2"]), last);
    // Above it, in a shadow tree.
    assert_eq!(crop(".deep", &[]), ((10, 10), vec![(BLUE, 10)]));
    assert_eq!(crop(".deep", &["--crop-padding", "25"]), ((35, 35), vec![(BLUE, 20), (RED, 15)]));
}

#[test]
fn a_crop_that_matches_nothing_says_so() {
    let room = Room::new();
    let input = room.file("long.json", long_page());
    let refused = |selector: &str, code: i32, parts: &[&str]| {
        room.run(&["still", &input, "--at", "0.5", "--crop", selector, "-o", &room.out("no.png")])
            .assert_failed(code, parts);
        room.assert_nothing_left();
    };
    refused(".nowhere", 1, &["\".nowhere\"", "no such element", "0.500 s"]);
    refused("p", 1, &["1 such elements, none of them visible"]);
    refused("div[", 2, &["\"div[\"", "not a valid selector"]);
    room.run(&["still", &input, "--at", "0", "--full-page", "--max-pixels", "100000", "-o", &room.out("no.png")])
        .assert_failed(2, &["320x630", "--max-pixels"]);
    room.assert_nothing_left();
}

/// Two windows: the person stays in the red one; in the green one, which loads in the background, an error happens.
fn two_windows() -> Vec<u8> {
    let of_window = |id: &str, mut events: Vec<Value>| {
        events.iter_mut().for_each(|event| event["windowId"] = json!(id));
        events
    };
    let press = |at| event(3, at, json!({"source": 2, "type": 2, "id": 1, "x": 9, "y": 9}));
    let mut front = plain_page(0, "rgb(255, 0, 0)").0;
    front.extend([press(400), press(2000)]);
    let mut back = plain_page(900, "rgb(0, 128, 0)").0;
    let console = json!({"level": "error", "trace": [], "payload": ["\"behind\""]});
    back.push(event(6, 1200, json!({"plugin": "rrweb/console@1", "payload": console})));
    let mut events = [of_window("front", front), of_window("back", back)].concat();
    events.sort_by_key(|event| event["timestamp"].as_i64());
    serde_json::to_vec(&json!({"version": "2023-04-28", "data": {"snapshots": events}})).unwrap()
}

#[test]
fn a_moment_is_shown_in_the_window_in_which_it_happened() {
    let room = Room::new();
    let input = room.file("two.json", two_windows());
    let report =
        room.report(&["render", &input, "--quiet", "--stills", "errors,pages", "--stills-to", "{kind}-{n}.png"]);
    assert_eq!(room.outputs(), ["error-1.png", "page-1.png", "page-2.png"]);
    let colour = |name: &str| room.picture(name).get_pixel(200, 100).0;
    assert_eq!(["error-1.png", "page-1.png", "page-2.png"].map(colour), [GREEN, RED, GREEN]);
    let outputs = report["outputs"].as_array().unwrap();
    let told = outputs.iter().map(|output| {
        let moment = &output["moment"];
        assert_eq!((output["kind"].as_str(), output["sha256"].as_str().map(str::len)), (Some("still"), Some(64)));
        (moment["kind"].as_str().unwrap(), moment["window"].as_str().unwrap(), output["at_ms"].as_f64().unwrap())
    });
    // The first page is taken before the click on it.
    let expected = [("page", "front", 399.0), ("page", "back", 1900.0), ("error", "back", 1200.0)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert_eq!(outputs[2]["moment"]["label"], "behind");
    assert_eq!(report["video_ms"], 0.0);
    room.assert_tidy();

    // Files of each window: what is numbered as in a WHEN stays so.
    let each = ["render", &input, "--window", "each", "--stills", "pages", "--stills-to", "w-{kind}-{n}.png"];
    room.report(&[&each[..], &["--quiet"]].concat());
    let of_each: Vec<String> = room.outputs().into_iter().filter(|name| name.starts_with("w-")).collect();
    assert_eq!(of_each, ["w-page-1-1.png", "w-page-2-2.png"]);
}

#[test]
fn the_stills_of_moments_are_those_of_their_times() {
    let room = Room::new();
    let arguments = ["--stills", "pages,submits", "--still", "submit:1=when.png", "--most-stills", "2", "--quiet"];
    let report = room.report(&[&["render", &fixture("form")], &arguments[..]].concat());
    assert_eq!(room.outputs(), ["form-page-1.png", "form-submit-1.png", "when.png"]);
    assert_eq!(room.picture("when.png"), room.picture("form-submit-1.png"));
    assert!(room.picture("when.png") != room.picture("form-page-1.png"));
    assert!(!warnings(&report).contains(&"moments_beyond_the_most"));
    let fewer = room.report(&["still", &fixture("form"), "--stills", "pages,submits", "--most-stills", "1"]);
    assert_eq!(warning(&fewer, "moments_beyond_the_most")["count"], 1);
    assert_eq!(fewer["outputs"].as_array().unwrap().len(), 1);
}

#[test]
fn moments_of_which_there_are_none_are_no_failure() {
    let room = Room::new();
    let input = room.file("demo.json", long_page());
    for command in ["render", "still"] {
        let report = room.path().join("report.json");
        let ended = room.run(&[command, &input, "--stills", "errors,rage", "--report", report.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        assert!(ended.stderr.contains("no moments of the kinds asked for (error, rage)"), "{ended:#?}");
        let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
        assert_eq!(
            (warning(&report, "no_moments")["count"].as_u64(), report["timings"]["browsers"].as_u64()),
            (Some(1), Some(0))
        );
    }
    room.assert_tidy();
    assert_eq!(room.outputs(), [""; 0]);
}

#[test]
fn a_moment_without_the_element_has_no_still() {
    let (mut events, body) = plain_page(0, "rgb(255, 0, 0)");
    let mark = |at: i64, name: &str| event(5, at, json!({"tag": name, "payload": {}}));
    events.push(mark(300, "before"));
    events.push(attributes(500, body, json!({"class": "late", "style": "height: 50px"})));
    events.push(mark(800, "after"));
    assert!(events.iter().all(|event| event["timestamp"].as_i64().unwrap() >= START));
    let room = Room::new();
    let input = room.file("demo.json", json_of(&events));
    let report = room.report(&["still", &input, "--stills", "markers", "--crop", ".late"]);
    assert_eq!(room.outputs(), ["demo-marker-2.png"]);
    assert_eq!(warning(&report, "crop_not_found")["count"], 1);
    room.run(&["still", &input, "--stills", "markers", "--crop", ".never"])
        .assert_failed(1, &["\".never\"", "at any of the 2 moments"]);
    assert_eq!(room.outputs(), ["demo-marker-2.png"]);
}
