//! Inputs that are shown, and what the report says of those that had to be repaired.

use serde_json::{Value, json};

use super::shapes::shapes;
use crate::program::recording::{
    HEIGHT, Nodes, START, WIDTH, attributes, gzip, json_of, meta, plain_page, snapshot, turning,
};
use crate::program::{PATIENCE, Room, SECONDS, fixture, warning, warnings};

const GREEN: &str = "rgb(0, 128, 0)";

/// A still of the end: its report, and the colour in its middle.
fn shown(room: &Room, content: impl AsRef<[u8]>, more: &[&str]) -> (Value, [u8; 3]) {
    let input = room.file("input", content);
    let report = room.report(&[&["still", &input, "--at", "end", "-o", &room.out("still.png")], more].concat());
    room.assert_tidy();
    let picture = room.picture("still.png");
    (report, picture.get_pixel(picture.width() / 2, picture.height() / 2).0)
}

fn repaired(content: impl AsRef<[u8]>, sentence: &str) -> Value {
    let room = Room::new();
    let (report, colour) = shown(&room, content, &[]);
    assert_eq!(colour, [0, 128, 0], "{sentence}");
    let told = report["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|warning| warning["code"] == "repaired" && warning["message"].as_str().unwrap().contains(sentence));
    assert!(told, "{sentence:?} is not in {:#}", report["warnings"]);
    report
}

#[test]
fn a_sound_recording_is_shown_without_a_warning() {
    let room = Room::new();
    let (report, colour) = shown(&room, json_of(&with_a_box("rgb(0, 128, 0)", "black")), &[]);
    assert_eq!((colour, warnings(&report)), ([0, 128, 0], vec![]));
}

/// A page in one colour with a box of another one in its corner.
fn with_a_box(colour: &str, other: &str) -> Vec<Value> {
    let mut nodes = Nodes::default();
    let style = format!("width:60px;height:60px;background:{other}");
    let corner = nodes.leaf("div", json!({"style": style}));
    let document = nodes.document(Vec::new(), json!({"style": format!("margin:0;background:{colour}")}), vec![corner]);
    vec![meta(0, WIDTH, HEIGHT), snapshot(0, &document), attributes(900, 1, json!({}))]
}

#[test]
fn a_page_on_which_nothing_is_to_be_seen_is_told_of_whatever_is_made_of_it() {
    let room = Room::new();
    // A quarter of the picture is page: edge and backdrop around it are no content.
    let blank = room.file("blank.json", json_of(&with_a_box("rgb(250, 250, 250)", "rgb(248, 250, 250)")));
    let box_shown = room.file("box.json", json_of(&with_a_box("rgb(250, 250, 250)", "rgb(60, 90, 160)")));
    for name in ["clip.mp4", "clip.gif", "clip.webm", "clip.webp", "still.png"] {
        let output = room.out(name);
        let (command, at) = if name == "still.png" { ("still", &["--at", "50%"][..]) } else { ("render", &[][..]) };
        let told = |input: &str| {
            let report = room.report(&[&[command, input, "--size", "640x200", "-o", &output], at].concat());
            warnings(&report).contains(&"blank")
        };
        assert!(told(&blank), "{name}");
        assert!(!told(&box_shown), "{name}");
    }
}

#[test]
fn a_node_that_documents_of_html_cannot_have_is_drawn_as_text() {
    let (mut events, body) = plain_page(0, "rgb(255, 0, 0)");
    let mut change = attributes(500, body, json!({"style": format!("margin:0;background:{GREEN}")}));
    let cdata = json!({"type": 4, "id": 900, "textContent": "of XHTML"});
    change["data"]["adds"] = json!([{"parentId": body, "nextId": null, "node": cdata}]);
    events.push(change);
    assert_eq!(shown(&Room::new(), json_of(&events), &[]).1, [0, 128, 0]);
}

#[test]
fn a_recording_that_was_cut_off_is_shown_as_far_as_it_goes() {
    let mut events = turning(500, GREEN);
    events.push(attributes(900, 1, json!({"title": "the last event, which is cut"})));
    let whole = json_of(&events);
    repaired(&whole[..whole.len() - 30], "cut off at byte");
    // A stream without its end: what can be unpacked is all of it but the checksum.
    let packed = gzip(&json_of(&turning(500, GREEN)));
    repaired(&packed[..packed.len() - 8], "compressed data ends early");
}

#[test]
fn events_without_a_usable_time_are_left_out_and_counted() {
    let mut events = turning(500, GREEN);
    for time in [json!(null), json!("NaN"), json!([])] {
        let mut lost = attributes(600, 1, json!({}));
        lost["timestamp"] = time;
        events.push(lost);
    }
    let report = repaired(json_of(&events), "3 events without a usable timestamp were dropped");
    assert_eq!(warning(&report, "repaired")["count"], 3);
}

#[test]
fn events_that_went_back_in_time_are_sorted_in() {
    let mut events = turning(500, GREEN);
    let (_, body) = plain_page(0, "red");
    events.push(attributes(200, body, json!({"style": "background: blue"})));
    repaired(json_of(&events), "went back in time");
}

#[test]
fn a_jump_of_the_clock_by_years_is_a_second_of_video() {
    let room = Room::new();
    let mut events = turning(500, "blue");
    let (_, body) = plain_page(0, "red");
    let mut late = attributes(0, body, json!({"style": format!("background: {GREEN}")}));
    late["timestamp"] = json!(START + 40 * 365 * 24 * 3600 * 1000);
    events.push(late);
    let content = json_of(&events);
    let report = repaired(&content, "clock jumped from 2026-01-01");
    assert_eq!(report["recorded_ms"], 1500.0);
    let input = room.file("input.json", content);
    let report = room.report(&["render", &input, "-o", &room.out("clip.mp4"), "--quiet"]);
    assert_eq!(report["video_ms"], 2500.0);
}

#[test]
fn what_is_no_event_and_what_follows_the_end_is_left_out() {
    let mut events = turning(500, GREEN);
    events.insert(1, json!({"hello": "world"}));
    let content = [json_of(&events), b" Connection closed.".to_vec()].concat();
    repaired(&content, "no rrweb event");
    repaired(&content, "follows the end of the JSON at byte");
}

#[test]
fn one_event_is_enough_if_it_is_a_page() {
    let (events, _) = plain_page(0, GREEN);
    let room = Room::new();
    let input = room.file("one.json", json_of(&events[1..]));
    let report = room.report(&[
        "render",
        &input,
        "-o",
        &room.out("clip.mp4"),
        "--still",
        &format!("end={}", room.out("still.png")),
        "--quiet",
    ]);
    assert!(warning(&report, "repaired")["message"].as_str().unwrap().contains("is assumed"));
    assert_eq!((report["video_ms"].as_f64(), report["distinct"].as_u64()), (Some(1000.0), Some(1)));
    assert_eq!(room.picture("still.png").get_pixel(100, 100).0, [0, 128, 0]);
}

#[test]
fn every_shape_and_compression_shows_the_same_pixels() {
    let mut sums = Vec::new();
    for (name, _, bytes) in shapes(&turning(500, GREEN)) {
        let room = Room::new();
        let (report, colour) = shown(&room, bytes, &[]);
        assert_eq!((colour, warnings(&report)), ([0, 128, 0], vec!["blank"]), "{name}");
        sums.push(report["frames_sha256"].clone());
    }
    sums.dedup();
    assert_eq!(sums.len(), 1, "{sums:?}");
}

#[test]
fn a_recording_from_standard_input_gives_an_output_of_its_own_name() {
    let room = Room::new();
    room.file("piped", gzip(&json_of(&turning(500, GREEN))));
    let mut command = room.command(&["still", "-", "--at", "end"]);
    command.stdin(std::fs::File::open(room.path().join("piped")).unwrap());
    let ended = room.start(command).wait(PATIENCE);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(room.outputs(), ["replay.png"]);
    assert_eq!(room.picture("replay.png").get_pixel(5, 5).0, [0, 128, 0]);
}

#[test]
fn interleaved_windows_are_shown_one_at_a_time() {
    // Two tabs that take turns: played as one, each turn would rebuild the page of the other.
    let of_window = |id: &str, offset: i64, colours: [&str; 2], turns: i64| {
        let (mut events, body) = plain_page(offset, colours[0]);
        events.extend((1..=turns).map(|turn| {
            attributes(
                turn * 100 + offset,
                body,
                json!({"style": format!("background: {}", colours[turn.cast_unsigned() as usize % 2])}),
            )
        }));
        events.iter_mut().for_each(|event| event["windowId"] = json!(id));
        events
    };
    let mut events =
        [of_window("busy", 0, ["red", GREEN], 21), of_window("quiet", 50, ["red", "rgb(0, 0, 255)"], 3)].concat();
    events.sort_by_key(|event| event["timestamp"].as_i64());
    let export = json!({"version": "2023-04-28", "data": {"snapshots": events}}).to_string();
    for (choice, colour) in [("auto", [0, 128, 0]), ("busy", [0, 128, 0]), ("quiet", [0, 0, 255])] {
        let room = Room::new();
        let (report, shown) = shown(&room, &export, &["--window", choice]);
        assert_eq!(shown, colour, "{choice}");
        assert_eq!(warning(&report, "other_windows")["count"], 1, "{choice}");
    }
}

#[test]
fn the_environment_stands_for_options() {
    let input = fixture("form");
    let options = [
        ("fps", "10"),
        ("speed", "4"),
        ("size", "320x200"),
        ("from", "1"),
        ("to", "5"),
        ("cursor", "off"),
        ("quiet", "true"),
        ("fonts", "bundled"),
    ];
    let report = |by_option: bool| {
        let room = Room::new();
        let mut arguments = vec!["render".to_owned(), input.clone(), "-o".to_owned(), room.out("clip.mp4")];
        let path = room.path().join("report.json");
        let mut variables = vec![("REPLAYREEL_REPORT".to_owned(), path.display().to_string())];
        for (name, value) in options {
            if by_option {
                arguments.push(format!("--{name}"));
                arguments.extend((name != "quiet").then(|| value.to_owned()));
            } else {
                variables.push((format!("REPLAYREEL_{}", name.to_uppercase()), value.to_owned()));
            }
        }
        let mut command = room.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let ended = room.start({
            command.envs(variables);
            command
        });
        let ended = ended.wait(PATIENCE);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
        serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()).unwrap()
    };
    let (by_option, by_variable) = (report(true), report(false));
    assert_eq!((by_option["slots"].as_u64(), by_option["video_ms"].as_f64()), (Some(10), Some(1000.0)));
    assert_eq!(by_option["outputs"][0]["width"], 320);
    for key in ["slots", "video_ms", "frames_sha256", "time_map"] {
        assert_eq!(by_variable[key], by_option[key], "{key}");
    }
}

#[test]
fn an_option_wins_over_its_environment_variable() {
    let room = Room::new();
    let input = room.file("input.json", json_of(&turning(500, GREEN)));
    let mut command =
        room.command(&["still", &input, "--at", "end", "-o", &room.out("still.png"), "--size", "160x100"]);
    command.env("REPLAYREEL_SIZE", "640x400");
    let ended = room.start(command).wait(PATIENCE);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(room.picture("still.png").dimensions(), (160, 100));
}

#[test]
fn the_doctor_finds_a_machine_that_passes_these_tests_healthy() {
    let room = Room::new();
    let ended = room.start(room.command(&["doctor"])).wait(SECONDS);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    for part in ["ok  chromium", "ok  sandbox", "renders frame by frame", "ok  ffmpeg", "ok  mp4", "ok  temp"] {
        assert!(ended.stdout.contains(part), "{part:?} is not in {}", ended.stdout);
    }
    assert!(!ended.stdout.contains("NO  "), "{ended:#?}");
    room.assert_tidy();
}
