//! The whole program against real Chromium and real ffmpeg, on recordings of the project's own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

#[test]
fn placeholder_is_replaced() {
    assert!(std::path::Path::new(env!("CARGO_BIN_EXE_replayreel")).exists());
}
