use super::*;
use crate::timeline::{Span, Speed};

fn marks() -> Landmarks {
    let ms = SessionTime::from_millis;
    Landmarks {
        started_at_ms: 1_767_225_600_000.0,
        last_event: ms(100_000),
        end: ms(101_000),
        start: ms(2000),
        events: vec![ms(0), ms(2000), ms(100_000)],
        pages: vec![ms(2000), ms(40_000)],
        moments: moments(),
        video: Some(Span { from: ms(2000), to: ms(101_000), speed: "2".parse::<Speed>().unwrap() }.into()),
    }
}

fn moments() -> Vec<Moment> {
    let moment = |kind, at: i64, label: &str| Moment {
        kind,
        at: SessionTime::from_millis(at),
        window: "main".to_owned(),
        url: None,
        label: label.to_owned(),
        node: None,
        position: None,
        until: None,
    };
    vec![
        moment(MomentKind::Error, 15_000, "Boom"),
        moment(MomentKind::Marker, 20_000, "step: pay"),
        moment(MomentKind::Marker, 30_000, "check-out"),
        moment(MomentKind::Marker, 40_000, "step: done"),
        moment(MomentKind::Error, 50_000, "Bang"),
        moment(MomentKind::Marker, 60_000, "step-5s"),
        moment(MomentKind::Marker, 70_000, "issue #7"),
    ]
}

fn at(text: &str) -> i64 {
    text.parse::<When>().unwrap().resolve(&marks()).unwrap().micros() / 1000
}

#[test]
fn every_form_of_a_moment_is_understood() {
    for (text, ms) in [
        ("12.5", 12_500),
        ("1:20", 80_000),
        ("0:00:33.25", 33_250),
        ("1m20s", 80_000),
        ("2500ms", 2500),
        ("50%", 50_000),
        ("end", 100_000),
        ("end+1", 101_000),
        ("2026-01-01T00:00:30Z", 30_000),
        ("2026-01-01T01:00:30+01:00", 30_000),
        ("2026-01-01T01:00:30+01:00-10s", 20_000),
        ("event:1", 2000),
        ("event:2-10s", 90_000),
        ("page:2", 40_000),
        ("page:2+1.5", 41_500),
        ("v:3", 8000),
        ("error:1", 15_000),
        ("error:2-10s", 40_000),
        ("error:1+1:20", 95_000),
        ("marker:step", 20_000),
        ("marker:step#2", 40_000),
        ("marker:step#2+1s", 41_000),
        ("marker:pay-10", 10_000),
        ("marker:step: done", 40_000),
        ("marker:check-out", 30_000),
        ("marker:check-out-1s", 29_000),
        ("marker:step-5s", 60_000),
        ("marker:step-5s-5s", 55_000),
        ("marker:issue #7", 70_000),
    ] {
        assert_eq!(at(text), ms, "{text}");
    }
}

#[test]
fn a_moment_before_anything_shows_is_the_first_that_does() {
    assert_eq!(at("0"), 2000);
    assert_eq!(at("event:0"), 2000);
}

#[test]
fn moments_outside_of_the_recording_are_refused_with_what_it_has() {
    let error = |text: &str| text.parse::<When>().unwrap().resolve(&marks()).unwrap_err().to_string();
    assert!(error("101.5").contains("after it ends (at 101.000 s)"));
    assert!(error("event:1-10s").contains("before the recording begins"));
    assert!(error("event:3").contains("3 events, counted from 0"));
    assert!(error("page:0").contains("2 pages, counted from 1"));
    assert!(error("error:3").contains("2 of this kind, counted from 1; in all: error 2, marker 5"));
    assert!(error("rage:1").contains("none of this kind; in all: error 2"));
    assert!(error("error:0").contains("2 of this kind"));
    assert!(
        error("marker:gone")
            .contains("no marker of this label; there are check-out, issue #7, step-5s, step: done, step: pay")
    );
    assert!(error("marker:step#3").contains("2 markers of this label"));
    assert!(error("error:1-20s").contains("before the recording begins"));
    assert!(error("2020-01-01T00:00:00Z").contains("before the recording begins"));
}

#[test]
fn what_is_no_moment_is_refused_with_examples() {
    for text in [
        "",
        "abc",
        "-5",
        "1:5",
        "1:75",
        "20s1m",
        "1e3",
        "inf",
        "101%",
        "event:x",
        "page:",
        "5+",
        "5s+x",
        "v:",
        "2026-01-01",
        "1m1m",
        "error:x",
        "error:",
        "rage:1x",
        "marker:",
        "marker: ",
        "mistake:1",
        "ä",
        "12é45678901",
    ] {
        let error = text.parse::<When>().unwrap_err().to_string();
        assert!(error.contains("page:2"), "{text}: {error}");
    }
}

#[test]
fn only_what_refers_to_moments_needs_them() {
    let needs = |text: &str| text.parse::<When>().unwrap().needs_moments();
    assert!(needs("error:1-10s") && needs("marker:pay"));
    assert!(!needs("page:2") && !needs("event:1") && !needs("12.5"));
}

#[test]
fn where_there_are_no_moments_the_error_says_so() {
    let marks = Landmarks { moments: Vec::new(), ..marks() };
    let error = |text: &str| text.parse::<When>().unwrap().resolve(&marks).unwrap_err().to_string();
    assert!(error("dead:1").contains("no moments of any kind"));
    assert!(error("marker:pay").contains("no markers"));
}
