//! Changes of the document: in whatever order, and whatever they name that is not there.

use serde_json::{Value, json};

use super::board::{Board, GREEN, RED, id_of, plain_picture, show};
use crate::program::recording::{Nodes, event, meta, snapshot};

fn add(parent: i64, next: impl Into<Value>, node: Value) -> Value {
    json!({"parentId": parent, "nextId": next.into(), "node": node})
}

#[test]
fn changes_of_the_document_are_made_whatever_their_order_and_what_is_not_there_is_left_out() {
    let mut board = Board::new();
    board.style(".good ~ .bad { background: red } .bad { background: red }");

    let cell = board.turning("an element added", vec![]);
    let good = board.fill(json!({"class": "fill good"}));
    board.mutate(1000, json!({"adds": [add(cell, Value::Null, good)]}));

    let bad = board.fill(json!({"class": "fill bad"}));
    let id = id_of(&bad);
    let good = board.fill(json!({"class": "fill good"}));
    let cell = board.turning("an element removed", vec![bad, good]);
    board.mutate(1000, json!({"removes": [{"parentId": cell, "id": id}]}));

    // Each names as its next sibling one that comes later in the list.
    let cell = board.turning("added in the wrong order", vec![]);
    let [first, second, third] =
        ["good", "bad", "bad"].map(|class| board.fill(json!({"class": format!("fill {class}")})));
    let [second_id, third_id] = [id_of(&second), id_of(&third)];
    let adds = [add(cell, second_id, first), add(cell, third_id, second), add(cell, Value::Null, third)];
    board.mutate(1000, json!({"adds": adds}));

    let cell = board.turning("a child before its parent", vec![]);
    let good = board.fill(json!({"class": "fill good"}));
    let parent = board.fill(json!({}));
    let parent_id = id_of(&parent);
    board.mutate(1000, json!({"adds": [add(parent_id, Value::Null, good), add(cell, Value::Null, parent)]}));

    let cell = board.turning("the same id twice", vec![]);
    let twice = board.fill(json!({"class": "fill good"}));
    board.mutate(1000, json!({"adds": [add(cell, Value::Null, twice.clone()), add(cell, Value::Null, twice)]}));

    let bad = board.fill(json!({"class": "fill bad"}));
    let id = id_of(&bad);
    let good = board.fill(json!({"class": "fill good"}));
    let cell = board.turning("moved behind its neighbour", vec![bad.clone(), good]);
    board.mutate(1000, json!({"removes": [{"parentId": cell, "id": id}], "adds": [add(cell, Value::Null, bad)]}));

    let cell = board.turning("beside what is not there", vec![]);
    let nobody = 999_999;
    let lost = board.fill(json!({"class": "fill bad"}));
    let homeless = board.fill(json!({"class": "fill bad"}));
    let good = board.fill(json!({"class": "fill good"}));
    board.mutate(
        1000,
        json!({
            "removes": [{"parentId": cell, "id": nobody}, {"parentId": nobody, "id": nobody + 1}],
            "adds": [add(nobody, Value::Null, lost), add(cell, nobody, homeless), add(cell, Value::Null, good)],
            "texts": [{"id": nobody, "value": "nobody"}],
            "attributes": [{"id": nobody, "attributes": {"class": "bad"}}],
        }),
    );

    let good = board.fill(json!({}));
    let id = id_of(&good);
    board.turning("an attribute set", vec![good]);
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"class": "fill good"}}]}));

    let good = board.fill(json!({"class": "fill good", "hidden": ""}));
    let id = id_of(&good);
    board.style("[hidden] { display: none }");
    board.turning("an attribute removed", vec![good]);
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"hidden": null}}]}));
    board.style(".fill.good:not([hidden]) { display: block !important }");

    let good = board.fill(json!({"style": "color: red; background: red !important"}));
    let id = id_of(&good);
    board.turning("properties of a style set and removed", vec![good]);
    let style = json!({"background": ["green", "important"], "color": false, "opacity": "1"});
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"style": style}}]}));

    let text = board.nodes.text("");
    let id = id_of(&text);
    let word =
        board.nodes.element("b", json!({"style": "font-size: 80px; line-height: 40px; color: green"}), vec![text]);
    board.turning("a text changed", vec![word]);
    board.mutate(1000, json!({"texts": [{"id": id, "value": "passing"}]}));
    board.mutate(1000, json!({"texts": [{"id": id, "value": "\u{2588}\u{2588}"}]}));

    let symbol = |board: &mut Board, id: &str, colour: &str| {
        let rect = board.nodes.svg("rect", json!({"width": "40", "height": "40", "fill": colour}), vec![]);
        board.nodes.svg("symbol", json!({"id": id}), vec![rect])
    };
    let symbols = [symbol(&mut board, "icon-a", "red"), symbol(&mut board, "icon-b", "green")];
    let icon = board.nodes.svg("use", json!({"xlink:href": "#icon-a", "width": "40", "height": "40"}), vec![]);
    let id = id_of(&icon);
    let mut parts = symbols.to_vec();
    parts.push(icon);
    let svg = board.nodes.svg("svg", json!({"class": "fill"}), parts);
    board.turning("xlink:href of a drawing", vec![svg]);
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"xlink:href": "#icon-b"}}]}));

    let image = board.nodes.leaf("img", json!({"class": "fill", "src": plain_picture("red")}));
    let id = id_of(&image);
    board.turning("another picture", vec![image]);
    board.mutate(1000, json!({"attributes": [{"id": id, "attributes": {"src": plain_picture("green")}}]}));

    let image = json!({"class": "fill", "src": "https://cdn.example/a.png", "rr_dataURL": plain_picture("green")});
    let image = board.nodes.leaf("img", image);
    board.standing("a picture recorded with the page (rr_dataURL)", vec![image]);

    let odd = board.nodes.element("x<y\"", json!({"class": "fill good"}), vec![]);
    let mut impossible = board.nodes.leaf("img", json!({}));
    impossible["isShadowHost"] = true.into();
    let mut unnamed = board.nodes.leaf("no_dash", json!({}));
    unnamed["isCustom"] = true.into();
    board.standing("elements that no browser makes", vec![odd, impossible, unnamed]);

    let (report, _) = board.judge();
    let unplaced = report.warnings.iter().find(|warning| warning.code == "unplaced_changes");
    assert!(unplaced.is_some_and(|warning| warning.count >= 4), "{:?}", report.warnings);
}

