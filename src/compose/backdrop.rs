//! The page's edge where it does not fill its room: a hairline and a soft shadow, so that the space around it looks meant.

use super::blend::{self, Area};
use super::{Frame, Rgb, Theme};

/// A rectangle of the picture, device px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// From the picture's left edge.
    pub left: i32,
    /// From the picture's top edge.
    pub top: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Place {
    /// A whole picture.
    pub fn of(frame: &Frame) -> Self {
        Self { left: 0, top: 0, width: frame.width, height: frame.height }
    }

    fn right(&self) -> i64 {
        i64::from(self.left) + i64::from(self.width)
    }

    fn bottom(&self) -> i64 {
        i64::from(self.top) + i64::from(self.height)
    }
}

const SHADOW: f64 = 16.0;

/// What of a frame is drawn on around a page: four strips, none of which holds a pixel of the page.
pub(super) fn strips(frame: &Frame, page: Place, scale: f64) -> Vec<Area> {
    let reach = (SHADOW * scale).ceil();
    let (left, top) = (f64::from(page.left), f64::from(page.top));
    let (right, bottom) = (page.right() as f64, page.bottom() as f64);
    let strips = [
        (left - reach, top - reach, right + reach, top),
        (left - reach, bottom, right + reach, bottom + reach),
        (left - reach, top, left, bottom),
        (right, top, right + reach, bottom),
    ];
    strips.into_iter().filter_map(|(l, t, r, b)| Area::clip(frame, l, t, r, b)).collect()
}

/// What is drawn at each distance from a page, worked out once for all of its thousands of pixels.
#[derive(Debug)]
pub(super) struct Edge {
    hairline: Rgb,
    /// How many px the hairline is wide.
    thin: usize,
    /// How dark it is so many px aside and so many px down, row by row.
    shadow: Vec<u8>,
    /// Length of a row.
    reach: usize,
}

impl Edge {
    pub(super) fn new(scale: f64, theme: Theme) -> Self {
        let (hairline, strength) = match theme {
            Theme::Dark => ([0x3a, 0x3d, 0x47], 0.55),
            Theme::Light => ([0xc3, 0xc7, 0xd0], 0.22),
        };
        let reach = (SHADOW * scale).ceil() as usize + 1;
        let dark = |at: usize| {
            let (aside, down) = (at % reach, at / reach);
            let fade = 1.0 - (((aside * aside + down * down) as f64).sqrt() / (SHADOW * scale)).min(1.0);
            (strength * fade * fade * 255.0).round() as u8
        };
        let thin = scale.round().max(1.0) as usize;
        Self { hairline, thin, shadow: (0..reach * reach).map(dark).collect(), reach }
    }

    /// Draws within one of a page's strips.
    pub(super) fn draw(&self, frame: &mut Frame, area: Area, page: Place) {
        let away = |at: usize, low: i64, high: i64| {
            let at = at.cast_signed() as i64;
            usize::try_from((low - at).max(at - high + 1)).unwrap_or(0)
        };
        for row in 0..area.height {
            let down = away(area.top + row, i64::from(page.top), page.bottom());
            let range = area.row(frame, row);
            for (column, pixel) in frame.pixels[range].as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let aside = away(area.left + column, i64::from(page.left), page.right());
                if aside.max(down) <= self.thin {
                    *pixel = self.hairline;
                } else if let Some(dark) = self.shadow.get(down * self.reach + aside) {
                    *pixel = pixel.map(|below| blend::mix(below, 0, *dark));
                }
            }
        }
    }
}
