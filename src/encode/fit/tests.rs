use super::super::{EncodeError, Format};
use super::*;
use crate::encode::StillFormat;

fn fps(text: &str) -> Fps {
    text.parse().unwrap()
}

fn told(rungs: &[Rung]) -> Vec<(u8, String, (u32, u32))> {
    rungs.iter().map(|rung| (rung.quality, rung.fps.to_string(), rung.size)).collect()
}

#[test]
fn quality_gives_way_before_rate_and_rate_before_size() {
    let rungs = ladder::of_video(Format::Mp4, 20, fps("30"), (1280, 720));
    let expected = [
        (20, "30", (1280, 720)),
        (24, "30", (1280, 720)),
        (28, "30", (1280, 720)),
        (32, "30", (1280, 720)),
        (32, "20", (1280, 720)),
        (32, "15", (1280, 720)),
        (32, "10", (1280, 720)),
        (32, "10", (1120, 630)),
        (32, "10", (960, 540)),
        (32, "10", (800, 450)),
        (32, "10", (640, 360)),
        (32, "10", (560, 315)),
        (32, "10", (480, 270)),
        (32, "10", (400, 225)),
        (32, "10", (320, 180)),
    ];
    assert_eq!(told(&rungs), expected.map(|(quality, fps, size)| (quality, fps.to_owned(), size)));
    assert!(rungs[0].expected.abs() < 1e-9);
}

#[test]
fn every_ladder_begins_with_what_was_asked_for_and_only_goes_down() {
    for format in Format::ALL {
        for (quality, rate, size) in [
            (5, "60", (1921, 1081)),
            (30, "12.5", (390, 844)),
            (40, "0.5", (320, 200)),
            (51, "30", (16_000, 100)),
            (19, "5", (7, 9)),
        ] {
            let rungs = ladder::of_video(format, quality, fps(rate), size);
            assert_eq!(told(&rungs)[0], (quality, fps(rate).to_string(), size));
            for pair in rungs.windows(2) {
                assert!(pair[1].expected < pair[0].expected, "{format} {pair:?}");
                assert!(pair[1].fps.as_f64() <= pair[0].fps.as_f64() && pair[1].size.0 <= pair[0].size.0);
                let (a, b) = (pair[0].size, pair[1].size);
                // The shape stays, to the nearest row.
                let rows = f64::from(size.1) * f64::from(b.0) / f64::from(size.0);
                assert!(
                    a == b || (b.0 % 2 == 0 && b.0 >= 320 && (f64::from(b.1) - rows).abs() <= 0.5001 || b.1 == 1),
                    "{b:?}"
                );
            }
            assert!(size.0 <= 320 || rungs.last().unwrap().size.0 == 320, "{rungs:?}");
        }
    }
    assert_eq!(ladder::of_still(None, (300, 200)).len(), 1);
    let stills = ladder::of_still(Some(55), (640, 480));
    assert_eq!(stills.iter().map(|rung| rung.quality).collect::<Vec<_>>(), [55, 50, 40, 30, 30, 30, 30, 30]);
    assert_eq!(stills.last().unwrap().size, (320, 240));
}

/// Searches a ladder whose rungs have these sizes; the rung found and the rungs tried.
fn search(limit: u64, sizes: &[u64], expected: Vec<f64>) -> (Option<usize>, Vec<usize>) {
    let mut search = Search::new(limit, expected);
    let mut tried = Vec::new();
    while let Some(next) = search.next() {
        assert!(!tried.contains(&next), "{next} again after {tried:?}");
        tried.push(next);
        search.found(next, sizes[next]);
    }
    (search.best(), tried)
}

fn expected() -> Vec<f64> {
    ladder::of_video(Format::Mp4, 20, fps("30"), (1280, 720)).iter().map(|rung| rung.expected).collect()
}

#[test]
fn what_fits_at_once_is_tried_once() {
    assert_eq!(search(100, &[100; 15], expected()), (Some(0), vec![0]));
    assert_eq!(search(100, &[40], vec![0.0]), (Some(0), vec![0]));
}

#[test]
fn what_fits_nowhere_is_found_out_in_few_attempts() {
    let (best, tried) = search(10, &[1000; 15], expected());
    assert_eq!((best, tried.last()), (None, Some(&14)));
    assert!(tried.len() <= 6, "{tried:?}");
    assert_eq!(search(10, &[1000], vec![0.0]), (None, vec![0]));
}

