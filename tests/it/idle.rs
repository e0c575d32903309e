//! `--idle`: time in which nobody does anything, kept, capped and skipped.

mod browser;
