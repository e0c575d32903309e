//! Keys that a recording tells of, other than those that only write text.
//!
//! rrweb records what stands in fields, not keys. Sentry's recorder tells of keys in breadcrumbs of the category `ui.keyDown` (its
//! `data` has `key`, `ctrlKey`, `metaKey`, `altKey` and `shiftKey`); others can, in custom events called as in [`TAGS`] with the
//! members of a DOM `KeyboardEvent`. A single letter without Ctrl, Alt or Meta may be part of a text, a password even: it is left out.

use super::payload::{Reader, text};
use crate::recording::{Event, EventKind, Recording, SessionTime};
use crate::redact::tape::Value;

/// Custom events that tell of a key.
const TAGS: [&str; 4] = ["keydown", "keypress", "hotkey", "shortcut"];
/// What is written on a cap, characters.
const LONGEST: usize = 12;

/// Keys pressed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPress {
    /// When.
    pub at: SessionTime,
    /// Index into [`Recording::windows`].
    pub window: usize,
    /// What is written on them: modifiers first, in their usual order.
    pub caps: Vec<String>,
}

/// The presses of a recording, by time.
pub fn key_presses(recording: &Recording) -> Vec<KeyPress> {
    let mac = recording.user_agent().is_some_and(|agent| agent.contains("Mac OS X"));
    let mut reader = Reader::default();
    let mut presses = Vec::new();
    for (index, window) in recording.windows.iter().enumerate() {
        for event in &window.events {
            if let Some(caps) = caps(event, mac, &mut reader) {
                presses.push(KeyPress { at: event.at, window: index, caps });
            }
        }
    }
    presses.sort_by_key(|press| press.at);
    presses
}

/// What is written on the keys that an event tells of; on those of a Mac if `mac`.
pub(super) fn caps(event: &Event, mac: bool, reader: &mut Reader) -> Option<Vec<String>> {
    let EventKind::Custom { tag } = &event.kind else { return None };
    if tag == "breadcrumb" {
        let crumb = reader.payload(event)?;
        let is_key = text(crumb, &["category"]).as_deref() == Some("ui.keyDown");
        return if is_key { named(crumb.get("data")?, mac) } else { None };
    }
    if TAGS.contains(&tag.as_str()) { named(reader.payload(event)?, mac) } else { None }
}

fn named(press: Value<'_>, mac: bool) -> Option<Vec<String>> {
    let key = press.get("key")?.as_string()?;
    let is_held = |name: &str| press.get(name).is_some_and(|held| held.raw() == "true");
    let (control, meta, alternate) = (is_held("ctrlKey"), is_held("metaKey"), is_held("altKey"));
    let letters = key.chars().count();
    if letters == 0 || letters > LONGEST || (letters == 1 && !(control || meta || alternate)) {
        return None;
    }
    let modifiers = [
        (control, if mac { "⌃" } else { "Ctrl" }),
        (alternate, if mac { "⌥" } else { "Alt" }),
        (is_held("shiftKey"), if mac { "⇧" } else { "Shift" }),
        (meta, if mac { "⌘" } else { "Meta" }),
    ];
    let mut caps: Vec<String> = modifiers.iter().filter(|(held, _)| *held).map(|(_, cap)| (*cap).to_owned()).collect();
    if !["Control", "Alt", "Shift", "Meta"].contains(&&*key) {
        caps.push(cap(&key));
    }
    (!caps.is_empty()).then_some(caps)
}

/// What is written on a key (names of the W3C's *UI Events key Values*).
fn cap(key: &str) -> String {
    let cap = match key {
        "Escape" => "Esc",
        "Enter" => "Enter ↵",
        "Delete" => "Del",
        "PageUp" => "Page ↑",
        "PageDown" => "Page ↓",
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        " " => "Space",
        other => return if other.chars().count() == 1 { other.to_uppercase() } else { other.to_owned() },
    };
    cap.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pressed(events: &[serde_json::Value]) -> Vec<Vec<String>> {
        let mut all = vec![
            json!({"type": 4, "timestamp": 1000, "data": {"href": "https://a.test/", "width": 800, "height": 600}}),
            json!({"type": 2, "timestamp": 1001, "data": {"node": {"type": 0, "id": 1, "childNodes": []}, "initialOffset": {"top": 0, "left": 0}}}),
        ];
        all.extend_from_slice(events);
        let bytes = serde_json::to_vec(&all).unwrap();
        let recording = crate::recording::open(bytes, &crate::recording::Limits::default()).unwrap();
        key_presses(&recording).into_iter().map(|press| press.caps).collect()
    }

    fn crumb(data: &serde_json::Value) -> serde_json::Value {
        json!({"type": 5, "timestamp": 1500, "data": {"tag": "breadcrumb", "payload": {"category": "ui.keyDown", "data": data}}})
    }

    #[test]
    fn shortcuts_and_named_keys_are_told() {
        assert_eq!(
            pressed(&[crumb(&json!({"key": "k", "metaKey": true, "shiftKey": true}))]),
            [["Shift", "Meta", "K"]]
        );
        assert_eq!(pressed(&[crumb(&json!({"key": "Escape"}))]), [["Esc"]]);
        let custom = json!({"type": 5, "timestamp": 1600, "data": {"tag": "shortcut", "payload": {"key": "s", "ctrlKey": true}}});
        assert_eq!(pressed(&[custom]), [["Ctrl", "S"]]);
    }

    #[test]
    fn what_only_writes_text_is_never_told() {
        for data in [
            json!({"key": "p"}),
            json!({"key": "P", "shiftKey": true}),
            json!({"key": ""}),
            json!({"key": "hunter2hunter2"}),
            json!({}),
        ] {
            assert_eq!(pressed(&[crumb(&data)]), Vec::<Vec<String>>::new(), "{data}");
        }
    }
}
