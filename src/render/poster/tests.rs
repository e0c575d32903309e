//! Sessions of a few events, and what is looked at in them.

use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};
use crate::timeline::{Span, Speed, follow};

fn ms(ms: i64) -> SessionTime {
    SessionTime::from_millis(ms)
}

fn recording(events: impl IntoIterator<Item = Value>) -> Recording {
    let events: Vec<Value> = events.into_iter().collect();
    open(serde_json::to_vec(&events).unwrap(), &Limits::default()).unwrap()
}

/// Another page: its meta event and full snapshot.
fn page(at: i64, href: &str) -> [Value; 2] {
    [
        json!({"type": 4, "timestamp": at, "data": {"href": href, "width": 800, "height": 600}}),
        json!({"type": 2, "timestamp": at, "data": {"node": {"type": 0, "id": 1, "childNodes": []}, "initialOffset": {"top": 0, "left": 0}}}),
    ]
}

fn mutation(at: i64) -> Value {
    let data = json!({"source": 0, "texts": [], "attributes": [{"id": 1, "attributes": {"a": at.to_string()}}], "removes": [], "adds": []});
    json!({"type": 3, "timestamp": at, "data": data})
}

fn found(recording: &Recording, to: i64, moments: &[Moment]) -> Vec<(i64, f64)> {
    let span = Span { from: ms(0), to: ms(to), speed: Speed::NORMAL };
    let found = candidates(recording, &follow(recording), &span.into(), moments);
    found.into_iter().map(|one| (one.at.micros() / 1000, (one.weight * 1000.0).round() / 1000.0)).collect()
}

#[test]
fn the_longest_visits_are_looked_at_three_times_each() {
    let recording = recording(page(0, "a").into_iter().chain(page(2000, "b")));
    assert_eq!(found(&recording, 10_000, &[]), [(1000, 0.45), (1500, 0.45), (3000, 1.05), (6000, 1.05), (8000, 1.05)]);
}

#[test]
fn a_page_that_just_changed_is_given_time_to_stand_still() {
    let recording = recording(page(0, "a").into_iter().chain([900, 1300, 5000, 7600].map(mutation)));
    let times: Vec<i64> = found(&recording, 10_000, &[]).into_iter().map(|one| one.0).collect();
    assert_eq!(times, [1800, 5500, 7500]);
}

#[test]
fn a_page_that_never_stands_still_is_looked_at_all_the_same() {
    let recording = recording(page(0, "a").into_iter().chain((1..100).map(|step| mutation(step * 100))));
    assert_eq!(found(&recording, 10_000, &[]), [(5000, 0.25)]);
}

#[test]
fn pictures_soon_after_an_error_are_worth_less() {
    let recording = recording(page(0, "a"));
    let error = Moment {
        kind: MomentKind::Error,
        at: ms(4900),
        window: "main".to_owned(),
        url: None,
        label: String::new(),
        node: None,
        position: None,
        until: None,
    };
    assert_eq!(found(&recording, 10_000, &[error]), [(1000, 1.25), (5000, 0.313), (7500, 0.313)]);
}

#[test]
fn there_is_a_candidate_in_a_session_of_no_length() {
    let recording = recording(page(0, "a"));
    assert_eq!(found(&recording, 0, &[]), [(0, 0.25)]);
}

#[test]
fn a_blank_picture_is_no_poster_and_of_two_like_pages_the_fuller_one_is() {
    let seen = |share, spread| Busyness { share, spread };
    assert_eq!(score(1.25, seen(0.0, 0)), 0.0);
    assert!(score(1.0, seen(0.3, 200)) > score(1.0, seen(0.2, 200)));
    assert!(score(0.3, seen(0.3, 200)) < score(1.0, seen(0.1, 200)), "passed through, but full");
}
