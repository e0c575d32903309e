//! Events to the page as it was: nodes into the mirror, texts and values into the history.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::dom::{NodeKind, in_order};
use super::super::tape::{Kind, Value};
use super::history::{Slot, Written};
use super::{Survey, Typed};

/// Attributes that hold no text that somebody types: their versions are not followed.
const STILL: &[&str] = &[
    "style",
    "class",
    "d",
    "points",
    "transform",
    "src",
    "srcset",
    "href",
    "xlink:href",
    "_csstext",
    "rr_dataurl",
    "viewbox",
];

/// Texts that went from a place where the same event may put them anew.
type Orphans = HashMap<i64, VecDeque<Slot>>;

impl Survey<'_, '_, '_> {
    pub(super) fn full_snapshot(&mut self, event: u32, data: Value<'_>) {
        let before = self.typed_values();
        self.dom.clear();
        self.elements.nodes.begin(event);
        self.changes.whole = true;
        let Some(node) = data.get("node") else { return };
        self.history.set_aside();
        self.plant(event, node, None, None);
        // A snapshot in the middle of typing: the field goes on under another id.
        for (slot, key) in before {
            let again = self.changes.values.iter().find(|id| self.key_of(**id).as_ref() == Some(&key));
            if let Some(id) = again {
                self.history.resume(Slot::Value(*id), &slot);
            }
        }
        self.history.drop_aside();
    }

    pub(super) fn mutation(&mut self, event: u32, data: Value<'_>) {
        let list = |name| data.get(name).into_iter().flat_map(Value::elements);
        let added: HashSet<i64> = list("adds").filter_map(|add| add.get("node")?.get("id")?.integer()).collect();
        let mut orphans = Orphans::new();
        for removed in list("removes").filter_map(|remove| remove.get("id")?.integer()) {
            if !added.contains(&removed) {
                self.uproot(removed, &added, &mut orphans);
            }
        }
        for add in in_order(&list("adds").collect::<Vec<_>>()) {
            self.add(event, add);
        }
        self.adopt(&mut orphans, &added);
        for text in list("texts") {
            if let Some((id, value)) = text.get("id").and_then(Value::integer).zip(text.get("value")) {
                self.write(event, Slot::Text(id), value);
                self.changes.texts.push(id);
                let changed = self.history.has_changed(&Slot::Text(id));
                self.typed.extend(changed.then(|| Typed { written: written(event, value), node: id }));
            }
        }
        for change in list("attributes") {
            let Some(id) = change.get("id").and_then(Value::integer) else { continue };
            for (name, value) in change.get("attributes").into_iter().flat_map(Value::members) {
                self.attribute(event, id, &name.string().to_lowercase(), value);
            }
        }
    }

    pub(super) fn input(&mut self, event: u32, data: Value<'_>) {
        if let Some((id, text)) = data.get("id").and_then(Value::integer).zip(data.get("text")) {
            self.write(event, Slot::Value(id), text);
            self.changes.values.push(id);
            self.typed.push(Typed { written: written(event, text), node: id });
        }
    }

    fn write(&mut self, event: u32, slot: Slot, value: Value<'_>) {
        if value.kind() == Kind::String {
            self.history.write(slot, written(event, value));
        }
    }

    fn attribute(&mut self, event: u32, id: i64, name: &str, value: Value<'_>) {
        let text = plain(value);
        self.dom.set_attribute(id, name, text.as_deref());
        self.elements.attribute_changed(id, name);
        if name == "value" {
            self.write(event, Slot::Value(id), value);
            self.changes.values.push(id);
        } else if !STILL.contains(&name) && value.kind() == Kind::String {
            self.write(event, Slot::Attribute(id, name.into()), value);
            self.changes.attributes.push((id, name.into()));
        }
    }

    fn add(&mut self, event: u32, add: Value<'_>) {
        let number = |name| add.get(name).and_then(Value::integer);
        if let Some(node) = add.get("node") {
            self.plant(event, node, number("parentId"), number("nextId"));
        }
    }

    /// Puts a recorded node with all that is in it into the page.
    fn plant(&mut self, event: u32, node: Value<'_>, parent: Option<i64>, next: Option<i64>) {
        let mut waiting = vec![(node, parent, next)];
        while let Some((node, parent, next)) = waiting.pop() {
            let Some(id) = node.get("id").and_then(Value::integer) else { continue };
            let Some(kind) = kind_of(node) else { continue };
            let text = matches!(kind, NodeKind::Text { .. } | NodeKind::CData | NodeKind::Comment);
            self.dom.insert(id, parent, next, kind);
            self.changes.nodes.push(id);
            if text && let Some(content) = node.get("textContent") {
                self.write(event, Slot::Text(id), content);
                self.changes.texts.push(id);
            }
            let value = node.get("attributes").and_then(|attributes| attributes.get("value"));
            if let Some(value) = value.filter(|value| value.kind() == Kind::String) {
                self.write(event, Slot::Value(id), value);
                self.changes.values.push(id);
            }
            let from = waiting.len();
            let children = node.get("childNodes").into_iter().flat_map(Value::elements);
            waiting.extend(children.map(|child| (child, Some(id), None)));
            waiting[from..].reverse();
        }
    }

    /// Takes a node out, with what is in it and does not come again elsewhere.
    fn uproot(&mut self, id: i64, added: &HashSet<i64>, orphans: &mut Orphans) {
        let parent = self.dom.parent(id);
        let gone: Vec<i64> = self.dom.subtree(id).filter(|id| !added.contains(id)).collect();
        for node in &gone {
            for slot in [Slot::Text(*node), Slot::Value(*node)] {
                if self.history.text(&slot).is_none() {
                    continue;
                }
                match parent {
                    Some(parent) if !added.is_empty() => orphans.entry(parent).or_default().push_back(slot),
                    _ => self.history.forget(&slot),
                }
            }
        }
        self.dom.remove(id);
    }

    /// A page that draws a part of itself anew goes on with other nodes: the texts at the same place are versions of one another.
    fn adopt(&mut self, orphans: &mut Orphans, added: &HashSet<i64>) {
        if orphans.is_empty() {
            return;
        }
        for id in self.changes.nodes.clone() {
            for slot in [Slot::Text(id), Slot::Value(id)] {
                if self.history.text(&slot).is_none() {
                    continue;
                }
                let mut place = self.dom.parent(id);
                while let Some(parent) = place.filter(|parent| added.contains(parent)) {
                    place = self.dom.parent(parent);
                }
                let same_kind = |orphan: &Slot| std::mem::discriminant(orphan) == std::mem::discriminant(&slot);
                let Some(line) = place.and_then(|place| orphans.get_mut(&place)) else { continue };
                if let Some(first) = line.iter().position(same_kind).and_then(|first| line.remove(first)) {
                    self.history.continues(slot, &first);
                }
            }
        }
        for slot in orphans.drain().flat_map(|(_, slots)| slots) {
            self.history.forget(&slot);
        }
    }

    /// The fields that somebody has typed into, and by what they are known again in the next snapshot.
    fn typed_values(&self) -> Vec<(Slot, FieldKey)> {
        let changed = self.history.changed_values();
        changed.into_iter().filter_map(|id| Some((Slot::Value(id), self.key_of(id)?))).collect()
    }

    fn key_of(&self, id: i64) -> Option<FieldKey> {
        let attribute = |name| self.dom.attribute(id, name).unwrap_or_default().to_owned();
        let value = self.history.text(&Slot::Value(id))?.into_owned();
        Some([self.dom.tag(id)?.to_owned(), attribute("type"), attribute("name"), attribute("id"), value])
    }
}

