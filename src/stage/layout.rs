//! Where the page stands in the picture.

use crate::recording::Viewport;

/// The picture's size and the page's place in it. The same for a whole render: pictures never change size, and text never
/// changes scale on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// Of the picture, device px.
    pub width: u32,
    /// Of the picture, device px.
    pub height: u32,
    /// Left edge of the widest page, device px.
    pub left: i32,
    /// Top edge of the page, device px.
    pub top: i32,
    /// Device px per CSS px.
    pub scale: f64,
    /// The widest page, CSS px; narrower ones are centred in it.
    pub widest: u32,
    /// The tallest page, CSS px.
    pub tallest: u32,
    /// Kept free for a bar above the page, device px.
    pub above: u32,
    /// Kept free for a bar below the page, device px.
    pub below: u32,
}

impl Layout {
    /// The picture as large as the largest viewport, times `scale` (device px per CSS px).
    pub fn natural(largest: Viewport, scale: f64) -> Self {
        let size = |css: u32| ((f64::from(css) * scale).round() as u32).max(1);
        Self {
            width: size(largest.width),
            height: size(largest.height),
            left: 0,
            top: 0,
            scale,
            widest: largest.width,
            tallest: largest.height,
            above: 0,
            below: 0,
        }
    }

    /// The largest viewport fitted into a picture of `width` x `height` device px, centred.
    pub fn fitted(largest: Viewport, width: u32, height: u32) -> Self {
        let scale = (f64::from(width) / f64::from(largest.width)).min(f64::from(height) / f64::from(largest.height));
        let free = |all: u32, css: u32| ((f64::from(all) - f64::from(css) * scale) / 2.0).round() as i32;
        Self {
            width,
            height,
            left: free(width, largest.width),
            top: free(height, largest.height),
            scale,
            widest: largest.width,
            tallest: largest.height,
            above: 0,
            below: 0,
        }
    }

    /// The same with so many device px more above and below the page.
    #[must_use]
    pub fn with_room(self, above: u32, below: u32) -> Self {
        let height = self.height.saturating_add(above).saturating_add(below);
        Self { height, top: self.top.saturating_add_unsigned(above), above, below, ..self }
    }

    /// The part of the picture that is worth showing in one of another size: pages, and the bar's whole width.
    pub fn shown(&self) -> (u32, u32, u32, u32) {
        if self.above == 0 && self.below == 0 {
            return self.page();
        }
        let (_, top, _, height) = self.page();
        let from = if self.above > 0 { 0 } else { top };
        let to = if self.below > 0 { self.height } else { top + height };
        (0, from, self.width, to - from)
    }

    /// The part of the picture that pages stand in: left, top, width and height, device px.
    pub fn page(&self) -> (u32, u32, u32, u32) {
        let (left, top) = (self.left.max(0) as u32, self.top.max(0) as u32);
        let size = |css: u32, most: u32| ((f64::from(css) * self.scale).round() as u32).clamp(1, most.max(1));
        (
            left,
            top,
            size(self.widest, self.width.saturating_sub(left)),
            size(self.tallest, self.height.saturating_sub(top).saturating_sub(self.below)),
        )
    }

    /// Left edge, device px, of a page `width` CSS px wide.
    pub fn left_of(&self, width: u32) -> i32 {
        self.left + (f64::from(self.widest.saturating_sub(width)) * self.scale / 2.0).round() as i32
    }

    /// A point of a page `width` CSS px wide, in device px.
    pub fn to_device(&self, width: u32, x: f64, y: f64) -> (f64, f64) {
        (f64::from(self.left_of(width)) + x * self.scale, f64::from(self.top) + y * self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Viewport = Viewport { width: 1600, height: 800 };

    #[test]
    fn the_natural_picture_is_the_viewport_times_the_scale() {
        let layout = Layout::natural(WIDE, 1.5);
        assert_eq!((layout.width, layout.height, layout.left, layout.top), (2400, 1200, 0, 0));
    }

    #[test]
    fn a_fitted_page_is_letterboxed_evenly() {
        let layout = Layout::fitted(WIDE, 800, 600);
        assert_eq!((layout.left, layout.top, layout.scale), (0, 100, 0.5));
        assert_eq!(layout.page(), (0, 100, 800, 400));
        assert_eq!(layout.to_device(1600, 100.0, 10.0), (50.0, 105.0));
    }

    #[test]
    fn a_narrower_page_is_centred_and_keeps_its_scale() {
        let layout = Layout::fitted(WIDE, 800, 600);
        assert_eq!(layout.left_of(800), 200);
    }
}
