//! A recording whose page is hard to write down.

use serde_json::{Value, json};

use crate::program::recording::{Nodes, event, meta, snapshot};

pub(super) const WIDTH: u32 = 480;
pub(super) const HEIGHT: u32 = 320;

/// Text that would be markup if it were written as it is.
pub(super) const HOSTILE: &str =
    "</style><script>document.title='ran'</script><img src=x onerror=alert(1)> & < > \" \u{a0}";

/// `listener` is where nothing may be asked for.
pub(super) fn events(listener: &str) -> Vec<Value> {
    let mut nodes = Nodes::default();
    let url = |path: &str| format!("http://{listener}/{path}");
    let sheet = nodes.css(
        ".box { width: 60px; height: 40px; background: green; float: left; margin: 4px } .q { content: '</style><b>no</b>' } \
         @keyframes slide { from { margin-left: 0 } to { margin-left: 100px } } .slide { animation: slide 10s linear infinite }",
    );
    let style = nodes.element("style", json!({}), vec![sheet]);
    let style_id = style["id"].as_i64().unwrap();
    let title = nodes.text(HOSTILE);
    let head = vec![
        style,
        nodes.element("title", json!({}), vec![title]),
        nodes.leaf("base", json!({"href": url("base/")})),
        nodes.leaf("meta", json!({"http-equiv": "refresh", "content": format!("0;url={}", url("refresh"))})),
        nodes.leaf("link", json!({"rel": "stylesheet", "href": url("sheet.css")})),
        nodes.leaf("link", json!({"rel": "icon", "href": url("icon.png")})),
    ];
    let text = nodes.text(HOSTILE);
    let mut body = vec![nodes.element("p", json!({"onclick": "alert(1)", "title": HOSTILE}), vec![text])];
    let inner = nodes.text("\n\nlines");
    body.push(nodes.element("pre", json!({}), vec![inner]));
    let inner = nodes.text("\ntyped </textarea>");
    body.push(nodes.element("textarea", json!({"rows": "2"}), vec![inner]));
    body.push(nodes.leaf("input", json!({"type": "checkbox"})));
    let checkbox = body.last().unwrap()["id"].as_i64().unwrap();
    body.push(nodes.leaf("input", json!({"value": "before"})));
    let field = body.last().unwrap()["id"].as_i64().unwrap();
    let script = nodes.text("alert(1)");
    body.push(nodes.element("script", json!({"src": url("script.js")}), vec![script]));
    body.push(
        nodes.leaf("img", json!({"src": url("img.png"), "srcset": url("img2.png"), "width": "30", "height": "20"})),
    );
    body.push(nodes.leaf("div", json!({"class": "box", "style": format!("background-image:url({})", url("bg.png"))})));
    body.push(nodes.leaf("div", json!({"class": "box late"})));
    body.push(nodes.leaf("div", json!({"class": "box slide"})));
    body.push(
        nodes.leaf(
            "video",
            json!({"src": url("video.mp4"), "poster": url("poster.png"), "width": "40", "height": "30"}),
        ),
    );
    let link = nodes.text("a link");
    body.push(nodes.element("a", json!({"href": "javascript:alert(1)"}), vec![link]));
    let rect = nodes.svg("rect", json!({"width": "40", "height": "20", "fill": "purple"}), vec![]);
    let svg_text = nodes.text(HOSTILE);
    let svg_style = nodes.svg("style", json!({}), vec![svg_text]);
    body.push(nodes.svg("svg", json!({"width": "40", "height": "20", "viewBox": "0 0 40 20"}), vec![rect, svg_style]));
    let css = nodes.css("i { color: rgb(0, 0, 255); font-size: 30px }");
    let shadow_text = nodes.text("shadow");
    let mut shadow =
        vec![nodes.element("style", json!({}), vec![css]), nodes.element("i", json!({}), vec![shadow_text])];
    shadow.iter_mut().for_each(|node| node["isShadow"] = json!(true));
    let mut host = nodes.element("div", json!({}), shadow);
    host["isShadowHost"] = json!(true);
    body.push(host);
    let frame = nodes.leaf("iframe", json!({"width": "150", "height": "50", "src": url("frame")}));
    let frame_id = frame["id"].as_i64().unwrap();
    body.push(frame);
    let document = nodes.document(head, json!({"style": "margin:8px;background:white"}), body);
    let mut inner = Nodes::after(nodes.last());
    let text = inner.text("in a frame </iframe>");
    let paragraph = inner.element("p", json!({"style": "color:red;margin:2px"}), vec![text]);
    let inner_document = inner.document(vec![], json!({}), vec![paragraph]);
    let mutation = |at: i64, data: Value| event(3, at, data);
    vec![
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &document),
        mutation(
            10,
            json!({"source": 0, "texts": [], "removes": [], "attributes": [], "isAttachIframe": true, "adds": [{"parentId": frame_id, "nextId": null, "node": inner_document}]}),
        ),
        mutation(
            20,
            json!({"source": 8, "id": style_id, "adds": [{"rule": ".late { background: orange !important }", "index": 0}]}),
        ),
        mutation(30, json!({"source": 5, "id": checkbox, "text": "on", "isChecked": true})),
        mutation(30, json!({"source": 5, "id": field, "text": "after \"quoted\"", "isChecked": false})),
        mutation(
            40,
            json!({"source": 15, "id": 1, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": "pre { background: rgb(255, 255, 0) }", "index": 0}]}]}),
        ),
        mutation(3000, json!({"source": 3, "id": 1, "x": 0, "y": 0})),
    ]
}
