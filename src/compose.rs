//! What is drawn on captured pixels, and the pixels themselves.
//!
//! The stage hands over the page as a PNG. [`decode_png`] turns it into a [`Frame`], a [`Painter`] draws what is not page on it (mouse cursor, click and
//! touch marks), and [`digest`] tells equal pictures apart from different ones.
//!
//! Everything here is a pure function of its input: the same frame, overlay and scale give the same bytes, in every run.

mod backdrop;
mod bar;
mod blend;
mod busyness;
mod cue;
mod cursor;
mod cut;
mod digest;
mod frame;
mod keys;
mod lettering;
mod mark;
mod note;
mod overlay;
mod painter;
mod panel;
mod png;
mod sheet;
mod sprite;
mod theme;

pub use backdrop::Place;
pub use bar::Bar;
pub use busyness::Busyness;
pub use cursor::CursorShape;
pub use cut::Area;
pub use digest::digest;
pub use frame::Frame;
pub use keys::{KEYS_MS, Keys};
pub use lettering::{Lettering, Line, TextStyle, baseline_between};
pub use mark::{CLICK_MS, DOUBLE_CLICK_MS, Mark, MarkKind, TOUCH_FADE_MS, TRAIL_MS, Trail, TrailPoint};
pub use note::{NOTE_MS, Note, NoteKind};
pub use overlay::{Overlay, Pointer};
pub use painter::{Painter, Patch};
pub use png::{ComposeError, decode_png, decode_png_into};
pub use sheet::{Grid, Sheet};
pub use theme::{Rgb, Theme};
