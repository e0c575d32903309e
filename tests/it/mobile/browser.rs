//! What a phone showed, as pictures: each is compared with one that was looked at and agreed on (`tests/fixtures/mobile`).
//!
//! `REPLAYREEL_UPDATE=1 cargo nextest run -E 'test(mobile::browser)'` draws them anew; look at each before you commit it.

use std::path::Path;
use std::process::Command;

use image::ImageFormat;
use serde_json::{Value, json};

use super::boards::{self, HEIGHT, WIDTH, picture, wireframe};
use crate::kit::{Workshop, blots, difference, in_repository, open, save, similarity};
use crate::program::recording::{event, json_of};

/// Less than this and it is another picture (mean SSIM, `kit::similarity`).
const ALIKE: f64 = 0.99;
/// Share of the pixels that may be plainly wrong (`kit::blots`): less than a check mark, which hardly lowers the similarity.
const WRONG: f64 = 0.0005;

/// When it is 09:41, ms after midnight.
const MORNING: i64 = (9 * 60 + 41) * 60_000;

fn meta(at: i64, width: u32, height: u32) -> Value {
    event(4, at, json!({"width": width, "height": height}))
}

fn full(at: i64, wireframes: Value) -> Value {
    event(2, at, json!({"wireframes": wireframes, "initialOffset": {"top": 0, "left": 0}}))
}

fn change(at: i64, adds: Value, updates: Value, removes: Value) -> Value {
    event(3, at, json!({"source": 0, "adds": adds, "updates": updates, "removes": removes}))
}

/// Makes a still at each of these moments (ms) and holds it to the picture of that name in the folder.
fn judge(events: &[Value], stills: &[(i64, &str)]) {
    let workshop = Workshop::new();
    let recording = workshop.path("phone.json");
    std::fs::write(&recording, json_of(events)).unwrap();
    let asked: Vec<String> = stills.iter().map(|(at, _)| format!("--still {}={at}.png", *at as f64 / 1000.0)).collect();
    workshop.render(&recording, &format!("--cursor off {}", asked.join(" ")));
    let mut failures = Vec::new();
    for (at, name) in stills {
        let made = workshop.path(&format!("{at}.png"));
        let agreed = in_repository(&format!("{name}.png"));
        if std::env::var_os("REPLAYREEL_UPDATE").is_some() {
            with_palette(&made, &agreed);
        }
        let (made, agreed) = (open(&made), open(&agreed));
        let (alike, wrong) = (similarity(&made, &agreed), blots(&made, &agreed));
        if alike < ALIKE || wrong > WRONG {
            let kept = in_repository(&format!("target/mobile/{}", name.replace('/', "-")));
            save(&made, &kept.with_extension("made.png"));
            save(&difference(&made, &agreed), &kept.with_extension("difference.png"));
            failures.push(format!("{name}: {alike:.4}, {wrong:.5} wrong ({}.made.png)", kept.display()));
        }
    }
    assert!(failures.is_empty(), "not as agreed: {failures:#?}");
}

