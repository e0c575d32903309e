//! Recordings of phones: wireframes with text, and screenshots.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::{Garden, Kind, Planted, Spot, prefixes};
use crate::program::recording::event;

/// Where the screenshot has what must not be seen: `region` of the rule file.
pub(in crate::redaction) const SCREENSHOT: Spot = Spot { x: 40, y: 60, width: 200, height: 80 };

fn meta(at: i64) -> Value {
    event(4, at, json!({"width": 360, "height": 640, "href": "https://app.example/"}))
}

fn full(at: i64, wireframes: Value) -> Value {
    event(2, at, json!({"wireframes": wireframes, "initialOffset": {"top": 0, "left": 0}}))
}

/// A screen whose wireframes hold secrets, one of them typed.
pub(in crate::redaction) fn wireframes() -> (Vec<Planted>, Vec<Value>) {
    let mut garden = Garden::new(900);
    let mut list = Vec::new();
    let mut id = 10;
    for (what, kind, of_type, member) in [
        ("text", Kind::Email, "text", json!("text")),
        ("text, card", Kind::Card, "text", json!("text")),
        ("value of a field", Kind::Email, "input", json!("value")),
        ("label", Kind::Phone, "input", json!("label")),
        ("label of a placeholder", Kind::Email, "placeholder", json!("label")),
        ("address of a web view", Kind::Email, "web_view", json!("url")),
        ("option", Kind::Email, "input", json!("options")),
    ] {
        let secret = garden.plant("wireframes of phones", what, kind);
        let mut frame = json!({"id": id, "type": of_type, "x": 10, "y": id * 5 - 40, "width": 340, "height": 40});
        if of_type == "input" {
            let of_field = match what {
                "option" => "select",
                "label" => "checkbox",
                _ => "text",
            };
            frame["inputType"] = json!(of_field);
        }
        let member = member.as_str().unwrap();
        frame[member] = match member {
            "options" => json!([secret]),
            "url" => json!(format!("https://maps.example/?u={secret}")),
            _ => json!(secret),
        };
        list.push(frame);
        id += 10;
    }
    let field = json!({"id": 100, "type": "input", "inputType": "text", "x": 10, "y": 500, "width": 340, "height": 40, "value": ""});
    list.push(field.clone());
    let mut events = vec![meta(0), full(10, Value::from(list))];
    let secret = garden.plant("wireframes of phones", "typed", Kind::Email);
    garden.typed();
    for (at, prefix) in (500..).step_by(60).zip(prefixes(&secret)) {
        let mut typed = field.clone();
        typed["value"] = json!(prefix);
        let updates = json!([{"parentId": 5, "wireframe": typed}]);
        events.push(event(3, at, json!({"source": 0, "adds": [], "updates": updates, "removes": []})));
    }
    (garden.planted, events)
}

/// A screen that is a picture: stripes, black and white where the secret would be.
pub(in crate::redaction) fn screenshot() -> Vec<Value> {
    let picture = |shift: u32| {
        let image = RgbImage::from_fn(360, 640, |x, y| {
            let Spot { x: left, y: top, width, height } = SCREENSHOT;
            if x >= left && x < left + width && y >= top && y < top + height {
                return Rgb(if (x + y + shift) % 8 < 4 { [255, 0, 255] } else { [0, 255, 0] });
            }
            Rgb(if (x / 20 + y / 20) % 2 == 0 { [230, 236, 244] } else { [90, 120, 160] })
        });
        let mut bytes = std::io::Cursor::new(Vec::new());
        DynamicImage::from(image).write_to(&mut bytes, ImageFormat::Png).unwrap();
        BASE64.encode(bytes.into_inner())
    };
    let screen = |shift: u32| json!([{"id": 10, "type": "screenshot", "x": 0, "y": 0, "width": 360, "height": 640, "base64": picture(shift)}]);
    let update = json!([{"parentId": 5, "wireframe": screen(4)[0]}]);
    vec![
        meta(0),
        full(10, screen(0)),
        event(3, 1000, json!({"source": 0, "adds": [], "updates": update, "removes": []})),
        event(3, 2000, json!({"source": 2, "type": 7, "id": 10, "x": 5, "y": 5})),
    ]
}
