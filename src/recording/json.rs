//! Walks JSON text without building it: containers are stepped through, values skimmed as slices of the text.
//!
//! A recording is a few containers around thousands of values that only the player needs to understand. Walking by hand
//! keeps byte offsets for messages, and what was read before a cut stays usable. Strings are not decoded on the way, so
//! lone surrogates (`\ud83d`, allowed by JSON's grammar and met in recordings) do no harm.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

/// Where and why walking stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The text ends in the middle of a value.
    Cut,
    /// The text is not JSON.
    Syntax {
        /// Byte offset in the text.
        offset: usize,
        reason: String,
    },
    /// There are more events than allowed.
    Full,
}

/// A place in JSON text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Byte offset of the next character.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The text from `start` up to here.
    pub(super) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// The next character that is not white space, which tells what kind of value follows. Does not consume it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(rest.len());
        self.at += blank;
        rest.get(blank).copied()
    }

    /// Consumes a whole value and returns its text.
    pub(super) fn value(&mut self) -> Result<&'a str, Fault> {
        self.peek();
        let rest = &self.text[self.at..];
        match <&RawValue>::deserialize(&mut serde_json::Deserializer::from_str(rest)) {
            Ok(raw) => {
                self.at += raw.get().len();
                Ok(raw.get())
            }
            Err(error) if error.is_eof() => Err(Fault::Cut),
            Err(error) => Err(Fault::Syntax { offset: self.at + offset_of(rest, &error), reason: reason_of(&error) }),
        }
    }

    /// Enters an array (`[`) or object (`{`).
    pub(super) fn enter(&mut self, bracket: u8) -> Result<(), Fault> {
        self.expect(bracket)
    }

    /// Steps to the next item of the container entered, over its comma; `false` once `close` is consumed.
    pub(super) fn next(&mut self, close: u8, first: &mut bool) -> Result<bool, Fault> {
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// Consumes an object's key and the colon after it.
    pub(super) fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        if !matches!(self.peek(), Some(b'"') | None) {
            return Err(self.unexpected("expected a key"));
        }
        let text = self.value()?;
        self.expect(b':')?;
        Ok(match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
            _ => Cow::Owned(string(text).unwrap_or_default()),
        })
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Fault> {
        match self.peek() {
            Some(found) if found == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(self.unexpected(&format!("expected `{}`", char::from(wanted)))),
            None => Err(Fault::Cut),
        }
    }

    fn unexpected(&self, reason: &str) -> Fault {
        Fault::Syntax { offset: self.at, reason: reason.to_owned() }
    }
}

/// The values of `names` in the object `text`, as text; absent ones (and all, if `text` is no object) are `None`.
/// Stops as soon as all are found: a mutation's `source` stands before its megabytes.
pub(super) fn members<'a, const N: usize>(text: &'a str, names: [&str; N]) -> [Option<&'a str>; N] {
    let mut found = [None; N];
    // A fault ends the search; what was found before it holds.
    let _ = each_member(text, |key, value| {
        if let Some(place) = names.iter().position(|name| *name == key) {
            found[place] = Some(value);
        }
        found.iter().any(Option::is_none)
    });
    found
}

/// Calls `visit` with each key and value of the object `text` until it returns false.
pub(super) fn each_member<'a>(text: &'a str, mut visit: impl FnMut(&str, &'a str) -> bool) -> Result<(), Fault> {
    let mut cursor = Cursor::new(text);
    cursor.enter(b'{')?;
    let mut first = true;
    while cursor.next(b'}', &mut first)? {
        let key = cursor.key()?;
        if !visit(&key, cursor.value()?) {
            break;
        }
    }
    Ok(())
}

/// Calls `visit` with each element of the array `text`.
pub(super) fn each_element<'a>(text: &'a str, mut visit: impl FnMut(&'a str)) -> Result<(), Fault> {
    let mut cursor = Cursor::new(text);
    cursor.enter(b'[')?;
    let mut first = true;
    while cursor.next(b']', &mut first)? {
        visit(cursor.value()?);
    }
    Ok(())
}

/// The object `text` with the value of `name` replaced; unchanged if it has none.
pub(super) fn with_member(text: &str, name: &str, value: &str) -> String {
    match members(text, [name]) {
        [Some(old)] => {
            let start = old.as_ptr().addr() - text.as_ptr().addr();
            [&text[..start], value, &text[start + old.len()..]].concat()
        }
        [None] => text.to_owned(),
    }
}

/// Whether `text` is exactly one JSON value: anything else would break out of the place it is put into.
pub(super) fn is_one_value(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.value().is_ok() && cursor.peek().is_none()
}

/// A finite number, also one written as a string (`"1700000000000"`), as some exporters do.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim_matches('"').trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A string's characters; a lone surrogate becomes U+FFFD. `None` if `text` is no string.
pub(super) fn string(text: &str) -> Option<String> {
    struct Lossy;
    impl Visitor<'_> for Lossy {
        type Value = String;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }
        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
            Ok(String::from_utf8_lossy(bytes).into_owned())
        }
        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
    }
    // Read as bytes, because serde_json then lets lone surrogates pass.
    text.starts_with('"').then(|| serde_json::Deserializer::from_str(text).deserialize_bytes(Lossy).ok()).flatten()
}

/// `serde_json` counts lines, and columns in bytes, from 1.
fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column().saturating_sub(1)).min(text.len())
}

/// The message without its "at line 1 column 2", which would count from the wrong place.
fn reason_of(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}