/// Few colours, small file.
fn with_palette(made: &Path, agreed: &Path) {
    let palette = "split[a][b];[a]palettegen=max_colors=256:reserve_transparent=0:stats_mode=full[p];[b][p]paletteuse=dither=none";
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(made)
        .args(["-vf", palette, "-pix_fmt", "pal8", "-compression_level", "100", "-pred", "none"])
        .arg(agreed)
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn every_type_and_style_looks_as_agreed() {
    let boards: [(&str, Value); 5] = [
        ("docs/mobile", boards::sample()),
        ("tests/fixtures/mobile/texts", boards::texts()),
        ("tests/fixtures/mobile/fields", boards::fields()),
        ("tests/fixtures/mobile/marks", boards::marks()),
        ("tests/fixtures/mobile/boxes", boards::boxes()),
    ];
    let mut events = vec![meta(MORNING, WIDTH, HEIGHT)];
    let mut stills = Vec::new();
    for (second, (name, wireframes)) in (0..).zip(boards) {
        events.push(full(MORNING + second * 1000, wireframes));
        stills.push((second * 1000 + 500, name));
    }
    judge(&events, &stills);
}

#[test]
fn changes_show_what_they_leave() {
    let row = |id: i64, y: i32, colour: &str, words: &str| {
        wireframe(
            "div",
            [10, y, 340, 40],
            json!({"id": id, "style": {"backgroundColor": colour, "borderRadius": 8}, "childWireframes": [
                wireframe("text", [24, y, 300, 40], json!({"id": id * 10, "text": words, "style": {"verticalAlign": "center"}})),
            ]}),
        )
    };
    let list = |rows: Value| wireframe("div", [0, 0, 360, 320], json!({"id": 1, "childWireframes": rows}));
    let bars = [
        wireframe("status_bar", [0, 0, 360, 24], json!({"id": 2, "style": {"backgroundColor": "#1f3a5f"}})),
        wireframe("navigation_bar", [0, 290, 360, 30], json!({"id": 3, "style": {"backgroundColor": "#101418"}})),
    ];
    let rows = json!([
        bars[0],
        row(4, 34, "#dbeafe", "stays"),
        row(5, 84, "#fee2e2", "goes"),
        row(6, 134, "#dcfce7", "is changed"),
        bars[1]
    ]);
    let keyboard = |at: i64, payload: Value| event(5, at, json!({"tag": "keyboard", "payload": payload}));
    let changed = wireframe(
        "text",
        [24, 134, 300, 40],
        json!({"id": 60, "text": "was changed", "style": {"verticalAlign": "center", "color": "#b91c1c"}}),
    );
    let added = row(7, 184, "#fef9c3", "was added");
    let on_top = wireframe(
        "div",
        [40, 60, 280, 60],
        json!({"id": 9, "style": {"backgroundColor": "#111827", "borderRadius": 12}}),
    );
    let events = [
        meta(0, 360, 320),
        full(0, json!([list(rows)])),
        change(
            1000,
            // Flattened, as phones send it: what stands in something comes again by itself.
            json!([{"parentId": 1, "wireframe": added}, {"parentId": 7, "wireframe": added["childWireframes"][0]}, {"parentId": 404, "wireframe": on_top}]),
            json!([{"parentId": 6, "wireframe": changed}]),
            json!([{"parentId": 1, "id": 5}, {"parentId": 5, "id": 50}]),
        ),
        keyboard(2000, json!({"open": true, "height": 150})),
        keyboard(
            3000,
            json!({"open": true, "x": 30, "y": 90, "width": 300, "height": 120, "styles": {"backgroundColor": "#e5e7eb"}}),
        ),
        keyboard(4000, json!({"open": false})),
        change(4000, json!([]), json!([]), json!([{"parentId": 1, "id": 7}, {"parentId": 0, "id": 9}])),
        event(5, 5000, json!({"tag": "end", "payload": {}})),
    ];
    judge(
        &events,
        &[
            (1500, "tests/fixtures/mobile/changed"),
            (2500, "tests/fixtures/mobile/keyboard"),
            (3500, "tests/fixtures/mobile/keyboard-placed"),
            (4500, "tests/fixtures/mobile/removed"),
        ],
    );
}

/// A screenshot of the whole screen.
fn shot(id: i64, width: u32, height: u32, hue: u8, format: ImageFormat) -> Value {
    let base64 = picture(width, height, hue, format);
    // Broken into lines, as Android's encoder does by default.
    let lines: Vec<&str> = base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    wireframe("screenshot", [0, 0, width as i32, height as i32], json!({"id": id, "base64": lines.join("\n")}))
}

/// The sky of a still's picture, which tells which screenshot it shows.
fn sky(workshop: &Workshop, name: &str) -> u8 {
    open(&workshop.path(name)).get_pixel(2, 2)[0]
}

#[test]
fn each_screenshot_is_shown_from_its_own_moment_on() {
    let update = |at: i64, shot: Value| change(at, json!([]), json!([{"parentId": 5, "wireframe": shot}]), json!([]));
    let events = [
        meta(0, 180, 320),
        full(0, json!([shot(1, 180, 320, 10, ImageFormat::Png)])),
        update(1000, shot(1, 180, 320, 60, ImageFormat::Jpeg)),
        update(2000, shot(2, 180, 320, 110, ImageFormat::WebP)),
        full(3000, json!([shot(3, 180, 320, 160, ImageFormat::Png)])),
        update(4000, wireframe("screenshot", [0, 0, 180, 320], json!({"id": 3}))),
        update(5000, shot(3, 180, 320, 210, ImageFormat::Png)),
        event(5, 6000, json!({"tag": "end", "payload": {}})),
    ];
    let workshop = Workshop::new();
    let recording = workshop.path("phone.json");
    std::fs::write(&recording, json_of(&events)).unwrap();
    let moments = ["0", "0.99", "1", "1.99", "2", "3", "5", "5.5"];
    let asked: Vec<String> = moments.iter().map(|at| format!("--still {at}={at}.png")).collect();
    let report = workshop.render(&recording, &format!("--fps 10 -o phone.mp4 {}", asked.join(" ")));
    let seen: Vec<u8> = moments.iter().map(|at| sky(&workshop, &format!("{at}.png"))).collect();
    for (seen, hue) in seen.iter().zip([10, 10, 60, 60, 110, 160, 210, 210_u8]) {
        assert!(seen.abs_diff(hue) <= 4, "{seen:?}: {hue}");
    }
    // Six screens, each captured once: nothing else ever changes.
    assert_eq!(report.video("phone.mp4").distinct, 6);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn a_turned_phone_shows_its_screen_in_whole() {
    let events = [
        // No size is recorded.
        full(0, json!([shot(1, 180, 320, 60, ImageFormat::Png)])),
        change(1000, json!([]), json!([{"wireframe": shot(1, 320, 180, 160, ImageFormat::Png)}]), json!([])),
        event(4, 2000, json!({"width": 180, "height": 320})),
        change(2000, json!([]), json!([{"wireframe": shot(1, 180, 320, 60, ImageFormat::Png)}]), json!([])),
        event(5, 3000, json!({"tag": "end", "payload": {}})),
    ];
    judge(
        &events,
        &[
            (500, "tests/fixtures/mobile/upright"),
            (1500, "tests/fixtures/mobile/turned"),
            (2500, "tests/fixtures/mobile/upright"),
        ],
    );
}

#[test]
fn a_finger_is_drawn_where_it_touched() {
    let touch =
        |at: i64, kind: u64, x: u32, y: u32| event(3, at, json!({"source": 2, "type": kind, "id": 0, "x": x, "y": y}));
    let events = [
        meta(0, 180, 320),
        full(0, json!([shot(1, 180, 320, 60, ImageFormat::Png)])),
        touch(1000, 7, 60, 100),
        touch(1400, 9, 60, 100),
        event(5, 3000, json!({"tag": "end", "payload": {}})),
    ];
    let workshop = Workshop::new();
    let recording = workshop.path("phone.json");
    std::fs::write(&recording, json_of(&events)).unwrap();
    workshop.render(&recording, "--still 0.5=before.png --still 1.2=during.png --still 2.9=after.png");
    let [before, during, after] =
        ["before", "during", "after"].map(|name| open(&workshop.path(&format!("{name}.png"))));
    assert_eq!(before, after);
    let marked: Vec<(u32, u32)> = before
        .enumerate_pixels()
        .filter(|(x, y, pixel)| *pixel != during.get_pixel(*x, *y))
        .map(|(x, y, _)| (x, y))
        .collect();
    assert!(marked.len() > 100, "nothing is drawn");
    let middle = |side: fn(&(u32, u32)) -> u32| marked.iter().map(side).sum::<u32>() as f64 / marked.len() as f64;
    let (x, y) = (middle(|place| place.0), middle(|place| place.1));
    assert!((x - 60.0).abs() < 3.0 && (y - 100.0).abs() < 3.0, "drawn at {x} {y}");
}
