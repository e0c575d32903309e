//! What is recorded besides the page: console, network, custom events, other plugins, and what nobody knows yet.

use serde_json::{Value, json};

use super::{Garden, Kind, grouped};

const AT: i64 = 4000;

pub(super) fn build(garden: &mut Garden) {
    console(garden);
    network(garden);
    custom(garden);
    strange(garden);
    addresses(garden);
}

fn plugin(garden: &mut Garden, name: &str, payload: Value) {
    garden.happens(6, AT, json!({"plugin": name, "payload": payload}));
}

fn console(garden: &mut Garden) {
    let name = "rrweb/console@1";
    for (what, kind) in [("line", Kind::Email), ("card", Kind::Card), ("token", Kind::Token), ("own", Kind::Own)] {
        let secret = garden.plant("console", what, kind);
        plugin(garden, name, json!({"level": "log", "payload": [format!("\"user is {secret} now\"")], "trace": []}));
    }
    let secret = garden.plant("console", "JSON in a string", Kind::Email);
    let inner = json!({"user": {"mail": secret}, "n": 1}).to_string();
    let line = Value::from(inner).to_string();
    plugin(garden, name, json!({"level": "info", "payload": [line], "trace": []}));
    let secret = garden.plant("console", "member by name", Kind::Named);
    let line = json!({"nickname": secret, "n": 1}).to_string();
    plugin(garden, name, json!({"level": "info", "payload": [line], "trace": []}));
    let secret = garden.plant("console", "password in JSON", Kind::Named);
    let line = json!({"password": secret, "n": 1}).to_string();
    plugin(garden, name, json!({"level": "info", "payload": [line], "trace": []}));
    let secret = garden.plant("console", "trace", Kind::Email);
    let trace = format!("https://shop.example/app.js?u={secret}:1:2");
    plugin(garden, name, json!({"level": "error", "payload": ["\"x\""], "trace": [trace]}));
    let secret = garden.plant("console", "of recorders before 1.0", Kind::Email);
    let line = format!("\"{secret}\"");
    garden.changes(AT, json!({"source": 11, "level": "error", "payload": [line], "trace": []}));
}

fn network(garden: &mut Garden) {
    let put = |garden: &mut Garden, what, kind, form: &dyn Fn(&str) -> Value| {
        let secret = garden.plant("network", what, kind);
        let request = form(&secret);
        plugin(garden, "rrweb/network@1", json!({"requests": [request]}));
    };
    let url = "https://api.example/v1";
    put(garden, "address", Kind::Email, &|secret| json!({"name": format!("{url}/users/{secret}"), "method": "GET"}));
    put(
        garden,
        "parameter by name",
        Kind::Named,
        &|secret| json!({"name": format!("{url}?nickname={secret}&x=1"), "method": "GET"}),
    );
    put(
        garden,
        "request header",
        Kind::Token,
        &|secret| json!({"name": url, "requestHeaders": {"X-Trace": format!("Bearer {secret}")}}),
    );
    put(
        garden,
        "header by name",
        Kind::Named,
        &|secret| json!({"name": url, "requestHeaders": {"Authorization": secret}}),
    );
    put(
        garden,
        "headers as a list",
        Kind::Named,
        &|secret| json!({"name": url, "requestHeaders": [{"name": "X-Api-Key", "value": secret}]}),
    );
    put(
        garden,
        "cookie",
        Kind::Named,
        &|secret| json!({"name": url, "responseHeaders": {"Set-Cookie": format!("session={secret}; Path=/")}}),
    );
    put(
        garden,
        "JSON body",
        Kind::Card,
        &|secret| json!({"name": url, "requestBody": json!({"pay": {"with": grouped(secret)}}).to_string()}),
    );
    put(
        garden,
        "member of a JSON body",
        Kind::Named,
        &|secret| json!({"name": url, "requestBody": json!({"nickname": secret, "n": 2}).to_string()}),
    );
    put(
        garden,
        "JSON body, escaped",
        Kind::Email,
        &|secret| json!({"name": url, "responseBody": format!("{{\"to\":\"{}\"}}", secret.replace('@', "\\u0040"))}),
    );
    put(
        garden,
        "form body",
        Kind::Email,
        &|secret| json!({"name": url, "requestBody": format!("a=1&mail={}&b=2", secret.replace('@', "%40"))}),
    );
    put(
        garden,
        "member of a form body",
        Kind::Named,
        &|secret| json!({"name": url, "requestBody": format!("a=1&password={secret}&b=2")}),
    );
    put(
        garden,
        "body as an object",
        Kind::Email,
        &|secret| json!({"name": url, "responseBody": {"users": [{"m": secret}]}}),
    );
    put(
        garden,
        "HTML body",
        Kind::Email,
        &|secret| json!({"name": url, "responseBody": format!("<p>{}</p>", secret.replace('@', "&#x40;"))}),
    );
}

