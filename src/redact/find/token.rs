//! Passwords, keys, tokens.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;

use super::digits::before;
use super::{BuiltIn, names};
use crate::redact::Place;

/// What keys of well-known services begin with, and how many characters follow at least.
const PREFIXES: [(&str, usize); 46] = [
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("rk_live_", 8),
    ("rk_test_", 8),
    ("pk_live_", 8),
    ("pk_test_", 8),
    ("whsec_", 8),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 16),
    ("xoxa-", 8),
    ("xoxb-", 8),
    ("xoxp-", 8),
    ("xoxr-", 8),
    ("xoxs-", 8),
    ("xapp-", 8),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 16),
    ("phc_", 16),
    ("phx_", 16),
    ("phs_", 16),
    ("npm_", 20),
    ("pypi-", 20),
    ("SG.", 30),
    ("dop_v1_", 16),
    ("doo_v1_", 16),
    ("shpat_", 16),
    ("shpss_", 16),
    ("shpca_", 16),
    ("EAAC", 20),
    ("EAAG", 20),
    ("hf_", 20),
    ("sk-ant-", 16),
    ("sk-proj-", 16),
    ("sk-", 32),
    ("lin_api_", 16),
    ("sq0atp-", 16),
    ("sq0csp-", 16),
    ("key-", 32),
    ("rnd_", 24),
];

/// How many bytes are looked at to see whether something is a secret at all.
const LONGEST_LOOK: usize = 512;

/// What else is worth a look.
const SIGNS: [&str; 5] = ["eyJ", "-----BEGIN ", "://", "bearer ", "basic "];

/// Parts of names that have a secret as their value: one of them is in every such name.
const STEMS: [&str; 23] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access",
    "auth",
    "cookie",
    "sess",
    "sid",
    "srf",
    "otp",
    "jwt",
    "credential",
    "signature",
    "private",
    "signing",
    "encryption",
    "kennwort",
    "code",
    "bearer",
];

static KEYWORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = PREFIXES.iter().map(|(prefix, _)| *prefix).chain(SIGNS).chain(STEMS);
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(words).ok()
});

/// Adds where secrets stand.
pub(super) fn find(text: &str, place: Place, found: &mut Vec<Range<usize>>) {
    let Some(keywords) = KEYWORDS.as_ref() else { return };
    // Nothing begins before `free`: it is a part of what was looked at.
    let (mut free, mut checked) = (0, 0);
    for hit in keywords.find_overlapping_iter(text) {
        if hit.start() < free {
            continue;
        }
        let index = hit.pattern().as_usize();
        let range = if let Some((prefix, least)) = PREFIXES.get(index) {
            key(text, hit.start(), prefix, *least)
        } else if let Some(sign) = SIGNS.get(index - PREFIXES.len()) {
            match *sign {
                "eyJ" if hit.start() >= checked => {
                    checked = hit.start() + run(text, hit.start(), is_token);
                    web_token(text, hit.start(), checked)
                }
                "-----BEGIN " => private_key(text, hit.start()),
                "://" => user_info(text, hit.end()),
                "bearer " => bearer(text, hit.end()),
                "basic " => basic(text, hit.end()),
                _ => None,
            }
        } else {
            assigned(text, hit.range(), place)
        };
        if let Some(range) = range {
            free = range.end;
            found.push(range);
        }
    }
}

/// How many bytes from a place on are such.
fn run(text: &str, at: usize, is: fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len())
}

/// How many characters of a key stand at a place, of those that are looked at.
fn key_run(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    rest.iter()
        .take(LONGEST_LOOK)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn is_base64(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'+' | b'/' | b'=' | b'~')
}

fn key(text: &str, start: usize, prefix: &str, least: usize) -> Option<Range<usize>> {
    let exact = text.get(start..)?.starts_with(prefix);
    if !exact || before(text, start).is_some_and(|previous| previous.is_alphanumeric() || previous == '_') {
        return None;
    }
    let tail = key_run(text, start + prefix.len());
    let end = start + prefix.len() + tail;
    // The parts of some keys are joined by dots.
    let end = if prefix.ends_with('.') && text.as_bytes().get(end) == Some(&b'.') {
        end + 1 + key_run(text, end + 1)
    } else {
        end
    };
    let has_digit =
        text.get(start + prefix.len()..end)?.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (tail >= least.min(20) && end - start >= least && has_digit).then_some(start..end)
}

/// Three parts (or, encrypted, five), the first one an object in base64.
fn web_token(text: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let token = text.get(start..end)?.trim_end_matches('.');
    let mut parts = token.split('.');
    let (head, body) = (parts.next()?, parts.next()?);
    (head.len() >= 8 && body.len() >= 4 && text.get(start..)?.starts_with("eyJ")).then_some(start..start + token.len())
}

/// From `-----BEGIN … PRIVATE KEY-----` to its end, or to that of the text.
fn private_key(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let title = rest.get(..rest.floor_char_boundary(64))?.find("PRIVATE KEY")?;
    let end = rest.get(title..)?.find("-----END ").map(|end| title + end);
    let length = end.and_then(|end| {
        let after = end + "-----END ".len();
        let dashes = rest.get(after..rest.floor_char_boundary(after + 64))?.find("-----")?;
        Some(after + dashes + 5)
    });
    Some(start..start + length.or(end).unwrap_or(rest.len()))
}

