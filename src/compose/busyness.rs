//! How much there is to see in a picture.

use super::Frame;

/// Pixels of a tile's side.
const TILE: u32 = 16;
/// A tile in which luma differs by so much holds something: text, an edge, a picture.
const DIFFERS: u8 = 24;

/// What a picture holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Busyness {
    /// The share of tiles of 16 x 16 px in which there is something, 0 to 1.
    pub share: f64,
    /// From the darkest to the brightest of every fourth pixel, without the hundredth part at either end, 0 to 255.
    pub spread: u8,
}

/// A picture whose luma spreads over less is blank, whatever its colour.
const BLANK: u8 = 12;

impl Busyness {
    /// Looks at a picture, once at every pixel.
    pub fn of(frame: &Frame) -> Self {
        let (across, down) = (frame.width.div_ceil(TILE).max(1), frame.height.div_ceil(TILE).max(1));
        let mut ranges = vec![(u8::MAX, u8::MIN); across as usize * down as usize];
        let mut counts = [0_u64; 256];
        let row_bytes = frame.width as usize * 3;
        for (y, row) in frame.pixels.chunks_exact(row_bytes.max(1)).enumerate() {
            for (x, pixel) in row.chunks_exact(3).enumerate() {
                let luma = luma(pixel);
                let tile = (y / TILE as usize) * across as usize + x / TILE as usize;
                if let Some((least, most)) = ranges.get_mut(tile) {
                    (*least, *most) = ((*least).min(luma), (*most).max(luma));
                }
                if x % 4 == 0 {
                    counts[usize::from(luma)] += 1;
                }
            }
        }
        let busy = ranges.iter().filter(|(least, most)| most.saturating_sub(*least) >= DIFFERS).count();
        Self { share: busy as f64 / ranges.len() as f64, spread: spread(&counts) }
    }

    /// Whether there is nothing to see.
    pub fn is_blank(&self) -> bool {
        self.spread < BLANK && self.share < 0.005
    }
}

/// Rec. 709 weights on the encoded samples, in 256 parts.
fn luma(pixel: &[u8]) -> u8 {
    let weighed = |index: usize, weight: u32| pixel.get(index).map_or(0, |sample| u32::from(*sample) * weight);
    ((weighed(0, 54) + weighed(1, 183) + weighed(2, 19)) >> 8) as u8
}

fn spread(counts: &[u64; 256]) -> u8 {
    let all: u64 = counts.iter().sum();
    let least = beyond(counts.iter().enumerate(), all / 100);
    let most = beyond(counts.iter().enumerate().rev(), all / 100);
    most.saturating_sub(least) as u8
}

/// The luma with which more than `aside` pixels have been counted.
fn beyond<'a>(mut counts: impl Iterator<Item = (usize, &'a u64)>, aside: u64) -> usize {
    let mut seen = 0;
    let found = counts.find(|(_, count)| {
        seen += **count;
        seen > aside
    });
    found.map_or(0, |(luma, _)| luma)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(luma: impl Fn(u32, u32) -> u8) -> Frame {
        let pixels = (0..64_u32 * 64).flat_map(|index| [luma(index % 64, index / 64); 3]).collect();
        Frame { width: 64, height: 64, pixels }
    }

    #[test]
    fn one_colour_is_blank_and_so_is_a_soft_gradient_of_little_range() {
        assert!(Busyness::of(&frame(|_, _| 255)).is_blank());
        assert!(Busyness::of(&frame(|_, _| 0)).is_blank());
        assert!(Busyness::of(&frame(|x, _| (x / 8) as u8)).is_blank());
    }

    #[test]
    fn text_counts_where_it_stands() {
        let quarter = Busyness::of(&frame(|x, y| if x < 32 && y < 32 && x % 2 == 0 { 0 } else { 255 }));
        assert!((quarter.share - 0.25).abs() < 1e-9, "{quarter:?}");
        assert!(!quarter.is_blank() && quarter.spread == 255);
    }

    #[test]
    fn a_single_speck_is_no_content() {
        let speck = Busyness::of(&frame(|x, y| if (x, y) == (40, 40) { 0 } else { 255 }));
        assert!(speck.spread == 0 && (speck.share - 1.0 / 16.0).abs() < 1e-9, "{speck:?}");
    }

    #[test]
    fn no_picture_is_blank() {
        assert!(Busyness::of(&Frame { width: 0, height: 0, pixels: Vec::new() }).is_blank());
    }
}
