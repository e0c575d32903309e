use super::*;
use crate::timeline::{Idle, Phrase, Span, Speed, Stretch};

fn step(at_ms: i64, kind: StepKind, words: &str) -> Step {
    let at = SessionTime::from_millis(at_ms);
    Step { at, until: at, window: "w".to_owned(), url: None, kind, words: Phrase::of(words) }
}

fn clicks(at_ms: &[i64]) -> Vec<Step> {
    at_ms.iter().map(|at| step(*at, StepKind::Click, &format!("at {at}"))).collect()
}

fn span(from: i64, to: i64) -> Span {
    Span { from: SessionTime::from_millis(from), to: SessionTime::from_millis(to), speed: Speed::NORMAL }
}

/// The cues in ms, checked for what holds of all.
fn told(steps: &[Step], map: &TimeMap) -> Vec<(i64, i64, String)> {
    let cues = captions(steps, map);
    let end = map.pieces().last().map_or(0, |piece| micros(piece.video_to_ms));
    for cue in &cues {
        assert!(0 <= cue.from && cue.from < cue.to && cue.to <= end, "{cue:?}");
        assert!(cue.to - cue.from <= LONGEST && cue.text.lines().count() <= LINES && !cue.text.is_empty(), "{cue:?}");
    }
    assert!(cues.windows(2).all(|pair| pair[0].to <= pair[1].from), "{cues:#?}");
    cues.into_iter().map(|cue| (cue.from / 1000, cue.to / 1000, cue.text)).collect()
}

fn line(from: i64, to: i64, text: &str) -> (i64, i64, String) {
    (from, to, text.to_owned())
}

#[test]
fn a_step_can_be_read_from_when_it_happens() {
    let map = span(1000, 20_000).into();
    assert_eq!(told(&clicks(&[3000, 12_000]), &map), [line(2000, 3200, "at 3000"), line(11_000, 12_200, "at 12000")]);
}

#[test]
fn the_next_step_ends_the_one_before() {
    let long = "x".repeat(90);
    let steps = [step(1000, StepKind::Click, &long), step(3000, StepKind::Click, "b")];
    assert_eq!(told(&steps, &span(0, 20_000).into()), [line(1000, 3000, &long), line(3000, 4200, "b")]);
}

#[test]
fn what_comes_too_close_is_read_together_and_the_lesser_is_dropped() {
    let error = StepKind::Moment(MomentKind::Error);
    let steps = [
        step(1000, StepKind::Click, "click"),
        step(1100, StepKind::Type, "type"),
        step(1300, error, "error"),
        step(2100, StepKind::Type, "other"),
        step(2300, StepKind::Click, "later"),
    ];
    let map = span(0, 20_000).into();
    assert_eq!(told(&steps, &map), [line(1000, 2200, "click\nerror"), line(2300, 3500, "later")]);
}

#[test]
fn a_step_at_the_very_end_comes_a_little_early() {
    assert_eq!(told(&clicks(&[9900]), &span(0, 10_000).into()), [line(8800, 10_000, "at 9900")]);
    assert_eq!(told(&clicks(&[500]), &span(0, 600).into()), [line(0, 600, "at 500")]);
}

#[test]
fn steps_outside_of_the_video_are_left_out() {
    assert_eq!(told(&clicks(&[500, 5000, 9000]), &span(2000, 8000).into()), [line(3000, 4200, "at 5000")]);
}

#[test]
fn skipped_time_says_how_long_it_was() {
    let idle = Stretch { from: SessionTime::from_millis(4000), to: SessionTime::from_millis(46_000) };
    let map = TimeMap::new(span(0, 60_000), Idle::Skip, &[idle]).unwrap();
    let mut steps = clicks(&[1000, 10_000, 50_000]);
    steps.push(Step {
        until: SessionTime::from_millis(47_000),
        ..step(2500, StepKind::Moment(MomentKind::Idle), "Nothing for 44 s")
    });
    steps.sort_by_key(|step| step.at);
    assert_eq!(
        told(&steps, &map),
        [line(1000, 2200, "at 1000"), line(4000, 5200, "42 s skipped"), line(8000, 9200, "at 50000")]
    );
}

#[test]
fn faster_time_says_how_fast_it_is() {
    let idle = Stretch { from: SessionTime::from_millis(4000), to: SessionTime::from_millis(46_000) };
    let map = TimeMap::new(span(0, 60_000), Idle::Cap(SessionTime::from_millis(2000)), &[idle]).unwrap();
    assert_eq!(told(&[], &map), [line(4000, 6000, "42 s in 2 s")]);
}

#[test]
fn typing_stays_while_it_goes_on() {
    let typing = Step { until: SessionTime::from_millis(4000), ..step(1000, StepKind::Type, "types") };
    assert_eq!(told(&[typing], &span(0, 9000).into()), [line(1000, 4000, "types")]);
}

#[test]
fn captions_of_any_steps_are_in_order_and_apart() {
    // Numbers that look like chance, the same each time.
    let mut state = 1_u64;
    let mut chance = |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).cast_signed() % below
    };
    for round in 0..300 {
        let length = 1 + chance(60_000);
        let mut times: Vec<i64> = (0..chance(80)).map(|_| chance(length + 2000)).collect();
        times.sort_unstable();
        let mut steps = clicks(&times);
        for step in &mut steps {
            step.until = step.at + SessionTime::from_millis(chance(9000));
        }
        let mut idle = Vec::new();
        let mut reached = chance(5000);
        while reached < length {
            let to = reached + 1 + chance(8000);
            idle.push(Stretch { from: SessionTime::from_millis(reached), to: SessionTime::from_millis(to) });
            reached = to + 1 + chance(8000);
        }
        let speed: Speed = ["0.5", "1", "3"][round % 3].parse().unwrap();
        for kind in [Idle::Keep, Idle::Skip, Idle::Cap(SessionTime::from_millis(1000))] {
            let span = Span { speed, ..span(0, length) };
            if let Some(map) = TimeMap::new(span, kind, &idle) {
                told(&steps, &map);
            }
        }
    }
}
