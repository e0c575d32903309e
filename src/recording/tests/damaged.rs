use super::*;

#[test]
fn what_is_no_recording_is_refused_with_what_was_found() {
    let cases: [(&str, &str); 9] = [
        ("", "empty"),
        (" \n\t", "empty"),
        ("<!DOCTYPE html>", "`<!DOCTYPE html>`"),
        ("{\"name\":\"x\",\"scripts\":{}}", "`name`, `scripts`"),
        ("[1,2]", "first element is `1`"),
        ("[{\"a\":1}]", "`a`"),
        ("[]", "no events"),
        ("{\"events\":[]}", "no events"),
        ("[{\"type\":2 \"data\":{}}]", "broken JSON at byte 11"),
    ];
    for (text, expected) in cases {
        let message = read(text).map(|_| ()).map_err(|error| error.to_string());
        assert!(message.as_ref().is_err_and(|message| message.contains(expected)), "{text}: {message:?}");
    }
}

#[test]
fn a_recording_without_a_full_snapshot_cannot_be_shown() {
    assert!(matches!(read_events(&[meta(0), scroll(1)]), Err(RecordingError::NoFullSnapshot { events: 2 })));
    assert!(matches!(read_events(&[meta(0)]), Err(RecordingError::NoFullSnapshot { events: 1 })));
}

#[test]
fn one_full_snapshot_alone_is_a_recording() -> Outcome {
    for text in [full(0).to_string(), json!([full(0)]).to_string(), format!("[\"w\",{}]", full(0))] {
        let recording = read(text)?;
        // The snapshot, and the meta event made up for it.
        assert_eq!(times(&recording), [[0.0, 0.0]]);
        assert_eq!(recording.duration(), crate::recording::SessionTime::ZERO);
    }
    Ok(())
}

#[test]
fn a_cut_file_is_read_up_to_its_last_complete_event() -> Outcome {
    let array = json!([meta(0), full(1), scroll(5), scroll(6)]).to_string();
    let export =
        json!({"version": "2023-04-28", "data": {"id": "s", "snapshots": [meta(0), full(1), scroll(5), scroll(6)]}})
            .to_string();
    let lines = format!("[\"w\",{}]\n[\"w\",{}]\n[\"w\",{}]\n[\"w\",{}]", meta(0), full(1), scroll(5), scroll(6));
    let batch = json!({"window_id": "w", "data": [meta(0), full(1), scroll(5), scroll(6)]}).to_string();
    for whole in [array, export, lines, batch] {
        let end = whole.rfind("\"source\"").unwrap_or_default();
        let recording = read(&whole[..end])?;
        assert_eq!(times(&recording), [[0.0, 1.0, 5.0]], "{whole}");
        assert_eq!(repairs(&recording), [(RepairKind::Truncated { offset: end }, 3, None)], "{whole}");
        let window = if whole.contains("\"w\"") && !whole.starts_with("{\"data") {
            "w"
        } else {
            recording.windows[0].id.as_str()
        };
        assert_eq!(recording.windows[0].id, window);
    }
    Ok(())
}

#[test]
fn a_file_cut_before_its_full_snapshot_is_refused_with_the_place() {
    let whole = json!([meta(0), full(1)]).to_string();
    let cut = &whole[..whole.len() - 5];
    let outcome = read(cut);
    assert!(
        matches!(outcome, Err(RecordingError::Truncated { offset, events: 1 }) if offset == cut.len()),
        "{outcome:?}"
    );
}

#[test]
fn a_cut_download_of_compressed_data_shows_what_arrived() -> Outcome {
    use std::io::Write;
    let mut events = vec![meta(0), full(1)];
    events.extend((2..4000).map(|at| scroll(at * 7919 % 100_003)));
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(json!(events).to_string().as_bytes())?;
    let gzip = encoder.finish()?;
    let recording = open(gzip[..gzip.len() / 2].to_vec(), &Limits::default())?;
    let kept = recording.windows[0].events.len();
    assert!((100..3900).contains(&kept), "{kept}");
    assert!(recording.repairs.iter().any(|repair| repair.kind == RepairKind::CompressionCut));

    let mut flipped = gzip;
    let last = flipped.len() - 6;
    flipped[last] ^= 0xff;
    let outcome = open(flipped, &Limits::default());
    assert!(matches!(&outcome, Err(RecordingError::CorruptCompression { .. })), "{outcome:?}");
    Ok(())
}

#[test]
fn a_bad_line_costs_only_itself() -> Outcome {
    let text = format!("{}\n{}\n{{\"type\":3,oops\n{}\n", meta(0), full(1), scroll(5));
    let offset = text.find("{\"type\":3,oops").unwrap_or_default();
    let recording = read(text)?;
    assert_eq!(times(&recording), [[0.0, 1.0, 5.0]]);
    assert_eq!(repairs(&recording), [(RepairKind::UnreadableLine { offset }, 1, None)]);
    Ok(())
}

#[test]
fn list_items_that_are_no_events_and_trailing_bytes_are_told() -> Outcome {
    let text =
        format!("[{},{},null,{{\"a\":1}},{{\"type\":3,\"data\":{{}},\"timestamp\":{T0}}}] tail", meta(0), full(1));
    let offset = text.len() - 4;
    let recording = read(text)?;
    assert_eq!(times(&recording), [[0.0, 1.0]]);
    assert_eq!(
        repairs(&recording),
        [(RepairKind::TrailingBytes { offset }, 1, None), (RepairKind::NotAnEvent, 3, Some(2))]
    );
    Ok(())
}

#[test]
fn lone_surrogates_and_bytes_that_are_not_utf8_do_not_kill_a_recording() -> Outcome {
    let page = full(1)
        .to_string()
        .replace("\"childNodes\":[]", "\"childNodes\":[{\"type\":3,\"textContent\":\"\\ud83d\",\"id\":2}]");
    let custom = format!("{{\"type\":5,\"data\":{{\"tag\":\"a\\udc00b\",\"payload\":{{}}}},\"timestamp\":{T0}}}");
    let recording = read(format!("[{},{custom},{page}]", meta(0)))?;
    let events = &recording.windows[0].events;
    assert!(
        matches!(&events[1].kind, crate::recording::EventKind::Custom { tag } if tag.starts_with('a') && tag.ends_with('b'))
    );
    assert!(std::str::from_utf8(&events[2].json)?.contains("\\ud83d"), "the player gets what was recorded");
    assert_eq!(recording.repairs, []);

    let mut bytes = json!([meta(0), full(1)]).to_string().into_bytes();
    let place = bytes.windows(7).position(|window| window == b"example").unwrap_or_default();
    bytes[place] = 0xff;
    let recording = open(bytes, &Limits::default())?;
    assert_eq!(repairs(&recording), [(RepairKind::InvalidUtf8, 1, None)]);
    Ok(())
}

#[test]
fn nesting_without_end_is_no_danger() {
    let deep = "[".repeat(200_000);
    assert!(matches!(read(deep), Err(RecordingError::Truncated { .. })));
    let deep_object = "{\"data\":".repeat(200_000);
    assert!(matches!(read(deep_object), Err(RecordingError::Truncated { .. })));
}
