//! Chromium as a stage: "what does the page look like at session time t?"
//!
//! A [`Stage`] is one browser process with one page, which runs the player (`player-assets/`) on a virtual clock. It is
//! [brought](Stage::advance) from moment to moment, [draws](Stage::draw), saying cheaply when nothing changed, and [takes pictures](Stage::shoot). Going back, or starting in the middle, is [`timeline::Score::lead_in`](crate::timeline::Score::lead_in) fed
//! to a fresh page: the page at t does not depend on the way there.
//!
//! Who renders again and again takes browsers from a [`Pool`]: each job gets a page in a context of its own, of a browser that runs
//! already.

mod browser;
mod chromium;
mod devtools;
mod error;
mod fonts;
mod graphics;
mod home;
mod layout;
mod loading;
mod memory;
mod page;
mod pipe;
mod pool;
mod protocol;
mod report;
mod setup;
mod whole;

pub use chromium::{ChromiumOptions, find as find_chromium};
pub use error::StageError;
pub use fonts::FontSet;
pub use layout::Layout;
pub use page::{Shot, Stage, StageOptions, WrittenPage};
pub use pool::{Pool, PoolCounters, PoolOptions};
pub use protocol::{Answer, Change, Cycle, Pointer, Position, PressMark, Slot};
pub use report::PageReport;
pub use whole::{Found, PageBox, Whole};
