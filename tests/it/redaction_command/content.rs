//! What rules take out is gone, whichever way they came and whichever way out it takes.

use super::*;

/// What each rule of this name did.
#[track_caller]
fn count(summary: &Value, name: &str) -> u64 {
    let rules = summary["rules"].as_array().unwrap();
    let found = rules.iter().find(|rule| rule["name"] == name);
    found.unwrap_or_else(|| panic!("no rule {name}: {summary:#}"))["count"].as_u64().unwrap()
}

#[test]
fn a_redacted_recording_does_not_hold_what_was_taken_out() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let output = room.out("a.jsonl");
    let told = json(&room.run(&["redact", &input, "-o", &output, "--builtin", "email", "--json"]));
    assert_eq!(count(&told, "email"), 1);
    let written = fs::read_to_string(&output).unwrap();
    assert!(written.contains("Write to ") && !written.contains("lovelace"), "{written}");
}

#[test]
fn rules_may_come_through_a_pipe() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let script = r#"exec "$0" "$@" --rules <(echo 'builtin = ["email"]')"#;
    let output = room.out("a.json");
    let command = room.wrapped(&["bash", "-c", script], &["redact", &input, "-o", &output, "--json"]);
    assert_eq!(count(&json(&end(&room, command)), "email"), 1);
    assert!(!fs::read_to_string(&output).unwrap().contains("lovelace"));
}

#[test]
fn what_a_caller_keeps_is_not_kept_from_the_installations_rules() {
    let room = Room::new();
    let installation = Installation::new(&room, RULES);
    let input = room.file("input.json", page());
    let keeping = room.file("own.toml", format!("builtin = [\"email\"]\n[keep]\nvalues = [\"{SECRET}\"]\n"));
    let output = room.out("a.json");
    // The caller's file does keep it where it is alone.
    assert_eq!(room.run(&["convert", &input, "-o", &output, "--redact", &keeping]).code, Some(0));
    assert!(fs::read_to_string(&output).unwrap().contains(SECRET));
    let ended = installation.run(&room, &["convert", &input, "-o", &output, "--redact", &keeping]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(!fs::read_to_string(&output).unwrap().contains("lovelace"));
}

#[test]
fn a_package_is_not_unpacked_as_it_was_where_rules_hold() {
    let room = Room::new();
    let package = room.out("a.replay.zip");
    assert_eq!(room.run(&["pack", &room.file("input.json", page()), "-o", &package]).code, Some(0));
    let folder = room.out("folder");
    assert_eq!(room.run(&["unpack", &package, "-o", &folder, "--builtin", "email"]).code, Some(0));
    let events = fs::read_to_string(Path::new(&folder).join("events.jsonl")).unwrap();
    assert!(events.contains("Write to ") && !events.contains("lovelace"), "{events}");
}

#[test]
fn assets_that_are_given_are_redacted_as_the_recording_is() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let assets = room.path().join("assets");
    fs::create_dir(&assets).unwrap();
    fs::write(assets.join("a.css"), format!("p::after {{ content: '{SECRET}' }}")).unwrap();
    fs::write(assets.join("index.json"), r#"{"https://example.net/a.css": "a.css"}"#).unwrap();
    let package = room.out("a.replay.zip");
    let assets = assets.to_str().unwrap();
    let arguments = ["pack", &input, "-o", &package, "--assets", assets, "--builtin", "email"];
    assert_eq!(room.run(&arguments).code, Some(0));
    let folder = room.out("folder");
    assert_eq!(room.run(&["unpack", &package, "-o", &folder]).code, Some(0));
    let files: Vec<_> = fs::read_dir(Path::new(&folder).join("assets")).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1);
    let css = fs::read_to_string(files[0].path()).unwrap();
    assert!(css.contains("content") && !css.contains("lovelace"), "{css}");
    let manifest: Value = serde_json::from_slice(&fs::read(Path::new(&folder).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(count(&manifest["redaction"], "email"), 2, "{manifest:#}");
}
