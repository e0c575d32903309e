//! Looks for planted secrets in whatever a program left behind: as they are, and in every disguise that a recording has for text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::planted::{Kind, Planted};

/// Fewer letters or digits than this are no secret.
const SHORTEST: usize = 4;
/// Of what did not come character by character, so many characters or half of it.
const SHORT: usize = 8;
/// Escapes in escapes that are undone.
const ROUNDS: usize = 3;

/// Something that a program left behind.
pub(super) struct Left {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

impl Left {
    pub(super) fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: content.into() }
    }
}

/// Every file below a folder, and every entry of those that are archives.
pub(super) fn files_in(folder: &Path) -> Vec<Left> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_in(&path));
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let content = fs::read(&path).unwrap();
        if content.starts_with(b"PK") {
            all.extend(entries(&name, &content));
        }
        all.push(Left { name, content });
    }
    all
}

fn entries(name: &str, content: &[u8]) -> Vec<Left> {
    let mut archive = zip::ZipArchive::new(Cursor::new(content)).unwrap();
    let count = archive.len();
    let read = |number| {
        let mut entry = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        Left { name: format!("{name}: {}", entry.name().unwrap()), content }
    };
    (0..count).map(read).collect()
}

/// A secret that was found, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Its number in the list that is searched for.
    pub(super) secret: usize,
    pub(super) disguise: &'static str,
}

/// All secrets, ready to be looked for.
pub(super) struct Search {
    /// Beginnings, as they are written.
    written: Needles,
    /// Beginnings without all that is neither letter nor digit.
    dense: Needles,
    /// The same of what may come in single characters.
    joined: Needles,
    base64: Needles,
    /// First characters of what was typed, and whose they are.
    typed: Vec<(usize, String)>,
}

struct Needles {
    automaton: AhoCorasick,
    /// Whose each needle is.
    of: Vec<usize>,
}

impl Needles {
    fn new(needles: Vec<(usize, String)>, any_case: bool) -> Self {
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(any_case)
            .build(needles.iter().map(|(_, needle)| needle))
            .unwrap();
        Self { automaton, of: needles.into_iter().map(|(of, _)| of).collect() }
    }

    fn find(&self, text: &[u8], disguise: &'static str, hits: &mut BTreeSet<Hit>) {
        for found in self.automaton.find_overlapping_iter(text) {
            hits.insert(Hit { secret: self.of[found.pattern().as_usize()], disguise });
        }
    }
}

/// What of a secret is as bad as the whole of it.
pub(super) fn beginning(planted: &Planted) -> String {
    let secret = &planted.secret;
    if planted.typed && !matches!(planted.kind, Kind::Card | Kind::Phone) {
        let common = common(planted);
        return secret.chars().take(common + SHORTEST).collect();
    }
    if planted.kind == Kind::Email {
        return secret.split('@').next().unwrap().to_owned();
    }
    if matches!(planted.kind, Kind::Card | Kind::Phone) {
        let end = secret.char_indices().filter(|(_, char)| char.is_ascii_digit()).nth(SHORT).unwrap().0;
        return secret[..end].trim_end().to_owned();
    }
    let length = secret.chars().count();
    secret.chars().take(SHORT.max(length.div_ceil(2))).collect()
}

/// How many characters every secret of this kind begins with.
fn common(planted: &Planted) -> usize {
    match planted.kind {
        Kind::Token => "sk_live_".len(),
        Kind::Own => "KND-".len(),
        _ => 0,
    }
}

