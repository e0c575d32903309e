//! The first pass over a window: which nodes rules of elements hold for, and which parts of texts and fields are values that only the
//! page as a whole, or what was typed later, shows to be one.
//!
//! Nothing is changed yet, since what happens later decides what has to go earlier: a class that marks an element as private may be set
//! after it was shown, and the beginning of an address is typed before its end.

mod canvas;
mod elements;
mod fields;
mod flow;
mod history;
mod pages;

use std::collections::{BTreeSet, HashSet};

pub(super) use history::{Touched, Written, text_of};

use super::dom::Dom;
use super::find::{Finder, Found};
use super::info::Nodes;
use super::secrets::Secrets;
use super::taint::Taint;
use super::tape::Tape;
use super::{Place, Rules};
use crate::recording::{Event, EventKind, Incremental};
use canvas::Drawn;
use elements::Elements;
use fields::Fields;
use history::{History, Slot};

/// What the first pass found in a window.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) nodes: Nodes,
    /// Parts of strings to redact.
    pub(super) touched: Touched,
    /// Strings that somebody typed, as far as something typed there is redacted: while it was typed, the page may have shown it elsewhere.
    pub(super) typed: Vec<Typed>,
}

/// Something that somebody typed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed {
    pub(super) written: Written,
    /// The field, or the text node.
    pub(super) node: i64,
}

/// Looks through the events of a window.
pub(super) fn survey(events: &[Event], rules: &Rules, finder: &Finder, secrets: &mut Secrets<'_>) -> Findings {
    let mut survey = Survey {
        finder,
        secrets,
        dom: Dom::default(),
        history: History::new(events),
        elements: Elements::new(rules),
        fields: Fields::default(),
        drawn: Drawn::default(),
        changes: Changes::default(),
        typed: Vec::new(),
        rules,
    };
    let mut tape = Tape::default();
    for (place, event) in events.iter().enumerate() {
        let relevant = matches!(
            event.kind,
            EventKind::FullSnapshot
                | EventKind::Incremental(Incremental::Mutation | Incremental::Input | Incremental::CanvasMutation)
        );
        if relevant
            && let Some(json) = std::str::from_utf8(&event.json).ok()
            && let Some(value) = tape.read(json)
            && let Some(data) = value.get("data")
        {
            survey.event(place as u32, &event.kind, data);
        }
    }
    survey.fields.finish(survey.secrets);
    let Survey { history, elements, typed, .. } = survey;
    Findings { nodes: elements.nodes, touched: history.touched, typed }
}

/// See the module.
struct Survey<'e, 's, 'r> {
    rules: &'s Rules,
    finder: &'s Finder,
    secrets: &'s mut Secrets<'r>,
    dom: Dom,
    history: History<'e>,
    elements: Elements,
    fields: Fields,
    drawn: Drawn,
    changes: Changes,
    typed: Vec<Typed>,
}

/// What an event has changed.
#[derive(Debug, Default)]
struct Changes {
    /// The whole page is new.
    whole: bool,
    /// Nodes that were put in.
    nodes: Vec<i64>,
    /// Text nodes whose text is new.
    texts: Vec<i64>,
    /// Fields whose value is new.
    values: Vec<i64>,
    /// Attributes that are new: node and name.
    attributes: Vec<(i64, Box<str>)>,
}

