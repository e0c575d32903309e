//! The service under mixed load while everything around it fails, for as long as wanted; and what has to hold at the end.
//!
//! `make soak MINUTES=60`. The short form runs with the tests.

mod browser;
mod faults;
mod load;