fn dense(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

impl Search {
    pub(super) fn new(planted: &[Planted]) -> Self {
        let each = |make: &dyn Fn(&Planted) -> Vec<String>| -> Vec<(usize, String)> {
            let make = |(of, planted)| make(planted).into_iter().map(move |needle| (of, needle));
            planted.iter().enumerate().flat_map(make).collect()
        };
        let numeric = |planted: &Planted| matches!(planted.kind, Kind::Card | Kind::Phone);
        Self {
            written: Needles::new(each(&|planted| vec![beginning(planted)]), true),
            dense: Needles::new(
                each(&|planted| {
                    Some(dense(&beginning(planted))).filter(|text| text.len() >= SHORT).into_iter().collect()
                }),
                true,
            ),
            joined: Needles::new(each(&|planted| vec![dense(&beginning(planted))]), true),
            base64: Needles::new(each(&|planted| in_base64(&planted.secret)), false),
            typed: each(&|planted| {
                let first = || dense(&planted.secret).chars().take(SHORTEST).collect::<String>();
                (planted.typed && numeric(planted)).then(first).into_iter().collect()
            }),
        }
    }

    /// The secrets that are in it.
    pub(super) fn look(&self, left: &Left) -> BTreeSet<Hit> {
        let mut hits = BTreeSet::new();
        self.written.find(left.name.as_bytes(), "name", &mut hits);
        self.written.find(&left.content, "as it is", &mut hits);
        self.base64.find(&left.content, "base64", &mut hits);
        let Ok(mut text) = std::str::from_utf8(&left.content).map(str::to_owned) else { return hits };
        for value in values(&text) {
            self.within(&value, &mut hits);
        }
        for _ in 0..ROUNDS {
            text = decoded(&text);
            self.written.find(text.as_bytes(), "escaped", &mut hits);
            self.base64.find(text.as_bytes(), "base64, escaped", &mut hits);
            self.dense.find(dense(&text).as_bytes(), "separated", &mut hits);
            self.written.find(without_tags(&text).as_bytes(), "over elements of HTML", &mut hits);
        }
        hits
    }

    /// What JSON says of its own structure: texts of nodes that stand one after the other, and strings that begin like what was typed.
    fn within(&self, value: &Value, hits: &mut BTreeSet<Hit>) {
        let mut all = Vec::new();
        collect(value, "", &mut all);
        let joined: String = all.iter().filter(|(name, _)| is_text(name)).map(|(_, text)| dense(text)).collect();
        self.joined.find(joined.as_bytes(), "over several texts", hits);
        let mut added = Added::default();
        added.take(value);
        for text in added.texts.values() {
            self.joined.find(text.as_bytes(), "over several mutations", hits);
        }
        for (_, text) in all {
            let text = dense(text);
            let typed = self.typed.iter().filter(|(_, first)| text.starts_with(first));
            hits.extend(typed.map(|(secret, _)| Hit { secret: *secret, disguise: "first characters" }));
        }
    }
}

/// Members that hold texts of the page.
fn is_text(name: &str) -> bool {
    matches!(name, "textContent" | "value" | "text" | "args")
}

/// The JSON in a text: all of it, or its lines.
fn values(text: &str) -> Vec<Value> {
    match serde_json::from_str(text) {
        Ok(value) => vec![value],
        // Lines of one window after the other, as one text.
        Err(_) => {
            let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            if lines.is_empty() { Vec::new() } else { vec![Value::Array(lines)] }
        }
    }
}

fn collect<'v>(value: &'v Value, name: &'v str, all: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => all.push((name, text)),
        Value::Array(list) => list.iter().for_each(|value| collect(value, name, all)),
        Value::Object(members) => members.iter().for_each(|(name, value)| collect(value, name, all)),
        _ => {}
    }
}

/// The texts that mutations add to each element and to those around it, one after the other.
#[derive(Default)]
struct Added {
    parents: BTreeMap<i64, i64>,
    texts: BTreeMap<i64, String>,
}

