//! Arrows that say in which directions something moves. The hot spot is in the middle of the pixel at the origin.

use tiny_skia::Path;

use super::{
    glyph::{Glyph, polygon},
    sign::CENTRE,
};

/// A line through the hot spot.
#[derive(Debug, Clone, Copy)]
pub(super) enum Axis {
    EastWest,
    NorthSouth,
    /// From bottom left to top right.
    Rising,
    /// From top left to bottom right.
    Falling,
}

impl Axis {
    /// Unit vector along the axis. Constants rather than a sine: its last digits differ between systems.
    fn direction(self) -> (f32, f32) {
        const HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
        match self {
            Self::EastWest => (1.0, 0.0),
            Self::NorthSouth => (0.0, 1.0),
            Self::Rising => (HALF, -HALF),
            Self::Falling => (HALF, HALF),
        }
    }

    /// Turns points given along the axis and across it, in CSS px from the centre, into a path.
    fn place(self, points: &[(f32, f32)]) -> Option<Path> {
        let (x, y) = self.direction();
        let placed: Vec<_> = points
            .iter()
            .map(|&(along, across)| (CENTRE + along * x - across * y, CENTRE + along * y + across * x))
            .collect();
        polygon(&placed)
    }
}

/// Half the thickness of a shaft, CSS px: of a strong one, and of one that is beside other lines and is to fill exactly one column of pixels.
const STRONG: f32 = 0.75;
const THIN: f32 = 0.5;

/// From the centre to a tip, CSS px.
const REACH: f32 = 9.0;

pub(super) fn both_ways(axis: Axis) -> Glyph {
    Glyph::default().outlined(&[double_arrow(axis, 4.5, 4.0, STRONG)])
}

pub(super) fn all_ways() -> Glyph {
    Glyph::default()
        .outlined(&[double_arrow(Axis::EastWest, 3.6, 3.2, THIN), double_arrow(Axis::NorthSouth, 3.6, 3.2, THIN)])
}

/// Two bars across the axis, an arrow outwards from each.
pub(super) fn divider(axis: Axis) -> Glyph {
    let bar = |at: f32| axis.place(&[(at - 0.5, -8.0), (at + 0.5, -8.0), (at + 0.5, 8.0), (at - 0.5, 8.0)]);
    let arrow = |way: f32| {
        axis.place(&[
            (way, -THIN),
            (way * 5.0, -THIN),
            (way * 5.0, -3.5),
            (way * REACH, 0.0),
            (way * 5.0, 3.5),
            (way * 5.0, THIN),
            (way, THIN),
        ])
    };
    Glyph::default().outlined(&[bar(-1.0), bar(1.0), arrow(-1.0), arrow(1.0)])
}

/// From tip to tip through the centre. Length and half width of the heads and half thickness of the shaft in CSS px.
fn double_arrow(axis: Axis, head: f32, wing: f32, shaft: f32) -> Option<Path> {
    let neck = REACH - head;
    axis.place(&[
        (-REACH, 0.0),
        (-neck, -wing),
        (-neck, -shaft),
        (neck, -shaft),
        (neck, -wing),
        (REACH, 0.0),
        (neck, wing),
        (neck, shaft),
        (-neck, shaft),
        (-neck, wing),
    ])
}
