//! What changes the page after its snapshot, other than typing.

use serde_json::{Value, json};

use super::{Garden, Kind, grouped};

const AT: i64 = 300;

pub(super) fn build(garden: &mut Garden) {
    mutations(garden);
    added(garden);
    style_sheets(garden);
    canvas(garden);
}

fn mutations(garden: &mut Garden) {
    let secret = garden.secret("changed texts", "text");
    let text = garden.id("text");
    garden.mutates(AT, json!({"texts": [{"id": text, "value": secret}]}));
    let secret = garden.plant("changed texts", "title", Kind::Email);
    let title = garden.id("title");
    garden.mutates(AT, json!({"texts": [{"id": title, "value": format!("Cart of {secret}")}]}));

    let body = garden.id("host");
    for (what, name, kind) in [
        ("title", "title", Kind::Email),
        ("data-customer", "data-customer", Kind::Phone),
        ("href", "href", Kind::Email),
        ("class", "class", Kind::Email),
        ("name", "data-nickname-2", Kind::Own),
    ] {
        let secret = garden.plant("changed attributes", what, kind);
        garden.mutates(AT, json!({"attributes": [{"id": body, "attributes": {name: secret}}]}));
    }
    let secret = garden.plant("changed attributes", "style as a text", Kind::Email);
    let style = format!("--who: '{secret}'");
    let text = garden.id("css-late");
    garden.mutates(AT, json!({"attributes": [{"id": text, "attributes": {"style": style}}]}));
    let secret = garden.plant("changed attributes", "style as an object", Kind::Email);
    garden.mutates(
        AT,
        json!({"attributes": [{"id": text, "attributes": {"style": {"--who": format!("'{secret}'"), "color": ["red", "important"]}}}]}),
    );
    let secret = garden.plant("changed attributes", "_cssText", Kind::Email);
    let sheet = garden.id("late-link");
    garden.mutates(
        AT,
        json!({"attributes": [{"id": sheet, "attributes": {"_cssText": format!(".none-7::before {{ content: '{secret}' }}")}}]}),
    );
}

/// One element with a text, as a mutation adds it.
fn add(garden: &mut Garden, parent: &str, at: i64, text: &str, shadow: bool) {
    let parent = garden.id(parent);
    let mut node = garden.around("b", json!({"style": "font-weight:normal"}), text);
    if shadow {
        node["isShadow"] = true.into();
    }
    garden.adds(at, parent, node);
}

fn added(garden: &mut Garden) {
    let secret = garden.secret("added nodes", "over what stood there");
    // In three mutations, of which none is a secret by itself.
    for (offset, part) in [(0, &secret[..6]), (40, &secret[6..11]), (80, &secret[11..])] {
        add(garden, "grows", AT + offset, part, false);
    }
    let secret = garden.plant("added nodes", "one element", Kind::Phone);
    add(garden, "hidden", AT, &secret, false);
    let secret = garden.plant("added nodes", "attribute", Kind::Email);
    let node = garden.nodes.leaf("img", json!({"alt": secret}));
    let parent = garden.id("hidden");
    garden.mutates(AT, json!({"adds": [{"parentId": parent, "nextId": null, "node": node}]}));
    let secret = garden.plant("added nodes", "card in a list", Kind::Card);
    let card = grouped(&secret);
    let items = card.split(' ').map(|part| garden.around("li", json!({}), part)).collect();
    let list = garden.nodes.element("ul", json!({}), items);
    garden.adds(AT, parent, list);
    let secret = garden.plant("added nodes", "nested in an added one", Kind::Email);
    let node = garden.around("p", json!({}), &secret);
    garden.mutates(AT, json!({"adds": [{"parentId": parent, "nextId": null, "node": node}]}));

    let secret = garden.plant("shadow roots", "added", Kind::Email);
    add(garden, "host", AT, &secret, true);

    let secret = garden.secret("frames", "document");
    let line = garden.around("div", json!({"style": "font:22px/30px Arial;white-space:nowrap"}), &secret);
    let unseen = garden.plant("frames", "attribute in the document", Kind::Email);
    let other = garden.nodes.leaf("p", json!({"title": unseen}));
    let title = garden.plant("titles", "of a frame", Kind::Email);
    let title = garden.around("title", json!({}), &title);
    let document = garden.nodes.document(vec![title], json!({"style": "margin:0;background:#fff"}), vec![line, other]);
    garden.name("frame body", &document["childNodes"][1]["childNodes"][1]);
    let frame = garden.id("frame");
    garden
        .mutates(AT, json!({"adds": [{"parentId": frame, "nextId": null, "node": document}], "isAttachIframe": true}));
    let secret = garden.plant("frames", "added later", Kind::Email);
    add(garden, "frame body", AT + 20, &secret, false);
}

