//! What matching found out about a page, as long as the page stays as it is.

use std::collections::HashMap;

use super::Selector;
use crate::redact::dom::Slot;

/// Of every selector that was asked for.
#[derive(Debug, Default)]
pub(in crate::redact) struct Memos {
    /// The selector is kept with what was found for it: as long as it is here, no other one has its address.
    by_address: HashMap<usize, (Selector, Memo)>,
}

impl Memos {
    /// Forgets everything: the page changed.
    pub(in crate::redact) fn clear(&mut self) {
        if !self.by_address.is_empty() {
            self.by_address.clear();
        }
    }

    pub(super) fn of(&mut self, selector: &Selector) -> &mut Memo {
        let address = selector.address();
        &mut self.by_address.entry(address).or_insert_with(|| (selector.clone(), Memo::default())).1
    }
}

/// Answers of one selector, by the part of it that asks and the node it asks for.
#[derive(Debug, Default)]
pub(super) struct Memo {
    answers: HashMap<(u32, Slot), i64>,
}

impl Memo {
    pub(super) fn number(&self, part: u32, slot: Slot) -> Option<i64> {
        self.answers.get(&(part, slot)).copied()
    }

    pub(super) fn note_number(&mut self, part: u32, slot: Slot, number: i64) {
        self.answers.insert((part, slot), number);
    }

    pub(super) fn answer(&self, part: u32, slot: Slot) -> Option<bool> {
        self.number(part, slot).map(|number| number != 0)
    }

    pub(super) fn note(&mut self, part: u32, slot: Slot, answer: bool) {
        self.note_number(part, slot, i64::from(answer));
    }
}