impl Survey<'_, '_, '_> {
    fn event(&mut self, event: u32, kind: &EventKind, data: super::tape::Value<'_>) {
        self.changes = Changes::default();
        match kind {
            EventKind::FullSnapshot => self.full_snapshot(event, data),
            EventKind::Incremental(Incremental::Mutation) => self.mutation(event, data),
            EventKind::Incremental(Incremental::CanvasMutation) => return self.drawing(event, data),
            _ => self.input(event, data),
        }
        let changes = std::mem::take(&mut self.changes);
        self.elements.look(&self.dom, &changes, self.finder);
        self.values_of_elements(&changes);
        if self.finder.looks_at(Place::Text) || self.finder.looks_at(Place::Titles) {
            self.texts(&changes);
        }
        for id in &changes.values {
            self.slot(&Slot::Value(*id), *id, Place::Inputs);
        }
        for (id, name) in &changes.attributes {
            self.slot(&Slot::Attribute(*id, name.clone()), *id, Place::Attributes);
        }
    }

    /// Values that rules of elements and fields redact, noted so that they are found wherever else they stand.
    fn values_of_elements(&mut self, changes: &Changes) {
        for id in changes.nodes.iter().chain(&changes.texts) {
            let Some(verdict) = self.elements.nodes.get(*id).and_then(|info| info.verdict) else { continue };
            let everywhere = self.rules.get(verdict.rule).is_some_and(|rule| rule.everywhere);
            if everywhere && let Some(text) = self.history.text(&Slot::Text(*id)) {
                self.secrets.note_whole(verdict.rule, &text);
            }
        }
        for id in &changes.values {
            let Some(info) = self.elements.nodes.get(*id) else { continue };
            let rule = info.field.or(info.verdict.map(|verdict| verdict.rule));
            if let Some((rule, text)) = rule.zip(self.history.text(&Slot::Value(*id)))
                && self.rules.get(rule).is_some_and(|rule| rule.everywhere)
            {
                self.fields.holds(*id, rule, &text, self.secrets);
            }
        }
    }

    /// Looks for values in what is shown now where text has changed.
    fn texts(&mut self, changes: &Changes) {
        if changes.whole {
            if let Some(root) = changes.nodes.first() {
                self.flow(&[*root], true);
            }
            return;
        }
        // In order, so that the same recording is redacted to the same bytes.
        let scopes: BTreeSet<i64> = changes.texts.iter().map(|text| flow::scope(&self.dom, *text)).collect();
        let mut seen = HashSet::new();
        for scope in scopes {
            seen.extend(self.flow(&[scope], false));
        }
        for text in &changes.texts {
            if !seen.contains(text) {
                seen.extend(self.flow(&flow::nearby(&self.dom, *text), false));
                self.slot(&Slot::Text(*text), *text, self.elements.place(*text));
            }
        }
    }

    /// Looks for values in the text under `roots`; the text nodes that were looked at.
    fn flow(&mut self, roots: &[i64], whole: bool) -> Vec<i64> {
        let history = &self.history;
        let flow = flow::join(&self.dom, roots, whole, |node| history.text(&Slot::Text(node)));
        let places: Vec<_> = flow.pieces.iter().map(|piece| piece.start..piece.end).collect();
        for stretch in std::iter::once(0..flow.text.len()).chain(flow::hidden(&flow.text, &places)) {
            let text = flow.text.get(stretch.clone()).unwrap_or_default();
            for mut found in self.finder.find(text, Place::Text, &|_| true) {
                found.range = found.range.start + stretch.start..found.range.end + stretch.start;
                self.found_in(&flow, &found);
            }
        }
        for piece in &flow.pieces {
            // What stands directly before or after it in another node may hide what it is.
            self.slot(&Slot::Text(piece.node), piece.node, self.elements.place(piece.node));
        }
        flow.pieces.into_iter().map(|piece| piece.node).collect()
    }

    fn found_in(&mut self, flow: &flow::Flow, found: &Found) {
        let first = flow.pieces.partition_point(|piece| piece.end <= found.range.start);
        let pieces: Vec<_> = flow.pieces[first..].iter().take_while(|piece| piece.start < found.range.end).collect();
        if pieces.len() < 2 || !pieces.iter().any(|piece| self.elements.allows(piece.node, found.rule)) {
            // What lies in one node is found there.
            return;
        }
        let Some(raw) = flow.text.get(found.range.clone()) else { return };
        let secret = self.secrets.note(found.rule, raw, &found.value);
        for piece in pieces {
            let taint = Taint::of_part(&flow.text, &found.range, &(piece.start..piece.end), secret);
            self.history.found(&Slot::Text(piece.node), taint.as_slice());
        }
    }

    /// Looks for values in one text by itself.
    fn slot(&mut self, slot: &Slot, node: i64, place: Place) {
        let Some(text) = self.history.text(slot) else { return };
        let found = self.finder.find(&text, place, &|rule| self.elements.inside(node, rule));
        let mut taints = Vec::new();
        for one in found.iter().filter(|one| self.elements.allows(node, one.rule)) {
            let (Some(before), Some(raw)) = (text.get(..one.range.start), text.get(one.range.clone())) else {
                continue;
            };
            let start = before.chars().count() as u32;
            let secret = self.secrets.note(one.rule, raw, &one.value);
            taints.push(Taint { chars: start..start + raw.chars().count() as u32, secret, from: 0 });
        }
        if !taints.is_empty() {
            self.history.found(slot, &taints);
        }
    }
}
