//! Which nodes rules of elements hold for.
//!
//! A rule that holds for an element at any time holds for it from the beginning: a class that marks it as private may be set after it was
//! shown, and what was shown once is in the recording.

use std::collections::HashSet;

use super::super::dom::{Dom, NodeKind};
use super::super::find::Finder;
use super::super::info::{Nodes, Role, Verdict};
use super::super::selector::{Reach, Selector};
use super::super::{Action, Place, RuleId, Rules, What};
use super::Changes;

/// Rules of elements, and what was found with them.
#[derive(Debug)]
pub(super) struct Elements {
    pub(super) nodes: Nodes,
    whole: Vec<(RuleId, Action, Selector)>,
    regions: Vec<(RuleId, Selector)>,
    within: Vec<(RuleId, Selector)>,
    keeps: Vec<(u16, Selector)>,
    reach: Reach,
    /// Attributes that any of the selectors speaks of.
    speaks_of: HashSet<String>,
    changed: Vec<i64>,
}

impl Elements {
    pub(super) fn new(rules: &Rules) -> Self {
        let (mut whole, mut regions) = (Vec::new(), Vec::new());
        for (id, rule) in rules.all() {
            match &rule.what {
                What::Elements(selector) => whole.push((id, rule.action, selector.clone())),
                What::Region(selector, _) => regions.push((id, selector.clone())),
                What::Text(_) | What::Named(_) => {}
            }
        }
        let within: Vec<_> = rules.within().filter_map(|id| Some((id, rules.get(id)?.within.clone()?))).collect();
        let sets = rules.sets.iter().enumerate().take(16);
        let keeps = sets.flat_map(|(set, rules)| rules.keep.selectors.iter().map(move |one| (set as u16, one.clone())));
        let keeps: Vec<_> = keeps.collect();
        let selectors = || {
            let own = whole.iter().map(|(_, _, selector)| selector).chain(regions.iter().map(|(_, selector)| selector));
            own.chain(within.iter().map(|(_, selector)| selector)).chain(keeps.iter().map(|(_, selector)| selector))
        };
        let reach = selectors().map(Selector::reach).max().unwrap_or(Reach::Own);
        // What kind of field it is depends on these.
        let of_fields = ["type", "autocomplete", "name", "id"].map(str::to_owned);
        let speaks_of = selectors().flat_map(|selector| selector.attributes().to_vec()).chain(of_fields).collect();
        Self { nodes: Nodes::default(), whole, regions, within, keeps, reach, speaks_of, changed: Vec::new() }
    }

    /// Remembers that an attribute has a new value, if that matters.
    pub(super) fn attribute_changed(&mut self, id: i64, name: &str) {
        if self.speaks_of.contains(name) {
            self.changed.push(id);
        }
    }

    /// Looks at all nodes for which something may hold now that did not before.
    pub(super) fn look(&mut self, dom: &Dom, changes: &Changes, finder: &Finder) {
        let restyled = std::mem::take(&mut self.changed);
        let fresh: HashSet<i64> = changes.nodes.iter().copied().collect();
        for id in &changes.nodes {
            self.evaluate(dom, *id, true, finder);
        }
        let mut roots: Vec<i64> = match self.reach {
            Reach::Own | Reach::Subtree => restyled,
            Reach::Siblings => {
                let around = restyled.iter().chain(changes.nodes.iter().filter(|_| !changes.whole));
                around.map(|id| dom.parent(*id).unwrap_or(*id)).collect()
            }
            Reach::Anything => {
                let top = |mut id: i64| {
                    while let Some(parent) = dom.parent(id) {
                        id = parent;
                    }
                    id
                };
                restyled.iter().chain(changes.nodes.first()).chain(changes.texts.first()).map(|id| top(*id)).collect()
            }
        };
        roots.sort_unstable();
        roots.dedup();
        for root in roots {
            // What holds for an element holds for all in it, so that more than the element is looked at in any case.
            let below: Vec<i64> = dom.subtree(root).collect();
            for id in below {
                self.evaluate(dom, id, fresh.contains(&id), finder);
            }
        }
    }

