//! Canvases: drawn call by call, as pictures, and not recorded at all.

use serde_json::{Value, json};

use super::board::{Board, GREEN, RED, WHITE, id_of, plain_picture, show};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, event, meta, snapshot};

const FILL: [&str; 2] = ["40", "40"];

fn canvas(board: &mut Board, attributes: Value) -> Value {
    let mut attributes = attributes;
    attributes["class"] = "fill".into();
    attributes["width"] = FILL[0].into();
    attributes["height"] = FILL[1].into();
    board.nodes.leaf("canvas", attributes)
}

fn call(property: &str, args: Value) -> Value {
    json!({"property": property, "args": args})
}

fn fill(colour: &str) -> [Value; 2] {
    [json!({"property": "fillStyle", "args": [colour], "setter": true}), call("fillRect", json!([0, 0, 40, 40]))]
}

#[test]
fn canvases_are_drawn_call_by_call_and_from_pictures() {
    let mut board = Board::new();
    let one = canvas(&mut board, json!({}));
    let id = id_of(&one);
    board.turning("2D, one call an event", vec![one]);
    for (index, mut command) in fill("green").into_iter().enumerate() {
        command["source"] = 9.into();
        command["id"] = id.into();
        command["type"] = 0.into();
        board.change(1000 + index as i64, command);
    }

    let many = canvas(&mut board, json!({}));
    let id = id_of(&many);
    board.turning("2D, many calls an event", vec![many]);
    board.change(1000, json!({"source": 9, "id": id, "type": 0, "commands": fill("green")}));

    // What recorders send that take pictures of a canvas some times a second.
    let filmed = canvas(&mut board, json!({}));
    let id = id_of(&filmed);
    board.turning("a picture (ImageBitmap of a Blob)", vec![filmed]);
    let png = green_png();
    let blob = json!({"rr_type": "Blob", "data": [{"rr_type": "ArrayBuffer", "base64": png}], "type": "image/png"});
    let bitmap = json!({"rr_type": "ImageBitmap", "args": [blob]});
    let commands = [call("clearRect", json!([0, 0, 40, 40])), call("drawImage", json!([bitmap, 0, 0, 40, 40]))];
    board.change(1000, json!({"source": 9, "id": id, "type": 0, "commands": commands}));

    let pasted = canvas(&mut board, json!({}));
    let id = id_of(&pasted);
    board.turning("an image drawn at once", vec![pasted]);
    let image = json!({"rr_type": "HTMLImageElement", "src": plain_picture("green")});
    board
        .change(1000, json!({"source": 9, "id": id, "type": 0, "commands": [call("drawImage", json!([image, 0, 0]))]}));

    for (feature, context) in [("WebGL", 1), ("WebGL 2", 2)] {
        let drawn = canvas(&mut board, json!({}));
        let id = id_of(&drawn);
        board.turning(feature, vec![drawn]);
        for (at, command) in
            [call("clearColor", json!([0, 128.0 / 255.0, 0, 1])), call("clear", json!([16384]))].iter().enumerate()
        {
            let mut command = command.clone();
            command["source"] = 9.into();
            command["id"] = id.into();
            command["type"] = context.into();
            board.change(1000 + at as i64, command);
        }
    }

    let kept = canvas(&mut board, json!({"rr_dataURL": plain_picture("green")}));
    board.standing("its picture in the snapshot (rr_dataURL)", vec![kept]);

    let added = canvas(&mut board, json!({"rr_dataURL": plain_picture("green")}));
    let cell = board.turning("its picture when it is added", vec![]);
    board.mutate(1000, json!({"adds": [{"parentId": cell, "nextId": null, "node": added}]}));

    let lost = canvas(&mut board, json!({"rr_dataURL": plain_picture("green")}));
    let id = id_of(&lost);
    board.standing("calls that need what was not recorded", vec![lost]);
    let gradient = json!({"property": "fill", "args": [{"rr_type": "Path2D", "index": 3}, 7]});
    let image = json!({"rr_type": "HTMLImageElement", "src": "https://cdn.example/missing.png"});
    let commands = [gradient, call("drawImage", json!([image, 0, 0])), call("noSuchCall", json!([]))];
    board.change(1000, json!({"source": 9, "id": id, "type": 0, "commands": commands}));

    let (report, _) = board.judge();
    let undrawn = report.warnings.iter().find(|warning| warning.code == "undrawn_commands");
    assert!(undrawn.is_some_and(|warning| warning.count >= 2), "{:?}", report.warnings);
    assert!(report.placeholders.is_empty(), "{:?}", report.placeholders);
}

