//! What goes next: the largest first, so that no giant is left over at the end, and never more at once than there is memory for. Pure.

use std::collections::VecDeque;

use super::item::Item;
use crate::worker::memory_for;

/// A recording that waits.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) item: Item,
    /// How often it was begun.
    pub(super) attempt: u32,
    /// It is read first, and rendered only if it has changed.
    pub(super) look: bool,
    /// Rendered if other files were asked for, whatever its content.
    pub(super) known_sha256: Option<String>,
}

#[derive(Debug)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    memory: i64,
    promised: i64,
}

impl Queue {
    pub(super) fn new(mut waiting: Vec<Waiting>, memory: i64) -> Self {
        // Equal ones as they were found.
        waiting.sort_by_key(|waiting| std::cmp::Reverse(waiting.item.bytes.unwrap_or_default()));
        Self { waiting: waiting.into(), memory, promised: 0 }
    }

    /// Bytes of memory that it is thought to need.
    fn need(&self, waiting: &Waiting) -> i64 {
        memory_for(waiting.item.bytes, self.memory)
    }

    /// The largest one for which there is memory, with what it was promised.
    pub(super) fn next(&mut self) -> Option<(Waiting, i64)> {
        let free = self.memory - self.promised;
        let fits = self.waiting.iter().position(|waiting| self.need(waiting) <= free)?;
        let waiting = self.waiting.remove(fits)?;
        let need = self.need(&waiting);
        self.promised += need;
        Some((waiting, need))
    }

    /// One has ended.
    pub(super) fn give_back(&mut self, memory: i64) {
        self.promised -= memory;
    }

    /// It is tried again when all others have had their turn.
    pub(super) fn again(&mut self, waiting: Waiting) {
        self.waiting.push_back(waiting);
    }

    /// Bytes that wait, as stored.
    pub(super) fn bytes(&self) -> u64 {
        self.waiting.iter().map(|waiting| cost(&waiting.item)).sum()
    }
}

/// What a recording costs beside others: its bytes, and something for a browser to begin with.
pub(super) fn cost(item: &Item) -> u64 {
    item.bytes.unwrap_or(500_000) + 50_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(path: &str, bytes: u64) -> Waiting {
        let item = Item { places: vec![path.to_owned()], path: path.to_owned(), stamp: None, bytes: Some(bytes) };
        Waiting { item, attempt: 0, look: false, known_sha256: None }
    }

    fn order(queue: &mut Queue) -> Vec<String> {
        std::iter::from_fn(|| queue.next()).map(|(waiting, _)| waiting.item.path).collect()
    }

    #[test]
    fn the_largest_goes_first() {
        let mut queue = Queue::new(vec![waiting("s", 1), waiting("l", 9_000_000), waiting("m", 1000)], 64 << 30);
        assert_eq!(order(&mut queue), ["l", "m", "s"]);
    }

    #[test]
    fn a_giant_waits_for_memory_and_lets_others_pass() {
        let gib = 1 << 30;
        let mut queue = Queue::new(vec![waiting("giant", gib), waiting("a", 1000), waiting("b", 1000)], 14 << 30);
        let (giant, memory) = queue.next().unwrap();
        assert_eq!(giant.item.path, "giant");
        assert_eq!(order(&mut queue), ["a", "b"]);
        let mut other = Queue::new(vec![waiting("giant", gib), waiting("big", gib), waiting("a", 1000)], 14 << 30);
        assert_eq!(order(&mut other), ["giant", "a"]);
        other.give_back(memory);
        assert_eq!(order(&mut other), ["big"]);
    }

    #[test]
    fn what_wants_more_than_there_is_runs_alone() {
        let mut queue = Queue::new(vec![waiting("giant", 1 << 40), waiting("a", 1)], 4 << 30);
        assert_eq!(order(&mut queue), ["giant"]);
        queue.give_back(4 << 30);
        assert_eq!(order(&mut queue), ["a"]);
    }
}
