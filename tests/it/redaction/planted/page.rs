//! What stands in the first snapshot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::{Garden, KEPT, Kind, grouped};
use crate::program::recording::{meta, snapshot};

use super::{HEIGHT, WIDTH, elements, typing};

/// Makes the page, with all that other modules need on it.
pub(super) fn build(garden: &mut Garden) {
    let mut body = texts(garden);
    body.extend(split(garden));
    body.extend(fields(garden));
    body.extend(pictures(garden));
    body.extend(scenes(garden));
    body.extend(elements::build(garden));
    body.extend(typing::fields(garden));
    body.push(garden.nodes.leaf("div", json!({"id": "css"})));
    let mut unseen = attributes(garden);
    unseen.extend(addresses(garden));
    unseen.extend(odd_nodes(garden));
    unseen.push(garden.around("p", json!({}), KEPT));
    body.push(garden.nodes.element("div", json!({"style": "display:none"}), unseen));
    body.extend(labels(garden));
    let head = head(garden);
    let mut document = garden.nodes.document(head, json!({"style": "margin:0;background:#fff"}), body);
    garden.name("body", &document["childNodes"][1]["childNodes"][1]);
    let public = garden.plant("doctypes", "public id", Kind::Email);
    document["childNodes"][0]["publicId"] = json!(format!("-//{public}//DTD"));
    let system = garden.plant("doctypes", "system id", Kind::Email);
    document["childNodes"][0]["systemId"] = json!(format!("http://example.org/{system}"));

    let mut first = meta(0, WIDTH, HEIGHT);
    let asked = garden.plant("addresses of pages", "query parameter", Kind::Email).replace('@', "%40");
    let signed = garden.plant("addresses of pages", "fragment", Kind::Token);
    first["data"]["href"] = json!(format!("https://shop.example/?email={asked}#access_token={signed}"));
    garden.events.push(first);
    garden.events.push(snapshot(1, &document));
}

/// What must not change, so that pictures have something to be compared by.
fn labels(garden: &mut Garden) -> Vec<Value> {
    let row = |garden: &mut Garden, (row, left): (u32, u32)| {
        let style = format!(
            "position:absolute;left:{left}px;top:{}px;font:14px/30px Arial;color:#246;background:#eef;width:44px",
            8 + row * 34
        );
        garden.around("div", json!({"style": style}), &format!("row {row}"))
    };
    (0..29).flat_map(|number| [(number, 10), (number, 650)]).map(|place| row(garden, place)).collect()
}

fn texts(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    let whats = [
        ("email", Kind::Email),
        ("card", Kind::Card),
        ("phone", Kind::Phone),
        ("token", Kind::Token),
        ("own", Kind::Own),
    ];
    for (what, kind) in whats {
        let secret = garden.plant("texts", what, kind);
        let style = garden.always();
        let text = if kind == Kind::Card { grouped(&secret) } else { secret };
        all.push(garden.around("div", json!({"style": style}), &text));
    }
    let secret = garden.plant("texts", "in a sentence", Kind::Email);
    all.push(garden.around("p", json!({"style": "display:none"}), &format!("Mail <{secret}>, please.")));
    let secret = garden.plant("texts", "with a dash of dots", Kind::Card);
    all.push(garden.around("p", json!({"style": "display:none"}), &grouped(&secret).replace(' ', "-")));
    all
}

/// `text` cut at these places, each part within an element.
fn pieces(garden: &mut Garden, text: &str, cuts: &[usize], tags: &[&str], attributes: &Value) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (number, end) in cuts.iter().copied().chain([text.len()]).enumerate() {
        let part = &text[start..end];
        start = end;
        let tag = tags[number % tags.len()];
        let text = garden.nodes.text(part);
        parts.push(if tag.is_empty() { text } else { garden.nodes.element(tag, attributes.clone(), vec![text]) });
    }
    parts
}

fn split(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    let mut put = |garden: &mut Garden, what, kind, cuts: &[usize], tags: &[&str], attributes: Value| {
        let secret = garden.plant("texts over several elements", what, kind);
        let style = garden.always();
        let parts = pieces(garden, &secret, cuts, tags, &attributes);
        all.push(garden.nodes.element("div", json!({"style": style}), parts));
    };
    put(garden, "email over <b>", Kind::Email, &[4, 9], &["", "b", ""], json!({}));
    put(garden, "email in letters", Kind::Email, &[1, 2, 3, 4, 5, 6, 7, 8], &["span"], json!({}));
    put(garden, "card in spans", Kind::Card, &[4, 8, 12], &["span"], json!({}));
    put(garden, "card in blocks", Kind::Card, &[4, 8, 12], &["div"], json!({"style": "float:left;width:70px"}));
    put(garden, "phone over links", Kind::Phone, &[4, 8], &["a", "i"], json!({}));
    put(garden, "token in the middle", Kind::Token, &[14], &["", "code"], json!({}));
    put(garden, "own pattern", Kind::Own, &[2, 6], &["", "em"], json!({}));
    all
}

