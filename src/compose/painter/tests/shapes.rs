//! How cursors look, and where their hot spots are.

use super::{BTreeMap, CursorShape, Painter, pixel, plain, pointer};
use crate::compose::digest;

#[test]
fn the_tip_of_the_arrow_is_black_at_the_hot_spot_and_white_beside_it() {
    for scale in [1, 2, 3] {
        let frame =
            Painter::new(f64::from(scale)).draw(&plain(200, 200, 128), &pointer(CursorShape::Arrow, 60.0, 60.0));
        // One CSS px down the left edge the arrow is a full pixel wide.
        assert_eq!(pixel(&frame, 60, 60 + 2 * scale), [0; 3], "scale {scale}");
        assert_eq!(pixel(&frame, 59, 60 + 2 * scale), [255; 3], "scale {scale}");
        let tip = pixel(&frame, 60, 60)[0];
        assert!(tip < 160, "at scale {scale} the pixel of the hot spot is {tip}");
        assert!(
            pixel(&frame, 60 - 3 * scale, 60 - 3 * scale)[0] > 100,
            "at scale {scale} there is nothing left of and above the tip"
        );
    }
}

#[test]
fn the_arrow_has_the_usual_size() {
    let white = plain(80, 80, 255);
    let frame = Painter::new(1.0).draw(&white, &pointer(CursorShape::Arrow, 20.0, 20.0));
    let black: Vec<_> =
        (0..80).flat_map(|y| (0..80).map(move |x| (x, y))).filter(|&(x, y)| pixel(&frame, x, y)[0] < 100).collect();
    let (right, bottom) = (black.iter().map(|p| p.0).max().unwrap(), black.iter().map(|p| p.1).max().unwrap());
    assert!(black.iter().all(|p| p.0 >= 20 && p.1 >= 20), "nothing black left of or above the hot spot");
    assert!((29..=31).contains(&right), "{right}");
    assert!((36..=38).contains(&bottom), "{bottom}");
}

#[test]
fn cursors_with_a_hot_spot_in_the_middle_are_symmetric_about_its_pixel() {
    // Above the hot spot only: the shadow falls downwards.
    for shape in [
        CursorShape::Text,
        CursorShape::Crosshair,
        CursorShape::EwResize,
        CursorShape::NsResize,
        CursorShape::ColResize,
        CursorShape::Move,
    ] {
        let frame = Painter::new(1.0).draw(&plain(61, 61, 90), &pointer(shape, 30.0, 30.0));
        for (x, y) in (0..30).flat_map(|x| (0..=30).map(move |y| (x, y))) {
            let (left, right) = (pixel(&frame, x, y)[0], pixel(&frame, 60 - x, y)[0]);
            assert!(left.abs_diff(right) <= 8, "{shape:?} at {x},{y}: {left} and {right}");
        }
    }
}

#[test]
fn the_lines_of_beam_and_crosshair_fill_exactly_the_hot_spots_pixels() {
    for shape in [CursorShape::Text, CursorShape::Crosshair] {
        for scale in [1, 2, 3] {
            let frame = Painter::new(f64::from(scale)).draw(&plain(200, 200, 128), &pointer(shape, 90.0, 90.0));
            let y = 90 - 3 * scale;
            assert!((90..90 + scale).all(|x| pixel(&frame, x, y) == [0; 3]), "{shape:?} at scale {scale}");
            assert_eq!(
                (pixel(&frame, 89, y), pixel(&frame, 90 + scale, y)),
                ([255; 3], [255; 3]),
                "{shape:?} at scale {scale}"
            );
        }
    }
}

#[test]
fn the_hot_spot_of_the_hand_is_inside_the_tip_of_its_index_finger() {
    let frame = Painter::new(2.0).draw(&plain(200, 200, 128), &pointer(CursorShape::Hand, 90.0, 90.0));
    assert_eq!(pixel(&frame, 90, 90), [255; 3]);
    assert!((82..90).any(|y| pixel(&frame, 90, y) == [0; 3]), "its outline is above");
    assert!(pixel(&frame, 90, 80)[0] > 120, "and nothing above that");
}

#[test]
fn every_shape_is_seen_on_black_and_on_white_and_the_hidden_one_on_neither() {
    for grey in [0, 255] {
        let base = plain(120, 120, grey);
        for shape in CursorShape::ALL {
            let frame = Painter::new(1.0).draw(&base, &pointer(shape, 60.0, 60.0));
            let seen = frame.pixels.iter().filter(|p| p.abs_diff(grey) > 120).count() / 3;
            if shape == CursorShape::Hidden {
                assert_eq!(frame, base);
            } else {
                assert!(seen > 20, "{shape:?} on {grey}: {seen} px");
            }
        }
    }
}

#[test]
fn no_two_shapes_look_alike() {
    let mut seen = BTreeMap::new();
    for shape in CursorShape::ALL {
        let frame = Painter::new(1.0).draw(&plain(100, 100, 128), &pointer(shape, 50.0, 50.0));
        assert_eq!(seen.insert(digest(&frame), shape), None, "{shape:?}");
    }
}