fn rule(number: u32, secret: &str) -> String {
    format!(".late-{number}::before {{ content: \"{secret}\" }}")
}

fn style_sheets(garden: &mut Garden) {
    let sheet = garden.id("sheet");
    let secret = garden.plant("rules of style sheets", "added", Kind::Email);
    garden.changes(AT, json!({"source": 8, "id": sheet, "adds": [{"rule": rule(1, &secret), "index": 0}]}));
    let secret = garden.plant("rules of style sheets", "replaced", Kind::Email);
    garden.changes(AT, json!({"source": 8, "styleId": 1, "replace": rule(2, &secret)}));
    let secret = garden.plant("rules of style sheets", "replaced at once", Kind::Email);
    garden.changes(AT, json!({"source": 8, "styleId": 1, "replaceSync": rule(3, &secret)}));
    let secret = garden.plant("rules of style sheets", "property", Kind::Email);
    garden.changes(
        AT,
        json!({"source": 13, "id": sheet, "index": [0], "set": {"property": "content", "value": format!("\"{secret}\"")}}),
    );
    let secret = garden.plant("rules of style sheets", "sheet made by script", Kind::Email);
    let host = garden.id("host");
    garden.changes(
        AT - 10,
        json!({"source": 15, "id": host, "styleIds": [1], "styles": [{"styleId": 1, "rules": [{"rule": rule(4, &secret), "index": 0}]}]}),
    );
    let secret = garden.plant("fonts", "family", Kind::Email);
    garden.changes(
        AT,
        json!({"source": 10, "family": secret, "fontSource": "url(data:font/woff2;base64,AAAA)", "buffer": false, "descriptors": {}}),
    );
    let secret = garden.plant("fonts", "source", Kind::Email);
    garden.changes(
        AT,
        json!({"source": 10, "family": "Own", "fontSource": format!("url(https://a.example/{secret}.woff2)"), "buffer": false, "descriptors": {}}),
    );
    let secret = garden.plant("fonts", "descriptors", Kind::Email);
    garden.changes(
        AT,
        json!({"source": 10, "family": "Own", "fontSource": "url(data:,)", "buffer": false, "descriptors": {"unicodeRange": secret}}),
    );
}

fn canvas(garden: &mut Garden) {
    let id = garden.id("canvas");
    let call = |property: &str, args: Value| json!({"property": property, "args": args});
    let set = |property: &str, value: &str| json!({"property": property, "args": [value], "setter": true});
    let secret = garden.secret("canvases", "filled");
    let commands = [
        set("fillStyle", "#fff"),
        call("fillRect", json!([0, 0, 540, 30])),
        set("fillStyle", "#000"),
        set("font", "22px Arial"),
        call("fillText", json!([secret, 2, 23])),
    ];
    garden.changes(AT, json!({"source": 9, "id": id, "type": 0, "commands": commands}));
    let secret = garden.plant("canvases", "outlined, call by call", Kind::Phone);
    let other = garden.id("other canvas");
    garden.changes(AT, json!({"source": 9, "id": other, "type": 0, "property": "strokeText", "args": [secret, 2, 23]}));
    let secret = garden.plant("canvases", "in two calls", Kind::Email);
    let (start, end) = secret.split_at(6);
    let commands = [call("fillText", json!([start, 2, 60])), call("fillText", json!([end, 90, 60]))];
    garden.changes(AT, json!({"source": 9, "id": other, "type": 0, "commands": commands}));
    let secret = garden.plant("canvases", "in two events", Kind::Card);
    for (offset, part) in [(0, &secret[..8]), (10, &secret[8..])] {
        garden.changes(
            AT + offset,
            json!({"source": 9, "id": other, "type": 0, "property": "fillText", "args": [part, 2 + offset * 10, 90]}),
        );
    }
    let secret = garden.plant("canvases", "picture by address", Kind::Email);
    let image = json!({"rr_type": "HTMLImageElement", "src": format!("https://a.example/{secret}.png")});
    garden.changes(
        AT,
        json!({"source": 9, "id": other, "type": 0, "commands": [call("drawImage", json!([image, 0, 0]))]}),
    );
}
