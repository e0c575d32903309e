//! The same session is always the same pictures: run again, on a busy machine, by more browsers, from the middle, as a still, at
//! another speed.

use std::sync::atomic::{AtomicBool, Ordering};

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::kit::{Video, Workshop, brightness_error, fixture, in_repository, open};

/// Threads that compute nothing for as long as this lives.
struct Load<'a> {
    stop: &'a AtomicBool,
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` while more threads than there are cores want all of them.
fn on_a_busy_machine<T>(work: impl FnOnce() -> T) -> T {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        // Ends them even when `work` panics: the scope waits for them.
        let _load = Load { stop: &stop };
        work()
    })
}

#[test]
fn the_same_render_gives_the_same_frames_again_and_on_a_busy_machine() {
    for (name, span) in
        [("effects", "--from 8.7s --to 17.2s"), ("dashboard", "--from 2.4s --to 4s"), ("shadow", "--from 2s --to 4s")]
    {
        let render = |options: &str| {
            let workshop = Workshop::new();
            workshop.render(&fixture(name), &format!("-o video.mp4 {span} {options}"))
        };
        let first = render("");
        assert_eq!(first.frames_sha256, render("").frames_sha256, "{name}: again");
        let busy = on_a_busy_machine(|| render(""));
        assert_eq!(first.frames_sha256, busy.frames_sha256, "{name}: on a busy machine");
        assert_ne!(first.frames_sha256, render("--cursor off").frames_sha256, "{name}: other pictures");
    }
}

/// The navigation fixture three times over, a pause of a second in between: a session of several pages, long enough to be shared.
fn long_session() -> Vec<u8> {
    let file = std::fs::File::open(fixture("navigation")).unwrap();
    let events: Vec<Value> = serde_json::from_reader(GzDecoder::new(file)).unwrap();
    let time = |event: &Value| event["timestamp"].as_u64().unwrap();
    let lasts = time(&events[events.len() - 1]) - time(&events[0]) + 1000;
    let again = |times: u64| {
        events.iter().cloned().map(move |mut event| {
            event["timestamp"] = (time(&event) + times * lasts).into();
            event
        })
    };
    serde_json::to_vec(&(0..3).flat_map(again).collect::<Vec<_>>()).unwrap()
}

#[test]
fn two_browsers_show_what_one_shows() {
    let workshop = Workshop::new();
    let recording = workshop.path("long.json");
    std::fs::write(&recording, long_session()).unwrap();
    let render = |browsers: u32| {
        workshop.render(&recording, &format!("-o {browsers}.mp4 --still 30s={browsers}.png --browsers {browsers}"))
    };
    let (alone, together) = (render(1), render(2));
    assert_eq!((alone.timings.browsers, together.timings.browsers), (1, 2));
    assert_eq!(alone.frames_sha256, together.frames_sha256);
    assert_eq!(alone.captured, together.captured);
    assert_eq!(open(&workshop.path("1.png")), open(&workshop.path("2.png")));
    let count = |report: &crate::kit::Report| {
        report.warnings.iter().map(|warning| (warning.code.clone(), warning.count)).collect::<Vec<_>>()
    };
    assert_eq!(count(&alone), count(&together), "nothing is counted twice");
}

/// Moments at which something moves, at least two in each movement, ms of session time.
const MOVING: [(&str, &[u32]); 6] = [
    // The drop-down, the details, the modal, a card that arrives, the toast, the dialog, the spinner, the toast's end.
    (
        "effects",
        &[4740, 4790, 7030, 7080, 8815, 8880, 11_930, 12_010, 14_540, 14_600, 16_500, 16_610, 17_300, 17_870, 20_450],
    ),
    // Bars and rings by transitions, lines by script, a live tick.
    ("dashboard", &[2560, 2610, 2700, 8880, 9000, 10_400]),
    // The header that shrinks, the smooth jump, the box inside.
    ("scroll", &[1800, 1900, 5070, 5130, 5240, 7600]),
    ("canvas", &[5150, 5250, 5400, 6950]),
    // Transitions within a shadow root: the knob and the gauge.
    ("shadow", &[2240, 2300, 2420, 3033, 17_400]),
    // Into the second page.
    ("navigation", &[3400, 5400, 5600]),
];

#[test]
fn a_still_is_the_picture_that_a_whole_render_has_at_its_moment() {
    let mut different = Vec::new();
    for (name, moments) in MOVING {
        let workshop = Workshop::new();
        let stills: Vec<String> = moments.iter().map(|at| format!("--still {at}ms={at}.png")).collect();
        let stills = stills.join(" ");
        workshop.render(&fixture(name), &format!("-o video.mp4 {stills}"));
        let whole: Vec<_> = moments.iter().map(|at| open(&workshop.path(&format!("{at}.png")))).collect();
        for (at, in_whole) in moments.iter().zip(&whole) {
            workshop.still(&fixture(name), &format!("--at {at}ms -o alone.png"));
            if open(&workshop.path("alone.png")) != *in_whole {
                different.push(format!("{name} at {at} ms"));
            }
        }
        for (pair, at) in whole.windows(2).zip(moments) {
            assert_ne!(pair[0], pair[1], "{name} does not move after {at} ms: the moments above are badly chosen");
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

/// The frame rate at which slots are whole milliseconds.
const FPS: &str = "25";
const SLOT_MS: f64 = 40.0;

/// Session time of a slot of a video at [`FPS`] that begins at `start_ms`.
fn slot_at(start_ms: f64, slot: u32) -> f64 {
    start_ms + f64::from(slot) * SLOT_MS
}

#[test]
fn a_span_has_the_frames_that_the_whole_has_there() {
    // From the middle of the modal's way in; of the spinner; of a smooth jump; of bars that grow; of a gauge in a shadow root.
    for (name, spans) in [
        ("effects", &[(220, 260), (411, 450)][..]),
        ("scroll", &[(127, 145)]),
        ("dashboard", &[(64, 80)]),
        ("shadow", &[(56, 70)]),
    ] {
        let workshop = Workshop::new();
        let start = workshop.still(&fixture(name), "--at 0 -o start.png").outputs[0].at_ms.unwrap();
        let bounds = |(from, to): (u32, u32)| (slot_at(start, from), slot_at(start, to));
        let mut outputs = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            let (from, to) = bounds(*span);
            outputs.push(format!("-o {index}.mp4,from={from}ms,to={to}ms"));
        }
        let whole =
            workshop.render(&fixture(name), &format!("--fps {FPS} -o whole.mp4,quality=0 {}", outputs.join(" ")));
        assert!((whole.start_ms() - start).abs() < 0.001);
        let whole_hashes = by_slot(&Video::open(workshop.path("whole.mp4")), SLOT_MS, whole.slots);
        for (index, span) in spans.iter().enumerate() {
            let (from, to) = bounds(*span);
            let alone = workshop
                .render(&fixture(name), &format!("--fps {FPS} --from {from}ms --to {to}ms -o alone.mp4,quality=0"));
            let slots = span.1 - span.0;
            assert_eq!(alone.slots, u64::from(slots));
            // The hash of the pictures before encoding…
            assert_eq!(
                alone.frames_sha256,
                whole.video(&format!("{index}.mp4")).frames_sha256,
                "{name} from {from} to {to} ms"
            );
            // …and what is in the files, which are lossless.
            let hashes = by_slot(&Video::open(workshop.path("alone.mp4")), SLOT_MS, alone.slots);
            let (first, last) = (span.0 as usize, span.1 as usize);
            assert_eq!(hashes, whole_hashes[first..last], "{name} from {from} to {to} ms");
            assert!(hashes.windows(2).any(|pair| pair[0] != pair[1]), "{name} does not move from {from} to {to} ms");
        }
    }
}

/// A hash of the picture that is shown in each slot.
fn by_slot(video: &Video, slot_ms: f64, slots: u64) -> Vec<String> {
    let hashes = video.hashes();
    (0..slots).map(|slot| hashes[video.shown_at(slot as f64 * slot_ms)].clone()).collect()
}

#[test]
#[ignore = "known fault: at 18102 ms of the effects fixture Chromium leaves out the last row of a fading tooltip if it drew two frames between 17.4 and 17.8 s before; it is neither damage, tiles, layerization nor the order of frames"]
fn speed_and_frame_rate_change_which_moments_are_shown_and_not_how_they_look() {
    let workshop = Workshop::new();
    let recording = fixture("effects");
    let span = "--from 8.702s --to 18.702s";
    // All of them lossless, and each in a pass of its own.
    let plain = workshop.render(&recording, &format!("{span} -o plain.mp4,quality=0,fps=25"));
    let fast = workshop.render(&recording, &format!("{span} -o fast.mp4,quality=0,fps=25,speed=2"));
    let sparse = workshop.render(&recording, &format!("{span} -o sparse.mp4,quality=0,fps=5"));
    let slots = |report: &crate::kit::Report, name: &str, slot_ms| {
        by_slot(&Video::open(workshop.path(name)), slot_ms, report.slots)
    };
    let plain_slots = slots(&plain, "plain.mp4", 40.0);
    let every = |step: usize| -> Vec<String> { plain_slots.iter().step_by(step).cloned().collect() };
    assert_eq!(plain_slots.len(), 250);
    assert_eq!(slots(&fast, "fast.mp4", 40.0), every(2), "session time 2v at video time v");
    assert_eq!(slots(&sparse, "sparse.mp4", 200.0), every(5), "the same moments at another frame rate");
    assert!((fast.video_ms - 5000.0).abs() < 0.001 && fast.time_map[0].speed == Some(2.0));
    let distinct: std::collections::HashSet<_> = plain_slots.iter().collect();
    assert!(distinct.len() > 50, "{} different pictures", distinct.len());
}

#[test]
fn the_video_holds_the_very_picture_of_the_still() {
    let workshop = Workshop::new();
    let recording = in_repository("examples/checkout.json.gz");
    // While it is being paid, and in the confetti.
    let (from, moments) = (15_600.0, [0_u32, 2, 5, 9, 14, 20, 30, 42, 43, 44, 50]);
    let stills: Vec<String> =
        moments.iter().map(|slot| format!("--still {}ms={slot}.png", slot_at(from, *slot))).collect();
    let stills = stills.join(" ");
    workshop.render(&recording, &format!("--fps {FPS} --from {from}ms --to 17.7s -o video.mp4,quality=0 {stills}"));
    let video = Video::open(workshop.path("video.mp4"));
    let numbers: Vec<usize> = moments.iter().map(|slot| video.shown_at(f64::from(*slot) * SLOT_MS)).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "nothing moves: {numbers:?}");
    for (slot, stored) in moments.iter().zip(video.brightness(&numbers)) {
        // Brightness is stored for each pixel, as a whole number; colour for four together.
        let off = brightness_error(&open(&workshop.path(&format!("{slot}.png"))), &stored);
        assert!(off <= 1.5, "slot {slot} is off by {off} of 219 somewhere");
    }
}
