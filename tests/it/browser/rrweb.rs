//! All of rrweb: every event type, source, attribute and plugin shows what it should (the table in docs/rrweb.md names these tests).
//!
//! Each recording is a board of cells, one per feature. A cell is red, and green where and as long as the feature works: what is not
//! drawn at all is red or white and fails. All cells of a board are looked at in one render.

mod board;
mod canvas;
mod forms;
mod frames;
mod layers;
mod mutations;
mod others;
mod placeholders;
mod scrolling;
mod styles;
mod table;
mod text;
