//! Hands: white, black outline.
//!
//! A finger is a thick line with round ends. All fingers and the palm are first drawn wider in black, then in white: what stays of the black is the
//! outline of the whole hand, and thin lines between fingers that nearly touch.

use tiny_skia::Path;

use super::glyph::{Glyph, Ink, Paint, Step, line, path};

/// CSS px of black around the white.
const OUTLINE: f32 = 1.0;

/// Pointing up; the hot spot lies one px below the tip of the index finger, in its middle.
pub(super) fn pointing() -> Glyph {
    let palm = path(&[
        Step::Move(-1.4, 10.0),
        Step::Line(9.9, 10.0),
        Step::Line(9.9, 11.6),
        Step::Curve(9.9, 14.0, 8.6, 14.6, 8.4, 17.2),
        Step::Line(0.9, 17.2),
        Step::Curve(0.7, 15.6, -0.6, 14.6, -1.4, 13.4),
        Step::Close,
    ]);
    let thumb = path(&[
        Step::Move(-1.2, 9.6),
        Step::Curve(-2.3, 8.2, -3.4, 7.2, -4.3, 7.8),
        Step::Curve(-5.2, 8.4, -4.6, 9.5, -4.1, 10.3),
        Step::Curve(-3.2, 11.8, -2.4, 13.4, -0.6, 14.8),
        Step::Line(2.0, 12.0),
        Step::Close,
    ]);
    let fingers = [
        ((0.0, 0.5), (0.0, 10.5), 2.9),
        ((3.1, 6.0), (3.1, 10.5), 2.3),
        ((6.0, 6.6), (6.0, 10.5), 2.3),
        ((8.8, 7.7), (8.8, 10.5), 2.2),
    ];
    hand(&fingers, &[palm, thumb])
}

/// The hot spot lies in the middle of the palm.
pub(super) fn open() -> Glyph {
    let fingers = [
        ((-4.3, -5.2), (-3.1, 1.5), 2.5),
        ((-1.0, -6.8), (-0.5, 1.5), 2.5),
        ((2.4, -6.3), (2.3, 1.5), 2.5),
        ((5.8, -4.2), (5.0, 2.0), 2.4),
        ((-7.0, 1.4), (-3.6, 5.2), 2.5),
    ];
    hand(&fingers, &[grip()])
}

/// As [`open`], with the fingers bent.
pub(super) fn closed() -> Glyph {
    let fingers = [
        ((-3.4, -1.5), (-3.2, 2.5), 2.3),
        ((-0.4, -2.4), (-0.4, 2.5), 2.3),
        ((2.6, -2.1), (2.5, 2.5), 2.3),
        ((5.5, -1.0), (5.1, 2.5), 2.2),
        ((-5.2, 2.2), (-3.6, 4.4), 2.5),
    ];
    hand(&fingers, &[grip()])
}

fn grip() -> Option<Path> {
    path(&[
        Step::Move(-4.3, 1.9),
        Step::Line(6.2, 1.9),
        Step::Line(6.2, 3.6),
        Step::Curve(6.2, 6.2, 4.8, 6.8, 4.6, 9.2),
        Step::Line(-2.4, 9.2),
        Step::Curve(-2.6, 7.6, -3.8, 6.6, -4.6, 5.2),
        Step::Close,
    ])
}

/// A finger: tip, root, and width in CSS px.
type Finger = ((f32, f32), (f32, f32), f32);

fn hand(fingers: &[Finger], parts: &[Option<Path>]) -> Glyph {
    let mut glyph = Glyph::default();
    for (outline, ink) in [(2.0 * OUTLINE, Ink::BLACK), (0.0, Ink::WHITE)] {
        for &(tip, root, width) in fingers {
            glyph = glyph.layer(line(tip, root), Paint::Stroke(width + outline), ink);
        }
        for part in parts {
            if outline > 0.0 {
                glyph = glyph.layer(part.clone(), Paint::Stroke(outline), ink);
            }
            glyph = glyph.layer(part.clone(), Paint::Fill, ink);
        }
    }
    glyph
}
