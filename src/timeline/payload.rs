//! Reads what events carry. Strings may hold lone surrogates and pages are deep, so nothing is built as a tree.

use crate::recording::Event;
use crate::redact::tape::{Tape, Value};

/// Characters of a label.
pub(super) const LONGEST_LABEL: usize = 200;
/// Characters of a URL.
pub(super) const LONGEST_URL: usize = 2048;

/// Reads one event after the other into the same memory.
#[derive(Debug, Default)]
pub(in crate::timeline) struct Reader {
    tape: Tape,
}

impl Reader {
    /// An event's `data`.
    pub(in crate::timeline) fn data<'t>(&'t mut self, event: &'t Event) -> Option<Value<'t>> {
        let text = std::str::from_utf8(&event.json).ok()?;
        self.tape.read(text)?.get("data")
    }

    /// The `payload` of a plugin's or custom event.
    pub(in crate::timeline) fn payload<'t>(&'t mut self, event: &'t Event) -> Option<Value<'t>> {
        self.data(event)?.get("payload")
    }
}

/// The first of these members that is a string and not empty.
pub(in crate::timeline) fn text(object: Value<'_>, names: &[&str]) -> Option<String> {
    let found = names.iter().filter_map(|name| object.get(name)?.as_string());
    found.map(|text| bounded(&text, LONGEST_URL)).find(|text| !text.is_empty())
}

/// The first of these members that is a finite number.
pub(super) fn number(object: Value<'_>, names: &[&str]) -> Option<f64> {
    let parsed = |name: &&str| object.get(name)?.raw().parse::<f64>().ok().filter(|number| number.is_finite());
    names.iter().find_map(parsed)
}

/// On one line, with at most so many characters, an ellipsis included.
pub(in crate::timeline) fn bounded(text: &str, most: usize) -> String {
    let mut kept = String::new();
    let mut count = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            gap = !kept.is_empty();
            continue;
        }
        if count + usize::from(gap) >= most {
            kept.pop();
            kept.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            kept.push(' ');
            count += 1;
        }
        kept.push(character);
        count += 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line_of_bounded_length() {
        assert_eq!(bounded("  a\n\n b\t\u{1b}[31mc ", 200), "a b [31mc");
        assert_eq!(bounded("äöüß", 4), "äöüß");
        assert_eq!(bounded("äöüßx", 4), "äöü…");
        assert_eq!(bounded("abc d", 4), "ab…");
        assert_eq!(bounded("", 4), "");
    }
}