    fn evaluate(&mut self, dom: &Dom, id: i64, fresh: bool, finder: &Finder) {
        let Some(kind) = dom.kind(id) else { return };
        let around = dom.parent(id).and_then(|parent| self.nodes.get(parent));
        let known = self.nodes.get(id);
        let mut info = known.cloned().unwrap_or_default();
        let mut verdicts: Vec<Verdict> = info.verdict.into_iter().collect();
        let mut kept = 0;
        if let Some(around) = around {
            verdicts.extend(around.verdict.map(|verdict| Verdict { own: false, ..verdict }));
            info.inside |= around.inside;
            kept |= around.kept;
        }
        if let NodeKind::Element { tag, .. } = kind {
            let matching = |selector: &Selector| dom.matches(id, selector);
            let own = self.whole.iter().filter(|(_, _, selector)| matching(selector));
            verdicts.extend(own.map(|(rule, action, _)| Verdict { rule: *rule, action: *action, own: true }));
            let within = self.within.iter().enumerate().filter(|(_, (_, selector))| matching(selector));
            info.inside |= within.fold(0, |bits, (place, _)| bits | (1 << place));
            let keeps = self.keeps.iter().filter(|(_, selector)| matching(selector));
            kept |= keeps.fold(0, |bits, (set, _)| bits | (1 << set));
            let region = self.regions.iter().find(|(_, selector)| matching(selector));
            info.region = info.region.or(region.map(|(rule, _)| *rule));
            if matches!(tag.as_str(), "input" | "textarea" | "select") {
                let attribute = |name: &str| dom.attribute(id, name).map(str::to_owned);
                let inside = |rule: RuleId| {
                    let place = self.within.iter().position(|(within, _)| *within == rule);
                    place.is_some_and(|place| info.inside & (1 << place) != 0)
                };
                info.field = info.field.or_else(|| finder.field_inside(&attribute, &inside));
            }
        }
        // Who is kept at one time and not at another is not kept.
        info.kept = if fresh && known.is_none() { kept } else { info.kept & kept };
        info.role = role(dom, id, kind);
        let blocked = dom.attribute(id, "rr_width").is_some();
        let verdict = verdicts.into_iter().filter(|verdict| !is_spared(*verdict, info.kept)).reduce(Verdict::stronger);
        // Of what the recorder itself has blocked nothing is there but its size.
        info.verdict = verdict.filter(|verdict| !(blocked && verdict.action != Action::Remove));
        let matters = info.verdict.is_some() || info.region.is_some() || matches!(info.role, Role::Title | Role::Style);
        if !matters {
            info.role = Role::Other;
        }
        self.nodes.set(id, info);
    }

    /// What kind of place the text of a node is.
    pub(super) fn place(&self, id: i64) -> Place {
        match self.nodes.get(id).map(|info| info.role) {
            Some(Role::Title) => Place::Titles,
            Some(Role::Style) => Place::Styles,
            _ => Place::Text,
        }
    }

    /// Whether a rule of texts may look at a node at all.
    pub(super) fn allows(&self, id: i64, rule: RuleId) -> bool {
        let info = self.nodes.get(id);
        info.is_none_or(|info| info.kept & (1 << rule.set.min(15)) == 0) && self.inside(id, rule)
    }

    /// Whether a node is where a rule with `within` looks.
    pub(super) fn inside(&self, id: i64, rule: RuleId) -> bool {
        match self.within.iter().position(|(within, _)| *within == rule) {
            Some(place) => self.nodes.get(id).is_some_and(|info| info.inside & (1 << place) != 0),
            None => true,
        }
    }
}

/// What covers or removes holds for all that is in it: one cannot be kept and gone.
fn is_spared(verdict: Verdict, kept: u16) -> bool {
    matches!(verdict.action, Action::Mask | Action::Pseudonym) && kept & (1 << verdict.rule.set.min(15)) != 0
}

fn role(dom: &Dom, id: i64, kind: &NodeKind) -> Role {
    match kind {
        NodeKind::Element { tag, .. } => match tag.as_str() {
            "img" | "image" | "source" | "picture" => Role::Picture,
            "input" if dom.attribute(id, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("image")) => {
                Role::Picture
            }
            "canvas" => Role::Canvas,
            "iframe" | "frame" | "video" | "audio" | "object" | "embed" => Role::Embedded,
            _ => Role::Other,
        },
        NodeKind::Text { style: true } => Role::Style,
        NodeKind::Text { .. } | NodeKind::CData => match dom.parent(id).and_then(|parent| dom.tag(parent)) {
            Some("title") => Role::Title,
            Some("style") => Role::Style,
            _ => Role::Other,
        },
        _ => Role::Other,
    }
}
