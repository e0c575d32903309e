//! Recordings in which known secrets stand in every place that can hold text, each a secret of its own: one that comes out says by itself
//! through which place it got out.

mod changes;
mod elements;
mod page;
mod payloads;
mod phone;
mod session;
mod typing;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::program::recording::{Nodes, event};

pub(super) use phone::{SCREENSHOT, screenshot, wireframes};
pub(super) use session::{KEPT, REGION, RULES, package};

/// The row of the table for what no text search can find: pictures themselves.
pub(super) const SCREENSHOTS: &str = "screenshots of phones";

pub(super) const WIDTH: u32 = 1280;
pub(super) const HEIGHT: u32 = 1000;
const ROW: u32 = 34;
const COLUMNS: [u32; 2] = [70, 710];
const WIDE: u32 = 540;
const TALL: u32 = 30;

/// What finds a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Email,
    Card,
    Phone,
    Token,
    /// The rule file's own pattern.
    Own,
    /// A selector of the rule file.
    Element,
    /// The name of the member, parameter or field that holds it.
    Named,
    /// A mark that the page's authors set.
    Mark,
}

/// A secret, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Planted {
    /// The row of the table in docs/redaction.md.
    pub(super) place: &'static str,
    /// Which of that row's places.
    pub(super) what: &'static str,
    pub(super) secret: String,
    pub(super) kind: Kind,
    /// It came character by character, so that its first characters are secret, too.
    pub(super) typed: bool,
    /// Where and when a picture shows it.
    pub(super) shown: Option<Shown>,
}

/// Where and when a picture shows a secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) spot: Spot,
    /// Session time, ms.
    pub(super) from: i64,
    pub(super) to: i64,
}

/// A rectangle of the picture, px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A recording being planted.
pub(super) struct Garden {
    pub(super) planted: Vec<Planted>,
    pub(super) nodes: Nodes,
    /// Events of one window, in order of time once done.
    pub(super) events: Vec<Value>,
    ids: BTreeMap<&'static str, i64>,
    count: u64,
    rows: u32,
}

impl Garden {
    /// `first`: what the secrets are counted from, so that those of two gardens differ.
    fn new(first: u64) -> Self {
        Self {
            planted: Vec::new(),
            nodes: Nodes::default(),
            events: Vec::new(),
            ids: BTreeMap::new(),
            count: first,
            rows: 0,
        }
    }

    /// A secret of its own for a place.
    pub(super) fn plant(&mut self, place: &'static str, what: &'static str, kind: Kind) -> String {
        self.count += 1;
        let secret = secret(kind, self.count);
        self.planted.push(Planted { place, what, secret: secret.clone(), kind, typed: false, shown: None });
        secret
    }

    /// The latest secret is shown in the next row of the page from `from` to `to`, and stands there with this style.
    pub(super) fn in_row(&mut self, from: i64, to: i64) -> String {
        let spot = Spot { x: COLUMNS[(self.rows % 2) as usize], y: 8 + self.rows / 2 * ROW, width: WIDE, height: TALL };
        self.rows += 1;
        assert!(spot.y + spot.height <= HEIGHT, "no room for another row");
        self.planted.last_mut().unwrap().shown = Some(Shown { spot, from, to });
        style_of(spot)
    }

    /// The same, from the beginning to the end of this page.
    pub(super) fn always(&mut self) -> String {
        self.in_row(0, LEAVES)
    }

    pub(super) fn latest(&self) -> String {
        self.planted.last().unwrap().secret.clone()
    }

    /// A secret that was planted before.
    pub(super) fn secret(&self, place: &str, what: &str) -> String {
        self.planted.iter().find(|planted| planted.place == place && planted.what == what).unwrap().secret.clone()
    }

    /// The latest secret came character by character.
    pub(super) fn typed(&mut self) {
        self.planted.last_mut().unwrap().typed = true;
    }

    pub(super) fn name(&mut self, name: &'static str, node: &Value) {
        self.ids.insert(name, node["id"].as_i64().unwrap());
    }

    pub(super) fn id(&self, name: &str) -> i64 {
        self.ids[name]
    }

    pub(super) fn happens(&mut self, kind: u32, at: i64, data: Value) {
        self.events.push(event(kind, at, data));
    }

    /// An event of type 3.
    pub(super) fn changes(&mut self, at: i64, data: Value) {
        self.happens(3, at, data);
    }

    /// A mutation with these lists, the others empty.
    pub(super) fn mutates(&mut self, at: i64, lists: Value) {
        let mut data = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
        data.as_object_mut().unwrap().extend(lists.as_object().unwrap().clone());
        self.changes(at, data);
    }

