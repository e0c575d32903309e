//! The events of all windows in one order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Event, Recording, SessionTime, Window};

/// The time of a window's next event, its index in the source, the window's place, and the event's place in it.
type Head = Reverse<(SessionTime, u32, usize, usize)>;

impl Recording {
    /// Every event with its window, by time; those of one moment as the source had them. Within a window the order is the window's own.
    pub fn in_order(&self) -> impl Iterator<Item = (&Window, &Event)> {
        // A heap, because a hostile recording may have as many windows as events.
        let mut heads: BinaryHeap<Head> = (0..self.windows.len()).filter_map(|window| self.head(window, 0)).collect();
        std::iter::from_fn(move || {
            let Reverse((_, _, window, place)) = heads.pop()?;
            heads.extend(self.head(window, place + 1));
            let window = &self.windows[window];
            Some((window, &window.events[place]))
        })
    }

    fn head(&self, window: usize, place: usize) -> Option<Head> {
        let event = self.windows[window].events.get(place)?;
        Some(Reverse((event.at, event.index, window, place)))
    }
}
