//! What is drawn over the page at a moment: a pure function of what happened up to it.

use std::sync::Arc;

use super::look::Look;
use super::moment::{PointerNews, View};
use super::surroundings::Surroundings;
use crate::compose::{CursorShape, Mark, MarkKind, Overlay, Place, Pointer as PointerImage, Trail, TrailPoint};
use crate::recording::{SessionTime, Viewport, interaction};
use crate::stage::{Layout, Pointer, PressMark};

/// Recorders sample the pointer about 20 times a second; between two samples it glides for this long, ms. (rrweb's own player
/// does the same by a CSS transition.)
const GLIDE_MS: f64 = 50.0;

/// The player's number for a finger that moved.
const TOUCH_MOVE: u64 = 100;

/// Remembers what marks are drawn from.
#[derive(Debug)]
pub(super) struct Overlays {
    layout: Layout,
    look: Look,
    surroundings: Arc<Surroundings>,
    pointer: Option<Pointer>,
    marks: Vec<PressMark>,
}

impl Overlays {
    pub(super) fn new(layout: Layout, look: Look, surroundings: Arc<Surroundings>) -> Self {
        Self { layout, look, surroundings, pointer: None, marks: Vec::new() }
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

    /// What to draw at `at` over and around a page.
    pub(super) fn at(&mut self, at: SessionTime, view: &View) -> Overlay {
        let widest = Viewport { width: self.layout.widest, height: self.layout.tallest };
        let viewport = view.viewport.unwrap_or(widest);
        let page = page(&self.layout, viewport);
        let mut overlay = Overlay {
            framed: !fills(&self.layout, page),
            page: Some(page),
            notes: self.surroundings.notes(at, view.window),
            keys: self.surroundings.keys(at, view.window),
            bar: self.surroundings.bar(at, view.window, &view.title, self.layout.above + self.layout.below),
            ..Overlay::default()
        };
        if self.look.cursor {
            self.add_pointer(&mut overlay, at, viewport.width);
        }
        overlay.prune();
        overlay
    }

    fn add_pointer(&mut self, overlay: &mut Overlay, at: SessionTime, width: u32) {
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
                interaction::CLICK if self.surroundings.is_rage(mark.at) => MarkKind::RageClick,
                interaction::CLICK => MarkKind::Click,
                interaction::CONTEXT_MENU => MarkKind::RightClick,
                interaction::DOUBLE_CLICK => MarkKind::DoubleClick,
                interaction::TOUCH_END | interaction::TOUCH_CANCEL => MarkKind::TouchEnd,
                _ => continue,
            };
            let by_finger = self.pointer.as_ref().is_some_and(|pointer| pointer.touch);
            if matches!(kind, MarkKind::Click | MarkKind::RageClick) && by_finger {
                continue;
            }
            let (x, y) = place(mark.x, mark.y);
            overlay.marks.push(Mark { x, y, kind, age_ms: (at - mark.at).millis() });
        }
        if let Some(pointer) = self.pointer.as_ref().filter(|pointer| pointer.touch && pointer.down) {
            let (x, y) = place(pointer.x, pointer.y);
            overlay.marks.push(Mark { x, y, kind: MarkKind::Touch, age_ms: 0.0 });
        }
        overlay.marks.retain(|mark| match mark.kind {
            MarkKind::Touch | MarkKind::TouchEnd => self.look.touches,
            _ => self.look.clicks,
        });
        if let Some(pointer) = overlay.pointer.as_mut() {
            pointer.pressed &= self.look.clicks;
        }
        if self.look.touches {
            overlay.trails = self.trails(at, place);
        }
    }

    fn trails(&self, at: SessionTime, place: impl Fn(f64, f64) -> (f64, f64)) -> Vec<Trail> {
        let mut trails: Vec<Trail> = Vec::new();
        for mark in &self.marks {
            if mark.kind == interaction::TOUCH_START || (mark.kind == TOUCH_MOVE && trails.is_empty()) {
                trails.push(Trail::default());
            }
            if let (interaction::TOUCH_START | TOUCH_MOVE, Some(trail)) = (mark.kind, trails.last_mut()) {
                let (x, y) = place(mark.x, mark.y);
                trail.points.push(TrailPoint { x, y, age_ms: (at - mark.at).millis() });
            }
        }
        trails
    }
}

