//! The recorder in a real browser: what it sends and what it saves are recordings that the program reads.

use std::process::Command;

use serde_json::Value;

use crate::kit::in_repository;
use crate::program::Room;

#[test]
fn a_recorded_page_arrives_once_and_in_order_whatever_fails_on_the_way() {
    let folder = in_repository("tests/page");
    if !folder.join("node_modules/puppeteer-core").exists() {
        let setup = Command::new(in_repository("scripts/setup")).arg("node").status().unwrap();
        assert!(setup.success());
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        assert!(Command::new("npm").args(options).current_dir(&folder).status().unwrap().success());
    }
    let room = Room::new();
    let done = Command::new("node").arg(folder.join("recorder.mjs")).arg(room.path().join("out")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (sent, saved) = (room.out("session.jsonl"), room.out("session.replay.zip"));

    let verified = room.run(&["verify", &saved]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let [sent, saved] = [sent, saved].map(|file| {
        let inspected = room.run(&["inspect", &file, "--json"]);
        assert_eq!(inspected.code, Some(0), "{inspected:?}");
        serde_json::from_str::<Value>(&inspected.stdout).unwrap()
    });
    for same in ["events", "pages", "custom", "plugins", "duration_ms"] {
        assert_eq!(sent[same], saved[same], "{same}");
    }
    assert_eq!(saved["repairs"], Value::Array(Vec::new()));
    let kinds: Vec<&str> = saved["moments"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    for kind in ["page", "marker", "error", "failed"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}
