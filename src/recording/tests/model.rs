use super::*;
use crate::recording::{EventKind, Incremental, PointerKind, PointerSample, SessionTime, Viewport};

fn viewport(width: u32, height: u32) -> Viewport {
    Viewport { width, height }
}

fn resize(at: u64, width: impl Into<Value>, height: impl Into<Value>) -> Value {
    increment(at, json!({"source": 4, "width": width.into(), "height": height.into()}))
}

#[test]
fn pointer_samples_are_back_dated_but_neither_before_a_minute_nor_after_their_event() -> Outcome {
    let moves = |at, source, offset: f64| {
        increment(
            at,
            json!({"source": source, "positions": [{"x": 1.5, "y": 2, "id": 3, "timeOffset": offset}, {"x": 4, "y": 5, "id": 6}]}),
        )
    };
    let recording = read_events(&[
        meta(0),
        full(0),
        moves(100_000, 1, -450.0),
        moves(200_000, 6, -9e9),
        moves(300_000, 12, 70.0),
        moves(10, 1, -450.0),
    ])?;
    let found: Vec<(PointerKind, Vec<f64>)> = recording.windows[0]
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Incremental(Incremental::Pointer { by, samples }) => {
                Some((*by, samples.iter().map(|s| s.at.millis()).collect()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        found,
        [
            // Nothing is before the session.
            (PointerKind::Mouse, vec![0.0, 10.0]),
            (PointerKind::Mouse, vec![99_550.0, 100_000.0]),
            (PointerKind::Touch, vec![140_000.0, 200_000.0]),
            (PointerKind::Drag, vec![300_000.0, 300_000.0]),
        ]
    );
    let EventKind::Incremental(Incremental::Pointer { samples, .. }) = &recording.windows[0].events[3].kind else {
        return Err("the mouse moved".into());
    };
    assert_eq!(samples[0], PointerSample { at: SessionTime::from_millis(99_550), x: 1.5, y: 2.0, node: 3 });
    Ok(())
}

#[test]
fn timestamps_may_be_floats_or_strings_and_the_player_gets_numbers() -> Outcome {
    let recording = read_events(&[
        meta(0),
        with(full(0), "timestamp", T0 as f64 + 0.25),
        with(scroll(0), "timestamp", format!("{}", T0 + 8)),
    ])?;
    assert_eq!(times(&recording), [[0.0, 0.25, 8.0]]);
    let last: Value = serde_json::from_slice(&recording.windows[0].events[2].json)?;
    assert_eq!(last["timestamp"], T0 + 8);
    Ok(())
}

#[test]
fn events_without_a_usable_time_are_dropped() -> Outcome {
    let lost = [json!(null), json!("soon"), json!("NaN"), json!({})].map(|time| with(scroll(0), "timestamp", time));
    let recording = read_events(&[&[meta(0), full(0)], lost.as_slice()].concat())?;
    assert_eq!(times(&recording), [[0.0, 0.0]]);
    assert_eq!(repairs(&recording), [(RepairKind::MissingTimestamp, 4, Some(2))]);
    Ok(())
}

#[test]
fn events_that_go_back_in_time_are_sorted_and_equal_ones_keep_their_order() -> Outcome {
    let recording = read_events(&[meta(5), full(5), scroll(9), scroll(2), scroll(7)])?;
    let order: Vec<u32> = recording.windows[0].events.iter().map(|event| event.index).collect();
    assert_eq!(order, [3, 0, 1, 4, 2]);
    assert_eq!(repairs(&recording), [(RepairKind::OutOfOrder, 2, Some(3))]);
    assert_eq!(serde_json::to_value(recording.started_at_ms)?, json!((T0 + 2) as f64));
    Ok(())
}

#[test]
fn a_jump_of_the_clock_becomes_one_second_in_every_window_and_in_the_json() -> Outcome {
    let day = 24 * 3_600_000;
    let recording = read_events(&[
        with(meta(0), "windowId", 1),
        with(full(0), "windowId", 1),
        with(scroll(100), "windowId", 1),
        with(full(day + 101), "windowId", 2),
        with(scroll(day + 300), "windowId", 1),
        with(scroll(2 * day + 300), "windowId", 1),
    ])?;
    // A gap of exactly a day is a pause, one ms more a jump.
    assert_eq!(times(&recording), [vec![0.0, 0.0, 100.0, 1299.0, 1299.0 + day as f64], vec![1100.0, 1100.0]]);
    let jump = RepairKind::ClockJump { from_ms: T0.cast_signed() + 100, to_ms: (T0 + day).cast_signed() + 101 };
    assert!(repairs(&recording).contains(&(jump, 1, Some(3))), "{:?}", recording.repairs);
    for event in recording.windows.iter().flat_map(|window| &window.events) {
        let json: Value = serde_json::from_slice(&event.json)?;
        assert_eq!(
            json["timestamp"].as_f64(),
            Some(recording.started_at_ms + event.at.millis()),
            "event {}",
            event.index
        );
    }
    Ok(())
}

#[test]
fn a_repeated_event_is_dropped_unless_twice_differs_from_once() -> Outcome {
    let draw = increment(3, json!({"source": 9, "id": 1, "type": 0, "property": "fillRect", "args": [0, 0, 9, 9]}));
    let recording = read_events(&[meta(0), full(0), full(0), scroll(1), scroll(1), scroll(2), draw.clone(), draw])?;
    assert_eq!(recording.windows[0].events.len(), 6);
    assert_eq!(repairs(&recording), [(RepairKind::Duplicate, 2, Some(2))]);
    Ok(())
}

#[test]
fn a_recording_before_rrweb_1_gets_the_meta_event_it_lacks() -> Outcome {
    let recording = read_events(&[
        json!({"type": 0, "data": {"href": "http://old.example/"}, "timestamp": T0}),
        json!({"type": 1, "data": {"width": 1600, "height": 711}, "timestamp": T0 + 1}),
        full(2),
        scroll(3),
    ])?;
    let events = &recording.windows[0].events;
    assert_eq!(
        events[2].kind,
        EventKind::Meta { href: "http://old.example/".to_owned(), viewport: viewport(1600, 711) }
    );
    let json: Value = serde_json::from_slice(&events[2].json)?;
    assert_eq!(
        json,
        json!({"type": 4, "data": {"href": "http://old.example/", "width": 1600, "height": 711}, "timestamp": T0 + 2})
    );
    assert_eq!((events[2].index, events[3].index, events[3].kind.clone()), (2, 2, EventKind::FullSnapshot));
    let repair = RepairKind::MetaSynthesised { window: "main".to_owned(), width: 1600, height: 711 };
    assert_eq!(repairs(&recording), [(repair, 1, Some(2))]);
    Ok(())
}

#[test]
fn a_missing_size_is_taken_from_the_best_evidence_there_is() -> Outcome {
    let click = increment(3, json!({"source": 2, "type": 2, "id": 1, "x": 1900.2, "y": 300}));
    for (evidence, expected) in [
        (vec![], Viewport::FALLBACK),
        (vec![click.clone()], viewport(1901, 720)),
        (vec![click.clone(), resize(4, 400, 300), resize(5, 500, 400)], viewport(500, 400)),
        (vec![click, resize(4, 400, 300), meta(5)], viewport(800, 600)),
    ] {
        let recording = read_events(&[&[full(0)], evidence.as_slice()].concat())?;
        assert_eq!(recording.windows[0].events[0].viewport(), Some(expected), "{evidence:?}");
    }
    Ok(())
}

#[test]
fn impossible_viewports_are_replaced_also_in_what_the_player_gets() -> Outcome {
    let recording =
        read_events(&[meta(0), full(0), resize(1, 0, 500), resize(2, 99_999, 300.4), resize(3, -5, json!(null))])?;
    let sizes: Vec<Viewport> =
        recording.windows[0].events.iter().filter_map(crate::recording::Event::viewport).collect();
    let large = viewport(Viewport::MAX_SIDE, 300);
    assert_eq!(sizes, [viewport(800, 600), viewport(800, 600), large, large]);
    assert_eq!(
        repairs(&recording),
        [(RepairKind::ViewportInvalid, 2, Some(2)), (RepairKind::ViewportClamped, 1, Some(3))]
    );
    let json: Value = serde_json::from_slice(&recording.windows[0].events[2].json)?;
    assert_eq!(json, increment(1, json!({"source": 4, "width": 800, "height": 600})));
    Ok(())
}

#[test]
fn the_largest_viewport_is_one_that_can_be_seen() -> Outcome {
    let recording = read_events(&[
        with(meta(0), "data", json!({"href": "", "width": 3000, "height": 2000})),
        resize(1, 500, 400),
        full(2),
        resize(3, 400, 501),
    ])?;
    assert_eq!(recording.largest_viewport(), viewport(400, 501));
    assert_eq!(recording.windows[0].largest_viewport(), Some(viewport(400, 501)));
    Ok(())
}

#[test]
fn the_main_window_is_the_most_active_one_that_can_be_shown() -> Outcome {
    let in_window =
        |id: &str, events: Vec<Value>| events.into_iter().map(|event| with(event, "windowId", id)).collect::<Vec<_>>();
    let mutations = (20..60).map(|at| increment(at, json!({"source": 0, "texts": [{"id": at}]}))).collect();
    let recording = read_events(
        &[
            in_window("changes", vec![meta(0), full(0)]),
            in_window("changes", mutations),
            in_window("used", vec![meta(10), full(10), scroll(11), scroll(12)]),
            in_window("blind", (0..50).map(scroll).collect()),
        ]
        .concat(),
    )?;
    assert_eq!(recording.main_window().map(|window| (window.id.as_str(), window.activity())), Some(("used", 4)));
    assert_eq!(recording.first_full_snapshot().map(|event| event.at), Some(SessionTime::ZERO));
    assert_eq!(recording.duration(), SessionTime::from_millis(59));
    Ok(())
}
