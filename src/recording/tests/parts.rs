use super::*;
use crate::recording::{FileFormat, Shape, open_parts};
use crate::source::SourceBytes;

fn file(name: &str, text: impl Into<String>) -> SourceBytes {
    SourceBytes { name: name.to_owned(), bytes: text.into().into() }
}

fn read_files(files: &[SourceBytes]) -> Result<Recording, RecordingError> {
    open_parts(files, &Limits::default())
}

#[test]
fn files_of_one_session_are_one_recording_in_whatever_order_and_shape_they_come() -> Outcome {
    let first = file("a", json!([meta(0), full(1), scroll(5)]).to_string());
    let second = file("b", format!("{}\n{}\n", scroll(7), scroll(9)));
    let third = file("c", json!({"events": [scroll(11)]}).to_string());
    for files in [[&first, &second, &third], [&third, &second, &first]] {
        let recording = read_files(&files.map(Clone::clone))?;
        assert_eq!(times(&recording), [[0.0, 1.0, 5.0, 7.0, 9.0, 11.0]]);
        assert_eq!(recording.repairs, []);
    }
    let recording = read_files(&[first.clone(), second, third, first])?;
    let counts: Vec<(u64, Shape)> =
        recording.format.files.iter().map(|FileFormat { count, shape, .. }| (*count, *shape)).collect();
    assert_eq!(counts, [(2, Shape::EventArray), (1, Shape::JsonLines), (1, Shape::EventsObject)]);
    let told = recording.format.to_string();
    let expected = "4 files (2 of rrweb events (JSON array); 1 of JSON lines; 1 of rrweb events (JSON object)), ";
    assert!(told.starts_with(expected), "{told}");
    Ok(())
}

#[test]
fn the_same_file_twice_is_the_file_once_also_where_twice_would_differ() -> Outcome {
    let draw = increment(3, json!({"source": 9, "id": 1, "type": 0, "property": "fillRect", "args": [0, 0, 9, 9]}));
    let log = json!({"type": 6, "data": {"plugin": "rrweb/console@1", "payload": {"payload": ["\"a\""]}}, "timestamp": T0 + 3});
    // One file tells the same line twice: the page did log it twice.
    let events = [meta(0), full(0), scroll(1), draw, log.clone(), log];
    let once = read_events(&events)?;
    let text = json!(events).to_string();
    let twice = read_files(&[file("a", text.clone()), file("b", text)])?;
    assert_eq!(times(&twice), times(&once));
    assert_eq!(twice.repairs.len(), 1);
    let repair = &twice.repairs[0];
    assert_eq!((&repair.kind, repair.count, repair.file.as_deref()), (&RepairKind::Duplicate, 6, Some("b")));
    assert_eq!(repair.to_string(), "b: 6 repeated events were dropped (first: event 6).");
    Ok(())
}

#[test]
fn what_two_files_have_in_common_is_taken_once_however_it_was_packed_and_named() -> Outcome {
    let api = format!("{}\n{}\n", json!(["w", meta(0)]), json!(["w", full(1)]));
    let export: Vec<Value> = [full(1), scroll(2)].map(|event| with(with(event, "windowId", "w"), "delay", 3)).to_vec();
    let recording = read_files(&[
        file("api", api),
        file("export", json!({"version": "2023-04-28", "data": {"id": "s", "snapshots": export}}).to_string()),
    ])?;
    assert_eq!(times(&recording), [[0.0, 1.0, 2.0]]);
    assert_eq!(recording.session_id.as_deref(), Some("s"));
    Ok(())
}

#[test]
fn files_of_different_sessions_are_refused_with_both_names() {
    let of = |session: &str| {
        json!({"version": "2023-04-28", "data": {"id": session, "snapshots": [meta(0), full(1)]}}).to_string()
    };
    let outcome = read_files(&[file("one.json", of("0199-a")), file("two.json", of("0199-b"))]);
    let message = outcome.map(|_| ()).map_err(|error| error.to_string());
    let expected = "one.json is of session 0199-a and two.json of session 0199-b";
    assert!(message.as_ref().is_err_and(|message| message.starts_with(expected)), "{message:?}");
}

#[test]
fn a_fault_names_its_file_if_there_are_several() {
    let good = json!([meta(0), full(1)]).to_string();
    for (bad, expected) in [
        ("<html>", "bad: not a recording: expected JSON"),
        ("", "bad: the input is empty"),
        ("{\"a\":1}", "bad: not a recording of a known shape"),
        ("[{\"type\":2 \"data\":{}}]", "bad: broken JSON at byte 11"),
    ] {
        let outcome = read_files(&[file("good", good.clone()), file("bad", bad)]);
        let message = outcome.map(|_| ()).map_err(|error| error.to_string());
        assert!(message.as_ref().is_err_and(|message| message.starts_with(expected)), "{bad}: {message:?}");
        let alone = read_files(&[file("bad", bad)]).map(|_| ()).map_err(|error| error.to_string());
        assert!(alone.as_ref().is_err_and(|message| !message.contains("bad: ")), "{bad}: {alone:?}");
    }
}

#[test]
fn a_cut_file_among_several_is_a_repair_with_its_name() -> Outcome {
    let tail = json!([scroll(5), scroll(6)]).to_string();
    let recording =
        read_files(&[file("head", json!([meta(0), full(1)]).to_string()), file("tail", &tail[..tail.len() - 9])])?;
    assert_eq!(times(&recording), [[0.0, 1.0, 5.0]]);
    assert_eq!(recording.repairs.len(), 1);
    assert_eq!(recording.repairs[0].file.as_deref(), Some("tail"));
    // With nothing to show anywhere, the cut is the cause.
    let outcome = read_files(&[file("empty", "[]"), file("tail", &tail[..tail.len() - 9])]);
    let message = outcome.map(|_| ()).map_err(|error| error.to_string());
    assert!(
        message.as_ref().is_err_and(|message| message.starts_with("tail: the recording is cut off")),
        "{message:?}"
    );
    Ok(())
}

#[test]
fn limits_hold_for_all_files_together() -> Outcome {
    let zipped = |text: String| -> std::io::Result<SourceBytes> {
        Ok(SourceBytes { name: "part".to_owned(), bytes: zstd::encode_all(text.as_bytes(), 1)?.into() })
    };
    let part = zipped(json!([meta(0), full(1), " ".repeat(600)]).to_string())?;
    let limits = Limits { unpacked_bytes: 1500, ..Limits::default() };
    assert!(open_parts(std::slice::from_ref(&part), &limits).is_ok());
    let outcome = open_parts(&[part.clone(), part], &limits);
    assert!(matches!(&outcome, Err(RecordingError::InFile { .. })), "{outcome:?}");

    let limits = Limits { events: 3, ..Limits::default() };
    let file = file("part", json!([meta(0), full(1)]).to_string());
    assert!(open_parts(std::slice::from_ref(&file), &limits).is_ok());
    let outcome = open_parts(&[file.clone(), file], &limits);
    let message = outcome.map(|_| ()).map_err(|error| error.to_string());
    assert!(message.as_ref().is_err_and(|message| message.contains("limit events of 3")), "{message:?}");
    Ok(())
}

#[test]
fn no_file_at_all_is_an_empty_input() {
    assert!(matches!(read_files(&[]), Err(RecordingError::Empty)));
}
