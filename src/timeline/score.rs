//! A window's events as the list of things the page has to be told, each at its own moment.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::recording::{Event, EventKind, Incremental, PointerKind, SessionTime, Viewport, Window};

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
            Self::Snapshot { event, .. } | Self::Apply { event } | Self::Font { event } => {
                Some(*event)
            }
            _ => None,
        }
    }

    /// Whether it moves the pointer only; the page may still answer, with hover effects.
    pub fn is_pointer(&self) -> bool {
        matches!(self, Self::Pointer { .. } | Self::Press { .. })
    }
}

/// What to tell the page, in order, for a whole window.
#[derive(Debug, Default)]
pub struct Score {
    /// By time.
    pub actions: Vec<Action>,
    /// Events that came before the first full snapshot and could not be shown.
    pub unshown: usize,
    snapshots: Vec<usize>,
}

/// How to bring a fresh page to a moment: first `before`, then the actions in `range`.
#[derive(Debug, PartialEq)]
pub struct LeadIn {
    /// What still holds from before the full snapshot: viewport, fonts, pointer.
    pub before: Vec<Action>,
    /// Indices into [`Score::actions`], from the last full snapshot on.
    pub range: std::ops::Range<usize>,
}

/// A focus this soon after a press came from the pointer: browsers then show no ring on buttons and links.
const PRESS_TO_FOCUS: SessionTime = SessionTime::from_millis(500);

const MOUSE_DOWN: u64 = 1;
const CLICK: u64 = 2;
const FOCUS: u64 = 5;
const BLUR: u64 = 6;
const TOUCH_START: u64 = 7;
const TOUCH_MOVE_DEPARTED: u64 = 8;

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
        let last = self
            .snapshots
            .partition_point(|&index| index < end)
            .checked_sub(1)?;
        let from = self.snapshots[last];
        let earlier = &self.actions[..from];
        let viewport = earlier
            .iter()
            .rev()
            .find(|action| matches!(action.deed, Deed::Viewport(_)));
        let pointer = earlier.iter().rev().find(|action| action.deed.is_pointer());
        let fonts = earlier
            .iter()
            .filter(|action| matches!(action.deed, Deed::Font { .. }));
        let mut before: Vec<Action> = viewport
            .into_iter()
            .chain(fonts)
            .chain(pointer)
            .copied()
            .collect();
        before.sort_by_key(|action| action.at);
        Some(LeadIn {
            before,
            range: from..end,
        })
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
        holding
            .into_iter()
            .chain(largest)
            .fold(None, |all, viewport| Some(spanning(all, viewport)))
    }
}

fn spanning(a: Option<Viewport>, b: Viewport) -> Viewport {
    a.map_or(b, |a| Viewport {
        width: a.width.max(b.width),
        height: a.height.max(b.height),
    })
}

#[derive(Default)]
struct Writer {
    score: Score,
    snapshot_at: Option<SessionTime>,
    page_since: SessionTime,
    pressed_at: Option<SessionTime>,
    viewport: Option<Viewport>,
    /// The snapshot that the page still shows unchanged, index in the window.
    pristine: Option<usize>,
}

impl Writer {
    fn add(&mut self, index: usize, event: &Event, window: &Window) {
        let at = event.at;
        match &event.kind {
            EventKind::Meta { viewport, .. }
            | EventKind::Incremental(Incremental::ViewportResize(viewport)) => {
                if self.viewport != Some(*viewport) {
                    self.push(at, Deed::Viewport(*viewport));
                }
                self.viewport = Some(*viewport);
            }
            // Recorders that restart while a page loads send the same snapshot two or three times within a moment.
            EventKind::FullSnapshot
                if self
                    .pristine
                    .is_some_and(|shown| has_same_data(&window.events[shown], event)) => {}
            EventKind::FullSnapshot => {
                if self.snapshot_at.is_none() || starts_a_document(event) {
                    self.page_since = at;
                }
                self.snapshot_at = Some(at);
                self.push(
                    at,
                    Deed::Snapshot {
                        event: index,
                        page_since: self.page_since,
                    },
                );
                self.pristine = Some(index);
            }
            EventKind::Incremental(_) if self.snapshot_at.is_none() => self.score.unshown += 1,
            EventKind::Incremental(change) => self.add_change(index, at, change),
            _ => {}
        }
    }

