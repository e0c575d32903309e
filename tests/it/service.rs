//! The service: the real program, with real Chromium and ffmpeg behind it.

mod access;
mod browser;
mod chaos;
pub(crate) mod ingest;
mod uploads;
mod walk;
