use super::*;
use crate::recording::{Compression, Shape};

fn ids(recording: &Recording) -> Vec<&str> {
    recording.windows.iter().map(|window| window.id.as_str()).collect()
}

#[test]
fn every_shape_of_the_same_events_gives_the_same_times() -> Outcome {
    let events = [meta(0), full(1), scroll(5)];
    let [a, b, c] = &events;
    let in_window: Vec<Value> = events.iter().map(|event| with(event.clone(), "windowId", "w")).collect();
    let shapes = [
        (json!(events).to_string(), Shape::EventArray),
        (json!({"events": events}).to_string(), Shape::EventsObject),
        (serde_json::to_string_pretty(&json!({"session": {"id": "s"}, "events": events}))?, Shape::EventsObject),
        (json!({"result": events}).to_string(), Shape::ApiResult),
        (json!({"result": {"snapshots": events, "person": null}}).to_string(), Shape::ApiResult),
        (json!({"version": "2023-04-28", "data": {"id": "s", "snapshots": in_window}}).to_string(), Shape::PosthogExport),
        (json!({"data": {"snapshots": in_window}, "version": "2023-04-28"}).to_string(), Shape::PosthogExport),
        (
            json!({"version": "2022-12-02", "data": {"person": null, "snapshotsByWindowId": {"w": events}}}).to_string(),
            Shape::PosthogExportByWindow,
        ),
        (
            json!([{"event": "$snapshot", "properties": {"$snapshot_data": events, "$window_id": "w", "$session_id": "s"}}]).to_string(),
            Shape::PosthogIngest,
        ),
        (json!(in_window).to_string(), Shape::EventArray),
        (
            json!({"batch": [{"event": "$snapshot", "properties": {"$snapshot_data": events, "$window_id": "w", "$session_id": "s"}}]}).to_string(),
            Shape::PosthogIngest,
        ),
        (
            json!({"api_key": "k", "data": [{"event": "$snapshot", "properties": {"$snapshot_data": events, "$window_id": "w", "$session_id": "s"}}]}).to_string(),
            Shape::PosthogIngest,
        ),
        (format!("{{\"segment_id\":3}}\n{}", json!(events)), Shape::SentrySegment),
        (json!([a.to_string(), b.to_string(), c.to_string()]).to_string(), Shape::EventArray),
        (format!("{}\n{}\n{}", json!(a.to_string()), json!(b.to_string()), json!(c.to_string())), Shape::JsonLines),
        (format!("{a}\n{b}\n\n{c}"), Shape::JsonLines),
        (format!("[\"w\",{a}]\n[\"w\",{b}]\n[\"w\",{c}]\n"), Shape::JsonLines),
        (format!("{}\n{}\n", json!({"window_id": "w", "data": [a, b]}), json!({"data": [c], "windowId": "w"})), Shape::JsonLines),
        (format!("\u{feff}{}", json!(events)), Shape::EventArray),
    ];
    for (text, shape) in shapes {
        let recording = read(text.clone())?;
        assert_eq!(recording.format.shape, shape, "{text}");
        assert_eq!(times(&recording), [[0.0, 1.0, 5.0]], "{text}");
        assert_eq!(recording.repairs, [], "{text}");
        let window = if text.contains("\"w\"") { "w" } else { "main" };
        assert_eq!(ids(&recording), [window], "{text}");
        let session = text.contains("\"s\"").then(|| "s".to_owned());
        assert_eq!(recording.session_id, session, "{text}");
    }
    Ok(())
}

#[test]
fn a_posthog_export_brings_its_session_person_and_version() -> Outcome {
    let export = json!({"version": "2023-04-28", "data": {"id": "0199", "person": {"name": "Ada", "id": 7}, "snapshots": [meta(0), full(0)]}});
    let recording = read(export.to_string())?;
    assert_eq!(recording.session_id.as_deref(), Some("0199"));
    assert_eq!(recording.person, Some(json!({"name": "Ada", "id": 7})));
    assert_eq!(recording.format.version.as_deref(), Some("2023-04-28"));
    Ok(())
}

#[test]
fn windows_are_split_by_id_string_or_number_and_ordered_by_first_event() -> Outcome {
    let recording = read_events(&[
        with(full(7), "windowId", "late"),
        with(meta(3), "windowId", 2),
        with(full(3), "windowId", 2),
        with(meta(6), "windowId", "late"),
        with(scroll(9), "windowId", 2),
    ])?;
    assert_eq!(ids(&recording), ["2", "late"]);
    assert_eq!(times(&recording), [vec![0.0, 0.0, 6.0], vec![3.0, 4.0]]);
    let indexes: Vec<Vec<u32>> = recording.windows.iter().map(|w| w.events.iter().map(|e| e.index).collect()).collect();
    assert_eq!(indexes, [vec![1, 2, 4], vec![3, 0]]);
    Ok(())
}

#[test]
fn gzip_and_zstd_are_unpacked_also_one_inside_the_other() -> Outcome {
    use std::io::Write;
    let plain = json!([meta(0), full(0)]).to_string();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain.as_bytes())?;
    let gzip = encoder.finish()?;
    let both = zstd::encode_all(gzip.as_slice(), 1)?;
    for (bytes, compressions) in [
        (gzip, vec![Compression::Gzip]),
        (zstd::encode_all(plain.as_bytes(), 1)?, vec![Compression::Zstd]),
        (both, vec![Compression::Zstd, Compression::Gzip]),
    ] {
        let stored = bytes.len() as u64;
        let format = open(bytes, &Limits::default())?.format;
        assert_eq!(format.compressions, compressions);
        assert_eq!((format.bytes_in, format.bytes_unpacked), (stored, plain.len() as u64));
    }
    Ok(())
}

#[test]
fn an_event_is_handed_on_byte_by_byte_without_a_copy() -> Outcome {
    let text =
        format!("[{}, {{ \"timestamp\" : {T0}, \"type\":2,\"data\":{{\"node\":{{}}}} ,\"extra\":[1] }}]", meta(0));
    let buffer = bytes::Bytes::from(text);
    let recording = open(buffer.clone(), &Limits::default())?;
    let json = &recording.windows[0].events[1].json;
    assert_eq!(json, &format!("{{ \"timestamp\" : {T0}, \"type\":2,\"data\":{{\"node\":{{}}}} ,\"extra\":[1] }}"));
    assert!(buffer.as_ptr_range().contains(&json.as_ptr()), "the event is not a slice of the input");
    Ok(())
}
