//! What is in the files, as other programs see it.

use std::fs::File;
use std::io::{BufReader, Read};

use flate2::read::GzDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Rgb, RgbImage};
use serde_json::Value;

use crate::kit::{
    Gif, Mp4, Report, Video, WebP, Workshop, begins_with, colour_error, fixture, open, resized, similarity,
};

/// Around the page.
const BACKGROUND: Rgb<u8> = Rgb([0x17, 0x18, 0x1c]);

#[test]
fn one_pass_gives_every_format_and_other_programs_agree_with_the_report() {
    let workshop = Workshop::new();
    let report = workshop.render(
        &fixture("effects"),
        "--from 8.5s --to 15.77s --still 11.037s=still.png -o a.mp4 -o b.webm -o c.gif,fps=10,size=480x270 \
         -o fast.mp4,speed=4,fps=50,from=9s,to=13s -o even.webm,cfr=true,fps=10,from=9s,to=11s",
    );
    // 7.27 s at 30 fps are 218.1 slots: the last one is shown as long as the others.
    agrees(&workshop, &report, "a.mp4", 219, 7300.0);
    agrees(&workshop, &report, "b.webm", 219, 7300.0);
    agrees(&workshop, &report, "fast.mp4", 50, 1000.0);
    agrees(&workshop, &report, "even.webm", 20, 2000.0);
    assert!(same(report.video_ms, 7300.0));
    let map = &report.time_map[0];
    assert!(same(map.session_from_ms, 8500.0) && same(map.session_to_ms, 15_770.0), "{map:?}");
    assert!(same(map.video_from_ms, 0.0) && same(map.video_to_ms, 7270.0) && map.speed == Some(1.0), "{map:?}");
    assert_ne!(report.video("a.mp4").frames_sha256, report.video("fast.mp4").frames_sha256);

    let (gif, facts) = (Gif::open(&workshop.path("c.gif")), report.video("c.gif"));
    assert_eq!((gif.width, gif.height), (480, 270));
    assert_eq!(facts.slots, 73);
    assert!(same(facts.duration_ms, 7300.0) && same(gif.duration_ms(), 7300.0), "{}", gif.duration_ms());
    assert_eq!(gif.delays_ms.len() as u64, facts.distinct + facts.keep_alive);
    assert!(gif.delays_ms.iter().all(|delay| *delay >= 100), "{:?}", gif.delays_ms);
    assert!(gif.loops_for_ever);

    // All of them show the same at one moment: 2.537 s after the start, with a word just typed.
    let still = open(&workshop.path("still.png"));
    for (name, at) in [("a.mp4", 2537.0), ("b.webm", 2537.0), ("fast.mp4", 2037.0 / 4.0)] {
        let alike = similarity(&still, &Video::open(workshop.path(name)).shown(&[at]).remove(0));
        assert!(alike >= 0.97, "{name}: {alike}");
    }
    // 270 px of 600 high: 432 px wide, in the middle of 480.
    let small = Video::open(workshop.path("c.gif")).shown(&[2537.0]).remove(0);
    let page = image::imageops::crop_imm(&small, 24, 0, 432, 270).to_image();
    let alike = similarity(&resized(&still, 432, 270), &page);
    assert!(alike >= 0.93, "c.gif: {alike}");
    assert!(near(*small.get_pixel(10, 135), BACKGROUND, 8), "{:?}", small.get_pixel(10, 135));
}

