use serde_json::json;

use super::*;
use crate::recording::{Limits, open};
use crate::timeline::{Thresholds, moments};

const T0: i64 = 1_767_225_600_000; // 2026-01-01T00:00:00Z

fn recording() -> Recording {
    let page = |at: i64, href: &str| {
        [
            json!({"type": 4, "timestamp": T0 + at, "data": {"href": href, "width": 800, "height": 600}}),
            json!({"type": 2, "timestamp": T0 + at, "data": {"node": {"type": 0, "id": 1, "childNodes": []}, "initialOffset": {"top": 0, "left": 0}}}),
        ]
    };
    let error = |at: i64| json!({"type": 6, "timestamp": T0 + at, "data": {"plugin": "rrweb/console@1", "payload": {"level": "error", "payload": ["\"Boom\""], "trace": []}}});
    let key = |at: i64| json!({"type": 5, "timestamp": T0 + at, "data": {"tag": "hotkey", "payload": {"key": "k", "ctrlKey": true}}});
    let mut events = page(0, "https://a.test/").to_vec();
    events.extend(page(20_000, "https://a.test/two"));
    events.extend([error(5000), key(6000), error(30_000), error(40_000)]);
    events.sort_by_key(|event| event["timestamp"].as_i64());
    open(serde_json::to_vec(&events).unwrap(), &Limits::default()).unwrap()
}

fn look(shows: &[BarItem]) -> Look {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let bar = BarLook { above: false, shows: shows.to_vec(), zone };
    Look { bar: Some(bar), marks: vec![MomentKind::Error], keys: true, ..Look::default() }
}

fn ms(ms: i64) -> SessionTime {
    SessionTime::from_millis(ms)
}

fn all() -> Surroundings {
    let recording = recording();
    let moments = moments(&recording, &Thresholds::default());
    let idle = vec![Stretch { from: ms(8000), to: ms(19_000) }];
    let items = BarItem::NAMES.map(|(_, item)| item);
    Surroundings::of(&recording, &look(&items), &moments, idle, recording.duration())
}

#[test]
fn a_bar_says_what_holds_at_its_moment() {
    let bar = all().bar(ms(21_999), 0, "Two", 36).unwrap();
    assert_eq!(bar.title.as_deref(), Some("Two"));
    assert_eq!(bar.url.as_deref(), Some("https://a.test/two"));
    assert_eq!((bar.clock.as_deref(), bar.length.as_deref()), (Some("0:21"), Some("0:40")));
    assert_eq!(bar.wall.as_deref(), Some("2026-01-01 01:00:21 CET"));
    assert_eq!((bar.progress, bar.problems), (Some(525), vec![125, 750, 1000]));
    assert!(!bar.idle);
    assert!(all().bar(ms(8000), 0, "", 36).unwrap().idle);
    assert_eq!(bar.window, None, "the only window needs no name");
}

#[test]
fn a_bar_stays_the_same_for_a_second() {
    let all = all();
    assert_eq!(all.bar(ms(21_000), 0, "x", 36), all.bar(ms(21_999), 0, "x", 36));
    assert_ne!(all.bar(ms(21_000), 0, "x", 36), all.bar(ms(22_000), 0, "x", 36));
}

#[test]
fn notes_come_up_with_their_moment_and_go_after_four_seconds() {
    let all = all();
    let texts = |at| all.notes(ms(at), 0).into_iter().map(|note| (note.title, note.text)).collect::<Vec<_>>();
    assert_eq!(texts(4999), []);
    assert_eq!(texts(5000), [("Error".to_owned(), "Boom".to_owned())]);
    assert_eq!(texts(8999).len(), 1);
    assert_eq!(texts(9000), []);
    assert_eq!(all.notes(ms(5000), 1), [], "another window shows none of it");
}

#[test]
fn keys_are_seen_for_a_moment() {
    let all = all();
    assert_eq!(all.keys(ms(5999), 0), None);
    assert_eq!(all.keys(ms(6000), 0).map(|keys| keys.caps), Some(vec!["Ctrl".to_owned(), "K".to_owned()]));
    assert_eq!(all.keys(ms(7400), 0), None);
}

#[test]
fn a_look_without_any_of_it_reads_nothing() {
    let plain = Look::default();
    assert!(!Surroundings::needs_moments(&plain) && !Surroundings::needs_idle(&plain));
    let recording = recording();
    let surroundings = Surroundings::of(&recording, &plain, &[], Vec::new(), recording.duration());
    assert_eq!(surroundings.bar(ms(5000), 0, "x", 36), None);
    assert_eq!(surroundings.notes(ms(5000), 0), []);
    assert_eq!(surroundings.keys(ms(6000), 0), None);
}

#[test]
fn clocks_count_hours_only_where_there_are_some() {
    assert_eq!(
        (clock_of(0), clock_of(65), clock_of(3723)),
        ("0:00".to_owned(), "1:05".to_owned(), "1:02:03".to_owned())
    );
}
