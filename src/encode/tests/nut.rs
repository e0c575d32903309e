use super::super::nut::{Pixels, Stream};
use super::media::{card, decode_rgb, ffprobe, packet_ticks};

#[test]
fn slots_of_a_fractional_rate_and_pixels_come_back_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stream.nut");
    let slots = [0, 1, 7, 130, 100_000, 5_000_000_000];
    let stream = Stream { pixels: Pixels::Rgb, width: 64, height: 34, ticks: (30_000, 1001) };
    let mut bytes = stream.header(&[]);
    for (number, slot) in slots.into_iter().enumerate() {
        bytes.extend(stream.frame_header(slot));
        bytes.extend(&card(64, 34, number as u32).pixels);
    }
    std::fs::write(&path, bytes).unwrap();

    assert_eq!(ffprobe(&path, "stream=codec_name,width,height,pix_fmt,time_base"), ["rawvideo|64|34|rgb24|1001/30000"]);
    assert_eq!(packet_ticks(&path), slots);
    let pictures = decode_rgb(&path, (64, 34));
    assert_eq!(pictures.len(), slots.len());
    for (number, picture) in pictures.iter().enumerate() {
        assert_eq!(*picture, *card(64, 34, number as u32));
    }
}

#[test]
fn a_damaged_header_is_noticed() {
    // That is: the checksums are right, and not merely ignored by the reader.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stream.nut");
    let stream = Stream { pixels: Pixels::Rgb, width: 64, height: 34, ticks: (30, 1) };
    let mut bytes = stream.header(&[]);
    let width = bytes.windows(4).position(|window| window == b"RGB\x18").unwrap() + 10;
    assert_eq!(bytes[width], 64);
    bytes[width] = 65;
    bytes.extend(stream.frame_header(0));
    bytes.extend(&card(64, 34, 0).pixels);
    std::fs::write(&path, bytes).unwrap();
    let output = std::process::Command::new("ffprobe").arg("-v").arg("error").arg(&path).output().unwrap();
    assert!(!output.stderr.is_empty());
}
