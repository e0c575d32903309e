//! Redaction on the command line: where rules come from, that those of the installation always hold, and what `redact` writes.
//!
//! What rules find and what becomes of it is tested in `redaction`; here it is only made sure that they get to every recording.

mod browser;
mod content;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::recording::{Nodes, event, json_of, meta};
use crate::program::{Ended, PATIENCE, Room};

/// What stands on the page.
const SECRET: &str = "ada.lovelace@example.org";
const RULES: &str = "builtin = [\"email\"]\n";
const WRONG: &str = "builtin = [\"email\"]\nkeep = = 3\n";

/// A page with an address on it.
fn page() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let text = nodes.text(&format!("Write to {SECRET} today"));
    let body = vec![nodes.element("p", serde_json::json!({}), vec![text])];
    let document = nodes.document(Vec::new(), serde_json::json!({}), body);
    let data = serde_json::json!({"node": document, "initialOffset": {"left": 0, "top": 0}});
    let scroll = serde_json::json!({"source": 3, "id": 1, "x": 0, "y": 0});
    json_of(&[meta(0, 320, 200), event(2, 10, data), event(3, 1010, scroll)])
}

fn end(room: &Room, command: Command) -> Ended {
    room.start(command).wait(PATIENCE)
}

/// The run has to succeed, and prints JSON.
#[track_caller]
fn json(ended: &Ended) -> Value {
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    serde_json::from_str(&ended.stdout).unwrap()
}

/// The program installed somewhere, with rules of its own.
struct Installation {
    program: String,
}

impl Installation {
    fn new(room: &Room, rules: &str) -> Self {
        let prefix = room.path().join("prefix");
        fs::create_dir_all(prefix.join("bin")).unwrap();
        fs::create_dir_all(prefix.join("etc/replayreel")).unwrap();
        fs::write(prefix.join("etc/replayreel/redact.toml"), rules).unwrap();
        let program = prefix.join("bin/replayreel");
        let built = env!("CARGO_BIN_EXE_replayreel");
        // Folders of different disks have no links between them.
        fs::hard_link(built, &program).or_else(|_| fs::copy(built, &program).map(drop)).unwrap();
        Self { program: program.display().to_string() }
    }

    fn command(&self, room: &Room, arguments: &[&str]) -> Command {
        room.line(&[&[self.program.as_str()], arguments].concat())
    }

    fn run(&self, room: &Room, arguments: &[&str]) -> Ended {
        end(room, self.command(room, arguments))
    }
}

#[test]
fn rules_come_from_options_and_from_variables() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let rules = room.file("rules.toml", RULES);
    let inspect = ["inspect", "--json", &input];
    assert!(json(&room.run(&inspect)).get("redaction").is_none());
    for options in [&["--builtin", "email"][..], &["--builtin=email,card"], &["--redact", &rules], &["--rules", &rules]]
    {
        let told = json(&room.run(&[&inspect[..], options].concat()));
        assert!(told["redaction"]["rules"].is_array(), "{options:?}: {told:#}");
    }
    for (variable, value) in [("REPLAYREEL_BUILTIN", "email,phone"), ("REPLAYREEL_REDACT", &rules)] {
        let mut command = room.command(&inspect);
        command.env(variable, value);
        assert!(json(&end(&room, command))["redaction"]["rules"].is_array(), "{variable}");
    }
}

#[test]
fn every_command_that_reads_a_recording_takes_rules() {
    let room = Room::new();
    for command in ["render", "still", "dom", "inspect", "pack", "unpack", "convert", "redact"] {
        let help = room.run(&[command, "--help"]).stdout;
        for option in ["--redact <FILE>", "--builtin <NAME,…>", "--redact-key <SECRET>", "[env: REPLAYREEL_REDACT_KEY"]
        {
            assert!(help.contains(option), "{command} has no {option}");
        }
    }
}

#[test]
fn the_key_of_pseudonyms_is_not_shown() {
    let room = Room::new();
    let mut command = room.command(&["redact", "--help"]);
    command.env("REPLAYREEL_REDACT_KEY", "hunter2-hunter2");
    let ended = end(&room, command);
    assert!(ended.stdout.contains("REPLAYREEL_REDACT_KEY") && !ended.stdout.contains("hunter2"), "{ended:#?}");
}