/// ffprobe says what the report says.
fn agrees(workshop: &Workshop, report: &Report, name: &str, slots: u64, milliseconds: f64) {
    let (output, facts, video) = (report.output(name), report.video(name), Video::open(workshop.path(name)));
    assert_eq!(facts.slots, slots, "{name}");
    assert!(same(facts.duration_ms, milliseconds), "{name}: {}", facts.duration_ms);
    assert!((video.duration_ms - facts.duration_ms).abs() < 1.0, "{name}: {} ms", video.duration_ms);
    assert_eq!((video.width, video.height), (output.width, output.height), "{name}");
    assert_eq!((video.width, video.height), (960, 600), "{name}");
    assert_eq!(output.bytes, workshop.path(name).metadata().unwrap().len(), "{name}");
    let frames = if facts.cfr { slots } else { facts.distinct + facts.keep_alive };
    assert_eq!(video.packets.len() as u64, frames, "{name}");
    let stream = &video.stream;
    let codec = if output.format == "mp4" { "h264" } else { "vp9" };
    assert_eq!((stream.codec_name.as_str(), stream.pix_fmt.as_str()), (codec, "yuv420p"), "{name}");
    assert_eq!(stream.has_b_frames, 0, "{name}: without them the first picture is at zero, with no edit list");
    assert_eq!(stream.color_range.as_deref(), Some("tv"), "{name}");
    for colours in [&stream.color_space, &stream.color_primaries, &stream.color_transfer] {
        assert_eq!(colours.as_deref(), Some("bt709"), "{name}");
    }
    assert!(same(video.packets[0].at_ms, 0.0) && video.packets[0].key, "{name}: {:?}", video.packets[0]);
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.001
}

#[test]
fn an_animated_webp_has_the_length_and_the_frames_of_the_report() {
    let workshop = Workshop::new();
    let report =
        workshop.render(&fixture("effects"), "--from 8.5s --to 15.77s --still 11.037s=still.png -o a.webp,fps=12.5");
    let (webp, facts) = (WebP::open(&workshop.path("a.webp")), report.video("a.webp"));
    assert_eq!((webp.width, webp.height), (960, 600));
    assert!(webp.loops_for_ever);
    // 7.27 s at 12.5 fps are 90.9 slots.
    assert_eq!(facts.slots, 91);
    assert!(same(facts.duration_ms, 7280.0) && same(webp.duration_ms(), 7280.0), "{}", webp.duration_ms());
    let begins = webp.durations_ms.iter().scan(0, |at, lasts| {
        *at += lasts;
        Some(*at - lasts)
    });
    let number = begins.take_while(|begin| *begin <= 2537).count() - 1;
    let alike = similarity(&open(&workshop.path("still.png")), &webp_frames(&workshop, "a.webp")[number]);
    assert!(alike >= 0.97, "{alike}");
    assert_eq!(webp.durations_ms.len() as u64, facts.distinct + facts.keep_alive);
}

fn webp_frames(workshop: &Workshop, name: &str) -> Vec<RgbImage> {
    let file = BufReader::new(File::open(workshop.path(name)).unwrap());
    let frames = WebPDecoder::new(file).unwrap().into_frames();
    frames.map(|frame| DynamicImage::from(frame.unwrap().into_buffer()).into_rgb8()).collect()
}

fn near(a: Rgb<u8>, b: Rgb<u8>, tolerance: u8) -> bool {
    (0..3).all(|channel| a[channel].abs_diff(b[channel]) <= tolerance)
}

#[test]
fn an_mp4_can_play_before_it_has_come_in_whole() {
    let workshop = Workshop::new();
    workshop.render(&fixture("canvas"), "--to 2s -o video.mp4");
    let boxes = Mp4::open(&workshop.path("video.mp4")).boxes;
    let place = |name: &str| boxes.iter().position(|each| each == name).unwrap();
    assert_eq!(boxes[0], "ftyp");
    assert!(place("moov") < place("mdat"), "{boxes:?}");
}

#[test]
fn a_constant_rate_has_a_frame_for_every_slot() {
    let workshop = Workshop::new();
    let report = workshop.render(&fixture("canvas"), "--from 4s --to 9.01s --cfr --fps 12.5 -o a.mp4 -o b.webm");
    for name in ["a.mp4", "b.webm"] {
        let video = Video::open(workshop.path(name));
        assert_eq!(report.video(name).slots, 63);
        assert_eq!(video.packets.len(), 63, "{name}");
        for (slot, packet) in video.packets.iter().enumerate() {
            assert!((packet.at_ms - slot as f64 * 80.0).abs() < 0.6, "{name}: slot {slot} at {} ms", packet.at_ms);
        }
        assert!((video.duration_ms - 5040.0).abs() < 1.0, "{name}: {} ms", video.duration_ms);
    }
}

