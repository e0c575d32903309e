//! `replayreel dom`: the page as one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::RgbImage;

use super::super::{dom, site};
use crate::cage::listener::Listener;
use crate::kit::{difference, in_repository, save, similarity};
use crate::program::recording::json_of;
use crate::program::{Room, fixture};

/// Writes the page at a moment, and returns the file's path and text.
fn written(room: &Room, input: &str, at: &str, more: &[&str]) -> (PathBuf, String) {
    let path = PathBuf::from(room.out("page.html"));
    let ended =
        room.run(&[&["dom", input, "--at", at, "-o", path.to_str().unwrap(), "--fonts", "bundled"], more].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let text = fs::read_to_string(&path).unwrap();
    if let Some(folder) = std::env::var_os("REPLAYREEL_TEST_KEEP") {
        fs::write(Path::new(&folder).join("page.html"), &text).unwrap();
    }
    (path, text)
}

/// Opens a file in a browser that is not ours: the fonts are, so that only what the file says can differ.
fn opened(room: &Room, page: &Path, (width, height): (u32, u32)) -> RgbImage {
    let picture = room.path().join("opened.png");
    let cache = room.path().join("font-cache");
    let conf = fs::read_to_string(in_repository("player-assets/fonts/fonts.conf")).unwrap();
    let conf = conf
        .replace("@BUNDLED_DIR@", in_repository("player-assets/fonts").to_str().unwrap())
        .replace("@SYSTEM_DIRS@", "")
        .replace("@CACHE_DIR@", cache.to_str().unwrap());
    let conf = room.file("fonts.conf", conf);
    let browser = replayreel::stage::find_chromium(None).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"])
        .args(["--disable-lcd-text", "--force-color-profile=srgb", "--lang=en-US", "--force-device-scale-factor=1"])
        .arg(format!("--user-data-dir={}", room.path().join("profile").display()))
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()))
        .env("FONTCONFIG_FILE", conf)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    image::open(&picture).unwrap_or_else(|error| panic!("{error}: {output:?}")).to_rgb8()
}

fn still(room: &Room, input: &str, at: &str, more: &[&str]) -> RgbImage {
    let path = room.out("still.png");
    let still = [&["still", input, "--at", at, "-o", &path, "--cursor", "off", "--fonts", "bundled"], more].concat();
    let ended = room.run(&still);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    room.picture("still.png")
}

#[track_caller]
fn assert_alike(name: &str, opened: &RgbImage, still: &RgbImage) {
    let alike = similarity(opened, still);
    println!("{name}: SSIM {alike:.5}");
    if alike < 0.98 {
        let folder = in_repository("target/dom");
        save(opened, &folder.join(format!("{name}-opened.png")));
        save(still, &folder.join(format!("{name}-still.png")));
        save(&difference(opened, still), &folder.join(format!("{name}-difference.png")));
    }
    assert!(alike >= 0.98, "{name}: SSIM {alike}, see target/dom");
}

#[test]
fn a_page_that_is_hard_to_write_looks_the_same_and_asks_for_nothing() {
    let (room, listener) = (Room::new(), Listener::start());
    let input = room.file("page.json", json_of(&dom::events(&listener.address().to_string())));
    let (path, text) = written(&room, &input, "3", &[]);
    let opened = opened(&room, &path, (dom::WIDTH, dom::HEIGHT));
    assert_alike("hard", &opened, &still(&room, &input, "3", &[]));
    assert_eq!(listener.visitors(), [""; 0]);
    let lower = text.to_lowercase();
    for gone in
        ["<script", "onclick=", "onerror=alert(1)>\"", "javascript:", "http-equiv=\"refresh\"", "<base", "<img src=x"]
    {
        assert!(!lower.contains(gone), "{gone} in {text}");
    }
    for there in [
        "<!DOCTYPE html>",
        "charset=\"utf-8\"",
        "default-src 'none'",
        "shadowrootmode=\"open\"",
        "srcdoc=",
        "checked=\"\"",
        "after &quot;quoted&quot;",
        "orange",
        "<pre>\n\n\nlines",
    ] {
        assert!(text.contains(there), "{there} is not in {text}");
    }
}

#[test]
fn assets_are_written_into_the_page() {
    let room = Room::new();
    let input = room.file("page.json", json_of(&site::events()));
    let assets = site::har(&room);
    let size = (16 * site::SIDE, site::SIDE);
    let (path, text) = written(&room, &input, "end", &["--assets", &assets]);
    assert!(!text.contains(" src=\"http") && !text.contains("url(\"http"), "{text}");
    let opened = opened(&room, &path, size);
    let still = still(&room, &input, "end", &["--assets", &assets]);
    let wrong: Vec<&str> = (0..site::SQUARES.len())
        .filter(|&index| {
            let shown = opened.get_pixel(index as u32 * site::SIDE + site::SIDE / 2, site::SIDE / 2);
            shown.0 != site::SQUARES[index].1
        })
        .map(|index| site::SQUARES[index].0)
        .collect();
    assert_eq!(wrong, [""; 0]);
    assert_alike("assets", &opened, &still);
}

/// Fixtures, and moments at which the page is not scrolled: only script could scroll the file.
const UNSCROLLED: &[(&str, &str)] =
    &[("dashboard", "5"), ("form", "6"), ("effects", "1.5"), ("shadow", "3"), ("navigation", "1"), ("canvas", "5")];

#[test]
fn the_fixtures_look_the_same_in_a_browser() {
    for (name, at) in UNSCROLLED {
        let room = Room::new();
        let input = fixture(name);
        let still = still(&room, &input, at, &[]);
        let (path, text) = written(&room, &input, at, &[]);
        assert!(!text.to_lowercase().contains("<script"), "{name}");
        assert_alike(name, &opened(&room, &path, still.dimensions()), &still);
    }
}

#[test]
fn the_page_goes_to_standard_output_or_beside_the_inputs_name() {
    let room = Room::new();
    let input = room.file("page.json", json_of(&site::events()));
    let printed = room.run(&["dom", &input, "--at", "end", "-o", "-"]);
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(printed.stdout.starts_with("<!DOCTYPE html>") && printed.stdout.trim_end().ends_with("</html>"));
    let named = room.run(&["dom", &input, "--at", "end"]);
    assert_eq!(named.code, Some(0), "{named:?}");
    assert_eq!(room.outputs(), ["page.html"]);
    assert_eq!(fs::read_to_string(room.out("page.html")).unwrap(), printed.stdout.trim_end());
    room.run(&["dom", &input, "--at", "1000", "-o", &room.out("x.html")]).assert_failed(2, &["--at"]);
}
