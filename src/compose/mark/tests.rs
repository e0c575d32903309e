use super::*;

const KINDS: [MarkKind; 5] =
    [MarkKind::Click, MarkKind::RightClick, MarkKind::DoubleClick, MarkKind::Touch, MarkKind::TouchEnd];

fn parts(kind: MarkKind, age_ms: f64) -> Vec<Annulus> {
    Mark { x: 0.0, y: 0.0, kind, age_ms }.parts()
}

#[test]
fn a_mark_is_drawn_from_its_beginning_until_the_end_of_its_lifetime() {
    for kind in KINDS {
        assert!(parts(kind, -0.001).is_empty(), "{kind:?} before it begins");
        assert!(!parts(kind, 0.0).is_empty(), "{kind:?} at its beginning");
        if let Some(lifetime) = kind.lifetime_ms() {
            assert!(!parts(kind, lifetime - 0.5).is_empty(), "{kind:?} just before its end");
            assert!(parts(kind, lifetime).is_empty(), "{kind:?} at its end");
        }
    }
}

#[test]
fn a_mark_vanishes_gently() {
    for kind in KINDS {
        if let Some(lifetime) = kind.lifetime_ms() {
            assert!(parts(kind, lifetime - 1.0).iter().all(|part| part.alpha < 0.02), "{kind:?}");
        }
    }
}

#[test]
fn a_finger_that_rests_looks_the_same_at_any_age_and_begins_to_fade_from_there() {
    assert_eq!(parts(MarkKind::Touch, 0.0), parts(MarkKind::Touch, 1e9));
    assert_eq!(parts(MarkKind::Touch, 5.0), parts(MarkKind::TouchEnd, 0.0));
}

#[test]
fn a_finger_covers_forty_css_px() {
    let widest = parts(MarkKind::Touch, 0.0).iter().map(|part| part.outer).fold(0.0, f64::max);
    assert!((widest * 2.0 - 40.0).abs() < 1e-9, "{widest}");
}

#[test]
fn the_ring_of_a_click_grows_and_fades() {
    let ring = |age| parts(MarkKind::Click, age).into_iter().rfind(|part| part.colour == ORANGE).unwrap();
    for age in [0.0, 50.0, 150.0, 300.0, 420.0] {
        let (before, after) = (ring(age), ring(age + 50.0));
        assert!(before.inner < after.inner && before.alpha > after.alpha, "from {age} ms on");
    }
}

#[test]
fn the_second_ring_of_a_double_click_follows_the_first() {
    assert_eq!(parts(MarkKind::DoubleClick, 100.0), parts(MarkKind::Click, 100.0));
    let both = [parts(MarkKind::Click, 200.0), parts(MarkKind::Click, 50.0)].concat();
    assert_eq!(parts(MarkKind::DoubleClick, 200.0), both);
}

#[test]
fn a_right_click_differs_from_a_click() {
    assert_ne!(parts(MarkKind::RightClick, 100.0), parts(MarkKind::Click, 100.0));
}

#[test]
fn a_button_that_is_held_looks_as_its_click_begins() {
    assert_eq!(pressed(), parts(MarkKind::Click, 0.0));
}