#[test]
fn wrong_rules_are_bad_usage_with_line_and_column_and_nothing_is_read_or_written() {
    let room = Room::new();
    let wrong = room.file("wrong.toml", WRONG);
    let output = room.out("a.json");
    // The input is not there: rules come first.
    let arguments = ["convert", "/nonexistent.json", "-o", &output];
    for option in ["--redact", "--rules"] {
        room.run(&[&arguments[..], &[option, &wrong]].concat()).assert_failed(2, &["wrong.toml:2:8: "]);
    }
    let mut command = room.command(&arguments);
    command.env("REPLAYREEL_REDACT", &wrong);
    end(&room, command).assert_failed(2, &["wrong.toml:2:8: "]);
    room.run(&[&arguments[..], &["--redact", "/nonexistent.toml"]].concat())
        .assert_failed(2, &["cannot read the redaction rules /nonexistent.toml"]);
    let ended = room.run(&[&arguments[..], &["--builtin", "email,name"]].concat());
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(ended.stderr.contains("email, card, phone, token"), "{ended:#?}");
    room.assert_nothing_left();
}

#[test]
fn the_installations_rules_hold_whatever_a_caller_says() {
    let room = Room::new();
    let installation = Installation::new(&room, RULES);
    let input = room.file("input.json", page());
    let own = room.file("own.toml", "respect-marks = false\n");
    let inspect = ["inspect", "--json", &input];
    assert!(json(&installation.run(&room, &inspect))["redaction"].is_object());
    let told = json(&installation.run(&room, &[&inspect[..], &["--redact", &own]].concat()));
    assert!(told["redaction"].is_object(), "{told:#}");
    let mut command = installation.command(&room, &inspect);
    command.env("REPLAYREEL_REDACT", &own).env("HOME", "/nonexistent").env("XDG_CONFIG_HOME", "/nonexistent");
    assert!(json(&end(&room, command))["redaction"].is_object());
}

#[test]
fn a_link_to_the_program_does_not_lead_around_the_installations_rules() {
    let room = Room::new();
    let installation = Installation::new(&room, RULES);
    let link = room.path().join("link");
    std::os::unix::fs::symlink(&installation.program, &link).unwrap();
    let input = room.file("input.json", page());
    let ended = end(&room, room.line(&[link.to_str().unwrap(), "inspect", "--json", &input]));
    assert!(json(&ended)["redaction"].is_object());
}

