//! The windows put together, and what is known of the session around its events.

use std::io::Cursor;

use replayreel::assets::Asset;
use replayreel::package::{self, Limits};
use replayreel::source::SourceBytes;
use serde_json::{Value, json};

use super::{ENDS, Garden, HEIGHT, Kind, LEAVES, Planted, Session, WIDTH, changes, elements, page, payloads, typing};
use crate::program::recording::{event, meta, snapshot};

/// Stands in the page and is not to be redacted: the rule file says so.
pub(in crate::redaction) const KEPT: &str = "support@shop.example.org";

/// Built-ins are asked for on the command line.
pub(in crate::redaction) const RULES: &str = r#"
[keep]
values = ["support@shop.example.org"]
selectors = [".kept"]

[[rule]]
name = "masked elements"
selector = ".secret"
everywhere = true

[[rule]]
name = "covered elements"
selector = ".box"
action = "cover"

[[rule]]
name = "removed elements"
selector = ".gone"
action = "remove"

[[rule]]
name = "customers"
pattern = 'KND-\d{6}'

[[rule]]
name = "nicknames"
member = '(?i)^nickname$'
"#;

/// For screenshots alone: in other recordings it would cover pictures whose text has to be found.
pub(in crate::redaction) const REGION: &str = r#"
[[rule]]
name = "screenshots"
selector = "img"
region = { x = 40, y = 60, width = 200, height = 80 }
action = "cover"
"#;

/// What the input file of the package was called.
const FILE_NAME: &str = "of-{}.json";

/// How many secrets the session may have. Those of the package around it are counted from here.
const LAST: u64 = 260;

fn in_window(id: &str, events: &[Value]) -> Vec<Value> {
    let named = |event: &Value| {
        let mut event = event.clone();
        event["windowId"] = json!(id);
        event
    };
    events.iter().map(named).collect()
}

pub(super) fn grown() -> Session {
    let mut garden = Garden::new(0);
    page::build(&mut garden);
    changes::build(&mut garden);
    elements::changes(&mut garden);
    typing::build(&mut garden);
    payloads::build(&mut garden);
    let body = garden.id("body");
    garden.changes(LEAVES - 100, json!({"source": 2, "type": 2, "id": body, "x": 640, "y": 980}));
    let first = in_window("w-1", &garden.events);

    garden.events.clear();
    let name = garden.plant("names of windows", "id", Kind::Email);
    second_window(&mut garden);
    let second = in_window(&name, &garden.events);

    garden.events.clear();
    never_shown(&mut garden);
    let third = in_window("w-3", &garden.events);

    let mut events = [first, second, third].concat();
    events.sort_by_key(|event| event["timestamp"].as_i64());
    let id = garden.plant("session", "id", Kind::Email);
    let person = person(&mut garden);
    assert!(
        garden.planted.len() as u64 <= LAST,
        "{} secrets: count those of the package from higher up",
        garden.planted.len()
    );
    Session { planted: garden.planted, events, id, person }
}

/// Another tab: its own secrets, and those of the first one again.
fn second_window(garden: &mut Garden) {
    let again: Vec<String> = garden
        .planted
        .iter()
        .filter(|planted| planted.place == "texts" || planted.place == "typed texts")
        .map(|planted| planted.secret.clone())
        .collect();
    garden.nodes = crate::program::recording::Nodes::default();
    garden.rows = 0;
    let mut body = Vec::new();
    for (what, kind) in [("email", Kind::Email), ("card", Kind::Card), ("own", Kind::Own)] {
        let secret = garden.plant("other windows", what, kind);
        let style = garden.in_row(LEAVES + 500, ENDS + 1000);
        body.push(garden.around("div", json!({"style": style}), &secret));
    }
    let secret = garden.plant("other windows", "masked element", Kind::Element);
    let style = garden.in_row(LEAVES + 500, ENDS + 1000);
    let inner = garden.around("span", json!({"class": "secret"}), &secret);
    body.push(garden.nodes.element("div", json!({"style": style}), vec![inner]));
    for text in again {
        body.push(garden.around("p", json!({"style": "display:none"}), &text));
    }
    let document = garden.nodes.document(vec![], json!({"style": "margin:0;background:#fff"}), body);
    let body = document["childNodes"][1]["childNodes"][1]["id"].clone();
    let begins = LEAVES + 50;
    garden.events.push(meta(begins, WIDTH, HEIGHT));
    garden.events.push(snapshot(begins, &document));
    garden.changes(begins + 50, json!({"source": 2, "type": 2, "id": body, "x": 640, "y": 980}));
    let secret = garden.plant("other windows", "typed", Kind::Email);
    garden.typed();
    let field = garden.nodes.leaf("input", json!({"type": "text", "value": ""}));
    garden.mutates(begins + 100, json!({"adds": [{"parentId": body, "nextId": null, "node": field}]}));
    for (at, prefix) in (begins + 200..).step_by(50).zip(super::prefixes(&secret)) {
        let typed = json!({"source": 5, "id": field["id"], "text": prefix, "isChecked": false});
        garden.events.push(event(3, at, typed));
    }
    garden.changes(ENDS - 10, json!({"source": 2, "type": 2, "id": body, "x": 640, "y": 980}));
}

