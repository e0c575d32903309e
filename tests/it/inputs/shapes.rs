//! The shapes that recorders, exports and APIs give to the same events.

use serde_json::{Value, json};

use crate::program::Room;
use crate::program::recording::{gzip, json_of, turning};

/// As PostHog's recorder writes compressed bytes into JSON: one character per byte.
fn packed(value: &Value) -> Value {
    gzip(value.to_string().as_bytes()).into_iter().map(char::from).collect::<String>().into()
}

/// The events as PostHog's recorder compresses them since October 2024.
fn compressed(events: &[Value]) -> Vec<Value> {
    let compress = |event: &Value| {
        let mut event = event.clone();
        match event["type"].as_u64() {
            Some(2) => event["data"] = packed(&event["data"]),
            Some(3) => {
                // Of other changes it compresses nothing (style sheets' rules aside).
                if event["data"]["source"] != 0 {
                    return event;
                }
                for field in ["texts", "attributes", "removes", "adds"] {
                    event["data"][field] = packed(&event["data"][field]);
                }
            }
            _ => return event,
        }
        event["cv"] = json!("2024-10");
        event
    };
    events.iter().map(compress).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// As PostHog's API hands out undecompressed blocks: each after its length.
fn blocks(events: &[Value]) -> Vec<u8> {
    let block = |event: &Value| {
        let line = format!("{}\n", json!(["w-1", event]));
        let block = snap::raw::Encoder::new().compress_vec(line.as_bytes()).unwrap();
        [&(block.len() as u32).to_be_bytes()[..], &block].concat()
    };
    events.iter().flat_map(block).collect()
}

fn in_window(events: &[Value], key: &str) -> Vec<Value> {
    let named = |event: &Value| {
        let mut event = event.clone();
        event[key] = json!("w-1");
        event
    };
    events.iter().map(named).collect()
}

/// A name, what `inspect` calls it, and the bytes.
pub(crate) fn shapes(events: &[Value]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let text = |value: Value| value.to_string().into_bytes();
    let lines = |rows: Vec<Value>| rows.iter().map(|row| format!("{row}\n")).collect::<String>().into_bytes();
    let new_export = |events: Vec<Value>| json!({"version": "2023-04-28", "data": {"id": "0199-s", "person": {"name": "Ada"}, "snapshots": events}});
    vec![
        ("array", "event_array", json_of(events)),
        ("object", "events_object", text(json!({"events": events}))),
        ("lines", "json_lines", lines(events.to_vec())),
        ("lines by window", "json_lines", lines(events.iter().map(|event| json!(["w-1", event])).collect())),
        ("export", "posthog_export", text(new_export(in_window(events, "windowId")))),
        ("compressed export", "posthog_export", text(new_export(in_window(&compressed(events), "windowId")))),
        (
            "export of 2022",
            "posthog_export_by_window",
            text(json!({"version": "2022-12-02", "data": {"person": null, "snapshotsByWindowId": {"w-1": events}}})),
        ),
        (
            "long-term storage of 2022",
            "posthog_export_by_window",
            text(json!({"version": "2022-12-22", "distinct_id": "ada", "snapshot_data_by_window_id": {"w-1": events}})),
        ),
        (
            "compressed ingest",
            "posthog_ingest",
            text(
                json!({"batch": [{"event": "$snapshot", "properties": {"$snapshot_data": compressed(events), "$window_id": "w-1", "$session_id": "0199-s"}}]}),
            ),
        ),
        (
            "batches by window",
            "json_lines",
            lines(events.iter().map(|event| json!({"window_id": "w-1", "data": [event]})).collect()),
        ),
        ("strings", "event_array", text(events.iter().map(Value::to_string).collect())),
        ("Sentry segment", "sentry_segment", [b"{\"segment_id\":0}\n".as_slice(), &zlib(&json_of(events))].concat()),
        ("length-prefixed snappy", "json_lines", blocks(events)),
        ("gzip", "event_array", gzip(&json_of(events))),
        ("zstd", "event_array", zstd::encode_all(json_of(events).as_slice(), 1).unwrap()),
        (
            "compressed export, zstd",
            "posthog_export",
            zstd::encode_all(text(new_export(compressed(events))).as_slice(), 1).unwrap(),
        ),
    ]
}

#[test]
fn every_shape_is_inspected_as_what_it_is_and_holds_the_same() {
    for (name, shape, bytes) in shapes(&turning(500, "rgb(0, 128, 0)")) {
        let room = Room::new();
        let ended = room.run(&["inspect", "--json", &room.file("input", bytes)]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{name}: {ended:#?}");
        let summary: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(summary["format"]["shape"], shape, "{name}");
        assert_eq!(summary["duration_ms"], 500.0, "{name}");
        assert_eq!(summary["events"], json!({"meta": 1, "full_snapshot": 1, "mutation": 1}), "{name}");
        assert_eq!(summary["repairs"], json!([]), "{name}");
        assert_eq!(summary["started_at"], "2026-01-01T00:00:00Z", "{name}");
        // A snapshot, and four lists of one mutation.
        assert_eq!(summary["format"]["compressed_fields"], if name.contains("compressed") { 5 } else { 0 }, "{name}");
        let export = shape == "posthog_export";
        assert_eq!(summary["person"], if export { json!("Ada") } else { Value::Null }, "{name}");
        let named = export || shape == "posthog_ingest";
        assert_eq!(summary["session_id"], if named { json!("0199-s") } else { Value::Null }, "{name}");
    }
}

#[test]
fn a_compressed_export_is_told_of_in_words() {
    let room = Room::new();
    let (_, _, bytes) = shapes(&turning(500, "green")).pop().unwrap();
    let ended = room.run(&["inspect", &room.file("input", bytes)]);
    for part in ["PostHog export 2023-04-28, zstd", "5 compressed fields", "Session    0199-s", "Person     Ada"] {
        assert!(ended.stdout.contains(part), "{part:?} is not in {}", ended.stdout);
    }
}
