//! Previews, and what the report tells.

use super::*;
use crate::kit;

#[test]
fn a_preview_is_a_folder_with_both_sides_and_no_recording() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let folder = room.out("deep/preview");
    let arguments = ["redact", &input, "-o", &folder, "--builtin", "email", "--preview", "--at", "0.5", "--at", "end"];
    let ended = room.run(&arguments);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    assert!(ended.stdout.contains("preview/preview.html"), "{ended:#?}");
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let expected = ["after-1.png", "after-2.png", "before-1.png", "before-2.png", "preview.html", "summary.json"];
    assert_eq!(names, expected);
    let read = |name: &str| fs::read(Path::new(&folder).join(name)).unwrap();
    let html = String::from_utf8(read("preview.html")).unwrap();
    for name in &expected[..4] {
        assert!(html.contains(&format!("src=\"{name}\"")), "{name} is not in {html}");
        let picture = kit::open(&Path::new(&folder).join(name));
        assert_eq!(picture.dimensions(), (320, 200), "{name}");
    }
    assert!(!html.contains("lovelace"));
    let summary: Value = serde_json::from_slice(&read("summary.json")).unwrap();
    assert!(summary["rules"].is_array());
    // The left side is the recording as it is.
    let still = room.out("still.png");
    assert_eq!(room.run(&["still", &input, "--at", "0.5", "-o", &still]).code, Some(0));
    assert!(fs::read(still).unwrap() == read("before-1.png"));
    room.assert_tidy();
}

#[test]
fn the_left_side_of_a_preview_shows_nothing_that_the_installation_takes_out() {
    let room = Room::new();
    let installation = Installation::new(&room, RULES);
    let input = room.file("input.json", page());
    let folder = room.out("preview");
    let preview = ["redact", &input, "-o", &folder, "--preview", "--at", "end", "--json"];
    let ended = installation.run(&room, &preview);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let read = |name: &str| fs::read(Path::new(&folder).join(name)).unwrap();
    // Without rules of the caller's own, both sides are the same.
    assert!(read("before-1.png") == read("after-1.png"));
    let still = room.out("still.png");
    assert_eq!(installation.run(&room, &["still", &input, "--at", "end", "-o", &still]).code, Some(0));
    assert!(fs::read(still).unwrap() == read("before-1.png"));
}

#[test]
fn a_preview_that_fails_leaves_no_folder() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let arguments = ["redact", &input, "-o", &room.out("preview"), "--builtin", "email", "--preview", "--at", "99"];
    room.run(&arguments).assert_failed(2, &["--at"]);
    room.assert_nothing_left();
}

#[test]
fn the_report_tells_what_was_redacted_where_rules_hold() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let picture = room.out("a.png");
    for command in ["render", "still"] {
        let at: &[&str] = if command == "still" { &["--at", "end"] } else { &["-q"] };
        let plain = [&[command, &input, "-o", &picture], at].concat();
        assert!(room.report(&plain).get("redaction").is_none(), "{command}");
        let report = room.report(&[&plain[..], &["--builtin", "email"]].concat());
        assert!(report["redaction"]["rules"].is_array(), "{command}: {report:#}");
    }
}
