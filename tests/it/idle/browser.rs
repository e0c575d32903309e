//! A recording with a long pause, in which the page goes on by itself.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::kit::{Gif, Report, TimeMapPiece, Video, WebP, Workshop, brightness_error, open};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, attributes, event, json_of, meta, snapshot};
use crate::program::{PATIENCE, Room};

/// The frame rate at which slots are whole milliseconds.
const FPS: &str = "25";

fn click(at: i64, body: i64) -> Value {
    event(3, at, json!({"source": 2, "type": 2, "id": body, "x": 160, "y": 100}))
}

fn colour(at: i64, body: i64, colour: &str) -> Value {
    attributes(at, body, json!({"style": format!("margin:0;background:{colour};transition:background 2s linear")}))
}

/// Somebody clicks at 1 s and at 41 s, and the recording ends at 43 s. In between the page turns green by itself. A bar grows all the
/// time, and from 42 s on the colour changes slowly.
fn pause() -> Vec<u8> {
    let mut nodes = Nodes::default();
    let css = nodes.css(
        "@keyframes grow{from{width:0}to{width:300px}} #bar{height:40px;background:black;animation:grow 90s linear}",
    );
    let style = nodes.element("style", json!({}), vec![css]);
    let bar = nodes.leaf("div", json!({"id": "bar"}));
    let document = nodes.document(vec![style], json!({"style": "margin:0;background:red"}), vec![bar]);
    let body = document["childNodes"][1]["childNodes"][1]["id"].as_i64().unwrap();
    json_of(&[
        meta(0, WIDTH, HEIGHT),
        snapshot(0, &document),
        click(1000, body),
        colour(20_000, body, "green"),
        click(41_000, body),
        colour(42_000, body, "blue"),
        click(43_000, body),
    ])
}

struct Pause {
    workshop: Workshop,
    recording: PathBuf,
}

impl Pause {
    fn new() -> Self {
        let workshop = Workshop::new();
        let recording = workshop.path("pause.json");
        std::fs::write(&recording, pause()).unwrap();
        Self { workshop, recording }
    }

    /// Without the cue, which is drawn over the page where time was left out.
    fn render(&self, arguments: &str) -> Report {
        self.workshop.render(&self.recording, &format!("--fps {FPS} --idle-cue off {arguments}"))
    }

    fn video(&self, name: &str) -> Video {
        Video::open(self.workshop.path(name))
    }

    /// The picture of a moment on a page of its own.
    fn still(&self, at: &str) -> image::RgbImage {
        self.workshop.still(&self.recording, &format!("--at {at} -o alone.png"));
        open(&self.workshop.path("alone.png"))
    }

    /// What a player shows at a video time is what the page looks like at a session time.
    fn assert_shows(&self, name: &str, video_ms: f64, session_ms: u32) {
        let video = self.video(name);
        let stored = video.brightness(&[video.shown_at(video_ms)]).remove(0);
        let off = brightness_error(&self.still(&format!("{session_ms}ms")), &stored);
        assert!(off <= 1.5, "{name} at {video_ms} ms is not {session_ms} ms of the session: off by {off} of 219");
    }
}

/// Session from, session to, video from, video to, speed.
fn told(map: &[TimeMapPiece]) -> Vec<(f64, f64, f64, f64, Option<f64>)> {
    let told = |piece: &TimeMapPiece| {
        assert_eq!(piece.skipped, piece.speed.is_none());
        (piece.session_from_ms, piece.session_to_ms, piece.video_from_ms, piece.video_to_ms, piece.speed)
    };
    map.iter().map(told).collect()
}

#[test]
fn skipped_time_is_not_in_the_video_and_what_comes_after_it_looks_as_it_would_have() {
    let pause = Pause::new();
    let report = pause.render(
        "--idle skip -o video.mp4,quality=0 \
         --still v:2.96=before.png --still v:3=after.png --still v:5.52=later.png --still 21s=inside.png",
    );
    let pieces = [
        (0.0, 3000.0, 0.0, 3000.0, Some(1.0)),
        (3000.0, 40_000.0, 3000.0, 3000.0, None),
        (40_000.0, 44_000.0, 3000.0, 7000.0, Some(1.0)),
    ];
    assert_eq!(told(&report.time_map), pieces);
    assert_eq!(told(&report.video("video.mp4").time_map), pieces);
    assert_eq!((report.slots, report.video_ms), (175, 7000.0));
    assert!((pause.video("video.mp4").duration_ms - 7000.0).abs() < 0.5);
    let warning = report.warnings.iter().find(|warning| warning.code == "idle_shortened").unwrap();
    assert_eq!(warning.count, 1);
    // Neither the bar nor the colour may be behind by what was not shown, and the still inside is what it is without skipping.
    for (name, video_ms, session_ms) in
        [("before.png", 2960.0, 2960), ("after.png", 3000.0, 40_000), ("later.png", 5520.0, 42_520)]
    {
        assert_eq!(open(&pause.workshop.path(name)), pause.still(&format!("{session_ms}ms")), "{name}");
        pause.assert_shows("video.mp4", video_ms, session_ms);
    }
    assert_eq!(open(&pause.workshop.path("inside.png")), pause.still("21s"));
    assert!(report.captured <= 177, "{} pictures of 175 slots and a still", report.captured);
}

