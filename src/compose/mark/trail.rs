//! The line a finger leaves behind.

use super::{FINGERTIP, Rgb, SLATE, TRAIL_MS, Trail, TrailPoint, WHITE, edge};
use crate::compose::{
    Frame,
    blend::{self, Area},
};

/// Half the width of a fresh trail and of one about to vanish, CSS px.
const THICK: f64 = 9.0;
const THIN: f64 = 2.0;
/// The white edge to either side, CSS px.
const EDGE: f64 = 1.5;
const CORE: (Rgb, f32) = (SLATE, 0.42);
const RIM: (Rgb, f32) = (WHITE, 0.75);

/// How strongly a trail covers each pixel of its area.
///
/// The pieces between points overlap at the joints. Drawn one after the other they would darken there, so the strongest counts for each pixel, and only
/// then is colour laid on.
pub(in crate::compose) struct TrailMask {
    pub(in crate::compose) area: Area,
    /// Core and rim, 0 to 1.
    strength: Vec<[f32; 2]>,
    /// Where the finger is or was last. Its own mark is drawn there, and the trail ends at that mark's edge rather than show through.
    head: (f64, f64),
    head_radius: f64,
}

impl TrailMask {
    /// `None` when nothing is to be drawn: fewer than two points are alive, or all lie outside the frame.
    pub(in crate::compose) fn of(trail: &Trail, frame: &Frame, scale: f64) -> Option<Self> {
        let alive: Vec<_> = trail
            .points
            .iter()
            .filter(|p| p.x.is_finite() && p.y.is_finite() && (0.0..TRAIL_MS).contains(&p.age_ms))
            .collect();
        let pieces: Vec<_> = alive.windows(2).map(|ends| Piece::between(ends[0], ends[1], scale)).collect();
        let [left, top, right, bottom] = pieces
            .iter()
            .map(Piece::reach)
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])?;
        let area = Area::clip(frame, left, top, right, bottom)?;
        let head = alive.last().map(|point| (point.x, point.y))?;
        let mut mask =
            Self { area, strength: vec![[0.0; 2]; area.width * area.height], head, head_radius: FINGERTIP * scale };
        for piece in &pieces {
            let [left, top, right, bottom] = piece.reach();
            if let Some(part) = Area::clip(frame, left, top, right, bottom) {
                mask.add(piece, part, EDGE * scale);
            }
        }
        Some(mask)
    }

    fn add(&mut self, piece: &Piece, part: Area, rim: f64) {
        for y in part.top..part.top + part.height {
            let row = (y - self.area.top) * self.area.width + part.left - self.area.left;
            for (column, strongest) in self.strength[row..row + part.width].iter_mut().enumerate() {
                let (x, y) = ((part.left + column) as f64 + 0.5, y as f64 + 0.5);
                let (distance, radius, strength) = piece.at(x, y);
                let strength = strength * edge(length(x - self.head.0, y - self.head.1) - self.head_radius);
                let core = edge(radius - distance) * strength;
                let rim = edge(radius + rim - distance) * strength;
                *strongest = [strongest[0].max(core as f32), strongest[1].max(rim as f32)];
            }
        }
    }

    pub(in crate::compose) fn blend(&self, frame: &mut Frame) {
        for (row, strengths) in self.strength.chunks_exact(self.area.width).enumerate() {
            let range = self.area.row(frame, row);
            for (pixel, &[core, rim]) in frame.pixels[range].as_chunks_mut::<3>().0.iter_mut().zip(strengths) {
                // White only where the core is not.
                blend::tint(pixel, RIM.0, f64::from((rim - core).max(0.0) * RIM.1));
                blend::tint(pixel, CORE.0, f64::from(core * CORE.1));
            }
        }
    }
}

/// The trail between two neighbouring points, in device px.
struct Piece {
    from: (f64, f64),
    along: (f64, f64),
    /// Inverse of the squared length; 0 for a piece without length.
    per_length: f64,
    /// Life left at both ends, 1 to 0.
    life: (f64, f64),
    scale: f64,
}

impl Piece {
    fn between(from: &TrailPoint, to: &TrailPoint, scale: f64) -> Self {
        let along = (to.x - from.x, to.y - from.y);
        let squared = along.0 * along.0 + along.1 * along.1;
        let life = |point: &TrailPoint| 1.0 - point.age_ms / TRAIL_MS;
        Self {
            from: (from.x, from.y),
            along,
            per_length: if squared > 0.0 { 1.0 / squared } else { 0.0 },
            life: (life(from), life(to)),
            scale,
        }
    }

    /// Left, top, right, bottom of what it can cover.
    fn reach(&self) -> [f64; 4] {
        let margin = (THICK + EDGE) * self.scale + 1.0;
        let (x, y) = (self.from.0 + self.along.0, self.from.1 + self.along.1);
        [
            self.from.0.min(x) - margin,
            self.from.1.min(y) - margin,
            self.from.0.max(x) + margin,
            self.from.1.max(y) + margin,
        ]
    }

    /// Distance from the middle line, half the width there, and strength there.
    fn at(&self, x: f64, y: f64) -> (f64, f64, f64) {
        let (dx, dy) = (x - self.from.0, y - self.from.1);
        let t = ((dx * self.along.0 + dy * self.along.1) * self.per_length).clamp(0.0, 1.0);
        let (ox, oy) = (dx - t * self.along.0, dy - t * self.along.1);
        let life = self.life.0 + t * (self.life.1 - self.life.0);
        (length(ox, oy), (THIN + (THICK - THIN) * life) * self.scale, life)
    }
}

/// Not `hypot`: its last digit differs between systems, that of a square root does not.
fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}
