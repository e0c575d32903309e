//! What was clicked: enough of the page to tell a button from a paragraph, followed from event to event.

use std::collections::HashMap;

use super::clicks::Click;
use super::payload::{self, Reader};
use crate::recording::{EventKind, Incremental, Window};
use crate::redact::tape::Value;

/// Attributes that say what an element does or is called.
const KEPT: [&str; 8] = ["id", "class", "type", "role", "onclick", "href", "contenteditable", "form"];
/// Characters of an attribute that are kept.
const LONGEST_ATTRIBUTE: usize = 200;
/// Steps upwards at most. Parents come from strangers: they may stand in a ring.
const HIGHEST: usize = 256;
/// Roles of things that are there to be clicked (WAI-ARIA, widget roles).
const CLICKABLE_ROLES: [&str; 9] =
    ["button", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "switch", "checkbox", "radio"];
/// Types of `<input>` that are clicked rather than filled in or answered by the browser itself (a file, a date, a colour).
const BUTTON_TYPES: [&str; 6] = ["submit", "button", "reset", "image", "checkbox", "radio"];

/// What stands where somebody clicked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    /// `button#pay.primary`: what does something there, or else the element itself.
    pub name: String,
    /// It looks as if a click would change something that a recording shows.
    pub looks_clickable: bool,
    /// It sends a form.
    pub submits: bool,
    /// Text is written or selected in it.
    pub holds_text: bool,
}

#[derive(Debug)]
struct Element {
    parent: i64,
    /// In lower case; empty for what is no element.
    tag: String,
    attributes: Vec<(&'static str, String)>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    fn is_type(&self, types: &[&str]) -> bool {
        self.attribute("type").is_some_and(|kind| types.iter().any(|one| kind.eq_ignore_ascii_case(one)))
    }

    /// A link that goes somewhere: what comes of it may be in another program, or another tab.
    fn is_link(&self) -> bool {
        let goes = |href: &str| !href.is_empty() && !href.ends_with('#') && !href.starts_with("javascript:");
        matches!(self.tag.as_str(), "a" | "area") && self.attribute("href").is_some_and(goes)
    }

    fn is_clickable(&self) -> bool {
        match self.tag.as_str() {
            "button" | "summary" => true,
            "input" => self.is_type(&BUTTON_TYPES),
            "a" => !self.is_link() && self.attribute("href").is_some(),
            _ => {
                let role = self.attribute("role").unwrap_or_default();
                self.attribute("onclick").is_some() || CLICKABLE_ROLES.contains(&role)
            }
        }
    }

    fn holds_text(&self) -> bool {
        let is_field = match self.tag.as_str() {
            "textarea" => true,
            "input" => !self.is_type(&BUTTON_TYPES),
            _ => false,
        };
        is_field || self.attribute("contenteditable").is_some_and(|value| !value.eq_ignore_ascii_case("false"))
    }

    /// Whether the browser answers it by itself, with nothing that is recorded.
    fn is_native(&self) -> bool {
        matches!(self.tag.as_str(), "select" | "option" | "video" | "audio" | "iframe" | "object" | "embed")
    }

    fn name(&self) -> String {
        let mut name = self.tag.clone();
        if let Some(id) = self.attribute("id").filter(|id| !id.is_empty()) {
            name = format!("{name}#{id}");
        } else if let Some(class) = self.attribute("class").and_then(|classes| classes.split_whitespace().next()) {
            name = format!("{name}.{class}");
        }
        payload::bounded(&name, 80)
    }
}

/// The elements of a window by their numbers.
#[derive(Debug, Default)]
struct Page {
    elements: HashMap<i64, Element>,
}

/// What each click hit; `None` where the recording does not have it.
pub(super) fn targets(window: &Window, clicks: &[Click], reader: &mut Reader) -> Vec<Option<Target>> {
    let mut page = Page::default();
    let mut targets = Vec::with_capacity(clicks.len());
    let mut events = window.events.iter().enumerate().peekable();
    for click in clicks {
        while let Some((_, event)) = events.next_if(|(index, _)| *index < click.event) {
            match event.kind {
                EventKind::FullSnapshot => {
                    page.elements.clear();
                    if let Some(root) = reader.data(event).and_then(|data| data.get("node")) {
                        page.add(0, root);
                    }
                }
                EventKind::Incremental(Incremental::Mutation) => {
                    if let Some(data) = reader.data(event) {
                        page.change(data);
                    }
                }
                _ => {}
            }
        }
        targets.push(page.target(click.node));
    }
    targets
}

