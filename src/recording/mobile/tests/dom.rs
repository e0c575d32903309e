//! A page as a player would build it: full snapshots and mutations applied by rrweb's rules, and any breach of them a failure.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

#[derive(Default)]
pub(super) struct Dom {
    nodes: HashMap<u64, Node>,
    root: u64,
}

struct Node {
    parent: Option<u64>,
    tag: String,
    text: Option<String>,
    attributes: Map<String, Value>,
    children: Vec<u64>,
}

impl Dom {
    pub(super) fn apply(&mut self, event: &Value) {
        let data = &event["data"];
        match (event["type"].as_u64().unwrap(), data["source"].as_u64()) {
            (2, _) => {
                self.nodes.clear();
                self.root = data["node"]["id"].as_u64().unwrap();
                self.build(&data["node"], None);
            }
            (3, Some(0)) => self.mutate(data),
            (3, Some(2)) => {
                assert!(self.nodes.contains_key(&data["id"].as_u64().unwrap()), "a touch of a node that is not there");
            }
            _ => {}
        }
    }

    fn build(&mut self, node: &Value, parent: Option<u64>) -> u64 {
        let id = node["id"].as_u64().unwrap();
        let children = node["childNodes"].as_array().cloned().unwrap_or_default();
        let built = Node {
            parent,
            tag: node["tagName"].as_str().unwrap_or_default().to_owned(),
            text: node["textContent"].as_str().map(str::to_owned),
            attributes: node["attributes"].as_object().cloned().unwrap_or_default(),
            children: Vec::new(),
        };
        assert!(self.nodes.insert(id, built).is_none(), "node {id} is there twice");
        for child in &children {
            let child = self.build(child, Some(id));
            self.nodes.get_mut(&id).unwrap().children.push(child);
        }
        id
    }

    fn mutate(&mut self, data: &Value) {
        let list = |name: &str| data[name].as_array().unwrap_or_else(|| panic!("no list of {name}")).clone();
        let id = |item: &Value, name: &str| item[name].as_u64().unwrap();
        for removed in list("removes") {
            let (parent, node) = (id(&removed, "parentId"), id(&removed, "id"));
            assert_eq!(self.nodes[&node].parent, Some(parent), "{removed}");
            self.nodes.get_mut(&parent).unwrap().children.retain(|child| *child != node);
            self.forget(node);
        }
        for added in list("adds") {
            let parent = id(&added, "parentId");
            assert_eq!(
                added["node"]["childNodes"].as_array().map_or(0, Vec::len),
                0,
                "the player builds no trees here: {added}"
            );
            let node = self.build(&added["node"], Some(parent));
            let children = &mut self.nodes.get_mut(&parent).unwrap_or_else(|| panic!("no parent: {added}")).children;
            let place = added["nextId"].as_u64().map_or(children.len(), |next| {
                children.iter().position(|child| *child == next).unwrap_or_else(|| panic!("no next: {added}"))
            });
            children.insert(place, node);
        }
        for text in list("texts") {
            self.nodes.get_mut(&id(&text, "id")).unwrap().text = text["value"].as_str().map(str::to_owned);
        }
        for changed in list("attributes") {
            let node = self.nodes.get_mut(&id(&changed, "id")).unwrap();
            for (name, value) in changed["attributes"].as_object().unwrap() {
                if value.is_null() {
                    assert!(node.attributes.remove(name).is_some(), "{changed}");
                } else {
                    node.attributes.insert(name.clone(), value.clone());
                }
            }
        }
    }

    fn forget(&mut self, id: u64) {
        for child in self.nodes.remove(&id).unwrap().children {
            self.forget(child);
        }
    }

    /// The body as text without node numbers: equal for pages that look the same.
    pub(super) fn outline(&self) -> String {
        let body = self.nodes.values().find(|node| node.tag == "body").unwrap();
        let mut out = String::new();
        for child in &body.children {
            self.write(*child, &mut out);
        }
        out
    }

    fn write(&self, id: u64, out: &mut String) {
        let node = &self.nodes[&id];
        if let Some(text) = &node.text {
            out.push_str(text);
            return;
        }
        write!(out, "<{}", node.tag).unwrap();
        for (name, value) in &node.attributes {
            write!(out, " {name}={}", value.as_str().unwrap()).unwrap();
        }
        out.push('>');
        for child in &node.children {
            self.write(*child, out);
        }
        out.push_str("</>");
    }

    /// The values of an attribute, over all nodes.
    pub(super) fn attributes(&mut self, name: &str) -> Vec<String> {
        self.nodes.values().filter_map(|node| node.attributes.get(name)?.as_str().map(str::to_owned)).collect()
    }

    pub(super) fn has_tag(&self, tag: &str) -> bool {
        self.nodes.values().any(|node| node.tag == tag)
    }
}
