//! Laying colour over pixels, in gamma space as browsers do.

use super::Frame;

/// A part of a picture, in device px. Always inside the frame it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Area {
    /// The part of the box that lies inside the frame; `None` when no pixel does.
    ///
    /// The edges are in frame px, right and bottom exclusive. Anything not finite or beyond the frame is clipped.
    pub(super) fn clip(frame: &Frame, left: f64, top: f64, right: f64, bottom: f64) -> Option<Self> {
        let clamp = |v: f64, side: u32| v.clamp(0.0, f64::from(side)) as usize;
        let (x0, x1) = (clamp(left.floor(), frame.width), clamp(right.ceil(), frame.width));
        let (y0, y1) = (clamp(top.floor(), frame.height), clamp(bottom.ceil(), frame.height));
        (x0 < x1 && y0 < y1).then(|| Self { left: x0, top: y0, width: x1 - x0, height: y1 - y0 })
    }

    /// Copies the pixels out, row by row.
    pub(super) fn save(&self, frame: &Frame) -> Vec<u8> {
        let mut saved = Vec::with_capacity(self.width * self.height * 3);
        for row in 0..self.height {
            saved.extend_from_slice(&frame.pixels[self.row(frame, row)]);
        }
        saved
    }

    /// Puts back what [`Area::save`] took from a frame of the same size.
    pub(super) fn restore(&self, saved: &[u8], frame: &mut Frame) {
        for (row, pixels) in saved.chunks_exact(self.width * 3).enumerate() {
            let range = self.row(frame, row);
            frame.pixels[range].copy_from_slice(pixels);
        }
    }

    /// Where the area's nth row lies among the frame's bytes.
    pub(super) fn row(&self, frame: &Frame, row: usize) -> std::ops::Range<usize> {
        let start = ((self.top + row) * frame.width as usize + self.left) * 3;
        start..start + self.width * 3
    }
}

/// One channel of a colour over what was there. `alpha` 255 covers, 0 leaves.
pub(super) fn mix(below: u8, above: u8, alpha: u8) -> u8 {
    over(below, divide_by_255(u32::from(above) * u32::from(alpha)), alpha)
}

/// Like [`mix`], with the colour already multiplied by its alpha.
pub(super) fn over(below: u8, premultiplied: u8, alpha: u8) -> u8 {
    premultiplied.saturating_add(divide_by_255(u32::from(below) * u32::from(255 - alpha)))
}

/// How much something covers (0 to 255) that is there at once, lasts so long and fades at its end, ms.
pub(super) fn opacity(age_ms: f64, lasts_ms: f64, fades_ms: f64) -> u8 {
    if !(0.0..lasts_ms).contains(&age_ms) {
        return 0;
    }
    (((lasts_ms - age_ms) / fades_ms).min(1.0) * 255.0).round() as u8
}

/// A colour over premultiplied RGBA. `alpha` 255 covers.
pub(super) fn lay(below: &mut [u8; 4], colour: [u8; 3], alpha: u8) {
    for (below, above) in below.iter_mut().zip(colour) {
        *below = mix(*below, above, alpha);
    }
    below[3] = over(below[3], alpha, alpha);
}

/// Premultiplied RGBA over premultiplied RGBA.
pub(super) fn lay_premultiplied(below: &mut [u8; 4], above: [u8; 4]) {
    for (below, colour) in below.iter_mut().zip(above) {
        *below = over(*below, colour, above[3]);
    }
}

/// A row of premultiplied RGBA over the frame's pixels from (`x`, `y`) on, px; `opacity` 255 leaves it as it is. What lies outside is cut.
pub(super) fn lay_row(frame: &mut Frame, x: i64, y: i64, row: &[[u8; 4]], opacity: u8) {
    let width = i64::from(frame.width);
    if y < 0 || y >= i64::from(frame.height) {
        return;
    }
    let cut = usize::try_from(-x).unwrap_or(0).min(row.len());
    let left = x.max(0).min(width);
    let start = (y * width + left) as usize * 3;
    let room = (width - left) as usize;
    let pixels = frame.pixels[start..start + room * 3].as_chunks_mut::<3>().0;
    for (pixel, &[r, g, b, a]) in pixels.iter_mut().zip(&row[cut..]) {
        let faded = |channel: u8| divide_by_255(u32::from(channel) * u32::from(opacity));
        let a = faded(a);
        if a > 0 {
            *pixel = [over(pixel[0], faded(r), a), over(pixel[1], faded(g), a), over(pixel[2], faded(b), a)];
        }
    }
}

/// A colour over a pixel, `alpha` from 0 to 1.
pub(super) fn tint(pixel: &mut [u8; 3], colour: [u8; 3], alpha: f64) {
    let alpha = (alpha * 255.0).round() as u8;
    if alpha > 0 {
        for (below, above) in pixel.iter_mut().zip(colour) {
            *below = mix(*below, above, alpha);
        }
    }
}

/// Rounded to nearest, exact for every product of two bytes.
fn divide_by_255(product: u32) -> u8 {
    let product = product + 128;
    ((product + (product >> 8)) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_alpha_covers_and_no_alpha_leaves() {
        for c in 0..=255 {
            assert_eq!(mix(99, c, 255), c);
            assert_eq!(mix(c, 99, 0), c);
        }
    }

    #[test]
    fn division_is_exact_rounding_for_every_product_of_two_bytes() {
        for product in 0..=255 * 255_u32 {
            assert_eq!(u32::from(divide_by_255(product)), (product * 2 + 255) / 510, "{product}");
        }
    }

    #[test]
    fn a_box_beyond_the_frame_has_no_area_and_one_across_its_edge_is_cut() {
        let frame = Frame { width: 10, height: 8, pixels: vec![0; 240] };
        assert_eq!(Area::clip(&frame, 10.0, 0.0, 12.0, 3.0), None);
        assert_eq!(Area::clip(&frame, -9.0, -9.0, -0.5, 20.0), None);
        assert_eq!(Area::clip(&frame, f64::NAN, 0.0, f64::NAN, 3.0), None);
        assert_eq!(Area::clip(&frame, -5.5, 6.2, 1e300, 1e300), Some(Area { left: 0, top: 6, width: 10, height: 2 }));
    }

    #[test]
    fn what_was_saved_is_restored() {
        let before = Frame { width: 5, height: 4, pixels: (0..60).collect() };
        let area = Area { left: 1, top: 1, width: 3, height: 2 };
        let saved = area.save(&before);
        let mut frame = before.clone();
        for row in 0..2 {
            let range = area.row(&frame, row);
            frame.pixels[range].fill(200);
        }
        assert_ne!(frame, before);
        area.restore(&saved, &mut frame);
        assert_eq!(frame, before);
    }
}
