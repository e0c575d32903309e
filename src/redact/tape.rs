//! JSON text as a flat list of its values, each with where it stands: strings are changed in place, and all around them stays byte
//! for byte.
//!
//! A list instead of a tree of values: recorded pages are nested deeper than a thread's stack is high, strings may hold lone surrogates, which
//! no `String` can, and a recording's bytes are not to be held a second time.

use std::borrow::Cow;
use std::ops::Range;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    /// The name of the member that follows.
    Key,
    Number,
    /// `true`, `false` or `null`.
    Word,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: Kind,
    start: u32,
    end: u32,
    /// The slot after this value and all in it.
    next: u32,
}

/// The values of a JSON text, in the order in which they begin.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    slots: Vec<Slot>,
    open: Vec<u32>,
}

impl Tape {
    /// Reads `text`, which is JSON: what reads recordings has made sure. `None` if it is not after all, or is longer than 4 GiB. The
    /// list's memory is used again from text to text.
    pub(crate) fn read<'t>(&'t mut self, text: &'t str) -> Option<Value<'t>> {
        self.slots.clear();
        self.open.clear();
        u32::try_from(text.len()).ok()?;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let start = at;
            match byte {
                b'{' | b'[' => {
                    self.open.push(self.slots.len() as u32);
                    self.push(if *byte == b'{' { Kind::Object } else { Kind::Array }, start, start);
                    at += 1;
                }
                b'}' | b']' => {
                    at += 1;
                    let opened = self.open.pop()? as usize;
                    let next = self.slots.len() as u32;
                    let slot = self.slots.get_mut(opened)?;
                    (slot.end, slot.next) = (at as u32, next);
                }
                b'"' => {
                    at = end_of_string(bytes, at)?;
                    let is_key = bytes[at..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                    self.push(if is_key { Kind::Key } else { Kind::String }, start, at);
                }
                b'-' | b'0'..=b'9' => {
                    at += end_of_word(&bytes[at..]);
                    self.push(Kind::Number, start, at);
                }
                b'a'..=b'z' => {
                    at += end_of_word(&bytes[at..]);
                    self.push(Kind::Word, start, at);
                }
                _ => at += 1,
            }
        }
        let whole = self.open.is_empty() && !self.slots.is_empty();
        whole.then_some(Value { tape: self, text, slot: 0 })
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let next = self.slots.len() as u32 + 1;
        self.slots.push(Slot { kind, start: start as u32, end: end as u32, next });
    }
}

/// The place after the string that begins at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

fn end_of_word(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace())
        .unwrap_or(bytes.len())
}

/// One value of a text.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t> {
    tape: &'t Tape,
    text: &'t str,
    slot: u32,
}

impl<'t> Value<'t> {
    fn slot(self) -> Slot {
        self.tape.slots[self.slot as usize]
    }

    pub(crate) fn kind(self) -> Kind {
        self.slot().kind
    }

    /// Where it stands, bytes of the text; a string with its quotes.
    pub(crate) fn span(self) -> Range<usize> {
        self.slot().start as usize..self.slot().end as usize
    }

    /// As it is written.
    pub(crate) fn raw(self) -> &'t str {
        &self.text[self.span()]
    }

    fn at(self, slot: u32) -> Self {
        Self { slot, ..self }
    }

    /// The values of an array; of anything else, none.
    pub(crate) fn elements(self) -> impl Iterator<Item = Value<'t>> {
        let end = if self.kind() == Kind::Array { self.slot().next } else { self.slot };
        let mut next = self.slot + 1;
        std::iter::from_fn(move || {
            let value = (next < end).then(|| self.at(next))?;
            next = value.slot().next;
            Some(value)
        })
    }

    /// The names and values of an object; of anything else, none.
    pub(crate) fn members(self) -> impl Iterator<Item = (Value<'t>, Value<'t>)> {
        let end = if self.kind() == Kind::Object { self.slot().next } else { self.slot };
        let mut next = self.slot + 1;
        std::iter::from_fn(move || {
            // A key is always followed by its value: `read` is given JSON.
            let (key, value) = (next + 1 < end).then(|| (self.at(next), self.at(next + 1)))?;
            next = value.slot().next;
            Some((key, value))
        })
    }

    /// The value of a member of an object. The last one of that name, as in JavaScript.
    pub(crate) fn get(self, name: &str) -> Option<Value<'t>> {
        self.members().filter(|(key, _)| key.is(name)).last().map(|(_, value)| value)
    }

    /// Whether it is this string.
    pub(crate) fn is(self, string: &str) -> bool {
        self.plain().map_or_else(|| self.string() == string, |plain| plain == string)
    }

    /// A string that is written without escapes.
    fn plain(self) -> Option<&'t str> {
        let raw = self.raw();
        let plain = raw.get(1..raw.len().checked_sub(1)?)?;
        memchr::memchr(b'\\', plain.as_bytes()).is_none().then_some(plain)
    }

    /// The characters of a string or key; a lone surrogate becomes U+FFFD. Of anything else, how it is written.
    pub(crate) fn string(self) -> Cow<'t, str> {
        if !matches!(self.kind(), Kind::String | Kind::Key) {
            return Cow::Borrowed(self.raw());
        }
        match self.plain() {
            Some(plain) => Cow::Borrowed(plain),
            None => Cow::Owned(unescaped(self.raw())),
        }
    }

    /// A string's characters, if it is one.
    pub(crate) fn as_string(self) -> Option<Cow<'t, str>> {
        (self.kind() == Kind::String).then(|| self.string())
    }

    /// A whole number, also one that is written as a string or with a fraction.
    pub(crate) fn integer(self) -> Option<i64> {
        let text = self.raw().trim_matches('"');
        text.parse()
            .ok()
            .or_else(|| text.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number as i64))
    }

    /// Every value in it, itself included, in the order in which they begin.
    pub(crate) fn all(self) -> impl Iterator<Item = Value<'t>> {
        (self.slot..self.slot().next).map(move |slot| self.at(slot))
    }
}

fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    while let Some(found) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..found]);
        rest = &rest[found + 1..];
        let Some(escape) = rest.chars().next() else { break };
        rest = &rest[escape.len_utf8()..];
        match escape {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'u' => {
                let high = unit(&mut rest);
                let code = if (0xd800..0xdc00).contains(&high) && rest.starts_with("\\u") {
                    let mut ahead = &rest[2..];
                    let low = unit(&mut ahead);
                    if (0xdc00..0xe000).contains(&low) {
                        rest = ahead;
                        0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    } else {
                        high
                    }
                } else {
                    high
                };
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

/// The four hexadecimal digits that `rest` begins with.
fn unit(rest: &mut &str) -> u32 {
    let digits = rest.get(..4).unwrap_or_default();
    *rest = rest.get(4..).unwrap_or_default();
    u32::from_str_radix(digits, 16).unwrap_or(0xfffd)
}

/// Changes to a text: what stands at a range becomes something else.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    list: Vec<(Range<usize>, String)>,
}

impl Edits {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// `with` is JSON.
    pub(crate) fn replace(&mut self, span: Range<usize>, with: String) {
        self.list.push((span, with));
    }

    /// A string instead of the value that stands at `span`.
    pub(crate) fn replace_string(&mut self, span: Range<usize>, string: &str) {
        self.replace(span, serde_json::Value::from(string).to_string());
    }

    /// Puts `json` in at a place, after what was put in there before.
    pub(crate) fn insert(&mut self, at: usize, json: String) {
        self.replace(at..at, json);
    }

    /// The text with all changes made, which are then forgotten. Of changes that overlap, the one that begins first holds, and of those the longer.
    pub(crate) fn apply(&mut self, text: &str) -> String {
        self.list.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut out = String::with_capacity(text.len() + 64);
        let mut copied = 0;
        for (span, with) in self.list.drain(..) {
            if span.start < copied {
                continue;
            }
            out.push_str(text.get(copied..span.start).unwrap_or_default());
            out.push_str(&with);
            copied = span.end;
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_they_stand() {
        let text = r#"{"a":[1,"x\"y",{"b":null}], "c" : "d","a":-1.5e3}"#;
        let mut tape = Tape::default();
        let value = tape.read(text).unwrap();
        assert_eq!(value.members().map(|(key, _)| key.string()).collect::<Vec<_>>(), ["a", "c", "a"]);
        assert_eq!(value.get("a").unwrap().raw(), "-1.5e3");
        assert_eq!(value.get("a").unwrap().integer(), Some(-1500));
        let list = value.members().next().unwrap().1;
        assert_eq!(list.elements().map(Value::raw).collect::<Vec<_>>(), ["1", r#""x\"y""#, r#"{"b":null}"#]);
        assert_eq!(list.elements().nth(1).unwrap().string(), "x\"y");
        assert_eq!(&text[value.get("c").unwrap().span()], "\"d\"");
        assert!(value.get("z").is_none());
        assert_eq!(value.all().count(), 12);
    }

    #[test]
    fn strings_are_read_as_javascript_reads_them() {
        for (raw, expected) in [
            (r#""a\n\u00e4\ud83d\ude00""#, "a\nä😀"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\ud83dx\\""#, "\u{fffd}x\\"),
            (r#""\/""#, "/"),
        ] {
            assert_eq!(Tape::default().read(raw).unwrap().string(), expected);
        }
    }

    #[test]
    fn all_around_a_change_stays_as_it_was() {
        let text = r#"{ "a" : "x", "b":[1.0, "y\ud83d"] }"#;
        let mut tape = Tape::default();
        let value = tape.read(text).unwrap();
        let mut edits = Edits::default();
        edits.replace_string(value.get("a").unwrap().span(), "q\"");
        edits.insert(text.len() - 1, r#","c":2"#.to_owned());
        assert_eq!(edits.apply(text), r#"{ "a" : "q\"", "b":[1.0, "y\ud83d"] ,"c":2}"#);
        assert!(edits.is_empty());
    }

    #[test]
    fn of_changes_within_each_other_the_outer_one_holds() {
        let mut edits = Edits::default();
        edits.replace(2..3, "x".to_owned());
        edits.replace(1..5, "y".to_owned());
        assert_eq!(edits.apply("abcdef"), "ayf");
    }

    #[test]
    fn what_is_not_json_is_not_read() {
        for text in ["", "]", "[", r#""a"#, r#"{"a":"\"#] {
            assert!(Tape::default().read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let text = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let mut tape = Tape::default();
        assert_eq!(tape.read(&text).unwrap().all().count(), 1_000_000);
    }
}
