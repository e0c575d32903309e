//! `--fetch-assets` from outside.

use serde_json::json;

use crate::cage::listener::Listener;
use crate::program::recording::{Nodes, json_of, meta, snapshot};
use crate::program::{Room, warning};

#[test]
fn a_private_address_is_not_asked_and_the_report_says_why() {
    let (room, listener) = (Room::new(), Listener::start());
    let origin = format!("http://{}", listener.address());
    let mut nodes = Nodes::default();
    let image = nodes.leaf("img", json!({"src": format!("{origin}/a.png")}));
    let document = nodes.document(Vec::new(), json!({}), vec![image]);
    let input = room.file("page.json", json_of(&[meta(0, 320, 200), snapshot(0, &document)]));
    let still = ["still", &input, "--at", "end", "-o", &room.out("x.png"), "--fetch-assets", &origin];
    let report = room.report(&still);
    let unfetched = warning(&report, "unfetched_assets");
    assert_eq!(unfetched["count"], 1);
    assert!(unfetched["message"].as_str().unwrap().contains("/a.png ("), "{unfetched}");
    assert_eq!(listener.visitors(), [""; 0]);
}

#[test]
fn what_is_no_origin_is_bad_usage() {
    let room = Room::new();
    let input = room.file("page.json", "[]");
    for wrong in ["cdn.example", "https://a.example/path", "file:///etc"] {
        let ended = room.run(&["still", &input, "--at", "end", "--fetch-assets", wrong]);
        ended.assert_failed(2, &["must be an origin like https://cdn.example.org"]);
    }
}
