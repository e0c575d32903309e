//! Marks where something was clicked or touched. Each is a pure function of its age.

mod trail;

use super::{Frame, blend::Area};
pub(super) use trail::TrailMask;

/// How long a click or right click is drawn, in ms from the click on.
pub const CLICK_MS: f64 = 500.0;
/// How long a double click is drawn, in ms from its second click on: a click whose ring is followed by another.
pub const DOUBLE_CLICK_MS: f64 = CLICK_MS + ECHO_MS;
/// How long the mark of a finger is still drawn after the finger left, in ms.
pub const TOUCH_FADE_MS: f64 = 300.0;
/// How long a place that a finger passed stays in its trail, in ms.
pub const TRAIL_MS: f64 = 400.0;

/// By how much the second ring of a double click follows the first, in ms.
const ECHO_MS: f64 = 150.0;

/// What happened at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// The main button: a ring that grows and fades. Drawn for [`CLICK_MS`].
    Click,
    /// One of several clicks in anger: the same in red. Drawn for [`CLICK_MS`].
    RageClick,
    /// Another button or the context menu: the same in another colour. Drawn for [`CLICK_MS`].
    RightClick,
    /// Two rings, one after the other. Drawn for [`DOUBLE_CLICK_MS`].
    DoubleClick,
    /// A finger that is down: a circle that stays as it is whatever its age.
    Touch,
    /// A finger that left: the circle fades. Drawn for [`TOUCH_FADE_MS`].
    TouchEnd,
}

impl MarkKind {
    /// From this age on, in ms, nothing is drawn. `None` for what does not change with age.
    pub const fn lifetime_ms(self) -> Option<f64> {
        match self {
            Self::Click | Self::RageClick | Self::RightClick => Some(CLICK_MS),
            Self::DoubleClick => Some(DOUBLE_CLICK_MS),
            Self::Touch => None,
            Self::TouchEnd => Some(TOUCH_FADE_MS),
        }
    }
}

/// One mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Device px from the frame's left edge.
    pub x: f64,
    /// Device px from the frame's top edge.
    pub y: f64,
    /// What happened.
    pub kind: MarkKind,
    /// Time since it happened, in ms. Nothing is drawn before 0 and from [`MarkKind::lifetime_ms`] on.
    pub age_ms: f64,
}

/// Where a finger moved: a line that fades towards its older end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trail {
    /// In the order of the movement, oldest first.
    pub points: Vec<TrailPoint>,
}

/// A place a finger passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrailPoint {
    /// Device px from the frame's left edge.
    pub x: f64,
    /// Device px from the frame's top edge.
    pub y: f64,
    /// Time since the finger was there, in ms; from [`TRAIL_MS`] on the point is not drawn.
    pub age_ms: f64,
}

type Rgb = [u8; 3];
const WHITE: Rgb = [255; 3];
const SLATE: Rgb = [52, 58, 70];
/// Stands out on nearly every page and is not a colour of selection, link or error.
const ORANGE: Rgb = [255, 112, 20];
const VIOLET: Rgb = [134, 84, 246];
const RED: Rgb = [222, 28, 44];

/// What lies between two circles around one point. Radii in CSS px; an inner radius below zero makes it a disc.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Annulus {
    inner: f64,
    outer: f64,
    colour: Rgb,
    /// 0 to 1.
    alpha: f64,
}

impl Annulus {
    fn disc(radius: f64, colour: Rgb, alpha: f64) -> Self {
        Self { inner: -2.0, outer: radius, colour, alpha }
    }

    fn ring(inner: f64, width: f64, colour: Rgb, alpha: f64) -> Self {
        Self { inner, outer: inner + width, colour, alpha }
    }
}

