//! JSON that pages and their recorders made up: console lines, requests, custom events, persons. And texts that hold JSON.

use std::borrow::Cow;

use base64::Engine as _;

use super::super::tape::{Edits, Kind, Tape, Value};
use super::super::text::Redactor;
use super::super::{Place, RuleId};
use super::Page;
use super::picture::{BASE64, from_base64, is_base64};

/// JSON in strings in JSON in strings: deeper is looked at as text.
const MOST_LAYERS: usize = 4;
/// Shorter ones are words. Characters.
const SHORTEST_BASE64: usize = 16;

impl Page<'_, '_, '_> {
    pub(super) fn payload(&mut self, value: Value<'_>, place: Place) {
        self.redactor.payload(value, None, place, &mut self.edits, MOST_LAYERS);
    }
}

impl Redactor<'_, '_> {
    /// Everything in a JSON value that a rule knows by its name.
    pub(super) fn payload_of(&mut self, value: Value<'_>, place: Place, edits: &mut Edits, rule: RuleId) {
        self.payload(value, Some(rule), place, edits, MOST_LAYERS);
    }

    /// Everything in a JSON value: strings, numbers, and names of members. `whole`: the rule that redacts all of it.
    fn payload(&mut self, value: Value<'_>, whole: Option<RuleId>, place: Place, edits: &mut Edits, layers: usize) {
        // Instead of recursion: payloads are as deep as somebody made them.
        let mut waiting: Vec<(Value<'_>, Option<RuleId>)> = vec![(value, whole)];
        while let Some((value, whole)) = waiting.pop() {
            match value.kind() {
                Kind::Object => {
                    let header = named_by_itself(value).and_then(|name| self.finder.by_name(&name, place));
                    for (name, value) in value.members() {
                        let of_name = self.finder.by_name(&name.string(), place);
                        let of_header = header.filter(|_| name.is("value"));
                        if let Some(text) = self.text(&name.string(), place, None, &[]) {
                            edits.replace_string(name.span(), &text);
                        }
                        waiting.push((value, whole.or(of_name).or(of_header)));
                    }
                }
                Kind::Array => waiting.extend(value.elements().map(|element| (element, whole))),
                Kind::String | Kind::Key => {
                    let text = value.string();
                    let changed = match whole {
                        Some(rule) => self.whole(&text, rule, place),
                        None => self.loose_text(&text, place, layers),
                    };
                    if let Some(text) = changed {
                        edits.replace_string(value.span(), &text);
                    }
                }
                Kind::Number => {
                    let changed = match whole {
                        Some(rule) => self.whole(value.raw(), rule, place),
                        None => self.text(value.raw(), place, None, &[]),
                    };
                    if changed.is_some() {
                        // Still a number, for those who read it as one.
                        edits.replace(value.span(), "0".to_owned());
                    }
                }
                Kind::Word => {}
            }
        }
    }

    /// A text that may be JSON, an address, or a form's fields.
    fn loose_text(&mut self, text: &str, place: Place, layers: usize) -> Option<String> {
        let trimmed = text.trim_start();
        if layers > 0 && trimmed.starts_with(['{', '[', '"']) && trimmed.len() > 2 {
            if let Some(changed) = self.json_text(text, place, layers - 1) {
                return Some(changed);
            }
        } else if !text.contains(char::is_whitespace) {
            if text.contains("://") || text.starts_with('/') || text.contains('?') {
                return self.address(text, place);
            }
            if let Some(changed) = self.base64_text(text, place, layers) {
                return Some(changed);
            }
            if text.contains('=') {
                let query = self.address(&format!("?{text}"), place)?;
                return Some(query.get(1..).unwrap_or_default().to_owned());
            }
        }
        self.text(text, place, None, &[])
    }

    fn json_text(&mut self, text: &str, place: Place, layers: usize) -> Option<String> {
        // The tape reads what is JSON; this may only look like it.
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut tape = Tape::default();
        let mut edits = Edits::default();
        let value = tape.read(text)?;
        self.payload(value, None, place, &mut edits, layers);
        (!edits.is_empty()).then(|| edits.apply(text))
    }

    /// Text that was written in base64, as clients do with what they send in a batch.
    fn base64_text(&mut self, text: &str, place: Place, layers: usize) -> Option<String> {
        let plain = text.trim_end_matches('=');
        if layers == 0 || plain.len() < SHORTEST_BASE64 || !plain.bytes().all(is_base64) {
            return None;
        }
        let inner = String::from_utf8(from_base64(plain)?).ok()?;
        if inner.chars().any(|character| character.is_control() && !character.is_whitespace()) {
            return None;
        }
        Some(BASE64.encode(self.loose_text(&inner, place, layers - 1)?))
    }

    /// JSON that stands by itself.
    pub(in super::super) fn json(&mut self, text: &str, place: Place) -> Option<String> {
        self.json_text(text, place, MOST_LAYERS)
    }
}

/// The name in `{"name": …, "value": …}`, as lists of headers and fields have it.
fn named_by_itself(object: Value<'_>) -> Option<Cow<'_, str>> {
    object.get("value")?;
    object.get("name")?.as_string()
}
