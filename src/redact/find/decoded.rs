//! A text with its escapes undone: `john%40x.org`, `john&#64;x.org` and `john\u0040x.org` all say `john@x.org`.
//!
//! What an escape looks like does not depend on where the text stands: a page's script may hold JSON in an attribute in a URL. All kinds are
//! undone at once, round by round, and each round is searched; so nothing is lost where a text only looks escaped.

use std::ops::Range;

/// How often escapes are undone: `%252540` takes three rounds.
const ROUNDS: usize = 3;

/// The longest escape that a named character of HTML is looked for in.
const LONGEST_NAME: usize = 8;

/// Named characters of HTML that can stand in a value, or between its parts.
const NAMED: [(&str, char); 14] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("commat", '@'),
    ("period", '.'),
    ("plus", '+'),
    ("hyphen", '\u{2010}'),
    ("lowbar", '_'),
    ("num", '#'),
    ("colon", ':'),
    ("equals", '='),
];

/// A text and what it says with escapes undone, once, twice, three times.
pub(super) struct Layers<'t> {
    raw: &'t str,
    views: Vec<View>,
}

impl<'t> Layers<'t> {
    /// Undoes the escapes of a text as often as there are some. A text without costs one search for three characters.
    pub(super) fn of(raw: &'t str) -> Self {
        let mut views = Vec::new();
        while views.len() < ROUNDS {
            let Some(view) = View::of(views.last().map_or(raw, |view: &View| view.text.as_str())) else { break };
            views.push(view);
        }
        Self { raw, views }
    }

    /// The texts, as written first.
    pub(super) fn texts(&self) -> impl Iterator<Item = (usize, &str)> {
        std::iter::once(self.raw).chain(self.views.iter().map(|view| view.text.as_str())).enumerate()
    }

    /// A range of a layer without escapes that it holds half of: `\njohn@x.org` has no `n` in it.
    pub(super) fn whole_escapes(&self, layer: usize, range: Range<usize>) -> Range<usize> {
        match self.views.get(layer) {
            Some(view) => view.whole_escapes(range),
            None => range,
        }
    }

    /// Where in the text as written a range of a layer comes from.
    pub(super) fn original(&self, layer: usize, range: Range<usize>) -> Range<usize> {
        self.views.iter().take(layer).rev().fold(range, |range, view| view.original(range))
    }
}

/// A text with one round of escapes undone.
struct View {
    text: String,
    escapes: Vec<Escape>,
}

struct Escape {
    /// Bytes of the text as it was.
    from: Range<usize>,
    /// Bytes of the view.
    to: Range<usize>,
}

impl View {
    /// Nothing if there is no escape in it.
    fn of(text: &str) -> Option<Self> {
        let mut view = Self { text: String::new(), escapes: Vec::new() };
        let (mut at, mut copied) = (0, 0);
        while let Some(step) = memchr::memchr3(b'%', b'&', b'\\', text.as_bytes().get(at..)?) {
            let start = at + step;
            let Some((length, character)) = escape(text.get(start..)?) else {
                at = start + 1;
                continue;
            };
            view.text.push_str(text.get(copied..start)?);
            let to = view.text.len();
            view.text.push(character);
            view.escapes.push(Escape { from: start..start + length, to: to..view.text.len() });
            at = start + length;
            copied = at;
        }
        view.text.push_str(text.get(copied..)?);
        (!view.escapes.is_empty()).then_some(view)
    }

    fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.escapes.partition_point(|escape| escape.to.start <= range.start);
        let start = match start.checked_sub(1).and_then(|index| self.escapes.get(index)) {
            Some(escape) if range.start < escape.to.end => escape.from.start,
            Some(escape) => escape.from.end + range.start - escape.to.end,
            None => range.start,
        };
        let end = self.escapes.partition_point(|escape| escape.to.start < range.end);
        let end = match end.checked_sub(1).and_then(|index| self.escapes.get(index)) {
            Some(escape) => escape.from.end + range.end.saturating_sub(escape.to.end),
            None => range.end,
        };
        start..end.max(start)
    }

    fn whole_escapes(&self, range: Range<usize>) -> Range<usize> {
        let around = |at: usize| {
            let next = self.escapes.partition_point(|escape| escape.from.end <= at);
            self.escapes.get(next).filter(|escape| escape.from.start < at)
        };
        let start = around(range.start).map_or(range.start, |escape| escape.from.end);
        let end = around(range.end).map_or(range.end, |escape| escape.from.start);
        start..end.max(start)
    }
}

/// The escape that `rest` begins with: its length and what it stands for.
fn escape(rest: &str) -> Option<(usize, char)> {
    match rest.as_bytes().first()? {
        b'%' => percent(rest.as_bytes()),
        b'&' => entity(rest),
        _ => backslash(rest),
    }
}

/// `%40`, or the several of a character beyond ASCII.
fn percent(bytes: &[u8]) -> Option<(usize, char)> {
    let first = percent_byte(bytes)?;
    let count = match first {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
        _ => return None,
    };
    let mut character = [first, 0, 0, 0];
    for (index, byte) in character.iter_mut().enumerate().take(count).skip(1) {
        *byte = percent_byte(bytes.get(3 * index..)?)?;
    }
    Some((3 * count, std::str::from_utf8(character.get(..count)?).ok()?.chars().next()?))
}

