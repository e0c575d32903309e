//! `replayreel convert`.

use super::*;

/// File names, what to ask for, and whether session and person are kept.
const FORMS: [(&str, Option<&str>, bool); 6] = [
    ("a.json", None, false),
    ("a.json.gz", Some("rrweb"), false),
    ("a.jsonl", None, false),
    ("a.jsonl.zst", None, false),
    ("export.json", Some("posthog"), true),
    ("a.replay.zip", None, true),
];

fn convert(room: &Room, input: &str, name: &str, to: Option<&str>) -> String {
    let output = room.out(name);
    let mut arguments = vec!["convert", input, "-o", &output];
    arguments.extend(to.into_iter().flat_map(|to| ["--to", to]));
    let ended = room.run(&arguments);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    output
}

#[test]
fn every_fixture_is_the_same_in_every_format() {
    let room = Room::new();
    for fixture in FIXTURES.map(fixture) {
        let before = events(&open_file(&fixture));
        for (name, to, _) in FORMS {
            let after = open_file(&convert(&room, &fixture, name, to));
            assert_eq!(events(&after), before, "{fixture} as {name}");
            assert_eq!(after.recording.repairs, [], "{fixture} as {name}");
        }
    }
    room.assert_tidy();
}

#[test]
fn windows_session_and_person_go_along_where_the_format_has_them() {
    let room = Room::new();
    let input = room.file("two.json", two_windows());
    let before = open_file(&input);
    for (name, to, whole) in FORMS {
        let after = open_file(&convert(&room, &input, name, to));
        assert_eq!(events(&after), events(&before), "{name}");
        let known = (before.recording.session_id.clone(), before.recording.person.clone());
        let expected = if whole { known } else { (None, None) };
        assert_eq!((after.recording.session_id, after.recording.person), expected, "{name}");
    }
}

#[test]
fn a_posthog_export_is_what_posthog_s_file_playback_asks_for() {
    let room = Room::new();
    let export: Value =
        serde_json::from_slice(&fs::read(convert(&room, &fixture("form"), "a.json", Some("posthog"))).unwrap())
            .unwrap();
    assert_eq!(export["version"], "2023-04-28");
    assert_eq!(export["data"]["id"], "");
    let snapshots = export["data"]["snapshots"].as_array().unwrap();
    assert_eq!(snapshots.len(), 279);
    assert!(snapshots.iter().all(|event| event["windowId"].is_string() && event["type"].is_u64()));
    assert!(snapshots.is_sorted_by_key(|event| event["timestamp"].as_f64().unwrap()));
}

#[test]
fn an_rrweb_array_of_a_recorder_without_windows_names_none() {
    let room = Room::new();
    for (name, to) in [("a.json", None), ("a.jsonl", None)] {
        let text = fs::read_to_string(convert(&room, &fixture("form"), name, to)).unwrap();
        assert!(!text.contains("windowId"), "{name}");
    }
}

#[test]
fn one_window_is_converted_alone() {
    let room = Room::new();
    let input = room.file("two.json", two_windows());
    let output = room.out("w2.json");
    assert_eq!(room.run(&["convert", &input, "-o", &output, "--window", "w-2"]).code, Some(0));
    let opened = open_file(&output);
    let ids: Vec<_> = opened.recording.windows.iter().map(|window| window.id.as_str()).collect();
    assert_eq!((ids, events(&opened).len()), (vec!["w-2"], 3));
    // Its own clock.
    let start = crate::program::recording::START as f64;
    assert_eq!((opened.recording.started_at_ms, opened.recording.duration().millis()), (start + 130.0, 900.0));
    room.run(&["convert", &input, "-o", &output, "--window", "w-3"]).assert_failed(2, &["\"w-3\"", "w-1, w-2"]);
}

#[test]
fn events_that_name_their_window_in_other_ways_and_pretty_printed_ones_come_out_alike() {
    let room = Room::new();
    let mut events: Vec<Value> = turning(500, "green");
    for (event, (key, id)) in
        events.iter_mut().zip([("windowId", json!(7)), ("window_id", json!("7")), ("windowId", json!("7"))])
    {
        event[key] = id;
    }
    events[2]["data"]["note"] = json!("line\nbreak");
    let input = room.file("odd.json", serde_json::to_string_pretty(&events).unwrap());
    let before = self::events(&open_file(&input));
    assert!(before.iter().all(|(window, ..)| window == "7"));
    for (name, to, _) in FORMS {
        assert_eq!(self::events(&open_file(&convert(&room, &input, name, to))), before, "{name}");
    }
    let lines = fs::read_to_string(convert(&room, &input, "a.jsonl", None)).unwrap();
    assert_eq!(lines.lines().count(), 3);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
fn repairs_are_in_what_is_written() {
    let room = Room::new();
    let mut events = turning(500, "green");
    events.swap(1, 2);
    let day = 3 * 24 * 60 * 60 * 1000;
    events.push(crate::program::recording::event(3, day, json!({"source": 3, "id": 1, "x": 0, "y": 9})));
    let input = room.file("odd.json", json_of(&events));
    let before = open_file(&input);
    assert_eq!(before.recording.repairs.len(), 2);
    for (name, to, _) in FORMS {
        let after = open_file(&convert(&room, &input, name, to));
        assert_eq!((self::events(&after), after.recording.repairs), (self::events(&before), vec![]), "{name}");
    }
}

#[test]
fn a_conversion_can_go_to_stdout() {
    let room = Room::new();
    let ended = room.run(&["convert", &fixture("form"), "-o", "-", "--to", "jsonl"]);
    assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 279));
    room.run(&["convert", &fixture("form"), "-o", "-"]).assert_failed(2, &["--to"]);
}

#[test]
fn what_cannot_be_converted_leaves_nothing() {
    let room = Room::new();
    let form = fixture("form");
    room.run(&["convert", &form, "-o", &room.out("a.mp4")]).assert_failed(2, &["a.mp4", "jsonl"]);
    room.run(&["convert", &form, "-o", &room.out("a.zip"), "--to", "rrweb"]).assert_failed(2, &["only a package"]);
    room.run(&["convert", &room.file("bad.json", "{"), "-o", &room.out("a.json")]).assert_failed(3, &["cut off"]);
    room.run(&["convert", &form, "-o", &room.out("no/such/a.json")]).assert_failed(1, &["cannot write", "a.json"]);
    room.assert_nothing_left();
}