/// Tag, type, name, id, value.
type FieldKey = [String; 5];

fn written(event: u32, value: Value<'_>) -> Written {
    let span = value.span();
    Written { event, start: span.start as u32, end: span.end as u32 }
}

fn kind_of(node: Value<'_>) -> Option<NodeKind> {
    Some(match node.get("type")?.integer()? {
        0 => NodeKind::Document,
        1 => NodeKind::Doctype,
        2 => NodeKind::Element {
            tag: node.get("tagName").map(|tag| tag.string().to_lowercase()).unwrap_or_default(),
            attributes: node
                .get("attributes")
                .into_iter()
                .flat_map(Value::members)
                .filter_map(|(name, value)| Some((name.string().to_lowercase(), plain(value)?)))
                .collect(),
            shadow_host: node.get("isShadowHost").is_some_and(|host| host.raw() == "true"),
        },
        3 => NodeKind::Text { style: node.get("isStyle").is_some_and(|style| style.raw() == "true") },
        4 => NodeKind::CData,
        5 => NodeKind::Comment,
        _ => return None,
    })
}

/// An attribute's value as the page has it. `None`: it has none.
fn plain(value: Value<'_>) -> Option<String> {
    match (value.kind(), value.raw()) {
        (Kind::String | Kind::Number, _) => Some(value.string().into_owned()),
        (Kind::Word, "true") | (Kind::Object, _) => Some(String::new()),
        _ => None,
    }
}
