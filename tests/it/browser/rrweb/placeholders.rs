//! What was not recorded: a box of the same size that says what it is, counted in the report.

use std::collections::BTreeMap;

use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use super::board::{GREEN, RED, id_of, plain_picture, show};
use crate::program::recording::{Nodes, event, meta, snapshot};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 400;

/// Whether a box of the picture is a placeholder: stripes of two greys, and a white label with letters in its middle.
fn is_placeholder(picture: &RgbImage, left: u32, top: u32, width: u32, height: u32) -> bool {
    let stripes: std::collections::HashSet<Rgb<u8>> =
        (left + 4..left + width - 4).map(|x| *picture.get_pixel(x, top + 4)).collect();
    let grey = |pixel: &Rgb<u8>| pixel[0] > 200 && pixel[0] < 250 && pixel[0].abs_diff(pixel[2]) < 16;
    let row = (left..left + width).map(|x| picture.get_pixel(x, top + height / 2));
    let (white, dark) = row.fold((0, 0), |(white, dark), pixel| {
        (white + u32::from(*pixel == Rgb([255; 3])), dark + u32::from(pixel[0] < 140))
    });
    stripes.len() > 1 && stripes.iter().all(grey) && white > 3 && dark > 1
}

/// A row of 100 x 50 px boxes with a red bar after each: `(node, kind)`.
fn page(nodes: &mut Nodes, boxes: Vec<Value>) -> Value {
    let css = nodes.css(
        "html, body { margin: 0; background: white; font-size: 0; line-height: 0 } canvas, iframe, video, object, embed, img { width: 100px; height: 50px; border: 0; background: white }
         b { display: inline-block; width: 28px; height: 50px; background: red }",
    );
    let style = nodes.element("style", json!({}), vec![css]);
    let mut body = Vec::new();
    for one in boxes {
        body.push(one);
        body.push(nodes.leaf("b", json!({})));
    }
    nodes.document(vec![style], json!({}), body)
}

/// Left edge and top of the box with this number: five to a row.
fn place(index: u32) -> (u32, u32) {
    (index % 5 * 128, index / 5 * 50)
}

fn counts(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

#[test]
fn what_was_not_recorded_is_a_labelled_box_of_its_size_and_counted() {
    let mut nodes = Nodes::default();
    let fallback = nodes.text("You need a plug-in");
    let mut boxes = vec![
        nodes.leaf("canvas", json!({"width": "200", "height": "100"})),
        nodes.leaf("iframe", json!({"rr_src": "https://ads.example.org/a?b"})),
        nodes.leaf("iframe", json!({"src": "https://old.example.org/"})),
        nodes.leaf("video", json!({"src": "https://cdn.example/a.mp4", "controls": true, "autoplay": true, "rr_mediaState": "played", "rr_mediaCurrentTime": 3})),
        nodes.leaf("video", json!({"src": "https://cdn.example/a.mp4", "poster": "https://cdn.example/missing.png"})),
        nodes.element("object", json!({"data": "https://cdn.example/a.swf", "type": "application/x-shockwave-flash"}), vec![fallback]),
        nodes.leaf("embed", json!({"src": "https://cdn.example/a.pdf", "type": "application/pdf"})),
        nodes.leaf("span", json!({"class": "rr-block", "rr_width": "100px", "rr_height": "50px"})),
        nodes.leaf("div", json!({"class": "ph-no-capture", "rr_width": "100px", "rr_height": "50px", "style": "display: inline-block; padding: 30px; max-width: 10px"})),
        nodes.leaf("iframe", json!({"rr_src": "about:blank"})),
        nodes.leaf("video", json!({"src": "https://cdn.example/a.mp4", "poster": plain_picture("green"), "style": "object-fit: cover"})),
        nodes.leaf("img", json!({"src": "https://cdn.example/missing.png", "alt": "A picture"})),
    ];
    let audio = nodes.leaf("audio", json!({"src": "https://cdn.example/a.mp3", "controls": true}));
    let hidden = nodes.leaf("canvas", json!({"style": "display: none"}));
    let overlay = nodes.leaf("canvas", json!({"style": "position: fixed; inset: 0; width: 100%; height: 100%; pointer-events: none; background: none"}));
    boxes.extend([hidden, overlay, audio]);
    let page = page(&mut nodes, boxes);
    let media = |at: i64, kind: u32| {
        event(3, at, json!({"source": 7, "type": kind, "id": 12, "currentTime": 1, "volume": 1, "muted": false}))
    };
    let end = event(3, 1000, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0}));
    let events = [meta(0, WIDTH, HEIGHT), snapshot(0, &page), media(100, 0), media(200, 1), media(300, 2), end];
    let (report, pictures) = show(&events, &["500ms"], "");
    let picture = &pictures[0];
    for index in 0..9 {
        let (x, y) = place(index);
        assert!(is_placeholder(picture, x, y, 100, 50), "box {index}");
        // It takes the room of the recorded element, so that what follows stands where it stood.
        assert_eq!(*picture.get_pixel(x + 114, y + 25), RED, "after box {index}");
    }
    for index in 9..12 {
        let (x, y) = place(index);
        assert!(!is_placeholder(picture, x, y, 100, 50), "box {index}");
        assert_eq!(*picture.get_pixel(x + 114, y + 25), RED, "after box {index}");
    }
    let (x, y) = place(10);
    assert_eq!(*picture.get_pixel(x + 50, y + 25), GREEN, "the poster");
    let kinds = [("audio", 1), ("blocked", 2), ("canvas", 2), ("embed", 1), ("frame", 2), ("object", 1), ("video", 3)];
    assert_eq!(report.placeholders, counts(&kinds));
    let warning = report.warnings.iter().find(|warning| warning.code == "placeholders");
    assert_eq!(warning.map(|warning| warning.count), Some(12));
}

