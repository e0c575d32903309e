//! Elements that are private as a whole: by a selector of the rule file, or by a mark that the page's authors set.

use serde_json::{Value, json};

use super::{Garden, Kind, LEAVES, prefixes};

const PLACE: &str = "elements by selector";

/// Classes and attributes of marks.
const MARKS: [(&str, &str, &str); 13] = [
    ("ph-no-capture", "class", "ph-no-capture"),
    ("ph-mask", "class", "ph-mask"),
    ("rr-mask", "class", "rr-mask"),
    ("data-ph-no-capture", "data-ph-no-capture", ""),
    // Drawn as a box whatever is in it.
    ("rr-block", "class", "rr-block"),
    ("sentry-block", "class", "sentry-block"),
    ("sentry-mask", "class", "sentry-mask"),
    ("data-sentry-block", "data-sentry-block", ""),
    ("data-sentry-mask", "data-sentry-mask", ""),
    ("data-private", "data-private", ""),
    ("data-hj-suppress", "data-hj-suppress", ""),
    ("data-dd-privacy", "data-dd-privacy", "mask"),
    ("amp-mask", "class", "amp-mask"),
];

pub(super) fn build(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    for (what, class) in [("masked", "secret"), ("covered", "box"), ("removed", "gone")] {
        let secret = garden.plant(PLACE, what, Kind::Element);
        let style = garden.always();
        // What is asked for by class stands in a block of its own: a removed element leaves the room empty.
        let inner = garden.around("span", json!({"class": class}), &secret);
        all.push(garden.nodes.element("div", json!({"style": style}), vec![inner]));
    }
    let secret = garden.plant(PLACE, "over elements within", Kind::Element);
    let style = garden.always();
    let (start, end) = secret.split_at(7);
    let parts = vec![garden.around("i", json!({}), start), garden.around("b", json!({}), end)];
    let inner = garden.nodes.element("span", json!({"class": "secret"}), parts);
    all.push(garden.nodes.element("div", json!({"style": style}), vec![inner]));

    all.extend(unseen(garden));
    all.extend(later(garden));
    all.extend(marks(garden));
    all
}

fn unseen(garden: &mut Garden) -> Vec<Value> {
    let mut inside = Vec::new();
    for (class, what, name) in [
        ("secret", "attribute of a masked one", "title"),
        ("box", "attribute of a covered one", "alt"),
        ("gone", "attribute of a removed one", "data-x"),
        ("secret", "value of a masked field", "value"),
    ] {
        let secret = garden.plant(PLACE, what, Kind::Element);
        inside.push(garden.nodes.leaf("input", json!({"class": class, name: secret})));
    }
    let secret = garden.plant(PLACE, "picture of a masked one", Kind::Element);
    let picture = format!("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><text>{secret}</text></svg>");
    inside.push(garden.nodes.leaf("img", json!({"class": "secret", "src": picture})));
    for (what, class) in [("typed into a masked field", "secret"), ("typed into a removed field", "gone")] {
        garden.plant(PLACE, what, Kind::Element);
        garden.typed();
        let field = garden.nodes.leaf("input", json!({"class": class, "value": ""}));
        garden.name(what, &field);
        inside.push(field);
    }
    let secret = garden.plant(PLACE, "in a shadow root of it", Kind::Element);
    let mut inner = garden.around("b", json!({}), &secret);
    inner["isShadow"] = true.into();
    let mut host = garden.nodes.element("my-name", json!({"class": "secret"}), vec![inner]);
    host["isShadowHost"] = true.into();
    inside.push(host);
    for (name, class) in [("masked frame", "secret"), ("removed frame", "gone")] {
        let frame = garden.nodes.leaf("iframe", json!({"class": class}));
        garden.name(name, &frame);
        inside.push(frame);
    }
    let list = garden.nodes.element("ul", json!({"class": "secret"}), vec![]);
    garden.name("masked list", &list);
    inside.push(list);
    vec![garden.nodes.element("div", json!({"style": "display:none"}), inside)]
}

