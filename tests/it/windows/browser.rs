//! Two tabs whose events are interleaved, as recorders deliver them.

use serde_json::{Value, json};

use crate::program::Room;
use crate::program::recording::{Nodes, attributes, event, json_of, meta, snapshot};

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 128, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WIDTH: u32 = 320;
const HEIGHT: u32 = 200;

/// A page of one colour with the same node ids in every window, as recorders number them.
fn page(at: i64, width: u32, height: u32, colour: &str) -> (Vec<Value>, i64) {
    let mut nodes = Nodes::default();
    let document = nodes.document(vec![], json!({"style": format!("background: {colour}")}), vec![]);
    let body = document["childNodes"][1]["childNodes"][1]["id"].as_i64().unwrap();
    (vec![meta(at, width, height), snapshot(at, &document)], body)
}

fn painted(at: i64, body: i64, colour: &str) -> Value {
    attributes(at, body, json!({"style": format!("background: {colour}")}))
}

fn click(at: i64, body: i64) -> Value {
    event(3, at, json!({"source": 2, "type": 2, "id": body, "x": 5, "y": 5}))
}

fn of_window(id: &str, mut events: Vec<Value>) -> Vec<Value> {
    events.iter_mut().for_each(|event| event["windowId"] = json!(id));
    events
}

/// The person is in the first tab to 2 s, in the second (smaller) to 4 s, then again in the first, which meanwhile has turned green.
fn two_tabs() -> Vec<u8> {
    let (mut first, body) = page(0, WIDTH, HEIGHT, "red");
    first.extend([click(1000, body), painted(3000, body, "green"), click(4000, body)]);
    let (mut second, body) = page(2000, WIDTH / 2, HEIGHT, "blue");
    second.extend([click(2500, body), painted(4500, body, "yellow")]);
    let mut events = [of_window("first", first), of_window("second", second)].concat();
    events.sort_by_key(|event| event["timestamp"].as_i64());
    json_of(&events)
}

fn middle(room: &Room, name: &str) -> [u8; 3] {
    let picture = room.picture(name);
    picture.get_pixel(picture.width() / 2, picture.height() / 2).0
}

#[test]
fn the_view_follows_the_person_and_finds_the_first_tab_in_its_own_state() {
    let room = Room::new();
    let input = room.file("input.json", two_tabs());
    let stills = ["1.5=a.png", "2.2=b.png", "3.5=c.png", "4.2=d.png", "end=e.png"];
    let stills: Vec<String> = stills.iter().map(|still| still.replace('=', &format!("={}/", room.out("")))).collect();
    let mut arguments = vec!["render", &input, "-o"];
    let video = room.out("video.mp4");
    arguments.push(&video);
    for still in &stills {
        arguments.extend(["--still", still]);
    }
    let report = room.report(&arguments);
    let colours: Vec<[u8; 3]> =
        ["a", "b", "c", "d", "e"].iter().map(|name| middle(&room, &format!("{name}.png"))).collect();
    assert_eq!(colours, [RED, BLUE, BLUE, GREEN, GREEN]);
    // The second tab is half as wide: it stands in the middle of the same picture.
    let other = room.picture("c.png");
    assert_eq!((other.width(), other.height()), (WIDTH, HEIGHT));
    assert_ne!(other.get_pixel(10, 100).0, BLUE);
    let turns = json!([
        {"window": "first", "from_ms": 0.0},
        {"window": "second", "from_ms": 2000.0},
        {"window": "first", "from_ms": 4000.0}
    ]);
    assert_eq!(report["windows"], turns);
    // On a page of its own, without the way there, the same pixels.
    let alone = room.out("alone.png");
    room.report(&["still", &input, "--at", "4.2", "-o", &alone]);
    assert_eq!(room.picture("alone.png"), room.picture("d.png"));
}

#[test]
fn a_changing_view_is_the_same_from_one_browser_and_from_several() {
    let room = Room::new();
    let input = room.file("input.json", two_tabs());
    let hash = |browsers: &str| {
        let out = room.out(&format!("{browsers}.mp4"));
        room.report(&["render", &input, "-o", &out, "--browsers", browsers])["frames_sha256"].clone()
    };
    assert_eq!(hash("1"), hash("3"));
}

#[test]
fn each_window_has_files_of_its_own() {
    let room = Room::new();
    let input = room.file("input.json", two_tabs());
    let reports = room.report(&[
        "render",
        &input,
        "--window",
        "each",
        "-o",
        &room.out("tab.mp4"),
        "--still",
        &format!("end={}", room.out("tab.png")),
    ]);
    assert_eq!(room.outputs(), ["tab-1.mp4", "tab-1.png", "tab-2.mp4", "tab-2.png"]);
    assert_eq!((middle(&room, "tab-1.png"), middle(&room, "tab-2.png")), (GREEN, [255, 255, 0]));
    let reports = reports.as_array().unwrap();
    assert_eq!(reports.len(), 2);
    // From a window's own first page to a second after its own last event.
    assert_eq!((&reports[0]["video_ms"], &reports[1]["video_ms"]), (&json!(5000.0), &json!(3500.0)));
    assert_eq!(room.picture("tab-2.png").width(), WIDTH / 2);
}

#[test]
fn a_window_that_fails_takes_the_files_of_the_others_with_it() {
    let room = Room::new();
    let input = room.file("input.json", two_tabs());
    // Video time: the first window's lasts 5 s, the second's 3.5 s.
    let still = format!("v:4={}", room.out("tab.png"));
    let ended = room.run(&["render", &input, "--window", "each", "-o", &room.out("tab.mp4"), "--still", &still]);
    ended.assert_failed(2, &["--still", "v:4", "after it ends"]);
    assert!(room.outputs().is_empty(), "{:?}", room.outputs());
}

#[test]
fn the_page_of_the_window_asked_for_is_written() {
    let room = Room::new();
    let input = room.file("input.json", two_tabs());
    for (window, colour) in [("auto", "green"), ("second", "yellow")] {
        let page = room.run(&["dom", &input, "--at", "end", "--window", window, "-o", "-"]);
        assert!(page.stdout.contains(colour), "{window}: {page:#?}");
    }
    room.run(&["dom", &input, "--at", "end", "--window", "each"]).assert_failed(2, &["name one window"]);
}
