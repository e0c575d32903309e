//! The geometry of pictures that are put together from several: which stops the page is scrolled to, and what of each is taken. Pure.

use super::RenderError;
use super::plan::check_pixels;
use crate::compose::Area;
use crate::stage::{Layout, PageBox, Whole};

/// A part of an unrolled page as a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unrolled {
    whole: Whole,
    /// Device px per CSS px.
    scale: f64,
    /// Device px from the left of the viewport and the top of the document.
    area: Area,
}

/// A page of more of these has a viewport of a few pixels, which nobody looked through. Each costs a picture.
const MOST_VIEWPORTS: u64 = 1000;

/// What is taken at one stop, device px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// First row of the page's viewport.
    pub from: u32,
    /// How many rows.
    pub rows: u32,
    /// The row of the picture where they go.
    pub to: u32,
}

impl Unrolled {
    /// All of the page: as wide as its viewport, as high as its document.
    pub(super) fn page(whole: Whole, scale: f64, max_pixels: u64) -> Result<Self, RenderError> {
        let all = PageBox { x: 0.0, y: 0.0, width: whole.viewport_width, height: whole.height };
        Self::part(whole, all, 0.0, scale, max_pixels)
    }

    /// A part of it and `padding` CSS px around that, as far as the page goes.
    pub(super) fn part(
        whole: Whole,
        part: PageBox,
        padding: f64,
        scale: f64,
        max_pixels: u64,
    ) -> Result<Self, RenderError> {
        let height = whole.height.max(whole.viewport_height);
        let area = device_area(part, padding, (whole.viewport_width, height), scale);
        check_pixels(area.width, area.height, max_pixels)?;
        let viewports = f64::from(area.height) / scale / whole.viewport_height.max(1.0);
        if viewports > MOST_VIEWPORTS as f64 {
            return Err(RenderError::Limit {
                what: "the number of viewports that the page is high".to_owned(),
                value: viewports.ceil() as u64,
                limit: MOST_VIEWPORTS,
                option: "--full-page, --crop",
            });
        }
        Ok(Self { whole, scale, area })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.area.width, self.area.height)
    }

    /// First column of the page's viewport.
    pub(super) fn left(&self) -> u32 {
        self.area.x
    }

    /// How far the page is scrolled sideways, CSS px.
    pub(super) fn scroll_x(&self) -> f64 {
        self.whole.scroll_x
    }

    /// Distances from the document's top, CSS px, that the page is scrolled to, in order.
    pub(super) fn stops(&self) -> Vec<f64> {
        let viewport = self.whole.viewport_height.max(1.0);
        let furthest = (self.whole.height - viewport).max(0.0);
        let (unit, stride) = match unit(self.scale, viewport) {
            Some(unit) => (unit, (viewport / unit).floor() * unit),
            // Where they cannot meet, they overlap by a pixel or two.
            None => (1.0, (viewport - (2.0 / self.scale).ceil()).max(1.0)),
        };
        let (top, bottom) = (f64::from(self.area.y), f64::from(self.area.y) + f64::from(self.area.height));
        let mut stop = ((top / self.scale).min(furthest) / unit).floor() * unit;
        let mut stops = vec![stop];
        while (stop + viewport) * self.scale < bottom && stop < furthest {
            stop = (stop + stride).min(furthest);
            stops.push(stop);
        }
        stops
    }

    /// What to take where the page was scrolled to `stop` CSS px, if `taken` rows are there already.
    pub(super) fn piece(&self, stop: f64, taken: u32) -> Piece {
        let first = (stop * self.scale).round() as i64 - i64::from(self.area.y);
        // A row that the viewport only covers in part is half background.
        let rows = whole_px(self.whole.viewport_height * self.scale) as i64;
        let row_of = |css: f64| (css * self.scale).round() as i64 - i64::from(self.area.y);
        let mut to = i64::from(taken);
        if stop > 0.0 && stop + self.whole.viewport_height >= self.whole.height - 1.0 && self.whole.bottom_edge > 0.0 {
            // What is fixed at the bottom was left out of the pictures before: it is taken from this one, but not over what is fixed at the top.
            to = to.min(row_of(self.whole.height - self.whole.bottom_edge).max(row_of(self.whole.top_edge)));
        }
        let to = to.clamp(first.max(0), i64::from(self.area.height));
        let end = (first + rows).clamp(to, i64::from(self.area.height));
        Piece { from: (to - first).max(0) as u32, rows: (end - to) as u32, to: to as u32 }
    }

    /// Where the recorded viewport stands in the picture, for what is drawn over it.
    pub(super) fn layout(&self) -> Layout {
        let device = |css: f64| (css * self.scale).round() as i32;
        Layout {
            width: self.area.width,
            height: self.area.height,
            left: device(self.whole.recorded_x - self.whole.scroll_x) - self.area.x.cast_signed(),
            top: device(self.whole.recorded_y) - self.area.y.cast_signed(),
            scale: self.scale,
            widest: self.whole.viewport_width as u32,
            tallest: self.whole.viewport_height as u32,
            above: 0,
            below: 0,
        }
    }
}

