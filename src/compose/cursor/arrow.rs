//! The arrow, alone and with a badge beside its tail.

use tiny_skia::Path;

use super::{
    glyph::{Glyph, Ink, Paint, Step, circle, line, path, polygon},
    sign,
};

/// The tip is the hot spot. The two wings are 15.5 px long and lie on the vertical and on the diagonal; the tail lies on the line halfway between, 2.5 px
/// wide. With the outline the arrow covers 12x19 px, as the usual one does.
const ARROW: [(f32, f32); 7] =
    [(0.0, 0.0), (0.0, 15.5), (3.58, 11.92), (5.81, 17.29), (8.12, 16.34), (5.89, 10.96), (10.96, 10.96)];

/// Centre of a badge.
const BADGE: (f32, f32) = (15.5, 15.5);

pub(super) fn plain() -> Glyph {
    Glyph::default().outlined(&[polygon(&ARROW)])
}

pub(super) fn with_progress() -> Glyph {
    plain().on_top(sign::busy_ring(BADGE.0, BADGE.1, 0.62))
}

pub(super) fn with_question() -> Glyph {
    let (x, y) = (BADGE.0, 9.6);
    let hook = path(&[
        Step::Move(x - 2.6, y - 1.0),
        Step::Curve(x - 2.6, y - 4.4, x + 2.8, y - 4.4, x + 2.8, y - 0.9),
        Step::Curve(x + 2.8, y + 1.4, x, y + 1.2, x, y + 3.6),
    ]);
    let dot = circle(x, y + 6.4, 0.25);
    let halo = |glyph: Glyph, path: &Option<Path>| glyph.layer(path.clone(), Paint::Stroke(3.8), Ink::WHITE);
    let ink = |glyph: Glyph, path: &Option<Path>| glyph.layer(path.clone(), Paint::Stroke(1.8), Ink::BLACK);
    let glyph = [&hook, &dot].into_iter().fold(plain(), halo);
    [&hook, &dot].into_iter().fold(glyph, ink)
}

pub(super) fn with_plus() -> Glyph {
    let (x, y) = BADGE;
    plain()
        .layer(circle(x, y, 5.5), Paint::Fill, Ink::WHITE)
        .layer(circle(x, y, 4.6), Paint::Fill, Ink::GREEN)
        .layer(line((x - 2.5, y), (x + 2.5, y)), Paint::Rule(1.4), Ink::WHITE)
        .layer(line((x, y - 2.5), (x, y + 2.5)), Paint::Rule(1.4), Ink::WHITE)
}

pub(super) fn with_bent_arrow() -> Glyph {
    let (x, y) = BADGE;
    let shaft = path(&[Step::Move(x - 1.6, y + 3.0), Step::Curve(x - 1.6, y + 0.8, x - 0.8, y, x + 1.2, y)]);
    let head = polygon(&[(x + 0.8, y - 2.3), (x + 3.6, y), (x + 0.8, y + 2.3)]);
    plain()
        .layer(page(x - 4.5, y - 4.5, 10.0, 10.0), Paint::Fill, Ink::BLACK)
        .layer(page(x - 3.5, y - 3.5, 8.0, 8.0), Paint::Fill, Ink::WHITE)
        .layer(shaft, Paint::Stroke(1.4), Ink::BLACK)
        .layer(head, Paint::Fill, Ink::BLACK)
}

pub(super) fn with_menu() -> Glyph {
    let (left, top) = (11.0, 9.0);
    let glyph = plain().layer(page(left, top, 9.0, 11.0), Paint::Fill, Ink::BLACK).layer(
        page(left + 1.0, top + 1.0, 7.0, 9.0),
        Paint::Fill,
        Ink::WHITE,
    );
    [2.5, 4.5, 6.5, 8.5].into_iter().fold(glyph, |glyph, y| {
        glyph.layer(
            line((left + 2.0, top + y), (left + 7.0, top + y)),
            Paint::Rule(1.0),
            if y < 3.0 { Ink::BLUE } else { Ink::BLACK },
        )
    })
}

fn page(left: f32, top: f32, width: f32, height: f32) -> Option<Path> {
    polygon(&[(left, top), (left + width, top), (left + width, top + height), (left, top + height)])
}
