use std::sync::Arc;

use super::super::{Format, VideoEncoder};
use super::media::{assert_shows, decode, difference, encode, ffprobe, fields, key_times, packet_ticks, spec};

#[test]
fn changes_are_stored_to_the_millisecond_and_the_last_picture_lasts_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let encoded = encode(spec(Format::WebM, "30", (160, 96)), &[0, 3, 50, 400], 500, &path).unwrap();
    assert_eq!(packet_ticks(&path), [0, 100, 1667, 6667, 11_667, 13_333, 16_633]);
    assert_eq!((encoded.real_frames, encoded.keep_alive), (4, 3));
    let duration: f64 = ffprobe(&path, "format=duration")[0].parse().unwrap();
    assert!((duration - 500.0 / 30.0).abs() <= 0.001, "{duration}");
    assert_eq!(ffprobe(&path, "format=start_time"), ["0.000000"]);
    for (picture, shown) in decode(&path, (160, 96), "bt709").iter().zip([0, 3, 50, 50, 50, 400, 400]) {
        assert_shows(picture, shown);
    }
    let keys = key_times(&path);
    assert!(keys.len() >= 3 && keys.windows(2).all(|pair| pair[1] - pair[0] <= 10.0), "{keys:?}");
}

#[test]
fn colours_are_those_of_the_source_under_the_matrix_that_is_tagged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.webm");
    let spec = spec(Format::WebM, "30", (320, 192));
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
    let path = folder.path().join("clip.webm");
    let mut constant = spec(Format::WebM, "25", (160, 96));
    constant.cfr = true;
    encode(constant, &[0, 7, 30], 60, &path).unwrap();
    assert_eq!(packet_ticks(&path), (0..60).map(|slot| slot * 40).collect::<Vec<_>>());
    let pictures = decode(&path, (160, 96), "bt709");
    for (slot, shown) in [(6, 0), (7, 7), (29, 7), (30, 30), (59, 30)] {
        assert_shows(&pictures[slot], shown);
    }
}