fn attributes(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    for (what, tag, kind) in [
        ("title", "p", Kind::Email),
        ("alt", "img", Kind::Email),
        ("placeholder", "input", Kind::Phone),
        ("aria-label", "button", Kind::Phone),
        ("data-customer", "div", Kind::Email),
        ("data-json", "div", Kind::Card),
        ("user-name", "my-account", Kind::Email),
        ("id", "p", Kind::Email),
        ("name", "a", Kind::Email),
        ("class", "p", Kind::Email),
        ("data-token", "p", Kind::Token),
        ("data-order", "p", Kind::Own),
        ("rr_custom", "p", Kind::Email),
    ] {
        let mut secret = garden.plant("attributes", what, kind);
        if what == "data-json" {
            secret = json!({"card": secret}).to_string();
        }
        all.push(garden.nodes.leaf(tag, json!({what: secret})));
    }
    let secret = garden.plant("attributes", "name of an attribute", Kind::Email);
    all.push(garden.nodes.leaf("p", json!({secret: ""})));
    let secret = garden.plant("attributes", "by name", Kind::Named);
    all.push(garden.nodes.leaf("p", json!({"data-nickname": "x", "nickname": secret})));
    let secret = garden.plant("inline styles", "content", Kind::Email);
    all.push(garden.nodes.leaf("p", json!({"style": format!("--who: '{secret}'; color: red")})));
    let secret = garden.plant("inline styles", "url()", Kind::Email);
    all.push(garden.nodes.leaf("p", json!({"style": format!("background: url(https://a.example/{secret}.png)")})));
    let secret = garden.plant("frames", "srcdoc", Kind::Email).replace('@', "&#64;");
    all.push(garden.nodes.leaf("iframe", json!({"srcdoc": format!("<p>{secret}</p>")})));
    let secret = garden.plant("frames", "srcdoc over elements", Kind::Email);
    let (start, end) = secret.split_at(4);
    all.push(garden.nodes.leaf("iframe", json!({"srcdoc": format!("<p>{start}<b>{end}</b></p>")})));
    all
}

fn addresses(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    let mut put = |garden: &mut Garden, what, kind, tag: &str, name: &str, form: &dyn Fn(&str) -> String| {
        let secret = garden.plant("addresses in attributes", what, kind);
        all.push(garden.nodes.leaf(tag, json!({name: form(&secret)})));
    };
    let dense = |text: &str| text.replace(' ', "");
    put(garden, "mailto:", Kind::Email, "a", "href", &|secret| format!("mailto:{secret}?subject=x"));
    put(garden, "tel:", Kind::Phone, "a", "href", &|secret| format!("tel:{}", dense(secret)));
    put(garden, "query parameter", Kind::Email, "a", "href", &|secret| format!("/find?who={secret}&n=1"));
    put(garden, "percent-encoded", Kind::Email, "a", "href", &|secret| {
        format!("/find?who={}", secret.replace('@', "%40"))
    });
    put(garden, "percent-encoded twice", Kind::Email, "a", "href", &|secret| {
        format!("/go?to=%2Ffind%3Fwho%3D{}", secret.replace('@', "%2540"))
    });
    put(garden, "percent-encoded letters", Kind::Email, "a", "href", &|secret| {
        let bytes: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("/find?who={bytes}")
    });
    put(garden, "user and password", Kind::Named, "a", "href", &|secret| {
        format!("https://admin:{secret}@shop.example/")
    });
    put(garden, "fragment", Kind::Token, "a", "href", &|secret| format!("/#access_token={secret}&type=x"));
    put(garden, "parameter by name", Kind::Named, "a", "href", &|secret| format!("/?nickname={secret}&page=2"));
    put(garden, "password parameter", Kind::Named, "a", "href", &|secret| format!("/?password={secret}&page=2"));
    put(garden, "src", Kind::Email, "img", "src", &|secret| format!("https://a.example/{secret}/face.png"));
    put(garden, "srcset", Kind::Email, "img", "srcset", &|secret| {
        format!("https://a.example/{secret}/1.png 1x, https://a.example/2.png 2x")
    });
    put(garden, "rr_src", Kind::Email, "iframe", "rr_src", &|secret| format!("https://a.example/?u={secret}"));
    put(garden, "action", Kind::Own, "form", "action", &|secret| format!("/orders/{secret}"));
    put(garden, "path", Kind::Card, "a", "href", &|secret| format!("/cards/{secret}/edit"));
    all
}

