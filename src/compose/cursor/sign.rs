//! Cursors that are neither arrow nor hand. The hot spot is in the middle of the pixel at the origin.

use tiny_skia::Path;

use super::glyph::{Glyph, Ink, Paint, Step, circle, line, path, polygon};

/// Middle of the CSS pixel at the origin: lines of whole px through it lie exactly on device pixels.
pub(super) const CENTRE: f32 = 0.5;

pub(super) fn text_beam() -> Glyph {
    let foot = |side: f32, end: f32| {
        let x = CENTRE + side * 3.0;
        path(&[
            Step::Move(x, CENTRE + end * 8.0),
            Step::Curve(
                CENTRE + side * 1.2,
                CENTRE + end * 8.0,
                CENTRE,
                CENTRE + end * 7.4,
                CENTRE,
                CENTRE + end * 6.0,
            ),
        ])
    };
    let stem = line((CENTRE, CENTRE - 7.0), (CENTRE, CENTRE + 7.0));
    ruled(&[stem, foot(-1.0, -1.0), foot(1.0, -1.0), foot(-1.0, 1.0), foot(1.0, 1.0)])
}

pub(super) fn text_beam_lying() -> Glyph {
    let mut glyph = text_beam();
    // A quarter turn of the upright one: x and y change places about the diagonal through the centre.
    for (path, _, _) in &mut glyph.layers {
        if let Some(turned) = path.clone().transform(tiny_skia::Transform::from_row(0.0, 1.0, 1.0, 0.0, 0.0, 0.0)) {
            *path = turned;
        }
    }
    glyph
}

pub(super) fn crosshair() -> Glyph {
    let reach = 8.5;
    ruled(&[
        line((CENTRE - reach, CENTRE), (CENTRE + reach, CENTRE)),
        line((CENTRE, CENTRE - reach), (CENTRE, CENTRE + reach)),
    ])
}

/// Black lines one px wide with a px of white on either side.
fn ruled(lines: &[Option<Path>]) -> Glyph {
    let halo =
        lines.iter().fold(Glyph::default(), |glyph, path| glyph.layer(path.clone(), Paint::Stroke(3.0), Ink::WHITE));
    lines.iter().fold(halo, |glyph, path| glyph.layer(path.clone(), Paint::Rule(1.0), Ink::BLACK))
}

pub(super) fn not_allowed() -> Glyph {
    let ring = circle(CENTRE, CENTRE, 7.0);
    let bar = line((CENTRE - 4.9, CENTRE - 4.9), (CENTRE + 4.9, CENTRE + 4.9));
    Glyph::default()
        .layer(ring.clone(), Paint::Stroke(4.2), Ink::WHITE)
        .layer(bar.clone(), Paint::Rule(4.2), Ink::WHITE)
        .layer(ring, Paint::Stroke(2.2), Ink::BLACK)
        .layer(bar, Paint::Rule(2.2), Ink::BLACK)
}

pub(super) fn cell() -> Glyph {
    let (arm, half) = (7.5, 2.5);
    let cross = |arm: f32, half: f32| {
        let (near, far, low, high) = (CENTRE - half, CENTRE + half, CENTRE - arm, CENTRE + arm);
        polygon(&[
            (near, low),
            (far, low),
            (far, near),
            (high, near),
            (high, far),
            (far, far),
            (far, high),
            (near, high),
            (near, far),
            (low, far),
            (low, near),
            (near, near),
        ])
    };
    Glyph::default().layer(cross(arm, half), Paint::Fill, Ink::BLACK).layer(
        cross(arm - 1.0, half - 1.0),
        Paint::Fill,
        Ink::WHITE,
    )
}

/// The hot spot is in the middle of the lens.
pub(super) fn magnifier(plus: bool) -> Glyph {
    let lens = circle(CENTRE, CENTRE, 5.8);
    let handle = line((5.2, 5.2), (9.6, 9.6));
    let glyph = Glyph::default()
        .layer(handle.clone(), Paint::Stroke(4.8), Ink::WHITE)
        .layer(lens.clone(), Paint::Stroke(3.6), Ink::WHITE)
        .layer(handle, Paint::Stroke(2.8), Ink::BLACK)
        .layer(lens.clone(), Paint::Fill, Ink::WHITE)
        .layer(lens, Paint::Stroke(1.6), Ink::BLACK)
        .layer(line((CENTRE - 3.0, CENTRE), (CENTRE + 3.0, CENTRE)), Paint::Rule(1.4), Ink::BLACK);
    if plus {
        glyph.layer(line((CENTRE, CENTRE - 3.0), (CENTRE, CENTRE + 3.0)), Paint::Rule(1.4), Ink::BLACK)
    } else {
        glyph
    }
}

pub(super) fn wait() -> Glyph {
    busy_ring(CENTRE, CENTRE, 1.0)
}

/// A ring of which a third is blue. It stands still: what moves would be captured again and again while nothing happens.
pub(super) fn busy_ring(x: f32, y: f32, size: f32) -> Glyph {
    // Control points of a quarter circle of radius 1.
    const K: f32 = 0.552_285;
    let r = 6.0 * size;
    let quarter = path(&[
        Step::Move(x, y - r),
        Step::Curve(x + K * r, y - r, x + r, y - K * r, x + r, y),
        Step::Curve(x + r, y + 0.27 * r, x + 0.89 * r, y + 0.52 * r, x + 0.707 * r, y + 0.707 * r),
    ]);
    let ring = circle(x, y, r);
    Glyph::default()
        .layer(ring.clone(), Paint::Stroke(3.0 * size + 2.6), Ink::BLACK)
        .layer(ring.clone(), Paint::Stroke(3.0 * size + 1.2), Ink::WHITE)
        .layer(ring, Paint::Stroke(3.0 * size), Ink::GREY)
        .layer(quarter, Paint::Stroke(3.0 * size), Ink::BLUE)
}
