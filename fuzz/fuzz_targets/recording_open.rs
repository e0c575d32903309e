//! A whole file, or two: bytes in, a recording that keeps its promises or an error out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::recording::{EventKind, Recording, Summary, open, open_parts};
use replayreel::source::SourceBytes;
use replayreel_fuzz::limits;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recording) = open(bytes.to_vec(), &limits()) {
        hold(&recording);
    }
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let part = |name: &str, bytes: &[u8]| SourceBytes { name: name.to_owned(), bytes: bytes.to_vec().into() };
    if let Ok(recording) = open_parts(vec![part("a", first), part("b", second)], &limits()) {
        hold(&recording);
    }
});

/// What everything after the reader relies on.
fn hold(recording: &Recording) {
    assert!(recording.first_full_snapshot().is_some());
    assert!(recording.main_window().is_some());
    for window in &recording.windows {
        assert!(window.events.is_sorted_by_key(|event| event.at));
        let mut told = false;
        for event in &window.events {
            assert!(serde_json_like(&event.json), "event {} is no JSON object", event.index);
            match event.kind {
                EventKind::Meta { .. } => told = true,
                EventKind::FullSnapshot => {
                    assert!(std::mem::replace(&mut told, false), "a snapshot without page and size")
                }
                _ => {}
            }
            if let Some(viewport) = event.viewport() {
                assert!(viewport.area() > 0);
            }
        }
    }
    let _ = Summary::of(recording).to_string();
}

fn serde_json_like(json: &[u8]) -> bool {
    std::str::from_utf8(json).is_ok_and(|text| text.starts_with('{') && text.ends_with('}'))
}
