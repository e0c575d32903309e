use std::sync::Arc;

use super::super::{Format, VideoEncoder};
use super::media::{assert_shows, cut, decode, difference, encode, ffprobe, fields, key_times, packet_ticks, spec};

#[test]
fn only_changes_keep_alives_and_the_end_are_stored_each_at_its_exact_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let encoded = encode(spec(Format::Mp4, "30", (160, 96)), &[0, 3, 50, 400], 500, &path).unwrap();

    // 512 ticks a slot. After 50: two repeats 150 slots apart; after 400: the end frame.
    let slots = [0, 3, 50, 200, 350, 400, 499];
    assert_eq!(packet_ticks(&path), slots.map(|slot| slot * 512));
    assert_eq!((encoded.real_frames, encoded.keep_alive, encoded.superseded), (4, 3, 0));
    assert_eq!(
        ffprobe(&path, "stream=time_base,start_pts,duration_ts,width,height:format=start_time,duration"),
        ["160|96|1/15360|0|256000", "0.000000|16.666667"]
    );
    assert!((encoded.duration_ms - 16_666.666_666).abs() < 0.001);
    for (picture, shown) in decode(&path, (160, 96), "bt709").iter().zip([0, 3, 50, 50, 50, 400, 400]) {
        assert_shows(picture, shown);
    }
}

#[test]
fn rates_that_are_no_whole_numbers_last_exactly_as_long_as_their_slots() {
    let folder = tempfile::tempdir().unwrap();
    for (fps, time_base, ticks) in [("12.5", "1/12800", 1024), ("30000/1001", "1/30000", 1001), ("24", "1/12288", 512)]
    {
        let path = folder.path().join("clip.mp4");
        encode(spec(Format::Mp4, fps, (64, 64)), &[0, 1, 9], 20, &path).unwrap();
        assert_eq!(packet_ticks(&path), [0, ticks, 9 * ticks, 19 * ticks]);
        assert_eq!(ffprobe(&path, "stream=time_base,duration_ts"), [format!("{time_base}|{}", 20 * ticks)]);
    }
}

#[test]
fn a_single_slot_is_a_video_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let encoded = encode(spec(Format::Mp4, "30", (64, 64)), &[0], 1, &path).unwrap();
    assert_eq!((encoded.real_frames, encoded.keep_alive), (1, 0));
    assert_eq!(ffprobe(&path, "stream=duration_ts,nb_frames"), ["512|1"]);
}

#[test]
fn colours_are_those_of_the_source_under_the_matrix_that_is_tagged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let spec = spec(Format::Mp4, "30", (320, 192));
    let mut encoder = VideoEncoder::start(spec, &path, folder.path()).unwrap();
    encoder.frame(0, Arc::new(fields(320, 192))).unwrap();
    encoder.finish(10).unwrap();
    assert_eq!(
        ffprobe(&path, "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries"),
        ["yuv420p|tv|bt709|bt709|bt709"]
    );
    let source = fields(320, 192);
    let right = difference(&decode(&path, (320, 192), "bt709")[0], &source);
    let wrong = difference(&decode(&path, (320, 192), "bt601")[0], &source);
    assert!(right < 1.5, "mean difference {right}");
    assert!(wrong > 4.0, "the measure would not notice a wrong matrix: {wrong}");
}

#[test]
fn constant_rate_has_one_picture_in_every_slot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let mut constant = spec(Format::Mp4, "30", (160, 96));
    constant.cfr = true;
    let encoded = encode(constant, &[0, 7, 150, 300], 360, &path).unwrap();
    assert_eq!(packet_ticks(&path), (0..360).map(|slot| slot * 512).collect::<Vec<_>>());
    assert_eq!((encoded.real_frames, encoded.keep_alive), (4, 1));
    assert_eq!(ffprobe(&path, "stream=duration_ts"), ["184320"]);
    let pictures = decode(&path, (160, 96), "bt709");
    for (slot, shown) in [(0, 0), (6, 0), (7, 7), (149, 7), (150, 150), (299, 150), (300, 300), (359, 300)] {
        assert_shows(&pictures[slot], shown);
    }
}

#[test]
fn key_frames_come_by_time_whether_much_happens_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let busy: Vec<u64> = (0..400).chain([2000]).collect();
    encode(spec(Format::Mp4, "30", (64, 64)), &busy, 2100, &path).unwrap();
    let times = key_times(&path);
    assert!(times[0].abs() < 1e-9, "{times:?}");
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] <= 10.0, "{times:?}");
    }
    // 70 s: at least every second keep-alive, and no burst after the long gap.
    assert!((10..=24).contains(&times.len()), "{times:?}");
    assert!(times.iter().any(|time| (4.9..=5.1).contains(time)), "{times:?}");
}

#[test]
fn the_index_comes_before_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    encode(spec(Format::Mp4, "30", (64, 64)), &[0, 1], 10, &path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let place = |name: &[u8]| bytes.windows(4).position(|window| window == name).unwrap();
    assert!(place(b"moov") < place(b"mdat"));
}

#[test]
fn odd_sizes_are_padded_by_a_pixel_of_the_edge_and_not_scaled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let mut odd = spec(Format::Mp4, "30", (161, 95));
    odd.quality = Some(4);
    let encoded = encode(odd, &[0], 10, &path).unwrap();
    assert_eq!((encoded.width, encoded.height), (162, 96));
    let picture = &decode(&path, (162, 96), "bt709")[0];
    assert_shows(&cut(picture, (0, 0), (161, 95)), 0);
    for (filler, edge) in [
        (cut(picture, (161, 0), (1, 95)), cut(picture, (160, 0), (1, 95))),
        (cut(picture, (0, 95), (161, 1)), cut(picture, (0, 94), (161, 1))),
    ] {
        let apart = difference(&filler, &edge);
        assert!(apart < 4.0, "the filler differs from the edge by {apart}");
    }
}

#[test]
fn another_shape_is_fitted_and_centred_on_the_background() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let mut boxed = spec(Format::Mp4, "30", (320, 160));
    (boxed.size, boxed.background) = ((160, 160), [200, 40, 90]);
    let encoded = encode(boxed, &[0], 10, &path).unwrap();
    assert_eq!((encoded.width, encoded.height), (160, 160));
    let picture = &decode(&path, (160, 160), "bt709")[0];
    for top in [0, 124] {
        let band = cut(picture, (0, top), (160, 36));
        for pixel in band.pixels.chunks(3) {
            assert!(pixel.iter().zip([200, 40, 90]).all(|(is, wanted)| is.abs_diff(wanted) <= 4), "{pixel:?}");
        }
    }
    // The left top field of the card is white, the one right of it blue.
    let inside = cut(picture, (8, 44), (20, 2));
    assert!(inside.pixels.iter().all(|value| *value > 240), "{:?}", inside.pixels);
    let blue = cut(picture, (46, 44), (20, 2));
    assert!(blue.pixels.chunks(3).all(|pixel| pixel[2] > 230 && pixel[0] < 60), "{:?}", blue.pixels);
}

#[test]
fn the_same_pictures_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.mp4"), folder.path().join("two.mp4"));
    let slots: Vec<u64> = (0..40).collect();
    let first = encode(spec(Format::Mp4, "30", (160, 96)), &slots, 60, &one).unwrap();
    let second = encode(spec(Format::Mp4, "30", (160, 96)), &slots, 60, &two).unwrap();
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
    assert_eq!(first.sha256, second.sha256);
    assert_eq!(first.bytes, std::fs::metadata(&one).unwrap().len());
}
