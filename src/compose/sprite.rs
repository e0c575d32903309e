//! A cursor as pixels, ready to be laid over a frame.

use tiny_skia::{FillRule, LineCap, LineJoin, Pixmap, Stroke, Transform};

use super::{
    Frame,
    blend::{self, Area},
    cursor::{Glyph, Paint},
};

/// Every pixel is averaged from this many by this many, so that thin outlines get more shades than the rasteriser's own 4x4 give.
const OVERSAMPLE: u32 = 4;

/// The shadow falls this far below the cursor, fades out over this radius and is at most this strong. CSS px, CSS px, and a share of black.
const SHADOW_DROP: f64 = 1.0;
const SHADOW_RADIUS: f64 = 2.5;
const SHADOW_STRENGTH: f32 = 0.38;

/// Premultiplied RGBA, placed relative to the pixel that holds the hot spot.
#[derive(Debug)]
pub(super) struct Sprite {
    left: i32,
    top: i32,
    width: usize,
    rgba: Vec<[u8; 4]>,
}

impl Sprite {
    /// Draws the glyph with its hot spot `phase` device px right of and below the top left corner of a pixel.
    pub(super) fn rasterise(glyph: &Glyph, scale: f64, phase: (f64, f64)) -> Self {
        let empty = Self { left: 0, top: 0, width: 0, rgba: Vec::new() };
        let Some(bounds) = Bounds::of(glyph, scale) else {
            return empty;
        };
        let (width, height) = (bounds.width as usize, bounds.height as usize);
        let Some(mut canvas) = Pixmap::new(bounds.width * OVERSAMPLE, bounds.height * OVERSAMPLE) else {
            return empty;
        };

        let zoom = f64::from(OVERSAMPLE);
        let shift = |edge: i32, phase: f64| ((phase - f64::from(edge)) * zoom) as f32;
        let to_canvas = Transform::from_scale((scale * zoom) as f32, (scale * zoom) as f32)
            .post_translate(shift(bounds.left, phase.0), shift(bounds.top, phase.1));
        for (path, paint, ink) in &glyph.layers {
            let mut colour = tiny_skia::Paint { anti_alias: true, ..tiny_skia::Paint::default() };
            colour.set_color_rgba8(ink.0, ink.1, ink.2, 255);
            let (width, line_cap, line_join) = match *paint {
                Paint::Fill => {
                    canvas.fill_path(path, &colour, FillRule::Winding, to_canvas, None);
                    continue;
                }
                Paint::Stroke(width) => (width, LineCap::Round, LineJoin::Round),
                Paint::Rule(width) => (width, LineCap::Butt, LineJoin::Miter),
            };
            canvas.stroke_path(
                path,
                &colour,
                &Stroke { width, line_cap, line_join, ..Stroke::default() },
                to_canvas,
                None,
            );
        }

        let drawn = shrink(canvas.data(), width, height);
        let rgba = with_shadow(&drawn, width, height, scale);
        Self { left: bounds.left, top: bounds.top, width, rgba }
    }

    /// The pixels that [`Sprite::blend`] changes with the hot spot in pixel (`x`, `y`); `None` when they lie outside the frame.
    pub(super) fn area(&self, frame: &Frame, x: i32, y: i32) -> Option<Area> {
        if self.rgba.is_empty() {
            return None;
        }
        let (left, top) = (f64::from(x) + f64::from(self.left), f64::from(y) + f64::from(self.top));
        Area::clip(frame, left, top, left + self.width as f64, top + (self.rgba.len() / self.width) as f64)
    }

    /// Lays the sprite over the frame. `area` is what [`Sprite::area`] gave for the same place.
    pub(super) fn blend(&self, frame: &mut Frame, area: Area, x: i32, y: i32) {
        let skip = |edge: usize, place: i32, offset: i32| {
            (edge.cast_signed() - place as isize - offset as isize).cast_unsigned()
        };
        let (skip_x, skip_y) = (skip(area.left, x, self.left), skip(area.top, y, self.top));
        for row in 0..area.height {
            let start = (skip_y + row) * self.width + skip_x;
            let range = area.row(frame, row);
            let pixels = frame.pixels[range].as_chunks_mut::<3>().0;
            for (pixel, &[r, g, b, a]) in pixels.iter_mut().zip(&self.rgba[start..start + area.width]) {
                if a > 0 {
                    *pixel = [blend::over(pixel[0], r, a), blend::over(pixel[1], g, a), blend::over(pixel[2], b, a)];
                }
            }
        }
    }
}

/// The box a glyph can reach in any phase, shadow included: device px relative to the pixel with the hot spot.
struct Bounds {
    left: i32,
    top: i32,
    width: u32,
    height: u32,
}