#[test]
fn an_installation_whose_rules_cannot_be_used_reads_nothing() {
    let room = Room::new();
    let installation = Installation::new(&room, WRONG);
    let input = room.file("input.json", page());
    let output = room.out("a.json");
    for arguments in [&["inspect", &input][..], &["convert", &input, "-o", &output, "--builtin", "email"]] {
        let ended = installation.run(&room, arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:#?}");
        assert!(ended.stderr.contains("prefix/etc/replayreel/redact.toml:2:8: "), "{ended:#?}");
        assert!(ended.stderr.contains("installation's"), "{ended:#?}");
    }
    let rules = Path::new(&installation.program).ancestors().nth(2).unwrap().join("etc/replayreel/redact.toml");
    fs::remove_file(&rules).unwrap();
    // There, and no file.
    fs::create_dir(&rules).unwrap();
    let ended = installation.run(&room, &["inspect", &input]);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    fs::remove_dir(&rules).unwrap();
    assert!(json(&installation.run(&room, &["inspect", "--json", &input])).get("redaction").is_none());
    room.assert_nothing_left();
}

#[test]
fn the_doctor_tells_of_the_installations_rules() {
    let room = Room::new();
    let installation = Installation::new(&room, RULES);
    let line = || {
        let ended = installation.run(&room, &["doctor", "--chromium", "/nonexistent/never-started"]);
        ended.stdout.lines().find(|line| line.contains("redaction")).unwrap().to_owned()
    };
    assert!(
        line().starts_with("ok  redaction") && line().contains("etc/replayreel/redact.toml: 1 rule;"),
        "{}",
        line()
    );
    let rules = Path::new(&installation.program).ancestors().nth(2).unwrap().join("etc/replayreel/redact.toml");
    fs::write(&rules, WRONG).unwrap();
    assert!(line().starts_with("NO  redaction") && line().contains("redact.toml:2:8: "), "{}", line());
    fs::remove_file(&rules).unwrap();
    assert!(line().starts_with("ok  redaction   no rules for the whole installation"), "{}", line());
}

#[test]
fn what_is_wrong_with_an_input_is_told_without_what_is_in_it() {
    let room = Room::new();
    let quoted = format!("<p>{SECRET}</p>");
    let keys = format!("{{\"{SECRET}\": 1}}");
    for content in [quoted, keys] {
        let input = room.file("input.json", &content);
        room.run(&["inspect", &input]).assert_failed(3, &["not a recording", SECRET]);
        let ended = room.run(&["inspect", &input, "--builtin", "email", "--log", "trace"]);
        assert_eq!(ended.code, Some(3), "{ended:#?}");
        assert!(ended.stderr.contains("not a recording") && !ended.stderr.contains("lovelace"), "{ended:#?}");
    }
}

#[test]
fn redacting_by_nothing_is_bad_usage_that_says_how() {
    let room = Room::new();
    let input = room.file("input.json", page());
    room.run(&["redact", &input, "-o", &room.out("a.json")])
        .assert_failed(2, &["--rules FILE", "--builtin email,card"]);
    room.assert_nothing_left();
    // With rules of the installation there is something to do.
    let ended = Installation::new(&room, RULES).run(&room, &["redact", &input, "-o", &room.out("a.json")]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
}

#[test]
fn redact_writes_what_convert_writes_and_tells_what_was_done() {
    let room = Room::new();
    let input = room.file("input.json", page());
    for name in ["a.json", "a.jsonl.gz", "a.replay.zip"] {
        let output = room.out(name);
        let ended = room.run(&["redact", &input, "-o", &output, "--builtin", "email"]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
        assert!(ended.stdout.starts_with("rule"), "{ended:#?}");
        assert!(ended.stdout.contains(&format!("{name}: 3 events of 1 window, ")), "{ended:#?}");
        assert_eq!(json(&room.run(&["inspect", "--json", &output]))["windows"][0]["events"], 3);
        let told = json(&room.run(&["redact", &input, "-o", &output, "--builtin", "email", "--json"]));
        assert!(told["rules"].is_array(), "{told:#}");
    }
    for (options, message) in [
        (&["-o", "a.mp4"][..], "jsonl"),
        (&["-o", "-"], "--to"),
        (&["-o", "-", "--preview"], "folder"),
        (&["-o", "pages", "--preview", "--window", "each"], "one window"),
    ] {
        let arguments = [&["redact", &input, "--builtin", "email"], options].concat();
        room.run(&arguments).assert_failed(2, &[message]);
    }
    assert_eq!(room.run(&["redact", &input, "-o", "a.json", "--builtin", "email", "--at", "1"]).code, Some(2));
}

#[test]
fn with_the_recording_on_stdout_the_summary_is_on_stderr() {
    let room = Room::new();
    let input = room.file("input.json", page());
    let ended = room.run(&["redact", &input, "-o", "-", "--to", "jsonl", "--builtin", "email"]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(ended.stdout.lines().count(), 3, "{ended:#?}");
    assert!(ended.stdout.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{ended:#?}");
    assert!(ended.stderr.starts_with("rule"), "{ended:#?}");
}

#[test]
fn only_packages_are_unpacked_with_rules_too() {
    let room = Room::new();
    let input = room.file("input.json", page());
    room.run(&["unpack", &input, "-o", &room.out("folder"), "--builtin", "email"])
        .assert_failed(3, &["not a replay package"]);
    room.assert_nothing_left();
}

#[test]
fn a_package_is_unpacked_as_it_is_only_where_no_rule_holds() {
    let room = Room::new();
    let package = room.out("a.replay.zip");
    let input = room.file("input.json", page());
    assert_eq!(room.run(&["pack", &input, "-o", &package]).code, Some(0));
    let ended = room.run(&["unpack", &package, "-o", &room.out("plain")]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    let manifest = |folder: &str| -> Value {
        serde_json::from_slice(&fs::read(Path::new(&room.out(folder)).join("manifest.json")).unwrap()).unwrap()
    };
    assert!(manifest("plain").get("redaction").is_none());
    let ended = Installation::new(&room, RULES).run(&room, &["unpack", &package, "-o", &room.out("redacted")]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stderr.contains("note: redaction rules hold"), "{ended:#?}");
    assert!(manifest("redacted")["redaction"].is_object());
    room.assert_tidy();
}
