mod boards;
mod shapes;

use super::*;
use crate::compose::{Mark, MarkKind, Trail, TrailPoint};

fn plain(width: u32, height: u32, grey: u8) -> Frame {
    Frame { width, height, pixels: vec![grey; (width * height * 3) as usize] }
}

fn pixel(frame: &Frame, x: u32, y: u32) -> [u8; 3] {
    let start = ((y * frame.width + x) * 3) as usize;
    [frame.pixels[start], frame.pixels[start + 1], frame.pixels[start + 2]]
}

fn pointer(shape: CursorShape, x: f64, y: f64) -> Overlay {
    Overlay { pointer: Some(Pointer { x, y, shape, pressed: false }), ..Overlay::default() }
}

fn mark(kind: MarkKind, x: f64, y: f64, age_ms: f64) -> Overlay {
    Overlay { marks: vec![Mark { x, y, kind, age_ms }], ..Overlay::default() }
}

/// One of everything, near (`x`, `y`).
fn busy(x: f64, y: f64) -> Overlay {
    let points = (0..6)
        .map(|n| f64::from(n) * 9.0)
        .map(|d| TrailPoint { x: x - d, y: y + d * 0.5, age_ms: 300.0 - d })
        .collect();
    Overlay {
        pointer: Some(Pointer { x, y, shape: CursorShape::Hand, pressed: true }),
        marks: vec![
            Mark { x: x + 3.0, y, kind: MarkKind::DoubleClick, age_ms: 210.0 },
            Mark { x, y, kind: MarkKind::TouchEnd, age_ms: 90.0 },
        ],
        trails: vec![Trail { points }],
        ..Overlay::default()
    }
}

/// Left, top, right, bottom of the pixels that differ, right and bottom inclusive.
fn changed(before: &Frame, after: &Frame) -> Option<[u32; 4]> {
    let places = (0..before.height).flat_map(|y| (0..before.width).map(move |x| (x, y)));
    let differing = places.filter(|&(x, y)| pixel(before, x, y) != pixel(after, x, y));
    differing.fold(None, |bounds, (x, y)| {
        let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
        Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
    })
}

#[test]
fn a_cursor_touches_only_what_lies_near_its_hot_spot() {
    let base = plain(400, 400, 128);
    for scale in [1.0, 1.5, 2.0, 3.0] {
        for shape in CursorShape::ALL.into_iter().filter(|shape| *shape != CursorShape::Hidden) {
            let frame = Painter::new(scale).draw(&base, &pointer(shape, 200.25, 199.75));
            let [left, top, right, bottom] = changed(&base, &frame).unwrap();
            let reach = (25.0 * scale) as u32;
            assert!(
                left > 200 - reach && right < 200 + reach && top > 200 - reach && bottom < 200 + reach,
                "{shape:?} at scale {scale}"
            );
        }
    }
}

#[test]
fn a_mark_touches_only_what_its_circle_covers() {
    let base = plain(200, 200, 128);
    for kind in [MarkKind::Click, MarkKind::RightClick, MarkKind::DoubleClick, MarkKind::Touch, MarkKind::TouchEnd] {
        for age in (0..650).step_by(37) {
            let frame = Painter::new(2.0).draw(&base, &mark(kind, 100.0, 100.0, f64::from(age)));
            if let Some([left, top, right, bottom]) = changed(&base, &frame) {
                assert!(left >= 43 && top >= 43 && right <= 156 && bottom <= 156, "{kind:?} at {age} ms");
                assert!(
                    100 - left == right - 99 && 100 - top == bottom - 99,
                    "{kind:?} at {age} ms is round about its place"
                );
            }
        }
    }
}

#[test]
fn undo_brings_back_every_byte() {
    let page = Frame { width: 90, height: 70, pixels: (0..90 * 70 * 3_u32).map(|n| (n * 31 % 251) as u8).collect() };
    let mut painter = Painter::new(1.5);
    for (x, y) in [(45.0, 35.0), (0.0, 0.0), (89.0, 69.5), (-4.25, 30.0), (300.0, 300.0)] {
        let mut frame = page.clone();
        let patch = painter.draw_into(&mut frame, &busy(x, y));
        if x < 100.0 {
            assert_ne!(frame, page, "something is seen with the pointer at {x},{y}");
        }
        patch.undo(&mut frame);
        assert_eq!(frame, page, "pointer at {x},{y}");
    }
}

