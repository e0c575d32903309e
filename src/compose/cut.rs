//! Parts of pictures, and pictures made of parts.

use super::Frame;

/// A rectangle of a picture, device px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Of its left edge.
    pub x: u32,
    /// Of its top edge.
    pub y: u32,
    /// Device px.
    pub width: u32,
    /// Device px.
    pub height: u32,
}

impl Frame {
    /// A picture in one colour (RGB).
    pub fn filled(width: u32, height: u32, colour: [u8; 3]) -> Self {
        let pixels = colour.iter().copied().cycle().take(width as usize * height as usize * 3).collect();
        Self { width, height, pixels }
    }

    /// A part of it; what lies outside is left out.
    #[must_use]
    pub fn cut(&self, area: Area) -> Self {
        let width = area.width.min(self.width.saturating_sub(area.x));
        let height = area.height.min(self.height.saturating_sub(area.y));
        let height = if width == 0 { 0 } else { height };
        let mut part = Self { width, height, pixels: Vec::with_capacity(width as usize * height as usize * 3) };
        for y in area.y..area.y + height {
            part.pixels.extend_from_slice(self.row(area.x, y, width));
        }
        part
    }

    /// Puts a part of another picture at a place; what does not fit in is left out.
    pub fn paste(&mut self, from: &Self, area: Area, (x, y): (u32, u32)) {
        let width = area.width.min(from.width.saturating_sub(area.x)).min(self.width.saturating_sub(x));
        let height = area.height.min(from.height.saturating_sub(area.y)).min(self.height.saturating_sub(y));
        for row in 0..if width == 0 { 0 } else { height } {
            let begin = self.offset(x, y + row);
            let source = from.row(area.x, area.y + row, width);
            self.pixels[begin..begin + source.len()].copy_from_slice(source);
        }
    }

    fn offset(&self, x: u32, y: u32) -> usize {
        (y as usize * self.width as usize + x as usize) * 3
    }

    fn row(&self, x: u32, y: u32, width: u32) -> &[u8] {
        let begin = self.offset(x, y);
        &self.pixels[begin..begin + width as usize * 3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pixel's red is its place.
    fn numbered() -> Frame {
        let pixels = (0..12).flat_map(|index| [index, 0, 0]).collect();
        Frame { width: 4, height: 3, pixels }
    }

    fn reds(frame: &Frame) -> Vec<u8> {
        frame.pixels.iter().step_by(3).copied().collect()
    }

    #[test]
    fn a_part_is_cut_out_and_what_lies_outside_is_left_out() {
        let part = numbered().cut(Area { x: 1, y: 1, width: 2, height: 2 });
        assert_eq!(((part.width, part.height), reds(&part)), ((2, 2), vec![5, 6, 9, 10]));
        let corner = numbered().cut(Area { x: 3, y: 2, width: 9, height: 9 });
        assert_eq!(((corner.width, corner.height), reds(&corner)), ((1, 1), vec![11]));
        let outside = numbered().cut(Area { x: 4, y: 3, width: 9, height: 9 });
        assert_eq!((outside.width, outside.height, outside.pixels.len()), (0, 0, 0));
        assert_eq!(numbered().cut(Area { x: 100, y: 2, width: 9, height: 9 }).pixels, [0; 0]);
    }

    #[test]
    fn a_part_is_put_in_as_far_as_it_fits() {
        let mut frame = Frame::filled(3, 2, [99, 99, 99]);
        frame.paste(&numbered(), Area { x: 2, y: 1, width: 9, height: 9 }, (1, 0));
        assert_eq!(reds(&frame), [99, 6, 7, 99, 10, 11]);
        frame.paste(&numbered(), Area { x: 0, y: 0, width: 4, height: 3 }, (2, 1));
        assert_eq!(reds(&frame), [99, 6, 7, 99, 10, 0]);
        frame.paste(&numbered(), Area { x: 0, y: 0, width: 4, height: 3 }, (3, 2));
        frame.paste(&numbered(), Area { x: 0, y: 0, width: 4, height: 3 }, (100, 1));
        assert_eq!(reds(&frame), [99, 6, 7, 99, 10, 0]);
    }
}
