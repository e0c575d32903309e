//! Archives: opened, verified and taken apart as if they were packages.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::package::{self, Limits};
use replayreel::source::SourceBytes;
use replayreel_fuzz::limits;

fuzz_target!(|bytes: &[u8]| {
    let tight = Limits { total_bytes: 2 << 20, entry_bytes: 1 << 20, recording: limits(), ..Limits::tight() };
    let opened = package::open_bytes(bytes, &tight);
    let input = SourceBytes { name: "input".to_owned(), bytes: bytes.to_vec().into() };
    let verdict = package::verify(&input, &tight);
    // What is found intact can be opened.
    if verdict.is_ok_and(|verdict| verdict.findings.is_empty()) {
        assert!(opened.is_ok(), "{:?}", opened.map(|_| ()));
    }
});
