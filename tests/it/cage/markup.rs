//! Attacks are written down as the HTML that they would be on a page; this makes recorded nodes of it. No more of HTML is understood than the tables need.

use serde_json::{Map, Value, json};

use crate::program::recording::Nodes;

/// A node as it was written.
#[derive(Debug)]
pub(super) enum Markup {
    Element {
        tag: String,
        attributes: Map<String, Value>,
        inside: Vec<Markup>,
        /// SVG's names, rather than HTML's.
        is_svg: bool,
    },
    Text(String),
}

/// Elements without an end.
const VOID: [&str; 13] =
    ["img", "input", "link", "meta", "base", "source", "track", "embed", "area", "frame", "bgsound", "param", "br"];
/// What stands in them is text up to their end.
const RAW: [&str; 2] = ["script", "style"];

/// Reads all of `text`. Elements that are not closed end where what they stand in ends.
pub(super) fn read(text: &str) -> Vec<Markup> {
    let mut rest = text;
    let nodes = content(&mut rest, false);
    assert_eq!(rest, "", "{text}");
    nodes
}

fn content(rest: &mut &str, in_svg: bool) -> Vec<Markup> {
    let mut nodes = Vec::new();
    while !rest.is_empty() && !rest.starts_with("</") {
        if rest.starts_with('<') {
            nodes.push(element(rest, in_svg));
        } else {
            nodes.push(Markup::Text(until(rest, "<")));
        }
    }
    nodes
}

/// Takes what stands before `end`, or all.
fn until(rest: &mut &str, end: &str) -> String {
    let (taken, left) = rest.split_at(rest.find(end).unwrap_or(rest.len()));
    *rest = left;
    taken.to_owned()
}

fn element(rest: &mut &str, in_svg: bool) -> Markup {
    *rest = &rest[1..];
    let tag = until_any(rest, &[' ', '>', '/']);
    let is_svg = in_svg || tag == "svg";
    let mut attributes = Map::new();
    loop {
        *rest = rest.trim_start();
        if let Some(left) = rest.strip_prefix("/>") {
            *rest = left;
            return Markup::Element { tag, attributes, inside: Vec::new(), is_svg };
        }
        if let Some(left) = rest.strip_prefix('>') {
            *rest = left;
            break;
        }
        let name = until_any(rest, &['=', ' ', '>']);
        assert!(!name.is_empty(), "{rest}");
        let value = match rest.strip_prefix('=') {
            None => String::new(),
            Some(left) => {
                *rest = left;
                value(rest)
            }
        };
        attributes.insert(name, json!(value));
    }
    let lower = tag.to_lowercase();
    let inside = if VOID.contains(&lower.as_str()) {
        return Markup::Element { tag, attributes, inside: Vec::new(), is_svg };
    } else if RAW.contains(&lower.as_str()) {
        let text = until(rest, "</");
        if text.is_empty() { Vec::new() } else { vec![Markup::Text(text)] }
    } else {
        content(rest, is_svg && tag != "foreignObject")
    };
    let end = format!("</{tag}>");
    *rest = rest.strip_prefix(end.as_str()).unwrap_or(rest);
    Markup::Element { tag, attributes, inside, is_svg }
}

fn value(rest: &mut &str) -> String {
    for quote in ['"', '\''] {
        if let Some(left) = rest.strip_prefix(quote) {
            let (value, left) = left.split_once(quote).unwrap();
            *rest = left;
            return value.to_owned();
        }
    }
    until_any(rest, &[' ', '>'])
}

fn until_any(rest: &mut &str, ends: &[char]) -> String {
    let (taken, left) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
    *rest = left;
    taken.to_owned()
}

/// What is said of nodes only after they were built without it.
#[derive(Default)]
pub(super) struct Later {
    /// Node ids and attributes.
    pub(super) attributes: Vec<Value>,
    /// Node ids and texts.
    pub(super) texts: Vec<Value>,
}

impl Markup {
    /// The node as recorders have it. With `later`, attributes and texts are put there instead.
    pub(super) fn node(&self, nodes: &mut Nodes, in_style: bool, mut later: Option<&mut Later>) -> Value {
        match self {
            Self::Text(text) => {
                let shown = if later.is_some() { "" } else { text };
                let node = if in_style { nodes.css(shown) } else { nodes.text(shown) };
                if let Some(later) = later.as_mut() {
                    later.texts.push(json!({"id": node["id"], "value": text}));
                }
                node
            }
            Self::Element { tag, attributes, inside, is_svg } => {
                let is_style = tag.eq_ignore_ascii_case("style");
                let children = inside.iter().map(|one| one.node(nodes, is_style, later.as_deref_mut())).collect();
                let shown = if later.is_some() { json!({}) } else { json!(attributes) };
                let node = if *is_svg { nodes.svg(tag, shown, children) } else { nodes.element(tag, shown, children) };
                if let Some(later) = later.filter(|_| !attributes.is_empty()) {
                    later.attributes.push(json!({"id": node["id"], "attributes": attributes}));
                }
                node
            }
        }
    }
}

#[test]
fn what_is_written_down_is_what_is_recorded() {
    let mut nodes = Nodes::default();
    let text =
        "<div a=1 b='x y' C><img src=i>t<svg><set to=\"<x>\"/><foreignObject><p>u</svg></div><script>a < b</script>";
    let built: Vec<Value> = read(text).iter().map(|one| one.node(&mut nodes, false, None)).collect();
    let [div, script] = built.as_slice() else { panic!("{built:#?}") };
    assert_eq!(div["attributes"], json!({"a": "1", "b": "x y", "C": ""}));
    let tags: Vec<&Value> = div["childNodes"].as_array().unwrap().iter().map(|one| &one["tagName"]).collect();
    assert_eq!(tags, [&json!("img"), &Value::Null, &json!("svg")]);
    let svg = &div["childNodes"][2]["childNodes"];
    assert_eq!((&svg[0]["attributes"]["to"], &svg[0]["isSVG"]), (&json!("<x>"), &json!(true)));
    assert_eq!((&svg[1]["childNodes"][0]["tagName"], &svg[1]["childNodes"][0]["isSVG"]), (&json!("p"), &Value::Null));
    assert_eq!(script["childNodes"][0]["textContent"], "a < b");
    let mut later = Later::default();
    let bare = read("<p id=x>t</p>")[0].node(&mut nodes, false, Some(&mut later));
    assert_eq!((&bare["attributes"], &bare["childNodes"][0]["textContent"]), (&json!({}), &json!("")));
    assert_eq!((&later.attributes[0]["attributes"]["id"], &later.texts[0]["value"]), (&json!("x"), &json!("t")));
}
