//! The recorder in a real browser: what it sends and what it saves are recordings that the program reads.

use serde_json::Value;

use crate::kit::page_script;
use crate::program::Room;

#[test]
fn a_recorded_page_arrives_once_and_in_order_whatever_fails_on_the_way() {
    let room = Room::new();
    page_script("recorder.mjs", [room.path().join("out")], &[]);
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
