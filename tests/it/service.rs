//! The service: the real program, with real Chromium and ffmpeg behind it.

mod access;
mod browser;
mod chaos;
mod reach;
mod slow;
mod uploads;
mod walk;
