//! Hovering shows however a rule speaks of it: whoever takes a hover for one that cannot show takes no picture of it.

use serde_json::json;

use crate::kit::{Workshop, open};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, event, json_of, meta, snapshot};

/// A page of one link over all of it, and the pointer on it after a second.
fn hovering(css: &str) -> Vec<u8> {
    let mut nodes = Nodes::default();
    let css = nodes.css(&format!("html, body, main, a {{ display: block; height: 100%; margin: 0 }} {css}"));
    let style = nodes.element("style", json!({}), vec![css]);
    let link = nodes.leaf("a", json!({"class": "link"}));
    let id = link["id"].clone();
    let main = nodes.element("main", json!({}), vec![link]);
    let page = nodes.document(vec![style], json!({}), vec![main]);
    let there = json!({"x": WIDTH / 2, "y": HEIGHT / 2, "id": id, "timeOffset": 0});
    let moved = event(3, 1000, json!({"source": 1, "positions": [there]}));
    json_of(&[meta(0, WIDTH, HEIGHT), snapshot(0, &page), moved])
}

#[test]
fn a_hover_shows_whichever_way_a_rule_speaks_of_it() {
    for css in [
        ".link:hover { background: green }",
        "main:hover > .link { background: green }",
        ".link { &:hover { background: green } }",
        "main { &:hover .link { background: green } }",
        ".link:not(:hover) { background: green }",
        "main:not(:has(.link:hover)) .link, .never:not(a, :hover) { background: green }",
        "main:has(.link:hover) { background: green }",
        "@media screen { .link:hover::before { content: ''; display: block; height: 100%; background: green } }",
    ] {
        let workshop = Workshop::new();
        let recording = workshop.path("hover.json");
        std::fs::write(&recording, hovering(css)).unwrap();
        workshop.render(&recording, "--cursor off --still 0.5s=before.png --still 1.5s=after.png -o video.mp4");
        let middle = |name: &str| *open(&workshop.path(name)).get_pixel(WIDTH / 2, HEIGHT / 2);
        assert_ne!(middle("before.png"), middle("after.png"), "{css}");
    }
}
