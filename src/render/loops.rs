//! Pictures of a page that repeats itself: each step of the loop is captured once.

use std::collections::HashMap;

use bytes::Bytes;

use crate::recording::SessionTime;
use crate::stage::Cycle;

/// Pictures are kept up to this many bytes; beyond it they are taken anew.
const MOST_BYTES: usize = 48 << 20;

/// The loop that a page is in, if it is in one.
#[derive(Debug, Default)]
pub(super) struct Loop {
    cycle: Option<Cycle>,
    pictures: HashMap<i64, Bytes>,
    bytes: usize,
}

impl Loop {
    /// The page said how it repeats itself from now on; pictures of another loop are of no use.
    pub(super) fn goes_by(&mut self, cycle: Option<Cycle>) {
        if self.cycle != cycle {
            self.end();
        }
        self.cycle = cycle;
    }

    /// Something happened to the page.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }

    /// Keeps the picture of a step.
    pub(super) fn keep(&mut self, step: i64, picture: &Bytes) {
        if self.bytes + picture.len() <= MOST_BYTES && self.pictures.insert(step, picture.clone()).is_none() {
            self.bytes += picture.len();
        }
    }

    /// The picture at a moment, if it was taken before.
    pub(super) fn picture(&self, at: SessionTime) -> Option<&Bytes> {
        self.pictures.get(&self.cycle?.step_at(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_seen_before_has_its_picture_until_something_happens() {
        let cycle = Cycle { base: 0, period: 1_000_000, steps: 5 };
        let mut repeating = Loop::default();
        repeating.goes_by(Some(cycle));
        repeating.keep(1, &Bytes::from_static(b"one"));
        assert!(repeating.picture(SessionTime::from_millis(1250)).is_some());
        assert!(repeating.picture(SessionTime::from_millis(1050)).is_none());
        repeating.goes_by(Some(Cycle { steps: 4, ..cycle }));
        assert!(repeating.picture(SessionTime::from_millis(1250)).is_none());
    }
}