#[test]
fn a_video_can_be_sought_in_motion_and_in_long_stillness() {
    let workshop = Workshop::new();
    // Eleven seconds of motion and rest, then fourteen in which nothing happens.
    let report = workshop.render(&fixture("effects"), "--from 11.5s --tail 14s -o a.mp4 -o b.webm");
    for name in ["a.mp4", "b.webm"] {
        let video = Video::open(workshop.path(name));
        let facts = report.video(name);
        assert!(facts.keep_alive >= 3, "{name}: {}", facts.keep_alive);
        let times: Vec<f64> = video.packets.iter().map(|packet| packet.at_ms).collect();
        assert!(longest_gap(&times) < 5001.0, "{name}: {} ms without a picture", longest_gap(&times));
        let mut keys: Vec<f64> = video.packets.iter().filter(|packet| packet.key).map(|packet| packet.at_ms).collect();
        keys.push(facts.duration_ms);
        assert!(longest_gap(&keys) <= 10_000.0, "{name}: key frames at {keys:?}");
        // The last picture lasts one slot, so that no player ends at the last change.
        let last = facts.duration_ms - times[times.len() - 1];
        assert!((last - 1000.0 / 30.0).abs() < 1.0, "{name}: the last picture lasts {last} ms");

        let many = video.packets.len();
        let mut numbers: Vec<usize> = (1..8).map(|part| part * many / 8).chain([1, many - 2, many - 1]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert!(numbers.iter().any(|number| !video.packets[*number].key));
        for (number, picture) in numbers.iter().zip(video.pictures(&numbers)) {
            let at = times[*number];
            assert!(
                video.sought(at - 0.4) == picture,
                "{name}: another picture at {at} ms when sought than when played"
            );
        }
    }
}

fn longest_gap(times: &[f64]) -> f64 {
    times.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max)
}

#[test]
fn odd_sizes_are_padded_by_a_pixel_in_videos_and_not_in_stills() {
    let workshop = Workshop::new();
    let report = workshop.render(
        &fixture("form"),
        "--size 479x299 --from 2s --to 3s --cursor off --still 2.9s=still.png -o a.mp4 -o b.webm -o c.gif -o d.webp",
    );
    let still = open(&workshop.path("still.png"));
    assert_eq!(still.dimensions(), (479, 299));
    for name in ["a.mp4", "b.webm"] {
        assert_eq!((report.output(name).width, report.output(name).height), (480, 300), "{name}");
        let video = Video::open(workshop.path(name));
        assert_eq!((video.width, video.height), (480, 300), "{name}");
        let frame = video.shown(&[900.0]).remove(0);
        let unpadded = image::imageops::crop_imm(&frame, 0, 0, 479, 299).to_image();
        // Had it been scaled to fit, text would be blurred: 0.9 and less.
        let alike = similarity(&still, &unpadded);
        assert!(alike >= 0.97, "{name}: {alike}");
        let edge = |x: u32, y: u32| {
            image::imageops::crop_imm(&frame, x, y, if x > 0 { 1 } else { 480 }, if y > 0 { 1 } else { 300 }).to_image()
        };
        let (right, bottom) = (colour_error(&edge(478, 0), &edge(479, 0)), colour_error(&edge(0, 298), &edge(0, 299)));
        assert!(right < 4.0 && bottom < 4.0, "{name}: the padding repeats the edge: {right}, {bottom}");
    }
    let gif = Gif::open(&workshop.path("c.gif"));
    assert_eq!((gif.width, gif.height), (479, 299));
    let webp = WebP::open(&workshop.path("d.webp"));
    assert_eq!((webp.width, webp.height), (479, 299));
}

