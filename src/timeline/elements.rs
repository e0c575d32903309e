//! The page as people see it at a moment: what was clicked and typed in, and what it is called there. Followed from event to event.

mod described;
mod element;
mod name;
mod target;

use std::collections::HashMap;

use super::payload::{self, Reader};
use crate::recording::{Event, EventKind, Incremental};
use crate::redact::dom::{Dom, NodeKind, in_order};
use crate::redact::tape::Value;
pub(super) use described::{Described, Noun};
pub(super) use element::Element;
pub(super) use target::{Target, targets};

/// Attributes that say what an element does or is called.
const KEPT: [&str; 18] = [
    "id",
    "class",
    "type",
    "role",
    "onclick",
    "href",
    "contenteditable",
    "form",
    "for",
    "name",
    "value",
    "placeholder",
    "title",
    "alt",
    "aria-label",
    "aria-labelledby",
    "autocomplete",
    // Set by rrweb on what was a password field once.
    "data-rr-is-password",
];
/// Characters of an attribute or text that are kept.
const LONGEST_KEPT: usize = 200;
/// Steps upwards at most: pages may be deep, and are asked about again and again.
const HIGHEST: usize = 256;

/// The elements of a window by their numbers, and their texts.
#[derive(Debug, Default)]
pub(super) struct Page {
    dom: Dom,
    texts: HashMap<i64, String>,
    /// Which element had an `id` last: it may have another one by now.
    ids: HashMap<String, i64>,
    /// Which label is `for` an `id`; the same.
    labels: HashMap<String, i64>,
    /// The title element of the window's own document.
    title: Option<i64>,
}

impl Page {
    /// Takes in what an event says of the page.
    pub(super) fn follow(&mut self, event: &Event, reader: &mut Reader) {
        match event.kind {
            EventKind::FullSnapshot => {
                *self = Self::default();
                if let Some(root) = reader.data(event).and_then(|data| data.get("node")) {
                    self.add(None, None, root);
                }
            }
            EventKind::Incremental(Incremental::Mutation) => {
                if let Some(data) = reader.data(event) {
                    self.change(data);
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, mutation: Value<'_>) {
        let list = |name| mutation.get(name).into_iter().flat_map(Value::elements);
        for id in list("removes").filter_map(|removed| removed.get("id")?.integer()) {
            self.remove(id);
        }
        list("attributes").for_each(|change| self.set(change));
        for text in list("texts") {
            let id = text.get("id").and_then(Value::integer);
            if let Some(known) = id.and_then(|id| self.texts.get_mut(&id)) {
                *known = text.get("value").map(|value| beginning(&value.string())).unwrap_or_default();
            }
        }
        // After the removals, whichever order they are written in: a node that moves is in both lists.
        for added in in_order(&list("adds").collect::<Vec<_>>()) {
            let number = |name| added.get(name).and_then(Value::integer);
            if let Some(node) = added.get("node") {
                self.add(number("parentId"), number("nextId"), node);
            }
        }
    }

    fn remove(&mut self, id: i64) {
        for gone in self.dom.subtree(id) {
            self.texts.remove(&gone);
        }
        self.dom.remove(id);
    }

    fn set(&mut self, change: Value<'_>) {
        let Some((id, attributes)) = change.get("id").and_then(Value::integer).zip(change.get("attributes")) else {
            return;
        };
        let was_password = self.element(id).is_some_and(|element| element.is_type(&["password"]));
        for (name, value) in kept(attributes) {
            self.dom.set_attribute(id, name, value.as_deref());
            self.note(id, name, value.as_deref());
        }
        // Shown as plain text, it is the password still.
        if was_password {
            self.dom.set_attribute(id, "data-rr-is-password", Some("true"));
        }
    }

    /// What is looked for by attribute.
    fn note(&mut self, id: i64, name: &str, value: Option<&str>) {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return };
        match name {
            "id" => self.ids.insert(value.to_owned(), id),
            "for" if self.dom.tag(id) == Some("label") => self.labels.insert(value.to_owned(), id),
            _ => None,
        };
    }

    /// Adds a node with all that is in it.
    fn add(&mut self, parent: Option<i64>, next: Option<i64>, top: Value<'_>) {
        let mut waiting = vec![(parent, next, top)];
        while let Some((parent, next, node)) = waiting.pop() {
            let Recorded { id: Some(id), kind: Some(kind), text, children } = Recorded::read(node) else { continue };
            let noted: Vec<(String, String)> = match &kind {
                NodeKind::Element { attributes, .. } => {
                    attributes.iter().filter(|(name, _)| matches!(name.as_str(), "id" | "for")).cloned().collect()
                }
                _ => Vec::new(),
            };
            let is_title = matches!(&kind, NodeKind::Element { tag, .. } if tag == "title")
                && parent.is_some_and(|parent| self.dom.tag(parent) == Some("head"));
            if is_title {
                self.title.get_or_insert(id);
            }
            self.dom.insert(id, parent, next, kind);
            for (name, value) in noted {
                self.note(id, &name, Some(&value));
            }
            match text {
                Some(text) => drop(self.texts.insert(id, text)),
                None => drop(self.texts.remove(&id)),
            }
            let from = waiting.len();
            waiting.extend(children.into_iter().flat_map(Value::elements).map(|child| (Some(id), None, child)));
            if let Some(children) = waiting.get_mut(from..) {
                children.reverse();
            }
        }
    }

    fn element(&self, id: i64) -> Option<Element<'_>> {
        self.dom.tag(id).map(|_| Element { page: self, id })
    }

    /// A node's element and those around it, outwards.
    pub(super) fn around(&self, node: i64) -> impl Iterator<Item = Element<'_>> {
        let all = std::iter::successors(Some(node), |id| self.dom.parent(*id)).take(HIGHEST);
        all.filter_map(|id| self.element(id))
    }