#[test]
fn a_patch_leaves_a_frame_of_another_size_alone() {
    let patch = Painter::new(1.0).draw_into(&mut plain(50, 40, 9), &busy(20.0, 20.0));
    let mut other = plain(40, 50, 9);
    patch.undo(&mut other);
    assert_eq!(other, plain(40, 50, 9));
}

#[test]
fn at_the_edge_a_drawing_is_cut_as_if_the_frame_went_on() {
    let mut painter = Painter::new(2.0);
    let whole = painter.draw(&plain(300, 300, 180), &busy(150.0, 150.0));
    // The same scene seen through a window whose corners lie in the middle of it.
    for (dx, dy) in [(150, 150), (120, 158), (152, 60), (70, 70)] {
        let part = painter.draw(&plain(90, 90, 180), &busy(150.0 - f64::from(dx), 150.0 - f64::from(dy)));
        for (x, y) in (0..90).flat_map(|x| (0..90).map(move |y| (x, y))) {
            assert_eq!(pixel(&part, x, y), pixel(&whole, x + dx, y + dy), "window at {dx},{dy}, pixel {x},{y}");
        }
    }
}

#[test]
fn a_cursor_moves_by_quarters_of_a_pixel() {
    let base = plain(60, 60, 128);
    let mut painter = Painter::new(1.0);
    let mut at = |x: f64| painter.draw(&base, &pointer(CursorShape::Arrow, x, 30.0));
    assert_eq!(at(30.0), at(30.12));
    assert_ne!(at(30.0), at(30.25));
    assert_eq!(at(30.9), at(31.0));
    let (here, next) = (at(30.5), at(31.5));
    assert!(
        (1..60).all(|x| (0..60).all(|y| pixel(&next, x, y) == pixel(&here, x - 1, y))),
        "a whole pixel further it looks the same"
    );
}

#[test]
fn the_picture_does_not_depend_on_what_was_drawn_before() {
    let base = plain(160, 120, 200);
    let fresh = Painter::new(1.5).draw(&base, &busy(70.3, 50.6));
    let mut used = Painter::new(1.5);
    for n in 0..20 {
        let _ = used.draw(&base, &busy(f64::from(n) * 7.3, f64::from(n) * 3.1));
    }
    assert_eq!(used.draw(&base, &busy(70.3, 50.6)), fresh);
}

#[test]
fn places_and_scales_that_are_no_numbers_draw_nothing_and_break_nothing() {
    let base = plain(30, 30, 77);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
        assert_eq!(Painter::new(1.0).draw(&base, &busy(bad, 10.0)), base, "{bad}");
        let drawn = Painter::new(bad).draw(&base, &busy(15.0, 15.0));
        assert_ne!(drawn, base, "a scale of {bad} is brought into range");
    }
    let nothing = plain(0, 0, 0);
    assert_eq!(Painter::new(1.0).draw(&nothing, &busy(0.0, 0.0)), nothing);
}

#[test]
fn a_held_button_is_seen_below_the_cursor() {
    let base = plain(80, 80, 255);
    let up = pointer(CursorShape::Arrow, 40.0, 40.0);
    let mut down = up.clone();
    down.pointer = down.pointer.map(|pointer| Pointer { pressed: true, ..pointer });
    let mut painter = Painter::new(1.0);
    let (up, down) = (painter.draw(&base, &up), painter.draw(&base, &down));
    assert_eq!(pixel(&up, 32, 40), [255; 3]);
    assert_ne!(pixel(&down, 32, 40), [255; 3]);
    assert_eq!(pixel(&down, 41, 45), [0; 3], "the arrow itself stays black");
}

#[test]
fn a_trail_fades_towards_its_older_end_and_stops_at_the_finger() {
    let points = (0..9_i32)
        .map(|n| TrailPoint { x: 20.0 + f64::from(n) * 20.0, y: 40.0, age_ms: f64::from(8 - n) * 45.0 })
        .collect();
    let overlay = Overlay { trails: vec![Trail { points }], ..Overlay::default() };
    let frame = Painter::new(1.0).draw(&plain(220, 80, 255), &overlay);
    let along: Vec<u8> = [30, 70, 110, 150].map(|x| pixel(&frame, x, 40)[0]).to_vec();
    assert!(along.windows(2).all(|pair| pair[0] > pair[1]), "{along:?}");
    assert_eq!(pixel(&frame, 180, 40), [255; 3]);
}
