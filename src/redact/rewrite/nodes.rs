//! Recorded nodes: of full snapshots, and as mutations put them in and change them.

use super::super::Place;
use super::super::info::{Info, Role};
use super::super::tape::{Kind, Value};
use super::Page;

impl Page<'_, '_, '_> {
    /// A node with all that is in it.
    pub(super) fn tree(&mut self, root: Value<'_>) {
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            self.node(node);
            waiting.extend(node.get("childNodes").into_iter().flat_map(Value::elements));
        }
    }

    fn node(&mut self, node: Value<'_>) {
        let nodes = self.nodes;
        let info = node.get("id").and_then(Value::integer).and_then(|id| nodes.get(&id));
        let kind = node.get("type").and_then(Value::integer);
        let in_svg = node.get("isSVG").is_some_and(|svg| svg.raw() == "true");
        let tag = node.get("tagName").map(|tag| tag.string().to_lowercase());
        let own_style = node.get("isStyle").is_some_and(|style| style.raw() == "true");
        self.members(node, |page, name, value| match name {
            "type" | "id" | "rootId" | "childNodes" | "isSVG" | "isStyle" | "isShadow" | "isShadowHost"
            | "isCustom" | "needBlock" | "compatMode" => {}
            "attributes" => page.attributes(value, info, tag.as_deref(), in_svg && tag.as_deref() != Some("svg")),
            "textContent" if kind == Some(5) => page.content(value, info, Place::Text),
            "textContent" if own_style => page.content(value, info, Place::Styles),
            "textContent" => page.content(value, info, place_of(info)),
            "tagName" | "name" | "publicId" | "systemId" => page.string(value, Place::Attributes, info),
            _ => page.payload(value, Place::Attributes),
        });
    }

    /// The text of a text node.
    fn content(&mut self, value: Value<'_>, info: Option<&Info>, place: Place) {
        let Some(text) = value.as_string() else { return };
        match info.and_then(|info| info.verdict) {
            Some(verdict) if place != Place::Styles || verdict.hides() => {
                if let Some(text) = self.redactor.in_element(&text, verdict, place) {
                    self.edits.replace_string(value.span(), &text);
                }
            }
            _ if place == Place::Styles => self.css(value, info),
            _ => self.string(value, place, info),
        }
    }

    /// What a mutation puts in and changes.
    pub(super) fn mutation(&mut self, data: Value<'_>) {
        let nodes = self.nodes;
        self.members(data, |page, name, value| match name {
            "source" | "isAttachIframe" | "removes" => {}
            "adds" => {
                for add in value.elements() {
                    page.members(add, |page, name, value| match name {
                        "node" => page.tree(value),
                        "parentId" | "nextId" | "previousId" => {}
                        _ => page.payload(value, Place::Attributes),
                    });
                }
            }
            "texts" => {
                for text in value.elements() {
                    let info = text.get("id").and_then(Value::integer).and_then(|id| nodes.get(&id));
                    page.members(text, |page, name, value| match name {
                        "value" => page.content(value, info, place_of(info)),
                        "id" => {}
                        _ => page.payload(value, Place::Text),
                    });
                }
            }
            "attributes" => {
                for change in value.elements() {
                    let info = change.get("id").and_then(Value::integer).and_then(|id| nodes.get(&id));
                    page.members(change, |page, name, value| match name {
                        "attributes" if value.kind() == Kind::Object => page.changed_attributes(value, info),
                        "id" => {}
                        _ => page.payload(value, Place::Attributes),
                    });
                }
            }
            _ => page.payload(value, Place::Events),
        });
    }
}

fn place_of(info: Option<&Info>) -> Place {
    match info.map(|info| info.role) {
        Some(Role::Title) => Place::Titles,
        Some(Role::Style) => Place::Styles,
        _ => Place::Text,
    }
}