impl Bounds {
    fn of(glyph: &Glyph, scale: f64) -> Option<Self> {
        let mut edges: Option<[f64; 4]> = None;
        for (path, paint, _) in &glyph.layers {
            let reach = match *paint {
                Paint::Fill => 0.0,
                // A mitred corner reaches further than half the width, by up to the miter limit; no rule here has corners.
                Paint::Stroke(width) | Paint::Rule(width) => f64::from(width) / 2.0,
            };
            let b = path.bounds();
            let one = [
                f64::from(b.left()) - reach,
                f64::from(b.top()) - reach,
                f64::from(b.right()) + reach,
                f64::from(b.bottom()) + reach,
            ];
            edges =
                Some(edges.map_or(one, |e| [e[0].min(one[0]), e[1].min(one[1]), e[2].max(one[2]), e[3].max(one[3])]));
        }
        let [left, top, right, bottom] = edges?;
        let low = |edge: f64| ((edge - SHADOW_RADIUS) * scale).floor() as i32;
        // One more px because a phase moves the glyph right and down by less than one.
        let high = |edge: f64| ((edge + SHADOW_RADIUS + SHADOW_DROP) * scale).ceil() as i32 + 1;
        let (left, top) = (low(left), low(top));
        Some(Self { left, top, width: high(right).abs_diff(left), height: high(bottom).abs_diff(top) })
    }
}

/// Averages squares of [`OVERSAMPLE`] by [`OVERSAMPLE`] pixels.
fn shrink(rgba: &[u8], width: usize, height: usize) -> Vec<[u8; 4]> {
    const N: usize = OVERSAMPLE as usize;
    let pixels = rgba.as_chunks::<4>().0;
    let mut out = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let mut sums = [0_u32; 4];
            for row in y * N..(y + 1) * N {
                for pixel in &pixels[(row * width + x) * N..][..N] {
                    for (sum, &channel) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(channel);
                    }
                }
            }
            let count = OVERSAMPLE * OVERSAMPLE;
            out.push(sums.map(|sum| ((sum + count / 2) / count) as u8));
        }
    }
    out
}

/// Puts a soft shadow under the drawing.
fn with_shadow(drawn: &[[u8; 4]], width: usize, height: usize, scale: f64) -> Vec<[u8; 4]> {
    let mask: Vec<f32> = drawn.iter().map(|pixel| f32::from(pixel[3])).collect();
    let blurred = blur(&mask, width, height, SHADOW_RADIUS * scale);
    let drop = (SHADOW_DROP * scale).round() as usize;

    let mut out = Vec::with_capacity(drawn.len());
    for (n, &[r, g, b, a]) in drawn.iter().enumerate() {
        let shadow = n.checked_sub(drop * width).map_or(0.0, |above| blurred[above]) * SHADOW_STRENGTH;
        // Black adds nothing to the premultiplied colours, only to the alpha.
        out.push([r, g, b, blend::over(shadow.round() as u8, a, a)]);
    }
    out
}

/// Blurs a mask so that it fades out over `radius` px.
pub(super) fn blur(mask: &[f32], width: usize, height: usize, radius: f64) -> Vec<f32> {
    let kernel = falloff(radius);
    // The blur is separable: along rows, then, on the transposed picture, along columns.
    let blurred = blur_rows(mask, width, &kernel);
    transpose(&blur_rows(&transpose(&blurred, width), height, &kernel), height)
}

/// Weights from the middle to one side that sum up to one over both sides. A polynomial, so that it is the same on every machine.
fn falloff(radius: f64) -> Vec<f32> {
    let weights: Vec<f64> = (0..=radius.ceil() as u32)
        .map(|d| 1.0 - (f64::from(d) / radius).powi(2))
        .take_while(|w| *w > 0.0)
        .map(|w| w * w)
        .collect();
    let total = 2.0 * weights.iter().sum::<f64>() - 1.0;
    weights.iter().map(|w| (w / total) as f32).collect()
}

fn blur_rows(mask: &[f32], width: usize, kernel: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(mask.len());
    for row in mask.chunks_exact(width) {
        for x in 0..width {
            let mut sum = row[x] * kernel[0];
            for (d, weight) in kernel.iter().enumerate().skip(1) {
                let left = x.checked_sub(d).map_or(0.0, |at| row[at]);
                sum += (left + row.get(x + d).copied().unwrap_or(0.0)) * weight;
            }
            out.push(sum);
        }
    }
    out
}

fn transpose(mask: &[f32], width: usize) -> Vec<f32> {
    (0..width).flat_map(|x| mask.iter().skip(x).step_by(width).copied()).collect()
}
