//! What kinds of moments there are, and what they are called.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a moment is. In the order of how grave they are, which is also how they are listed where not all have room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MomentKind {
    /// The page wrote an error to its console, or threw one that nobody caught.
    Error,
    /// A request failed.
    Failed,
    /// Somebody clicked again and again at one place.
    Rage,
    /// A click on something that looks as if it would do something, and nothing happened.
    Dead,
    /// A request took long.
    Slow,
    /// A form was sent.
    Submit,
    /// The page's own code set a mark.
    Marker,
    /// The person went to another window (tab).
    Window,
    /// A page was opened.
    Page,
    /// The window got another size.
    Viewport,
    /// Nobody did anything.
    Idle,
}

impl MomentKind {
    /// What went wrong.
    pub const PROBLEMS: [Self; 4] = [Self::Error, Self::Failed, Self::Rage, Self::Dead];

    /// Every kind, the gravest first.
    pub const ALL: [Self; 11] = [
        Self::Error,
        Self::Failed,
        Self::Rage,
        Self::Dead,
        Self::Slow,
        Self::Submit,
        Self::Marker,
        Self::Window,
        Self::Page,
        Self::Viewport,
        Self::Idle,
    ];

    /// As WHEN, JSON and file names write it. Never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Failed => "failed",
            Self::Rage => "rage",
            Self::Dead => "dead",
            Self::Slow => "slow",
            Self::Submit => "submit",
            Self::Marker => "marker",
            Self::Window => "window",
            Self::Page => "page",
            Self::Viewport => "viewport",
            Self::Idle => "idle",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for MomentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for MomentKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
