//! Scrolling, of the page, of elements and of frames; and the bars beside it.

use serde_json::json;

use super::board::{Board, GREEN, RED, WHITE, id_of, show};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, event, meta, snapshot};

/// A box of two screens: the upper red, the lower green.
fn scroller(board: &mut Board, mut attributes: serde_json::Value) -> serde_json::Value {
    let parts = ["red", "green"].map(|colour| {
        board.nodes.leaf("div", json!({"style": format!("width: 120px; height: 40px; background: {colour}")}))
    });
    attributes["class"] = "fill".into();
    attributes["style"] = "overflow: auto; scroll-behavior: smooth".into();
    board.nodes.element("div", attributes, parts.to_vec())
}

#[test]
fn elements_are_scrolled_to_where_they_were() {
    let mut board = Board::new();
    let element = scroller(&mut board, json!({}));
    let id = id_of(&element);
    board.turning("an element, at once in spite of smooth scrolling", vec![element]);
    board.change(1490, json!({"source": 3, "id": id, "x": 0, "y": 40}));

    let element = scroller(&mut board, json!({"rr_scrollTop": 40}));
    board.standing("rr_scrollTop", vec![element]);

    let parts = ["red", "green"].map(|colour| {
        board
            .nodes
            .leaf("div", json!({"style": format!("flex: none; width: 40px; height: 40px; background: {colour}")}))
    });
    let row = json!({"class": "fill", "style": "display: flex; overflow: auto", "rr_scrollLeft": 40});
    let row = board.nodes.element("div", row, parts.to_vec());
    board.standing("rr_scrollLeft", vec![row]);

    // Scrolled before there is room for it, by a style that comes later.
    let tall = board
        .nodes
        .leaf("div", json!({"class": "tall", "style": "background: linear-gradient(red 400px, green 400px)"}));
    let element = board.nodes.element("div", json!({"class": "fill", "style": "overflow: auto"}), vec![tall]);
    let id = id_of(&element);
    board.turning("an element that gets its height later", vec![element]);
    board.change(1000, json!({"source": 3, "id": id, "x": 0, "y": 420}));
    let sheet = board.style(".none { color: red }");
    board.change(1200, json!({"source": 8, "id": sheet, "adds": [{"rule": ".tall { height: 2000px }"}]}));

    let tall = board.nodes.leaf("div", json!({"style": "height: 10px; background: green"}));
    let grows = id_of(&tall);
    let element =
        board.nodes.element("div", json!({"class": "fill", "style": "overflow: auto; background: red"}), vec![tall]);
    let id = id_of(&element);
    board.turning("an element at its top stays there when it grows", vec![element]);
    board.change(1000, json!({"source": 3, "id": id, "x": 0, "y": 0}));
    let style = "height: 3000px; background: linear-gradient(green 40px, red 40px)";
    board.mutate(1100, json!({"attributes": [{"id": grows, "attributes": {"style": style}}]}));
    board.change(1200, json!({"source": 3, "id": 999_999, "x": 0, "y": 5}));
    board.judge();
}

#[test]
fn the_page_begins_where_it_was_scrolled_to_and_goes_on_from_there() {
    let mut nodes = Nodes::default();
    let page = nodes.document(
        vec![],
        json!({"style": "margin: 0; height: 3000px; background: linear-gradient(red 800px, green 800px 1600px, white 1600px)"}),
        vec![],
    );
    let mut first = snapshot(0, &page);
    first["data"]["initialOffset"] = json!({"left": 0, "top": 900});
    let scroll = |at: i64, y: i64| event(3, at, json!({"source": 3, "id": id_of(&page), "x": 0, "y": y}));
    let events = [meta(0, WIDTH, HEIGHT), first, scroll(1000, 1700), scroll(2000, 0), scroll(3000, 0)];
    let (_, pictures) = show(&events, &["500ms", "1500ms", "2500ms"], "");
    let found: Vec<_> = pictures.iter().map(|picture| *picture.get_pixel(160, 100)).collect();
    assert_eq!(found, [GREEN, WHITE, RED]);
}

#[test]
fn a_line_breaks_where_it_broke_beside_a_classic_scroll_bar() {
    let mut nodes = Nodes::default();
    // Two blocks that fill the width exactly stand in one row; beside a bar, the second comes below the first.
    let css = nodes.css("body { margin: 0; height: 900px; background: red } p { margin: 0; font-size: 0 } i { display: inline-block; width: 160px; height: 60px; background: green }");
    let style = nodes.element("style", json!({}), vec![css]);
    let halves = [(); 2].map(|()| nodes.leaf("i", json!({})));
    let line = nodes.element("p", json!({}), halves.to_vec());
    let page = nodes.document(vec![style], json!({}), vec![line]);
    let of = |payload: serde_json::Value| {
        [
            meta(0, WIDTH, HEIGHT),
            event(5, 0, json!({"tag": "env", "payload": payload})),
            snapshot(0, &page),
            event(3, 900, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0})),
        ]
    };
    let windows = json!({"userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"});
    for (payload, arguments, classic) in [
        (json!({}), "", false),
        (windows.clone(), "", true),
        (windows, "--scrollbars overlay", false),
        (json!({}), "--scrollbars classic", true),
    ] {
        let (_, pictures) = show(&of(payload), &["500ms"], arguments);
        let at = |x: u32, y: u32| *pictures[0].get_pixel(x, y);
        let (right, below) = if classic { (RED, GREEN) } else { (GREEN, RED) };
        assert_eq!((at(80, 30), at(240, 30), at(80, 90)), (GREEN, right, below), "{arguments}");
        // 15 px are the bar's.
        let bar = (WIDTH - 15..WIDTH).all(|x| at(x, 190) != RED);
        assert_eq!((at(WIDTH - 16, 190), bar), (RED, classic), "{arguments}");
    }
}
