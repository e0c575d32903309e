use std::io::{Read, Write};

use super::*;

/// As recorders write compressed bytes into JSON: one character per byte.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn gzip(value: &str) -> std::io::Result<String> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(value.as_bytes())?;
    Ok(latin1(&encoder.finish()?))
}

fn json_of(recording: &Recording, place: usize) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(&recording.windows[0].events[place].json)
}

#[test]
fn compressed_fields_are_unpacked_and_cv_is_dropped() -> Outcome {
    let page = full(1);
    let packed_page = with(with(page.clone(), "data", gzip(&page["data"].to_string())?), "cv", "2024-10");
    let adds = json!([{"parentId": 1, "node": {"type": 3, "textContent": "ä\u{1f600}", "id": 9}}]);
    let mutation = json!({"type": 3, "cv": "2024-10", "timestamp": T0 + 2, "data": {"source": 0, "isAttachIframe": true,
        "texts": gzip("[]")?, "attributes": gzip("[]")?, "removes": gzip("[]")?, "adds": gzip(&adds.to_string())?}});
    let rule = json!({"type": 3, "cv": "2024-10", "timestamp": T0 + 3, "data": {"source": 8, "id": 4, "adds": gzip("[{\"rule\":\"a{}\"}]")?}});
    let recording = read_events(&[meta(0), packed_page, mutation, rule])?;

    assert_eq!(json_of(&recording, 1)?, page);
    let data = json!({"source": 0, "isAttachIframe": true, "texts": [], "attributes": [], "removes": [], "adds": adds});
    assert_eq!(json_of(&recording, 2)?, increment(2, data));
    assert_eq!(json_of(&recording, 3)?, increment(3, json!({"source": 8, "id": 4, "adds": [{"rule": "a{}"}]})));
    assert_eq!((recording.format.compressed_fields, recording.repairs.len()), (6, 0));
    Ok(())
}

#[test]
fn a_field_that_unpacks_to_a_compressed_field_is_unpacked_once() -> Outcome {
    let twice = gzip(&json!(gzip("{}")?).to_string())?;
    let recording = read_events(&[meta(0), full(1), with(full(2), "data", twice)])?;
    assert_eq!(repairs(&recording), [(RepairKind::NotAnEvent, 1, Some(2))]);
    Ok(())
}

#[test]
fn cv_left_on_unpacked_data_is_no_harm() -> Outcome {
    let mutation = with(
        increment(2, json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []})),
        "cv",
        "2024-10",
    );
    let recording = read_events(&[meta(0), with(full(1), "cv", "2024-10"), mutation])?;
    assert_eq!((recording.windows[0].events.len(), recording.format.compressed_fields), (3, 0));
    Ok(())
}

#[test]
fn an_event_that_cannot_be_decompressed_is_dropped_and_told() -> Outcome {
    let broken = json!({"type": 2, "cv": "2024-10", "timestamp": T0 + 2, "data": "\u{1f}\u{8b}\u{8}nonsense"});
    // Valid gzip of something that would break out of its place in the event.
    let two_values = json!({"type": 2, "cv": "2024-10", "timestamp": T0 + 3, "data": gzip("{},\"type\":9")?});
    let recording = read_events(&[meta(0), full(1), broken, two_values])?;
    assert_eq!(recording.windows[0].events.len(), 2);
    assert_eq!(repairs(&recording), [(RepairKind::Undecodable, 2, Some(2))]);
    Ok(())
}

#[test]
fn a_field_that_unpacks_beyond_its_limit_stops_reading_and_names_the_event() -> Outcome {
    let bomb = with(full(1), "data", gzip(&format!("{{\"node\":\"{}\"}}", "0".repeat(100_000)))?);
    let limits = Limits { field_bytes: 50_000, ..Limits::default() };
    let outcome = open(json!([meta(0), bomb]).to_string(), &limits);
    assert!(
        matches!(&outcome, Err(RecordingError::TooLarge { limit: "field_bytes", value: 50_000, event: Some(1) })),
        "{outcome:?}"
    );
    Ok(())
}

