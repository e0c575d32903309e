//! What to draw over a page at one instant.

use super::{
    CursorShape,
    mark::{Mark, TRAIL_MS, Trail, TrailPoint},
};

/// Everything that is drawn over a page at one instant. Two equal overlays give equal pictures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overlay {
    /// `None` when the session has no mouse there, or the video is not to show it.
    pub pointer: Option<Pointer>,
    /// Drawn in this order, below the pointer.
    pub marks: Vec<Mark>,
    /// Drawn below the marks.
    pub trails: Vec<Trail>,
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
    /// For how many more ms the picture changes by the ages of marks and trails alone, if nothing else happens. 0 when it stands still.
    ///
    /// Marks whose time has not come (negative age) count until their end.
    pub fn settles_in_ms(&self) -> f64 {
        let marks = self.marks.iter().filter_map(|mark| Some(mark.kind.lifetime_ms()? - mark.age_ms));
        let trails = self
            .trails
            .iter()
            .filter(|trail| trail.points.len() > 1)
            .flat_map(|trail| &trail.points)
            .map(|point| TRAIL_MS - point.age_ms);
        marks.chain(trails).fold(0.0, f64::max)
    }

    /// Whether the picture stays as it is for as long as nothing happens.
    pub fn is_settled(&self) -> bool {
        self.settles_in_ms() <= 0.0
    }

    /// Takes out what is no longer drawn, so that overlays that look the same compare equal.
    pub fn prune(&mut self) {
        let alive = |point: &TrailPoint| point.age_ms < TRAIL_MS;
        self.marks.retain(|mark| mark.kind.lifetime_ms().is_none_or(|lifetime| mark.age_ms < lifetime));
        self.trails.iter_mut().for_each(|trail| trail.points.retain(alive));
        self.trails.retain(|trail| trail.points.len() > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{CLICK_MS, DOUBLE_CLICK_MS, MarkKind, TOUCH_FADE_MS};

    fn with_mark(kind: MarkKind, age_ms: f64) -> Overlay {
        Overlay { marks: vec![Mark { x: 5.0, y: 5.0, kind, age_ms }], ..Overlay::default() }
    }

    fn with_trail(ages: &[f64]) -> Overlay {
        let points = ages.iter().map(|&age_ms| TrailPoint { x: age_ms, y: 0.0, age_ms }).collect();
        Overlay { trails: vec![Trail { points }], ..Overlay::default() }
    }

    #[test]
    fn a_resting_pointer_and_a_resting_finger_change_nothing() {
        let mut overlay = with_mark(MarkKind::Touch, 7.0);
        overlay.pointer = Some(Pointer { pressed: true, ..Pointer::default() });
        assert!(overlay.is_settled());
        assert!(Overlay::default().is_settled());
    }

    #[test]
    fn the_picture_settles_when_the_last_mark_ends() {
        let close = |left: f64, expected: f64| {
            assert!((left - expected).abs() < 1e-9, "{left} is not {expected}");
        };
        close(with_mark(MarkKind::Click, 100.0).settles_in_ms(), CLICK_MS - 100.0);
        close(with_mark(MarkKind::RightClick, 100.0).settles_in_ms(), CLICK_MS - 100.0);
        close(with_mark(MarkKind::DoubleClick, 100.0).settles_in_ms(), DOUBLE_CLICK_MS - 100.0);
        close(with_mark(MarkKind::TouchEnd, 100.0).settles_in_ms(), TOUCH_FADE_MS - 100.0);
        close(with_trail(&[300.0, 150.0, 20.0]).settles_in_ms(), TRAIL_MS - 20.0);
        let mut two = with_mark(MarkKind::Click, 450.0);
        two.marks.push(Mark { age_ms: -30.0, ..two.marks[0] });
        close(two.settles_in_ms(), CLICK_MS + 30.0);
        assert!(!with_mark(MarkKind::Click, CLICK_MS - 0.1).is_settled());
        assert!(with_mark(MarkKind::Click, CLICK_MS).is_settled());
        assert!(with_trail(&[20.0]).is_settled(), "one point is no line");
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