/// `user:password` of `https://user:password@host/`.
fn user_info(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(start..)?;
    let end = rest.iter().take(LONGEST_LOOK).position(|byte| {
        matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'\\') || byte.is_ascii_whitespace()
    });
    let end = end.unwrap_or(rest.len().min(LONGEST_LOOK));
    let at = memchr::memrchr(b'@', rest.get(..end)?)?;
    let user = rest.get(..at)?;
    (at > 0 && (user.contains(&b':') || at >= 16)).then_some(start..start + at)
}

fn bearer(text: &str, start: usize) -> Option<Range<usize>> {
    let end = start + run(text, start, is_base64);
    let token = text.get(start..end)?.trim_end_matches('.');
    let random = token.len() >= 20 || token.len() >= 8 && token.bytes().any(|byte| byte.is_ascii_digit());
    random.then_some(start..start + token.len())
}

/// A name and a password in base64.
fn basic(text: &str, start: usize) -> Option<Range<usize>> {
    let end = start + run(text, start, is_base64);
    let written = text.get(start..end)?.trim_end_matches('=');
    let standard = base64::engine::general_purpose::STANDARD_NO_PAD;
    // A whole number of groups can be read even where something else follows.
    let readable =
        standard.decode(written).or_else(|_| standard.decode(written.get(..written.len() / 4 * 4).unwrap_or_default()));
    (written.len() >= 4 && readable.is_ok_and(|bytes| bytes.contains(&b':'))).then_some(start..end)
}

/// The value of a name that a part of it stands at `stem` of: `password=…`, `"api_key": "…"`.
fn assigned(text: &str, stem: Range<usize>, place: Place) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let ahead = bytes.get(..stem.start)?.iter().rev().take(names::LONGEST).take_while(|byte| is_name(**byte)).count();
    let behind = bytes.get(stem.end..)?.iter().take(names::LONGEST).take_while(|byte| is_name(**byte)).count();
    let name = text.get(stem.start - ahead..stem.end + behind)?;
    let sign = Sign::read(text, stem.end + behind)?;
    if !names::is_known(BuiltIn::Token, name) || !sign.can_stand_at(place, before(text, stem.start - ahead)) {
        return None;
    }
    let value = value_at(text, &sign, name, place)?;
    let written = text.get(value.clone())?;
    let says_nothing =
        ["null", "true", "false", "undefined", "none"].iter().any(|word| written.eq_ignore_ascii_case(word));
    (!written.is_empty() && !says_nothing).then_some(value)
}

/// What stands between a name and its value.
struct Sign {
    /// `=` rather than `:`.
    is_equals: bool,
    /// The name stands in quotes.
    quoted_name: bool,
    /// What the value stands in: `"`, `\"`, or nothing.
    quote: String,
    /// Where the value begins.
    value: usize,
}

impl Sign {
    fn read(text: &str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let closed = rest.trim_start_matches('\\').trim_start_matches(['"', '\'']);
        let quoted_name = closed.len() < rest.len();
        let body = short_trim(closed);
        let is_equals = body.starts_with('=');
        let body =
            body.strip_prefix(":=").or_else(|| body.strip_prefix("=>")).or_else(|| body.strip_prefix(['=', ':']))?;
        let body = short_trim(body);
        let slashes = body.bytes().take(8).take_while(|byte| *byte == b'\\').count();
        let quote = match body.as_bytes().get(slashes) {
            Some(b'"' | b'\'' | b'`') => body.get(..=slashes)?.to_owned(),
            _ => String::new(),
        };
        Some(Self { is_equals, quoted_name, value: text.len() - body.len() + quote.len(), quote })
    }

    /// Style sheets and attributes are full of names with a colon behind: `.password:hover`.
    fn can_stand_at(&self, place: Place, before_name: Option<char>) -> bool {
        match place {
            Place::Styles | Place::Assets => self.is_equals && matches!(before_name, Some('?' | '&' | '#' | ';')),
            Place::Attributes => self.is_equals || self.quoted_name || !self.quote.is_empty(),
            _ => true,
        }
    }
}

/// Without the first few blanks.
fn short_trim(text: &str) -> &str {
    let blanks = text.bytes().take(8).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    text.get(blanks..).unwrap_or_default()
}

