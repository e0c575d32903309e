//! Screens of wireframes, each with as many types and styles as can be told apart on it.

use base64::Engine as _;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

pub(crate) const WIDTH: u32 = 360;
pub(crate) const HEIGHT: u32 = 640;

/// A wireframe at a place, with members set.
pub(crate) fn wireframe(kind: &str, [x, y, width, height]: [i32; 4], members: Value) -> Value {
    let mut wireframe = json!({"type": kind, "x": x, "y": y, "width": width, "height": height});
    wireframe.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    wireframe
}

fn input(kind: &str, place: [i32; 4], mut members: Value) -> Value {
    members["inputType"] = kind.into();
    wireframe("input", place, members)
}

fn text(place: [i32; 4], words: &str, style: Value) -> Value {
    wireframe("text", place, json!({"text": words, "style": style}))
}

/// A picture as base64: hills under a sky, so that which way is up, and what is cut or stretched, can be seen.
pub(crate) fn picture(width: u32, height: u32, hue: u8, format: ImageFormat) -> String {
    let (w, h) = (f64::from(width), f64::from(height));
    let image = RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / w, f64::from(y) / h);
        let sun = ((x - 0.7) * w / h).hypot(y - 0.25) < 0.11;
        match (sun, y > 0.75 - 0.15 * (x * 7.0).sin(), y > 0.62 - 0.2 * (x * 4.0 + 1.0).sin()) {
            (true, ..) => Rgb([255, 214, 90]),
            (_, true, _) => Rgb([40, 110, 70]),
            (_, _, true) => Rgb([90, 160, 110]),
            _ => Rgb([hue, 190, 240]),
        }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut bytes, format).unwrap();
    base64::engine::general_purpose::STANDARD.encode(bytes.into_inner())
}

fn bars() -> [Value; 2] {
    [
        wireframe("status_bar", [0, 0, 360, 24], json!({"style": {"backgroundColor": "#1f3a5f"}})),
        wireframe("navigation_bar", [0, 600, 360, 40], json!({"style": {"backgroundColor": "#f4f5f7"}})),
    ]
}

/// An app's screen, nested as apps nest, with its bars.
pub(crate) fn sample() -> Value {
    let grey = "#5b6472";
    let [status, navigation] = bars();
    let card = json!([
        wireframe(
            "image",
            [32, 104, 88, 88],
            json!({"base64": picture(176, 176, 120, ImageFormat::WebP), "style": {"borderRadius": 10}})
        ),
        text([136, 106, 190, 22], "Lake cabin for four", json!({"fontSize": 17, "fontFamily": "sans-serif-bold"})),
        input("progress", [136, 132, 100, 20], json!({"value": 4.5, "max": 5, "style": {"bar": "rating"}})),
        text(
            [136, 158, 190, 34],
            "Two bedrooms, a boat and a view of the hills from every window of the house",
            json!({"color": grey})
        ),
    ]);
    json!([wireframe(
        "div",
        [0, 0, 360, 640],
        json!({"style": {"backgroundColor": "#eef1f5"}, "childWireframes": [
            status,
            text([0, 24, 360, 56], "Your booking", json!({"color": "#fff", "backgroundColor": "#2b5188", "fontSize": 20, "paddingLeft": 16, "verticalAlign": "center"})),
            wireframe("div", [16, 92, 328, 112], json!({"style": {"backgroundColor": "#ffffff", "borderRadius": 14}, "childWireframes": card})),
            text([16, 218, 328, 18], "Name", json!({"color": grey, "fontSize": 13})),
            input("text", [16, 238, 328, 44], json!({"value": "Ada Lovelace"})),
            text([16, 294, 328, 18], "Card number", json!({"color": grey, "fontSize": 13})),
            input("password", [16, 314, 240, 44], json!({"value": "************"})),
            input("select", [268, 314, 76, 44], json!({"value": "12", "options": ["11", "12"]})),
            input("checkbox", [16, 370, 328, 28], json!({"checked": true, "label": "Insure the trip"})),
            input("toggle", [16, 404, 328, 32], json!({"checked": true, "label": "Remind me the day before"})),
            wireframe("web_view", [16, 446, 156, 86], json!({"url": "https://maps.example/"})),
            wireframe("placeholder", [184, 446, 160, 86], json!({"label": "CalendarView"})),
            input("button", [16, 544, 328, 44], json!({"value": "Book now", "style": {"backgroundColor": "#2563eb", "color": "#ffffff", "borderRadius": 22, "fontSize": 16}})),
            navigation,
        ]})
    )])
}