/// The pixels that a part covers, even in part, with `padding` CSS px around it, within `bounds` (width and height, CSS px).
pub(super) fn device_area(part: PageBox, padding: f64, bounds: (f64, f64), scale: f64) -> Area {
    // Boxes are known to a 64th of a px; what reaches over a pixel's edge by less does not show there.
    const HAIR: f64 = 1.0 / 32.0;
    let side = |from: f64, length: f64, bound: f64| {
        let bound = whole_px(bound * scale).max(1.0);
        let begin = ((from - padding) * scale + HAIR).floor().clamp(0.0, bound - 1.0);
        let end = ((from + length + padding) * scale - HAIR).ceil().clamp(begin + 1.0, bound);
        (begin as u32, (end - begin) as u32)
    };
    let (x, width) = side(part.x, part.width, bounds.0);
    let (y, height) = side(part.y, part.height, bounds.1);
    Area { x, y, width, height }
}

/// Device px that are covered wholly. (What products of CSS px and scale are short of a whole number is their rounding.)
fn whole_px(device: f64) -> f64 {
    (device + 1e-6).floor()
}

/// The least number of CSS px that is a whole number of device px, so that the pictures fit without a seam, if there is one that the
/// viewport has room for.
fn unit(scale: f64, viewport: f64) -> Option<f64> {
    let fits = |unit: &f64| ((unit * scale).round() - unit * scale).abs() < 1e-6;
    (1..=100).map(f64::from).take_while(|unit| *unit <= viewport).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(height: f64) -> Whole {
        Whole {
            width: 800.0,
            height,
            viewport_width: 800.0,
            viewport_height: 601.0,
            recorded_x: 0.0,
            recorded_y: 700.0,
            scroll_x: 0.0,
            top_edge: 0.0,
            bottom_edge: 0.0,
            area: None,
        }
    }

    fn page(whole: Whole, scale: f64) -> Unrolled {
        Unrolled::page(whole, scale, u64::MAX).unwrap()
    }

    /// The rows of the picture, each with the row of the document that it shows; the last one taken counts.
    fn rows(unrolled: &Unrolled) -> Vec<Option<u32>> {
        let mut rows = vec![None; unrolled.size().1 as usize];
        let mut taken = 0;
        for stop in unrolled.stops() {
            let piece = unrolled.piece(stop, taken);
            for row in 0..piece.rows {
                let shown = (stop * unrolled.scale).round() as u32 + piece.from + row - unrolled.area.y;
                rows[(piece.to + row) as usize] = Some(shown);
            }
            taken = taken.max(piece.to + piece.rows);
        }
        rows
    }

    #[test]
    fn every_row_of_a_page_is_taken_once_and_from_its_place() {
        for scale in [1.0, 2.0, 1.5, 0.5, 1.3, 1.37, 0.333_333] {
            for height in [1.0, 600.0, 601.0, 602.0, 1200.0, 1202.0, 1203.0, 5017.0] {
                let unrolled = page(whole(height), scale);
                for (row, shown) in rows(&unrolled).into_iter().enumerate() {
                    assert_eq!(shown, Some(row as u32), "{height} px at {scale}");
                }
            }
        }
    }

    #[test]
    fn a_page_is_at_least_as_high_as_its_viewport() {
        assert_eq!(page(whole(601.0), 2.0).size(), (1600, 1202));
        assert_eq!(page(whole(601.0), 2.0).stops(), [0.0]);
        assert_eq!(page(whole(1000.0), 1.0).stops(), [0.0, 399.0]);
    }

    #[test]
    fn pictures_at_odd_scales_meet_at_whole_pixels() {
        // 601 px are no whole number of pixels at 1.5; 600 are.
        assert_eq!(page(whole(5000.0), 1.5).stops()[..3], [0.0, 600.0, 1200.0]);
        assert_eq!(page(whole(5000.0), 1.3).stops()[..3], [0.0, 600.0, 1200.0]);
    }

    #[test]
    fn what_is_fixed_at_the_bottom_comes_from_the_last_picture() {
        let unrolled = page(Whole { bottom_edge: 50.0, ..whole(1300.0) }, 1.0);
        assert_eq!(unrolled.stops(), [0.0, 601.0, 699.0]);
        assert_eq!(unrolled.piece(699.0, 1202), Piece { from: 503, rows: 98, to: 1202 });
        let short = page(Whole { bottom_edge: 50.0, ..whole(620.0) }, 1.0);
        assert_eq!(short.piece(19.0, 601), Piece { from: 551, rows: 50, to: 570 });
    }

    #[test]
    fn what_is_fixed_at_the_bottom_does_not_cover_what_is_fixed_at_the_top() {
        let both = page(Whole { bottom_edge: 50.0, top_edge: 590.0, ..whole(620.0) }, 1.0);
        assert_eq!(both.piece(19.0, 601), Piece { from: 571, rows: 30, to: 590 });
    }

    #[test]
    fn a_part_takes_only_the_stops_that_it_needs() {
        let part = PageBox { x: 10.0, y: 1000.0, width: 100.0, height: 50.0 };
        let unrolled = Unrolled::part(whole(5000.0), part, 5.0, 2.0, u64::MAX).unwrap();
        assert_eq!((unrolled.size(), unrolled.left()), ((220, 120), 10));
        assert_eq!(unrolled.stops(), [995.0]);
        assert_eq!(unrolled.piece(995.0, 0), Piece { from: 0, rows: 120, to: 0 });
        let at_end = Unrolled::part(whole(5000.0), PageBox { y: 4950.0, ..part }, 0.0, 1.0, u64::MAX).unwrap();
        assert_eq!(at_end.stops(), [4399.0]);
        assert_eq!(at_end.piece(4399.0, 0), Piece { from: 551, rows: 50, to: 0 });
    }

    #[test]
    fn padding_ends_where_the_page_ends() {
        let part = PageBox { x: 0.0, y: 0.0, width: 800.0, height: 20.0 };
        assert_eq!(device_area(part, 10.0, (800.0, 600.0), 1.0), Area { x: 0, y: 0, width: 800, height: 30 });
        let outside = PageBox { x: -500.0, y: 700.0, width: 10.0, height: 10.0 };
        assert_eq!(device_area(outside, 0.0, (800.0, 600.0), 1.0), Area { x: 0, y: 599, width: 1, height: 1 });
    }

    #[test]
    fn a_page_of_too_many_pixels_is_refused_before_any_picture() {
        let error = Unrolled::page(whole(1e7), 1.0, 33_177_600).unwrap_err();
        assert!(error.to_string().contains("--max-pixels"), "{error}");
        let slit = Unrolled::page(Whole { viewport_height: 1.0, ..whole(5000.0) }, 1.0, 33_177_600).unwrap_err();
        assert!(slit.to_string().contains("is 5000, more than the limit of 1000"), "{slit}");
    }

    #[test]
    fn the_pointer_stands_where_the_page_was_scrolled_to() {
        let layout = page(whole(5000.0), 2.0).layout();
        assert_eq!(layout.to_device(800, 10.0, 20.0), (20.0, 1440.0));
    }
}
