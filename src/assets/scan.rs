//! Which resources a recording refers to. Pure: reads events, fetches nothing.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use url::Url;

use super::kind::{self, Kind};
use super::{css, without_fragment};
use crate::recording::{EventKind, Incremental, Recording, Window};

/// A resource that a recording names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What it is used as.
    pub kind: Kind,
    /// How often it is named.
    pub count: u64,
}

/// Resources by whole URL (http and https only, without fragment).
pub type References = BTreeMap<String, Reference>;

/// All windows of a recording.
pub fn recording(recording: &Recording) -> References {
    let mut references = References::new();
    for window in &recording.windows {
        let mut scan = Scan { references: &mut references, page: None, tags: HashMap::new() };
        scan.window(window);
    }
    references
}

/// What a style sheet at `base` refers to.
pub(super) fn sheet(text: &str, base: &Url) -> References {
    let mut references = References::new();
    Scan { references: &mut references, page: Some(base.clone()), tags: HashMap::new() }.css(text);
    references
}

/// What has to be known of a node when its attributes change later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// `img`, `input`, SVG `image`: its source is a picture.
    Picture,
    /// A style sheet, unless it carries its own text.
    Link,
    /// Text of a `<style>`.
    StyleText,
}

struct Scan<'a> {
    references: &'a mut References,
    page: Option<Url>,
    tags: HashMap<i64, Tag>,
}

impl Scan<'_> {
    fn window(&mut self, window: &Window) {
        for event in &window.events {
            let relevant = match &event.kind {
                EventKind::Meta { href, .. } => {
                    self.page = Url::parse(href).ok();
                    false
                }
                EventKind::FullSnapshot => {
                    self.tags.clear();
                    true
                }
                EventKind::Incremental(
                    Incremental::Mutation
                    | Incremental::StyleSheetRule
                    | Incremental::StyleDeclaration
                    | Incremental::AdoptedStyleSheet
                    | Incremental::Font,
                ) => true,
                _ => false,
            };
            if let Some(event) = relevant.then(|| serde_json::from_slice::<Value>(&event.json).ok()).flatten() {
                self.event(&event["data"]);
            }
        }
    }

    fn event(&mut self, data: &Value) {
        self.tree(&data["node"]);
        for add in list(&data["adds"]) {
            self.tree(&add["node"]);
            self.css(add["rule"].as_str().unwrap_or_default());
        }
        for change in list(&data["attributes"]) {
            let tag = change["id"].as_i64().and_then(|id| self.tags.get(&id).copied());
            self.attributes(tag, &change["attributes"]);
        }
        for text in list(&data["texts"]) {
            if text["id"].as_i64().is_some_and(|id| self.tags.get(&id) == Some(&Tag::StyleText)) {
                self.css(text["value"].as_str().unwrap_or_default());
            }
        }
        for style in list(&data["styles"]) {
            for rule in list(&style["rules"]) {
                self.css(rule["rule"].as_str().unwrap_or_default());
            }
        }
        for text in [&data["replace"], &data["replaceSync"], &data["set"]["value"], &data["fontSource"]] {
            self.css(text.as_str().unwrap_or_default());
        }
    }

    fn tree(&mut self, root: &Value) {
        // A stack, not recursion: the depth of a document is its author's choice.
        let mut waiting = vec![(root, false)];
        while let Some((node, in_style)) = waiting.pop() {
            let tag = node["tagName"].as_str().unwrap_or_default().to_ascii_lowercase();
            let id = node["id"].as_i64().unwrap_or_default();
            if node["type"] == 3 {
                if in_style || node["isStyle"] == true {
                    self.tags.insert(id, Tag::StyleText);
                    self.css(node["textContent"].as_str().unwrap_or_default());
                }
                continue;
            }
            let attributes = &node["attributes"];
            let known = match tag.as_str() {
                "img" | "input" | "image" | "feimage" => Some(Tag::Picture),
                "link" if is_sheet(attributes) => Some(Tag::Link),
                // Of a picture; those of video and audio have no srcset.
                "source" => Some(Tag::Picture).filter(|_| attributes["srcset"].is_string()),
                _ => None,
            };
            if let Some(known) = known {
                self.tags.insert(id, known);
            }
            self.attributes(known, attributes);
            for rule in list(&node["adoptedStyleSheets"]).flat_map(|sheet| list(&sheet["rules"])) {
                self.css(rule["rule"].as_str().unwrap_or_default());
            }
            waiting.extend(list(&node["childNodes"]).map(|child| (child, tag == "style")));
        }
    }

    fn attributes(&mut self, tag: Option<Tag>, attributes: &Value) {
        let text = |name: &str| attributes[name].as_str().unwrap_or_default();
        self.css(text("_cssText"));
        self.css(text("style"));
        // A changed style is recorded property by property, as a value or a pair of value and priority.
        for value in attributes["style"].as_object().into_iter().flat_map(|style| style.values()) {
            self.css(value.as_str().or_else(|| value[0].as_str()).unwrap_or_default());
        }
        self.add(text("poster"), Kind::Image);
        self.add(text("background"), Kind::Image);
        match tag {
            Some(Tag::Picture) => {
                for name in ["src", "href", "xlink:href"] {
                    self.add(text(name), Kind::Image);
                }
                for url in srcset(text("srcset")) {
                    self.add(url, Kind::Image);
                }
            }
            // With its own text, the player makes a `<style>` of it.
            Some(Tag::Link) if attributes["_cssText"].is_null() => self.add(text("href"), Kind::Style),
            _ => {}
        }
    }

    fn css(&mut self, text: &str) {
        if text.contains('(') || text.contains('@') {
            for found in css::urls(text) {
                let kind = if found.import { Kind::Style } else { kind_of_css_url(&found.url) };
                self.add(&found.url, kind);
            }
        }
    }

    fn add(&mut self, url: &str, kind: Kind) {
        if url.is_empty() || url.starts_with("data:") || url.starts_with('#') {
            return;
        }
        let whole = Url::parse(url).ok().or_else(|| self.page.as_ref()?.join(url).ok());
        if let Some(url) = whole.filter(|url| matches!(url.scheme(), "http" | "https")) {
            let reference = self.references.entry(without_fragment(url.as_str()).to_owned());
            reference.or_insert(Reference { kind, count: 0 }).count += 1;
        }
    }
}

