//! Assets in the page.

use serde_json::{Value, json};

use super::super::site::{self, SIDE, SQUARES};
use crate::program::recording::{Nodes, json_of, meta, snapshot};
use crate::program::{Room, warning};

/// Which squares do not have their colour.
fn wrong(picture: &image::RgbImage) -> Vec<&'static str> {
    let shown = |index: usize| picture.get_pixel(index as u32 * SIDE + SIDE / 2, SIDE / 2).0;
    (0..SQUARES.len()).filter(|&index| shown(index) != SQUARES[index].1).map(|index| SQUARES[index].0).collect()
}

fn still(room: &Room, input: &str, at: &str, more: &[&str]) -> (Value, image::RgbImage) {
    let name = "still.png";
    let report = room.report(&[&["still", input, "--at", at, "-o", &room.out(name), "--cursor", "off"], more].concat());
    if let Some(folder) = std::env::var_os("REPLAYREEL_TEST_KEEP") {
        std::fs::copy(room.out(name), std::path::Path::new(&folder).join(name)).unwrap();
    }
    (report, room.picture(name))
}

#[test]
fn a_page_is_whole_with_assets_from_an_index_a_mirror_or_a_har_file() {
    let room = Room::new();
    let input = room.file("page.json", json_of(&site::events()));
    for place in [site::indexed(&room), site::mirrored(&room), site::har(&room)] {
        let (report, picture) = still(&room, &input, "end", &["--assets", &place]);
        assert_eq!(wrong(&picture), [""; 0], "{place}");
        let resources = &report["resources"];
        assert_eq!(resources["missing_urls"], 0, "{resources:#}");
        assert!(resources["served_urls"].as_u64().unwrap() >= 15, "{resources:#}");
    }
}

#[test]
fn without_assets_each_is_missing_and_counted() {
    let room = Room::new();
    let input = room.file("page.json", json_of(&site::events()));
    let (report, picture) = still(&room, &input, "end", &[]);
    assert_eq!(wrong(&picture).len(), SQUARES.len());
    let missing = warning(&report, "missing_resources");
    assert!(missing["count"].as_u64().unwrap() >= 10, "{missing}");
    assert_eq!(report["resources"]["served_urls"], 0);
}

#[test]
fn what_is_not_among_the_assets_is_listed_with_how_often_it_was_asked_for() {
    let room = Room::new();
    let input = room.file("page.json", json_of(&site::events()));
    let index = json!({"https://cdn.example/img/0.png": "0.png"});
    std::fs::create_dir(room.path().join("some")).unwrap();
    room.file("some/index.json", index.to_string());
    room.file("some/0.png", site::png(SQUARES[0].1));
    let (report, picture) = still(&room, &input, "end", &["--assets", &room.path().join("some").display().to_string()]);
    assert_eq!(wrong(&picture).len(), SQUARES.len() - 1);
    let resources = &report["resources"];
    assert_eq!(resources["served"][0]["url"], "https://cdn.example/img/0.png");
    let missing = resources["missing"].as_array().unwrap();
    assert!(missing.iter().any(|one| one["url"] == "https://cdn.example/main.css?v=3"), "{resources:#}");
    let counts: Vec<u64> = missing.iter().map(|one| one["count"].as_u64().unwrap()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b) && *counts.last().unwrap() >= 1, "{counts:?}");
}

