//! What a cursor is made of: filled and stroked paths, one over the other.

use tiny_skia::{Path, PathBuilder};

/// A colour of a cursor, 8-bit sRGB.
#[derive(Debug, Clone, Copy)]
pub(in crate::compose) struct Ink(pub(in crate::compose) u8, pub(in crate::compose) u8, pub(in crate::compose) u8);

impl Ink {
    pub(super) const BLACK: Self = Self(0, 0, 0);
    pub(super) const WHITE: Self = Self(255, 255, 255);
    pub(super) const GREY: Self = Self(205, 208, 214);
    pub(super) const BLUE: Self = Self(20, 110, 245);
    pub(super) const GREEN: Self = Self(38, 166, 70);
}

/// How a path becomes pixels. Widths in CSS px.
#[derive(Debug, Clone, Copy)]
pub(in crate::compose) enum Paint {
    /// Non-zero winding.
    Fill,
    /// Round caps and joins, half of the width to either side of the path.
    Stroke(f32),
    /// Flat ends and sharp corners, for lines that are to lie exactly on pixels.
    Rule(f32),
}

/// Layers, the lowest first. CSS px around a hot spot at the origin, y down.
#[derive(Debug, Default)]
pub(in crate::compose) struct Glyph {
    pub(in crate::compose) layers: Vec<(Path, Paint, Ink)>,
}

impl Glyph {
    pub(super) fn layer(mut self, path: Option<Path>, paint: Paint, ink: Ink) -> Self {
        // A path is missing only when it is empty or not finite, which constants are not; nothing to draw is then the right thing to draw.
        self.layers.extend(path.map(|path| (path, paint, ink)));
        self
    }

    /// A black figure of several filled paths in a common white outline, one CSS px wide.
    pub(super) fn outlined(mut self, paths: &[Option<Path>]) -> Self {
        for path in paths {
            self = self.layer(path.clone(), Paint::Stroke(2.0), Ink::WHITE);
        }
        for path in paths {
            self = self.layer(path.clone(), Paint::Fill, Ink::BLACK);
        }
        self
    }

    pub(super) fn on_top(mut self, other: Self) -> Self {
        self.layers.extend(other.layers);
        self
    }
}

/// One step along a path, in CSS px.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Move(f32, f32),
    Line(f32, f32),
    /// Two control points, then the end.
    Curve(f32, f32, f32, f32, f32, f32),
    Close,
}

pub(super) fn path(steps: &[Step]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for step in steps {
        match *step {
            Step::Move(x, y) => builder.move_to(x, y),
            Step::Line(x, y) => builder.line_to(x, y),
            Step::Curve(ax, ay, bx, by, x, y) => builder.cubic_to(ax, ay, bx, by, x, y),
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

pub(super) fn polygon(points: &[(f32, f32)]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (n, &(x, y)) in points.iter().enumerate() {
        if n == 0 {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
    }
    builder.close();
    builder.finish()
}

pub(super) fn line(from: (f32, f32), to: (f32, f32)) -> Option<Path> {
    path(&[Step::Move(from.0, from.1), Step::Line(to.0, to.1)])
}

pub(super) fn circle(x: f32, y: f32, radius: f32) -> Option<Path> {
    PathBuilder::from_circle(x, y, radius)
}
