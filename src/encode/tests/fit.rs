use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::super::{EncodeError, Encoded, FittingEncoder, Format, VideoSpec};
use super::media::{assert_shows, card, decode, decode_rgb, ffprobe, key_times, packet_ticks, spec};
use crate::compose::Frame;
use crate::timeline::Cue;

const SIZE: (u32, u32) = (400, 240);

/// Something like a photograph that moves: smaller pictures of it are smaller files, which is not so of cards in few colours.
fn scene(slot: u64) -> Arc<Frame> {
    let (width, height) = SIZE;
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let grain = (x / 3 + slot as u32).wrapping_mul(0x9E37_79B1) ^ (y / 3).wrapping_mul(0x85EB_CA6B);
            let grain = (grain.wrapping_mul(0xC2B2_AE35) >> 26) as u8;
            pixels.extend_from_slice(&[(x / 2) as u8 + grain / 2, (y as u8).wrapping_add(grain), 90 + grain]);
        }
    }
    Arc::new(Frame { width, height, pixels })
}

fn fit(spec: VideoSpec, limit: Option<u64>, slots: &[u64], total: u64, path: &Path) -> Result<Encoded, EncodeError> {
    fit_of(scene, spec, limit, slots, total, path)
}

fn fit_of(
    picture: impl Fn(u64) -> Arc<Frame>,
    spec: VideoSpec,
    limit: Option<u64>,
    slots: &[u64],
    total: u64,
    path: &Path,
) -> Result<Encoded, EncodeError> {
    let temp = tempfile::tempdir().unwrap();
    let mut encoder = FittingEncoder::start(spec, limit, path, temp.path())?;
    for &slot in slots {
        encoder.frame(slot, picture(slot))?;
    }
    let kept = encoder.complete(total)?.keep();
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    kept
}

fn gave_up(encoded: &Encoded) -> Vec<&'static str> {
    encoded.fitted.as_ref().unwrap().gave_up.iter().map(|given| given.what).collect()
}

#[test]
fn a_file_that_fits_is_the_one_without_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let (free, limited) = (folder.path().join("free.mp4"), folder.path().join("limited.mp4"));
    let slots: Vec<u64> = (0..40).collect();
    let one = fit(spec(Format::Mp4, "30", SIZE), None, &slots, 60, &free).unwrap();
    let two = fit(spec(Format::Mp4, "30", SIZE), Some(one.bytes), &slots, 60, &limited).unwrap();
    assert_eq!((one.sha256, one.fitted), (two.sha256.clone(), None));
    assert_eq!(two.fitted.as_ref().map(|fitted| (fitted.attempts, fitted.gave_up.len())), Some((1, 0)));
}

#[test]
fn every_format_keeps_to_limits_and_says_what_it_gave_up() {
    let folder = tempfile::tempdir().unwrap();
    let slots: Vec<u64> = (0..8).collect();
    for format in Format::ALL {
        let path = folder.path().join(format!("clip.{}", format.extension()));
        let whole = fit(spec(format, "30", SIZE), None, &slots, 90, &path).unwrap();
        let (mut before, mut fitted) = (whole.bytes, 0);
        for percent in [35] {
            let limit = whole.bytes * percent / 100;
            let less = match fit(spec(format, "30", SIZE), Some(limit), &slots, 90, &path) {
                Err(EncodeError::TooLarge { smallest, .. }) => {
                    assert!(
                        smallest > limit && smallest < whole.bytes,
                        "{format} {percent} %: {smallest} of {}",
                        whole.bytes
                    );
                    continue;
                }
                other => other.unwrap(),
            };
            assert!(less.bytes <= limit && less.bytes <= before, "{format} {percent} %");
            assert_eq!(less.bytes, std::fs::metadata(&path).unwrap().len());
            assert!(!gave_up(&less).is_empty() && less.fitted.as_ref().unwrap().attempts <= 6, "{:?}", less.fitted);
            assert!((less.duration_ms - 3000.0).abs() < 101.0, "{format}: {}", less.duration_ms);
            (before, fitted) = (less.bytes, fitted + 1);
        }
        assert!(fitted > 0, "{format}");
    }
}

