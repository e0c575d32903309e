//! What looks like a secret and is none stays as it is.

use serde_json::json;

use super::{BUILT_IN, shapes::events};
use crate::program::Room;
use crate::program::recording::{HEIGHT, Nodes, WIDTH, event, json_of, meta, snapshot};

const LOOKALIKES: [&str; 44] = [
    "2026-11-21",
    "21.11.2026",
    "11/21/2026 14:30:05",
    "2026-11-21T14:30:05.123Z",
    "1795239295444",
    "$1,299.00",
    "1.299,00 EUR",
    "99.95",
    "v18.2.0-rc.1",
    "react@18.2.0",
    "/node_modules/@babel/core@7.24.1/lib/index.js",
    "logo@2x.png",
    "icon@1.5x.webp",
    "@media (max-width: 640px)",
    "@example",
    "root@localhost",
    "0199-1f3a-7c2e",
    "01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77",
    "Order 4111-22",
    "#1234567890",
    "ISBN 978-3-16-148410-0",
    "192.168.100.200",
    "10.0.0.1:8080",
    "2001:db8::8a2e:370:7334",
    "48.13743, 11.57549",
    "1234567890123456",
    "4111 1111 1111 1112",
    "0 0 24 24",
    "M12 2L2 7l10 5 10-5-10-5zM2 17l10 5 10-5",
    "rgb(12, 34, 56)",
    "1280x720",
    "10:30-12:45",
    "2019-2026",
    "Room 101, floor 3",
    "app.8f3e2a1c9d.js",
    "main.4539148803436467f.css",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "3.14159265358979",
    "100,000,000",
    "12 345 678",
    "tokens_used: 512",
    "The password must have eight characters",
    "Forgot your password?",
    "call us",
];

#[test]
fn what_only_looks_like_a_secret_stays() {
    let mut nodes = Nodes::default();
    let mut body = Vec::new();
    for text in LOOKALIKES {
        let inner = nodes.text(text);
        body.push(nodes.element("p", json!({"title": text, "data-value": text}), vec![inner]));
        body.push(nodes.leaf("input", json!({"type": "text", "value": text})));
    }
    let document = nodes.document(vec![], json!({}), body);
    let mut recording = vec![meta(0, WIDTH, HEIGHT), snapshot(1, &document)];
    for (number, text) in (0..).zip(LOOKALIKES) {
        let at = 100 + number * 10;
        let console = json!({"level": "log", "payload": [json!(text).to_string()], "trace": []});
        recording.push(event(6, at, json!({"plugin": "rrweb/console@1", "payload": console})));
        recording.push(event(5, at + 1, json!({"tag": "seen", "payload": {"value": text, "n": 1795239295444_u64}})));
        let request = json!({"name": "https://api.example/v1?page=2", "responseBody": json!({"value": text, "id": 1234567}).to_string()});
        recording.push(event(6, at + 2, json!({"plugin": "rrweb/network@1", "payload": {"requests": [request]}})));
    }
    let room = Room::new();
    let input = room.file("input.json", json_of(&recording));
    let output = room.out("output.replay.zip");
    let ended = room.run(&["redact", &input, "-o", &output, "--builtin", BUILT_IN]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let mut changed = Vec::new();
    for ((_, before), (_, after)) in events(&input).iter().zip(events(&output)) {
        let after = after.to_string();
        let gone = |text: &&&str| {
            let text = json!(text).to_string();
            let count = |whole: &str| whole.matches(text.trim_matches('"')).count();
            count(&before.to_string()) != count(&after)
        };
        changed.extend(
            LOOKALIKES.iter().filter(gone).map(|text| (*text, before["source"].clone(), before["plugin"].clone())),
        );
    }
    assert!(changed.is_empty(), "taken for secrets: {changed:#?}");
    assert_eq!(events(&input), events(&output));
}
