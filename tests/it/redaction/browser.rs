//! Pictures: nobody can read in them what was redacted, and all else looks as before.

use std::fs;

use image::{Rgb, RgbImage};
use serde_json::Value;

use super::ocr::{dense, holds, read, read_line};
use super::planted::{self, HEIGHT, Kind, Planted, SCREENSHOT, Spot, WIDTH};
use super::search::{Left, Search, files_in};
use super::{BUILT_IN, Outputs, all_rules};
use crate::kit::{difference, in_repository, save, similarity};
use crate::program::recording::json_of;
use crate::program::{Room, fixture};

/// Before anything is typed, while it is, after it, and in the other window, ms.
const MOMENTS: [i64; 4] = [700, 2000, 4900, 7800];

/// Device pixels per pixel, for the reader's sake.
const SCALE: u32 = 2;
/// Less than this and it is another picture.
const ALIKE: f64 = 0.99;

/// Stills at these moments, in their order, and all that the program said.
fn stills(room: &Room, input: &str, moments: &[i64], options: &[String]) -> (Vec<RgbImage>, Vec<Left>) {
    let folder = room.path().join("stills");
    fs::create_dir(&folder).unwrap();
    let path = |at: &i64| folder.join(format!("{at}.png"));
    let report = folder.join("report.json").display().to_string();
    let asked: Vec<String> =
        moments.iter().map(|at| format!("--still={}={}", *at as f64 / 1000.0, path(at).display())).collect();
    let mut line =
        vec!["render", "--cursor", "off", "--fonts", "bundled", "--log", "trace", "--report", &report, input];
    line.extend(asked.iter().map(String::as_str));
    line.extend(options.iter().map(String::as_str));
    let ended = room.run(&line);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let pictures = moments.iter().map(|at| crate::kit::open(&path(at))).collect();
    let mut left = vec![Left::new("stdout", ended.stdout), Left::new("stderr", ended.stderr)];
    left.extend(files_in(&folder));
    fs::remove_dir_all(&folder).unwrap();
    (pictures, left)
}

/// Where a person who is asked to look can look.
fn shown(planted: &[Planted], at: i64) -> impl Iterator<Item = (&Planted, Spot)> {
    let shown = move |planted: &&Planted| planted.shown.is_some_and(|shown| (shown.from..shown.to).contains(&at));
    planted.iter().filter(shown).map(|planted| (planted, planted.shown.unwrap().spot))
}

fn part(picture: &RgbImage, spot: Spot, scale: u32) -> RgbImage {
    let Spot { x, y, width, height } = spot;
    image::imageops::crop_imm(picture, x * scale, y * scale, width * scale, height * scale).to_image()
}

/// What can be read: on the page as a whole, and in each spot.
fn readings(picture: &RgbImage, planted: &[Planted], at: i64) -> Vec<String> {
    let mut all = read(picture);
    all.extend(shown(planted, at).map(|(_, spot)| read_line(&part(picture, spot, SCALE))));
    all
}

/// Beginnings of a secret that give it away, as character recognition writes them.
fn telling(planted: &Planted) -> Vec<String> {
    let secret = dense(&planted.secret);
    let secret = if planted.kind == Kind::Email { dense(planted.secret.split('@').next().unwrap()) } else { secret };
    // All tokens begin alike, and all numbers of customers.
    let common = match planted.kind {
        Kind::Token => "sklive".len(),
        Kind::Own => "knd".len(),
        _ => 0,
    };
    let secret = &secret[common..];
    (5..=secret.len()).map(|length| secret[..length].to_owned()).collect()
}

#[test]
fn nothing_that_was_redacted_can_be_read_in_pictures() {
    let session = planted::session();
    let room = Room::new();
    let input = room.file("planted.json", session.export().to_string());
    let scale = ["--scale".to_owned(), SCALE.to_string()];
    let (before, _) = stills(&room, &input, &MOMENTS, &scale);
    for (picture, at) in before.iter().zip(MOMENTS) {
        save(picture, &in_repository(&format!("target/redaction/before-{at}.png")));
        let readings = readings(picture, &session.planted, at);
        let seen = |planted: &Planted| readings.iter().any(|text| holds(text, &dense(&planted.secret)));
        let unseen: Vec<_> =
            shown(&session.planted, at).filter(|(planted, _)| !seen(planted)).map(|(planted, _)| planted).collect();
        assert!(unseen.is_empty(), "cannot be read at {at} although they are shown: {unseen:#?}\n{readings:#?}");
    }

    let (after, left) = stills(&room, &input, &MOMENTS, &[&scale[..], &all_rules(&room)].concat());
    Outputs { planted: session.planted.clone(), left }.assert_clean();
    let mut leaks = Vec::new();
    for (picture, at) in after.iter().zip(MOMENTS) {
        save(picture, &in_repository(&format!("target/redaction/after-{at}.png")));
        let readings = readings(picture, &session.planted, at);
        for planted in &session.planted {
            let telling = telling(planted);
            let read = telling.iter().find(|part| readings.iter().any(|text| holds(text, part)));
            leaks.extend(read.map(|part| format!("{part} of {planted:?} at {at}")));
        }
    }
    assert!(leaks.is_empty(), "can be read: {leaks:#?}");
}

