//! Draws overlays.

use std::collections::BTreeMap;

mod boards;

use super::blend::Area;
use super::mark::{self, TrailMask};
use super::sprite::Sprite;
use super::{CursorShape, Frame, Overlay, Place, Pointer, Theme, backdrop};
use boards::Boards;

/// A cursor is drawn at a quarter of a device px: finer steps are not seen, and there are only sixteen pictures of a shape to keep.
const PHASES: f64 = 4.0;

/// The range of scales that is drawn, device px per CSS px.
const SCALES: (f64, f64) = (0.25, 8.0);

/// Beyond this many px no cursor reaches back into a frame.
const FAR: f64 = 1e6;

/// Draws overlays at one scale. Keeps the cursors it has drawn, so that drawing one again costs microseconds; the result does not depend on what was
/// drawn before.
#[derive(Debug)]
pub struct Painter {
    scale: f64,
    sprites: BTreeMap<(CursorShape, u8, u8), Sprite>,
    boards: Boards,
}

/// The pixels that [`Painter::draw_into`] changed, as they were before.
#[derive(Debug, Default)]
#[must_use = "dropping a patch makes the drawing permanent; say so with `drop`"]
pub struct Patch {
    frame_size: (u32, u32),
    saved: Vec<(Area, Vec<u8>)>,
}

impl Painter {
    /// `scale` is how large cursors and marks are, device px per CSS px. Values outside 0.25 to 8 are brought to the nearest of these;
    /// what is not a number is 1. Bars, notes and keys have the same scale and are dark, if [`Painter::with_boards`] says nothing else.
    pub fn new(scale: f64) -> Self {
        let scale = within_scales(scale);
        Self { scale, sprites: BTreeMap::new(), boards: Boards::new(scale, Theme::default()) }
    }

    /// How large bars, notes and keys are, and in which colours.
    #[must_use]
    pub fn with_boards(mut self, scale: f64, theme: Theme) -> Self {
        self.boards = Boards::new(within_scales(scale), theme);
        self
    }

    /// The page with the overlay on it.
    pub fn draw(&mut self, base: &Frame, overlay: &Overlay) -> Frame {
        let mut frame = base.clone();
        drop(self.draw_into(&mut frame, overlay));
        frame
    }

    /// Draws on the frame itself and returns what is needed to take the drawing off again. Only the pixels near the pointer, marks and trails are
    /// touched or copied. What lies outside the frame is clipped; places that are not finite are not drawn.
    pub fn draw_into(&mut self, frame: &mut Frame, overlay: &Overlay) -> Patch {
        let mut patch = Patch { frame_size: (frame.width, frame.height), saved: Vec::new() };
        let page = overlay.page.unwrap_or_else(|| Place::of(frame));
        if overlay.framed {
            let edge = self.boards.edge();
            for area in backdrop::strips(frame, page, self.boards.scale()) {
                patch.save(area, frame);
                edge.draw(frame, area, page);
            }
        }
        for trail in &overlay.trails {
            if let Some(mask) = TrailMask::of(trail, frame, self.scale) {
                patch.save(mask.area, frame);
                mask.blend(frame);
            }
        }
        for one in &overlay.marks {
            self.stamp(frame, &one.parts(), (one.x, one.y), &mut patch);
        }
        if let Some(pointer) = &overlay.pointer {
            self.draw_pointer(frame, pointer, &mut patch);
        }
        let pointer = overlay.pointer.map(|pointer| (pointer.x, pointer.y));
        self.boards.notes(frame, &overlay.notes, page, pointer, &mut patch);
        if let Some(keys) = &overlay.keys {
            self.boards.keys(frame, keys, page, !overlay.notes.is_empty(), &mut patch);
        }
        if let Some(bar) = &overlay.bar {
            self.boards.bar(frame, bar, &mut patch);
        }
        patch
    }

    /// Draws the cue that idle time was left out, at the upper edge of the page. `opacity` 255: it covers what is below.
    pub fn draw_cue(&mut self, frame: &mut Frame, text: &str, page: Place, opacity: u8) {
        self.boards.cue(frame, text, page, opacity);
    }

    fn stamp(&self, frame: &mut Frame, parts: &[mark::Annulus], at: (f64, f64), patch: &mut Patch) {
        if let Some(area) = mark::stamp_area(frame, parts, at, self.scale) {
            patch.save(area, frame);
            mark::stamp(frame, area, parts, at, self.scale);
        }
    }

    fn draw_pointer(&mut self, frame: &mut Frame, pointer: &Pointer, patch: &mut Patch) {
        if !(pointer.x.is_finite() && pointer.y.is_finite()) || pointer.shape == CursorShape::Hidden {
            return;
        }
        if pointer.pressed {
            self.stamp(frame, &mark::pressed(), (pointer.x, pointer.y), patch);
        }
        let ((x, phase_x), (y, phase_y)) = (split(pointer.x), split(pointer.y));
        let scale = self.scale;
        let sprite = self.sprites.entry((pointer.shape, phase_x, phase_y)).or_insert_with(|| {
            let phase = (f64::from(phase_x) / PHASES, f64::from(phase_y) / PHASES);
            Sprite::rasterise(&pointer.shape.glyph(), scale, phase)
        });
        if let Some(area) = sprite.area(frame, x, y) {
            patch.save(area, frame);
            sprite.blend(frame, area, x, y);
        }
    }
}

fn within_scales(scale: f64) -> f64 {
    if scale.is_nan() { 1.0 } else { scale.clamp(SCALES.0, SCALES.1) }
}

/// Whole pixel and phase of a coordinate, after rounding to the nearest phase.
fn split(coordinate: f64) -> (i32, u8) {
    let steps = (coordinate.clamp(-FAR, FAR) * PHASES).round();
    let whole = (steps / PHASES).floor();
    (whole as i32, (steps - whole * PHASES) as u8)
}

impl Patch {
    /// Puts the pixels back. To be called on the frame that was drawn on; one of another size is left as it is.
    pub fn undo(self, frame: &mut Frame) {
        if self.frame_size == (frame.width, frame.height) {
            // Later drawings saved pixels with earlier ones on them.
            for (area, pixels) in self.saved.iter().rev() {
                area.restore(pixels, frame);
            }
        }
    }

    fn save(&mut self, area: Area, frame: &Frame) {
        self.saved.push((area, area.save(frame)));
    }
}

#[cfg(test)]
mod tests;
