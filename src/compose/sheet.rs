//! A contact sheet: pictures in a grid, each with a line of text below it.

use image::imageops::{FilterType, resize};
use image::{ImageBuffer, Rgb as Pixel};

use super::{Area, Frame, Lettering, TextStyle, Theme, baseline_between};

/// Width of a sheet whose pictures fill their cells, px at scale 1.
const WIDE: f64 = 1600.0;
/// Between cells, and around all, px at scale 1.
const GAP: f64 = 16.0;
/// Of the line below a picture, px at scale 1.
const LABEL: f64 = 28.0;
/// Of its letters, px at scale 1.
const TEXT: f64 = 13.0;
/// A picture that is higher than wide gets so much of its column's width as height.
const HIGHEST: f64 = 1.25;

/// Where the pictures of a sheet stand. All device px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// How many there are.
    pub cells: u32,
    /// How many stand side by side.
    pub columns: u32,
    /// Width and height of each.
    pub cell: (u32, u32),
    /// Between two, and around all.
    pub gap: u32,
    /// Height of the line below each.
    pub label: u32,
    /// Size of its letters.
    pub text: u32,
}

impl Grid {
    /// For `cells` pictures of a size (device px), `columns` side by side at most. `scale` is device px per px; pictures become smaller, never
    /// larger.
    pub fn of(cells: u32, columns: u32, picture: (u32, u32), scale: f64) -> Self {
        let columns = columns.min(cells).max(1);
        let px = |length: f64| (length * scale).round().max(1.0) as u32;
        let gap = px(GAP);
        // Sheets of fewer columns have larger pictures, up to half of the sheet.
        let share = f64::from(columns.max(2));
        let column = ((WIDE * scale - f64::from(gap) * (share + 1.0)) / share).max(8.0);
        let (width, height) = (f64::from(picture.0.max(1)), f64::from(picture.1.max(1)));
        let factor = (column / width).min(column * HIGHEST / height).min(1.0);
        let side = |length: f64| (length * factor).round().max(1.0) as u32;
        Self { cells, columns, cell: (side(width), side(height)), gap, label: px(LABEL), text: px(TEXT) }
    }

    /// Of the whole sheet.
    pub fn size(&self) -> (u32, u32) {
        let rows = self.cells.div_ceil(self.columns);
        let (width, height) = self.pitch();
        (
            self.columns.saturating_mul(width).saturating_add(self.gap),
            rows.saturating_mul(height).saturating_add(self.gap),
        )
    }

    /// Left and top edge of a picture, counted from 0 along the rows.
    pub fn place(&self, index: u32) -> (u32, u32) {
        let (width, height) = self.pitch();
        (self.gap + index % self.columns * width, self.gap + index / self.columns * height)
    }

    fn pitch(&self) -> (u32, u32) {
        (self.cell.0 + self.gap, self.cell.1 + self.label + self.gap)
    }
}

/// A sheet in the making.
#[derive(Debug)]
pub struct Sheet {
    grid: Grid,
    theme: Theme,
    frame: Frame,
}

impl Sheet {
    /// An empty one.
    pub fn new(grid: Grid, theme: Theme) -> Self {
        let (width, height) = grid.size();
        Self { grid, theme, frame: Frame::filled(width, height, theme.backdrop()) }
    }

    /// Puts a picture in its place, fitted in, and below it its time and what it shows.
    pub fn put(&mut self, index: u32, picture: &Frame, time: &str, title: &str, lettering: &mut Lettering) {
        let (left, top) = self.grid.place(index);
        let (wide, high) = self.grid.cell;
        let small = fitted(picture, self.grid.cell);
        let within = Area { x: 0, y: 0, width: small.width, height: small.height };
        self.frame.paste(&small, within, (left + (wide - small.width) / 2, top + (high - small.height) / 2));
        let colours = self.theme.palette();
        let size = f64::from(self.grid.text);
        let bottom = f64::from(top + high);
        let baseline = baseline_between(bottom, bottom + f64::from(self.grid.label), size);
        let room = f64::from(wide);
        let time = lettering.line(time, TextStyle { size, bold: true, colour: colours.text }, room);
        time.draw(&mut self.frame, left.cast_signed(), baseline);
        let begin = time.width + size * 0.75;
        let title = lettering.line(title, TextStyle { size, bold: false, colour: colours.quiet }, room - begin);
        title.draw(&mut self.frame, (f64::from(left) + begin) as i32, baseline);
    }