#[test]
fn a_slower_and_smaller_video_has_its_pictures_chapters_and_captions_at_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    // A burst, a pause of 12 s, and the last picture in the last slot.
    let slots: Vec<u64> = (0..30).chain([450, 599]).collect();
    let cue = |from: i64, to: i64, text: &str| Cue { from, to, text: text.to_owned() };
    let mut told = spec(Format::Mp4, "30", SIZE);
    told.quality = Some(32);
    told.chapters = vec![cue(0, 3_000_000, "Start"), cue(3_000_000, 20_000_000, "Pause")];
    told.captions = vec![cue(15_000_000, 16_000_000, "Clicks “Pay”")];
    let cards = |slot: u64| card(SIZE.0, SIZE.1, slot as u32);
    let whole = fit_of(cards, told.clone(), None, &slots, 600, &path).unwrap();
    let less = fit_of(cards, told, Some(whole.bytes * 7 / 10), &slots, 600, &path).unwrap();
    let names = gave_up(&less);
    assert!(names.contains(&"fps"), "{:?}", less.fitted);
    let per_second = less.fps.as_f64() as u64;
    let step = 30 / per_second;
    assert!(30 % per_second == 0, "{}", less.fps);

    let ticks = packet_ticks(&path);
    let stream = ffprobe(&path, "stream=time_base,duration");
    let (base, _) = stream[0].split_once('|').unwrap();
    let per_slot = base.strip_prefix("1/").unwrap().parse::<u64>().unwrap() / per_second;
    let video: Vec<u64> = ffprobe(&path, "packet=codec_type,pts")
        .iter()
        .filter_map(|line| line.strip_prefix("video|")?.parse::<u64>().ok())
        .inspect(|pts| assert_eq!(pts % per_slot, 0, "{ticks:?}"))
        .map(|pts| pts / per_slot)
        .collect();
    // Of the burst every picture on the coarser grid; then the pause with a keep-alive every 5 s, and the end.
    let burst: Vec<u64> = (0..30 / step).chain([29_u64.div_ceil(step)]).collect();
    assert!(video.starts_with(&burst), "{video:?}");
    assert!(video.contains(&450_u64.div_ceil(step)), "{video:?}");
    for pair in video.windows(2) {
        assert!(pair[1] - pair[0] <= 5 * per_second, "{video:?}");
    }
    assert!(key_times(&path).windows(2).all(|pair| pair[1] - pair[0] <= 10.0));
    let pictures = decode(&path, (less.width, less.height), "bt709");
    if (less.width, less.height) == SIZE {
        let shown = |slot: u64| &pictures[video.iter().position(|at| *at == slot).unwrap()];
        assert_shows(shown(5), 5 * step);
        assert_shows(shown(450_u64.div_ceil(step)), 450);
        // That which came in the last slot is seen, if for a slot longer.
        assert_shows(pictures.last().unwrap(), 599);
    }
    assert!((less.duration_ms - 20_000.0).abs() <= 0.01 + 1000.0 / per_second as f64, "{}", less.duration_ms);
    let chapters = ffprobe(&path, "chapter=start_time:chapter_tags=title");
    assert_eq!(chapters, ["0.000000|Start", "3.000000|Pause"]);
    assert_eq!(ffprobe(&path, "stream=codec_name").len(), 3);
}

#[test]
fn a_limit_that_cannot_be_kept_names_the_least_there_is_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let error = fit(spec(Format::Mp4, "30", SIZE), Some(300), &[0, 1, 2, 50], 90, &path).unwrap_err();
    let EncodeError::TooLarge { limit: 300, smallest, .. } = &error else { panic!("{error}") };
    let text = error.to_string();
    assert!(
        text.contains(&format!("{smallest} bytes is the least (quality 32, 10 frames per second, 320x192)")),
        "{text}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn pictures_of_a_smaller_gif_are_those_of_the_larger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.gif");
    let mut small = spec(Format::Gif, "10", SIZE);
    small.quality = Some(31);
    let whole = fit(small.clone(), None, &[0, 3, 17], 30, &path).unwrap();
    let less = fit(small, Some(whole.bytes * 95 / 100), &[0, 3, 17], 30, &path).unwrap();
    assert_eq!(decode_rgb(&path, (less.width, less.height)).len(), 3, "{:?}", less.fitted);
    assert!((less.duration_ms - 3000.0).abs() < 201.0);
}

#[test]
fn an_encoder_that_is_called_off_between_attempts_stops_and_leaves_nothing() {
    let (folder, temp) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = folder.path().join("clip.mp4");
    let mut encoder = FittingEncoder::start(spec(Format::Mp4, "30", SIZE), Some(2000), &path, temp.path()).unwrap();
    let switch = encoder.kill_switch();
    for slot in 0..60 {
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761).wrapping_add(slot as u32 * 77) >> 24) as u8;
        let pixels = (0..SIZE.0 * SIZE.1 * 3).map(noise).collect();
        encoder.frame(slot, Arc::new(Frame { width: SIZE.0, height: SIZE.1, pixels })).unwrap();
    }
    let work = std::thread::spawn(move || encoder.complete(60).map(drop));
    // A second attempt has begun once the first one's file is gone and another is there.
    let partial = || std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).next();
    let first = partial();
    let started = Instant::now();
    while (partial() == first || partial().is_none()) && started.elapsed().as_secs() < 60 && !work.is_finished() {
        std::thread::yield_now();
    }
    switch.cancel();
    let ended = work.join().unwrap();
    assert!(matches!(ended, Err(EncodeError::Cancelled)), "{ended:?}");
    drop(ended);
    for folder in [folder.path(), temp.path()] {
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    }
}
