//! The README is true.

mod browser;
