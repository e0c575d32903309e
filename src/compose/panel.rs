//! What bars, notes and cues are drawn on before they are laid over a picture.

use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, PixmapMut, Stroke, Transform};

use super::Frame;
use super::blend::{self, Area};
use super::lettering::Line;
use super::theme::Rgb;

/// A picture with transparency: premultiplied RGBA, in device px. Never empty.
#[derive(Debug)]
pub(super) struct Panel {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
}

/// Left, top, width and height, px.
pub(super) type Rect = (f64, f64, f64, f64);

impl Panel {
    /// A transparent panel; sides are brought to 1 to 16,384 px.
    pub(super) fn new(width: f64, height: f64) -> Self {
        let side = |length: f64| (length.ceil() as u32).clamp(1, 16_384);
        let (width, height) = (side(width), side(height));
        Self { width, height, pixels: vec![[0; 4]; width as usize * height as usize] }
    }

    pub(super) fn width(&self) -> f64 {
        f64::from(self.width)
    }

    pub(super) fn height(&self) -> f64 {
        f64::from(self.height)
    }

    fn canvas(&mut self) -> Option<PixmapMut<'_>> {
        PixmapMut::from_bytes(self.pixels.as_flattened_mut(), self.width, self.height)
    }

    /// A filled rectangle with round corners (`radius` 0: sharp ones). `alpha` 255 covers.
    pub(super) fn fill(&mut self, rect: Rect, radius: f64, colour: Rgb, alpha: u8) {
        if let Some(path) = rounded(rect, radius).filter(|_| rect.2 > 0.0 && rect.3 > 0.0) {
            self.fill_path(&path, colour, alpha);
        }
    }

    /// A line of `width` px inside the edge of such a rectangle.
    pub(super) fn outline(&mut self, rect: Rect, radius: f64, width: f64, colour: Rgb, alpha: u8) {
        let (left, top, wide, high) = rect;
        let inner = (left + width / 2.0, top + width / 2.0, wide - width, high - width);
        if let Some(path) = rounded(inner, radius - width / 2.0) {
            self.stroke_path(&path, width, colour, alpha);
        }
    }

    pub(super) fn fill_path(&mut self, path: &Path, colour: Rgb, alpha: u8) {
        if let Some(mut canvas) = self.canvas() {
            canvas.fill_path(path, &paint(colour, alpha), FillRule::Winding, Transform::identity(), None);
        }
    }

    pub(super) fn stroke_path(&mut self, path: &Path, width: f64, colour: Rgb, alpha: u8) {
        let stroke =
            Stroke { width: width as f32, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(mut canvas) = self.canvas() {
            canvas.stroke_path(path, &paint(colour, alpha), &stroke, Transform::identity(), None);
        }
    }

    /// A line of text with its beginning on the baseline at (`x`, `y`), px.
    pub(super) fn text(&mut self, line: &Line, x: f64, y: i32) {
        let width = self.width as usize;
        let left = x.round() as i32;
        for (dx, dy, ink) in line.rows() {
            let (Ok(row), start) = (usize::try_from(y + dy), left + dx) else { continue };
            let Some(row) = self.pixels.chunks_exact_mut(width).nth(row) else { break };
            let cut = usize::try_from(-start).unwrap_or(0);
            let from = usize::try_from(start).unwrap_or(0).min(width);
            for (below, &above) in row[from..].iter_mut().zip(ink.iter().skip(cut)) {
                if above[3] > 0 {
                    blend::lay_premultiplied(below, above);
                }
            }
        }
    }

    /// The pixels that [`Panel::lay`] changes; `None` if they lie outside the frame.
    pub(super) fn area(&self, frame: &Frame, left: i32, top: i32) -> Option<Area> {
        let (left, top) = (f64::from(left), f64::from(top));
        Area::clip(frame, left, top, left + self.width(), top + self.height())
    }

    /// Lays it over a picture, its top left corner at (`left`, `top`). `opacity` 255: as it is.
    pub(super) fn lay(&self, frame: &mut Frame, left: i32, top: i32, opacity: u8) {
        let rows = self.pixels.chunks_exact(self.width as usize);
        for (row, y) in rows.zip(i64::from(top)..) {
            blend::lay_row(frame, i64::from(left), y, row, opacity);
        }
    }

    /// The same with a soft shadow under it, which reaches `reach` px beyond it on every side.
    pub(super) fn with_shadow(&self, reach: f64, strength: f32) -> Self {
        let mut panel = Self::new(self.width() + 2.0 * reach.ceil(), self.height() + 2.0 * reach.ceil());
        let edge = reach.ceil() as usize;
        let (width, height, inner) = (panel.width as usize, panel.height as usize, self.width as usize);
        let mut mask = vec![0.0_f32; width * height];
        for (row, pixels) in self.pixels.chunks_exact(inner).enumerate() {
            for (column, pixel) in pixels.iter().enumerate() {
                mask[(row + edge) * width + column + edge] = f32::from(pixel[3]);
            }
        }
        let blurred = super::sprite::blur(&mask, width, height, reach);
        for (pixel, shadow) in panel.pixels.iter_mut().zip(&blurred) {
            // Black adds nothing to the premultiplied colours, only to the alpha.
            pixel[3] = (shadow * strength).round() as u8;
        }
        for (row, drawn) in self.pixels.chunks_exact(inner).enumerate() {
            for (column, &above) in drawn.iter().enumerate() {
                blend::lay_premultiplied(&mut panel.pixels[(row + edge) * width + column + edge], above);
            }
        }
        panel
    }
}

fn paint(colour: Rgb, alpha: u8) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(colour[0], colour[1], colour[2], alpha);
    paint
}

fn rounded((left, top, width, height): Rect, radius: f64) -> Option<Path> {
    let radius = radius.clamp(0.0, (width.min(height) / 2.0).max(0.0)) as f32;
    let (left, top, right, bottom) = (left as f32, top as f32, (left + width) as f32, (top + height) as f32);
    // A quarter of a circle as a cubic: its handles are this much of the radius long.
    let handle = radius * (1.0 - 0.552_285);
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - handle, top, right, top + handle, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - handle, right - handle, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + handle, bottom, left, bottom - handle, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + handle, left + handle, top, left + radius, top);
    path.close();
    path.finish()
}

/// A filled circle's path.
pub(super) fn circle(x: f64, y: f64, radius: f64) -> Option<Path> {
    PathBuilder::from_circle(x as f32, y as f32, radius as f32)
}