#[test]
fn every_frame_is_whole_and_the_same_on_every_run() {
    let room = Room::new();
    // The page comes again and again, so that resources come from the store, from memory, and in the middle.
    let mut events = Vec::new();
    for round in 0..6 {
        for mut event in site::events() {
            event["timestamp"] = json!(event["timestamp"].as_i64().unwrap() + round * 1500);
            events.push(event);
        }
    }
    let input = room.file("page.json", json_of(&events));
    let assets = site::indexed(&room);
    let mut sums = Vec::new();
    for (browsers, run) in [("1", 0), ("2", 1), ("1", 2)] {
        let clip = room.out(&format!("{run}.mp4"));
        let shots: Vec<String> = (0..6)
            .flat_map(|round| {
                let at = |after: i64| {
                    format!("{}ms={}", round * 1500 + after, room.out(&format!("{run}-{round}-{after}.png")))
                };
                ["--still".to_owned(), at(0), "--still".to_owned(), at(600)]
            })
            .collect();
        let shots: Vec<&str> = shots.iter().map(String::as_str).collect();
        let report = room.report(
            &[
                &["render", &input, "-o", &clip, "--quiet", "--assets", &assets, "--browsers", browsers, "--fps", "10"],
                &shots[..],
            ]
            .concat(),
        );
        sums.push(report["frames_sha256"].clone());
        for round in 0..6 {
            let first = wrong(&room.picture(&format!("{run}-{round}-0.png")));
            assert_eq!(first, ["a rule added later", "an img added later"], "run {run}, round {round}");
            assert_eq!(wrong(&room.picture(&format!("{run}-{round}-600.png"))), [""; 0], "run {run}, round {round}");
        }
    }
    assert!(sums.iter().all(|sum| *sum == sums[0]), "{sums:?}");
}

#[test]
fn video_sound_scripts_and_pages_are_never_served() {
    let room = Room::new();
    let folder = room.path().join("all");
    std::fs::create_dir(&folder).unwrap();
    let red = site::png([255, 0, 0]);
    let index = json!({
        "https://a.example/v.mp4": {"file": "x", "type": "video/mp4"},
        "https://a.example/f.html": {"file": "x", "type": "text/html"},
        "https://a.example/s.js": {"file": "x", "type": "text/javascript"},
        "https://a.example/mislabelled.css": {"file": "x", "type": "image/png"},
        "https://a.example/mislabelled.png": {"file": "x", "type": "text/html"},
    });
    std::fs::write(folder.join("index.json"), index.to_string()).unwrap();
    std::fs::write(folder.join("x"), red).unwrap();
    let mut nodes = Nodes::default();
    let body = vec![
        nodes.leaf("video", json!({"src": "https://a.example/v.mp4", "autoplay": ""})),
        nodes.leaf("audio", json!({"src": "https://a.example/v.mp4", "controls": ""})),
        nodes.leaf("iframe", json!({"src": "https://a.example/f.html"})),
        nodes.leaf("object", json!({"data": "https://a.example/f.html"})),
        nodes.leaf("script", json!({"src": "https://a.example/s.js"})),
        nodes.leaf("img", json!({"src": "https://a.example/mislabelled.png"})),
        nodes.leaf("link", json!({"rel": "stylesheet", "href": "https://a.example/mislabelled.css"})),
        nodes.leaf("img", json!({"src": "https://a.example/v.mp4"})),
    ];
    let document = nodes.document(Vec::new(), json!({"style": "background:white"}), body);
    let input = room.file("page.json", json_of(&[meta(0, 320, 200), snapshot(0, &document)]));
    let (report, picture) = still(&room, &input, "end", &["--assets", &folder.display().to_string()]);
    assert_eq!(report["resources"]["served_urls"], 0, "{:#}", report["resources"]);
    assert!(picture.pixels().all(|pixel| pixel.0 != [255, 0, 0]));
}

#[test]
fn a_place_that_is_none_is_bad_input_with_its_name() {
    let room = Room::new();
    let input = room.file("page.json", json_of(&site::events()));
    let har = room.file("x.har", "{}");
    for (place, part) in [("/nonexistent/assets", "/nonexistent/assets"), (har.as_str(), "is no HAR file")] {
        let ended = room.run(&["still", &input, "--at", "end", "-o", &room.out("x.png"), "--assets", place]);
        ended.assert_failed(3, &[part]);
    }
    let mirror = site::mirrored(&room);
    let ended =
        room.run(&["still", &input, "--at", "end", "-o", &room.out("x.png"), "--assets", &mirror, "--max-assets", "3"]);
    ended.assert_failed(3, &["--max-assets"]);
    room.assert_nothing_left();
}
