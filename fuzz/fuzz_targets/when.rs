//! Moments as people write them (`--at`, `--from`, `--to`), and what they mean in a recording.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use replayreel::recording::{SessionTime, open};
use replayreel::timeline::{Landmarks, When};
use replayreel_fuzz::limits;

/// Two pages, a marker, an error and clicks in anger.
const RECORDING: &str = include_str!("../recordings/landmarks.json");

fn landmarks() -> &'static Landmarks {
    static LANDMARKS: OnceLock<Landmarks> = OnceLock::new();
    LANDMARKS.get_or_init(|| {
        let recording = open(RECORDING.as_bytes().to_vec(), &limits()).unwrap();
        let start = recording.first_full_snapshot().unwrap().at;
        let mut marks = Landmarks::of(&recording, start, SessionTime::from_millis(1000));
        marks.find_moments(&recording);
        marks
    })
}

fuzz_target!(|text: &str| {
    let Ok(when) = text.parse::<When>() else { return };
    assert_eq!(when.to_string().parse::<When>().as_ref(), Ok(&when));
    let marks = landmarks();
    if let Ok(at) = when.resolve(marks) {
        assert!(at >= marks.start && at <= marks.end, "{text:?} is at {at}");
    }
});