/// Where a page stands in the picture: every pixel that it has a part of.
fn page(layout: &Layout, viewport: Viewport) -> Place {
    let edge = |css: u32| (f64::from(css) * layout.scale).ceil() as u32;
    Place {
        left: layout.left_of(viewport.width),
        top: layout.top,
        width: edge(viewport.width),
        height: edge(viewport.height),
    }
}

/// Whether a page leaves no room beside it but the bar's.
fn fills(layout: &Layout, page: Place) -> bool {
    let bottom = layout.height.saturating_sub(layout.below);
    page.left <= 0
        && i64::from(page.top) <= i64::from(layout.above)
        && i64::from(page.left) + i64::from(page.width) >= i64::from(layout.width)
        && i64::from(page.top) + i64::from(page.height) >= i64::from(bottom)
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
    use crate::stage::Position;

    fn overlays() -> Overlays {
        let layout = Layout::natural(Viewport { width: 100, height: 100 }, 2.0);
        Overlays::new(layout, Look::default(), Arc::default())
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
        assert_eq!(place(overlays.at(at(1000), &View::default())), (0.0, 0.0));
        assert_eq!(place(overlays.at(at(1025), &View::default())), (10.0, 20.0));
        assert_eq!(place(overlays.at(at(1050), &View::default())), (20.0, 40.0));
        assert_eq!(place(overlays.at(at(9000), &View::default())), (20.0, 40.0));
    }

    #[test]
    fn a_finger_is_a_mark_and_not_a_cursor() {
        let mut overlays = overlays();
        overlays.add(PointerNews::Now(Some(pointer(true, true))), &[]);
        let overlay = overlays.at(at(5000), &View::default());
        assert_eq!(overlay.pointer, None);
        assert_eq!(overlay.marks.len(), 1);
        assert_eq!(overlay.marks[0].kind, MarkKind::Touch);
    }

    #[test]
    fn marks_end_with_their_time_and_with_their_document() {
        let click = PressMark { x: 1.0, y: 2.0, at: at(1000), kind: interaction::CLICK };
        let mut overlays = overlays();
        overlays.add(PointerNews::Same, &[click]);
        assert_eq!(overlays.at(at(1100), &View::default()).marks.len(), 1);
        assert_eq!(overlays.at(at(1900), &View::default()).marks.len(), 0);
        overlays.add(PointerNews::Same, &[click]);
        overlays.cut();
        assert_eq!(overlays.at(at(1100), &View::default()).marks.len(), 0);
    }

    #[test]
    fn with_the_cursor_off_nothing_is_drawn() {
        let mut overlays = overlays();
        overlays.look.cursor = false;
        overlays.add(
            PointerNews::Now(Some(pointer(false, true))),
            &[PressMark { x: 1.0, y: 2.0, at: at(1000), kind: interaction::CLICK }],
        );
        let overlay = overlays.at(at(1000), &View::default());
        assert_eq!((overlay.pointer, overlay.marks.len(), overlay.trails.len()), (None, 0, 0));
    }

    #[test]
    fn clicks_and_touches_are_switched_apart_from_the_pointer() {
        let click = PressMark { x: 1.0, y: 2.0, at: at(1000), kind: interaction::CLICK };
        let mut overlays = overlays();
        overlays.look.clicks = false;
        overlays.add(PointerNews::Now(Some(pointer(false, true))), &[click]);
        let overlay = overlays.at(at(1000), &View::default());
        assert_eq!((overlay.marks.len(), overlay.pointer.map(|pointer| pointer.pressed)), (0, Some(false)));
        overlays.look.touches = false;
        overlays.add(PointerNews::Now(Some(pointer(true, true))), &[]);
        assert_eq!(overlays.at(at(1000), &View::default()).marks.len(), 0);
    }

    #[test]
    fn only_a_page_that_leaves_room_has_an_edge() {
        let small = View { viewport: Some(Viewport { width: 60, height: 100 }), ..View::default() };
        let overlay = overlays().at(at(0), &small);
        assert!(overlay.framed);
        assert_eq!(overlay.page, Some(Place { left: 40, top: 0, width: 120, height: 200 }));
        assert!(!overlays().at(at(0), &View::default()).framed);
        let mut barred = overlays();
        barred.layout = barred.layout.with_room(36, 0);
        let overlay = barred.at(at(0), &View::default());
        assert!(!overlay.framed, "the bar's room is no room left over");
        assert_eq!(overlay.page, Some(Place { left: 0, top: 36, width: 200, height: 200 }));
    }
}
