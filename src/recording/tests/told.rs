use super::*;
use crate::recording::Summary;

fn summary() -> Result<Summary, RecordingError> {
    let custom = |at, tag| json!({"type": 5, "data": {"tag": tag, "payload": {}}, "timestamp": T0 + at});
    read_events(&[
        meta(0),
        full(0),
        scroll(61_000),
        scroll(60_000),
        custom(61_500, "$pageview"),
        custom(61_600, "evil\u{1b}[31m"),
        json!({"type": 6, "data": {"plugin": "rrweb/console@1", "payload": {}}, "timestamp": T0 + 61_700}),
        // A checkout of the same page, then another page in another size.
        meta(62_000),
        full(62_000),
        with(meta(63_000), "data", json!({"href": "https://example.org/two", "width": 900, "height": 600})),
        full(63_000),
        json!({"type": 9, "data": {}, "timestamp": T0 + 64_000}),
    ])
    .map(|recording| Summary::of(&recording))
}

#[test]
fn the_summary_counts_what_is_in_a_recording() -> Outcome {
    let json = serde_json::to_value(summary()?)?;
    assert_eq!(json["started_at"], "2023-11-14T22:13:20Z");
    assert_eq!(json["duration_ms"], 64_000.0);
    assert_eq!(
        json["events"],
        json!({"meta": 3, "full_snapshot": 3, "scroll": 2, "custom": 2, "plugin": 1, "type_9": 1})
    );
    assert_eq!(json["plugins"], json!({"rrweb/console@1": 1}));
    assert_eq!(json["custom"]["$pageview"], 1);
    assert_eq!(
        json["pages"],
        json!([
            {"window": "main", "href": "https://example.org/", "at_ms": 0.0},
            {"window": "main", "href": "https://example.org/two", "at_ms": 63_000.0}
        ])
    );
    assert_eq!(
        json["viewports"],
        json!([
            {"window": "main", "width": 800, "height": 600, "at_ms": 0.0},
            {"window": "main", "width": 900, "height": 600, "at_ms": 63_000.0}
        ])
    );
    assert_eq!(
        json["windows"],
        json!([{"number": 1, "id": "main", "events": 12, "active_events": 8, "full_snapshots": 3, "pages": 2, "first_ms": 0.0, "last_ms": 64_000.0}])
    );
    assert_eq!(json["repairs"], json!([{"repair": "out_of_order", "count": 1, "first_event": 3}]));
    Ok(())
}

#[test]
fn the_summary_reads_well_in_a_terminal_and_cannot_command_it() -> Outcome {
    let text = summary()?.to_string();
    for line in [
        "Started    2023-11-14T22:13:20Z",
        "Duration   1:04.0",
        "Size       900x600",
        "  1  0:00.0 – 1:04.0  main: 12 events, 8 active, 3 full snapshots, 2 pages",
        "  1:03.0  https://example.org/two",
        "  1 event that went back in time was sorted in (event 3).",
    ] {
        assert!(text.lines().any(|found| found == line), "no line `{line}` in\n{text}");
    }
    assert!(!text.contains('\u{1b}') && text.contains("evil"));
    Ok(())
}