/// Private only from a later event on: then it was from the beginning.
fn later(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    for (what, name) in [("class that comes later", "late class"), ("mark that comes later", "late mark")] {
        let kind = if what.starts_with("mark") { Kind::Mark } else { Kind::Element };
        let place = if what.starts_with("mark") { "marks" } else { PLACE };
        let secret = garden.plant(place, what, kind);
        let style = garden.always();
        let inner = garden.around("span", json!({"class": "plain"}), &secret);
        garden.name(name, &inner);
        all.push(garden.nodes.element("div", json!({"style": style}), vec![inner]));
    }
    all
}

fn marks(garden: &mut Garden) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut unseen = Vec::new();
    for (number, (what, name, value)) in MARKS.into_iter().enumerate() {
        let secret = garden.plant("marks", what, Kind::Mark);
        if number < 4 {
            let style = garden.always();
            let inner = garden.around("span", json!({name: value}), &secret);
            seen.push(garden.nodes.element("div", json!({"style": style}), vec![inner]));
        } else {
            unseen.push(garden.around("div", json!({name: value}), &secret));
        }
    }
    for (what, class) in [("typed under rr-ignore", "rr-ignore"), ("typed under ph-no-capture", "ph-no-capture")] {
        garden.plant("marks", what, Kind::Mark);
        garden.typed();
        let field = garden.nodes.leaf("input", json!({"class": class, "value": ""}));
        garden.name(what, &field);
        unseen.push(field);
    }
    seen.push(garden.nodes.element("div", json!({"style": "display:none"}), unseen));
    seen
}

/// What happens to them afterwards.
pub(super) fn changes(garden: &mut Garden) {
    for (place, what) in [
        (PLACE, "typed into a masked field"),
        (PLACE, "typed into a removed field"),
        ("marks", "typed under rr-ignore"),
        ("marks", "typed under ph-no-capture"),
    ] {
        let secret = garden.secret(place, what);
        let id = garden.id(what);
        for (at, prefix) in (1000..).step_by(60).zip(prefixes(&secret)) {
            garden.changes(at, json!({"source": 5, "id": id, "text": prefix, "isChecked": false}));
        }
    }
    for (frame, what) in [("masked frame", "in a frame of it"), ("removed frame", "in a frame of a removed one")] {
        let secret = garden.plant(PLACE, what, Kind::Element);
        let line = garden.around("p", json!({}), &secret);
        let document = garden.nodes.document(vec![], json!({}), vec![line]);
        let parent = garden.id(frame);
        garden.mutates(
            320,
            json!({"adds": [{"parentId": parent, "nextId": null, "node": document}], "isAttachIframe": true}),
        );
    }
    let secret = garden.plant(PLACE, "added later", Kind::Element);
    let item = garden.around("li", json!({}), &secret);
    let list = garden.id("masked list");
    let (item_id, text) = (item["id"].clone(), item["childNodes"][0]["id"].clone());
    garden.adds(320, list, item);
    let secret = garden.plant(PLACE, "changed later", Kind::Element);
    garden.mutates(340, json!({"texts": [{"id": text, "value": secret}]}));
    let secret = garden.plant(PLACE, "attribute that is set later", Kind::Element);
    garden.mutates(340, json!({"attributes": [{"id": item_id, "attributes": {"title": secret}}]}));
    for (name, class) in [("late class", "secret"), ("late mark", "ph-no-capture")] {
        let id = garden.id(name);
        garden.mutates(LEAVES - 500, json!({"attributes": [{"id": id, "attributes": {"class": class}}]}));
    }
    // A value that a selector found is a secret wherever else it stands, where the rule says `everywhere`.
    let secret = garden.plant("values found by selector, elsewhere", "text of a later element", Kind::Element);
    let (list, hidden) = (garden.id("masked list"), garden.id("hidden"));
    let item = garden.around("li", json!({"class": "known"}), &secret);
    garden.adds(350, list, item);
    let other = garden.around("p", json!({}), &secret);
    garden.adds(350, hidden, other);
    garden.happens(5, 350, json!({"tag": "known", "payload": {"to": secret}}));
}