#[test]
fn a_still_at_twice_the_scale_is_twice_as_large_and_drawn_anew() {
    let workshop = Workshop::new();
    let still = |options: &str| {
        workshop.still(&fixture("dashboard"), &format!("--at 3.664s --cursor off -o still.png {options}"));
        open(&workshop.path("still.png"))
    };
    let (plain, crisp) = (still(""), still("--scale 2"));
    assert_eq!((plain.dimensions(), crisp.dimensions()), ((1280, 720), (2560, 1440)));
    let blown_up = resized(&plain, 2560, 1440);
    // It is the same page…
    assert!(colour_error(&blown_up, &crisp) < 3.0, "{}", colour_error(&blown_up, &crisp));
    // …with edges as sharp as they can be: a copy blown up has half the steepness.
    let ratio = steepness(&crisp) / steepness(&blown_up);
    assert!(ratio > 1.3, "{ratio} times as steep as a copy blown up");
}

/// Mean square of the step from each sample to the one right of it.
fn steepness(picture: &RgbImage) -> f64 {
    let row = picture.width() as usize * 3;
    let steps = picture.chunks_exact(row).flat_map(|row| row.iter().zip(&row[3..]));
    steps.map(|(left, right)| f64::from(left.abs_diff(*right)).powi(2)).sum::<f64>() / picture.len() as f64
}

#[test]
fn a_page_of_another_shape_is_fitted_in_and_letterboxed() {
    let workshop = Workshop::new();
    // 960x600 in 800x800: 800x500, 150 above and below. In 1000x300: 480x300, 260 left and right.
    workshop.render(
        &fixture("form"),
        "--size 800x800 --from 2s --to 2.5s --cursor off --still 2.4s=tall.png -o tall.mp4 -o wide.mp4,size=1000x300",
    );
    let tall = open(&workshop.path("tall.png"));
    assert_eq!(tall.dimensions(), (800, 800));
    assert_eq!(bars(&tall, 0), Bars { left: 0, right: 0, top: 150, bottom: 150 });
    let frame = |name: &str| Video::open(workshop.path(name)).shown(&[400.0]).remove(0);
    let frame_of_tall = frame("tall.mp4");
    assert_eq!(frame_of_tall.dimensions(), (800, 800));
    // The codec carries a little of the page into the bars.
    assert_eq!(bars(&frame_of_tall, 16), Bars { left: 0, right: 0, top: 150, bottom: 150 });
    let wide = frame("wide.mp4");
    assert_eq!(wide.dimensions(), (1000, 300));
    assert_eq!(bars(&wide, 16), Bars { left: 260, right: 260, top: 0, bottom: 0 });
}

#[derive(Debug, PartialEq)]
struct Bars {
    left: u32,
    right: u32,
    top: u32,
    bottom: u32,
}

/// How many columns and rows at the edges are background throughout.
fn bars(picture: &RgbImage, tolerance: u8) -> Bars {
    let (width, height) = picture.dimensions();
    // Around the page lie an edge and a shadow; both are darker than anything of this page that fills a row.
    let background = |x, y| {
        let pixel = *picture.get_pixel(x, y);
        near(pixel, BACKGROUND, tolerance) || pixel.0.iter().all(|channel| *channel <= 0x48 + tolerance)
    };
    let column = |x: &u32| (0..height).all(|y| background(*x, y));
    let row = |y: &u32| (0..width).all(|x| background(x, *y));
    Bars {
        left: (0..width).take_while(column).count() as u32,
        right: (0..width).rev().take_while(column).count() as u32,
        top: (0..height).take_while(row).count() as u32,
        bottom: (0..height).rev().take_while(row).count() as u32,
    }
}

