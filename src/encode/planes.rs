//! RGB pictures as the codecs want them: 4:2:0 planes, BT.709, limited range.
//!
//! Most pictures differ from the one before in a few rows: a cursor moved. Only those are converted, and the pipe to ffmpeg carries half
//! of what RGB takes.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix};

use crate::compose::Frame;

/// The picture sent last, in planes. Odd sizes get a column or row more, which repeats the picture's edge.
#[derive(Debug)]
pub(super) struct Planes {
    /// Even.
    width: usize,
    /// Even.
    height: usize,
    /// Brightness, then both chroma planes.
    bytes: Vec<u8>,
    shown: Option<Arc<Frame>>,
}

impl Planes {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width.next_multiple_of(2) as usize, height.next_multiple_of(2) as usize);
        Self { width, height, bytes: vec![0; width * height * 3 / 2], shown: None }
    }

    /// The bytes of a picture, all of one size.
    pub(super) fn of(&mut self, frame: &Arc<Frame>) -> io::Result<&[u8]> {
        let shown = self.shown.replace(Arc::clone(frame));
        let row = frame.width as usize * 3;
        let pair = row * 2;
        let pairs = frame.pixels.len().div_ceil(pair);
        let differs = |at: usize| {
            let bytes = at * pair..frame.pixels.len().min((at + 1) * pair);
            shown.as_ref().is_none_or(|shown| shown.pixels[bytes.clone()] != frame.pixels[bytes])
        };
        let mut at = 0;
        while at < pairs {
            let end = (at..pairs).find(|at| !differs(*at)).unwrap_or(pairs);
            if end > at {
                self.convert(frame, at..end)?;
            }
            at = end + 1;
        }
        Ok(&self.bytes)
    }

    /// Converts these pairs of rows.
    fn convert(&mut self, frame: &Frame, pairs: Range<usize>) -> io::Result<()> {
        let (width, height) = (frame.width as usize, frame.height as usize);
        let rows = pairs.start * 2..height.min(pairs.end * 2);
        let half = self.width / 2;
        let (bright, chroma) = self.bytes.split_at_mut(self.width * self.height);
        let (blue, red) = chroma.split_at_mut(half * self.height / 2);
        let mut image = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(&mut bright[rows.start * self.width..rows.end * self.width]),
            y_stride: self.width as u32,
            u_plane: BufferStoreMut::Borrowed(&mut blue[pairs.start * half..pairs.end * half]),
            u_stride: half as u32,
            v_plane: BufferStoreMut::Borrowed(&mut red[pairs.start * half..pairs.end * half]),
            v_stride: half as u32,
            width: frame.width,
            height: rows.len() as u32,
        };
        let rgb = &frame.pixels[rows.start * width * 3..rows.end * width * 3];
        let (range, matrix) = (YuvRange::Limited, YuvStandardMatrix::Bt709);
        yuv::rgb_to_yuv420(&mut image, rgb, frame.width * 3, range, matrix, YuvConversionMode::Professional)
            .map_err(io::Error::other)?;
        if width < self.width {
            for row in bright[rows.start * self.width..rows.end * self.width].chunks_exact_mut(self.width) {
                row[width] = row[width - 1];
            }
        }
        if rows.end < pairs.end * 2 {
            bright.copy_within((rows.end - 1) * self.width..rows.end * self.width, rows.end * self.width);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture in which every pixel differs from its neighbours.
    fn noise(width: u32, height: u32) -> Frame {
        let pixels = (0..width * height * 3).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        Frame { width, height, pixels }
    }

    /// BT.709 in limited range as ITU-R BT.709-6 defines it, from the mean of `pixels`.
    fn expected(pixels: &[[f64; 3]]) -> (f64, f64, f64) {
        let mean = |channel: usize| pixels.iter().map(|pixel| pixel[channel]).sum::<f64>() / pixels.len() as f64;
        let (r, g, b) = (mean(0), mean(1), mean(2));
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let chroma = |colour: f64, most: f64| 128.0 + (colour - y) / most * 224.0 / 255.0;
        (16.0 + y * 219.0 / 255.0, chroma(b, 1.8556), chroma(r, 1.5748))
    }

    fn assert_converted(frame: &Frame, planes: &[u8]) {
        let (width, height) = (frame.width as usize, frame.height as usize);
        let (wide, high) = (width.next_multiple_of(2), height.next_multiple_of(2));
        let pixel = |x: usize, y: usize| {
            let at = (y.min(height - 1) * width + x.min(width - 1)) * 3;
            [0, 1, 2].map(|channel| f64::from(frame.pixels[at + channel]))
        };
        for y in 0..high {
            for x in 0..wide {
                let off = (f64::from(planes[y * wide + x]) - expected(&[pixel(x, y)]).0).abs();
                assert!(off <= 1.0, "brightness at {x}, {y} is off by {off}");
            }
        }
        let (blue, red) = planes[wide * high..].split_at(wide * high / 4);
        for y in 0..high / 2 {
            for x in 0..wide / 2 {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| pixel(2 * x + dx, 2 * y + dy));
                let (_, cb, cr) = expected(&four);
                let at = y * wide / 2 + x;
                let off = (f64::from(blue[at]) - cb).abs().max((f64::from(red[at]) - cr).abs());
                assert!(off <= 1.5, "chroma at {x}, {y} is off by {off}");
            }
        }
    }

    #[test]
    fn colours_are_those_of_the_standard_and_odd_edges_are_repeated() {
        for (width, height) in [(64, 10), (65, 10), (64, 11), (131, 33), (1, 1)] {
            let frame = Arc::new(noise(width, height));
            let mut planes = Planes::new(width, height);
            assert_converted(&frame, planes.of(&frame).unwrap());
        }
    }

    #[test]
    fn a_picture_that_differs_in_some_rows_is_as_if_converted_whole() {
        let first = noise(65, 33);
        let mut planes = Planes::new(65, 33);
        planes.of(&Arc::new(first.clone())).unwrap();
        for rows in [0..1, 7..12, 32..33, 0..33] {
            let mut next = first.clone();
            for byte in &mut next.pixels[rows.start * 195..rows.end * 195] {
                *byte = byte.wrapping_add(90);
            }
            let next = Arc::new(next);
            let mut fresh = Planes::new(65, 33);
            assert_eq!(planes.of(&next).unwrap(), fresh.of(&next).unwrap(), "{rows:?}");
        }
    }
}
