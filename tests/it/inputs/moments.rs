//! What `inspect` tells of errors, clicks, requests and the like.

use serde_json::{Value, json};

use crate::program::recording::{event, json_of, turning};
use crate::program::{Ended, Room, SECONDS, fixture};

/// A PostHog export of one error and one marker.
fn export() -> Vec<u8> {
    let mut events = turning(500, "green");
    let console = json!({"level": "error", "trace": [], "payload": ["\"Boom \\u001b[2J\""]});
    events.push(event(6, 700, json!({"plugin": "rrweb/console@1", "payload": console})));
    events.push(event(5, 900, json!({"tag": "chapter", "payload": {"name": "paid"}})));
    for event in &mut events {
        event["windowId"] = json!("w1");
    }
    let person = json!({"name": "Ada", "distinct_ids": ["u-7", "u-8"]});
    json_of(&[json!({"version": "2023-04-28", "data": {"id": "s", "person": person, "snapshots": events}})])
        .strip_prefix(b"[")
        .and_then(|rest| rest.strip_suffix(b"]"))
        .unwrap()
        .to_vec()
}

fn inspect(room: &Room, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = room.command(&[&["inspect"], arguments].concat());
    command.env_remove("LC_ALL").env_remove("LC_CTYPE").envs(variables.iter().copied());
    let ended = room.start(command).wait(SECONDS);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    ended
}

#[test]
fn moments_are_listed_for_machines_with_what_joins_them_to_other_data() {
    let room = Room::new();
    let ended = inspect(&room, &[&room.file("export.json", export()), "--json"], &[]);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let moments = told["moments"].as_array().unwrap();
    let kinds: Vec<&str> = moments.iter().map(|moment| moment["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["page", "error", "marker"]);
    let error = &moments[1];
    assert_eq!((error["at_ms"].as_f64(), error["window"].as_str()), (Some(700.0), Some("w1")));
    assert_eq!((error["distinct_id"].as_str(), error["label"].as_str()), (Some("u-7"), Some("Boom [2J")));
    assert_eq!(error["url"], told["pages"][0]["href"]);
    let started: f64 = told["started_at_ms"].as_f64().unwrap();
    let at: jiff::Timestamp = error["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(at.as_millisecond() as f64, started + 700.0);
    assert!(error.get("until_ms").is_none() && error.get("position").is_none(), "{error:#}");
}

#[test]
fn moments_are_listed_for_people_below_a_strip_of_activity() {
    let room = Room::new();
    let input = room.file("export.json", export());
    let utf_8 = inspect(&room, &[&input], &[("LANG", "C.UTF-8"), ("COLUMNS", "70")]).stdout;
    for part in
        ["Activity\n", "M marker", "E error", "0:00.7  error     Boom [2J\n", "0:00.9  marker    chapter: paid\n"]
    {
        assert!(utf_8.contains(part), "{part:?} is not in {utf_8}");
    }
    assert!(utf_8.contains('▇') && !utf_8.contains('\u{1b}'), "{utf_8}");
    let plain = inspect(&room, &[&input], &[("LANG", "C")]).stdout;
    assert!(!plain.contains('▇'), "{plain}");
}

#[test]
fn a_form_that_was_sent_is_found_where_it_was() {
    let room = Room::new();
    let ended = inspect(&room, &[&fixture("form"), "--json"], &[]);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let kinds: Vec<&Value> = told["moments"].as_array().unwrap().iter().map(|moment| &moment["kind"]).collect();
    assert_eq!(kinds, ["page", "submit"]);
}
