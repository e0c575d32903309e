//! What lies over the page or is folded away: dialogs, details, popovers, full screen.

use serde_json::json;

use super::board::{Board, GREEN, RED, WHITE, id_of, show};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, attributes, event, meta, snapshot};

#[test]
fn dialogs_open_and_close_in_their_mode() {
    let mut nodes = Nodes::default();
    let css = nodes.css(
        "html, body { margin: 0 } dialog { inset: 0; margin: 0; padding: 0; border: 0; width: 100px; height: 100px; background: green }
         dialog::backdrop { background: red } #over { position: absolute; z-index: 9; inset: 0 auto auto 0; width: 100px; height: 20px; background: red }",
    );
    let style = nodes.element("style", json!({}), vec![css]);
    let dialog = nodes.leaf("dialog", json!({}));
    let over = nodes.leaf("div", json!({"id": "over"}));
    let id = id_of(&dialog);
    let page = nodes.document(vec![style], json!({}), vec![dialog.clone(), over]);
    let mut open = page.clone();
    open["childNodes"][1]["childNodes"][1]["childNodes"][0]["attributes"] =
        json!({"open": "", "rr_open_mode": "modal"});
    let events = [
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &page),
        attributes(1000, id, json!({"open": "", "rr_open_mode": "non-modal"})),
        attributes(2000, id, json!({"rr_open_mode": "modal"})),
        attributes(3000, id, json!({"open": null})),
        snapshot(4000, &open),
        event(3, 5000, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0})),
    ];
    let (_, pictures) = show(&events, &["500ms", "1500ms", "2500ms", "3500ms", "4500ms"], "");
    // In it, under the block that lies over the page, and beside it.
    let found: Vec<_> = pictures
        .iter()
        .map(|picture| [(50, 60), (50, 10), (250, 150)].map(|(x, y)| *picture.get_pixel(x, y)))
        .collect();
    let (closed, modal) = ([WHITE, RED, WHITE], [GREEN, GREEN, RED]);
    assert_eq!(found, [closed, [GREEN, RED, WHITE], modal, closed, modal]);
}

#[test]
fn an_element_fills_the_screen_from_its_event_on_also_over_a_checkout() {
    let mut nodes = Nodes::default();
    let film = nodes.leaf("div", json!({"style": "width: 60px; height: 40px; margin: 20px; background: green"}));
    let id = id_of(&film);
    let page = nodes.document(vec![], json!({"style": "margin: 0; background: red"}), vec![film]);
    let full =
        |at: i64, enter: bool| event(5, at, json!({"tag": "rrweb/fullscreen", "payload": {"id": id, "enter": enter}}));
    let scroll = |at: i64| event(3, at, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0}));
    let events = [
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &page),
        full(1000, true),
        scroll(1800),
        snapshot(2000, &page),
        full(3000, false),
        scroll(4000),
    ];
    let moments = ["500ms", "1500ms", "2500ms", "3500ms"];
    let corner = |pictures: &[image::RgbImage]| -> Vec<_> {
        pictures.iter().map(|picture| *picture.get_pixel(WIDTH - 2, HEIGHT - 2)).collect()
    };
    let (_, pictures) = show(&events, &moments, "");
    assert_eq!(corner(&pictures), [RED, GREEN, GREEN, RED]);
    // A still after the checkout has not seen the event.
    let (_, alone) = show(&events, &moments[2..3], "");
    assert_eq!(corner(&alone), [GREEN]);
}

#[test]
fn what_is_folded_away_or_for_others_takes_no_room() {
    let mut board = Board::new();
    for (tag, attributes, shows) in [
        ("details", json!({}), false),
        ("details", json!({"open": ""}), true),
        ("noscript", json!({}), false),
        ("template", json!({}), false),
        ("div", json!({"popover": "auto"}), false),
    ] {
        let colour = if shows { "good" } else { "bad" };
        let text =
            board.fill(json!({"class": format!("fill {colour}"), "style": if shows { "" } else { "background: red" }}));
        let below = board.fill(json!({"class": "fill good"}));
        let mut children = vec![text];
        if tag == "details" {
            children.insert(0, board.nodes.leaf("summary", json!({"style": "display: block; height: 0"})));
        }
        let folded = board.nodes.element(tag, attributes.clone(), children);
        board.standing(&format!("{tag} {attributes}"), vec![folded, below]);
    }
    let summary = board.nodes.leaf("summary", json!({"style": "display: block; height: 0"}));
    let text = board.fill(json!({"class": "fill good"}));
    let details = board.nodes.element("details", json!({}), vec![summary, text]);
    let id = id_of(&details);
    board.turning("details that open", vec![details]);
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"open": ""}}]}));
    board.judge();
}
