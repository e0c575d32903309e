//! Texts that come character by character.

use serde_json::{Value, json};

use super::{Garden, Kind, grouped, prefixes};

/// When typing begins, ms. All fields are typed into at the same time.
const BEGINS: i64 = 1000;
const STEP: i64 = 60;
/// When even the longest text is there.
const TYPED: i64 = 3500;

const PLACE: &str = "typed texts";

/// A field: what is typed into it, of what type it is, and whether a picture shows it.
const FIELDS: [(&str, Kind, &str, bool); 12] = [
    ("email in a text field", Kind::Email, "text", true),
    ("email in an email field", Kind::Email, "email", true),
    ("phone in a text field", Kind::Phone, "text", true),
    ("phone in a telephone field", Kind::Phone, "tel", false),
    ("card in a text field", Kind::Card, "text", false),
    ("card with spaces that come by themselves", Kind::Card, "text", true),
    ("card in a number field", Kind::Card, "number", false),
    ("token", Kind::Token, "text", false),
    ("own pattern", Kind::Own, "text", false),
    ("words in a password field", Kind::Named, "password", false),
    ("words in a telephone field", Kind::Named, "tel", false),
    ("corrected", Kind::Email, "text", false),
];

/// The fields, with names under which events find them.
pub(super) fn fields(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    for (what, kind, of_type, visible) in FIELDS {
        garden.plant(PLACE, what, kind);
        garden.typed();
        let style = if visible { garden.in_row(TYPED, super::LEAVES) } else { "display:none".to_owned() };
        let field = garden.nodes.leaf("input", json!({"type": of_type, "value": "", "style": style}));
        garden.name(what, &field);
        all.push(field);
    }
    for what in ["area", "pasted", "revealed", "choice", "named", "search"] {
        let tag = if what == "area" { "textarea" } else { "input" };
        let attributes = match what {
            "revealed" => json!({"type": "password", "value": ""}),
            "named" => json!({"type": "text", "name": "nickname", "value": ""}),
            _ => json!({"type": "text", "value": ""}),
        };
        let field = garden.nodes.leaf(tag, attributes);
        garden.name(what, &field);
        all.push(garden.nodes.element("div", json!({"style": "display:none"}), vec![field]));
    }
    for (what, place) in [("editable", "texts that are edited"), ("writer", "texts that write themselves")] {
        garden.plant(place, what, Kind::Email);
        garden.typed();
        let style = garden.in_row(TYPED, super::LEAVES);
        let text = garden.nodes.text("");
        let name = if what == "editable" { "editable text" } else { "unused" };
        garden.name(name, &text);
        let parent = garden.nodes.element("div", json!({"style": style, "contenteditable": "true"}), vec![text]);
        garden.name(what, &parent);
        all.push(parent);
    }
    garden.plant("echoes of what is typed", "in another text", Kind::Email);
    garden.typed();
    let style = garden.in_row(TYPED, super::LEAVES);
    let text = garden.nodes.text("");
    garden.name("echo", &text);
    all.push(garden.nodes.element("div", json!({"style": style}), vec![text]));
    all.extend(elsewhere(garden));
    all
}

/// Elements for changes of other modules that no picture shows.
fn elsewhere(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    for (name, tag, attributes) in [
        ("hidden", "div", json!({})),
        ("css-late", "p", json!({})),
        ("late-link", "link", json!({"rel": "stylesheet", "_cssText": ".none-6 {}"})),
        ("other canvas", "canvas", json!({"width": "300", "height": "100"})),
    ] {
        let element = garden.nodes.leaf(tag, attributes);
        garden.name(name, &element);
        all.push(element);
    }
    vec![garden.nodes.element("div", json!({"style": "display:none"}), all)]
}

