//! What is drawn over the page at a moment: a pure function of what happened up to it.

use super::moment::PointerNews;
use crate::compose::{CursorShape, Mark, MarkKind, Overlay, Pointer as PointerImage, Trail, TrailPoint};
use crate::recording::SessionTime;
use crate::stage::{Layout, Pointer, PressMark};

/// Recorders sample the pointer about 20 times a second; between two samples it glides for this long, ms. (rrweb's own player
/// does the same by a CSS transition.)
const GLIDE_MS: f64 = 50.0;

/// rrweb's `MouseInteractions`, and the player's number for a finger that moved.
mod kind {
    pub(super) const CLICK: u64 = 2;
    pub(super) const CONTEXT_MENU: u64 = 3;
    pub(super) const DOUBLE_CLICK: u64 = 4;
    pub(super) const TOUCH_START: u64 = 7;
    pub(super) const TOUCH_END: u64 = 9;
    pub(super) const TOUCH_CANCEL: u64 = 10;
    pub(super) const TOUCH_MOVE: u64 = 100;
}

/// Remembers what marks are drawn from.
#[derive(Debug)]
pub(super) struct Overlays {
    layout: Layout,
    enabled: bool,
    pointer: Option<Pointer>,
    marks: Vec<PressMark>,
}

impl Overlays {
    pub(super) fn new(layout: Layout, enabled: bool) -> Self {
        Self { layout, enabled, pointer: None, marks: Vec::new() }
    }

    /// Another document is shown: what was clicked is gone.
    pub(super) fn cut(&mut self) {
        self.marks.clear();
    }

    pub(super) fn add(&mut self, pointer: PointerNews, marks: &[PressMark]) {
        if let PointerNews::Now(pointer) = pointer {
            self.pointer = pointer;
        }
        self.marks.extend_from_slice(marks);
    }

    /// What to draw at `at` over a page `width` CSS px wide.
    pub(super) fn at(&mut self, at: SessionTime, width: u32) -> Overlay {
        let mut overlay = Overlay::default();
        if !self.enabled {
            return overlay;
        }
        // Longer than anything is drawn; the touch that is still down is kept by `pointer`.
        self.marks.retain(|mark| (at - mark.at).millis() < 1000.0);
        let layout = self.layout;
        let place = |x: f64, y: f64| layout.to_device(width, x, y);
        overlay.pointer = self.pointer.as_ref().filter(|pointer| !pointer.touch).map(|pointer| {
            let (x, y) = glide(pointer, at);
            let (x, y) = place(x, y);
            PointerImage { x, y, shape: CursorShape::from_css(&pointer.cursor), pressed: pointer.down }
        });
        for mark in &self.marks {
            let kind = match mark.kind {
                kind::CLICK => MarkKind::Click,
                kind::CONTEXT_MENU => MarkKind::RightClick,
                kind::DOUBLE_CLICK => MarkKind::DoubleClick,
                kind::TOUCH_END | kind::TOUCH_CANCEL => MarkKind::TouchEnd,
                _ => continue,
            };
            let by_finger = self.pointer.as_ref().is_some_and(|pointer| pointer.touch);
            if kind == MarkKind::Click && by_finger {
                continue;
            }
            let (x, y) = place(mark.x, mark.y);
            overlay.marks.push(Mark { x, y, kind, age_ms: (at - mark.at).millis() });
        }
        if let Some(pointer) = self.pointer.as_ref().filter(|pointer| pointer.touch && pointer.down) {
            let (x, y) = place(pointer.x, pointer.y);
            overlay.marks.push(Mark { x, y, kind: MarkKind::Touch, age_ms: 0.0 });
        }
        overlay.trails = self.trails(at, place);
        overlay.prune();
        overlay
    }

    fn trails(&self, at: SessionTime, place: impl Fn(f64, f64) -> (f64, f64)) -> Vec<Trail> {
        let mut trails: Vec<Trail> = Vec::new();
        for mark in &self.marks {
            if mark.kind == kind::TOUCH_START || (mark.kind == kind::TOUCH_MOVE && trails.is_empty()) {
                trails.push(Trail::default());
            }
            if let (kind::TOUCH_START | kind::TOUCH_MOVE, Some(trail)) = (mark.kind, trails.last_mut()) {
                let (x, y) = place(mark.x, mark.y);
                trail.points.push(TrailPoint { x, y, age_ms: (at - mark.at).millis() });
            }
        }
        trails
    }
}

fn glide(pointer: &Pointer, at: SessionTime) -> (f64, f64) {
    let age = (at - pointer.at).millis();
    match pointer.from {
        Some(from) if age < GLIDE_MS => {
            let way = age / GLIDE_MS;
            (from.x + (pointer.x - from.x) * way, from.y + (pointer.y - from.y) * way)
        }
        _ => (pointer.x, pointer.y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Viewport;
    use crate::stage::Position;

    fn overlays() -> Overlays {
        Overlays::new(Layout::natural(Viewport { width: 100, height: 100 }, 2.0), true)
    }

    fn pointer(touch: bool, down: bool) -> Pointer {
        let at = SessionTime::from_millis(1000);
        let from = Some(Position { x: 0.0, y: 0.0 });
        Pointer { x: 10.0, y: 20.0, at, from, from_at: SessionTime::ZERO, touch, down, cursor: "pointer".into() }
    }

    fn at(ms: i64) -> SessionTime {
        SessionTime::from_millis(ms)
    }

    #[test]
    fn the_pointer_glides_to_each_new_place_in_device_pixels() {
        let mut overlays = overlays();
        overlays.add(PointerNews::Now(Some(pointer(false, false))), &[]);
        let place = |overlay: Overlay| overlay.pointer.map(|pointer| (pointer.x, pointer.y)).unwrap();
        assert_eq!(place(overlays.at(at(1000), 100)), (0.0, 0.0));
        assert_eq!(place(overlays.at(at(1025), 100)), (10.0, 20.0));
        assert_eq!(place(overlays.at(at(1050), 100)), (20.0, 40.0));
        assert_eq!(place(overlays.at(at(9000), 100)), (20.0, 40.0));
    }

    #[test]
    fn a_finger_is_a_mark_and_not_a_cursor() {
        let mut overlays = overlays();
        overlays.add(PointerNews::Now(Some(pointer(true, true))), &[]);
        let overlay = overlays.at(at(5000), 100);
        assert_eq!(overlay.pointer, None);
        assert_eq!(overlay.marks.len(), 1);
        assert_eq!(overlay.marks[0].kind, MarkKind::Touch);
    }

    #[test]
    fn marks_end_with_their_time_and_with_their_document() {
        let click = PressMark { x: 1.0, y: 2.0, at: at(1000), kind: kind::CLICK };
        let mut overlays = overlays();
        overlays.add(PointerNews::Same, &[click]);
        assert_eq!(overlays.at(at(1100), 100).marks.len(), 1);
        assert_eq!(overlays.at(at(1900), 100).marks.len(), 0);
        overlays.add(PointerNews::Same, &[click]);
        overlays.cut();
        assert_eq!(overlays.at(at(1100), 100).marks.len(), 0);
    }

    #[test]
    fn with_the_cursor_off_nothing_is_drawn() {
        let mut overlays = overlays();
        overlays.enabled = false;
        overlays.add(
            PointerNews::Now(Some(pointer(false, true))),
            &[PressMark { x: 1.0, y: 2.0, at: at(1000), kind: kind::CLICK }],
        );
        assert_eq!(overlays.at(at(1000), 100), Overlay::default());
    }
}
