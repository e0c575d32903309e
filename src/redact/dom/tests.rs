//! The page stays what its changes make of it.

use std::collections::BTreeMap;

use super::{Dom, NodeKind};
use crate::redact::Selector;

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }
}

fn element(tag: &str) -> NodeKind {
    NodeKind::Element { tag: tag.to_owned(), attributes: Vec::new(), shadow_host: false }
}

/// A page as plain lists of numbers.
#[derive(Default)]
struct Model {
    children: BTreeMap<i64, Vec<i64>>,
}

impl Model {
    fn parent(&self, id: i64) -> Option<i64> {
        self.children.iter().find(|(_, children)| children.contains(&id)).map(|(parent, _)| *parent)
    }

    fn subtree(&self, id: i64) -> Vec<i64> {
        let inner = self.children.get(&id).into_iter().flatten().flat_map(|child| self.subtree(*child));
        if self.children.contains_key(&id) { std::iter::once(id).chain(inner).collect() } else { Vec::new() }
    }

    fn insert(&mut self, id: i64, parent: Option<i64>, next: Option<i64>) {
        let parent = parent.filter(|parent| self.children.contains_key(parent));
        if parent.is_some_and(|parent| self.subtree(id).contains(&parent)) {
            return;
        }
        self.children.entry(id).or_default();
        self.children.values_mut().for_each(|children| children.retain(|child| *child != id));
        if let Some(siblings) = parent.and_then(|parent| self.children.get_mut(&parent)) {
            let place = siblings.iter().position(|sibling| Some(*sibling) == next).unwrap_or(siblings.len());
            siblings.insert(place, id);
        }
    }

    fn remove(&mut self, id: i64) {
        for gone in self.subtree(id) {
            self.children.remove(&gone);
        }
        self.children.values_mut().for_each(|children| children.retain(|child| *child != id));
    }
}

#[test]
fn after_any_changes_the_page_is_that_of_the_model() {
    for seed in 0..40 {
        let (mut dice, mut dom, mut model) = (Dice(seed), Dom::default(), Model::default());
        for step in 0..200 {
            let mut any = || i64::try_from(dice.roll(24)).unwrap();
            let (id, parent, next) = (any(), any(), any());
            if dice.roll(5) == 0 {
                dom.remove(id);
                model.remove(id);
            } else {
                let parent = (dice.roll(8) != 0).then_some(parent);
                dom.insert(id, parent, Some(next), element("p"));
                model.insert(id, parent, Some(next));
            }
            for id in 0..24 {
                let place = format!("seed {seed}, step {step}, node {id}");
                assert_eq!(dom.kind(id).is_some(), model.children.contains_key(&id), "{place}");
                assert_eq!(dom.parent(id), model.parent(id), "{place}");
                assert_eq!(dom.subtree(id).collect::<Vec<_>>(), model.subtree(id), "{place}");
                let children = model.children.get(&id).cloned().unwrap_or_default();
                assert_eq!(dom.children(id).collect::<Vec<_>>(), children, "{place}");
                for pair in children.windows(2) {
                    assert_eq!((dom.next(pair[0]), dom.previous(pair[1])), (Some(pair[1]), Some(pair[0])), "{place}");
                }
            }
        }
    }
}

#[test]
fn a_node_that_is_moved_becomes_what_it_is_now_said_to_be() {
    let mut dom = Dom::default();
    dom.insert(1, None, None, element("div"));
    dom.insert(2, Some(1), None, NodeKind::Text { style: false });
    dom.insert(1, None, None, element("span"));
    assert_eq!(dom.tag(1), Some("span"));
    assert_eq!(dom.parent(2), Some(1));
}

#[test]
fn attributes_are_set_changed_and_taken_away() {
    let mut dom = Dom::default();
    dom.insert(1, None, None, element("a"));
    dom.set_attribute(1, "viewBox", Some("x"));
    assert_eq!(dom.attribute(1, "viewbox"), Some("x"));
    dom.set_attribute(1, "viewBox", Some("y"));
    assert_eq!(dom.attribute(1, "viewBox"), Some("y"));
    dom.set_attribute(1, "viewBox", None);
    dom.set_attribute(2, "viewBox", Some("z"));
    assert_eq!(dom.attribute(1, "viewBox"), None);
}

#[test]
fn what_was_found_is_forgotten_when_the_page_changes() {
    let mut dom = Dom::default();
    dom.insert(1, None, None, element("div"));
    dom.insert(2, Some(1), None, element("p"));
    let selector = Selector::parse(".a p").unwrap();
    assert!(!dom.matches(2, &selector));
    dom.set_attribute(1, "class", Some("a"));
    assert!(dom.matches(2, &selector));
    dom.insert(2, None, None, element("p"));
    assert!(!dom.matches(2, &selector));
}

/// Selectors that look up, down and along the page.
const FAR: &str = "i .x .y p, p:has(.x .y), :not(:has(i)) p.z, p ~ p ~ i, p:nth-last-child(3), p:nth-of-type(2), p:nth-child(odd of .x), \
                   :lang(de), :disabled, p:has(~ i), p:has(> i > i)";

const MANY: i64 = 100_000;

#[test]
fn depth_costs_neither_stack_nor_more_than_linear_time() {
    let mut dom = Dom::default();
    for id in 0..MANY {
        dom.insert(id, (id > 0).then(|| id - 1), None, element(if id % 3 == 0 { "p" } else { "fieldset" }));
    }
    let selector = Selector::parse(FAR).unwrap();
    assert_eq!(dom.subtree(0).filter(|id| dom.matches(*id, &selector)).count(), 0);
    assert_eq!(dom.subtree(0).count(), MANY as usize);
    dom.remove(0);
    assert_eq!(dom.kind(MANY - 1), None);
}

#[test]
fn width_costs_no_more_than_linear_time() {
    let mut dom = Dom::default();
    dom.insert(0, None, None, element("div"));
    for id in 1..MANY {
        dom.insert(id, Some(0), None, element("p"));
    }
    let selector = Selector::parse(FAR).unwrap();
    let found: Vec<i64> = dom.children(0).filter(|id| dom.matches(*id, &selector)).collect();
    assert_eq!(found, [2, MANY - 3]);
}
