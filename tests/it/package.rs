//! Packages and conversions through the program: what goes in comes out again, whole or not at all.

mod browser;
mod converted;
mod readers;

use std::fs;
use std::path::Path;

use replayreel::package::{Limits, Opened, open};
use replayreel::source::SourceBytes;
use serde_json::{Value, json};

use crate::program::recording::{json_of, turning};
use crate::program::{Room, fixture};

/// The recordings of our own.
const FIXTURES: [&str; 7] = ["canvas", "dashboard", "effects", "form", "navigation", "scroll", "shadow"];

fn open_file(path: &str) -> Opened {
    let bytes = fs::read(path).unwrap().into();
    open(vec![SourceBytes { name: path.to_owned(), bytes }], &Limits::default()).unwrap()
}

/// Every event, as window, time, kind and data, in the order of the windows.
fn events(opened: &Opened) -> Vec<(String, i64, String, Value)> {
    let windows = opened.recording.windows.iter();
    let events = windows.flat_map(|window| window.events.iter().map(|event| (window.id.clone(), event)));
    events
        .map(|(window, event)| {
            let data = serde_json::from_slice::<Value>(&event.json).unwrap()["data"].take();
            (window, event.at.micros(), format!("{:?}", event.kind), data)
        })
        .collect()
}

/// A recording of two windows in which the session and the person are known.
fn two_windows() -> Vec<u8> {
    let named = |mut event: Value, window: &str| {
        event["windowId"] = json!(window);
        event
    };
    let later = |mut event: Value| {
        event["timestamp"] = json!(event["timestamp"].as_i64().unwrap() + 130);
        event
    };
    let mut snapshots: Vec<Value> = turning(500, "green").into_iter().map(|event| named(event, "w-1")).collect();
    snapshots.extend(turning(900, "blue").into_iter().map(|event| named(later(event), "w-2")));
    let data = json!({"id": "0199-s", "person": {"name": "Ada", "distinct_ids": []}, "snapshots": snapshots});
    json!({"version": "2023-04-28", "data": data}).to_string().into_bytes()
}

fn packed(room: &Room, name: &str, content: &[u8]) -> String {
    let package = room.out(&format!("{name}.replay.zip"));
    let ended = room.run(&["pack", &room.file(name, content), "-o", &package]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    package
}

#[test]
fn every_fixture_is_packed_verified_and_opened_again() {
    let room = Room::new();
    for name in FIXTURES {
        let package = room.out(&format!("{name}.replay.zip"));
        let ended = room.run(&["pack", &fixture(name), "-o", &package]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let (before, after) = (open_file(&fixture(name)), open_file(&package));
        assert_eq!(events(&after), events(&before), "{name}");
        assert_eq!(after.recording.started_at_ms, before.recording.started_at_ms, "{name}");
        assert_eq!(after.recording.repairs, [], "{name}");
        let ended = room.run(&["verify", &package]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        assert!(ended.stdout.contains("intact (2 entries"), "{ended:#?}");
    }
    room.assert_tidy();
}

#[test]
fn a_package_is_named_after_its_input_and_the_same_every_time() {
    let room = Room::new();
    let input = room.file("session.json", two_windows());
    let pack = || {
        let ended = room.run(&["pack", &input]);
        assert!(ended.stdout.starts_with("session.replay.zip: 6 events of 2 windows, "), "{ended:#?}");
        fs::read(room.out("session.replay.zip")).unwrap()
    };
    let first = pack();
    assert!(pack() == first);
}

#[test]
fn inspect_tells_what_is_in_a_package() {
    let room = Room::new();
    let package = packed(&room, "a", &two_windows());
    let ended = room.run(&["inspect", "--json", &package]);
    let summary: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&summary["format"]["shape"], &summary["format"]["version"]), (&json!("package"), &json!("1.1")));
    assert_eq!((&summary["session_id"], &summary["person"]), (&json!("0199-s"), &json!("Ada")));
    assert_eq!(summary["windows"].as_array().unwrap().len(), 2);
}

#[test]
fn verify_names_what_is_damaged_and_exits_with_3() {
    let room = Room::new();
    let package = packed(&room, "a", &two_windows());
    let mut bytes = fs::read(&package).unwrap();
    // In the data of the first entry: its header has 30 bytes and a name.
    bytes[30 + "events.jsonl".len() + 200] ^= 0xff;
    let damaged = room.file("damaged.replay.zip", bytes);
    let ended = room.run(&["verify", &damaged]);
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(ended.stdout.starts_with("damaged  events.jsonl: "), "{ended:#?}");
    assert!(ended.stdout.ends_with("1 fault in a package of 2 entries, format 1.1\n"), "{ended:#?}");
    let ended = room.run(&["verify", "--json", &damaged]);
    let verdict: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &verdict["findings"][0]["state"]), (Some(3), &json!("damaged")));
    assert_eq!(verdict["findings"][0]["entry"], "events.jsonl");
    room.run(&["inspect", &damaged]).assert_failed(3, &["damaged.replay.zip", "events.jsonl"]);
    room.run(&["verify", &fixture("form")]).assert_failed(3, &["not a replay package", "replayreel pack"]);
}