impl Mark {
    /// What is drawn, the lowest first. Empty when the mark is over, has not begun, or is nowhere.
    pub(super) fn parts(&self) -> Vec<Annulus> {
        let over = self.kind.lifetime_ms().is_some_and(|lifetime| self.age_ms >= lifetime);
        if over || self.age_ms.is_nan() || self.age_ms < 0.0 || !(self.x.is_finite() && self.y.is_finite()) {
            return Vec::new();
        }
        match self.kind {
            MarkKind::Click => ripple(self.age_ms / CLICK_MS, ORANGE),
            MarkKind::RageClick => ripple(self.age_ms / CLICK_MS, RED),
            MarkKind::RightClick => ripple(self.age_ms / CLICK_MS, VIOLET),
            MarkKind::DoubleClick => {
                let mut parts = ripple(self.age_ms / CLICK_MS, ORANGE);
                parts.extend(ripple((self.age_ms - ECHO_MS) / CLICK_MS, ORANGE));
                parts
            }
            MarkKind::Touch => fingertip(0.0),
            MarkKind::TouchEnd => fingertip(self.age_ms / TOUCH_FADE_MS),
        }
    }
}

/// A ring of colour inside a ring of white, so that one of them stands out on any page; a disc at first, so that even a single frame shows the place.
/// `t` runs from 0 to 1, outside of which there is nothing.
fn ripple(t: f64, colour: Rgb) -> Vec<Annulus> {
    if !(0.0..1.0).contains(&t) {
        return Vec::new();
    }
    let rest = 1.0 - t;
    let radius = 7.0 + 17.0 * (1.0 - rest * rest * rest);
    let width = 1.2 + 1.8 * rest;
    let alpha = 1.0 - t * t;
    let mut parts = Vec::with_capacity(4);
    if t < 0.5 {
        parts.push(Annulus::disc(radius, colour, 0.38 * (1.0 - 2.0 * t)));
    }
    parts.push(Annulus::ring(radius, width, colour, alpha));
    parts.push(Annulus::ring(radius + width, width * 0.6, WHITE, 0.9 * alpha));
    parts.push(Annulus::ring(radius + width * 1.6, 0.8, SLATE, 0.16 * alpha));
    parts
}

/// Under the pointer while a mouse button is down. A click's ripple starts with the same look.
pub(super) fn pressed() -> Vec<Annulus> {
    ripple(0.0, ORANGE)
}

/// Of the translucent middle of a finger's mark, CSS px.
const FINGERTIP: f64 = 18.0;

/// 40 CSS px across, as much as a finger covers. `t` is 0 while the finger is down and runs to 1 when it has left.
fn fingertip(t: f64) -> Vec<Annulus> {
    let radius = FINGERTIP + 4.0 * t;
    let alpha = 1.0 - t;
    vec![
        Annulus::disc(radius, SLATE, 0.34 * alpha),
        Annulus::ring(radius, 1.4, WHITE, 0.92 * alpha),
        Annulus::ring(radius + 1.4, 0.6, SLATE, 0.5 * alpha),
    ]
}

/// The pixels that [`stamp`] may change.
pub(super) fn stamp_area(frame: &Frame, parts: &[Annulus], at: (f64, f64), scale: f64) -> Option<Area> {
    let reach = parts.iter().map(|part| part.outer).fold(0.0, f64::max) * scale + 1.0;
    if parts.is_empty() { None } else { Area::clip(frame, at.0 - reach, at.1 - reach, at.0 + reach, at.1 + reach) }
}

/// Draws the parts around a point within an area.
pub(super) fn stamp(frame: &mut Frame, area: Area, parts: &[Annulus], at: (f64, f64), scale: f64) {
    for row in 0..area.height {
        let dy = (area.top + row) as f64 + 0.5 - at.1;
        let range = area.row(frame, row);
        for (column, pixel) in frame.pixels[range].as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let dx = (area.left + column) as f64 + 0.5 - at.0;
            let distance = (dx * dx + dy * dy).sqrt();
            for part in parts {
                // A pixel is covered by how far its middle lies inside the edge: within half a pixel of an arc this large that is the covered share.
                let covered = edge(part.outer * scale - distance) * edge(distance - part.inner * scale);
                super::blend::tint(pixel, part.colour, covered * part.alpha);
            }
        }
    }
}

fn edge(inside: f64) -> f64 {
    (inside + 0.5).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