fn value_at(text: &str, sign: &Sign, name: &str, place: Place) -> Option<Range<usize>> {
    let rest = text.get(sign.value..)?;
    if !sign.quote.is_empty() {
        return Some(sign.value..sign.value + quoted(rest, &sign.quote));
    }
    let lower = name.to_ascii_lowercase();
    let header = ["cookie", "authorization"].iter().any(|header| lower.ends_with(header));
    // Whether it is a value is seen at its beginning: else each of many names in a row would look at all that follows.
    let beginning = rest.get(..rest.floor_char_boundary(LONGEST_LOOK))?;
    if header && !sign.is_equals {
        let ends = ['\n', '\r', '"', '<'];
        let line = beginning.split(ends).next()?;
        let says =
            line.contains('=') || line.bytes().any(|byte| byte.is_ascii_digit()) || lower.ends_with("authorization");
        let length = || rest.get(..rest.find(ends).unwrap_or(rest.len())).map_or(0, |line| line.trim_end().len());
        return says.then(|| sign.value..sign.value + length());
    }
    let in_styles = matches!(place, Place::Styles | Place::Assets);
    let ends = |character: char| {
        character.is_whitespace()
            || matches!(character, '&' | ';' | ',' | '"' | '\'' | '`' | '<' | '>')
            || sign.quoted_name && matches!(character, '}' | ']')
            || in_styles && character == ')'
            || place == Place::Urls && character == '#'
    };
    let value = beginning.split(ends).next()?;
    let strong = ["pass", "pwd", "secret", "key", "kennwort"].iter().any(|word| lower.contains(word));
    // In a sentence a word follows that is none: `Session: expired`.
    let is_value = sign.is_equals
        || sign.quoted_name
        || value.chars().nth(3).is_some() && (strong || value.bytes().any(|byte| byte.is_ascii_digit()));
    let opens = value.starts_with(['{', '[', '(']);
    (is_value && !opens).then(|| sign.value..sign.value + rest.find(ends).unwrap_or(rest.len()))
}

/// How long a text in quotes is: to the quote that is written like the first one; without one, to the end of the line.
fn quoted(rest: &str, quote: &str) -> usize {
    let (slashes, mark) = (quote.len() - 1, quote.as_bytes().last().copied().unwrap_or(b'"'));
    let bytes = rest.as_bytes();
    for at in memchr::memchr_iter(mark, bytes) {
        let escapes =
            bytes.get(..at).unwrap_or_default().iter().rev().take(64).take_while(|byte| **byte == b'\\').count();
        let closes = if slashes == 0 { escapes % 2 == 0 } else { escapes <= slashes };
        if closes {
            return at - escapes.min(slashes);
        }
    }
    memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_at(text: &str, place: Place) -> Vec<&str> {
        let mut ranges = Vec::new();
        find(text, place, &mut ranges);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    fn found(text: &str) -> Vec<&str> {
        found_at(text, Place::Text)
    }

    #[test]
    fn keys_of_well_known_services_are_found() {
        for (prefix, _) in PREFIXES {
            let key = format!("{prefix}{}", "Ab1Cd2Ef3G".repeat(4));
            for place in Place::ALL {
                assert_eq!(found_at(&format!("key {key}, more"), place), [&key]);
            }
        }
        let web_token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x";
        assert_eq!(found(&format!("a {web_token}. b")), [web_token]);
    }

    #[test]
    fn credentials_of_requests_are_found() {
        assert_eq!(found("curl -H 'X: Bearer abc123def456'"), ["abc123def456"]);
        assert_eq!(found("sent Basic am9objpzZWNyZXQ= there"), ["am9objpzZWNyZXQ="]);
        assert_eq!(found("see https://john:s3cret@x.org/ there"), ["john:s3cret"]);
        assert_eq!(found("Authorization: Digest abc def\nnext"), ["Digest abc def"]);
        assert_eq!(found("Cookie: a=b; c=d\r\nnext"), ["a=b; c=d"]);
        assert_eq!(found("x; session=abc; y"), ["abc"]);
    }

    #[test]
    fn values_are_found_behind_their_names() {
        for (text, value) in [
            ("password=hunter2&x=1", "hunter2"),
            (r#"{"password":"hunter\"2","x":1}"#, r#"hunter\"2"#),
            (r#"{\"api_key\": \"abc\", \"x\":1}"#, "abc"),
            ("api_key: abcd1234", "abcd1234"),
            ("API-KEY = 'a b'", "a b"),
            ("Password: correcthorse", "correcthorse"),
            (r#"{"otp":123456}"#, "123456"),
            ("client_secret => \"x\"", "x"),
            (r#"password="open"#, "open"),
            ("secret=ä€😀 x", "ä€😀"),
        ] {
            assert_eq!(found(text), [value], "{text}");
        }
    }

    #[test]
    fn private_keys_are_found_to_their_end() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";
        assert_eq!(found(&format!("a {key} b")), [key]);
        assert_eq!(found("-----BEGIN PRIVATE KEY-----\nabc def"), ["-----BEGIN PRIVATE KEY-----\nabc def"]);
        assert!(found("-----BEGIN CERTIFICATE-----\nabc").is_empty());
    }

    #[test]
    fn other_words_are_no_secrets() {
        for text in [
            "tokens_used: 1234",
            "Session: expired",
            "Basic authentication and bearer certificates",
            "token: null",
            "https://x.org/a@b",
            "password: ",
            "eyJust.kidding",
            "sk_live_",
            "risk-management-of-long-words-in-names",
            "Enter your password",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
        assert!(found_at(".password:hover{} [name=token=x]", Place::Styles).is_empty());
        assert_eq!(found_at("url(/a.png?token=abc)", Place::Styles), ["abc"]);
    }
}