    /// What does something where a node stands: the innermost button, link, field.
    pub(super) fn doing(&self, node: i64) -> Option<Element<'_>> {
        self.around(node)
            .find(|element| element.is_link() || element.is_clickable() || element.is_native() || element.holds_text())
    }

    /// The document's title, as far as it was recorded.
    pub(super) fn title(&self) -> Option<String> {
        let title = self.element(self.title?)?.text()?;
        Some(title).filter(|title| !title.is_empty())
    }
}

/// The members of a recorded node that are looked at, in one go.
#[derive(Default)]
struct Recorded<'t> {
    id: Option<i64>,
    kind: Option<NodeKind>,
    text: Option<String>,
    children: Option<Value<'t>>,
}

impl<'t> Recorded<'t> {
    fn read(node: Value<'t>) -> Self {
        let (mut recorded, mut kind, mut style) = (Self::default(), None, false);
        let (mut tag, mut attributes, mut content) = (String::new(), Vec::new(), None);
        for (key, value) in node.members() {
            match &*key.string() {
                "id" => recorded.id = value.integer(),
                "type" => kind = value.integer(),
                "tagName" => tag = payload::bounded(&value.string(), 40).to_ascii_lowercase(),
                "attributes" => {
                    // JSON allows a name again and again.
                    let first = kept(value).take(KEPT.len());
                    attributes = first.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
                }
                "textContent" => content = Some(value),
                "isStyle" => style = value.raw() == "true",
                "childNodes" => recorded.children = Some(value),
                _ => {}
            }
        }
        recorded.kind = match kind {
            Some(0) => Some(NodeKind::Document),
            Some(1) => Some(NodeKind::Doctype),
            Some(2) => Some(NodeKind::Element { tag, attributes, shadow_host: false }),
            Some(3) => Some(NodeKind::Text { style }),
            Some(4) => Some(NodeKind::CData),
            Some(5) => Some(NodeKind::Comment),
            _ => None,
        };
        if matches!(recorded.kind, Some(NodeKind::Text { style: false } | NodeKind::CData)) {
            recorded.text = content.map(|content| beginning(&content.string()));
        }
        recorded
    }
}

/// With its spaces: another text may follow.
fn beginning(text: &str) -> String {
    text.chars().take(LONGEST_KEPT).collect()
}

/// The attributes that are kept; `None` where one is taken away.
fn kept(attributes: Value<'_>) -> impl Iterator<Item = (&'static str, Option<String>)> + '_ {
    attributes.members().filter_map(|(key, value)| {
        let written = key.string();
        let name = KEPT.iter().find(|name| written.eq_ignore_ascii_case(name))?;
        // rrweb writes `true` for attributes without a value.
        let value = match &*value.string() {
            "null" if value.as_string().is_none() => None,
            text => Some(payload::bounded(text, LONGEST_KEPT)),
        };
        Some((*name, value))
    })
}
