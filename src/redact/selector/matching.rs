//! Whether an element is selected.
//!
//! Recursion is over the selector only, which is short. Over the page there are loops, and whatever is searched for along the page is
//! remembered for every node on the way: all in all, each part of a selector looks at each node a few times at most.

use std::collections::HashMap;

use super::memo::Memo;
use super::syntax::{Among, Combinator, Complex, Compound, Nth, Step, Test};
use crate::redact::dom::{Dom, Slot};

pub(super) struct Matcher<'m> {
    pub(super) dom: &'m Dom,
    pub(super) memo: &'m mut Memo,
}

/// From one element to another, if there is one.
type Way = fn(&Dom, Slot) -> Option<Slot>;

impl Matcher<'_> {
    /// Whether one of a list selects it.
    pub(super) fn any(&mut self, slot: Slot, list: &[Complex]) -> bool {
        list.iter().any(|complex| self.complex(slot, &complex.first, &complex.steps))
    }

    fn complex(&mut self, slot: Slot, first: &Compound, steps: &[Step]) -> bool {
        let Some((step, before)) = steps.split_last() else { return self.compound(slot, first) };
        self.compound(slot, &step.compound)
            && self.along(step, slot, true, &mut |matcher, other| matcher.complex(other, first, before))
    }

    /// Whether what the steps select stands where they say, seen from `anchor`.
    fn has(&mut self, anchor: Slot, steps: &[Step]) -> bool {
        let Some((step, rest)) = steps.split_first() else { return true };
        let accept: &mut dyn FnMut(&mut Self, Slot) -> bool =
            &mut |matcher, other| matcher.compound(other, &step.compound) && matcher.has(other, rest);
        match step.combinator {
            Combinator::NextSibling | Combinator::LaterSibling => self.along(step, anchor, false, accept),
            Combinator::Child => self.below(step.part, anchor, false, accept),
            Combinator::Descendant => self.below(step.part, anchor, true, accept),
        }
    }

    /// Follows a step's combinator, backwards as selectors are matched, or between siblings also forwards.
    fn along(
        &mut self,
        step: &Step,
        from: Slot,
        backwards: bool,
        accept: &mut dyn FnMut(&mut Self, Slot) -> bool,
    ) -> bool {
        let sibling: Way = if backwards { Dom::previous_element } else { Dom::next_element };
        let (way, far): (Way, bool) = match step.combinator {
            Combinator::Descendant => (Dom::parent_element, true),
            Combinator::Child => (Dom::parent_element, false),
            Combinator::LaterSibling => (sibling, true),
            Combinator::NextSibling => (sibling, false),
        };
        self.search(step.part, from, way, &mut |matcher, _, other| {
            if accept(matcher, other) { Some(true) } else { (!far).then_some(false) }
        })
    }

    /// Goes on from `from` until something decides; if nothing does, the answer is no. All on the way have the same answer.
    pub(super) fn search(
        &mut self,
        part: u32,
        from: Slot,
        way: Way,
        decide: &mut dyn FnMut(&mut Self, Slot, Slot) -> Option<bool>,
    ) -> bool {
        let mut passed = Vec::new();
        let mut at = from;
        let answer = loop {
            if let Some(known) = self.memo.answer(part, at) {
                break known;
            }
            passed.push(at);
            let Some(next) = way(self.dom, at) else { break false };
            if let Some(answer) = decide(self, at, next) {
                break answer;
            }
            at = next;
        };
        for slot in passed {
            self.memo.note(part, slot, answer);
        }
        answer
    }

    /// Whether an element directly under `top`, or anywhere in it, is accepted.
    fn below(&mut self, part: u32, top: Slot, deep: bool, accept: &mut dyn FnMut(&mut Self, Slot) -> bool) -> bool {
        if let Some(known) = self.memo.answer(part, top) {
            return known;
        }
        let (mut open, mut next) = (top, self.dom.first_element(top));
        loop {
            let Some(child) = next else {
                // All that is in `open` was looked at.
                self.memo.note(part, open, false);
                if open == top {
                    return false;
                }
                next = self.dom.next_element(open);
                open = self.dom.parent_element(open).unwrap_or(top);
                continue;
            };
            let known = if deep { self.memo.answer(part, child) } else { Some(false) };
            if known == Some(true) || accept(self, child) {
                self.note_upwards(part, open, top);
                return true;
            }
            if known == Some(false) {
                next = self.dom.next_element(child);
            } else {
                (open, next) = (child, self.dom.first_element(child));
            }
        }
    }

    fn note_upwards(&mut self, part: u32, from: Slot, top: Slot) {
        let mut at = Some(from);
        while let Some(slot) = at {
            self.memo.note(part, slot, true);
            at = if slot == top { None } else { self.dom.parent_element(slot) };
        }
    }

    fn compound(&mut self, slot: Slot, compound: &Compound) -> bool {
        compound.iter().all(|test| self.test(slot, test))
    }

    fn test(&mut self, slot: Slot, test: &Test) -> bool {
        let dom = self.dom;
        match test {
            Test::Tag(tag) => dom.tag_at(slot) == Some(tag),
            Test::Id(id) => dom.attributes_named(slot, "id").any(|value| value == id),
            Test::Class(class) => dom
                .attributes_named(slot, "class")
                .any(|value| value.split_ascii_whitespace().any(|word| word == class)),
            Test::Attribute(attribute) => attribute.holds(dom.attributes_at(slot)),
            Test::Root => dom.is_root(slot),
            Test::Empty => dom.is_empty(slot),
            Test::Nth(nth) => {
                let position = self.position(slot, nth);
                position > 0 && nth.counts(position)
            }
            Test::Any(list) => self.any(slot, list),
            Test::Not(list) => !self.any(slot, list),
            Test::Has(list) => list.iter().any(|complex| self.has(slot, &complex.steps)),
            Test::Checked => self.is_checked(slot),
            Test::Disabled { part } => self.is_field(slot) && self.is_disabled(slot, *part),
            Test::Enabled { part } => self.is_field(slot) && !self.is_disabled(slot, *part),
            Test::Required => self.takes_input(slot) && self.has_attribute(slot, "required"),
            Test::Optional => self.takes_input(slot) && !self.has_attribute(slot, "required"),
            Test::Link => self.is_link(slot),
            Test::Host => dom.is_shadow_host(slot),
            Test::Lang { ranges, part } => self.speaks(slot, ranges, *part),
        }
    }

    /// The element's number among those that are counted, from 1; 0 if it is not counted itself.
    fn position(&mut self, slot: Slot, nth: &Nth) -> i64 {
        if let Some(known) = self.memo.number(nth.part, slot) {
            return known;
        }
        let dom = self.dom;
        let (mut count, mut by_tag) = (0, HashMap::new());
        for beside in dom.elements_beside(slot, nth.from_end) {
            let position = match &nth.among {
                Among::SameTag => {
                    let count: &mut i64 = by_tag.entry(dom.tag_at(beside)).or_default();
                    *count += 1;
                    *count
                }
                Among::Selected(list) if !self.any(beside, list) => 0,
                Among::All | Among::Selected(_) => {
                    count += 1;
                    count
                }
            };
            self.memo.note_number(nth.part, beside, position);
        }
        self.memo.number(nth.part, slot).unwrap_or(0)
    }
}

impl Nth {
    fn counts(&self, position: i64) -> bool {
        let beyond = position - self.offset;
        match self.step {
            0 => beyond == 0,
            step => beyond % step == 0 && beyond / step >= 0,
        }
    }
}
