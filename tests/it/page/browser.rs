//! The pages in a real browser, from a recording that is dropped to a link that is opened; and what that link gives out.

use std::ffi::OsStr;

use super::Server;
use crate::kit::{fixture, page_script};

#[test]
fn a_recording_is_dropped_watched_and_shared() {
    let broken = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(broken.path(), "{\"no\": \"recording\"}").unwrap();
    let server = Server::start(&[], None);
    let base = format!("http://{}", server.address);
    let words = [OsStr::new(&base), fixture("navigation").as_os_str(), broken.path().as_os_str()].map(OsStr::to_owned);
    let link = page_script("drive.mjs", words, &[]);
    what_a_link_gives_out(&server, link.trim().strip_prefix(&base).unwrap());
}

fn what_a_link_gives_out(server: &Server, link: &str) {
    let page = server.get(link);
    assert_eq!((page.status, page.header("x-robots-tag")), (200, "noindex, nofollow"));
    assert!(page.header("content-security-policy").ends_with("frame-ancestors 'none'"));
    for tag in ["og:title", "og:image", "og:video", "kind=\"captions\""] {
        assert!(page.body.contains(tag), "{tag}");
    }
    // What the session's moments tell is not for everybody who was sent a video.
    assert!(!page.body.contains("time-map.json") && !page.body.contains("/v1/"), "{}", page.body);
    let poster = page.body.split("poster=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(server.get(poster).header("content-type"), "image/jpeg");
    let map = poster.replace(poster.rsplit('/').next().unwrap(), "time-map.json");
    assert_eq!(server.get(&map).status, 404);
    let json = [("Content-Type", "application/json")];
    let render = poster.split('/').nth(3).unwrap();
    let body = format!(
        "{{\"renders\":[\"{render}\",\"{render}\"],\"title\":\"<b>Two\",\"embed\":true,\"origins\":[\"https://wiki.example\"],\"downloads\":false}}"
    );
    let made = server.ask("POST", "/v1/shares", &json, body.as_bytes());
    assert_eq!(made.status, 201, "{}", made.body);
    let made: serde_json::Value = serde_json::from_str(&made.body).unwrap();
    let url = made["url"].as_str().unwrap();
    let embedded = server.get(&format!("{url}?embed=1"));
    assert!(embedded.header("content-security-policy").ends_with("frame-ancestors https://wiki.example"));
    assert!(server.get(url).header("content-security-policy").ends_with("frame-ancestors 'none'"));
    let two = server.get(url).body;
    assert!(
        two.contains("2 recordings")
            && two.contains("data-next=")
            && !two.contains("<b>Two")
            && !two.contains("?download")
    );
    let file = format!("{}/{render}/{}", url, poster.rsplit('/').next().unwrap());
    assert_eq!(server.get(&file).status, 200);
    assert_eq!(server.get(&format!("{file}?download")).status, 404);
    let revoked = server.ask("DELETE", &format!("/v1/shares/{}", made["id"].as_str().unwrap()), &[], b"");
    assert_eq!(revoked.status, 204);
    for path in [url, &file] {
        let gone = server.get(path);
        assert!(gone.status == 410 && gone.body.contains("no longer works"), "{path}: {}", gone.body);
    }
}