    /// A mutation that adds a node with all in it, as rrweb does: each by itself, parents first.
    pub(super) fn adds(&mut self, at: i64, parent: i64, mut node: Value) {
        let mut adds = Vec::new();
        flatten(parent, &mut node, &mut adds);
        self.mutates(at, json!({"adds": adds}));
    }

    /// An element around one text.
    pub(super) fn around(&mut self, tag: &str, attributes: Value, text: &str) -> Value {
        let text = self.nodes.text(text);
        self.nodes.element(tag, attributes, vec![text])
    }
}

fn flatten(parent: i64, node: &mut Value, adds: &mut Vec<Value>) {
    let inside = node["childNodes"].as_array_mut().map(std::mem::take).unwrap_or_default();
    let id = node["id"].as_i64().unwrap();
    adds.push(json!({"parentId": parent, "nextId": null, "node": node}));
    for mut child in inside {
        flatten(id, &mut child, adds);
    }
}

/// When the first window's page is left for another tab, ms.
pub(super) const LEAVES: i64 = 6000;
/// When the recording ends, ms.
pub(super) const ENDS: i64 = 8000;

/// A block of fixed size, so that what stands in it moves nothing around it.
fn style_of(spot: Spot) -> String {
    let Spot { x, y, width, height } = spot;
    format!(
        "position:absolute;left:{x}px;top:{y}px;width:{width}px;height:{height}px;overflow:hidden;white-space:nowrap;\
         box-sizing:border-box;margin:0;padding:0;border:0;background:#fff;color:#000;font:22px/30px Arial"
    )
}

/// The page and its session, as planted: what the pages know, before it is put into any shape.
pub(super) struct Session {
    pub(super) planted: Vec<Planted>,
    /// Events of both windows, each with its `windowId`, in order of time.
    pub(super) events: Vec<Value>,
    pub(super) id: String,
    pub(super) person: Value,
}

/// The main recording: two windows.
pub(super) fn session() -> Session {
    session::grown()
}

/// The n-th secret of a kind: what its rule finds, like no other from its first characters on.
fn secret(kind: Kind, count: u64) -> String {
    match kind {
        Kind::Email => format!("{}@example.org", word(count)),
        Kind::Card => card(count),
        Kind::Phone => phone(count),
        Kind::Token => format!("sk_live_{}{}{}", word(count), word(count + 5000), digits(count, 4)),
        Kind::Own => format!("KND-{}", digits(count, 6)),
        Kind::Element | Kind::Named | Kind::Mark => format!("{}{}", word(count), word(count + 5000)),
    }
}

/// A number without pattern, the same for the same `count`.
fn scattered(count: u64) -> u64 {
    let mut value = count.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^= value >> 27;
    value = value.wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Eight letters that are nobody's word and are hard to misread. The first four are no other's below [`WORDS`].
fn word(count: u64) -> String {
    let mut place = count * 89 % WORDS;
    let mut rest = scattered(count);
    let mut word = String::new();
    for letters in [b"dhkmvwz".as_slice(), b"aeou", b"zwvkg", b"ou"] {
        word.push(char::from(letters[(place % letters.len() as u64) as usize]));
        place /= letters.len() as u64;
    }
    for letters in [b"bdghkmnprstvwz".as_slice(), b"aeou", b"bdghkmnprstvwz", b"aeou"] {
        word.push(char::from(letters[(rest % letters.len() as u64) as usize]));
        rest /= letters.len() as u64;
    }
    word
}

/// In how many ways a word begins: 7 times 4 times 5 times 2. 89 has no divisor in common with it.
const WORDS: u64 = 280;

fn digits(count: u64, length: usize) -> String {
    let mut rest = scattered(count ^ 0x5555);
    let mut digit = || {
        let digit = char::from(b'0' + (rest % 10) as u8);
        rest /= 10;
        digit
    };
    (0..length).map(|_| digit()).collect()
}

/// Sixteen digits with the right check digit.
fn card(count: u64) -> String {
    let mut number = format!("4{}", digits(count, 14));
    let weigh = |(place, digit): (usize, u8)| {
        let digit = u32::from(digit - b'0');
        let doubled = if place % 2 == 0 { 2 * digit } else { digit };
        doubled / 10 + doubled % 10
    };
    let sum: u32 = number.bytes().enumerate().map(weigh).sum();
    number.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    number
}

/// As people write card numbers.
fn grouped(card: &str) -> String {
    card.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap()).collect::<Vec<_>>().join(" ")
}

/// An international number.
fn phone(count: u64) -> String {
    let codes = ["49", "44", "33", "39", "34", "31", "45", "46", "47", "48"];
    let digits = digits(count, 9);
    format!("+{} 1{} {} {}", codes[(count % 10) as usize], &digits[..2], &digits[2..5], &digits[5..])
}

/// Every part of a text up to each of its characters.
fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, char)| &text[..at + char.len_utf8()])
}
