//! Recordings of phones.

mod boards;
mod browser;
