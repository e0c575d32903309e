//! What to draw over a page at one instant.

use super::mark::{Mark, TRAIL_MS, Trail, TrailPoint};
use super::{Bar, CursorShape, KEYS_MS, Keys, NOTE_MS, Note, Place};

/// Everything that is drawn over a page at one instant. Two equal overlays give equal pictures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overlay {
    /// `None` when the session has no mouse there, or the video is not to show it.
    pub pointer: Option<Pointer>,
    /// Drawn in this order, below the pointer.
    pub marks: Vec<Mark>,
    /// Drawn below the marks.
    pub trails: Vec<Trail>,
    /// Where the page stands in the picture; notes and keys keep within it. `None`: it is the whole picture.
    pub page: Option<Place>,
    /// The page's edge is drawn, because it does not fill its room.
    pub framed: bool,
    /// What went wrong just now, the oldest first: in a lower corner of the page, away from the pointer.
    pub notes: Vec<Note>,
    /// Keys pressed just now: at the page's lower edge.
    pub keys: Option<Keys>,
    /// Beside the page.
    pub bar: Option<Bar>,
}

/// The mouse.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pointer {
    /// Of the hot spot, in device px from the frame's left edge. Whole numbers are a pixel's left edge.
    pub x: f64,
    /// Of the hot spot, in device px from the frame's top edge.
    pub y: f64,
    /// Which cursor.
    pub shape: CursorShape,
    /// A button is down: a disc and a ring are drawn below the cursor, the look with which a click's ripple starts.
    pub pressed: bool,
}

impl Overlay {
    /// Takes out what is no longer drawn, so that overlays that look the same compare equal.
    pub fn prune(&mut self) {
        let alive = |point: &TrailPoint| point.age_ms < TRAIL_MS;
        self.marks.retain(|mark| mark.kind.lifetime_ms().is_none_or(|lifetime| mark.age_ms < lifetime));
        self.trails.iter_mut().for_each(|trail| trail.points.retain(alive));
        self.trails.retain(|trail| trail.points.len() > 1);
        self.notes.retain(|note| (0.0..NOTE_MS).contains(&note.age_ms));
        self.keys = self.keys.take().filter(|keys| (0.0..KEYS_MS).contains(&keys.age_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{CLICK_MS, MarkKind};

    fn with_mark(kind: MarkKind, age_ms: f64) -> Overlay {
        Overlay { marks: vec![Mark { x: 5.0, y: 5.0, kind, age_ms }], ..Overlay::default() }
    }

    fn with_trail(ages: &[f64]) -> Overlay {
        let points = ages.iter().map(|&age_ms| TrailPoint { x: age_ms, y: 0.0, age_ms }).collect();
        Overlay { trails: vec![Trail { points }], ..Overlay::default() }
    }

    #[test]
    fn a_pruned_overlay_compares_equal_to_one_that_never_had_the_mark() {
        let mut overlay = with_mark(MarkKind::Click, CLICK_MS);
        overlay.trails = with_trail(&[TRAIL_MS, 380.0]).trails;
        overlay.prune();
        assert_eq!(overlay, Overlay::default());
        let mut alive = with_mark(MarkKind::Click, CLICK_MS - 1.0);
        alive.prune();
        assert_eq!(alive.marks.len(), 1);
        let mut touch = with_mark(MarkKind::Touch, 60_000.0);
        touch.prune();
        assert_eq!(touch.marks.len(), 1);
    }
}
