//! The service: the real program, with real Chromium and ffmpeg behind it.

mod access;
mod browser;
mod chaos;
mod faults;
pub(crate) mod ingest;
mod reach;
mod slow;
mod soak;
mod uploads;
mod walk;