#[test]
fn capped_time_plays_faster_and_nothing_of_it_is_lost() {
    let pause = Pause::new();
    let report = pause.render("--idle cap=2s -o video.mp4,quality=0");
    let pieces = [
        (0.0, 3000.0, 0.0, 3000.0, Some(1.0)),
        (3000.0, 40_000.0, 3000.0, 5000.0, Some(18.5)),
        (40_000.0, 44_000.0, 5000.0, 9000.0, Some(1.0)),
    ];
    assert_eq!(told(&report.time_map), pieces);
    assert!((pause.video("video.mp4").duration_ms - report.video_ms).abs() < 0.5);
    assert_eq!((report.slots, report.video_ms), (225, 9000.0));
    // Amid the stretch; where the page turns green in it; after it.
    for (video_ms, session_ms) in [(4000.0, 21_500), (3960.0, 20_760), (5000.0, 40_000)] {
        pause.assert_shows("video.mp4", video_ms, session_ms);
    }
}

#[test]
fn each_output_deals_with_idle_time_in_its_own_way_in_one_pass() {
    let pause = Pause::new();
    let report = pause.render(
        "-o whole.mp4 -o skip.gif,idle=skip,fps=12.5 -o cap.webp,idle=cap=1s -o even.webm,idle=skip,cfr=true,speed=2 \
         -o trim.mp4,idle=skip,from=10,to=42",
    );
    let lengths = [
        ("whole.mp4", 44_000.0),
        // 87.5 slots of 80 ms: the last one is shown as long as the others.
        ("skip.gif", 7040.0),
        ("cap.webp", 8000.0),
        ("even.webm", 3520.0),
        ("trim.mp4", 2000.0),
    ];
    for (name, duration_ms) in lengths {
        assert!((report.video(name).duration_ms - duration_ms).abs() < 0.001, "{name}: {report:#?}");
    }
    assert!((Gif::open(&pause.workshop.path("skip.gif")).duration_ms() - 7040.0).abs() < 0.001);
    assert!((WebP::open(&pause.workshop.path("cap.webp")).duration_ms() - 8000.0).abs() < 0.001);
    for name in ["whole.mp4", "even.webm", "trim.mp4"] {
        let (in_file, said) = (pause.video(name).duration_ms, report.video(name).duration_ms);
        assert!((in_file - said).abs() < 1.0, "{name}: {in_file}, {said}");
    }
    // It begins with the next frame that is shown.
    assert_eq!(told(&report.video("trim.mp4").time_map), [(40_000.0, 42_000.0, 0.0, 2000.0, Some(1.0))]);
    // In one pass or alone; and kept, as if nobody had ever asked.
    for (name, idle) in [("whole.mp4", ""), ("whole.mp4", "--idle keep"), ("trim.mp4", "--idle skip --from 10 --to 42")]
    {
        let alone = pause.render(&format!("-o alone.mp4 {idle}"));
        assert_eq!(alone.frames_sha256, report.video(name).frames_sha256, "{name} {idle}");
    }
}

#[test]
fn a_trim_within_skipped_time_is_refused_with_what_would_show_something() {
    let room = Room::new();
    let input = room.file("pause.json", pause());
    let ended = room.run(&["render", &input, "-o", &room.out("a.mp4"), "--idle", "skip", "--from", "10", "--to", "20"]);
    ended.assert_failed(2, &["from 10.000 s to 20.000 s", "--idle keep", "--from"]);
    room.assert_nothing_left();
}

#[test]
fn the_threshold_says_which_pauses_are_idle_time() {
    let room = Room::new();
    let input = room.file("pause.json", pause());
    let lengths = |threshold: &str| {
        let path = room.path().join("report.json");
        let mut command =
            room.command(&["render", &input, "-o", &room.out("a.mp4"), "--report", path.to_str().unwrap()]);
        command.env("REPLAYREEL_IDLE", "skip").env("REPLAYREEL_IDLE_THRESHOLD", threshold);
        let ended = room.start(command).wait(PATIENCE);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let report: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        (report["video_ms"].as_f64().unwrap(), report["time_map"].as_array().unwrap().len())
    };
    assert_eq!(lengths("41s"), (44_000.0, 1));
    assert_eq!(lengths("5s"), (7000.0, 3));
    // The two seconds before the last click as well: 0.6 s stay after a click and 0.3 s before one.
    let (short, pieces) = lengths("900ms");
    assert_eq!((short, pieces), (3700.0, 7));
}
