//! From node to node.

use super::{Dom, NodeKind, Slot};

impl Dom {
    /// The nodes directly under a node.
    pub(crate) fn children(&self, id: i64) -> impl Iterator<Item = i64> + '_ {
        let first = self.slot(id).and_then(|slot| self.node(slot).first);
        std::iter::successors(first, |at| self.node(*at).next).map(|slot| self.node(slot).id)
    }

    /// A node and all that is in it, in document order.
    pub(crate) fn subtree(&self, id: i64) -> impl Iterator<Item = i64> + '_ {
        let top = self.slot(id);
        std::iter::successors(top, move |at| self.following(*at, top?)).map(|slot| self.node(slot).id)
    }

    /// The node after `slot` in document order, of those in `top`.
    pub(super) fn following(&self, slot: Slot, top: Slot) -> Option<Slot> {
        if let Some(first) = self.node(slot).first {
            return Some(first);
        }
        let mut at = slot;
        while at != top {
            if let Some(next) = self.node(at).next {
                return Some(next);
            }
            at = self.node(at).parent?;
        }
        None
    }

    /// An element's name.
    pub(in crate::redact) fn tag_at(&self, slot: Slot) -> Option<&str> {
        match &self.node(slot).kind {
            NodeKind::Element { tag, .. } => Some(tag),
            _ => None,
        }
    }

    /// An element's attributes.
    pub(in crate::redact) fn attributes_at(&self, slot: Slot) -> &[(String, String)] {
        match &self.node(slot).kind {
            NodeKind::Element { attributes, .. } => attributes,
            _ => &[],
        }
    }

    /// The values of attributes of that name, whose case does not count.
    pub(in crate::redact) fn attributes_named<'d>(&'d self, slot: Slot, name: &str) -> impl Iterator<Item = &'d str> {
        self.attributes_at(slot)
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether it is an element with a shadow root.
    pub(in crate::redact) fn is_shadow_host(&self, slot: Slot) -> bool {
        matches!(self.node(slot).kind, NodeKind::Element { shadow_host: true, .. })
    }

    /// Whether it is the outermost element of its document.
    pub(in crate::redact) fn is_root(&self, slot: Slot) -> bool {
        self.node(slot).parent.is_some_and(|parent| self.node(parent).kind == NodeKind::Document)
    }

    /// Whether nothing is in it that selectors see.
    pub(in crate::redact) fn is_empty(&self, slot: Slot) -> bool {
        std::iter::successors(self.node(slot).first, |at| self.node(*at).next)
            .all(|at| matches!(self.node(at).kind, NodeKind::Comment | NodeKind::Doctype))
    }

    fn is_element(&self, slot: Slot) -> bool {
        matches!(self.node(slot).kind, NodeKind::Element { .. })
    }

    /// The element that a node stands in. A document stands in none, also not a frame's.
    pub(in crate::redact) fn parent_element(&self, slot: Slot) -> Option<Slot> {
        self.node(slot).parent.filter(|parent| self.is_element(*parent))
    }

    /// The element before a node.
    pub(in crate::redact) fn previous_element(&self, slot: Slot) -> Option<Slot> {
        std::iter::successors(self.node(slot).previous, |at| self.node(*at).previous).find(|at| self.is_element(*at))
    }

    /// The element after a node.
    pub(in crate::redact) fn next_element(&self, slot: Slot) -> Option<Slot> {
        std::iter::successors(self.node(slot).next, |at| self.node(*at).next).find(|at| self.is_element(*at))
    }

    /// The first element directly under a node.
    pub(in crate::redact) fn first_element(&self, slot: Slot) -> Option<Slot> {
        let first = self.node(slot).first?;
        if self.is_element(first) { Some(first) } else { self.next_element(first) }
    }

    /// A node and those beside it that are elements, from the first or from the last.
    pub(in crate::redact) fn elements_beside(&self, slot: Slot, from_end: bool) -> impl Iterator<Item = Slot> + '_ {
        let parent = self.node(slot).parent.map(|parent| self.node(parent));
        let start = parent.map_or(Some(slot), |parent| if from_end { parent.last } else { parent.first });
        std::iter::successors(start, move |at| {
            let node = self.node(*at);
            if from_end { node.previous } else { node.next }
        })
        .filter(|at| self.is_element(*at))
    }
}