    fn add_change(&mut self, index: usize, at: SessionTime, change: &Incremental) {
        match change {
            Incremental::Pointer { by, samples } => {
                for sample in samples {
                    // Samples are back-dated, but the nodes they name are those of the page that stands now.
                    let at = sample.at.max(self.snapshot_at.unwrap_or_default());
                    self.push(
                        at,
                        Deed::Pointer {
                            x: sample.x,
                            y: sample.y,
                            node: sample.node,
                            touch: *by == PointerKind::Touch,
                        },
                    );
                }
            }
            Incremental::MouseInteraction {
                kind: FOCUS, node, ..
            } => {
                let by_pointer = self
                    .pressed_at
                    .is_some_and(|pressed| at - pressed <= PRESS_TO_FOCUS);
                self.push(
                    at,
                    Deed::Focus {
                        node: *node,
                        visible: !by_pointer,
                    },
                );
            }
            Incremental::MouseInteraction {
                kind: BLUR, node, ..
            } => self.push(at, Deed::Blur { node: *node }),
            // Told by the pointer's samples, decoders that are never started (media), or nothing to see (log, unknown).
            Incremental::MouseInteraction {
                kind: TOUCH_MOVE_DEPARTED,
                ..
            }
            | Incremental::MediaInteraction
            | Incremental::Log
            | Incremental::CustomElement
            | Incremental::Other(_)
            | Incremental::ViewportResize(_) => {}
            Incremental::MouseInteraction {
                kind,
                node,
                position,
            } => {
                if matches!(*kind, MOUSE_DOWN | TOUCH_START | CLICK) {
                    self.pressed_at = Some(at);
                }
                if let Some((x, y)) = *position {
                    self.push(
                        at,
                        Deed::Press {
                            x,
                            y,
                            node: *node,
                            kind: *kind,
                        },
                    );
                }
            }
            Incremental::Font => self.push(at, Deed::Font { event: index }),
            _ => self.push(at, Deed::Apply { event: index }),
        }
    }

    fn push(&mut self, at: SessionTime, deed: Deed) {
        if !deed.is_pointer() {
            self.pristine = None;
        }
        self.score.actions.push(Action { at, deed });
    }

    fn finish(mut self) -> Score {
        if self.snapshot_at.is_none() {
            return Score {
                unshown: self.score.unshown,
                ..Score::default()
            };
        }
        // Stable: what happened at one instant stays in the order recorded.
        self.score.actions.sort_by_key(|action| action.at);
        let is_snapshot = |(index, action): (usize, &Action)| {
            matches!(action.deed, Deed::Snapshot { .. }).then_some(index)
        };
        self.score.snapshots = self
            .score
            .actions
            .iter()
            .enumerate()
            .filter_map(is_snapshot)
            .collect();
        self.score
    }
}

fn has_same_data(a: &Event, b: &Event) -> bool {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    // Sizes differ by the digits of a time stamp at most.
    if a.json.len().abs_diff(b.json.len()) > 16 {
        return false;
    }
    let data = |event: &'_ Event| {
        serde_json::from_slice::<Data<'_>>(&event.json).map(|event| event.data.get().to_owned())
    };
    matches!((data(a), data(b)), (Ok(a), Ok(b)) if a == b)
}

/// rrweb numbers nodes from 1 in each document and goes on counting in later snapshots of the same one (`rrweb-snapshot`,
/// `genId`), so the first snapshot of a document is the one whose root is node 1.
fn starts_a_document(event: &Event) -> bool {
    #[derive(Deserialize)]
    struct Snapshot {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        node: Root,
    }
    #[derive(Deserialize)]
    struct Root {
        id: i64,
    }
    serde_json::from_slice::<Snapshot>(&event.json)
        .map_or(true, |snapshot| snapshot.data.node.id == 1)
}
