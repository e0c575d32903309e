//! What rules of elements say of a recorded node.

use std::collections::HashMap;

use super::{Action, RuleId, Rules};

/// What is to be known of a node when its texts are rewritten. Of most nodes nothing is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Info {
    /// The strongest of the rules that hold for it and all that is in it.
    pub(super) verdict: Option<Verdict>,
    /// The rule that covers a part of the picture that it shows.
    pub(super) region: Option<RuleId>,
    /// The rule that redacts whatever is typed into it.
    pub(super) field: Option<RuleId>,
    /// Rules with `within` for which it is inside, one bit each.
    pub(super) inside: u64,
    /// Sets of rules that leave it alone, one bit each.
    pub(super) kept: u16,
    /// What kind of node it is, where that matters.
    pub(super) role: Role,
}

impl Info {
    /// Whether it is where a rule looks that looks only inside certain elements.
    pub(super) fn is_inside(&self, rules: &Rules, rule: RuleId) -> bool {
        let place = rules.within().position(|within| within == rule);
        place.is_some_and(|place| self.inside & (1 << place) != 0)
    }
}

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) rule: RuleId,
    pub(super) action: Action,
    /// Whether the rule matches this node, rather than one around it.
    pub(super) own: bool,
}

impl Verdict {
    /// The stronger of two; of equals, the one that was there first.
    pub(super) fn stronger(self, other: Self) -> Self {
        let strength = |verdict: Self| match verdict.action {
            Action::Mask | Action::Pseudonym => 0,
            Action::Cover => 1,
            Action::Remove => 2,
        };
        if strength(other) > strength(self) { other } else { self }
    }
}

/// Kinds of nodes that are treated in their own way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Other,
    /// Text of a `<title>`.
    Title,
    /// Text of a `<style>`.
    Style,
    /// Shows a picture that its attributes name.
    Picture,
    /// Is drawn by commands.
    Canvas,
    /// Shows another document, a film, or what a plugin shows.
    Embedded,
}

/// The nodes of a window of which something is to be known, from one full snapshot to the next.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    epochs: Vec<(u32, HashMap<i64, Info>)>,
}

impl Nodes {
    /// A full snapshot, the event of this place in its window, begins the numbering of nodes anew.
    pub(super) fn begin(&mut self, event: u32) {
        self.epochs.push((event, HashMap::new()));
    }

    /// What is known of a node in the current epoch.
    pub(super) fn get(&self, id: i64) -> Option<&Info> {
        self.epochs.last()?.1.get(&id)
    }

    /// Adds to what is known of a node.
    pub(super) fn set(&mut self, id: i64, info: Info) {
        if self.epochs.is_empty() {
            self.begin(0);
        }
        if let Some((_, nodes)) = self.epochs.last_mut() {
            if info == Info::default() {
                nodes.remove(&id);
            } else {
                nodes.insert(id, info);
            }
        }
    }

    /// What is known of the nodes when this event happens.
    pub(super) fn at(&self, event: u32) -> Option<&HashMap<i64, Info>> {
        let begun = self.epochs.partition_point(|(first, _)| *first <= event);
        self.epochs.get(begun.saturating_sub(1)).map(|(_, nodes)| nodes)
    }
}
