//! `--fetch-assets` from outside.

use axum::response::Response;
use serde_json::json;

use super::super::site::png;
use crate::cage::listener::Listener;
use crate::outbound::server::{Server, answer};
use crate::program::recording::{Nodes, json_of, meta, snapshot};
use crate::program::{Room, warning};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_fetched_shows_and_is_kept_and_packed_for_renders_without_network() {
    const ORANGE: [u8; 3] = [230, 120, 10];
    let server = Server::start(|uri, _| match uri.path() {
        "/main.css" => answer(200, &[("content-type", "text/css")], "body { background: url(img/a.png) }"),
        "/img/a.png" => Response::builder().header("content-type", "image/png").body(png(ORANGE).into()).unwrap(),
        _ => answer(404, &[], ""),
    })
    .await;
    let room = Room::new();
    let mut nodes = Nodes::default();
    let sheet = nodes.leaf("link", json!({"rel": "stylesheet", "href": server.url("/main.css")}));
    let gone = nodes.leaf("img", json!({"src": server.url("/gone.png")}));
    let document = nodes.document(vec![sheet], json!({}), vec![gone]);
    let input = room.file("page.json", json_of(&[meta(0, 320, 200), snapshot(0, &document)]));
    let kept = room.path().join("kept").display().to_string();
    let origin = server.url("");
    let still = |name: &str, input: &str, more: &[&str]| {
        let out = room.out(name);
        let report = room.report(&[&["still", input, "--at", "end", "-o", &out], more].concat());
        (report, room.picture(name).get_pixel(160, 150).0)
    };
    let fetching = ["--fetch-assets", &origin, "--allow-private", "127.0.0.1", "--keep-assets", &kept];
    let (report, colour) = still("fetched.png", &input, &fetching);
    assert_eq!(colour, ORANGE);
    assert_eq!(warning(&report, "unfetched_assets")["count"], 1);
    assert_eq!(report["resources"]["served_urls"], 2);
    let asked = server.requests();
    drop(server);
    assert_eq!(still("kept.png", &input, &["--assets", &kept]).1, ORANGE);
    assert_ne!(still("without.png", &input, &[]).1, ORANGE);
    let package = room.out("page.replay.zip");
    let packed = room.run(&["pack", &input, "--assets", &kept, "-o", &package]);
    assert!(packed.stdout.contains("2 assets"), "{packed:#?}");
    assert_eq!(still("packed.png", &package, &[]).1, ORANGE);
    assert_eq!(still("of-another.png", &input, &["--assets", &package]).1, ORANGE);
    assert_eq!(asked, 3, "the sheet, its picture, and the one that is not there");
}

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