#[test]
fn an_archive_bomb_is_stopped_by_what_comes_out_of_it() -> Outcome {
    let bomb = zstd::encode_all(std::io::repeat(b' ').take(5_000_000), 3)?;
    assert!(bomb.len() < 5_000);
    let limits = Limits { unpacked_bytes: 1_000_000, ..Limits::default() };
    let outcome = open(bomb, &limits);
    assert!(
        matches!(&outcome, Err(RecordingError::TooLarge { limit: "unpacked_bytes", value: 1_000_000, event: None })),
        "{outcome:?}"
    );
    Ok(())
}

#[test]
fn fields_of_many_events_count_against_the_limit_together() -> Outcome {
    let page = gzip(&format!("{{\"node\":\"{}\"}}", "0".repeat(40_000)))?;
    let events: Vec<Value> = (0..4).map(|at| with(full(at), "data", page.clone())).collect();
    let limits = Limits { unpacked_bytes: 100_000, ..Limits::default() };
    let outcome = open(json!(events).to_string(), &limits);
    assert!(
        matches!(&outcome, Err(RecordingError::TooLarge { limit: "unpacked_bytes", event: Some(2), .. })),
        "{outcome:?}"
    );
    Ok(())
}

/// As rrweb's packer writes an event.
fn pack(event: Value, version: &str) -> std::io::Result<String> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(with(event, "v", version).to_string().as_bytes())?;
    Ok(latin1(&encoder.finish()?))
}

#[test]
fn events_of_rrwebs_packer_are_unpacked() -> Outcome {
    let (a, b) = (json!(pack(meta(0), "v1")?), json!(pack(full(1), "v1")?));
    for text in [json!([a, b, scroll(2)]).to_string(), format!("{a}\n{b}\n{}\n", scroll(2))] {
        let recording = read(text)?;
        assert_eq!(times(&recording), [[0.0, 1.0, 2.0]]);
        assert_eq!((recording.format.packed_events, recording.repairs.len()), (2, 0));
    }
    let alone = read(b.to_string())?;
    assert_eq!((times(&alone), alone.format.packed_events), (vec![vec![0.0, 0.0]], 1));
    assert_eq!(alone.format.shape, crate::recording::Shape::SingleEvent);
    Ok(())
}

#[test]
fn another_version_of_the_packer_is_refused_by_name() -> Outcome {
    let outcome = read(json!([pack(meta(0), "v1")?, pack(full(1), "v2")?]).to_string());
    let Err(error @ RecordingError::UnknownPacker { event: 1, .. }) = outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert!(error.to_string().contains("version \"v2\" of rrweb's packer"), "{error}");
    Ok(())
}

#[test]
fn a_file_of_packed_events_does_not_stay_in_memory_for_the_sake_of_a_plain_one() -> Outcome {
    let text = "words ".repeat(2000);
    let page = json!({"node": {"type": 0, "childNodes": [{"type": 3, "textContent": text, "id": 2}], "id": 1}});
    let noise: String = (0..6000_u32).map(|i| char::from((i.wrapping_mul(2_654_435_761) >> 24) as u8)).collect();
    let buffer = bytes::Bytes::from(
        json!([meta(0), with(full(1), "data", gzip(&page.to_string())?), scroll(2), {"padding": noise}]).to_string(),
    );
    let recording = open(buffer.clone(), &Limits::default())?;
    for event in &recording.windows[0].events {
        assert!(!buffer.as_ptr_range().contains(&event.json.as_ptr()), "event {} holds the file", event.index);
    }
    assert_eq!(json_of(&recording, 0)?, meta(0));
    assert_eq!(json_of(&recording, 1)?["data"], page);
    assert_eq!(json_of(&recording, 2)?, scroll(2));
    Ok(())
}
