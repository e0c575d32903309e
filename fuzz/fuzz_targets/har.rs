//! HAR files, as inspectors write them and as strangers change them.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use replayreel::assets::{Limits, read_har};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { count: 20, bytes_each: 10_000, bytes_total: 50_000 };
    if let Ok(assets) = read_har(bytes, Path::new("page.har"), &limits) {
        assert!(assets.len() <= limits.count);
        assert!(assets.iter().all(|(_, asset)| asset.bytes.len() as u64 <= limits.bytes_each));
    }
});
