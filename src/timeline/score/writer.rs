//! From events to actions.

use super::snapshot::{NodeIds, has_document, has_same_data};
use super::{Action, Deed, Score};
use crate::recording::interaction::{
    BLUR, FOCUS, MOUSE_DOWN, MOUSE_UP, TOUCH_CANCEL, TOUCH_END, TOUCH_MOVE_DEPARTED, TOUCH_START,
};
use crate::recording::{Event, EventKind, Incremental, PointerKind, SessionTime, Viewport, Window};

/// A focus this soon after a press came from the pointer: browsers then show no ring on buttons and links.
const PRESS_TO_FOCUS: SessionTime = SessionTime::from_millis(50);
/// After a tap, browsers also act out a mouse (move, down, up, click) where the finger was, for pages that know only mice:
/// up to this long after the finger left. No mouse was there.
const TAP_TO_MOUSE: SessionTime = SessionTime::from_millis(1000);

/// PostHog's recorder tells of native full screen by this custom event, as the document does not change.
const FULLSCREEN: &str = "rrweb/fullscreen";

#[derive(Default)]
pub(super) struct Writer {
    score: Score,
    snapshot_at: Option<SessionTime>,
    page_since: SessionTime,
    pressed_at: Option<SessionTime>,
    /// Of the nodes of the document that stands.
    highest_id: u64,
    /// A finger is on the glass.
    touching: bool,
    /// When a finger last was.
    touched_at: Option<SessionTime>,
    viewport: Option<Viewport>,
    /// The snapshot that the page still shows unchanged, index in the window.
    pristine: Option<usize>,
}

impl Writer {
    pub(super) fn add(&mut self, index: usize, event: &Event, window: &Window) {
        let at = event.at;
        match &event.kind {
            EventKind::Meta { viewport, .. } | EventKind::Incremental(Incremental::ViewportResize(viewport)) => {
                if self.viewport != Some(*viewport) {
                    self.push(at, Deed::Viewport(*viewport));
                }
                self.viewport = Some(*viewport);
            }
            // Recorders that restart while a page loads send the same snapshot two or three times within a moment.
            EventKind::FullSnapshot
                if self.pristine.is_some_and(|shown| has_same_data(&window.events[shown], event)) => {}
            EventKind::FullSnapshot if !has_document(event) => self.score.unreadable += 1,
            EventKind::FullSnapshot => {
                let ids = NodeIds::of(event);
                if self.snapshot_at.is_none() || ids.starts_a_document(self.highest_id) {
                    self.page_since = at;
                    self.highest_id = 0;
                }
                self.highest_id = self.highest_id.max(ids.highest);
                self.snapshot_at = Some(at);
                self.touching = false;
                self.push(at, Deed::Snapshot { event: index, page_since: self.page_since });
                self.pristine = Some(index);
            }
            EventKind::Incremental(_) if self.snapshot_at.is_none() => self.score.unshown += 1,
            EventKind::Custom { tag } if tag == FULLSCREEN => self.push(at, Deed::Fullscreen { event: index }),
            EventKind::Incremental(change) => self.add_change(index, at, change, window),
            _ => {}
        }
    }

    fn add_change(&mut self, index: usize, at: SessionTime, change: &Incremental, window: &Window) {
        match change {
            Incremental::Pointer { by, samples } => {
                for sample in samples {
                    // Samples are back-dated, but the nodes they name are those of the page that stands now.
                    let at = sample.at.max(self.snapshot_at.unwrap_or_default());
                    if *by == PointerKind::Mouse && self.is_acted_out(at) {
                        continue;
                    }
                    self.push(
                        at,
                        Deed::Pointer { x: sample.x, y: sample.y, node: sample.node, touch: *by == PointerKind::Touch },
                    );
                }
            }
            Incremental::MouseInteraction { kind: FOCUS, node, .. } => {
                let by_pointer = self.pressed_at.is_some_and(|pressed| at - pressed <= PRESS_TO_FOCUS);
                self.push(at, Deed::Focus { node: *node, visible: !by_pointer });
            }
            Incremental::MouseInteraction { kind: BLUR, node, .. } => self.push(at, Deed::Blur { node: *node }),
            // Told by the pointer's samples, decoders that are never started (media), or nothing to see (log, unknown).
            Incremental::MouseInteraction { kind: TOUCH_MOVE_DEPARTED, .. }
            | Incremental::MediaInteraction
            | Incremental::Log
            | Incremental::Other(_)
            | Incremental::ViewportResize(_) => {}
            Incremental::MouseInteraction { kind, node, position } => {
                // Not a click: the keyboard clicks too. But a button let go: what its click opens takes the focus then.
                if matches!(*kind, MOUSE_UP | MOUSE_DOWN | TOUCH_START) {
                    self.pressed_at = Some(at);
                }
                if matches!(*kind, TOUCH_START | TOUCH_END | TOUCH_CANCEL) {
                    self.touching = *kind == TOUCH_START;
                    self.touched_at = Some(at);
                } else if self.is_acted_out(at) {
                    return;
                }
                if let Some((x, y)) = *position {
                    self.push(at, Deed::Press { x, y, node: *node, kind: *kind });
                }
            }
            Incremental::Font => self.push(at, Deed::Font { event: index }),
            Incremental::Mutation => {
                self.highest_id = self.highest_id.max(NodeIds::of(&window.events[index]).highest);
                self.push(at, Deed::Apply { event: index });
            }
            _ => self.push(at, Deed::Apply { event: index }),
        }
    }

    fn is_acted_out(&self, at: SessionTime) -> bool {
        self.touching || self.touched_at.is_some_and(|touched| at - touched <= TAP_TO_MOUSE)
    }

    fn push(&mut self, at: SessionTime, deed: Deed) {
        if !deed.is_pointer() {
            self.pristine = None;
        }
        self.score.actions.push(Action { at, deed });
    }

    pub(super) fn finish(mut self) -> Score {
        if self.snapshot_at.is_none() {
            return Score { unshown: self.score.unshown, unreadable: self.score.unreadable, ..Score::default() };
        }
        // Stable: what happened at one instant stays in the order recorded.
        self.score.actions.sort_by_key(|action| action.at);
        let is_snapshot =
            |(index, action): (usize, &Action)| matches!(action.deed, Deed::Snapshot { .. }).then_some(index);
        self.score.snapshots = self.score.actions.iter().enumerate().filter_map(is_snapshot).collect();
        self.score
    }
}
