//! What the person did, in words: step by step, as somebody would tell it who had watched.
//!
//! Nothing that was typed or chosen is told unless it is asked for, and passwords never are. Names are those that the page had when it
//! happened. What is told of comes from strangers: [`Phrase`] says which words do.

mod acts;
mod phrase;
mod together;
mod words;

#[cfg(test)]
mod tests;

pub use phrase::{Phrase, Words};
pub(super) use words::length_of;

use std::fmt;

use serde::{Serialize, Serializer};

use super::addresses::Addresses;
use super::payload::Reader;
use super::{Moment, MomentKind, Thresholds, moments};
use crate::recording::{Recording, SessionTime};

/// What steps say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepOptions {
    /// What was typed and chosen. Never what was typed as a password.
    pub values: bool,
}

/// Something that the person did, or that happened to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When it began.
    pub at: SessionTime,
    /// When it was over; `at` for what takes no time.
    pub until: SessionTime,
    /// The id of the window in which it happened.
    pub window: String,
    /// The URL of the page that stood there then, as far as the recording says it; at most 2,048 characters.
    pub url: Option<String>,
    /// What it is.
    pub kind: StepKind,
    /// It in words: one short line, at most a few hundred characters.
    pub words: Phrase,
}

/// `Clicks button “Pay now”`
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// A click, or a key that clicks.
    Click,
    /// Two clicks that are one act.
    DoubleClick,
    /// With the other button.
    RightClick,
    /// With a finger.
    Tap,
    /// In a field.
    Type,
    /// A list, box, slider or the like has another value.
    Change,
    /// A key outside of fields, where a recorder tells of keys.
    Key,
    /// What is found by rules: a page that opens, an error, a click that nothing answers.
    Moment(MomentKind),
}

impl StepKind {
    /// As JSON has it. Never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::DoubleClick => "double_click",
            Self::RightClick => "right_click",
            Self::Tap => "tap",
            Self::Type => "type",
            Self::Change => "change",
            Self::Key => "key",
            Self::Moment(kind) => kind.name(),
        }
    }

    /// Whether the person did it, rather than the page.
    pub const fn is_act(self) -> bool {
        !matches!(
            self,
            Self::Moment(
                MomentKind::Error | MomentKind::Failed | MomentKind::Slow | MomentKind::Marker | MomentKind::Idle
            )
        )
    }
}

impl Serialize for StepKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The steps of a recording over all its windows, by time.
pub fn steps(recording: &Recording, options: StepOptions) -> Vec<Step> {
    steps_with(recording, &moments(recording, &Thresholds::default()), options)
}

/// The same, for those who have found the recording's moments already.
///
/// Takes time in proportion to the recording's length.
pub fn steps_with(recording: &Recording, moments: &[Moment], options: StepOptions) -> Vec<Step> {
    let mut reader = Reader::default();
    let mut steps = Vec::new();
    let end = recording.duration();
    for window in &recording.windows {
        let addresses = Addresses::of(window, &mut reader);
        let acts = acts::of(window, &mut reader);
        let here: Vec<&Moment> = moments.iter().filter(|moment| moment.window == window.id).collect();
        let told = together::told(&acts, &here, &addresses, options);
        steps.extend(told.into_iter().map(|told| {
            let at = told.at.clamp(SessionTime::ZERO, end);
            Step {
                at,
                until: told.until.clamp(at, end),
                window: window.id.clone(),
                url: addresses.at(at).map(str::to_owned),
                kind: told.kind,
                words: told.words,
            }
        }));
    }
    // Stable: what happens at one time in one window stays in its order.
    steps.sort_by_key(|step| step.at);
    steps
}