fn odd_nodes(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    let secret = garden.plant("comments", "comment", Kind::Email);
    let id = garden.nodes.text("");
    all.push(json!({"type": 5, "textContent": format!(" made for {secret} "), "id": id["id"]}));
    for (what, tag) in [("script", "script"), ("noscript", "noscript"), ("template", "template")] {
        let secret = garden.plant("texts", what, Kind::Email);
        all.push(garden.around(tag, json!({}), &format!("var who = '{secret}'")));
    }
    let secret = garden.plant("texts", "of SVG", Kind::Email);
    let text = garden.nodes.text(&secret);
    let text = garden.nodes.svg("text", json!({"x": "4", "y": "20"}), vec![text]);
    all.push(garden.nodes.svg("svg", json!({"width": "300", "height": "30"}), vec![text]));
    all
}

fn fields(garden: &mut Garden) -> Vec<Value> {
    let (mut all, mut unseen) = (Vec::new(), Vec::new());
    let secret = garden.plant("values of fields", "text field", Kind::Email);
    let style = garden.always();
    all.push(garden.nodes.leaf("input", json!({"type": "text", "value": secret, "style": style})));
    let secret = garden.plant("values of fields", "email field", Kind::Named);
    let style = garden.always();
    all.push(garden.nodes.leaf("input", json!({"type": "email", "value": secret, "style": style})));
    let secret = garden.plant("values of fields", "telephone field", Kind::Named);
    unseen.push(garden.nodes.leaf("input", json!({"type": "tel", "value": secret})));
    let secret = garden.plant("values of fields", "password field", Kind::Named);
    unseen.push(garden.nodes.leaf("input", json!({"type": "password", "value": secret})));
    let secret = garden.plant("values of fields", "by autocomplete", Kind::Named);
    unseen.push(garden.nodes.leaf("input", json!({"autocomplete": "one-time-code", "value": secret})));
    let secret = garden.plant("values of fields", "by name", Kind::Named);
    unseen.push(garden.nodes.leaf("input", json!({"name": "nickname", "value": secret})));
    let secret = garden.plant("values of fields", "placeholder", Kind::Email);
    let style = garden.always();
    all.push(garden.nodes.leaf("input", json!({"placeholder": secret, "style": style})));
    let secret = garden.plant("values of fields", "area, as attribute", Kind::Email);
    let style = garden.always();
    all.push(garden.nodes.leaf("textarea", json!({"value": secret, "style": format!("{style};resize:none")})));
    let secret = garden.plant("values of fields", "area, as text", Kind::Phone);
    unseen.push(garden.around("textarea", json!({}), &secret));
    let chosen = garden.plant("values of fields", "option", Kind::Email);
    let style = garden.always();
    let other = garden.plant("values of fields", "value of an option", Kind::Email);
    let options = vec![
        garden.around("option", json!({"selected": true}), &chosen),
        garden.around("option", json!({"value": other}), "Other"),
    ];
    all.push(garden.nodes.element("select", json!({"style": format!("{style};appearance:none")}), options));
    let secret = garden.plant("values of fields", "number field, as a number", Kind::Card);
    let number: u64 = secret.parse().unwrap();
    unseen.push(garden.nodes.leaf("input", json!({"type": "number", "value": number})));
    all.push(garden.nodes.element("div", json!({"style": "display:none"}), unseen));
    all
}

fn svg(text: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='540' height='30'><rect width='540' height='30' fill='white'/>\
         <text x='2' y='23' font-family='Arial' font-size='22'>{text}</text></svg>"
    )
}

fn percent(text: &str) -> String {
    let escape = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(escape).collect()
}

fn pictures(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    for (what, name, coded) in
        [("SVG, percent-encoded", "src", false), ("SVG, base64", "src", true), ("rr_dataURL", "rr_dataURL", true)]
    {
        let secret = garden.plant("data URLs", what, Kind::Email);
        let style = garden.always();
        let url = if coded {
            format!("data:image/svg+xml;base64,{}", BASE64.encode(svg(&secret)))
        } else {
            format!("data:image/svg+xml,{}", percent(&svg(&secret)))
        };
        all.push(garden.nodes.leaf("img", json!({name: url, "style": style})));
    }
    let secret = garden.plant("data URLs", "JSON in a link", Kind::Token);
    let url = format!("data:application/json;base64,{}", BASE64.encode(json!({"key": secret}).to_string()));
    all.push(garden.nodes.leaf("a", json!({"href": url, "style": "display:none"})));
    all
}