/// Text: sizes, families, colours, where it stands in its box, and where it is cut.
pub(crate) fn texts() -> Value {
    let mut all = vec![];
    let aligns = [
        ("left", "top"),
        ("center", "top"),
        ("right", "top"),
        ("left", "center"),
        ("center", "center"),
        ("right", "center"),
        ("left", "bottom"),
        ("center", "bottom"),
        ("right", "bottom"),
    ];
    for (place, (horizontal, vertical)) in (0..).zip(aligns) {
        let style = json!({"horizontalAlign": horizontal, "verticalAlign": vertical, "borderWidth": 1, "borderColor": "#c3c8d0", "fontSize": 13});
        all.push(text(
            [10 + place % 3 * 116, 10 + place / 3 * 58, 108, 50],
            &format!("{vertical} {horizontal}"),
            style,
        ));
    }
    for (place, (family, color, size)) in (0..).zip([
        ("sans-serif", "#000000", 14),
        ("serif", "#7a1f3d", 18),
        ("monospace", "rgb(0, 90, 60)", 14),
        ("sans-serif-bold", "navy", 22),
        (".SFUI-Semibold", "#444", 12),
    ]) {
        all.push(text(
            [10, 190 + place * 30, 340, 26],
            &format!("{family} {size}"),
            json!({"fontFamily": family, "color": color, "fontSize": format!("{size}px"), "verticalAlign": "center"}),
        ));
    }
    let long = "A long text that runs over several lines, and that ends with dots because its box is not high enough for all of it to be shown";
    let boxed = |more: Value| {
        let mut style = json!({"backgroundColor": "#f1f4f9", "fontSize": 14});
        style.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        style
    };
    all.push(text([10, 350, 340, 20], long, boxed(json!({}))));
    all.push(text([10, 380, 165, 66], long, boxed(json!({}))));
    all.push(text(
        [185, 380, 165, 66],
        "line one\nline two\n  three — ü漢",
        boxed(json!({"horizontalAlign": "center", "verticalAlign": "center"})),
    ));
    all.push(text(
        [10, 460, 165, 70],
        "padded by 30 and 20",
        boxed(json!({"paddingLeft": 30, "paddingTop": "20px", "paddingRight": 10, "paddingBottom": 4})),
    ));
    all.push(text(
        [185, 460, 165, 70],
        "padded from right",
        boxed(
            json!({"paddingRight": "24px", "horizontalAlign": "right", "verticalAlign": "bottom", "paddingBottom": 8}),
        ),
    ));
    // Exactly as wide as Roboto makes it, which is a little less than the font here.
    all.push(text([10, 545, 128, 17], "Continue to checkout", boxed(json!({"backgroundColor": "#ffe9c7"}))));
    all.push(wireframe("text", [10, 575, 0, 30], json!({"width": "100vw", "text": "as wide as the screen", "style": {"backgroundColor": "#e4f4e8", "horizontalAlign": "center", "verticalAlign": "center"}})));
    json!(all)
}