impl Added {
    fn take(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| self.take(value)),
            Value::Object(members) => {
                if let (Some(parent), Some(node)) =
                    (members.get("parentId").and_then(Value::as_i64), members.get("node"))
                {
                    self.add(parent, node);
                }
                members.values().for_each(|value| self.take(value));
            }
            _ => {}
        }
    }

    fn add(&mut self, parent: i64, node: &Value) {
        if let Some(id) = node["id"].as_i64() {
            self.parents.insert(id, parent);
        }
        let mut texts = Vec::new();
        collect(node, "", &mut texts);
        let text: String = texts.iter().filter(|(name, _)| is_text(name)).map(|(_, text)| dense(text)).collect();
        let mut above = Some(parent);
        // Two are enough: the element of a text, and the one in which such elements follow each other.
        for _ in 0..2 {
            let Some(id) = above else { break };
            self.texts.entry(id).or_default().push_str(&text);
            above = self.parents.get(&id).copied();
        }
    }
}

/// Text as a browser shows it, if it is HTML.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, piece) in text.split('<').enumerate() {
        match piece.split_once('>') {
            Some((tag, after)) if number > 0 && tag.len() < 40 => out.push_str(after),
            _ => out.push_str(piece),
        }
    }
    out
}

/// The characters of base64 that a secret alone decides, for each of the three places at which it can begin.
fn in_base64(secret: &str) -> Vec<String> {
    let at = |phase: usize| {
        let bytes = [vec![0; phase], secret.as_bytes().to_vec()].concat();
        let (start, end) = ((phase * 8).div_ceil(6), bytes.len() * 8 / 6);
        BASE64.encode(bytes)[start..end].to_owned()
    };
    (0..3).map(at).collect()
}

/// One layer of escapes undone: of URLs, HTML, JSON, scripts and style sheets.
pub(super) fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let (char, length) = match first {
            b'%' => percent(after),
            b'&' => entity(after),
            b'\\' => backslash(after),
            _ => None,
        }
        .unwrap_or((Vec::from([*first]), 0));
        out.extend(char);
        rest = &after[length..];
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}

fn percent(after: &[u8]) -> Option<(Vec<u8>, usize)> {
    let byte = number(after.get(..2)?, 16)?;
    Some((vec![byte as u8], 2))
}

fn entity(after: &[u8]) -> Option<(Vec<u8>, usize)> {
    let end = after.iter().take(10).position(|byte| *byte == b';')?;
    let code = match &after[..end] {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        b"commat" => 64,
        b"amp" => 38,
        b"quot" => 34,
        b"lt" => 60,
        b"gt" => 62,
        b"period" => 46,
        _ => return None,
    };
    Some((utf8(code)?, end + 1))
}

fn backslash(after: &[u8]) -> Option<(Vec<u8>, usize)> {
    match after.first()? {
        b'u' => Some((utf8(number(after.get(1..5)?, 16)?)?, 5)),
        b'x' => Some((utf8(number(after.get(1..3)?, 16)?)?, 3)),
        b'0'..=b'9' => {
            let length = after.iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let space = usize::from(after.get(length) == Some(&b' '));
            Some((utf8(number(&after[..length], 16)?)?, length + space))
        }
        b'n' => Some((vec![b'\n'], 1)),
        other @ (b'"' | b'\\' | b'/' | b'\'') => Some((vec![*other], 1)),
        _ => None,
    }
}

#[test]
fn every_layer_of_escapes_is_undone() {
    for (text, expected) in [
        ("a%40b", "a@b"),
        ("a&#64;b&#x40;c&commat;d", "a@b@c@d"),
        (r"a\40 b\000040c", "a@b@c"),
        (r#"a\u0040b\x40c\"d\\"#, "a@b@c\"d\\"),
        ("100% & more \\", "100% & more \\"),
        ("a%2540b", "a%40b"),
    ] {
        assert_eq!(decoded(text), expected, "{text}");
    }
}

#[test]
fn a_secret_is_found_in_base64_wherever_it_begins() {
    for before in ["", "x", "xy", "xyz"] {
        let text = BASE64.encode(format!("{before}hazowuna@example.org and more"));
        assert!(in_base64("hazowuna@example.org").iter().any(|needle| text.contains(needle)), "{text}");
    }
}