fn kind_of_css_url(url: &str) -> Kind {
    match kind::of(url, &[]) {
        "" => Kind::Image,
        found if found.starts_with("font/") || found == "application/vnd.ms-fontobject" => Kind::Font,
        _ => Kind::Image,
    }
}

fn is_sheet(attributes: &Value) -> bool {
    let words = attributes["rel"].as_str().unwrap_or_default().to_ascii_lowercase();
    words.split_ascii_whitespace().any(|word| word == "stylesheet")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The URLs of a `srcset`: a URL ends at white space, or at a comma behind which white space or the end follows.
fn srcset(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace() || char == ',');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|char: char| char.is_ascii_whitespace()).unwrap_or(rest.len());
        let url = &rest[..end];
        let bare = url.trim_end_matches(',');
        rest = &rest[end..];
        if bare.len() == url.len() {
            // Its descriptor goes up to the next comma.
            rest = rest.find(',').map_or("", |comma| &rest[comma + 1..]);
        }
        Some(bare)
    })
}

#[cfg(test)]
mod tests {
    use crate::recording;

    fn found(events: &str) -> Vec<String> {
        let meta =
            r#"{"type":4,"timestamp":1,"data":{"href":"https://shop.example/de/cart","width":100,"height":100}}"#;
        let snapshot = r#"{"type":2,"timestamp":2,"data":{"node":{"type":0,"id":1,"childNodes":[{"type":2,"tagName":"html","attributes":{},"id":2,"childNodes":[]}]},"initialOffset":{"left":0,"top":0}}}"#;
        let json = format!("[{meta},{snapshot},{events}]");
        let opened = recording::open(json, &recording::Limits::default());
        opened
            .iter()
            .flat_map(super::recording)
            .map(|(url, one)| format!("{:?} {url} {}", one.kind, one.count))
            .collect()
    }

    fn added(node: &str) -> String {
        format!(
            r#"{{"type":3,"timestamp":3,"data":{{"source":0,"texts":[],"removes":[],"attributes":[],"adds":[{{"parentId":2,"nextId":null,"node":{node}}}]}}}}"#
        )
    }

