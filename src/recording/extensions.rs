//! Takes out what browser extensions had put into the recorded page.
//!
//! Their frames and scripts cannot be loaded by anybody else, and some break playback. A node is theirs if it loads from
//! an extension's own address, or if it carries a name that PostHog's player knows to break it
//! (`common/replay-shared/src/snapshot-processing/chrome-extension-stripping.ts`).
//!
//! The node is emptied, not removed: later mutations place other nodes before or into it by its id, and rrweb's replayer
//! retries without end to place a node next to one that is not there. `<template>` shows and loads nothing.

use bytes::Bytes;
use memchr::memmem;

use super::repair::RepairLog;
use super::{Event, EventKind, Incremental, RepairKind};

/// In the addresses of every browser's extensions (`chrome-extension://`, `moz-extension://`, `safari-web-extension://`).
const ADDRESS: &str = "-extension:";
/// In the id or tag name of elements of "Snap&Read", "AITOPIA" and "Sublime".
const NAMES: [&str; 3] = ["dji-sru", "aitopia", "sublime-root"];
/// What an emptied node becomes.
const EMPTY: &str = r#"{"type":2,"tagName":"template","attributes":{},"childNodes":[],"id":"#;

/// Empties the nodes of extensions in full snapshots and mutations. Events that hold no such word are not looked into.
pub(super) fn strip(events: &mut [Event], repairs: &mut RepairLog) {
    let finders: Vec<_> = [ADDRESS].into_iter().chain(NAMES).map(memmem::Finder::new).collect();
    for event in events {
        let may_hold = matches!(event.kind, EventKind::FullSnapshot | EventKind::Incremental(Incremental::Mutation))
            && finders.iter().any(|finder| finder.find(&event.json).is_some());
        if !may_hold {
            continue;
        }
        let Some((json, count)) = std::str::from_utf8(&event.json).ok().and_then(stripped) else {
            continue;
        };
        event.json = Bytes::from(json.into_bytes().into_boxed_slice());
        repairs.note_many(RepairKind::ExtensionNodes, count, Some(event.index));
    }
}

/// The event with its extension nodes emptied, and how many there were. `None` if there are none.
fn stripped(text: &str) -> Option<(String, u64)> {
    let found = foreign_nodes(text);
    if found.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for node in &found {
        out.push_str(text.get(copied..node.start)?);
        out.extend([EMPTY, node.id, "}"]);
        copied = node.end;
    }
    out.push_str(text.get(copied..)?);
    Some((out, found.len() as u64))
}

/// A node to empty: where it stands, and its id.
struct Foreign<'a> {
    start: usize,
    end: usize,
    id: &'a str,
}

/// An object or array that is not closed yet.
#[derive(Default)]
struct Open<'a> {
    start: usize,
    /// The key that it is the value of.
    role: &'a str,
    /// Whether it is an object.
    keyed: bool,
    /// The last key in it.
    key: &'a str,
    tag: Option<&'a str>,
    id: Option<&'a str>,
    foreign: bool,
}

/// The outermost extension nodes, in order. Steps through with a stack of its own: pages are nested deeper than a thread's is high.
fn foreign_nodes(text: &str) -> Vec<Foreign<'_>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Foreign<'_>> = Vec::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'{' | b'[' => {
                let role = open.last().map_or("", |outer| outer.key);
                open.push(Open { start, role, keyed: *byte == b'{', ..Open::default() });
                at += 1;
            }
            b'}' | b']' => {
                at += 1;
                let Some(closed) = open.pop() else {
                    break;
                };
                if let (true, Some(id), Some(tag)) = (closed.foreign, closed.id, closed.tag)
                    && !is_frame_of_the_page(tag)
                {
                    // Those inside it go with it.
                    while found.last().is_some_and(|inner| inner.start > closed.start) {
                        found.pop();
                    }
                    found.push(Foreign { start: closed.start, end: at, id });
                }
            }
            b'"' => {
                at = end_of_string(bytes, at);
                let string = text.get(start + 1..at.saturating_sub(1)).unwrap_or_default();
                let is_key = bytes[at..].trim_ascii_start().first() == Some(&b':');
                let depth = open.len();
                match open.last_mut() {
                    Some(inner) if inner.keyed && is_key => inner.key = string,
                    Some(inner) if inner.keyed && inner.key == "tagName" => {
                        inner.tag = Some(string);
                        inner.foreign |= NAMES.iter().any(|name| string.contains(name));
                    }
                    Some(inner) if inner.keyed && inner.role == "attributes" => {
                        let foreign = is_foreign(inner.key, string);
                        if let Some(node) = depth.checked_sub(2).and_then(|outer| open.get_mut(outer)) {
                            node.foreign |= foreign;
                        }
                    }
                    _ => {}
                }
            }
            b'-' | b'0'..=b'9' => {
                let rest = &bytes[at..];
                at += rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']')).unwrap_or(rest.len());
                if let Some(inner) = open.last_mut().filter(|inner| inner.keyed && inner.key == "id") {
                    inner.id = text.get(start..at).map(str::trim);
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// Whether an attribute makes its element an extension's. A link to an extension's page may be the page's own: see [`is_frame_of_the_page`].
fn is_foreign(attribute: &str, value: &str) -> bool {
    match attribute {
        "src" | "href" | "rr_src" | "data" | "xlink:href" => value
            .split_once("-extension:")
            .is_some_and(|(scheme, _)| scheme.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')),
        "id" => NAMES.iter().any(|name| value.contains(name)),
        _ => false,
    }
}

/// Elements that stay whatever they carry: the page's frame, and links.
fn is_frame_of_the_page(tag: &str) -> bool {
    matches!(tag, "html" | "head" | "body" | "a" | "area")
}

/// The place after the string that begins at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}
