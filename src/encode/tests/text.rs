use std::path::Path;
use std::process::Command;

use super::super::{Format, VideoSpec, webvtt};
use super::media::{assert_shows, decode, encode, ffprobe, packet_ticks, spec};
use crate::timeline::Cue;

fn cue(from_ms: i64, to_ms: i64, text: &str) -> Cue {
    Cue { from: from_ms * 1000, to: to_ms * 1000, text: text.to_owned() }
}

/// What breaks out of ffmetadata, ASS, HTML, `WebVTT` and 3GPP styles, and a text in two lines.
fn hostile() -> Vec<Cue> {
    vec![
        cue(500, 2000, "{\\an8}a\\Nb {b} <i>c</i> &amp; & --> =;#\\"),
        cue(2000, 2500, "Zwei 😀\nLines"),
        cue(4000, 6000, "\u{202e}styl\u{0}[CHAPTER]"),
    ]
}

fn told(format: Format) -> VideoSpec {
    let mut told = spec(format, "30", (64, 64));
    told.chapters =
        vec![cue(0, 1000, "Start"), cue(1000, 3333, "a=b;c#d\\e\"'<f>&g {h} 😀"), cue(3333, 10_000, "[CHAPTER]")];
    told.captions = hostile();
    told
}

fn subtitles(path: &Path) -> Vec<(String, String)> {
    let track = ffprobe(path, "packet=codec_type,pts_time,duration_time,size");
    track
        .into_iter()
        .filter_map(|line| line.strip_prefix("subtitle|").map(str::to_owned))
        .map(|line| {
            let (times, size) = line.rsplit_once('|').unwrap();
            (times.to_owned(), size.to_owned())
        })
        .collect()
}

/// The bytes of each packet of the captions, as they are stored.
fn stored(path: &Path) -> Vec<Vec<u8>> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "s", "-show_packets", "-show_data", "-of", "json"])
        .arg(path)
        .output()
        .unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let bytes = |dump: &str| -> Vec<u8> {
        let rows = dump.lines().filter_map(|row| row.get(10..50));
        let digits: String = rows.flat_map(|row| row.split_whitespace().collect::<Vec<_>>()).collect();
        (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect()
    };
    told["packets"].as_array().unwrap().iter().map(|packet| bytes(packet["data"].as_str().unwrap())).collect()
}

#[test]
fn chapters_have_their_times_and_titles_whatever_characters_are_in_them() {
    let folder = tempfile::tempdir().unwrap();
    for format in [Format::Mp4, Format::WebM] {
        let path = folder.path().join(format!("clip.{}", format.extension()));
        encode(told(format), &[0, 30, 299], 300, &path).unwrap();
        assert_eq!(
            ffprobe(&path, "chapter=start_time,end_time:chapter_tags=title"),
            [
                "0.000000|1.000000|Start",
                "1.000000|3.333333|a=b;c#d\\\\e\"'<f>&g {h} 😀",
                "3.333333|10.000000|[CHAPTER]"
            ],
            "{format}"
        );
    }
}

#[test]
fn captions_are_a_track_that_is_off_and_says_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let (mp4, webm) = (folder.path().join("clip.mp4"), folder.path().join("clip.webm"));
    encode(told(Format::Mp4), &[0, 30, 299], 300, &mp4).unwrap();
    encode(told(Format::WebM), &[0, 30, 299], 300, &webm).unwrap();
    for (path, codec) in [(&mp4, "mov_text"), (&webm, "webvtt")] {
        let track =
            ffprobe(path, "stream=codec_name,codec_type:stream_disposition=default,forced:stream_tags=language");
        assert_eq!(track[1], format!("{codec}|subtitle|0|0|eng"), "{track:?}");
    }
    assert_eq!(ffprobe(&mp4, "stream_tags=handler_name")[1], "Captions");
    assert_eq!(ffprobe(&webm, "stream_tags=title").last().unwrap(), "Captions");

    let texts = ["{\\an8}a\\Nb {b} <i>c</i> &amp; & --> =;#\\", "Zwei 😀\nLines", "\u{202e}styl[CHAPTER]"];
    let samples = stored(&mp4);
    assert!(samples.iter().all(|sample| usize::from(sample[0]) * 256 + usize::from(sample[1]) == sample.len() - 2));
    let shown = samples.iter().map(|sample| std::str::from_utf8(&sample[2..]).unwrap());
    let times = subtitles(&mp4).into_iter().map(|(times, _)| times);
    // ffmpeg adds empty texts of no length between two that meet.
    let shown: Vec<(String, &str)> = times.zip(shown).filter(|(times, _)| !times.ends_with("|N/A")).collect();
    let expected = [
        ("0.000000|0.500000", ""),
        ("0.500000|1.500000", texts[0]),
        ("2.000000|0.500000", texts[1]),
        ("2.500000|1.500000", ""),
        ("4.000000|2.000000", texts[2]),
    ];
    assert_eq!(shown, expected.map(|(times, text)| (times.to_owned(), text)));

    let blocks = stored(&webm);
    let shown: Vec<&str> = blocks.iter().map(|block| std::str::from_utf8(block).unwrap()).collect();
    let file = webvtt(&hostile());
    assert!(shown.iter().all(|text| file.contains(&format!("\n{}\n", text.trim_matches(['\n', '\0'])))), "{shown:?}");
    let times: Vec<String> = subtitles(&webm).into_iter().map(|(times, _)| times).collect();
    assert_eq!(times, ["0.500000|1.500000", "2.000000|0.500000", "4.000000|2.000000"]);
}