#[test]
fn stills_are_what_their_extension_says() {
    let workshop = Workshop::new();
    let report = workshop.render(
        &fixture("form"),
        "--cursor off --still 2.943s=a.png --still 2.943s=b.jpg --still 2.943s=c.webp -o d.jpeg,quality=20",
    );
    let png = open(&workshop.path("a.png"));
    assert_eq!(png.dimensions(), (960, 600));
    for (name, magic) in [
        ("a.png", &b"\x89PNG\r\n\x1a\n"[..]),
        ("b.jpg", b"\xff\xd8\xff"),
        ("c.webp", b"RIFF"),
        ("d.jpeg", b"\xff\xd8\xff"),
    ] {
        let output = report.output(name);
        assert!(begins_with(&workshop.path(name), magic), "{name}");
        assert_eq!(open(&workshop.path(name)).dimensions(), (960, 600), "{name}");
        assert_eq!((output.width, output.height), (960, 600), "{name}");
        assert_eq!(output.bytes, workshop.path(name).metadata().unwrap().len(), "{name}");
        assert_eq!(Some(output.format.as_str()), name.split('.').nth(1), "{name}");
        assert!(output.video.is_none());
    }
    assert_eq!(open(&workshop.path("c.webp")), png, "a WebP still is lossless");
    let alike = similarity(&png, &open(&workshop.path("b.jpg")));
    assert!(alike > 0.98, "JPEG: {alike}");
    // `-o` without a moment is the end.
    assert_eq!(report.output("d.jpeg").at_ms, Some(report.recorded_ms));
    assert!(report.output("d.jpeg").bytes * 2 < report.output("b.jpg").bytes, "a lower quality is smaller");
    assert!(report.slots == 0 && same(report.video_ms, 0.0));
    assert!((1..=4).contains(&report.captured), "{} pictures for two moments", report.captured);
}

#[test]
fn the_pointer_is_drawn_where_it_is_and_nowhere_else() {
    let workshop = Workshop::new();
    // A menu by hover, a drop-down, a text field: a second after the last click and more.
    for (name, at) in [("effects", 2419), ("effects", 5833), ("form", 2943), ("dashboard", 5026)] {
        let still = |cursor: &str| {
            workshop.still(&fixture(name), &format!("--at {at}ms --cursor {cursor} -o still.png"));
            open(&workshop.path("still.png"))
        };
        let (with, without) = (still("on"), still("off"));
        let (x, y) = pointer_at(name, f64::from(at));
        let different = with.enumerate_pixels().filter(|(x, y, pixel)| *pixel != without.get_pixel(*x, *y));
        let away = |(px, py, _): &(u32, u32, &Rgb<u8>)| (f64::from(*px) - x).abs().max((f64::from(*py) - y).abs());
        let distances: Vec<f64> = different.map(|pixel| away(&pixel)).collect();
        let farthest = distances.iter().copied().fold(0.0, f64::max);
        assert!(distances.len() > 50, "{name} at {at} ms: {} pixels of a pointer", distances.len());
        assert!(farthest <= 32.0, "{name} at {at} ms: something is drawn {farthest} px from the pointer at {x}, {y}");
    }
}

/// Where a recording says that the pointer was last: in the page, not in a frame.
fn pointer_at(name: &str, at_ms: f64) -> (f64, f64) {
    let mut json = Vec::new();
    GzDecoder::new(File::open(fixture(name)).unwrap()).read_to_end(&mut json).unwrap();
    let events: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let zero = events[0]["timestamp"].as_f64().unwrap();
    let mut last = None;
    for event in events.iter().filter(|event| event["type"] == 3 && event["data"]["source"] == 1) {
        for position in event["data"]["positions"].as_array().unwrap() {
            let number = |key: &str| position[key].as_f64().unwrap();
            if event["timestamp"].as_f64().unwrap() + number("timeOffset") - zero <= at_ms {
                last = Some((number("x"), number("y")));
            }
        }
    }
    last.unwrap()
}
