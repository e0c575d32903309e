//! Walking JSON without building it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::recording::fuzzing::walk;
use replayreel_fuzz::limits;

fuzz_target!(|text: &str| walk(text, &limits()));
