//! A page that needs everything from elsewhere, and a folder that has it.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use crate::program::Room;
use crate::program::recording::{Nodes, event, meta, snapshot};

pub(super) const SIDE: u32 = 40;

/// Where each square of the page gets its colour from, by its place in the row.
pub(super) const SQUARES: &[(&str, [u8; 3])] = &[
    ("an img", [200, 10, 10]),
    ("an img of an http page", [10, 200, 10]),
    ("a srcset", [10, 10, 200]),
    ("a style attribute", [200, 200, 10]),
    ("a style element", [10, 200, 200]),
    ("a sheet's own colour", [200, 10, 200]),
    ("a picture named by a sheet", [90, 10, 10]),
    ("a picture named by an imported sheet", [10, 90, 10]),
    ("a sheet of an http page", [10, 10, 90]),
    ("an input", [90, 90, 10]),
    ("an SVG image", [10, 90, 90]),
    ("a pseudo-element", [90, 10, 90]),
    ("a rule added later", [160, 80, 10]),
    ("an img added later", [80, 160, 10]),
    ("a shadow root's sheet", [10, 160, 80]),
    ("a relative URL", [10, 80, 160]),
];

pub(super) fn png(colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(SIDE, SIDE, Rgb(colour)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn colour(index: usize) -> [u8; 3] {
    SQUARES[index].1
}

/// URL, content type and content of all that the page needs.
pub(super) fn assets() -> Vec<(String, &'static str, Vec<u8>)> {
    let cdn = |path: &str| format!("https://cdn.example/{path}");
    let sheet = "@import 'deep/more.css'; .s5 { background: rgb(200, 10, 200) } .s6 { background: url(img/6.png) } \
                 .s11::before { content: ''; display: block; width: 40px; height: 40px; background: url('img/11.png') }";
    let mut assets = vec![
        (cdn("main.css?v=3"), "text/css", sheet.as_bytes().to_vec()),
        (cdn("deep/more.css"), "text/css", b".s7 { background: url(../img/7.png) }".to_vec()),
        ("http://old.example/old.css".to_owned(), "text/css", b".s8 { background: rgb(10, 10, 90) }".to_vec()),
        (cdn("shadow.css"), "text/css", b".s14 { background: url(img/14.png) }".to_vec()),
        ("http://old.example/1.png".to_owned(), "image/png", png(colour(1))),
        ("https://shop.example/img/15.png".to_owned(), "image/png", png(colour(15))),
    ];
    for index in [0, 2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14] {
        assets.push((cdn(&format!("img/{index}.png")), "image/png", png(colour(index))));
    }
    assets
}

/// Writes them as a folder with an index, and returns it.
pub(super) fn indexed(room: &Room) -> String {
    let folder = room.path().join("assets");
    std::fs::create_dir(&folder).unwrap();
    let mut index = serde_json::Map::new();
    for (number, (url, content_type, bytes)) in assets().into_iter().enumerate() {
        let file = number.to_string();
        std::fs::write(folder.join(&file), bytes).unwrap();
        index.insert(url, json!({"file": file, "type": content_type}));
    }
    std::fs::write(folder.join("index.json"), serde_json::to_vec(&index).unwrap()).unwrap();
    folder.display().to_string()
}

/// Writes them as a mirror, as wget does.
pub(super) fn mirrored(room: &Room) -> String {
    let folder = room.path().join("mirror");
    for (url, _, bytes) in assets() {
        let path = folder.join(url.split_once("://").unwrap().1);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder.display().to_string()
}

/// Writes them as an inspector saves them.
pub(super) fn har(room: &Room) -> String {
    let entry = |(url, content_type, bytes): (String, &str, Vec<u8>)| {
        let content = match String::from_utf8(bytes) {
            Ok(text) => json!({"mimeType": content_type, "text": text}),
            Err(error) => {
                json!({"mimeType": content_type, "encoding": "base64", "text": BASE64.encode(error.into_bytes())})
            }
        };
        json!({"request": {"method": "GET", "url": url}, "response": {"status": 200, "content": content}})
    };
    let entries: Vec<Value> = assets().into_iter().map(entry).collect();
    let har = json!({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}});
    room.file("page.har", serde_json::to_vec(&har).unwrap())
}

/// The page: a row of squares, each of which has its colour from elsewhere.
pub(super) fn events() -> Vec<Value> {
    let mut nodes = Nodes::default();
    let cdn = |path: &str| format!("https://cdn.example/{path}");
    let place =
        |index: usize| format!("position:absolute;top:0;left:{}px;width:40px;height:40px;", index as u32 * SIDE);
    let square = |nodes: &mut Nodes, tag: &str, index: usize, attributes: Value| {
        let mut attributes = attributes;
        let style = attributes["style"].as_str().unwrap_or_default().to_owned();
        attributes["style"] = json!(format!("{}{style}", place(index)));
        attributes["class"] = json!(format!("s{index}"));
        nodes.leaf(tag, attributes)
    };
    let link = |nodes: &mut Nodes, url: &str| {
        nodes.leaf("link", json!({"rel": "stylesheet", "href": url, "integrity": "sha256-AAAA"}))
    };
    let text = nodes.css(".s4 { background: url(https://cdn.example/img/4.png) }");
    let style = nodes.element("style", json!({}), vec![text]);
    let style_id = style["id"].as_i64().unwrap();
    let head = vec![link(&mut nodes, &cdn("main.css?v=3")), link(&mut nodes, "http://old.example/old.css"), style];
    let mut body = vec![
        square(&mut nodes, "img", 0, json!({"src": cdn("img/0.png")})),
        square(&mut nodes, "img", 1, json!({"src": "http://old.example/1.png"})),
        square(
            &mut nodes,
            "img",
            2,
            json!({"src": cdn("gone.png"), "srcset": format!("{} 1x, {} 2x", cdn("img/2.png"), cdn("gone2.png"))}),
        ),
        square(&mut nodes, "div", 3, json!({"style": format!("background:url({})", cdn("img/3.png"))})),
    ];
    for index in [4, 5, 6, 7, 8, 11, 12] {
        body.push(square(&mut nodes, "div", index, json!({})));
    }
    body.push(square(&mut nodes, "input", 9, json!({"type": "image", "src": cdn("img/9.png")})));
    let image = nodes.svg("image", json!({"href": cdn("img/10.png"), "width": "40", "height": "40"}), vec![]);
    body.push(nodes.svg("svg", json!({"style": place(10)}), vec![image]));
    let mut shadow = vec![link(&mut nodes, &cdn("shadow.css")), square(&mut nodes, "div", 14, json!({}))];
    shadow.iter_mut().for_each(|node| node["isShadow"] = json!(true));
    let mut host = nodes.element("div", json!({}), shadow);
    host["isShadowHost"] = json!(true);
    body.push(host);
    body.push(square(&mut nodes, "img", 15, json!({"src": "img/15.png"})));
    let late = square(&mut nodes, "img", 13, json!({"src": cdn("img/13.png")}));
    let document = nodes.document(head, json!({"style": "margin:0;background:white"}), body);
    let body_id = document["childNodes"][1]["childNodes"][1]["id"].as_i64().unwrap();
    let rule = format!(".s12 {{ background: url({}) }}", cdn("img/12.png"));
    vec![
        meta(0, 16 * SIDE, SIDE),
        snapshot(0, &document),
        event(3, 500, json!({"source": 8, "id": style_id, "adds": [{"rule": rule, "index": 0}]})),
        event(
            3,
            500,
            json!({"source": 0, "texts": [], "removes": [], "attributes": [], "adds": [{"parentId": body_id, "nextId": null, "node": late}]}),
        ),
        event(3, 1000, json!({"source": 3, "id": 1, "x": 0, "y": 0})),
    ]
}