/// Fields, buttons and choices from lists.
pub(crate) fn fields() -> Value {
    let mut all = vec![];
    let kinds = [
        ("text", "text"),
        ("password", "password"),
        ("email", "ada@example.org"),
        ("number", "42"),
        ("search", "search"),
        ("tel", "+44 20 7946 0000"),
        ("url", "https://example.org/a/rather/long/path"),
    ];
    for (place, (kind, value)) in (0..).zip(kinds) {
        all.push(input(kind, [10 + place % 2 * 175, 10 + place / 2 * 50, 165, 40], json!({"value": value})));
    }
    all.push(input("text", [185, 160, 165, 40], json!({"value": "disabled", "disabled": true})));
    all.push(input("text", [10, 210, 340, 36], json!({"value": "a look of its own", "style": {"backgroundColor": "#fff7e0", "borderWidth": 2, "borderColor": "#e0a800", "borderRadius": 18, "paddingLeft": 18, "color": "#7a5b00", "fontSize": 16}})));
    all.push(input(
        "text_area",
        [10, 256, 340, 70],
        json!({"value": "Several lines of text that was typed in by somebody who had a lot to say.\nAnd more."}),
    ));
    all.push(input(
        "text_area",
        [10, 336, 340, 40],
        json!({"value": "A hint, in the middle", "style": {"verticalAlign": "center", "color": "#888888"}}),
    ));
    all.push(input("select", [10, 386, 165, 40], json!({"value": "second", "options": ["first", "second"]})));
    all.push(input("select", [185, 386, 165, 40], json!({"options": ["the first of a list that is long"]})));
    all.push(input("button", [10, 436, 110, 44], json!({"value": "Plain"})));
    all.push(input(
        "button",
        [130, 436, 110, 44],
        json!({"value": "Primary", "style": {"backgroundColor": "#2563eb", "color": "#fff", "borderRadius": 22}}),
    ));
    all.push(input(
        "button",
        [250, 436, 100, 44],
        json!({"value": "Outline", "style": {"borderWidth": 1, "borderColor": "#000000"}}),
    ));
    all.push(input(
        "button",
        [10, 490, 110, 44],
        json!({"value": "Disabled", "disabled": true, "style": {"backgroundColor": "#2563eb", "color": "#fff"}}),
    ));
    all.push(input("button", [130, 490, 220, 44], json!({"style": {"backgroundColor": "#e9f0ff", "borderRadius": 8}, "childWireframes": [
        text([140, 500, 200, 24], "of wireframes", json!({"color": "#1d3f8f", "horizontalAlign": "center", "verticalAlign": "center"})),
    ]})));
    let icon = picture(20, 20, 120, ImageFormat::Png);
    all.push(input(
        "button",
        [10, 544, 165, 44],
        json!({"value": "Beside", "style": {"iconLeft": icon, "backgroundColor": "#f1f4f9"}}),
    ));
    all.push(text([185, 544, 165, 44], "Text and icon", json!({"iconRight": icon, "verticalAlign": "center"})));
    json!(all)
}

/// What is on, off or on its way.
pub(crate) fn marks() -> Value {
    let mut all = vec![];
    for (column, checked) in [(0, true), (1, false)] {
        let x = 10 + column * 175;
        all.push(input("checkbox", [x, 10, 165, 32], json!({"checked": checked, "label": "checkbox"})));
        all.push(input("toggle", [x, 90, 165, 32], json!({"checked": checked, "label": "toggle"})));
        all.push(input("checkbox", [x, 130, 24, 24], json!({"checked": checked})));
        all.push(input("radio", [x + 40, 130, 24, 24], json!({"checked": checked})));
        all.push(input("toggle", [x + 80, 126, 60, 32], json!({"checked": checked})));
        all.push(input(
            "checkbox",
            [x, 164, 165, 28],
            json!({"checked": checked, "label": "green, disabled", "disabled": true, "style": {"color": "#15803d"}}),
        ));
    }
    all.push(wireframe(
        "radio_group",
        [10, 50, 340, 32],
        json!({"childWireframes": [
            input("radio", [10, 50, 165, 32], json!({"checked": true, "label": "one"})),
            input("radio", [185, 50, 165, 32], json!({"checked": false, "label": "other"})),
        ]}),
    ));
    // Without places, in the flow of their group.
    all.push(wireframe("radio_group", [10, 200, 340, 60], json!({"style": {"backgroundColor": "#f1f4f9"}, "childWireframes": [
        {"type": "input", "inputType": "radio", "width": 165, "height": 30, "checked": false, "label": "first in the flow"},
        {"type": "input", "inputType": "radio", "width": 165, "height": 30, "checked": true, "label": "second in the flow"},
    ]})));
    for (place, value) in (0..).zip([0.0, 30.0, 100.0, 250.0]) {
        all.push(input("progress", [10, 270 + place * 20, 340, 16], json!({"value": value, "max": 100})));
    }
    all.push(input(
        "progress",
        [10, 350, 340, 16],
        json!({"style": {"bar": "horizontal", "color": "#c2410c", "backgroundColor": "#fde7d9"}, "value": 0.6}),
    ));
    all.push(input("progress", [10, 370, 340, 16], json!({"style": {"bar": "horizontal"}})));
    for (place, value) in (0..).zip([json!(null), json!(0), json!(1), json!(3), json!(4)]) {
        all.push(input(
            "progress",
            [10 + place * 70, 400, 56, 56],
            json!({"value": value, "max": 4, "style": {"bar": "circular"}}),
        ));
    }
    all.push(input("progress", [10, 470, 160, 32], json!({"value": 3, "max": 5, "style": {"bar": "rating"}})));
    all.push(input(
        "progress",
        [185, 470, 165, 32],
        json!({"value": 2.5, "max": 5, "style": {"bar": "rating", "color": "#b91c1c"}}),
    ));
    all.push(input("progress", [10, 510, 340, 24], json!({"value": 6.3, "max": 10, "style": {"bar": "rating"}})));
    all.push(input("progress", [10, 545, 160, 24], json!({"max": 5, "style": {"bar": "rating"}})));
    all.push(input(
        "toggle",
        [185, 545, 165, 30],
        json!({"checked": true, "label": "violet", "style": {"color": "#7c3aed"}}),
    ));
    json!(all)
}