pub(super) fn build(garden: &mut Garden) {
    for (what, ..) in FIELDS {
        let secret = garden.secret(PLACE, what);
        match what {
            "corrected" => corrected(garden, &secret),
            "card with spaces that come by themselves" => types(garden, what, &grouped(&secret)),
            _ => types(garden, what, &secret),
        }
    }
    once(garden);
    let secret = garden.plant(PLACE, "in an area, with a sentence around it", Kind::Email);
    garden.typed();
    types(garden, "area", &format!("Mail me: {secret} or call"));
    let secret = garden.plant(PLACE, "in a field known by its name", Kind::Named);
    garden.typed();
    types(garden, "named", &secret);
    editable(garden);
    writer(garden);
    echoes(garden);
}

fn input(garden: &mut Garden, at: i64, field: &str, text: &str) {
    let id = garden.id(field);
    garden.changes(at, json!({"source": 5, "id": id, "text": text, "isChecked": false, "userTriggered": true}));
}

fn types(garden: &mut Garden, field: &str, text: &str) {
    for (at, prefix) in (BEGINS..).step_by(STEP as usize).zip(prefixes(text)) {
        input(garden, at, field, prefix);
    }
}

/// Typed with a slip in every fourth letter, which is taken back.
fn corrected(garden: &mut Garden, secret: &str) {
    let mut at = BEGINS;
    for (number, prefix) in prefixes(secret).enumerate() {
        if number % 4 == 3 {
            let slip = format!("{}q", &prefix[..prefix.len() - 1]);
            input(garden, at, "corrected", &slip);
            input(garden, at + 20, "corrected", &prefix[..prefix.len() - 1]);
        }
        input(garden, at + 40, "corrected", prefix);
        at += STEP;
    }
}

fn once(garden: &mut Garden) {
    let secret = garden.plant("typed texts", "pasted", Kind::Email);
    input(garden, BEGINS, "pasted", &secret);
    let secret = garden.plant("chosen values", "choice", Kind::Email);
    input(garden, BEGINS, "choice", &secret);
    // What was typed as a password is one, whatever the field becomes.
    let secret = garden.plant("typed texts", "password that is revealed", Kind::Named);
    garden.typed();
    types(garden, "revealed", &secret);
    let field = garden.id("revealed");
    garden.mutates(TYPED, json!({"attributes": [{"id": field, "attributes": {"type": "text", "value": secret}}]}));
    input(garden, TYPED + 10, "revealed", &secret);
}

fn editable(garden: &mut Garden) {
    let secret = garden.secret("texts that are edited", "editable");
    let id = garden.id("editable text");
    for (at, prefix) in (BEGINS..).step_by(STEP as usize).zip(prefixes(&secret)) {
        garden.mutates(at, json!({"texts": [{"id": id, "value": prefix}]}));
    }
}

fn writer(garden: &mut Garden) {
    let secret = garden.secret("texts that write themselves", "writer");
    let parent = garden.id("writer");
    for (at, char) in (BEGINS..).step_by(STEP as usize).zip(secret.chars()) {
        let span = garden.around("span", json!({}), &char.to_string());
        garden.adds(at, parent, span);
    }
}

/// What a search box that looks while one types leaves everywhere.
fn echoes(garden: &mut Garden) {
    let secret = garden.secret("echoes of what is typed", "in another text");
    let echo = garden.id("echo");
    for (at, prefix) in (BEGINS..).step_by(STEP as usize).zip(prefixes(&secret)) {
        input(garden, at, "search", prefix);
        garden.mutates(at + 5, json!({"texts": [{"id": echo, "value": prefix}]}));
        let url = format!("https://shop.example/search?q={}", prefix.replace('@', "%40"));
        garden.happens(
            6,
            at + 10,
            json!({"plugin": "rrweb/network@1", "payload": {"requests": [{"name": url, "url": url, "method": "GET", "requestBody": json!({"q": prefix}).to_string()}]}}),
        );
        let line = format!("\"searching for {prefix}\"");
        garden.happens(
            6,
            at + 15,
            json!({"plugin": "rrweb/console@1", "payload": {"level": "log", "payload": [line], "trace": []}}),
        );
        garden.happens(5, at + 20, json!({"tag": "search", "payload": {"term": prefix}}));
        garden.mutates(
            at + 25,
            json!({"attributes": [{"id": garden.id("hidden"), "attributes": {"data-term": prefix}}]}),
        );
    }
}