/// A tab of which nothing can be shown: its full snapshot is missing. So it may also hold what stops a browser.
fn never_shown(garden: &mut Garden) {
    let secret = garden.plant("other windows", "without a full snapshot", Kind::Email);
    let node = garden.around("p", json!({}), &secret);
    garden.mutates(LEAVES, json!({"adds": [{"parentId": 9001, "nextId": null, "node": node}]}));
    let secret = garden.plant("comments", "CDATA section", Kind::Email);
    let node = json!({"type": 4, "textContent": secret, "id": 9002});
    garden.mutates(LEAVES, json!({"adds": [{"parentId": 9001, "nextId": null, "node": node}]}));
}

fn person(garden: &mut Garden) -> Value {
    let mut secret = |what, kind| garden.plant("person", what, kind);
    json!({
        "name": secret("name", Kind::Email),
        "distinct_ids": [secret("distinct id", Kind::Email)],
        "uuid": "01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77",
        "properties": {
            "email": secret("email property", Kind::Email),
            "phone": secret("phone property", Kind::Phone),
            "nickname": secret("property by name", Kind::Named),
            "$initial_current_url": format!("https://shop.example/?u={}", secret("address", Kind::Email)),
            "nested": {"customer": [secret("nested", Kind::Own)]},
        },
    })
}

impl Session {
    /// As PostHog's export of version 2023-04-28.
    pub(in crate::redaction) fn export(&self) -> Value {
        let data = json!({"id": self.id, "person": self.person, "snapshots": self.events});
        json!({"version": "2023-04-28", "data": data})
    }
}

/// The session as a package, with resources and what else a manifest can say, and all that is planted in it.
pub(in crate::redaction) fn package() -> (Vec<Planted>, Vec<u8>) {
    let Session { planted, events, id, person } = grown();
    let session = Session { planted, events, id, person };
    let mut garden = Garden::new(LAST);
    let name = FILE_NAME.replace("{}", &garden.plant("names of files", "source of a package", Kind::Email));
    let bytes = session.export().to_string().into_bytes().into();
    let mut opened = package::open(vec![SourceBytes { name, bytes }], &Limits::default()).unwrap();
    let mut asset = |what, kind, url: &str, content_type: &str, content: &dyn Fn(&str) -> String| {
        let secret = garden.plant("resources", what, kind);
        let content_type = content_type.to_owned();
        opened
            .assets
            .insert(&url.replace("{}", &secret), Asset { content_type, bytes: content(&secret).into_bytes().into() });
    };
    asset("address", Kind::Email, "https://a.example/{}/logo.svg", "image/svg+xml", &|_| "<svg/>".to_owned());
    asset("style sheet", Kind::Email, "https://a.example/a.css", "text/css", &|secret| {
        format!("p::before {{ content: '{}' }}", secret.replace('@', "\\40 "))
    });
    asset("SVG", Kind::Email, "https://a.example/a.svg", "image/svg+xml", &|secret| {
        format!("<svg xmlns='http://www.w3.org/2000/svg'><text>{}</text></svg>", secret.replace('@', "&#64;"))
    });
    asset("other text", Kind::Token, "https://a.example/a.txt", "text/plain", &str::to_owned);
    let mut first = Cursor::new(Vec::new());
    package::write(&opened, &mut first).unwrap();

    let source = SourceBytes { name: "first.replay.zip".to_owned(), bytes: first.into_inner().into() };
    let mut opened = package::open(vec![source], &Limits::default()).unwrap();
    let manifest = opened.manifest.as_mut().unwrap();
    let mut property = |what, kind, name: &str| {
        let secret = garden.plant("session", what, kind);
        manifest.session.properties.insert(name.to_owned(), json!(secret));
    };
    property("property", Kind::Email, "ticket");
    property("property by name", Kind::Named, "nickname");
    let mut second = Cursor::new(Vec::new());
    package::write(&opened, &mut second).unwrap();
    let mut planted = session.planted;
    planted.extend(garden.planted);
    (planted, second.into_inner())
}
