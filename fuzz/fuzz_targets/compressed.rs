//! The layers around JSON: as detected, and each decoder by itself (the first byte says which).
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::recording::Compression;
use replayreel::recording::fuzzing::{unpack_as, unpack_layers};
use replayreel_fuzz::limits;

const ALL: [Compression; 7] = [
    Compression::Gzip,
    Compression::Zstd,
    Compression::Zlib,
    Compression::Deflate,
    Compression::Brotli,
    Compression::Snappy,
    Compression::SnappyBlocks,
];

fuzz_target!(|bytes: &[u8]| {
    let limits = limits();
    let _ = unpack_layers(bytes, &limits);
    if let Some((which, rest)) = bytes.split_first() {
        let length = unpack_as(ALL[usize::from(*which) % ALL.len()], rest, &limits);
        assert!(length.is_none_or(|length| length as u64 <= limits.unpacked_bytes), "more came out than allowed");
    }
});
