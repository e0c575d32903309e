//! A window's events as the list of things the page has to be told, each at its own moment.

use crate::recording::interaction::{CLICK, MOUSE_UP};
use crate::recording::{SessionTime, Viewport, Window};

mod snapshot;
#[cfg(test)]
mod tests;
mod writer;

use writer::Writer;

/// One thing to tell the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Action {
    /// When, in session time.
    pub at: SessionTime,
    /// What.
    pub deed: Deed,
}

/// What an [`Action`] does. Events are named by their index in the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Deed {
    /// The page is replaced by a full snapshot.
    Snapshot {
        /// Index in the window.
        event: usize,
        /// When this document was first seen. Recorders send full snapshots of a page that stands already (checkouts); its
        /// animations go on rather than begin anew.
        page_since: SessionTime,
    },
    /// An incremental snapshot is applied.
    Apply {
        /// Index in the window.
        event: usize,
    },
    /// A font becomes available to this page and those after it.
    Font {
        /// Index in the window.
        event: usize,
    },
    /// A custom event says which element fills the screen.
    Fullscreen {
        /// Index in the window.
        event: usize,
    },
    /// The viewport has a new size.
    Viewport(Viewport),
    /// The pointer is at a new place.
    Pointer {
        /// CSS px in the document of `node`.
        x: f64,
        /// CSS px in the document of `node`.
        y: f64,
        /// The node under the pointer.
        node: i64,
        /// A finger rather than a mouse.
        touch: bool,
    },
    /// A button or finger goes down or up, or clicks.
    Press {
        /// CSS px in the document of `node`.
        x: f64,
        /// CSS px in the document of `node`.
        y: f64,
        /// The node acted on.
        node: i64,
        /// rrweb's `MouseInteractions` number.
        kind: u64,
    },
    /// An element gets the focus.
    Focus {
        /// The element.
        node: i64,
        /// Whether the focus ring shows (CSS `:focus-visible`).
        visible: bool,
    },
    /// An element loses the focus.
    Blur {
        /// The element.
        node: i64,
    },
}

impl Deed {
    /// The index of the event that the page has to be given.
    pub fn event(&self) -> Option<usize> {
        match self {
            Self::Snapshot { event, .. }
            | Self::Apply { event }
            | Self::Font { event }
            | Self::Fullscreen { event } => Some(*event),
            _ => None,
        }
    }

    /// Whether it moves the pointer only; the page may still answer, with hover effects.
    pub fn is_pointer(&self) -> bool {
        matches!(self, Self::Pointer { .. } | Self::Press { .. })
    }

    /// Whether it says where the pointer is. Choices in the list of a `select`, the keyboard and scripts click nowhere, which
    /// is recorded as the corner.
    fn is_placed(&self) -> bool {
        self.is_pointer() && !matches!(*self, Self::Press { x, y, kind: MOUSE_UP | CLICK, .. } if (x, y) == (0.0, 0.0))
    }
}

/// What to tell the page, in order, for a whole window.
#[derive(Debug, Default)]
pub struct Score {
    /// By time.
    pub actions: Vec<Action>,
    /// Events that came before the first full snapshot and could not be shown.
    pub unshown: usize,
    /// Full snapshots that hold no document and could not be shown.
    pub unreadable: usize,
    snapshots: Vec<usize>,
}

/// How to bring a fresh page to a moment: first `before`, then the actions in `range`.
#[derive(Debug, PartialEq)]
pub struct LeadIn {
    /// What still holds from before the full snapshot: viewport, fonts, pointer, focus, who fills the screen.
    pub before: Vec<Action>,
    /// Indices into [`Score::actions`], from the last full snapshot on.
    pub range: std::ops::Range<usize>,
}

impl LeadIn {
    /// All of its actions, in order.
    pub fn actions(self, score: &Score) -> Vec<Action> {
        self.before.into_iter().chain(score.actions[self.range].iter().copied()).collect()
    }
}

/// The viewport after these actions, if they say it.
pub fn viewport(told: &[Action]) -> Option<Viewport> {
    told.iter().rev().find_map(|action| if let Deed::Viewport(size) = action.deed { Some(size) } else { None })
}

/// When the last of these actions built the page anew, if one did.
pub fn built_at(told: &[Action]) -> Option<SessionTime> {
    told.iter().rev().find(|action| matches!(action.deed, Deed::Snapshot { .. })).map(|action| action.at)
}

impl Score {
    /// Reads a window's events. Empty if it has no full snapshot.
    pub fn of(window: &Window) -> Self {
        let mut writer = Writer::default();
        for (index, event) in window.events.iter().enumerate() {
            writer.add(index, event, window);
        }
        writer.finish()
    }

    /// When there is first something to see.
    pub fn start(&self) -> Option<SessionTime> {
        self.snapshots.first().map(|&index| self.actions[index].at)
    }

    /// The way to show the page at `at` on a fresh page. `None` before the first full snapshot.
    pub fn lead_in(&self, at: SessionTime) -> Option<LeadIn> {
        let end = self.actions.partition_point(|action| action.at <= at);
        let last = self.snapshots.partition_point(|&index| index < end).checked_sub(1)?;
        let from = self.snapshots[last];
        let earlier = &self.actions[..from];
        let viewport = earlier.iter().rev().find(|action| matches!(action.deed, Deed::Viewport(_)));
        let pointer = earlier.iter().rev().find(|action| action.deed.is_placed());
        let fonts = earlier.iter().filter(|action| matches!(action.deed, Deed::Font { .. }));
        let focus = earlier.iter().rev().find(|action| matches!(action.deed, Deed::Focus { .. } | Deed::Blur { .. }));
        // Leaving the screen names the element that left, so the last of them says it all.
        let fullscreen = earlier.iter().rev().find(|action| matches!(action.deed, Deed::Fullscreen { .. }));
        let before = viewport.into_iter().chain(fonts).chain(pointer).chain(focus).chain(fullscreen);
        let mut before: Vec<Action> = before.copied().collect();
        before.sort_by_key(|action| action.at);
        Some(LeadIn { before, range: from..end })
    }

    /// The largest width and the largest height that the viewport has between `from` and `to`.
    pub fn largest_viewport(&self, from: SessionTime, to: SessionTime) -> Option<Viewport> {
        let mut holding = None;
        let mut largest: Option<Viewport> = None;
        for action in &self.actions {
            let Deed::Viewport(viewport) = action.deed else {
                continue;
            };
            if action.at > to {
                break;
            }
            if action.at <= from {
                holding = Some(viewport);
            } else {
                largest = Some(spanning(largest, viewport));
            }
        }
        holding.into_iter().chain(largest).fold(None, |all, viewport| Some(spanning(all, viewport)))
    }
}

fn spanning(a: Option<Viewport>, b: Viewport) -> Viewport {
    a.map_or(b, |a| Viewport { width: a.width.max(b.width), height: a.height.max(b.height) })
}
