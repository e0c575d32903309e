use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::layout::Layout;
use super::super::pacing::Pacing;
use super::super::probe::{numbers, video_encoders};
use super::super::{EncodeError, FfmpegInfo, Format, Fps, find_ffmpeg, probe};
use super::media::{card, spec};

#[test]
fn frame_rates_are_read_exactly_and_reduced() {
    for (text, num, den) in [
        ("30", 30, 1),
        ("12.5", 25, 2),
        ("30000/1001", 30_000, 1001),
        ("50/2", 25, 1),
        ("0.1", 1, 10),
        ("29.97", 2997, 100),
    ] {
        let fps: Fps = text.parse().unwrap();
        assert_eq!((fps.num(), fps.den()), (num, den), "{text}");
    }
    for text in ["", "0", "-1", "+5", "1/0", "1001", "1e3", "30fps", "1.1234567", ".", "1/2/3", "99999999999"] {
        assert!(text.parse::<Fps>().is_err(), "{text}");
    }
}

#[test]
fn rounded_times_do_not_drift() {
    let fps: Fps = "30000/1001".parse().unwrap();
    assert_eq!(fps.nearest_tick(30_000_000, 100), 100_100_000);
    assert_eq!(fps.nearest_tick(1, 1000), 33);
    assert_eq!("8".parse::<Fps>().unwrap().nearest_tick(1, 100), 13, "half a tick goes up");
}

#[test]
fn pictures_are_fitted_to_the_nearest_pixel_and_centred() {
    let fit = |input, wanted, even| Layout::fit(input, wanted, even);
    assert_eq!(
        fit((1280, 720), (1280, 720), true),
        Layout { picture: (1280, 720), offset: (0, 0), canvas: (1280, 720), filler: (0, 0) }
    );
    assert_eq!(
        fit((1280, 720), (800, 800), true),
        Layout { picture: (800, 450), offset: (0, 175), canvas: (800, 800), filler: (0, 0) }
    );
    assert_eq!(
        fit((1365, 767), (1365, 767), true),
        Layout { picture: (1365, 767), offset: (0, 0), canvas: (1366, 768), filler: (1, 1) }
    );
    assert_eq!(fit((1365, 767), (1365, 767), false).canvas, (1365, 767));
    // Letterboxed above and below: the odd row belongs to the background.
    assert_eq!(
        fit((200, 100), (101, 101), true),
        Layout { picture: (101, 51), offset: (0, 25), canvas: (102, 102), filler: (1, 0) }
    );
    assert_eq!(fit((10_000, 1), (100, 100), false).picture, (100, 1));
}

/// Ticks and pictures that pacing writes for one card a slot, the repeats included, and the length.
fn paced(format: Format, fps: &str, slots: &[u64], total: u64) -> (Vec<(u64, u64)>, u64) {
    let mut pacing = Pacing::new(format, fps.parse().unwrap());
    let cards: Vec<_> = slots.iter().map(|slot| (*slot, card(64, 16, *slot as u32))).collect();
    let mut written = Vec::new();
    let mut write = |tick: u64, frame: &Arc<crate::compose::Frame>| -> Result<(), Infallible> {
        let slot = cards.iter().find(|(_, card)| Arc::ptr_eq(card, frame)).unwrap().0;
        written.push((tick, slot));
        Ok(())
    };
    for (slot, card) in &cards {
        pacing.push(*slot, card.clone(), &mut write).unwrap();
    }
    let end = pacing.end(total, &mut write).unwrap();
    (written, end)
}

#[test]
fn gaps_are_bridged_every_five_seconds_and_ended_one_tick_before_the_end() {
    assert_eq!(paced(Format::Mp4, "2", &[0, 1, 21], 32), (vec![(0, 0), (1, 1), (11, 1), (21, 21), (31, 21)], 32));
    assert_eq!(paced(Format::Mp4, "2", &[0, 1, 22], 23), (vec![(0, 0), (1, 1), (11, 1), (21, 1), (22, 22)], 23));
    // Slower than one picture in five seconds: every slot.
    assert_eq!(paced(Format::WebM, "0.1", &[0, 2], 4).0, [(0, 0), (1, 0), (2, 2), (3, 2)]);
}

#[test]
fn a_picture_too_soon_waits_unless_another_takes_its_place() {
    // 60 fps in hundredths: 0, 2, 3 (too soon: 4), 5 (6), 7 …
    assert_eq!(paced(Format::Gif, "60", &[0, 1, 2], 60), (vec![(0, 0), (2, 1), (4, 2)], 100));
    assert_eq!(paced(Format::Gif, "100", &[0, 1, 2, 3], 50), (vec![(0, 0), (2, 2), (4, 3)], 50));
    // The last picture is seen even where the end leaves no room.
    assert_eq!(paced(Format::Gif, "100", &[0, 1], 2), (vec![(0, 0), (2, 1)], 4));
}

#[test]
fn qualities_and_sizes_outside_the_format_are_refused() {
    for (format, quality, size) in [
        (Format::Mp4, 52, (64, 64)),
        (Format::Gif, 3, (64, 64)),
        (Format::WebP, 80, (16_384, 64)),
        (Format::Mp4, 20, (0, 64)),
    ] {
        let mut wrong = spec(format, "30", (64, 64));
        (wrong.quality, wrong.size) = (Some(quality), size);
        assert!(matches!(wrong.check(), Err(EncodeError::Unsupported(_))), "{format} {quality} {size:?}");
    }
}

#[test]
fn the_installed_ffmpeg_can_write_every_format() {
    let info = probe(&find_ffmpeg().unwrap()).unwrap();
    assert!(numbers(&info.version).is_none_or(|version| version >= (5, 1)), "{}", info.version);
    for format in Format::ALL {
        info.check(format).unwrap();
    }
    assert!(!info.encoders.contains("aac"), "that is an audio encoder");
}

#[test]
fn an_ffmpeg_that_is_old_or_lacks_an_encoder_is_refused_with_the_mending_command() {
    let listing = " V..... = Video\n ------\n V....D libx264              libx264 H.264\n V....D gif                  GIF\n A....D aac                  AAC\n";
    let mut info =
        FfmpegInfo { path: PathBuf::from("ffmpeg"), version: "7.1".to_owned(), encoders: video_encoders(listing) };
    info.check(Format::Mp4).unwrap();
    let error = info.check(Format::WebM).unwrap_err();
    assert!(matches!(error, EncodeError::CodecMissing { encoder: "libvpx-vp9", .. }));
    assert!(error.to_string().contains("apt-get install ffmpeg"));
    info.version = "4.4.2-0ubuntu0.22.04.1".to_owned();
    assert!(matches!(info.check(Format::Mp4), Err(EncodeError::TooOld { .. })));
    for (version, expected) in
        [("5.1.9-0+deb12u1", Some((5, 1))), ("n7.1", Some((7, 1))), ("8", Some((8, 0))), ("N-118000-g1a2b3c", None)]
    {
        assert_eq!(numbers(version), expected, "{version}");
    }
}
