//! Snappy blocks: made well and cut or damaged in one place (the first bytes say how), so that more than the detection is reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::recording::Compression;
use replayreel::recording::fuzzing::{unpack_as, unpack_layers};
use replayreel_fuzz::limits;

fuzz_target!(|bytes: &[u8]| {
    let limits = limits();
    let _ = unpack_as(Compression::Snappy, bytes, &limits);
    let _ = unpack_as(Compression::SnappyBlocks, bytes, &limits);
    let Some((how, rest)) = bytes.split_first_chunk::<4>() else {
        return;
    };
    let mut whole = Vec::new();
    for chunk in rest.chunks(usize::from(how[0]) + 1) {
        whole.extend((chunk.len() as u32).to_be_bytes());
        whole.extend(chunk);
    }
    if let Some(byte) = whole.get_mut(usize::from(how[1])) {
        *byte ^= how[2];
    }
    whole.truncate(whole.len().saturating_sub(usize::from(how[3])));
    let _ = unpack_as(Compression::SnappyBlocks, &whole, &limits);
    let _ = unpack_layers(&whole, &limits);
});
