use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::*;

/// A PNG of the given already filtered rows, its pixels split over IDAT chunks of at most `idat` bytes.
fn png(width: u32, height: u32, colour: u8, filtered: &[u8], idat: usize) -> Vec<u8> {
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflated.write_all(filtered).unwrap();
    let mut file = SIGNATURE.to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, colour, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &header);
    for body in deflated.finish().unwrap().chunks(idat) {
        chunk(&mut file, *b"IDAT", body);
    }
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    file.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
    file.extend(kind);
    file.extend(body);
    file.extend([0; 4]);
}

/// Pixels without a pattern that a wrong filter could get right by chance.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 12_345_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(bytes)
    .collect()
}

/// Encodes with the `image` crate, whose encoder is not the code under test.
fn encode_elsewhere(
    pixels: &[u8],
    size: (u32, u32),
    colour: image::ExtendedColorType,
    filter: image::codecs::png::FilterType,
) -> Vec<u8> {
    use image::{
        ImageEncoder,
        codecs::png::{CompressionType, PngEncoder},
    };
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, filter)
        .write_image(pixels, size.0, size.1, colour)
        .unwrap();
    bytes
}

#[test]
fn every_filter_of_an_independent_encoder_decodes_to_the_pixels_it_was_given() {
    use image::codecs::png::FilterType::{Adaptive, Avg, NoFilter, Paeth, Sub, Up};
    let (rgb, rgba) = (noise(37 * 11 * 3), noise(37 * 11 * 4));
    let opaque: Vec<u8> = rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b, 255]).collect();
    let opaque_rgb: Vec<u8> = opaque.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    for filter in [NoFilter, Sub, Up, Avg, Paeth, Adaptive] {
        let file = encode_elsewhere(&rgb, (37, 11), image::ExtendedColorType::Rgb8, filter);
        let frame = decode_png(&file, &mut Vec::new()).unwrap();
        assert_eq!((frame.width, frame.height), (37, 11));
        assert!(frame.pixels == rgb, "RGB, {filter:?}");
        let file = encode_elsewhere(&opaque, (37, 11), image::ExtendedColorType::Rgba8, filter);
        assert!(decode_png(&file, &mut Vec::new()).unwrap().pixels == opaque_rgb, "RGBA, {filter:?}");
    }
}

#[test]
fn what_is_see_through_shows_white() {
    let file = png(3, 1, 6, &[0, 10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 51], 1000);
    assert_eq!(decode_png(&file, &mut Vec::new()).unwrap().pixels, [10, 20, 30, 255, 255, 255, 204, 204, 204]);
}

#[test]
fn pixels_spread_over_many_chunks_are_one_stream() {
    let filtered: Vec<u8> = noise(20 * 31).chunks(30).take(20).flat_map(|row| [&[0], row].concat()).collect();
    let whole = decode_png(&png(10, 20, 2, &filtered, usize::MAX), &mut Vec::new()).unwrap();
    let split = decode_png(&png(10, 20, 2, &filtered, 7), &mut Vec::new()).unwrap();
    assert_eq!(whole, split);
}

#[test]
fn a_smaller_picture_after_a_larger_one_is_not_mixed_up_with_it() {
    let mut reuse = Vec::new();
    let mut frame = Frame { width: 0, height: 0, pixels: Vec::new() };
    decode_png_into(&png(2, 2, 2, &[0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1], 99), &mut reuse, &mut frame).unwrap();
    decode_png_into(&png(1, 1, 2, &[0, 7, 8, 9], 99), &mut reuse, &mut frame).unwrap();
    assert_eq!(frame, Frame { width: 1, height: 1, pixels: vec![7, 8, 9] });
}

#[test]
fn a_png_cut_anywhere_is_an_error_and_never_a_picture() {
    let file = png(3, 3, 2, &[0; 30], 5);
    for end in 0..file.len() {
        assert!(decode_png(&file[..end], &mut Vec::new()).is_err(), "cut at {end}");
    }
    assert!(decode_png(&file, &mut Vec::new()).is_ok());
}

#[test]
fn damaged_pixels_are_noticed() {
    let mut file = png(3, 3, 2, &[0; 30], 99);
    let checksum = file.len() - 12 - 4 - 1;
    file[checksum] ^= 1;
    assert!(matches!(decode_png(&file, &mut Vec::new()), Err(ComposeError::Inflate(_))));
}

#[test]
fn what_chromium_does_not_write_is_named() {
    let mut deep = png(1, 1, 2, &[0, 0, 0, 0], 99);
    deep[24] = 16;
    let said = decode_png(&deep, &mut Vec::new()).unwrap_err().to_string();
    assert!(said.contains("bit depth 16 and colour type 2"), "{said}");
    let mut interlaced = png(1, 1, 2, &[0, 0, 0, 0], 99);
    interlaced[28] = 1;
    assert!(decode_png(&interlaced, &mut Vec::new()).unwrap_err().to_string().contains("interlaced"));
    let said = decode_png(&png(1, 2, 2, &[0, 1, 2, 3, 5, 1, 2, 3], 99), &mut Vec::new()).unwrap_err();
    assert!(matches!(said, ComposeError::UnknownFilter { row: 1, filter: 5 }));
    assert!(matches!(decode_png(b"<html>", &mut Vec::new()), Err(ComposeError::NotPng)));
}

#[test]
fn too_few_pixels_for_the_size_are_an_error() {
    let said = decode_png(&png(2, 2, 2, &[0; 7], 99), &mut Vec::new()).unwrap_err();
    assert!(matches!(said, ComposeError::PixelCount { got: 7, needed: 14 }), "{said}");
}

#[test]
fn a_small_file_that_claims_a_huge_size_gets_no_memory() {
    let mut reuse = Vec::new();
    let said = decode_png(&png(16_000, 16_000, 2, &[0; 4], 99), &mut reuse).unwrap_err();
    assert!(matches!(said, ComposeError::PixelCount { .. }), "{said}");
    assert_eq!(reuse.capacity(), 0);
}
