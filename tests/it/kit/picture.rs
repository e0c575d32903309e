//! Comparing pictures.

use std::path::Path;

use image::imageops::FilterType;
use image::{ImageFormat, Rgb, RgbImage};

/// Reads a picture of any kind.
pub(crate) fn open(path: &Path) -> RgbImage {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    image::load_from_memory(&bytes).unwrap().into_rgb8()
}

/// Writes a PNG for a person to look at.
pub(crate) fn save(picture: &RgbImage, path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.save_with_format(path, ImageFormat::Png).unwrap();
}

/// Mean absolute difference of all samples of all channels, 0 to 255.
pub(crate) fn colour_error(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.iter().zip(b.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

/// The difference of two pictures, made eight times as strong so that it can be seen.
pub(crate) fn difference(a: &RgbImage, b: &RgbImage) -> RgbImage {
    assert_eq!(a.dimensions(), b.dimensions());
    RgbImage::from_fn(a.width(), a.height(), |x, y| {
        let (a, b) = (a.get_pixel(x, y), b.get_pixel(x, y));
        Rgb([0, 1, 2].map(|channel| a[channel].abs_diff(b[channel]).saturating_mul(8)))
    })
}

/// The largest difference, of any pixel, between its brightness and the one that a video has stored (16 to 235).
pub(crate) fn brightness_error(picture: &RgbImage, stored: &[u8]) -> f32 {
    let expected = luma(picture).into_iter().map(|luma| 16.0 + luma * 219.0 / 255.0);
    assert_eq!(expected.len(), stored.len());
    expected.zip(stored).map(|(expected, stored)| (expected - f32::from(*stored)).abs()).fold(0.0, f32::max)
}

/// The share of pixels of which some sample is off by more than 24 of 255: what is missing, or should not be there. A focus ring is
/// 0.15 % of a page and hardly lowers its similarity.
pub(crate) fn blots(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let off = |(a, b): &(&Rgb<u8>, &Rgb<u8>)| (0..3).any(|channel| a[channel].abs_diff(b[channel]) > 24);
    let count = a.pixels().zip(b.pixels()).filter(off).count();
    count as f64 / f64::from(a.width() * a.height())
}

/// The picture at another size, as smooth as can be.
pub(crate) fn resized(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    image::imageops::resize(picture, width, height, FilterType::CatmullRom)
}

/// Rec. 709 weights on the encoded samples, as in the videos: 0 to 255.
fn luma(picture: &RgbImage) -> Vec<f32> {
    let weigh =
        |pixel: &Rgb<u8>| 0.2126 * f32::from(pixel[0]) + 0.7152 * f32::from(pixel[1]) + 0.0722 * f32::from(pixel[2]);
    picture.pixels().map(weigh).collect()
}

const RADIUS: usize = 5;
const SIGMA: f32 = 1.5;
const C1: f32 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f32 = (0.03 * 255.0) * (0.03 * 255.0);

/// Mean SSIM of brightness as Wang, Bovik, Sheikh and Simoncelli define it (2004): a Gaussian window of 11x11 pixels with a
/// standard deviation of 1.5 at every place where it fits in whole, K1 = 0.01, K2 = 0.03, L = 255; no scaling before. 1 for equal
/// pictures.
pub(crate) fn similarity(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions(), "pictures of different size");
    let width = a.width() as usize;
    let (a, b) = (luma(a), luma(b));
    let product = |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| a * b).collect() };
    let blurred = |plane: &[f32]| blur(plane, width);
    let (mean_a, mean_b) = (blurred(&a), blurred(&b));
    let (square_a, square_b) = (blurred(&product(&a, &a)), blurred(&product(&b, &b)));
    let mixed = blurred(&product(&a, &b));
    let mut sum = 0.0;
    for place in 0..mean_a.len() {
        let (ma, mb) = (mean_a[place], mean_b[place]);
        let (va, vb) = (square_a[place] - ma * ma, square_b[place] - mb * mb);
        let covariance = mixed[place] - ma * mb;
        let ssim = (2.0 * ma * mb + C1) * (2.0 * covariance + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
        sum += f64::from(ssim);
    }
    sum / mean_a.len() as f64
}

/// The Gaussian mean around every place that is far enough from the edges.
fn blur(plane: &[f32], width: usize) -> Vec<f32> {
    let kernel = kernel();
    let inner = width - 2 * RADIUS;
    let mut across = Vec::with_capacity(plane.len());
    for row in plane.chunks_exact(width) {
        across.extend(
            row.windows(kernel.len())
                .map(|window| window.iter().zip(&kernel).map(|(sample, weight)| sample * weight).sum::<f32>()),
        );
    }
    let height = plane.len() / width;
    let mut down = vec![0.0; inner * (height - 2 * RADIUS)];
    for (y, line) in down.chunks_exact_mut(inner).enumerate() {
        for (offset, weight) in kernel.iter().enumerate() {
            let from = &across[(y + offset) * inner..][..inner];
            for (mean, sample) in line.iter_mut().zip(from) {
                *mean += sample * weight;
            }
        }
    }
    down
}

fn kernel() -> [f32; 2 * RADIUS + 1] {
    let mut kernel: [f32; 2 * RADIUS + 1] = std::array::from_fn(|index| {
        let distance = index as f32 - RADIUS as f32;
        (-distance * distance / (2.0 * SIGMA * SIGMA)).exp()
    });
    let sum: f32 = kernel.iter().sum();
    for weight in &mut kernel {
        *weight /= sum;
    }
    kernel
}

/// The judge is judged: a measure that says 1 to everything would pass every test.
#[test]
fn similarity_is_one_for_equal_pictures_and_falls_with_what_a_person_would_see() {
    let stripes = |offset: u32| {
        RgbImage::from_fn(64, 64, |x, _| Rgb([if ((x + offset) / 4).is_multiple_of(2) { 20 } else { 220 }; 3]))
    };
    assert!((similarity(&stripes(0), &stripes(0)) - 1.0).abs() < 1e-6);
    assert!(similarity(&stripes(0), &stripes(1)) < 0.7);
    assert!(similarity(&stripes(0), &stripes(4)) < 0.0);
    let mut speck = stripes(0);
    speck.put_pixel(32, 32, Rgb([120; 3]));
    let with_speck = similarity(&stripes(0), &speck);
    assert!(with_speck < 0.9999 && with_speck > 0.98, "{with_speck}");

    // One pair worked out by hand: flat pictures differ in brightness only, so SSIM is its first factor.
    let flat = |value| RgbImage::from_pixel(16, 16, Rgb([value; 3]));
    let by_hand = (2.0 * 100.0 * 150.0 + 6.5025) / (100.0 * 100.0 + 150.0 * 150.0 + 6.5025);
    assert!((similarity(&flat(100), &flat(150)) - by_hand).abs() < 1e-3);
}

#[test]
fn colour_error_is_the_mean_over_all_samples() {
    let a = RgbImage::from_pixel(2, 1, Rgb([10, 20, 30]));
    let mut b = a.clone();
    b.put_pixel(0, 0, Rgb([13, 20, 27]));
    assert!((colour_error(&a, &b) - 1.0).abs() < 1e-9);
}
