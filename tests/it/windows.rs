//! Several windows (tabs) in one recording.

mod browser;
