//! The recorder that sites include.

mod browser;
