//! Text: selected, in another direction, in fonts that script loaded, and very much of it.

use base64::Engine as _;
use serde_json::json;

use super::board::{Board, id_of};
use crate::kit::in_repository;

const BLOCKS: &str = "\u{2588}\u{2588}\u{2588}";

#[test]
fn text_is_selected_directed_and_set_in_its_fonts() {
    let mut board = Board::new();
    board.style(
        "::selection { background: green; color: green } .big { font: 40px/40px Arial; display: block; color: red }",
    );

    let text = board.nodes.text(BLOCKS);
    let id = id_of(&text);
    let line = board.nodes.element("span", json!({"class": "big"}), vec![text]);
    board.turning("a selection", vec![line]);
    let range = json!({"start": id, "startOffset": 0, "end": id, "endOffset": 3});
    board.change(1000, json!({"source": 14, "ranges": [range]}));
    let nowhere = json!({"start": 999_999, "startOffset": 7, "end": id, "endOffset": 900});
    board.change(900, json!({"source": 14, "ranges": [nowhere]}));

    // Text from right to left begins at the right edge.
    let line =
        board.nodes.leaf("i", json!({"style": "display: inline-block; width: 30px; height: 40px; background: green"}));
    let right =
        board.nodes.element("div", json!({"dir": "rtl", "style": "width: 45px; white-space: nowrap"}), vec![line]);
    board.standing("dir=rtl", vec![right]);

    // Four narrow letters are wide only in a font where all letters are.
    let text = board.nodes.text("iiii");
    let word = board.nodes.element("b", json!({"style": "display: inline-block; height: 40px; background: green; color: green; font: 24px/40px probe, Arial"}), vec![text]);
    let far = board.nodes.element("div", json!({"style": "margin-left: -16px; width: 90px"}), vec![word]);
    board.turning("a font that script loaded", vec![far]);
    let font = std::fs::read(in_repository("player-assets/fonts/LiberationMono-Regular.ttf")).unwrap();
    let url = format!("url(data:font/ttf;base64,{})", base64::engine::general_purpose::STANDARD.encode(font));
    board.change(1000, json!({"source": 10, "family": "probe", "fontSource": url, "buffer": false, "descriptors": {}}));
    board.change(
        1001,
        json!({"source": 10, "family": "broken", "fontSource": "no font", "buffer": true, "descriptors": {}}),
    );

    let much = "lots of words ".repeat(30_000);
    let text = board.nodes.text(&much);
    let heap =
        board.nodes.element("p", json!({"style": "margin: 0; color: transparent; background: green"}), vec![text]);
    board.standing("half a megabyte of text", vec![heap]);

    // The title is no part of the picture.
    let text = board.nodes.text("Red title");
    let title = board.nodes.element("title", json!({}), vec![text]);
    board.head.push(title);
    let comment = json!({"type": 5, "textContent": " a comment ", "id": board.nodes.last() + 500});
    let good = board.fill(json!({"class": "fill good"}));
    board.standing("comments and titles", vec![comment, good]);
    board.judge();
}