#[test]
fn unpack_writes_the_files_and_replaces_none_without_being_told() {
    let room = Room::new();
    let package = packed(&room, "a", &two_windows());
    let folder = room.out("deep/folder");
    assert_eq!(room.run(&["unpack", &package, "-o", &folder]).code, Some(0));
    let events = Path::new(&folder).join("events.jsonl");
    let whole = fs::read(&events).unwrap();
    // What comes out is a recording by itself.
    assert_eq!(self::events(&open_file(events.to_str().unwrap())), self::events(&open_file(&package)));
    fs::write(&events, "mine").unwrap();
    fs::remove_file(Path::new(&folder).join("manifest.json")).unwrap();
    room.run(&["unpack", &package, "-o", &folder]).assert_failed(2, &["events.jsonl is already there", "--force"]);
    assert_eq!(fs::read(&events).unwrap(), b"mine");
    assert!(!Path::new(&folder).join("manifest.json").exists());
    assert_eq!(room.run(&["unpack", &package, "-o", &folder, "--force"]).code, Some(0));
    assert_eq!(fs::read(&events).unwrap(), whole);
    room.assert_tidy();
}

#[test]
fn unpacking_a_damaged_package_leaves_nothing() {
    let room = Room::new();
    let package = packed(&room, "a", &two_windows());
    let mut bytes = fs::read(&package).unwrap();
    fs::remove_file(&package).unwrap();
    bytes[30 + "events.jsonl".len() + 200] ^= 0xff;
    let damaged = room.file("damaged.replay.zip", bytes);
    room.run(&["unpack", &damaged, "-o", &room.out("deep/folder")]).assert_failed(3, &["events.jsonl"]);
    room.assert_nothing_left();
}

#[test]
fn limits_are_options_and_named_where_they_are_met() {
    let room = Room::new();
    let package = packed(&room, "a", &two_windows());
    for (option, value) in [
        ("--max-package-entries", "1"),
        ("--max-package-entry-bytes", "100"),
        ("--max-package-bytes", "100"),
        ("--max-manifest-bytes", "10"),
    ] {
        room.run(&["inspect", &package, option, value]).assert_failed(3, &[value, option]);
    }
    let spaces = json_of(&turning(500, "green")).into_iter().chain(vec![b' '; 3 << 20]).collect::<Vec<u8>>();
    let mut command = room.command(&["inspect", &zipped(&room, &spaces)]);
    command.env("REPLAYREEL_MAX_PACKAGE_RATIO", "20");
    room.start(command).wait(crate::program::SECONDS).assert_failed(3, &["20 times", "--max-package-ratio"]);
}

/// A ZIP of one file, as people make them.
fn zipped(room: &Room, content: &[u8]) -> String {
    use std::io::Write as _;
    let path = room.path().join("people.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    zip.start_file("recording.json", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap();
    path.display().to_string()
}

#[test]
fn a_zip_of_a_recording_is_a_recording() {
    let room = Room::new();
    let zip = zipped(&room, &two_windows());
    assert_eq!(events(&open_file(&zip)), events(&open_file(&room.file("plain.json", two_windows()))));
    assert_eq!(room.run(&["inspect", &zip]).code, Some(0));
}

#[test]
fn what_cannot_be_packed_leaves_nothing() {
    let room = Room::new();
    let good = room.file("good.json", two_windows());
    room.run(&["pack", &good, "-o", &room.out("a.mp4")]).assert_failed(2, &["a.mp4", ".replay.zip"]);
    room.run(&["pack", &room.file("bad.json", "[]"), "-o", &room.out("a.replay.zip")]).assert_failed(3, &["no events"]);
    room.run(&["pack", &good, "-o", &room.out("no/such/a.replay.zip")])
        .assert_failed(1, &["cannot write", "a.replay.zip"]);
    room.assert_nothing_left();
}

#[test]
fn a_signal_ends_packing_and_converting_and_leaves_nothing() {
    let room = Room::new();
    // Forty megabytes that hardly shrink: some seconds of work.
    let mut state = 1_u64;
    let noise = (0..40 << 20).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + (state >> 58) as u8)
    });
    let noise: String = noise.filter(|letter| *letter != '\\').collect();
    let mut events = turning(500, "green");
    events[2]["data"]["noise"] = json!(noise);
    let input = room.file("long.json", json_of(&events));
    for command in ["pack", "convert"] {
        let output = room.out("a.replay.zip");
        let mut run = room.start(room.command(&[command, &input, "-o", &output]));
        run.until("the file in the making", |_| {
            let sizes = fs::read_dir(room.path().join("out"))
                .unwrap()
                .map(|entry| entry.unwrap().metadata().map_or(0, |of| of.len()));
            sizes.max().filter(|size| *size > 0)
        });
        run.signal(rustix::process::Signal::INT);
        run.wait(crate::program::SECONDS).assert_failed(130, &["interrupted", "nothing was written"]);
        room.assert_nothing_left();
    }
}
