//! The player in a real browser: it plays, shows what stills show, and a hostile page does nothing in it.

use serde_json::{Value, json};

use crate::cage::browser::recording;
use crate::cage::canaries::Site;
use crate::cage::listener::Listener;
use crate::kit::{difference, in_repository, open, page_script, save, similarity};
use crate::program::recording::{Nodes, event, json_of, meta, snapshot};
use crate::program::{Room, fixture};

/// Goes through `tests/page/player.mjs` with these words.
fn drive(room: &Room, asked: &Value) -> Value {
    let words = room.file("asked.json", asked.to_string());
    let done = page_script("player.mjs", [words], &[("FONTCONFIG_FILE", &fonts(room))]);
    serde_json::from_str(&done).unwrap()
}

/// The fonts of stills: else each machine would show its own.
fn fonts(room: &Room) -> String {
    let template = std::fs::read_to_string(in_repository("player-assets/fonts/fonts.conf")).unwrap();
    let bundled = in_repository("player-assets/fonts").display().to_string();
    let text = template
        .replace("@BUNDLED_DIR@", &bundled)
        .replace("@SYSTEM_DIRS@", "")
        .replace("@CACHE_DIR@", &room.path().join("font-cache").display().to_string());
    room.file("fonts.conf", text)
}

fn write(room: &Room, command: &str, input: &str, name: &str) -> String {
    let output = room.out(name);
    let ended = room.run(&[command, input, "-o", &output]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    output
}

#[test]
fn a_recording_plays_without_a_network_and_shows_what_stills_show() {
    let room = Room::new();
    let file = write(&room, "player", &fixture("navigation"), "navigation.html");
    let effects = write(&room, "player", &fixture("effects"), "effects.html");
    let windows = room.file("windows.jsonl", two_windows());
    let windows = write(&room, "player", &windows, "windows.html");
    let done = drive(
        &room,
        &json!({"do": "play", "file": file, "windows": windows, "picture": {"file": effects, "at": 4.2, "to": room.out("player.png")}}),
    );
    assert!(done["requests"].as_array().unwrap().is_empty(), "{done:#}");
    let still = room.out("still.png");
    room.report(&["still", &fixture("effects"), "--at", "4.2", "--cursor", "off", "--fonts", "bundled", "-o", &still]);
    let (shown, still) = (open(room.out("player.png").as_ref()), open(still.as_ref()));
    let alike = similarity(&shown, &still);
    if alike < 0.99 {
        let folder = std::env::temp_dir().join("replayreel-player-differs");
        save(&shown, &folder.join("player.png"));
        save(&difference(&shown, &still), &folder.join("difference.png"));
        panic!("similarity {alike}; see {}", folder.display());
    }
}

/// Lines of two windows: in one the person clicks at 1 s, in the other at 3 s, in the first again at 5 s.
fn two_windows() -> String {
    let mut lines = Vec::new();
    for (window, colour, from) in [("one", "rgb(0, 128, 0)", 0), ("two", "rgb(0, 0, 255)", 2000)] {
        let mut nodes = Nodes::default();
        let text = nodes.text(window);
        let document = nodes.document(
            Vec::new(),
            json!({"style": format!("margin:0;background:{colour};color:white;font:60px sans-serif")}),
            vec![text],
        );
        lines.push((window, meta(from, 640, 400)));
        lines.push((window, snapshot(from, &document)));
    }
    for (window, at) in [("one", 1000), ("two", 3000), ("one", 5000), ("one", 20_000)] {
        for kind in [1, 0, 2] {
            lines.push((window, event(3, at, json!({"source": 2, "type": kind, "id": 5, "x": 50, "y": 40}))));
        }
    }
    lines.sort_by_key(|(_, event)| event["timestamp"].as_i64());
    lines.iter().map(|line| json!([line.0, line.1]).to_string() + "\n").collect()
}

#[test]
fn nothing_of_a_hostile_page_runs_or_loads_in_a_file_or_in_a_page_of_others() {
    let (room, listener) = (Room::new(), Listener::start());
    let canaries = recording(&Site::new(listener.address(), &room));
    let canaries = room.file("canaries.json", json_of(&canaries));
    let sly = room.file("sly.json", json_of(&sly(&format!("http://{}/sly", listener.address()))));
    let files = [&canaries, &sly].map(|input| write(&room, "player", input, &format!("{}.html", stem(input))));
    let packages = [&canaries, &sly].map(|input| write(&room, "pack", input, &format!("{}.replay.zip", stem(input))));
    let script = room.out("player.js");
    assert_eq!(room.run(&["player", "--element", "-o", &script]).code, Some(0));
    let done = drive(
        &room,
        &json!({"do": "cage", "files": files, "packages": packages, "script": script, "own": write(&room, "pack", &fixture("form"), "form.replay.zip")}),
    );
    assert_eq!(listener.visitors(), [""; 0], "came to the listener: {done:#}");
    for visit in done["visits"].as_array().unwrap() {
        // Not even the page's policy had to refuse anything: there was nothing left to be loaded.
        // (What has no address is an `embed` of a type that no browser knows: it only takes its place.)
        let refused: Vec<&String> =
            visit["refused"].as_object().unwrap().keys().filter(|one| !one.is_empty()).collect();
        assert!(refused.is_empty(), "{visit:#}");
        assert_eq!(visit["red"], json!(false), "{visit:#}");
    }
}

fn stem(path: &str) -> &str {
    path.rsplit('/').next().unwrap().split('.').next().unwrap()
}

/// What is only dangerous where the replayer runs in a page of others: commands of canvases, which it calls by name, and addresses that are
/// written so that a look at the text does not find them.
fn sly(url: &str) -> Vec<Value> {
    let mut nodes = Nodes::default();
    let canvas = nodes.leaf("canvas", json!({"width": "80", "height": "60"}));
    let id = canvas["id"].as_i64().unwrap();
    let css = format!(
        ".a {{ background: u\\72l({url}-escaped) }} @\\69mport '{url}-import'; .b {{ background: image-set('{url}-set' 1x) }} \
         .c {{ --x: '{url}-variable'; background: -webkit-image-set(var(--x) 1x) }} .d {{ background: image-set(/* rr_split */'{url}-split' 1x) }} \
         .g {{ background: u/**/rl({url}-joined) }} .h {{ --y: \"\r;background:url({url}-return);--z:\" }} .h {{ --y: '\u{c};background:url({url}-feed);--z:' }} \
         .i {{ background: u@import 'x';rl({url}-import-joined) }} .j {{ background: image-set(url('a' b) '{url}-after' 1x) }} \
         .e {{ background: url(//{}) }} .f {{ background: URL( \n'{url}-capital' ) }} </style><img src={url}-end>",
        url.trim_start_matches("http://")
    );
    let text = nodes.css(&css);
    let style = nodes.element("style", json!({}), vec![text]);
    let written = nodes.element("style", json!({"_cssText": css}), Vec::new());
    let classes = nodes.leaf(
        "div",
        json!({"class": "a b c d e f g h i j", "style": format!("background:u\\52 l({url}-attribute);width:9px;height:9px")}),
    );
    let fill =
        nodes.svg("rect", json!({"fill": format!("u\\72l({url}-fill#a)"), "width": "9", "height": "9"}), Vec::new());
    let svg = nodes.svg("svg", json!({"width": "9", "height": "9"}), vec![fill]);
    let document = nodes.document(vec![style, written], json!({}), vec![canvas, classes, svg]);
    let script = format!("fetch('{url}-function');document.title='red';document.body.style.background='red'");
    let call = |property: &str, args: Value| json!({"property": property, "args": args});
    let commands = json!([
        call("__defineGetter__", json!(["fillStyle", {"rr_type": "Function", "args": [script]}])),
        call("__defineSetter__", json!(["lineWidth", {"rr_type": "Function", "args": [script]}])),
        {"property": "lineWidth", "args": [3], "setter": true},
        {"property": "fillStyle", "args": ["red"], "setter": true},
        {"property": "__proto__", "args": [{"rr_type": "Function", "args": [script]}], "setter": true},
        call("constructor", json!([script])),
        call("fillText", json!([{"rr_type": "WebSocket", "args": [url.replace("http", "ws")]}, 0, 0])),
        call("fillText", json!([{"rr_type": "EventSource", "args": [format!("{url}-events")]}, 0, 0])),
        call("fillText", json!([{"rr_type": "Worker", "args": [format!("data:text/javascript,fetch('{url}-worker')")]}, 0, 0])),
        call("fillText", json!([{"rr_type": "Request", "args": [url]}, 0, 0])),
        call("drawImage", json!([{"rr_type": "HTMLImageElement", "src": format!("{url}-image")}, 0, 0])),
        call("drawImage", json!([{"rr_type": 7, "src": format!("{url}-number")}, 0, 0])),
        call("drawImage", json!([{"rr_type": "ImageBitmap", "args": [{"rr_type": "HTMLImageElement", "src": format!("{url}-bitmap")}]}, 0, 0])),
        {"property": "filter", "args": [format!("url({url}-filter#a)")], "setter": true},
        call("fillRect", json!([0, 0, 9, 9])),
    ]);
    let mut events = vec![meta(0, 400, 300), snapshot(0, &document)];
    for (at, kind) in [(200, 0), (400, 1), (500, 2)] {
        events.push(event(3, at, json!({"source": 9, "id": id, "type": kind, "commands": commands})));
    }
    for command in commands.as_array().unwrap() {
        let mut data = json!({"source": 9, "id": id, "type": 0});
        data.as_object_mut().unwrap().extend(command.as_object().unwrap().clone());
        events.push(event(3, 600, data));
    }
    events
}