fn green_png() -> String {
    use base64::Engine as _;
    let mut png = Vec::new();
    let picture = image::RgbImage::from_pixel(2, 2, GREEN);
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    base64::engine::general_purpose::STANDARD.encode(png)
}

/// A triangle over the lower left half, by a shader.
fn shaded(id: i64, at: i64) -> Vec<Value> {
    let object = |kind: &str, index: u32| json!({"rr_type": kind, "index": index});
    let (program, shader) = ("WebGLProgram", "WebGLShader");
    let vertex = "attribute vec2 p; void main() { gl_Position = vec4(p, 0.0, 1.0); }";
    let fragment = "precision mediump float; void main() { gl_FragColor = vec4(0.0, 128.0 / 255.0, 0.0, 1.0); }";
    let corners = json!({"rr_type": "Float32Array", "args": [[-1, -1, 1, -1, -1, 1]]});
    let calls = [
        call("createShader", json!([35633])),
        call("shaderSource", json!([object(shader, 0), vertex])),
        call("compileShader", json!([object(shader, 0)])),
        call("createShader", json!([35632])),
        call("shaderSource", json!([object(shader, 1), fragment])),
        call("compileShader", json!([object(shader, 1)])),
        call("createProgram", json!([])),
        call("attachShader", json!([object(program, 0), object(shader, 0)])),
        call("attachShader", json!([object(program, 0), object(shader, 1)])),
        call("linkProgram", json!([object(program, 0)])),
        call("useProgram", json!([object(program, 0)])),
        call("createBuffer", json!([])),
        call("bindBuffer", json!([34962, object("WebGLBuffer", 0)])),
        call("bufferData", json!([34962, corners, 35044])),
        call("enableVertexAttribArray", json!([0])),
        call("vertexAttribPointer", json!([0, 2, 5126, false, 0, 0])),
        call("clearColor", json!([1, 0, 0, 1])),
        call("clear", json!([16384])),
        call("drawArrays", json!([4, 0, 3])),
    ];
    vec![event(3, at, json!({"source": 9, "id": id, "type": 1, "commands": calls}))]
}

#[test]
fn webgl_programs_run_and_draw_the_same_every_time() {
    let mut nodes = Nodes::default();
    let canvas = nodes.leaf("canvas", json!({"width": "320", "height": "200"}));
    let id = id_of(&canvas);
    let page = nodes.document(vec![], json!({"style": "margin: 0"}), vec![canvas]);
    let mut events = vec![meta(0, WIDTH, HEIGHT), snapshot(0, &page)];
    events.extend(shaded(id, 1000));
    events.push(event(3, 2000, json!({"source": 3, "id": id_of(&page), "x": 0, "y": 0})));
    let (first, pictures) = show(&events, &["500ms", "1500ms"], "");
    let at = |picture: usize, x: u32, y: u32| *pictures[picture].get_pixel(x, y);
    assert_eq!([at(0, 60, 150), at(0, 260, 50)], [WHITE, WHITE]);
    assert_eq!([at(1, 60, 150), at(1, 260, 50)], [GREEN, RED]);
    let (second, _) = show(&events, &["500ms", "1500ms"], "");
    assert_eq!(first.frames_sha256, second.frames_sha256);
}