/// Boxes and pictures.
pub(crate) fn boxes() -> Value {
    let square = |format| picture(64, 64, 120, format);
    let mut all = vec![
        wireframe("rectangle", [10, 10, 76, 50], json!({"style": {"backgroundColor": "#2563eb"}})),
        wireframe(
            "rectangle",
            [98, 10, 76, 50],
            json!({"style": {"backgroundColor": "#fde68a", "borderRadius": "12px"}}),
        ),
        wireframe(
            "div",
            [186, 10, 76, 50],
            json!({"style": {"borderWidth": 3, "borderColor": "#dc2626", "borderRadius": 25}}),
        ),
        wireframe(
            "div",
            [274, 10, 76, 50],
            json!({"style": {"borderWidth": "2px", "backgroundColor": "hsl(150 40% 80%)"}}),
        ),
    ];
    let wide = picture(60, 30, 160, ImageFormat::Png);
    for (place, size) in (0..).zip([json!("contain"), json!("cover"), json!("auto"), Value::Null]) {
        let style = json!({"backgroundImage": format!("data:image/png;base64,{wide}"), "backgroundSize": size, "backgroundColor": "#e4e7ec", "borderRadius": 6});
        all.push(wireframe("div", [10 + place * 88, 70, 76, 60], json!({"style": style})));
    }
    all.push(wireframe("image", [10, 140, 76, 76], json!({"base64": square(ImageFormat::Png)})));
    all.push(wireframe("image", [98, 140, 76, 76], json!({"base64": format!("data:image/jpeg;base64,{}", square(ImageFormat::Jpeg)), "style": {"borderRadius": 38}})));
    all.push(wireframe("image", [186, 140, 76, 76], json!({"base64": square(ImageFormat::WebP), "style": {"borderWidth": 4, "borderColor": "#111", "borderRadius": 10}})));
    // Of another shape than its box.
    all.push(wireframe("image", [274, 140, 76, 76], json!({"base64": wide, "style": {"backgroundColor": "#f1f4f9"}})));
    all.push(wireframe("image", [10, 226, 76, 76], json!({})));
    all.push(wireframe("image", [98, 226, 24, 24], json!({})));
    all.push(wireframe("image", [130, 226, 44, 20], json!({"base64": "not a picture"})));
    all.push(wireframe("placeholder", [186, 226, 164, 30], json!({"label": "one line"})));
    all.push(wireframe("placeholder", [98, 266, 252, 36], json!({"label": "its own colours", "style": {"backgroundColor": "#1f2937", "color": "#ffffff", "borderRadius": 8}})));
    all.push(wireframe(
        "web_view",
        [10, 312, 164, 90],
        json!({"url": "https://example.org/a/path/that/is/long/enough/to/be/cut"}),
    ));
    all.push(wireframe("web_view", [186, 312, 164, 90], json!({})));
    all.push(wireframe("placeholder", [10, 412, 340, 70], json!({"label": "PDFView <script>"})));
    // What stands in something comes after it on the screen, at its own place.
    all.push(wireframe("div", [10, 492, 340, 90], json!({"style": {"backgroundColor": "#e0e7ff", "borderRadius": 12}, "childWireframes": [
        wireframe("div", [26, 506, 200, 62], json!({"style": {"backgroundColor": "#c7d2fe"}, "childWireframes": [
            wireframe("div", [40, 518, 90, 38], json!({"style": {"backgroundColor": "#818cf8"}, "childWireframes": [
                text([40, 518, 90, 38], "nested", json!({"color": "#fff", "horizontalAlign": "center", "verticalAlign": "center"})),
            ]})),
        ]})),
        wireframe("image", [240, 506, 96, 62], json!({"base64": wide})),
    ]})));
    all.push(wireframe(
        "status_bar",
        [0, 0, 0, 0],
        json!({"x": null, "y": null, "width": "100vw", "height": 6, "style": {"backgroundColor": "#0f172a"}}),
    ));
    all.push(wireframe(
        "navigation_bar",
        [0, 0, 0, 0],
        json!({"x": null, "y": null, "width": "100vw", "height": 40, "style": {"backgroundColor": "#0f172a"}}),
    ));
    json!(all)
}