/// Elements that later events of other modules fill.
fn scenes(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    garden.plant("canvases", "filled", Kind::Email);
    let style = garden.in_row(500, super::LEAVES);
    let canvas = garden.nodes.leaf("canvas", json!({"width": "540", "height": "30", "style": style}));
    garden.name("canvas", &canvas);
    all.push(canvas);

    garden.plant("frames", "document", Kind::Email);
    let style = garden.in_row(500, super::LEAVES);
    let frame = garden.nodes.leaf("iframe", json!({"style": style}));
    garden.name("frame", &frame);
    all.push(frame);

    garden.plant("shadow roots", "snapshot", Kind::Email);
    let style = garden.always();
    let secret = garden.latest();
    let mut inner = garden.around("b", json!({"style": "font-weight:normal"}), &secret);
    inner["isShadow"] = true.into();
    let mut host = garden.nodes.element("my-card", json!({"style": style}), vec![inner]);
    host["isShadowHost"] = true.into();
    garden.name("host", &host);
    all.push(host);

    garden.plant("changed texts", "text", Kind::Email);
    let style = garden.in_row(500, super::LEAVES);
    let text = garden.nodes.text("nothing yet");
    garden.name("text", &text);
    all.push(garden.nodes.element("div", json!({"style": style}), vec![text]));

    garden.plant("added nodes", "over what stood there", Kind::Email);
    let style = garden.in_row(500, super::LEAVES);
    let text = garden.nodes.text(" ");
    let parent = garden.nodes.element("div", json!({"style": style}), vec![text]);
    garden.name("grows", &parent);
    all.push(parent);
    all
}

fn head(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    let secret = garden.plant("titles", "title", Kind::Email);
    let text = garden.nodes.text(&format!("Inbox of {secret}"));
    garden.name("title", &text);
    all.push(garden.nodes.element("title", json!({}), vec![text]));
    let secret = garden.plant("attributes", "content of meta", Kind::Email);
    all.push(garden.nodes.leaf("meta", json!({"name": "author", "content": secret})));
    all.extend(style_sheets(garden));
    all
}

fn style_sheets(garden: &mut Garden) -> Vec<Value> {
    let mut all = Vec::new();
    let mut css = String::new();
    let secret = garden.plant("style sheets", "content", Kind::Email);
    css += &format!(".none-1::before {{ content: \"{secret}\" }}\n");
    let secret = garden.plant("style sheets", "escaped", Kind::Email).replace('@', "\\40 ");
    css += &format!(".none-2::before {{ content: \"{secret}\" }}\n");
    let secret = garden.plant("style sheets", "comment", Kind::Email);
    css += &format!("/* by {secret} */\n");
    let secret = garden.plant("style sheets", "url()", Kind::Email);
    css += &format!(".none-3 {{ background: url(https://a.example/{secret}.png) }}\n");
    let secret = garden.plant("style sheets", "data URL", Kind::Email);
    css += &format!(".none-4 {{ background: url(\"data:image/svg+xml;base64,{}\") }}\n", BASE64.encode(svg(&secret)));
    let secret = garden.plant("style sheets", "selector", Kind::Email);
    css += &format!("[data-customer=\"{secret}\"] {{ color: red }}\n");
    all.push(garden.nodes.leaf("link", json!({"rel": "stylesheet", "_cssText": css})));

    let secret = garden.plant("style sheets", "text of a style", Kind::Email);
    let style = garden.always();
    let text = garden.nodes.css(&format!("#css::before {{ content: \"{secret}\" }}"));
    let sheet = garden.nodes.element("style", json!({}), vec![text]);
    garden.name("sheet", &sheet);
    all.push(sheet);
    garden.plant("style sheets", "splits a style", Kind::Email);
    let secret = garden.latest();
    let (start, end) = secret.split_at(5);
    let parts = vec![
        garden.nodes.css(&format!(".none-5::before {{ content: \"{start}")),
        garden.nodes.css(&format!("{end}\" }}")),
    ];
    all.push(garden.nodes.element("style", json!({}), parts));
    // Of the element in the body that shows it.
    let shown = garden.nodes.css(&format!("#css {{ {style} }}"));
    all.push(garden.nodes.element("style", json!({}), vec![shown]));
    all
}
