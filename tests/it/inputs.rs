//! What goes in: every shape and compression, every fault named with its place, every option that is wrong refused as such.
//!
//! Here are the ways that need no browser.

mod browser;
mod moments;
mod options;
pub(crate) mod shapes;

use serde_json::{Value, json};

use crate::program::recording::{event, gzip, json_of, meta, snapshot, turning};
use crate::program::{Ended, Room, SECONDS, fixture};

/// Tries to render an input; no browser is started for it if it is refused.
fn render(room: &Room, content: &[u8]) -> Ended {
    let input = room.file("input.json", content);
    room.run(&["render", &input, "-o", &room.out("clip.mp4"), "--chromium", "/nonexistent/never-started"])
}

/// A whole recording, as JSON.
fn good() -> Vec<u8> {
    json_of(&turning(500, "rgb(0, 128, 0)"))
}

fn snapshotless() -> Vec<Value> {
    vec![meta(0, 320, 200), event(3, 10, json!({"source": 3, "id": 1, "x": 0, "y": 40}))]
}

#[test]
fn inputs_that_cannot_be_shown_are_bad_input_with_the_fault_and_its_place() {
    let long = std::fs::read(fixture("form")).unwrap();
    let mut corrupt = gzip(&good());
    corrupt[2] = 0xff;
    let no_time =
        json!([{"type": 4, "data": {}, "timestamp": null}, {"type": 2, "data": {"node": {}}, "timestamp": "soon"}])
            .to_string();
    let cases: [(&str, &[u8], &[&str]); 15] = [
        ("empty", b"", &["the input is empty"]),
        ("white space", b" \n\t ", &["the input is empty"]),
        ("no JSON", b"<!doctype html><title>Log in</title>", &["not a recording", "<!doctype html>"]),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0", &["not a recording"]),
        ("a number", b"42", &["not a recording", "`42`"]),
        ("other JSON", br#"{"name": "replayreel", "dependencies": {}}"#, &["known shape", "`name`", "`dependencies`"]),
        ("a list of other things", b"[1, 2, 3]", &["known shape", "`1`"]),
        ("no events", b"[]", &["no events"]),
        ("broken JSON", br#"[{"type": 4, "timestamp": NaN}]"#, &["broken JSON at byte 26"]),
        ("cut JSON", &good()[..100], &["cut off at byte 100", "no full snapshot"]),
        ("cut gzip", &long[..3000], &["cut off at byte", "no full snapshot"]),
        ("corrupt gzip", &corrupt, &["gzip data is corrupt at compressed byte"]),
        ("no full snapshot", &json_of(&snapshotless()), &["none of the 2 events is a full snapshot (type 2)"]),
        ("one event, and that no page", &json_of(&snapshotless()[..1]), &["none of the 1 events is a full snapshot"]),
        ("no event with a time", no_time.as_bytes(), &["no events that can be used; 2 had to be dropped"]),
    ];
    for (what, content, message) in cases {
        let room = Room::new();
        eprintln!("{what}");
        render(&room, content).assert_failed(3, message);
        room.assert_nothing_left();
    }
}

#[test]
fn each_command_refuses_a_bad_input_alike() {
    let room = Room::new();
    let input = room.file("input.json", "[");
    let output = room.out("still.png");
    for command in [
        vec!["inspect", &input],
        vec!["inspect", &input, "--json"],
        vec!["still", &input, "--at", "1", "-o", &output],
        vec!["render", &input],
    ] {
        room.run(&command).assert_failed(3, &["cut off at byte 1"]);
        room.assert_nothing_left();
    }
}

#[test]
fn a_place_that_cannot_be_read_is_bad_input_by_name() {
    let room = Room::new();
    let folder = room.path().display().to_string();
    for (input, message) in [
        ("/nonexistent/recording.json", &["/nonexistent/recording.json", "no such file"]),
        (folder.as_str(), &[folder.as_str(), "is a directory"]),
        ("gs://bucket/r.json", &["gs://bucket/r.json", "not yet supported"]),
        ("http://127.0.0.1/r.json", &["a loopback address", "--allow-private"]),
    ] {
        room.run(&["inspect", input]).assert_failed(3, message);
    }
}

#[test]
fn a_bomb_is_stopped_at_the_limit_and_the_limit_is_named() {
    let room = Room::new();
    let bomb = zstd::encode_all(vec![b' '; 64 << 20].as_slice(), 1).unwrap();
    assert!(bomb.len() < 100_000);
    let input = room.file("bomb", bomb);
    room.run(&["inspect", &input, "--max-unpacked-bytes", "1000000"])
        .assert_failed(3, &["1000000 bytes", "--max-unpacked-bytes"]);
    room.run(&["inspect", &input, "--max-input-bytes", "1000"]).assert_failed(3, &["1000 bytes", "--max-input-bytes"]);
}

#[test]
fn an_empty_standard_input_is_an_empty_input() {
    let room = Room::new();
    room.run(&["inspect", "-"]).assert_failed(3, &["the input is empty"]);
}

#[test]
fn the_end_of_a_recording_that_names_no_page_is_told_by_inspect() {
    let room = Room::new();
    let events = [snapshot(0, &turning(0, "red")[1]["data"]["node"])];
    let ended = room.run(&["inspect", &room.file("one.json", json_of(&events))]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(
        ended.stdout.contains("Repairs") && ended.stdout.contains("says nothing about its page and size"),
        "{ended:#?}"
    );
}

#[test]
fn inspect_tells_people_what_is_there() {
    let room = Room::new();
    let ended = room.run(&["inspect", &fixture("navigation")]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    for part in [
        "Format     rrweb events (JSON array), gzip",
        "Duration   0:15.2",
        "Size       1280x720",
        "Events     63: ",
        "full_snapshot 3",
        "Pages\n",
        "http://norrland.example/",
    ] {
        assert!(ended.stdout.contains(part), "{part:?} is not in {}", ended.stdout);
    }
}

#[test]
fn inspect_tells_names_from_strangers_without_what_a_terminal_would_obey() {
    let room = Room::new();
    let mut events = turning(500, "green");
    events[0]["data"]["href"] = json!("https://shop.example/\u{1b}]0;owned\u{7}\u{1b}[2J");
    let ended = room.run(&["inspect", &room.file("escape.json", json_of(&events))]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stdout.contains("https://shop.example/"), "{ended:#?}");
    assert!(!ended.stdout.contains(['\u{1b}', '\u{7}']), "{ended:#?}");
}

#[test]
fn a_recording_is_read_from_standard_input() {
    let room = Room::new();
    let mut command = room.command(&["inspect", "-", "--json"]);
    command.stdin(std::fs::File::open(fixture("form")).unwrap());
    let ended = room.start(command).wait(SECONDS);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let piped: Value = serde_json::from_str(&ended.stdout).unwrap();
    let ended = room.run(&["inspect", &fixture("form"), "--json"]);
    assert_eq!(piped, serde_json::from_str::<Value>(&ended.stdout).unwrap());
    assert_eq!(piped["windows"][0]["events"], 279);
}
