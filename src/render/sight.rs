//! Whether there was anything to see at all.

use crate::compose::{Area, Busyness, Frame, Place};

/// Looks at pictures of the page until one shows something: of a page that does, that costs one look.
#[derive(Debug, Default)]
pub(super) struct Sight {
    looked: bool,
    seen: bool,
}

impl Sight {
    /// Looks at a new picture, at the part of it that is page: bars and edges around it are always there.
    pub(super) fn look(&mut self, picture: &Frame, page: Option<Place>) {
        if self.seen {
            return;
        }
        self.looked = true;
        let page = page.unwrap_or_else(|| Place::of(picture));
        let from = |at: i32| u32::try_from(at).unwrap_or(0);
        let hidden = |at: i32| u32::try_from(-i64::from(at)).unwrap_or(0);
        let area = Area {
            x: from(page.left),
            y: from(page.top),
            width: page.width.saturating_sub(hidden(page.left)),
            height: page.height.saturating_sub(hidden(page.top)),
        };
        self.seen = !Busyness::of(&picture.cut(area)).is_blank();
    }

    /// Whether every picture was blank.
    pub(super) fn all_blank(&self) -> bool {
        self.looked && !self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_content_at(x: u32, y: u32) -> Frame {
        let mut frame = Frame::filled(200, 100, [255; 3]);
        let content = Frame::filled(32, 32, [0; 3]);
        frame.paste(&content, Area { x: 0, y: 0, width: 32, height: 32 }, (x, y));
        frame
    }

    #[test]
    fn one_picture_with_content_is_enough() {
        let mut sight = Sight::default();
        assert!(!sight.all_blank(), "nothing was looked at");
        sight.look(&Frame::filled(200, 100, [255; 3]), None);
        assert!(sight.all_blank());
        sight.look(&with_content_at(50, 50), None);
        sight.look(&Frame::filled(200, 100, [0; 3]), None);
        assert!(!sight.all_blank());
    }

    #[test]
    fn what_stands_beside_the_page_does_not_count() {
        let mut sight = Sight::default();
        sight.look(&with_content_at(0, 0), Some(Place { left: 100, top: 0, width: 100, height: 100 }));
        assert!(sight.all_blank());
        sight.look(&with_content_at(0, 0), Some(Place { left: -10, top: -10, width: 100, height: 100 }));
        assert!(!sight.all_blank());
    }
}