impl Page {
    fn change(&mut self, mutation: Value<'_>) {
        for (key, list) in mutation.members() {
            match &*key.string() {
                "removes" => {
                    for id in list.elements().filter_map(|removed| removed.get("id")?.integer()) {
                        self.elements.remove(&id);
                    }
                }
                "attributes" => list.elements().for_each(|change| self.set(change)),
                _ => {}
            }
        }
        // After the removals, whichever order they are written in: a node that moves is in both lists.
        for added in mutation.get("adds").into_iter().flat_map(Value::elements) {
            if let Some(node) = added.get("node") {
                self.add(added.get("parentId").and_then(Value::integer).unwrap_or_default(), node);
            }
        }
    }

    fn set(&mut self, change: Value<'_>) {
        let element = change.get("id").and_then(Value::integer).and_then(|id| self.elements.get_mut(&id));
        let (Some(element), Some(attributes)) = (element, change.get("attributes")) else { return };
        for (name, value) in kept(attributes) {
            element.attributes.retain(|(known, _)| *known != name);
            element.attributes.extend(value.map(|value| (name, value)));
        }
    }

    /// Adds a node with all that is in it.
    fn add(&mut self, parent: i64, top: Value<'_>) {
        let mut waiting = vec![(parent, top)];
        while let Some((parent, node)) = waiting.pop() {
            let (mut id, mut tag, mut attributes, mut children) = (None, String::new(), Vec::new(), None);
            for (key, value) in node.members() {
                match &*key.string() {
                    "id" => id = value.integer(),
                    "tagName" => tag = payload::bounded(&value.string(), 40).to_ascii_lowercase(),
                    "attributes" => {
                        // JSON allows a name again and again.
                        let first = kept(value).take(KEPT.len());
                        attributes = first.filter_map(|(name, value)| Some((name, value?))).collect();
                    }
                    "childNodes" => children = Some(value),
                    _ => {}
                }
            }
            let Some(id) = id else { continue };
            self.elements.insert(id, Element { parent, tag, attributes });
            waiting.extend(children.into_iter().flat_map(Value::elements).map(|child| (id, child)));
        }
    }

    /// A node's element and those around it, outwards.
    fn around(&self, node: i64) -> impl Iterator<Item = &Element> {
        let next = |element: &&Element| self.elements.get(&element.parent);
        std::iter::successors(self.elements.get(&node), next).take(HIGHEST).filter(|element| !element.tag.is_empty())
    }

    fn target(&self, node: i64) -> Option<Target> {
        let itself = self.around(node).next()?;
        let holds_text = self.around(node).any(Element::holds_text);
        let does = |element: &&Element| {
            element.is_link() || element.is_clickable() || element.is_native() || element.holds_text()
        };
        let doing = self.around(node).find(does);
        let submits = doing.is_some_and(|element| {
            let in_form = || element.attribute("form").is_some() || self.around(node).any(|outer| outer.tag == "form");
            match element.tag.as_str() {
                "button" => in_form() && (element.attribute("type").is_none() || element.is_type(&["submit"])),
                "input" => in_form() && element.is_type(&["submit", "image"]),
                _ => false,
            }
        });
        let in_link = self.around(node).any(Element::is_link);
        let looks_clickable = !in_link && doing.is_some_and(Element::is_clickable);
        Some(Target { name: doing.unwrap_or(itself).name(), looks_clickable, submits, holds_text })
    }
}

/// The attributes that are kept; `None` where one is taken away.
fn kept(attributes: Value<'_>) -> impl Iterator<Item = (&'static str, Option<String>)> + '_ {
    attributes.members().filter_map(|(key, value)| {
        let written = key.string();
        let name = KEPT.iter().find(|name| written.eq_ignore_ascii_case(name))?;
        // rrweb writes `true` for attributes without a value.
        let value = match &*value.string() {
            "null" if value.as_string().is_none() => None,
            text => Some(payload::bounded(text, LONGEST_ATTRIBUTE)),
        };
        Some((*name, value))
    })
}