fn custom(garden: &mut Garden) {
    let put = |garden: &mut Garden, what, kind, form: &dyn Fn(&str) -> Value| {
        let secret = garden.plant("custom events", what, kind);
        let data = form(&secret);
        garden.happens(5, AT, data);
    };
    put(garden, "payload", Kind::Email, &|secret| json!({"tag": "identify", "payload": secret}));
    put(
        garden,
        "deep in the payload",
        Kind::Email,
        &|secret| json!({"tag": "order", "payload": {"lines": [{"for": {"whom": secret}}]}}),
    );
    put(
        garden,
        "number",
        Kind::Card,
        &|secret| json!({"tag": "paid", "payload": {"with": secret.parse::<u64>().unwrap()}}),
    );
    put(
        garden,
        "number by name",
        Kind::Card,
        &|secret| json!({"tag": "paid", "payload": {"card_number": secret.parse::<u64>().unwrap()}}),
    );
    put(garden, "name of a member", Kind::Email, &|secret| json!({"tag": "seen", "payload": {secret: true}}));
    put(garden, "tag", Kind::Email, &|secret| json!({"tag": format!("greet {secret}"), "payload": {}}));
    put(
        garden,
        "member by name",
        Kind::Named,
        &|secret| json!({"tag": "x", "payload": {"user": {"nickname": secret}}}),
    );
    put(garden, "token", Kind::Token, &|secret| json!({"tag": "x", "payload": [[secret]]}));
    put(
        garden,
        "$pageview",
        Kind::Email,
        &|secret| json!({"tag": "$pageview", "payload": {"href": format!("https://shop.example/u/{secret}")}}),
    );
    put(
        garden,
        "$session_options",
        Kind::Email,
        &|secret| json!({"tag": "$session_options", "payload": {"sessionRecordingOptions": {"x": secret}}}),
    );
    put(
        garden,
        "JSON in a string",
        Kind::Email,
        &|secret| json!({"tag": "x", "payload": json!({"a": json!({"b": secret}).to_string()}).to_string()}),
    );
    put(garden, "base64 in a string", Kind::Email, &|secret| {
        use base64::Engine as _;
        json!({"tag": "x", "payload": {"state": base64::engine::general_purpose::STANDARD.encode(format!("{{\"who\":\"{secret}\"}}"))}})
    });
}

fn strange(garden: &mut Garden) {
    let secret = garden.plant("other plugins", "payload", Kind::Email);
    plugin(garden, "acme/state@2", json!({"store": {"user": [secret]}}));
    let secret = garden.plant("other plugins", "name", Kind::Email);
    plugin(garden, &format!("acme/{secret}@1"), json!({}));
    let secret = garden.plant("unknown events", "type", Kind::Email);
    garden.happens(42, AT, json!({"of": {"the": ["future", secret]}}));
    let secret = garden.plant("unknown events", "source", Kind::Phone);
    garden.changes(AT, json!({"source": 99, "what": secret}));
    let secret = garden.plant("unknown events", "asset", Kind::Email);
    garden.happens(7, AT, json!({"url": format!("https://a.example/{secret}.png"), "payload": {"rr_type": "Blob"}}));
    let secret = garden.plant("unknown events", "annotation", Kind::Email);
    garden.happens(8, AT, json!({"tag": "note", "payload": {"text": secret}}));
    for (what, kind, member) in [
        ("of an event", Kind::Email, "actor"),
        ("of an event, nested", Kind::Phone, "context"),
        ("of an event, by name", Kind::Named, "nickname"),
    ] {
        let secret = garden.plant("unknown members", what, kind);
        garden.happens(5, AT, json!({"tag": "y", "payload": {}}));
        let event = garden.events.last_mut().unwrap();
        event[member] = if what.ends_with("nested") { json!({"of": [secret]}) } else { json!(secret) };
    }
    let secret = garden.plant("unknown members", "of a known source", Kind::Email);
    garden.changes(AT, json!({"source": 3, "id": 1, "x": 0, "y": 0, "note": secret}));
    let secret = garden.plant("unknown members", "of a node", Kind::Email);
    let mut node = garden.nodes.leaf("p", json!({}));
    node["note"] = secret.into();
    let parent = garden.id("hidden");
    garden.mutates(AT, json!({"adds": [{"parentId": parent, "nextId": null, "node": node}]}));
}

fn addresses(garden: &mut Garden) {
    let put = |garden: &mut Garden, what, kind, form: &dyn Fn(&str) -> String| {
        let secret = garden.plant("addresses of pages", what, kind);
        let href = form(&secret);
        garden.happens(4, AT + 10, json!({"href": href, "width": super::WIDTH, "height": super::HEIGHT}));
    };
    put(garden, "path", Kind::Email, &|secret| format!("https://shop.example/u/{secret}/cart"));
    put(garden, "user", Kind::Named, &|secret| format!("https://admin:{secret}@shop.example/"));
    put(garden, "parameter by name", Kind::Named, &|secret| format!("https://shop.example/?nickname={secret}"));
    put(garden, "route in the fragment", Kind::Email, &|secret| format!("https://shop.example/#/u?mail={secret}"));
    put(garden, "not a URL", Kind::Phone, &|secret| format!("app://call {secret}"));
}
