//! The page as a window's recording has it at a moment: its nodes by their numbers, for rules that select elements.
//!
//! Only what selectors look at is kept; texts stay in the events. Nodes stand in one list and are walked without recursion: recorded
//! pages are nested deeper than a thread's stack is high.
//!
//! Shadow roots are transparent, as they are in recordings: what is in a shadow root stands directly under its host, and `.host .inner`
//! reaches it. A browser's style sheets stop there, but a rule of redaction must not be escaped by putting a page into a component.

mod order;
mod walk;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashMap;

use super::selector::{Memos, Selector};
pub(crate) use order::in_order;

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeKind {
    /// A document: a window's, or a frame's, which stands under the frame's element.
    Document,
    Doctype,
    Element {
        /// In lower case.
        tag: String,
        attributes: Vec<(String, String)>,
        /// Whether what stands under it is in a shadow root.
        shadow_host: bool,
    },
    Text {
        /// Whether it is a style sheet.
        style: bool,
    },
    Comment,
    CData,
}

/// Where a node stands in the list.
pub(super) type Slot = u32;

#[derive(Debug)]
struct Node {
    id: i64,
    kind: NodeKind,
    parent: Option<Slot>,
    first: Option<Slot>,
    last: Option<Slot>,
    previous: Option<Slot>,
    next: Option<Slot>,
}

/// The nodes of one window.
#[derive(Debug, Default)]
pub(crate) struct Dom {
    nodes: Vec<Node>,
    slots: HashMap<i64, Slot>,
    /// Places of nodes that are gone, to be used again.
    free: Vec<Slot>,
    /// What matching found out and will ask for again, until something changes.
    memos: RefCell<Memos>,
}

impl Dom {
    /// Forgets every node.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Puts a node under `parent`, before `next` if that is one of its children, else at the end. A node that is there already is moved with all that
    /// is in it, and becomes what it now is said to be; it stays where it is if `parent` stands in it. Without a parent that is
    /// known, it becomes a root of its own.
    ///
    /// Moving a node that has children takes as many steps as the place it goes to is deep.
    pub(crate) fn insert(&mut self, id: i64, parent: Option<i64>, next: Option<i64>, kind: NodeKind) {
        self.changed();
        let parent = parent.and_then(|parent| self.slot(parent));
        let slot = match self.slot(id) {
            Some(slot) => {
                self.nodes[slot as usize].kind = kind;
                if parent.is_some_and(|parent| self.is_within(parent, slot)) {
                    return;
                }
                self.detach(slot);
                slot
            }
            None => self.allocate(id, kind),
        };
        if let Some(parent) = parent {
            let next = next.and_then(|next| self.slot(next)).filter(|next| self.node(*next).parent == Some(parent));
            self.attach(slot, parent, next);
        }
    }

    /// Removes a node with all that is in it.
    pub(crate) fn remove(&mut self, id: i64) {
        let Some(top) = self.slot(id) else { return };
        self.changed();
        self.detach(top);
        let mut next = Some(top);
        while let Some(slot) = next {
            next = self.following(slot, top);
            self.free.push(slot);
            let gone = self.node(slot).id;
            self.slots.remove(&gone);
        }
    }

    /// Sets an attribute of an element, or takes it away.
    pub(crate) fn set_attribute(&mut self, id: i64, name: &str, value: Option<&str>) {
        let Some(slot) = self.slot(id) else { return };
        let NodeKind::Element { attributes, .. } = &mut self.nodes[slot as usize].kind else { return };
        let place = attributes.iter().position(|(known, _)| known == name);
        match (place.and_then(|place| attributes.get_mut(place)), value) {
            (Some((_, old)), Some(value)) => value.clone_into(old),
            (None, Some(value)) => attributes.push((name.to_owned(), value.to_owned())),
            (_, None) => attributes.retain(|(known, _)| known != name),
        }
        self.changed();
    }

    /// An attribute's value. The name's case does not count.
    pub(crate) fn attribute(&self, id: i64, name: &str) -> Option<&str> {
        self.attributes_named(self.slot(id)?, name).next()
    }

    /// An element's name, in lower case.
    pub(crate) fn tag(&self, id: i64) -> Option<&str> {
        self.tag_at(self.slot(id)?)
    }

    /// What a node is.
    pub(super) fn kind(&self, id: i64) -> Option<&NodeKind> {
        Some(&self.node(self.slot(id)?).kind)
    }

    /// The node that a node stands in.
    pub(crate) fn parent(&self, id: i64) -> Option<i64> {
        self.id_of(self.node(self.slot(id)?).parent)
    }

    /// The node before a node, under the same parent.
    pub(super) fn previous(&self, id: i64) -> Option<i64> {
        self.id_of(self.node(self.slot(id)?).previous)
    }

    /// The node after a node, under the same parent.
    pub(super) fn next(&self, id: i64) -> Option<i64> {
        self.id_of(self.node(self.slot(id)?).next)
    }

    /// Whether an element is one of those that are selected.
    ///
    /// What a selector asks of other elements is remembered until the page changes, so that asking for every element of a page takes
    /// time in proportion to the page. Between two changes, ask for as many as there are to ask for.
    pub(super) fn matches(&self, id: i64, selector: &Selector) -> bool {
        let Some(slot) = self.slot(id) else { return false };
        selector.selects(self, slot, &mut self.memos.borrow_mut())
    }

    fn changed(&mut self) {
        self.memos.get_mut().clear();
    }

    fn slot(&self, id: i64) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    fn node(&self, slot: Slot) -> &Node {
        &self.nodes[slot as usize]
    }

    fn node_mut(&mut self, slot: Slot) -> &mut Node {
        &mut self.nodes[slot as usize]
    }

    fn id_of(&self, slot: Option<Slot>) -> Option<i64> {
        Some(self.node(slot?).id)
    }

    /// Whether `slot` is `outer` or stands in it.
    fn is_within(&self, slot: Slot, outer: Slot) -> bool {
        if self.node(outer).first.is_none() {
            return slot == outer;
        }
        std::iter::successors(Some(slot), |at| self.node(*at).parent).any(|at| at == outer)
    }

    fn allocate(&mut self, id: i64, kind: NodeKind) -> Slot {
        let node = Node { id, kind, parent: None, first: None, last: None, previous: None, next: None };
        let slot = if let Some(slot) = self.free.pop() {
            *self.node_mut(slot) = node;
            slot
        } else {
            self.nodes.push(node);
            (self.nodes.len() - 1) as Slot
        };
        self.slots.insert(id, slot);
        slot
    }

    fn detach(&mut self, slot: Slot) {
        let node = self.node_mut(slot);
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        match (previous, parent) {
            (Some(previous), _) => self.node_mut(previous).next = next,
            (None, Some(parent)) => self.node_mut(parent).first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => self.node_mut(next).previous = previous,
            (None, Some(parent)) => self.node_mut(parent).last = previous,
            (None, None) => {}
        }
    }

    /// `next` is a child of `parent`, `slot` stands nowhere.
    fn attach(&mut self, slot: Slot, parent: Slot, next: Option<Slot>) {
        let previous = next.map_or(self.node(parent).last, |next| self.node(next).previous);
        let node = self.node_mut(slot);
        (node.parent, node.previous, node.next) = (Some(parent), previous, next);
        match previous {
            Some(previous) => self.node_mut(previous).next = Some(slot),
            None => self.node_mut(parent).first = Some(slot),
        }
        match next {
            Some(next) => self.node_mut(next).previous = Some(slot),
            None => self.node_mut(parent).last = Some(slot),
        }
    }
}