    /// The picture of all.
    pub fn finish(self) -> Frame {
        self.frame
    }
}

/// The picture, smaller if it does not fit. Pixels of the page become several; Lanczos keeps text legible.
fn fitted(picture: &Frame, room: (u32, u32)) -> Frame {
    let (width, height) = (f64::from(picture.width.max(1)), f64::from(picture.height.max(1)));
    let factor = (f64::from(room.0) / width).min(f64::from(room.1) / height);
    if factor >= 1.0 {
        return picture.clone();
    }
    let side = |length: f64, most: u32| ((length * factor).round() as u32).clamp(1, most);
    let (wide, high) = (side(width, room.0), side(height, room.1));
    let pixels = picture.pixels.as_slice();
    let Some(large) = ImageBuffer::<Pixel<u8>, &[u8]>::from_raw(picture.width, picture.height, pixels) else {
        return Frame::filled(wide, high, [0; 3]);
    };
    Frame { width: wide, height: high, pixels: resize(&large, wide, high, FilterType::Lanczos3).into_raw() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_side_by_side_and_below_each_other() {
        let grid = Grid::of(6, 4, (1280, 720), 1.0);
        assert_eq!((grid.cell, grid.size()), ((380, 214), (1600, 532)));
        assert_eq!(
            [0, 1, 3, 4, 5].map(|index| grid.place(index)),
            [(16, 16), (412, 16), (1204, 16), (16, 274), (412, 274)]
        );
    }

    #[test]
    fn a_sheet_is_no_wider_than_its_cells() {
        assert_eq!(Grid::of(1, 4, (1280, 720), 1.0).columns, 1);
        assert_eq!(Grid::of(3, 4, (1280, 720), 1.0).size().0, 3 * Grid::of(3, 4, (1280, 720), 1.0).cell.0 + 4 * 16);
        assert_eq!(Grid::of(0, 4, (1280, 720), 1.0).columns, 1);
    }

    #[test]
    fn pictures_of_phones_are_as_high_as_their_column_is_wide_and_a_quarter() {
        let grid = Grid::of(8, 4, (390, 844), 1.0);
        assert_eq!(grid.cell, (219, 475));
    }

    #[test]
    fn small_pictures_stay_as_they_are() {
        assert_eq!(Grid::of(4, 4, (320, 200), 1.0).cell, (320, 200));
        assert_eq!(Grid::of(4, 4, (640, 400), 2.0).cell, (640, 400));
        assert_eq!(Grid::of(400, 20, (1, 1), 0.1).cell, (1, 1));
    }

    #[test]
    fn each_picture_is_fitted_into_its_place_with_its_text_below() {
        let grid = Grid::of(2, 2, (2000, 1000), 1.0);
        let mut sheet = Sheet::new(grid, Theme::Dark);
        let mut lettering = Lettering::new();
        sheet.put(0, &Frame::filled(2000, 1000, [255, 0, 0]), "0:01", "a page", &mut lettering);
        sheet.put(1, &Frame::filled(1000, 2000, [0, 255, 0]), "0:02", "", &mut lettering);
        let frame = sheet.finish();
        assert_eq!((frame.width, frame.height), grid.size());
        let pixel = |x: u32, y: u32| {
            let at = (y as usize * frame.width as usize + x as usize) * 3;
            [frame.pixels[at], frame.pixels[at + 1], frame.pixels[at + 2]]
        };
        let (wide, high) = grid.cell;
        assert_eq!((pixel(16, 16), pixel(15, 16)), ([255, 0, 0], Theme::Dark.backdrop()));
        assert_eq!(pixel(16 + wide - 1, 16 + high - 1), [255, 0, 0]);
        let second = grid.place(1).0;
        assert_eq!(pixel(second + wide / 2, 16 + high / 2), [0, 255, 0]);
        assert_eq!(pixel(second, 16 + high / 2), Theme::Dark.backdrop());
        let inked = (0..wide).any(|x| (0..grid.label).any(|y| pixel(16 + x, 16 + high + y) != Theme::Dark.backdrop()));
        assert!(inked, "no text");
    }
}
