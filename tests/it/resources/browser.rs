//! Assets in the page.

use serde_json::Value;

use super::site::{self, SIDE, SQUARES};
use crate::program::recording::json_of;
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
