//! Frames and shadow roots, within each other.

use serde_json::{Value, json};

use super::board::{Board, id_of};
use crate::program::recording::event;

/// A document whose nodes all say that they are of it.
fn document(board: &mut Board, css: &str, body: Vec<Value>) -> Value {
    let text = board.nodes.css(&format!("html, body {{ margin: 0; height: 100%; background: red }} {css}"));
    let style = board.nodes.element("style", json!({}), vec![text]);
    let mut document = board.nodes.document(vec![style], json!({}), body);
    let root = document["id"].clone();
    belong(&mut document["childNodes"], &root);
    document
}

fn belong(nodes: &mut Value, root: &Value) {
    for node in nodes.as_array_mut().into_iter().flatten() {
        if node["rootId"].is_null() {
            node["rootId"] = root.clone();
        }
        belong(&mut node["childNodes"], root);
    }
}

fn frame(board: &mut Board) -> Value {
    board.nodes.leaf("iframe", json!({"class": "fill"}))
}

fn attach(board: &mut Board, at: i64, frame: i64, document: Value) {
    board.mutate(at, json!({"adds": [{"parentId": frame, "nextId": null, "node": document}], "isAttachIframe": true}));
}

const FILL: &str = "div, span, my-box { display: block; height: 40px }";

#[test]
fn frames_and_shadow_roots_show_what_was_recorded_in_them() {
    let mut board = Board::new();
    board.style("iframe { background: red }");

    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("a frame's document", vec![outer]);
    let page = document(&mut board, "body { background: green !important }", vec![]);
    attach(&mut board, 1000, id, page);

    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("a frame in a frame", vec![outer]);
    let inner = frame(&mut board);
    let inner_id = id_of(&inner);
    let page = document(&mut board, ".fill { border: 0; width: 40px; height: 40px; display: block }", vec![inner]);
    attach(&mut board, 10, id, page);
    let page = document(&mut board, "body { background: green !important }", vec![]);
    attach(&mut board, 1000, inner_id, page);

    // A mutation in the document of a frame, and a sheet that script made for it.
    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("a change in a frame", vec![outer]);
    let block = board.nodes.leaf("div", json!({"class": "bad"}));
    let block_id = id_of(&block);
    let page =
        document(&mut board, &format!("{FILL} .bad {{ background: red }} .good {{ background: green }}"), vec![block]);
    attach(&mut board, 10, id, page);
    board.mutate(1000, json!({"attributes": [{"id": block_id, "attributes": {"class": "good"}}]}));

    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("a sheet adopted in a frame", vec![outer]);
    let page = document(&mut board, "", vec![]);
    let page_id = id_of(&page);
    attach(&mut board, 10, id, page);
    let styles = json!([{"styleId": 1, "rules": [{"rule": "body { background: green !important }", "index": 0}]}]);
    board.change(1000, json!({"source": 15, "id": page_id, "styleIds": [1], "styles": styles}));

    // Hovering in a shadow root in a frame.
    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("a hover in a shadow root in a frame", vec![outer]);
    let mut inner = board.nodes.leaf("div", json!({"class": "hot"}));
    let hot = id_of(&inner);
    inner["isShadow"] = true.into();
    let css = board.nodes.css(&format!("{FILL} .hot {{ background: red }} .hot:hover {{ background: green }}"));
    let mut style = board.nodes.element("style", json!({}), vec![css]);
    style["isShadow"] = true.into();
    let mut host = board.nodes.element("div", json!({}), vec![style, inner]);
    host["isShadowHost"] = true.into();
    let page = document(&mut board, FILL, vec![host]);
    attach(&mut board, 10, id, page);
    let position = json!({"x": 20, "y": 20, "id": hot, "timeOffset": 0});
    board.change(1000, json!({"source": 1, "positions": [position]}));

    // Shadow roots: in the snapshot, added, and one in another with a slot.
    let mut inner = board.fill(json!({"class": "fill", "style": "height: 40px; background: green"}));
    inner["isShadow"] = true.into();
    let mut host = board.nodes.element("div", json!({"class": "fill"}), vec![inner]);
    host["isShadowHost"] = true.into();
    board.standing("a shadow root in the snapshot", vec![host]);

    let mut host = board.fill(json!({}));
    host["isShadowHost"] = true.into();
    let host_id = id_of(&host);
    board.turning("an element added to a shadow root", vec![host]);
    let mut inner = board.fill(json!({"style": "height: 40px; background: green"}));
    inner["isShadow"] = true.into();
    board.mutate(1000, json!({"adds": [{"parentId": host_id, "nextId": null, "node": inner}]}));

    let mut slot = board.nodes.leaf("slot", json!({}));
    slot["isShadow"] = true.into();
    let slotted = board.nodes.leaf("div", json!({"style": "height: 40px; background: green"}));
    let mut nested = board.nodes.element("div", json!({}), vec![slot, slotted]);
    nested["isShadowHost"] = true.into();
    nested["isShadow"] = true.into();
    let mut outer = board.nodes.element("div", json!({"class": "fill"}), vec![nested]);
    outer["isShadowHost"] = true.into();
    board.standing("a shadow root in a shadow root, with a slot", vec![outer]);

    // Scrolled in its frame.
    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("a frame scrolled", vec![outer]);
    let tall =
        board.nodes.leaf("div", json!({"style": "height: 400px; background: linear-gradient(red 100px, green 100px)"}));
    let page = document(&mut board, "body { height: auto }", vec![tall]);
    let page_id = id_of(&page);
    attach(&mut board, 10, id, page);
    board.change(1000, json!({"source": 3, "id": page_id, "x": 0, "y": 200}));

    // A page without a doctype in a frame: there, lengths need no unit.
    let outer = frame(&mut board);
    let id = id_of(&outer);
    board.turning("compatMode", vec![outer]);
    let block = board.nodes.leaf("div", json!({"style": "width: 40; height: 40; background: green"}));
    let mut page = document(&mut board, "", vec![block]);
    page["compatMode"] = "BackCompat".into();
    page["childNodes"].as_array_mut().unwrap().remove(0);
    attach(&mut board, 1000, id, page);

    // The frame is gone when its document comes: nothing happens.
    let late = document(&mut board, "", vec![]);
    attach(&mut board, 1100, 999_999, late);
    board.changes.push(event(3, 1200, json!({"source": 1, "positions": [position]})));
    board.judge();
}
