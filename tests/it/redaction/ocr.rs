//! Optical character recognition: what a person could read in a picture.

use std::io::Write as _;
use std::process::{Command, Stdio};

use image::RgbImage;

/// The text of a picture, as `tesseract` reads it: letters and digits, lower case, without what stands between them; one text per
/// way of looking at the page.
pub(super) fn read(picture: &RgbImage) -> Vec<String> {
    // As one block of lines, and as texts scattered over the page.
    ["6", "11"].map(|mode| dense(&recognised(picture, mode))).to_vec()
}

/// The text of a picture that holds one line.
pub(super) fn read_line(picture: &RgbImage) -> String {
    dense(&recognised(picture, "7"))
}

fn recognised(picture: &RgbImage, mode: &str) -> String {
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let mut program = Command::new("tesseract")
        .args(["stdin", "stdout", "-l", "eng", "--dpi", "192", "--psm", mode])
        .args(["-c", "load_system_dawg=0", "-c", "load_freq_dawg=0"])
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("tesseract: scripts/setup ocr installs it");
    program.stdin.take().unwrap().write_all(&png.into_inner()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Only what can hardly be mistaken for something else: letters and digits, in one case.
pub(super) fn dense(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Characters for which one may be misread.
const LENIENCY: usize = 8;

/// Whether `text` holds `wanted`, with one character in eight misread, missing or too much.
pub(super) fn holds(text: &str, wanted: &str) -> bool {
    least_errors(text.as_bytes(), wanted.as_bytes()) <= wanted.len() / LENIENCY
}

/// The Levenshtein distance of `wanted` to the part of `text` that is most like it.
fn least_errors(text: &[u8], wanted: &[u8]) -> usize {
    let mut column: Vec<usize> = (0..=wanted.len()).collect();
    let mut least = wanted.len();
    for read in text {
        let mut diagonal = 0;
        for (row, letter) in (1..).zip(wanted) {
            let cost = (diagonal + usize::from(letter != read)).min(column[row] + 1).min(column[row - 1] + 1);
            diagonal = std::mem::replace(&mut column[row], cost);
        }
        least = least.min(column[wanted.len()]);
    }
    least
}

#[test]
fn a_misread_character_does_not_hide_a_secret() {
    assert!(holds("row7hazowunaexampleorg", "hazowunaexampleorg"));
    assert!(holds("row7hazowuraexampleorg", "hazowunaexampleorg"));
    assert!(holds("row7hazowunexampleorg", "hazowunaexampleorg"));
    assert!(!holds("row7xxxxxxxxxxxxxxxxorg", "hazowunaexampleorg"));
    assert!(!holds("hazzw", "hazow"));
    assert!(!holds("", "hazow"));
}