/// The picture with all spots in one colour: what is left to be compared.
fn without(picture: &RgbImage, spots: &[Spot]) -> RgbImage {
    let mut picture = picture.clone();
    for spot in spots {
        for y in spot.y..spot.y + spot.height {
            for x in spot.x..spot.x + spot.width {
                picture.put_pixel(x, y, Rgb([128; 3]));
            }
        }
    }
    picture
}

/// The same outside these spots, another picture in each of them.
fn assert_changed_only(name: &str, before: &RgbImage, after: &RgbImage, spots: &[Spot]) {
    assert_eq!(before.dimensions(), after.dimensions(), "{name}");
    let alike = similarity(&without(before, spots), &without(after, spots));
    if alike < ALIKE {
        save(&difference(before, after), &in_repository(&format!("target/redaction/{name}-difference.png")));
    }
    assert!(alike >= ALIKE, "{name}: {alike:.4} outside of what was masked (target/redaction)");
    for spot in spots {
        if part(before, *spot, 1) == part(after, *spot, 1) {
            save(after, &in_repository(&format!("target/redaction/{name}-after.png")));
            panic!("{name}: nothing was changed at {spot:?} (target/redaction)");
        }
    }
}

#[test]
fn all_around_what_was_masked_looks_as_before() {
    let session = planted::session();
    let room = Room::new();
    let input = room.file("planted.json", session.export().to_string());
    let (before, _) = stills(&room, &input, &MOMENTS, &[]);
    let (after, _) = stills(&room, &input, &MOMENTS, &all_rules(&room));
    for ((before, after), at) in before.iter().zip(&after).zip(MOMENTS) {
        assert_eq!(before.dimensions(), (WIDTH, HEIGHT));
        let spots: Vec<Spot> = shown(&session.planted, at).map(|(_, spot)| spot).collect();
        // While typing goes on, spots that are not full yet change too.
        let all: Vec<Spot> =
            session.planted.iter().filter_map(|planted| planted.shown).map(|shown| shown.spot).collect();
        let alike = similarity(&without(before, &all), &without(after, &all));
        assert!(alike >= ALIKE, "{at}: {alike:.4} outside of all spots");
        if at != 2000 {
            assert_changed_only(&at.to_string(), before, after, &spots);
        }
    }
}

#[test]
fn a_page_in_which_nothing_is_found_keeps_every_pixel() {
    let room = Room::new();
    // Nobody's name, number or address is in it.
    let input = fixture("scroll");
    let moments = [500, 2000];
    let (before, _) = stills(&room, &input, &moments, &[]);
    let (after, left) = stills(&room, &input, &moments, &["--builtin".to_owned(), BUILT_IN.to_owned()]);
    assert!(before == after);
    let report = left.iter().find(|left| left.name == "report.json").unwrap();
    let report: Value = serde_json::from_slice(&report.content).unwrap();
    let rules = report["redaction"]["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| rule["count"] == 0), "{rules:#?}");
}

#[test]
fn a_region_of_every_screenshot_of_a_phone_is_covered_and_nothing_else() {
    let room = Room::new();
    let input = room.file("phone.json", json_of(&planted::screenshot()));
    let moments = [500, 1500];
    let (before, _) = stills(&room, &input, &moments, &[]);
    let rules = ["--redact".to_owned(), room.file("region.toml", planted::REGION)];
    let (after, _) = stills(&room, &input, &moments, &rules);
    for ((before, after), at) in before.iter().zip(&after).zip(moments) {
        save(after, &in_repository(&format!("target/redaction/phone-{at}.png")));
        assert_changed_only(&format!("phone-{at}"), before, after, &[SCREENSHOT]);
        // Of one colour: nothing shines through.
        let covered = part(after, SCREENSHOT, 1);
        let inner = part(&covered, Spot { x: 2, y: 2, width: SCREENSHOT.width - 4, height: SCREENSHOT.height - 4 }, 1);
        assert!(inner.pixels().all(|pixel| pixel == inner.get_pixel(0, 0)), "at {at} something shines through");
    }
}

#[test]
fn nothing_of_it_is_in_a_ticket() {
    let session = planted::session();
    let room = Room::new();
    let input = room.file("planted.json", session.export().to_string());
    let ticket = |name: &str, options: &[String]| {
        let output = room.out(name);
        let mut line = vec!["ticket", &input, "-o", &output, "--values", "--clip", "off", "--moments", "error,failed"];
        line.extend(["--log", "trace"]);
        line.extend(options.iter().map(String::as_str));
        let ended = room.run(&line);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let mut left = files_in(output.as_ref());
        left.extend([Left::new("stdout", ended.stdout), Left::new("stderr", ended.stderr)]);
        Outputs { planted: session.planted.clone(), left }
    };
    assert!(!ticket("before", &[]).found().is_empty());
    ticket("after", &all_rules(&room)).assert_clean();
}

#[test]
fn nothing_of_it_is_in_the_page_as_a_file() {
    let session = planted::session();
    let room = Room::new();
    let input = room.file("planted.json", session.export().to_string());
    let search = Search::new(&session.planted);
    let page = |options: &[String]| {
        let output = room.out("page.html");
        let mut line = vec!["dom", &input, "--at", "5", "-o", &output];
        line.extend(options.iter().map(String::as_str));
        let ended = room.run(&line);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        Left::new("page.html", fs::read(&output).unwrap())
    };
    assert!(search.look(&page(&[])).len() > 60);
    Outputs { planted: session.planted.clone(), left: vec![page(&all_rules(&room))] }.assert_clean();
}