#[test]
fn a_document_replaced_in_place_is_shown_and_a_flood_of_unplaceable_changes_ends() {
    let mut nodes = Nodes::default();
    let page = nodes.document(vec![], json!({"style": "background: red"}), vec![]);
    let document = id_of(&page);
    let html = nodes.leaf("html", json!({}));
    let body = nodes.leaf("body", json!({"style": "background: green"}));
    let head = nodes.leaf("head", json!({}));
    let doctype = json!({"type": 1, "name": "html", "publicId": "", "systemId": "", "id": nodes.last() + 1});
    let html_id = id_of(&html);
    let adds = [
        add(document, Value::Null, html),
        add(html_id, Value::Null, body.clone()),
        add(document, html_id, doctype),
        add(html_id, id_of(&body), head),
    ];
    // Two thousand that each wait for the next, and the last for nobody.
    let flood: Vec<Value> = (0..2000)
        .map(|index: i64| {
            let node = json!({"type": 2, "tagName": "p", "attributes": {}, "childNodes": [], "id": 10_000 + index});
            add(id_of(&body), 10_001 + index, node)
        })
        .collect();
    let mutation = |adds: &[Value]| json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": adds});
    let events = [
        meta(0, 320, 200),
        snapshot(0, &page),
        event(3, 1000, mutation(&adds)),
        event(3, 1200, mutation(&flood)),
        event(3, 2000, json!({"source": 3, "id": document, "x": 0, "y": 0})),
    ];
    let (_, pictures) = show(&events, &["500ms", "1100ms", "end"], "");
    let middle = |index: usize| *pictures[index].get_pixel(160, 100);
    assert_eq!([middle(0), middle(1), middle(2)], [RED, GREEN, GREEN]);
}
