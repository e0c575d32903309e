//! Recordings made in the test: rrweb events as JSON.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// The clock when a recording begins, ms since 1970.
pub(crate) const START: i64 = 1_767_225_600_000;

pub(crate) const WIDTH: u32 = 320;
pub(crate) const HEIGHT: u32 = 200;

/// Builds nodes with the ids that a recorder would give them.
#[derive(Default)]
pub(crate) struct Nodes {
    last: i64,
}

impl Nodes {
    pub(crate) fn after(last: i64) -> Self {
        Self { last }
    }

    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    fn id(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    /// An element without children.
    pub(crate) fn leaf(&mut self, tag: &str, attributes: Value) -> Value {
        self.element(tag, attributes, Vec::new())
    }

    pub(crate) fn element(&mut self, tag: &str, attributes: Value, children: Vec<Value>) -> Value {
        json!({"type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "id": self.id()})
    }

    pub(crate) fn svg(&mut self, tag: &str, attributes: Value, children: Vec<Value>) -> Value {
        json!({"type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "isSVG": true, "id": self.id()})
    }

    pub(crate) fn text(&mut self, text: &str) -> Value {
        json!({"type": 3, "textContent": text, "id": self.id()})
    }

    /// The text of a `<style>`.
    pub(crate) fn css(&mut self, text: &str) -> Value {
        json!({"type": 3, "textContent": text, "isStyle": true, "id": self.id()})
    }

    /// A document; its id is the first, as recorders have it.
    pub(crate) fn document(&mut self, head: Vec<Value>, body_attributes: Value, body: Vec<Value>) -> Value {
        let doctype = json!({"type": 1, "name": "html", "publicId": "", "systemId": "", "id": self.id()});
        let head = self.element("head", json!({}), head);
        let body = self.element("body", body_attributes, body);
        let html = self.element("html", json!({}), vec![head, body]);
        json!({"type": 0, "childNodes": [doctype, html], "id": self.id()})
    }
}

pub(crate) fn event(kind: u32, at: i64, data: Value) -> Value {
    json!({"type": kind, "data": data, "timestamp": START + at})
}

pub(crate) fn meta(at: i64, width: u32, height: u32) -> Value {
    event(4, at, json!({"href": "https://shop.example/", "width": width, "height": height}))
}

pub(crate) fn snapshot(at: i64, document: &Value) -> Value {
    event(2, at, json!({"node": document, "initialOffset": {"left": 0, "top": 0}}))
}

/// A mutation that changes attributes of one node.
pub(crate) fn attributes(at: i64, id: i64, attributes: Value) -> Value {
    event(
        3,
        at,
        json!({"source": 0, "texts": [], "removes": [], "adds": [], "attributes": [{"id": id, "attributes": attributes}]}),
    )
}

/// A page in one colour: its meta event, full snapshot, and body's id.
pub(crate) fn plain_page(at: i64, colour: &str) -> (Vec<Value>, i64) {
    let mut nodes = Nodes::default();
    let document = nodes.document(Vec::new(), body_style(colour), Vec::new());
    let body = document["childNodes"][1]["childNodes"][1]["id"].as_i64().unwrap();
    (vec![meta(at, WIDTH, HEIGHT), snapshot(at, &document)], body)
}

fn body_style(colour: &str) -> Value {
    json!({"style": format!("margin:0;background:{colour}")})
}

/// A page that is red, and `colour` from the event at `at` on.
pub(crate) fn turning(at: i64, colour: &str) -> Vec<Value> {
    let (mut events, body) = plain_page(0, "rgb(255, 0, 0)");
    events.push(attributes(at, body, body_style(colour)));
    events
}

/// A page that changes thirty times a second.
pub(crate) fn restless(seconds: i64) -> Vec<u8> {
    let (mut events, body) = plain_page(0, "rgb(0, 0, 0)");
    let changes = (1..seconds * 30).map(|step| {
        attributes(step * 1000 / 30, body, body_style(&format!("rgb({}, {}, 99)", step % 256, step / 256)))
    });
    events.extend(changes);
    json_of(&events)
}

/// A page full of noise, which cannot be compressed away, that moves thirty times a second.
pub(crate) fn noisy(seconds: i64) -> Vec<u8> {
    let mut seed = 1_u32;
    let noise = image::RgbImage::from_fn(WIDTH, HEIGHT, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(seed >> 24) as u8, (seed >> 16) as u8, (seed >> 8) as u8])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let url = format!("data:image/png;base64,{}", STANDARD.encode(png.into_inner()));
    let mut nodes = Nodes::default();
    let css = nodes.css(&format!("body{{background-image:url({url})}}"));
    let style = nodes.element("style", json!({}), vec![css]);
    let document = nodes.document(vec![style], json!({}), Vec::new());
    let body = document["childNodes"][1]["childNodes"][1]["id"].as_i64().unwrap();
    let moved = |step| json!({"style": format!("background-position:{}px {}px", step * 7, step * 3)});
    let mut events = vec![meta(0, WIDTH, HEIGHT), snapshot(0, &document)];
    events.extend((1..seconds * 30).map(|step| attributes(step * 1000 / 30, body, moved(step))));
    json_of(&events)
}

/// Bytes of a picture of [`restless`] on its way to the encoder of an MP4 or `WebM`: 4:2:0 planes.
pub(crate) const PICTURE_BYTES: u64 = WIDTH as u64 * HEIGHT as u64 * 3 / 2;

pub(crate) fn json_of(events: &[Value]) -> Vec<u8> {
    serde_json::to_vec(events).unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
