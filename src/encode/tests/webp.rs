use std::fs::File;
use std::io::BufReader;

use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage};

use super::super::Format;
use super::super::webp::durations;
use super::media::{assert_shows, encode, spec};
use crate::compose::Frame;

#[test]
fn pictures_last_to_the_millisecond_and_the_last_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webp");
    let slots = [0, 1, 2, 30, 90];
    let encoded = encode(spec(Format::WebP, "30", (160, 96)), &slots, 200, &path).unwrap();
    let stored: Vec<u32> =
        durations(&mut File::open(&path).unwrap()).unwrap().into_iter().map(|(_, duration)| duration).collect();
    assert_eq!(stored, [33, 34, 933, 2000, 3667]);
    assert!((encoded.duration_ms - 6667.0).abs() < 1e-9);

    // Another reader than ours agrees, and sees the pictures.
    let decoder = WebPDecoder::new(BufReader::new(File::open(&path).unwrap())).unwrap();
    assert!(matches!(decoder.loop_count(), image::metadata::LoopCount::Infinite));
    let pictures = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(pictures.len(), slots.len());
    for (picture, (slot, duration)) in pictures.iter().zip(slots.iter().zip(stored)) {
        assert_eq!(picture.delay().numer_denom_ms(), (duration, 1));
        let rgb = DynamicImage::ImageRgba8(picture.buffer().clone()).into_rgb8();
        let frame = Frame { width: rgb.width(), height: rgb.height(), pixels: rgb.into_raw() };
        assert_shows(&frame, *slot);
    }
}

#[test]
fn a_video_in_which_nothing_changes_is_a_still() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webp");
    encode(spec(Format::WebP, "30", (160, 96)), &[0], 200, &path).unwrap();
    let picture = image::open(&path).unwrap().into_rgb8();
    let frame = Frame { width: picture.width(), height: picture.height(), pixels: picture.into_raw() };
    assert_shows(&frame, 0);
}
