//! What is not page.

use super::*;

fn event(kind: u64, data: &Value) -> Value {
    json!({"type": kind, "timestamp": 1_700_000_000_100_i64, "data": data})
}

fn after(data: &Value, kind: u64, rules: &Rules) -> Value {
    redacted(&[meta(), page(&json!([])), event(kind, data)], rules)[2]["data"].clone()
}

#[test]
fn payloads_are_looked_through_whatever_their_shape() {
    let payload = json!({"user": {"ada@example.com": ["bob@example.com", 7, null]}, "body": "{\"to\":\"eve\\u0040example.com\"}"});
    let data = after(&json!({"tag": "seen by ada@example.com", "payload": payload}), 5, &emails());
    assert_eq!(data["tag"], "seen by xxx@xxxxxxx.xxx");
    assert_eq!(data["payload"]["user"]["xxx@xxxxxxx.xxx"], json!(["xxx@xxxxxxx.xxx", 7, null]));
    assert_eq!(data["payload"]["body"], r#"{"to":"xxx@xxxxxxx.xxx"}"#);
}

#[test]
fn values_are_known_by_the_names_of_their_members() {
    let tokens = rules(vec![pattern(Pattern::Token, Action::Mask)]);
    let request = json!({
        "name": "https://shop.example/?access_token=abc123&page=2",
        "requestHeaders": {"Authorization": "something", "accept": "text/html"},
        "headers": [{"name": "cookie", "value": "a=b"}, {"name": "host", "value": "shop.example"}],
        "requestBody": "{\"password\":\"hunter2\",\"page\":2}",
        "responseBody": "user=ada&password=hunter2",
    });
    let data = after(&json!({"plugin": "rrweb/network@1", "payload": {"requests": [request]}}), 6, &tokens);
    let request = &data["payload"]["requests"][0];
    assert_eq!(request["name"], "https://shop.example/?access_token=xxx###&page=2");
    assert_eq!(request["requestHeaders"], json!({"Authorization": "xxxxxxxxx", "accept": "text/html"}));
    assert_eq!(request["headers"][0]["value"], "xxx");
    assert_eq!(request["headers"][1]["value"], "shop.example");
    assert_eq!(request["requestBody"], r#"{"password":"xxxxxx#","page":2}"#);
    assert_eq!(request["responseBody"], "user=ada&password=xxxxxx#");
}

#[test]
fn numbers_stay_numbers() {
    let cards = rules(vec![pattern(Pattern::Card, Action::Mask)]);
    let data = after(&json!({"tag": "paid", "payload": {"with": 4_111_111_111_111_111_u64, "sum": 12.5}}), 5, &cards);
    assert_eq!(data["payload"], json!({"with": 0, "sum": 12.5}));
}

#[test]
fn addresses_of_pages_are_redacted_in_the_model_as_well() {
    let mut events = vec![meta(), page(&json!([]))];
    events[0]["data"]["href"] = json!("https://shop.example/u/ada%40example.com?mail=ada@example.com#x");
    let mut opened = open(&events);
    redact(&mut opened, &emails());
    let EventKind::Meta { href, .. } = &opened.recording.windows[0].events[0].kind else { panic!() };
    assert!(!href.contains("ada"), "{href}");
    assert!(href.starts_with("https://shop.example/u/"), "{href}");
}

#[test]
fn texts_drawn_on_a_canvas_are_redacted_over_several_calls() {
    let draw = |text: &str| json!({"property": "fillText", "args": [text, 1, 2]});
    let canvas = json!({"source": 9, "id": 9, "type": 0, "commands": [draw("Mail: ada@"), {"property": "save", "args": []}, draw("example.com")]});
    let data = after(&canvas, 3, &emails());
    assert_eq!(data["commands"][0]["args"][0], "Mail: xxx@");
    assert_eq!(data["commands"][2]["args"][0], "xxxxxxx.xxx");
}

#[test]
fn a_value_known_from_one_place_is_found_by_its_beginning_in_another() {
    let log = event(6, &json!({"plugin": "rrweb/console@1", "payload": {"payload": ["\"so far: ada@exam\""]}}));
    let request = event(5, &json!({"tag": "signup", "payload": {"mail": "ada@example.com"}}));
    let events = redacted(&[meta(), page(&json!([])), log, request], &emails());
    assert_eq!(events[2]["data"]["payload"]["payload"][0], "\"so far: xxx@xxxx\"");
}

#[test]
fn persons_names_and_resources_are_redacted() {
    let export = json!({"version": "2023-04-28", "data": {"id": "session of ada@example.com", "person": {"distinct_ids": ["ada@example.com"]},
        "snapshots": [{"windowId": "tab of ada@example.com", "type": 4, "timestamp": 1_700_000_000_000_i64, "data": {"href": "https://a.example/", "width": 8, "height": 8}},
                      {"windowId": "tab of ada@example.com", "type": 2, "timestamp": 1_700_000_000_001_i64, "data": page(&json!([]))["data"]}]}});
    let bytes = serde_json::to_vec(&export).unwrap().into();
    let part = SourceBytes { name: "ada@example.com.json".to_owned(), bytes };
    let mut opened = package::open(vec![part], &package::Limits::default()).unwrap();
    let asset = crate::assets::Asset { content_type: "text/css".to_owned(), bytes: "/* ada@example.com */".into() };
    opened.assets.insert("https://a.example/ada@example.com.css?u=ada@example.com", asset);
    redact(&mut opened, &emails());
    let mut out = std::io::Cursor::new(Vec::new());
    let manifest = package::write(&opened, &mut out).unwrap();
    let mut all = serde_json::to_string(&manifest).unwrap();
    for (url, asset) in opened.assets.iter() {
        all.push_str(url);
        all.push_str(&String::from_utf8_lossy(&asset.bytes));
    }
    for window in &opened.recording.windows {
        all.push_str(&window.id);
        window.events.iter().for_each(|event| all.push_str(&String::from_utf8_lossy(&event.json)));
    }
    assert!(!all.contains("ada"), "{all}");
    let rule = &manifest.redaction.unwrap().rules[0];
    assert_eq!((rule.action.as_str(), rule.places["person"], rule.places["names"]), ("mask", 1, 5));
}

#[test]
fn drawings_written_into_attributes_are_read() {
    use base64::Engine as _;
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><text>ada@example.com</text></svg>";
    let encoded = base64::engine::general_purpose::STANDARD.encode(svg);
    let body = json!([
        element(4, "img", &json!({"src": format!("data:image/svg+xml;base64,{encoded}")}), &json!([])),
        element(5, "p", &json!({"style": format!("background:url(data:image/svg+xml;base64,{encoded}) no-repeat")}), &json!([])),
    ]);
    let events = redacted(&[meta(), page(&body)], &emails());
    for written in [strings(&events, "src"), strings(&events, "style")].concat() {
        let content = written.split(";base64,").nth(1).unwrap().split(')').next().unwrap();
        let svg = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(content).unwrap()).unwrap();
        assert!(svg.contains("<text>xxx@xxxxxxx.xxx</text>"), "{svg}");
    }
}
