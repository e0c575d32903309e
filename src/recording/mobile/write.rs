//! Nodes as rrweb's JSON (`serializedNodeWithId` of rrweb-snapshot).

use std::fmt::Write as _;

use super::node::{Element, Kept, Node, Value, text_digest};

/// Text as a JSON string.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (place, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..place]);
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{byte:04x}");
        plain = place + 1;
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// A comma, unless `out` ends where a list or object begins.
pub(super) fn comma(out: &mut String) {
    if !out.ends_with(['[', '{']) {
        out.push(',');
    }
}

pub(super) fn value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Text(text) => string(out, text),
        Value::Picture(picture) => {
            // Its characters were looked at: none needs escaping.
            out.reserve(picture.base64.len() + 32);
            for part in ["\"data:", picture.media, ";base64,", &picture.base64, "\""] {
                out.push_str(part);
            }
        }
    }
}

/// Writes an element up to its open list of children; `]}` has to follow them.
pub(super) fn open(out: &mut String, element: &Element<'_>, id: u64) -> Kept {
    out.push_str(r#"{"type":2,"tagName":""#);
    out.push_str(element.tag);
    out.push_str(r#"","attributes":{"#);
    let mut values = Vec::with_capacity(element.attributes.len());
    for (name, attribute) in &element.attributes {
        comma(out);
        string(out, name);
        out.push(':');
        value(out, attribute);
        values.push((*name, attribute.digest()));
    }
    let _ = write!(out, r#"}},"id":{id}"#);
    if element.is_svg {
        out.push_str(r#","isSVG":true"#);
    }
    out.push_str(r#","childNodes":["#);
    Kept { id, tag: Some(element.tag), values, content: Vec::new() }
}

pub(super) fn text(out: &mut String, text: &str, id: u64) -> Kept {
    out.push_str(r#"{"type":3,"textContent":"#);
    string(out, text);
    let _ = write!(out, r#","id":{id}}}"#);
    Kept { id, tag: None, values: vec![("", text_digest(text))], content: Vec::new() }
}

/// Writes what an element holds of its own, each with what is in it. Recursion is as deep as a drawing of ours, not as the recording.
pub(super) fn content(out: &mut String, nodes: &[Node<'_>], next_id: &mut impl FnMut() -> u64) -> Vec<Kept> {
    let mut kept = Vec::with_capacity(nodes.len());
    for node in nodes {
        comma(out);
        kept.push(match node {
            Node::Text(characters) => text(out, characters, next_id()),
            Node::Element(element) => {
                let mut parent = open(out, element, next_id());
                parent.content = content(out, &element.content, next_id);
                out.push_str("]}");
                parent
            }
        });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_json_string_that_says_the_same() {
        for text in ["", "plain", "a\"b\\c\n\u{0}\u{1f}\u{7f}é漢🎉</script>", "\\\"", "\u{2028}"] {
            let mut out = String::new();
            string(&mut out, text);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