#[test]
fn whatever_the_sizes_six_attempts_are_enough_and_the_result_fits() {
    let expected = expected();
    let mut state = 7_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(u32::MAX >> 1)
    };
    let (mut distance, mut attempts, mut searches) = (0, 0, 0);
    for _ in 0..2000 {
        // From steps without effect to steps three times as effective as expected.
        let mut size = 1e4 * (1.0 + 1e4 * random());
        let mut sizes = vec![size as u64];
        for pair in expected.windows(2) {
            size *= ((pair[1] - pair[0]) * 3.0 * random()).exp();
            sizes.push(size as u64);
        }
        let limit = (size * (random() * 5.0).exp()) as u64;
        let highest = sizes.iter().position(|size| *size <= limit);
        let (best, tried) = search(limit, &sizes, expected.clone());
        assert!(tried.len() <= 6, "{tried:?}");
        assert_eq!(best.is_some(), highest.is_some(), "{limit} {sizes:?} {tried:?}");
        if let (Some(best), Some(highest)) = (best, highest) {
            assert!(sizes[best] <= limit && best >= highest);
            // One step lower than needed only where that is near the limit anyway, or attempts ran out.
            assert!(best == highest || sizes[best] as f64 >= 0.85 * limit as f64 || tried.len() == 6);
            (distance, attempts, searches) = (distance + best - highest, attempts + tried.len(), searches + 1);
        }
    }
    assert!(searches > 1000 && distance * 4 < searches, "{distance} rungs too low in {searches}");
    assert!(attempts < searches * 5, "{attempts} attempts in {searches}");
}

#[test]
fn sizes_that_rise_or_are_nothing_end_the_search_too() {
    let rising: Vec<u64> = (1..=15).map(|size| size * 1000).collect();
    assert_eq!(search(500, &rising, expected()).0, None);
    assert_eq!(search(999_999, &rising, expected()).0, Some(0));
    assert_eq!(search(5, &[0; 15], expected()).0, Some(0));
    let late: Vec<u64> = (0..15).map(|rung| if rung == 14 { 0 } else { 1000 }).collect();
    assert_eq!(search(5, &late, expected()).0, Some(14));
}

#[test]
fn slots_keep_their_times_at_another_rate() {
    for (slot, from, to, at) in [
        (0, "30", "10", 0),
        (1, "30", "10", 1),
        (3, "30", "10", 1),
        (4, "30", "10", 2),
        (3, "30", "20", 2),
        (1001, "30000/1001", "15", 502),
        (u64::MAX, "0.5", "240", u64::MAX),
    ] {
        assert_eq!(at_rate(slot, fps(from), fps(to)), at, "{slot} {from} {to}");
    }
}

fn frame(pixels: impl Fn(usize) -> u8) -> Frame {
    Frame { width: 16, height: 12, pixels: (0..16 * 12 * 3).map(pixels).collect() }
}

#[test]
fn pictures_come_back_from_the_spool_as_often_as_asked_exactly() {
    let temp = tempfile::tempdir().unwrap();
    let mut spool = Spool::new(temp.path(), (16, 12)).unwrap();
    let frames = [
        frame(|_| 0),
        frame(|at| at as u8),
        frame(|at| if at < 300 { at as u8 } else { 7 }),
        frame(|at| {
            if at == 575 {
                1
            } else if at < 300 {
                at as u8
            } else {
                7
            }
        }),
        frame(|at| {
            if at == 575 {
                1
            } else if at < 300 {
                at as u8
            } else {
                7
            }
        }),
    ];
    for (slot, frame) in [0, 1, 5, 6, 1 << 40].into_iter().zip(&frames) {
        spool.push(slot, frame).unwrap();
    }
    for _ in 0..2 {
        let mut read = spool.read().unwrap();
        for (slot, frame) in [0, 1, 5, 6, 1 << 40].into_iter().zip(&frames) {
            let (at, back) = read.next().unwrap().unwrap();
            assert_eq!((at, back.as_ref()), (slot, frame));
        }
        assert!(read.next().unwrap().is_none());
    }
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0, "it has no name");
}

#[test]
fn a_still_gives_up_quality_before_size_and_says_so() {
    let noise = |at: usize| ((at as u32).wrapping_mul(2_654_435_761) >> 24) as u8;
    let photo = Frame { width: 640, height: 400, pixels: (0..640 * 400 * 3).map(|at| noise(at / 24)).collect() };
    let path = Path::new("still.jpg");
    let jpeg = StillFormat::Jpeg { quality: 90 };
    let whole = still_within(&photo, jpeg, u64::MAX, path).unwrap();
    assert_eq!((whole.size, whole.fitted.attempts, whole.fitted.gave_up.len()), ((640, 400), 1, 0));
    let size = whole.bytes.len() as u64;
    let less = still_within(&photo, jpeg, size * 3 / 4, path).unwrap();
    assert!(less.bytes.len() as u64 <= size * 3 / 4);
    assert_eq!((less.size, less.fitted.gave_up.len(), less.fitted.gave_up[0].what), ((640, 400), 1, "quality"));
    let least = still_within(&photo, jpeg, size * 2 / 5, path).unwrap();
    let (width, height) = least.size;
    assert!(width < 640 && image::load_from_memory(&least.bytes).unwrap().to_rgb8().dimensions() == least.size);
    let told = format!("quality 30 instead of 90, size {width}x{height} instead of 640x400 (");
    assert!(least.fitted.to_string().contains(&told), "{}", least.fitted);
    let Err(error) = still_within(&photo, StillFormat::Png, 1000, path) else { panic!() };
    let EncodeError::TooLarge { limit, smallest, .. } = &error else { panic!("{error}") };
    assert!(*limit == 1000 && *smallest > 1000 && error.to_string().contains("(320x200)"), "{error}");
}
