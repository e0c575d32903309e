//! `--max-bytes`, from the outside.

use serde_json::Value;

use crate::kit::Video;
use crate::program::{Room, fixture};

fn output<'r>(report: &'r Value, name: &str) -> &'r Value {
    let outputs = report["outputs"].as_array().unwrap();
    outputs.iter().find(|output| output["path"].as_str().unwrap().ends_with(name)).unwrap()
}

#[test]
fn each_output_keeps_to_its_own_limit_and_the_report_says_what_gave_way() {
    let room = Room::new();
    let input = fixture("effects");
    let report = room.report(&[
        "render",
        &input,
        "--quiet",
        "--fonts",
        "bundled",
        "--from",
        "9s",
        "--to",
        "11s",
        "--max-bytes",
        "10MB",
        "-o",
        "free.mp4",
        "-o",
        "less.mp4,max-bytes=20k",
        "-o",
        "less.gif,fps=10,max-bytes=100kB",
        "-o",
        "less.jpg,max-bytes=15k",
    ]);
    for (name, limit) in [("free.mp4", 10_000_000), ("less.mp4", 20_000), ("less.gif", 100_000), ("less.jpg", 15_000)] {
        let output = output(&report, name);
        let bytes = std::fs::metadata(room.out(name)).unwrap().len();
        assert!(bytes <= limit && output["bytes"].as_u64() == Some(bytes), "{name}: {bytes}");
        let fitted = if name.ends_with("jpg") { &output["fitted"] } else { &output["video"]["fitted"] };
        assert_eq!(fitted["max_bytes"].as_u64(), Some(limit), "{name}: {output:#}");
        let gave_up = fitted["gave_up"].as_array().unwrap();
        assert_eq!(gave_up.is_empty(), name == "free.mp4", "{name}: {fitted:#}");
        assert!((1..=6).contains(&fitted["attempts"].as_u64().unwrap()), "{fitted:#}");
        if name != "free.mp4" {
            assert_eq!((&gave_up[0]["what"], gave_up[0]["from"].is_string()), (&"quality".into(), true));
            let told = report["warnings"].as_array().unwrap().iter().filter(|warning| warning["code"] == "fitted");
            let told: Vec<&str> = told.map(|warning| warning["message"].as_str().unwrap()).collect();
            assert!(
                told.iter().any(|told| told.contains(name) && told.contains("quality") && told.contains("--max-bytes")),
                "{told:?}"
            );
        }
    }
    // Captured and composed once, so the pictures are the same until the encoder comes.
    let sum = |name: &str| output(&report, name)["video"]["frames_sha256"].as_str().unwrap().to_owned();
    assert_eq!(sum("free.mp4"), sum("less.mp4"));
    let (video, less) = (Video::open(room.out("less.mp4").into()), output(&report, "less.mp4"));
    assert_eq!(
        (Some(video.width.into()), Some(video.height.into())),
        (less["width"].as_u64(), less["height"].as_u64())
    );
    assert!((video.duration_ms - less["video"]["duration_ms"].as_f64().unwrap()).abs() < 1.0);
    assert!((video.duration_ms - 2000.0).abs() <= 100.0, "{}", video.duration_ms);
    room.assert_tidy();
}

#[test]
fn a_limit_that_cannot_be_kept_takes_all_files_back_and_says_what_could_be() {
    let room = Room::new();
    let input = fixture("effects");
    let ended = room.run(&[
        "render",
        &input,
        "--quiet",
        "--from",
        "9s",
        "--to",
        "9.2s",
        "-o",
        "free.mp4",
        "-o",
        "map.json",
        "-o",
        "less.gif,max-bytes=1k",
    ]);
    ended.assert_failed(
        2,
        &["less.gif cannot be made as small as 1000 bytes", "is the least (quality 31, 5 frames per second, 320x200)"],
    );
    room.assert_nothing_left();
}