    fn element(tag: &str, attributes: &str) -> String {
        added(&format!(r#"{{"type":2,"id":9,"tagName":"{tag}","childNodes":[],"attributes":{attributes}}}"#))
    }

    #[test]
    fn pictures_sheets_and_styles_are_found_wherever_they_are_named() {
        for (event, expected) in [
            (element("img", r#"{"src":"https://a.example/x.png#f","srcset":"b.png 1x, /c.png 2x,d,e.png"}"#),
                vec!["Image https://a.example/x.png 1", "Image https://shop.example/c.png 1", "Image https://shop.example/de/b.png 1", "Image https://shop.example/de/d,e.png 1"]),
            (element("link", r#"{"rel":"Stylesheet","href":"//a.example/s.css"}"#), vec!["Style https://a.example/s.css 1"]),
            (element("link", r#"{"rel":"stylesheet","href":"https://a.example/s.css","_cssText":"@import url(t.css);"}"#), vec!["Style https://shop.example/de/t.css 1"]),
            (element("link", r#"{"rel":"icon","href":"https://a.example/i.png"}"#), vec![]),
            (element("video", r#"{"src":"https://a.example/v.mp4","poster":"https://a.example/p.jpg"}"#), vec!["Image https://a.example/p.jpg 1"]),
            (element("script", r#"{"src":"https://a.example/s.js"}"#), vec![]),
            (element("iframe", r#"{"src":"https://a.example/"}"#), vec![]),
            (element("image", r#"{"xlink:href":"i.svg"}"#), vec!["Image https://shop.example/de/i.svg 1"]),
            (element("div", r#"{"style":"background:url(https://a.example/x.png),url(https://a.example/x.png)"}"#), vec!["Image https://a.example/x.png 2"]),
            (added(r#"{"type":2,"id":9,"tagName":"style","attributes":{},"childNodes":[{"type":3,"id":10,"textContent":"@font-face{src:url(f.woff2)}"}]}"#), vec!["Font https://shop.example/de/f.woff2 1"]),
            (added(r#"{"type":3,"id":10,"textContent":"not a style: url(f.png)"}"#), vec![]),
            (r#"{"type":3,"timestamp":3,"data":{"source":8,"id":5,"adds":[{"rule":"a{background:url(/r.png)}"}]}}"#.to_owned(), vec!["Image https://shop.example/r.png 1"]),
            (r#"{"type":3,"timestamp":3,"data":{"source":13,"id":5,"set":{"property":"background","value":"url(/r.png)"}}}"#.to_owned(), vec!["Image https://shop.example/r.png 1"]),
            (r#"{"type":3,"timestamp":3,"data":{"source":15,"id":5,"styleIds":[1],"styles":[{"styleId":1,"rules":[{"rule":"a{background:url(/r.png)}"}]}]}}"#.to_owned(), vec!["Image https://shop.example/r.png 1"]),
            (r#"{"type":3,"timestamp":3,"data":{"source":10,"family":"x","fontSource":"url(/f.ttf)","buffer":false}}"#.to_owned(), vec!["Font https://shop.example/f.ttf 1"]),
        ] {
            assert_eq!(found(&event), expected, "{event}");
        }
    }

    #[test]
    fn a_changed_attribute_counts_by_the_element_it_is_of() {
        let change = |attributes: &str| {
            format!(
                r#"{{"type":3,"timestamp":4,"data":{{"source":0,"texts":[],"removes":[],"adds":[],"attributes":[{{"id":9,"attributes":{attributes}}}]}}}}"#
            )
        };
        let src = change(r#"{"src":"https://a.example/2.png"}"#);
        let picture = format!("{},{src}", element("img", r#"{"src":"https://a.example/1.png"}"#));
        assert_eq!(found(&picture), ["Image https://a.example/1.png 1", "Image https://a.example/2.png 1"]);
        assert_eq!(found(&format!("{},{src}", element("iframe", "{}"))), [""; 0]);
        let style = change(r#"{"style":{"background":["url(/a.png)","important"],"mask":"url(/b.png)"}}"#);
        let expected = ["Image https://shop.example/a.png 1", "Image https://shop.example/b.png 1"];
        assert_eq!(found(&format!("{},{style}", element("div", "{}"))), expected);
    }
}
