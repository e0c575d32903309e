//! Captions and time maps as files, and the words in the videos.

mod browser;

use serde_json::{Value, json};

use crate::program::recording::{event, json_of, turning};
use crate::program::{Room, SECONDS};

const NO_PROGRAMS: [&str; 4] = ["--chromium", "/nonexistent/never-started", "--ffmpeg", "/nonexistent/never-started"];

/// Ten seconds: two pages, a marker with a hostile name, and five seconds in which nobody does anything.
fn told() -> Vec<u8> {
    let mut events = turning(500, "green");
    events.push(event(5, 2000, json!({"tag": "a=b;c#\\<i>", "payload": {}})));
    events.push(event(4, 8000, json!({"href": "https://shop.example/pay?secret=1", "width": 320, "height": 200})));
    events.push(event(3, 8500, json!({"source": 2, "type": 2, "id": 5, "x": 10, "y": 10})));
    events.push(event(3, 9000, json!({"source": 2, "type": 2, "id": 5, "x": 50, "y": 90})));
    json_of(&events)
}

fn read(room: &Room, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(room.out(name)).unwrap()).unwrap()
}

#[test]
fn a_time_map_alone_needs_neither_browser_nor_ffmpeg_and_says_what_is_when() {
    let room = Room::new();
    let input = room.file("input.json", told());
    let arguments =
        [&["render", &input, "-o", "map.json,idle=skip,fps=25,from=500ms", "--idle-threshold", "4s"], &NO_PROGRAMS[..]]
            .concat();
    let report = room.report(&arguments);
    let map = read(&room, "map.json");
    assert_eq!((map["format"].as_str(), map["version"].as_u64()), (Some("replayreel-time-map"), Some(1)));
    assert_eq!(map["session"]["started_at"], "2026-01-01T00:00:00Z");
    assert_eq!((&map["fps_num"], &map["fps_den"]), (&json!(25), &json!(1)));
    let frame = 40.0;
    assert_eq!(map["duration_ms"].as_f64(), map["slots"].as_f64().map(|slots| slots * frame));

    // The two formulas of `docs/time-map.md`, by the marker and by the pieces.
    let pieces = map["pieces"].as_array().unwrap();
    let number = |piece: &Value, name: &str| piece[name].as_f64().unwrap();
    let to_video = |session: f64| {
        let piece = pieces.iter().find(|piece| session < number(piece, "session_to_ms")).unwrap();
        let within = (session - number(piece, "session_from_ms")) / piece["speed"].as_f64().unwrap_or(f64::INFINITY);
        number(piece, "video_from_ms") + within
    };
    let to_session = |video: f64| {
        let piece = pieces.iter().find(|piece| video < number(piece, "video_to_ms")).unwrap();
        number(piece, "session_from_ms") + (video - number(piece, "video_from_ms")) * number(piece, "speed")
    };
    assert!(pieces.iter().any(|piece| piece["skipped"] == true), "{pieces:#?}");
    for moment in map["moments"].as_array().unwrap() {
        let Some(video) = moment["video_ms"].as_f64() else { continue };
        assert!((to_video(number(moment, "at_ms")) - video).abs() < 0.01, "{moment:#}");
    }
    assert!((to_session(to_video(8500.0)) - 8500.0).abs() < 0.01);
    let chapters = map["chapters"].as_array().unwrap();
    let titles: Vec<&str> = chapters.iter().map(|chapter| chapter["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["shop.example", "a=b;c#\\<i>", "/pay"]);
    assert_eq!((&chapters[0]["from_ms"], &chapters[2]["to_ms"]), (&json!(0.0), &map["duration_ms"]));

    // Files without pictures are outputs like others.
    let output = &report["outputs"][0];
    let bytes = std::fs::metadata(room.out("map.json")).unwrap().len();
    assert_eq!((output["format"].as_str(), output["bytes"].as_u64()), (Some("json"), Some(bytes)));
    assert!(output["sha256"].as_str().is_some_and(|sum| sum.len() == 64) && output.get("width").is_none());
    room.assert_tidy();
}

#[test]
fn captions_are_written_beside_each_window_and_twice_the_same() {
    let room = Room::new();
    let input = room.file("input.json", told());
    let arguments = [&["render", &input, "--window", "each", "-o", "talk.vtt"], &NO_PROGRAMS[..]].concat();
    assert_eq!(room.run(&arguments).code, Some(0));
    assert_eq!(room.outputs(), ["talk-1.vtt"]);
    let first = std::fs::read_to_string(room.out("talk-1.vtt")).unwrap();
    assert!(first.starts_with("WEBVTT\n\n00:00:0") && first.contains("&lt;i&gt;") && !first.contains("<i>"), "{first}");
    assert_eq!(room.run(&arguments).code, Some(0));
    assert_eq!(std::fs::read_to_string(room.out("talk-1.vtt")).unwrap(), first);
}

#[test]
fn what_cannot_hold_words_says_so_and_what_can() {
    let room = Room::new();
    let input = room.file("input.json", told());
    let refuse = |options: &[&str], message: &[&str]| {
        let ended = room.run(&[&["render", &input], options, &NO_PROGRAMS[..]].concat());
        ended.assert_failed(2, message);
        room.assert_nothing_left();
    };
    refuse(&["-o", "a.gif,chapters=on"], &["GIF holds none", "only MP4 and WebM"]);
    refuse(&["-o", "a.webp", "--captions", "on"], &["--captions on", "only MP4 and WebM"]);
    refuse(&["-o", "a.vtt,cfr=true"], &["cfr does not apply to a file without pictures"]);
    refuse(&["-o", "a.vtt", "-o", "./a.vtt"], &["two outputs have the same path"]);
    refuse(&["-o", "a.json", "--report", "a.json"], &["the same path"]);
    refuse(&["-o", "a.vtt", "--from", "999"], &["--from", "after it ends"]);
}

#[test]
fn a_render_that_fails_leaves_no_captions_either() {
    let room = Room::new();
    let input = room.file("input.json", told());
    let arguments = [&["render", &input, "-o", "a.vtt", "-o", "a.json", "-o", "a.mp4"], &NO_PROGRAMS[..]].concat();
    let ended = room.start(room.command(&arguments)).wait(SECONDS);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    room.assert_nothing_left();
    let arguments = [&["render", &input, "-o", "a.vtt", "-o", "missing/a.json"], &NO_PROGRAMS[..]].concat();
    room.run(&arguments).assert_failed(1, &["missing/a.json"]);
    room.assert_nothing_left();
}
