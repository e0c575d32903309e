use std::path::Path;

use super::super::Format;
use super::media::{assert_shows, decode_rgb, encode, spec};

/// Delays in hundredths of a second, and whether it loops for ever (<https://www.w3.org/Graphics/GIF/spec-gif89a.txt>).
fn delays(path: &Path) -> (Vec<u64>, bool) {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(&bytes[..6], b"GIF89a");
    let table = |flags: u8| {
        if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
    };
    let mut at = 13 + table(bytes[10]);
    let (mut delays, mut endless) = (Vec::new(), false);
    loop {
        match bytes[at] {
            0x21 => {
                match bytes[at + 1] {
                    0xF9 => delays.push(u64::from(u16::from_le_bytes([bytes[at + 4], bytes[at + 5]]))),
                    0xFF => {
                        endless = &bytes[at + 3..at + 14] == b"NETSCAPE2.0" && bytes[at + 16..at + 18] == [0, 0];
                    }
                    _ => {}
                }
                at += 2;
            }
            0x2C => at += 11 + table(bytes[at + 9]),
            0x3B => return (delays, endless),
            other => panic!("no GIF block begins with {other:#x} at {at}"),
        }
        // Sub-blocks up to an empty one.
        while bytes[at] != 0 {
            at += usize::from(bytes[at]) + 1;
        }
        at += 1;
    }
}

#[test]
fn every_picture_begins_at_its_own_rounded_time_and_the_last_lasts_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.gif");
    let slots: Vec<u64> = (0..15).chain([100]).collect();
    let encoded = encode(spec(Format::Gif, "30", (160, 96)), &slots, 200, &path).unwrap();

    let (delays, endless) = delays(&path);
    let begins = |slot: u64| (slot as f64 * 100.0 / 30.0).round() as u64;
    let ends: Vec<u64> = slots.iter().skip(1).chain([&200]).map(|slot| begins(*slot)).collect();
    let expected: Vec<u64> = slots.iter().zip(&ends).map(|(slot, end)| end - begins(*slot)).collect();
    assert_eq!(delays, expected);
    assert_eq!(delays.iter().sum::<u64>(), 667);
    assert!(endless);
    assert_eq!((encoded.real_frames, encoded.keep_alive, encoded.duration_ms), (16, 0, 6670.0));
    let pictures = decode_rgb(&path, (160, 96));
    for (picture, shown) in pictures.iter().zip(&slots) {
        assert_shows(picture, *shown);
    }
}

#[test]
fn pictures_faster_than_browsers_show_give_way_but_the_last_of_a_burst_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.gif");
    let slots: Vec<u64> = (0..12).collect();
    let encoded = encode(spec(Format::Gif, "100", (160, 96)), &slots, 100, &path).unwrap();
    let (delays, _) = delays(&path);
    assert!(delays.iter().all(|delay| *delay >= 2), "{delays:?}");
    assert_eq!(delays.iter().sum::<u64>(), 100);
    assert_eq!((encoded.real_frames, encoded.superseded), (7, 5));
    let pictures = decode_rgb(&path, (160, 96));
    assert_shows(&pictures[6], 11);
}

#[test]
fn a_gap_longer_than_a_delay_can_say_is_bridged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.gif");
    let encoded = encode(spec(Format::Gif, "10", (64, 64)), &[0, 10], 10_000, &path).unwrap();
    let (delays, _) = delays(&path);
    assert_eq!(delays, [100, 60_000, 39_900]);
    assert_eq!(encoded.keep_alive, 1);
}

#[test]
fn a_gif_of_one_picture_and_few_colours_is_scaled_and_odd_sizes_stay_odd() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.gif");
    let mut small = spec(Format::Gif, "10", (322, 150));
    (small.size, small.quality) = ((161, 75), Some(15));
    let encoded = encode(small, &[0], 30, &path).unwrap();
    assert_eq!((encoded.width, encoded.height), (161, 75));
    assert_eq!(delays(&path).0, [300]);
    let picture = &decode_rgb(&path, (161, 75))[0];
    let colours: std::collections::BTreeSet<&[u8]> = picture.pixels.chunks(3).collect();
    assert!((6..=16).contains(&colours.len()), "{} colours", colours.len());
}
