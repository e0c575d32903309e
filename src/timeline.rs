//! Session time to video time, purely: what happens when, what is asked for when, and nothing that touches a browser.

mod addresses;
mod captions;
mod chapters;
mod clicks;
mod cue;
mod elements;
mod fps;
mod idle;
mod instants;
mod keys;
mod moments;
mod payload;
mod portrait;
mod score;
mod span;
mod steps;
mod time_map;
mod turns;
mod when;

pub use addresses::Addresses;
pub use captions::captions;
pub use chapters::{Pages, chapters};
pub use cue::Cue;
pub use fps::{Fps, FpsError};
pub use idle::{Idle, IdleError, Stretch, idle_stretches};
pub use instants::{Instant, Instants, Take};
pub use keys::{KeyPress, key_presses};
pub use moments::{
    ConsoleLine, Journal, ListedMoment, Moment, MomentKind, NetworkLine, Thresholds, distinct_id, moments,
};
pub use portrait::portrait_at;
pub use score::{Action, Deed, LeadIn, Score, built_at, viewport};
pub use span::{Span, Speed, SpeedError};
pub use steps::{Phrase, Step, StepKind, StepOptions, Words, steps, steps_with, without_passwords};
pub use time_map::{Piece, TimeMap};
pub use turns::{Turn, follow, only, turn_at};
pub use when::{Landmarks, When, WhenError};
