//! What people type and paste: places of recordings, and moments.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::source::Place;
use replayreel::timeline::When;

fuzz_target!(|text: &str| {
    if let Ok(place) = Place::parse(text) {
        assert!(!place.stem().is_empty());
    }
    if let Ok(when) = text.parse::<When>() {
        assert_eq!(when.to_string().parse::<When>().as_ref(), Ok(&when));
    }
});
