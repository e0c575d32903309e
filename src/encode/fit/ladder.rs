//! What is given up, in which order: quality first, then pictures a second, then size. Pure. (`docs/size.md`)

use std::fmt;

use super::super::{Format, Fps};

/// The narrowest picture that is made, in pixels: below, nobody can read a page.
const NARROWEST: u32 = 320;
/// Sizes, in sixteenths of what was asked for.
const SIZES: [u32; 10] = [14, 12, 10, 8, 7, 6, 5, 4, 3, 2];

/// One way to encode a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rung {
    /// Of the format's own scale.
    pub(super) quality: u8,
    pub(super) fps: Fps,
    /// In pixels.
    pub(super) size: (u32, u32),
    /// How much smaller than as asked for a file is expected to be: the natural logarithm of the ratio. Only guides the search.
    pub(super) expected: f64,
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quality {}, {} frames per second, {}x{}", self.quality, self.fps, self.size.0, self.size.1)
    }
}

/// How a format gives way.
struct Manner {
    /// Worse and worse.
    qualities: &'static [u8],
    /// Pictures a second, fewer and fewer.
    rates: &'static [u32],
    /// Logarithm of what one step of quality is worth.
    quality_step: f64,
    /// By which power of their number the pictures' part shrinks.
    rate_power: f64,
    /// The same of the number of pixels.
    area_power: f64,
}

impl Manner {
    const fn of(format: Format) -> Self {
        match format {
            Format::Mp4 => Self {
                // Above, pictures that are gone shine through those that follow.
                qualities: &[24, 28, 32],
                rates: &[20, 15, 10],
                quality_step: -0.3,
                rate_power: 0.5,
                area_power: 0.75,
            },
            Format::WebM => Self {
                qualities: &[32, 40, 48],
                rates: &[20, 15, 10],
                quality_step: -0.35,
                rate_power: 0.5,
                area_power: 0.75,
            },
            // Rates whose pictures last whole hundredths of a second.
            Format::Gif => Self {
                qualities: &[127, 63, 31],
                rates: &[20, 10, 5],
                quality_step: -0.2,
                rate_power: 0.8,
                area_power: 0.85,
            },
            Format::WebP => Self {
                qualities: &[65, 50, 35, 20],
                rates: &[20, 15, 10, 5],
                quality_step: -0.25,
                rate_power: 0.8,
                area_power: 0.85,
            },
        }
    }
}

/// The rungs of a video, from what was asked for down to the least.
pub(super) fn of_video(format: Format, quality: u8, fps: Fps, size: (u32, u32)) -> Vec<Rung> {
    let manner = Manner::of(format);
    let is_worse = |other: &u8| match format {
        Format::Mp4 | Format::WebM => *other > quality,
        Format::Gif | Format::WebP => *other < quality,
    };
    let mut rungs = of_quality(quality, manner.qualities.iter().copied().filter(is_worse), manner.quality_step, size);
    for rung in &mut rungs {
        rung.fps = fps;
    }
    let rates = manner.rates.iter().filter_map(|rate| Fps::new(*rate, 1).ok());
    for rate in rates.filter(|rate| rate.as_f64() < fps.as_f64()) {
        let Some(last) = rungs.last().cloned() else { break };
        let gained = manner.rate_power * (rate.as_f64() / last.fps.as_f64()).ln();
        rungs.push(Rung { fps: rate, expected: last.expected + gained, ..last });
    }
    add_sizes(&mut rungs, manner.area_power);
    rungs
}

/// The rungs of a still; a format without qualities is only made smaller. The rate has no meaning.
pub(super) fn of_still(quality: Option<u8>, size: (u32, u32)) -> Vec<Rung> {
    let worse = [80, 70, 60, 50, 40, 30].into_iter().filter(|other| quality.is_some_and(|quality| *other < quality));
    let mut rungs = of_quality(quality.unwrap_or_default(), worse, -0.2, size);
    add_sizes(&mut rungs, 0.8);
    rungs
}

fn of_quality(asked: u8, worse: impl Iterator<Item = u8>, step: f64, size: (u32, u32)) -> Vec<Rung> {
    let qualities = std::iter::once(asked).chain(worse).zip(0_u8..);
    let rung = |(quality, steps)| Rung { quality, fps: Fps::DEFAULT, size, expected: f64::from(steps) * step };
    qualities.map(rung).collect()
}

fn add_sizes(rungs: &mut Vec<Rung>, area_power: f64) {
    let Some(asked) = rungs.first().map(|rung| rung.size) else { return };
    for size in sizes(asked) {
        let Some(last) = rungs.last().cloned() else { return };
        let ratio = f64::from(size.0) / f64::from(last.size.0);
        rungs.push(Rung { size, expected: last.expected + area_power * 2.0 * ratio.ln(), ..last });
    }
}

/// Smaller and smaller, of even width and the same shape.
fn sizes((width, height): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let widths = SIZES.into_iter().map(move |part| width / 16 * part + width % 16 * part / 16);
    let widths = widths.map(|width| width / 2 * 2).take_while(|width| *width > NARROWEST);
    let narrowest = (width > NARROWEST).then_some(NARROWEST);
    widths.chain(narrowest).map(move |narrow| {
        let rows = (2 * u64::from(height) * u64::from(narrow) + u64::from(width)) / (2 * u64::from(width).max(1));
        (narrow, u32::try_from(rows).unwrap_or(height).max(1))
    })
}