#[test]
fn a_placeholder_goes_when_the_content_comes_and_no_rule_of_the_page_breaks_it() {
    let mut nodes = Nodes::default();
    let frame = nodes.leaf("iframe", json!({"rr_src": "https://pay.example.org/"}));
    let video = nodes.leaf("video", json!({}));
    let loud = nodes.leaf("video", json!({"style": "background-image: none; background-color: red"}));
    let (frame_id, video_id, loud_id) = (id_of(&frame), id_of(&video), id_of(&loud));
    let page = page(&mut nodes, vec![frame, video, loud]);
    let body = nodes.leaf("body", json!({"style": "background: green"}));
    let html = nodes.element("html", json!({}), vec![body]);
    let document = json!({"type": 0, "childNodes": [html], "id": nodes.last() + 1});
    let attach = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "isAttachIframe": true,
        "adds": [{"parentId": frame_id, "nextId": null, "node": document}]});
    let set = |at: i64, id: i64, attributes: Value| {
        event(
            3,
            at,
            json!({"source": 0, "texts": [], "removes": [], "adds": [], "attributes": [{"id": id, "attributes": attributes}]}),
        )
    };
    let events = [
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &page),
        set(900, loud_id, json!({"style": {"background": "red"}, "class": "x"})),
        event(3, 1000, attach),
        set(1000, video_id, json!({"poster": plain_picture("green"), "style": "object-fit: cover"})),
        event(3, 2000, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0})),
    ];
    let (_, pictures) = show(&events, &["500ms", "1500ms"], "");
    let shown = |picture: usize| [0, 1, 2].map(|index| is_placeholder(&pictures[picture], place(index).0, 0, 100, 50));
    assert_eq!([shown(0), shown(1)], [[true, true, true], [false, false, true]]);
    let centres = [0, 1].map(|index| *pictures[1].get_pixel(place(index).0 + 50, 25));
    assert_eq!(centres, [GREEN, GREEN]);
}

#[test]
fn canvases_of_a_recording_without_any_are_marked_and_those_of_one_with_some_are_blank_until_drawn() {
    for recorded in [false, true] {
        let mut nodes = Nodes::default();
        let canvases = [(); 2].map(|()| nodes.leaf("canvas", json!({"width": "100", "height": "50"})));
        let id = id_of(&canvases[0]);
        let page = page(&mut nodes, canvases.to_vec());
        let fill = json!([{"property": "fillStyle", "args": ["green"], "setter": true}, {"property": "fillRect", "args": [0, 0, 100, 50]}]);
        let mut events = vec![meta(0, WIDTH, HEIGHT), snapshot(0, &page)];
        if recorded {
            events.push(event(3, 1000, json!({"source": 9, "id": id, "type": 0, "commands": fill})));
        }
        events.push(event(3, 2000, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0})));
        let (report, pictures) = show(&events, &["500ms", "1500ms"], "");
        let marked = [0, 1].map(|index| is_placeholder(&pictures[1], place(index).0, 0, 100, 50));
        assert_eq!(marked, [!recorded; 2]);
        assert_eq!(report.placeholders.get("canvas"), if recorded { None } else { Some(&2) });
        let centre = |picture: usize| *pictures[picture].get_pixel(4, 4);
        if recorded {
            assert_eq!([centre(0), centre(1)], [Rgb([255; 3]), GREEN]);
        }
    }
}