#[test]
fn pictures_and_their_times_are_the_same_with_and_without_text() {
    let folder = tempfile::tempdir().unwrap();
    let slots = [0, 3, 50, 400];
    for format in [Format::Mp4, Format::WebM] {
        let path = |name: &str| folder.path().join(format!("{name}.{}", format.extension()));
        encode(spec(format, "30", (64, 64)), &slots, 500, &path("plain")).unwrap();
        encode(told(format), &slots, 500, &path("told")).unwrap();
        encode(told(format), &slots, 500, &path("again")).unwrap();
        let packets = |name| {
            let output = Command::new("ffmpeg")
                .args(["-v", "error", "-i"])
                .arg(path(name))
                .args(["-map", "0:v", "-c", "copy", "-f", "framehash", "-hash", "sha256", "-"])
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert!(packets("plain").lines().count() > 8);
        assert_eq!(packets("plain"), packets("told"), "{format}");
        assert_eq!(std::fs::read(path("told")).unwrap(), std::fs::read(path("again")).unwrap(), "{format}");
    }
    let told = folder.path().join("told.mp4");
    assert_shows(&decode(&told, (64, 64), "bt709")[2], 50);
    assert_eq!(ffprobe(&told, "format=duration"), ["16.666667"]);
    assert_eq!(packet_ticks(&folder.path().join("plain.mp4")).len(), 7);
}

#[test]
fn texts_that_say_nothing_make_no_track_and_pictures_that_hold_none_take_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut silent = spec(Format::Mp4, "30", (64, 64));
    (silent.captions, silent.chapters) = (vec![cue(0, 1000, " \n\u{0}")], vec![cue(0, 1000, "")]);
    let path = folder.path().join("clip.mp4");
    encode(silent, &[0], 60, &path).unwrap();
    assert_eq!(ffprobe(&path, "stream=codec_type"), ["video"]);
    for format in [Format::Gif, Format::WebP] {
        let path = folder.path().join(format!("clip.{}", format.extension()));
        encode(told(format), &[0, 30], 60, &path).unwrap();
        assert_eq!(ffprobe(&path, "stream=codec_type:chapter=start_time"), ["video"]);
    }
}

#[test]
fn a_text_of_any_length_and_hundreds_of_chapters_are_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let mut long = spec(Format::Mp4, "10", (64, 64));
    long.captions = (0..300).map(|at| cue(at * 1000, at * 1000 + 500, &"ü".repeat(70 + at as usize * 20))).collect();
    long.chapters = (0..200).map(|at| cue(at * 10_000, (at + 1) * 10_000, &"ö".repeat(800))).collect();
    encode(long, &[0, 10_000], 20_000, &path).unwrap();
    let chapters = ffprobe(&path, "chapter=start_time:chapter_tags=title");
    assert_eq!(chapters.len(), 200);
    assert!(chapters[199].starts_with("1990.000000|öö"), "{}", chapters[199]);
    let texts = stored(&path);
    assert_eq!(texts.iter().filter(|text| text.len() > 2).count(), 300);
    assert_eq!((texts[0].len(), texts.iter().map(Vec::len).max()), (142, Some(2002)));
}
