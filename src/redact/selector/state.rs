//! States of elements, as far as attributes tell them.

use super::matching::Matcher;
use crate::redact::dom::{Dom, Slot};

impl Matcher<'_> {
    pub(super) fn has_attribute(&self, slot: Slot, name: &str) -> bool {
        self.dom.attributes_named(slot, name).next().is_some()
    }

    fn is_one_of(&self, slot: Slot, tags: &[&str]) -> bool {
        self.dom.tag_at(slot).is_some_and(|tag| tags.contains(&tag))
    }

    pub(super) fn is_checked(&self, slot: Slot) -> bool {
        match self.dom.tag_at(slot) {
            Some("option") => self.has_attribute(slot, "selected"),
            Some("input") => self.has_attribute(slot, "checked"),
            _ => false,
        }
    }

    /// Whether it can be disabled.
    pub(super) fn is_field(&self, slot: Slot) -> bool {
        self.is_one_of(slot, &["button", "input", "select", "textarea", "option", "optgroup", "fieldset"])
    }

    pub(super) fn takes_input(&self, slot: Slot) -> bool {
        self.is_one_of(slot, &["input", "select", "textarea"])
    }

    pub(super) fn is_link(&self, slot: Slot) -> bool {
        self.is_one_of(slot, &["a", "area"])
            && (self.has_attribute(slot, "href") || self.has_attribute(slot, "xlink:href"))
    }

    /// A field is disabled by itself or with its fieldset, whose first legend stays usable; an option with its group.
    pub(super) fn is_disabled(&mut self, slot: Slot, part: u32) -> bool {
        if self.has_attribute(slot, "disabled") {
            return true;
        }
        if self.is_one_of(slot, &["option", "optgroup"]) {
            let group = self.dom.parent_element(slot).filter(|parent| self.is_one_of(*parent, &["optgroup"]));
            return group.is_some_and(|group| self.has_attribute(group, "disabled"));
        }
        self.search(part, slot, Dom::parent_element, &mut |matcher, inner, outer| {
            let fieldset = matcher.is_one_of(outer, &["fieldset"]) && matcher.has_attribute(outer, "disabled");
            (fieldset && !matcher.is_first_legend(inner)).then_some(true)
        })
    }

    fn is_first_legend(&self, slot: Slot) -> bool {
        let first = self.dom.elements_beside(slot, false).find(|beside| self.is_one_of(*beside, &["legend"]));
        first == Some(slot)
    }

    /// Whether the nearest `lang` is one of the languages, or a kind of one.
    pub(super) fn speaks(&mut self, slot: Slot, ranges: &[String], part: u32) -> bool {
        if let Some(own) = self.dom.attributes_named(slot, "lang").next() {
            return is_language(own, ranges);
        }
        self.search(part, slot, Dom::parent_element, &mut |matcher, _, outer| {
            matcher.dom.attributes_named(outer, "lang").next().map(|language| is_language(language, ranges))
        })
    }
}

fn is_language(language: &str, ranges: &[String]) -> bool {
    ranges.iter().any(|range| {
        let (start, rest) = language.as_bytes().split_at_checked(range.len()).unwrap_or_default();
        !range.is_empty() && start.eq_ignore_ascii_case(range.as_bytes()) && (rest.is_empty() || rest.starts_with(b"-"))
    })
}