fn percent_byte(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(16 * hex_digit(*high)? + hex_digit(*low)?),
        _ => None,
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// `&#64;`, `&#x40;`, `&commat;`.
fn entity(rest: &str) -> Option<(usize, char)> {
    let body = rest.get(1..)?;
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix, ahead) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (number, 10, 2),
        };
        let (count, character) = number_of(digits, radix, 8)?;
        let closed = usize::from(digits.as_bytes().get(count) == Some(&b';'));
        return Some((ahead + count + closed, character));
    }
    let end = body.bytes().take(LONGEST_NAME).position(|byte| byte == b';')?;
    let (_, character) = NAMED.iter().find(|(name, _)| body.get(..end) == Some(*name))?;
    Some((end + 2, *character))
}

/// The number that a text begins with, of at most so many digits: how many there are, and the character.
fn number_of(text: &str, radix: u32, longest: usize) -> Option<(usize, char)> {
    let count = text.bytes().take(longest).take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let code = u32::from_str_radix(text.get(..count)?, radix).ok()?;
    Some((count, char::from_u32(code).filter(|character| *character != '\0')?))
}

/// Escapes of JavaScript, JSON and CSS.
fn backslash(rest: &str) -> Option<(usize, char)> {
    let next = rest.get(1..)?.chars().next()?;
    let after = rest.get(1 + next.len_utf8()..)?;
    match next {
        'n' => Some((2, '\n')),
        't' => Some((2, '\t')),
        'r' => Some((2, '\r')),
        'b' | 'f' | 'v' => Some((2, ' ')),
        'x' => Some((4, number_of(after.get(..2)?, 16, 2).filter(|(count, _)| *count == 2)?.1)),
        'u' => unicode(after).map(|(length, character)| (2 + length, character)),
        '0'..='9' | 'a' | 'c'..='e' | 'A'..='F' => css(rest),
        other => Some((1 + other.len_utf8(), other)),
    }
}

/// What follows `\u`: `0040`, `{40}`, or the two halves of a character beyond the first plane.
fn unicode(after: &str) -> Option<(usize, char)> {
    if let Some(braced) = after.strip_prefix('{') {
        let (count, character) = number_of(braced, 16, 6)?;
        return (braced.as_bytes().get(count) == Some(&b'}')).then_some((count + 2, character));
    }
    let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let high = unit(after)?;
    let low = after.get(4..).and_then(|text| text.strip_prefix("\\u")).and_then(unit);
    let mut characters = char::decode_utf16([Some(high), low].into_iter().flatten());
    let character = characters.next()?.ok()?;
    Some((if character.len_utf16() == 2 { 10 } else { 4 }, character))
}

/// `\40 `: up to six digits, and one blank that ends them.
fn css(rest: &str) -> Option<(usize, char)> {
    let (count, character) = number_of(rest.get(1..)?, 16, 6)?;
    let blank = rest.as_bytes().get(1 + count).is_some_and(u8::is_ascii_whitespace);
    Some((1 + count + usize::from(blank), character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deepest(text: &str) -> String {
        Layers::of(text).texts().last().unwrap().1.to_owned()
    }

    #[test]
    fn every_kind_of_escape_is_undone() {
        for (text, expected) in [
            ("john%40x.org", "john@x.org"),
            ("j%C3%B6rg%E2%82%AC%F0%9F%98%80", "jörg€😀"),
            ("john&#64;x&#x2e;org&commat;&amp;", "john@x.org@&"),
            ("john&#64x", "john@x"),
            (r"john\u0040x\x2eorg\u{40}", "john@x.org@"),
            (r"\ud83d\ude00", "😀"),
            (r#"{\"a\":\"\/\n\"}"#, "{\"a\":\"/\n\"}"),
            (r"john\40 x\.org\000040z", "john@x.org@z"),
            ("john%252540x", "john@x"),
            ("%26%2364;", "@"),
        ] {
            assert_eq!(deepest(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_escape_stays() {
        for text in
            ["100% sure & so on", "%c3(", "%f", "&;&bogus;&#xzz;", "\\", r"\ud83d", r"\xé", "%é&é", r"\u{110000}"]
        {
            assert!(Layers::of(text).views.is_empty(), "{text}");
        }
    }

    #[test]
    fn every_character_of_a_view_knows_where_it_comes_from() {
        let text = "ä%40b&amp;%2540c";
        let layers = Layers::of(text);
        let written = |layer: usize, part: &str| {
            let (_, view) = layers.texts().nth(layer).unwrap();
            let start = view.find(part).unwrap();
            &text[layers.original(layer, start..start + part.len())]
        };
        assert_eq!(written(1, "@b"), "%40b");
        assert_eq!(written(1, "b&"), "b&amp;");
        assert_eq!(written(2, "@c"), "%2540c");
        assert_eq!(written(2, "ä@b&@c"), text);
    }

    #[test]
    fn half_an_escape_is_left_out_of_a_range() {
        let text = r"\nab\u0040";
        let layers = Layers::of(text);
        assert_eq!(&text[layers.whole_escapes(0, 1..8)], "ab");
        assert_eq!(layers.whole_escapes(0, 0..10), 0..10);
        assert_eq!(layers.whole_escapes(1, 1..2), 1..2);
    }
}
