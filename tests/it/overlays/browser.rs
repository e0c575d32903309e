use image::RgbImage;
use image::imageops::crop_imm;
use serde_json::{Value, json};

use crate::kit::{Report, Video, Workshop, open};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, attributes, event, json_of, meta, snapshot};

/// A page in which something goes wrong at 2 s and keys are pressed at 4 s, and nobody does anything from 5 to 25 s.
fn trouble() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let title = nodes.text("Shop");
    let title = nodes.element("title", json!({}), vec![title]);
    let css = nodes.css(
        "body{margin:0;background:#eee} #bar{height:40px;background:navy;animation:grow 3s linear} @keyframes grow{from{width:0}to{width:300px}}",
    );
    let style = nodes.element("style", json!({}), vec![css]);
    let bar = nodes.leaf("div", json!({"id": "bar"}));
    let button = nodes.leaf("button", json!({"type": "button"}));
    let document = nodes.document(vec![title, style], json!({}), vec![bar, button]);
    let body = document["childNodes"][1]["childNodes"][1]["id"].as_i64().unwrap();
    let click = |at: i64| event(3, at, json!({"source": 2, "type": 2, "id": body, "x": 160, "y": 100}));
    let path = |at: i64| {
        let positions: Vec<Value> =
            (0..10).map(|n| json!({"x": 40 + n * 20, "y": 120, "id": body, "timeOffset": -450 + n * 50})).collect();
        event(3, at, json!({"source": 1, "positions": positions}))
    };
    json_of(&[
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &document),
        path(1000),
        event(
            6,
            2000,
            json!({"plugin": "rrweb/console@1", "payload": {"level": "error", "payload": ["\"Boom\""], "trace": []}}),
        ),
        click(3000),
        event(5, 4000, json!({"tag": "hotkey", "payload": {"key": "k", "ctrlKey": true}})),
        path(5000),
        attributes(24_000, body, json!({"style": "background:#cfc"})),
        click(25_000),
        click(26_000),
    ])
}

struct Trouble {
    workshop: Workshop,
    recording: std::path::PathBuf,
}

impl Trouble {
    fn new() -> Self {
        let workshop = Workshop::new();
        let recording = workshop.path("trouble.json");
        std::fs::write(&recording, trouble()).unwrap();
        Self { workshop, recording }
    }

    fn render(&self, arguments: &str) -> Report {
        self.workshop.render(&self.recording, arguments)
    }

    fn still(&self, arguments: &str) -> RgbImage {
        self.workshop.still(&self.recording, &format!("{arguments} -o still.png"));
        open(&self.workshop.path("still.png"))
    }
}

fn part(picture: &RgbImage, top: u32, height: u32) -> RgbImage {
    crop_imm(picture, 0, top, picture.width(), height).to_image()
}

const ALL: &str = "--bar bottom --marks error,rage,page --keys on --cursor-size huge --idle-cue on --theme light";

#[test]
fn overlays_cost_no_capture_and_leave_the_page_as_it_is() {
    let trouble = Trouble::new();
    let plain = trouble.render("-o plain.mp4 --fps 25 --idle skip --cursor off --idle-cue off");
    let with_all = trouble.render(&format!("-o all.mp4 --fps 25 --idle skip {ALL}"));
    assert_eq!(plain.captured, with_all.captured);
    assert_eq!(plain.time_map.len(), with_all.time_map.len());
    let (bare, barred) = (trouble.still("--at 7 --cursor off"), trouble.still("--at 7 --cursor off --bar top"));
    assert_eq!((barred.width(), barred.height()), (WIDTH, HEIGHT + 36), "the picture grows by its bar");
    assert_eq!(part(&barred, 36, HEIGHT), bare, "every pixel of the page is as without it");
    let fitted = trouble.still("--at 7 --bar bottom --size 640x436");
    assert_eq!((fitted.width(), fitted.height()), (640, 436));
}

#[test]
fn notes_and_keys_come_up_with_what_they_tell_of() {
    let trouble = Trouble::new();
    let differs = |at: &str, options: &str| {
        trouble.still(&format!("--at {at} --cursor off")) != trouble.still(&format!("--at {at} --cursor off {options}"))
    };
    assert!(differs("2", "--marks error"), "at the very moment");
    assert!(!differs("1.9", "--marks error"));
    assert!(!differs("2", "--marks rage"));
    assert!(differs("4.5", "--keys on"));
    assert!(!differs("5.5", "--keys on"));
}

#[test]
fn a_video_says_what_it_leaves_out_where_it_goes_on() {
    let trouble = Trouble::new();
    let picture = |name: &str, options: &str| {
        let report = trouble.render(&format!("-o {name} --fps 25 --idle skip --cursor off {options}"));
        let after = report.time_map.iter().find(|piece| piece.skipped).unwrap().video_from_ms;
        let video = Video::open(trouble.workshop.path(name));
        // One by one: two of them may be the same stored picture.
        [after - 40.0, after, after + 1900.0].map(|at| video.brightness(&[video.shown_at(at)]).remove(0))
    };
    let (cued, plain) = (picture("cued.mp4", ""), picture("plain.mp4", "--idle-cue off"));
    let changed = |n: usize| {
        let rows = cued[n].chunks(WIDTH as usize).zip(plain[n].chunks(WIDTH as usize));
        let rows = rows.map(|(a, b)| a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > 40).count());
        rows.collect::<Vec<_>>()
    };
    assert!(changed(0).iter().all(|count| *count == 0), "nothing before");
    let seen = changed(1);
    assert!(seen[..70].iter().sum::<usize>() > 500, "a cue at the top: {seen:?}");
    assert!(seen[70..].iter().all(|count| *count == 0), "and nowhere else");
    assert!(changed(2).iter().all(|count| *count == 0), "gone after two seconds");
}

#[test]
fn a_still_and_a_frame_of_the_same_moment_show_the_same() {
    let trouble = Trouble::new();
    trouble.render(&format!("--fps 25 -o v.mp4 --still 4.2=pass.png {ALL}"));
    assert_eq!(open(&trouble.workshop.path("pass.png")), trouble.still(&format!("--at 4.2 {ALL}")));
}
