//! Cues as a `WebVTT` file: <https://www.w3.org/TR/webvtt1/>.

use std::fmt::Write as _;

use crate::timeline::Cue;

/// The text of a `.vtt` file. Times are rounded to the millisecond; a cue that is then empty, or says nothing, is left out.
#[must_use]
pub fn webvtt(cues: &[Cue]) -> String {
    let mut file = String::from("WEBVTT\n");
    for cue in cues {
        let (from, to) = (milliseconds(cue.from), milliseconds(cue.to));
        let text = payload(&cue.text);
        if from < to && !text.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(file, "\n{} --> {}\n{text}\n", time(from), time(to));
        }
    }
    file
}

/// Video time in the unit of the file.
pub(super) fn milliseconds(micros: i64) -> u64 {
    (micros.max(0).unsigned_abs() + 500) / 1000
}

/// `00:01:02.345`; hours have two digits or more.
fn time(milliseconds: u64) -> String {
    let (seconds, minutes, hours) = (milliseconds / 1000 % 60, milliseconds / 60_000 % 60, milliseconds / 3_600_000);
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", milliseconds % 1000)
}

/// The text with what `WebVTT` reads as markup escaped, and without empty lines, which would end the cue. (That also takes care of `-->`.)
fn payload(text: &str) -> String {
    let mut lines = String::new();
    for line in lines_of(text) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        for character in line.chars() {
            match character {
                '&' => lines.push_str("&amp;"),
                '<' => lines.push_str("&lt;"),
                '>' => lines.push_str("&gt;"),
                character => lines.push(character),
            }
        }
    }
    lines
}

/// The lines that say something, without control characters.
pub(super) fn lines_of(text: &str) -> impl Iterator<Item = String> + '_ {
    let lines = text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    let plain = |line: &str| line.replace('\t', " ").chars().filter(|character| !character.is_control()).collect();
    lines.map(plain).map(|line: String| line.trim().to_owned()).filter(|line| !line.is_empty())
}

/// The beginning of a text, of so many bytes at most.
pub(super) fn bounded(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// Whether there is anything to show.
pub(super) fn says_something(cues: &[Cue]) -> bool {
    cues.iter().any(|cue| milliseconds(cue.from) < milliseconds(cue.to) && lines_of(&cue.text).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(from: i64, to: i64, text: &str) -> Cue {
        Cue { from, to, text: text.to_owned() }
    }

    #[test]
    fn a_file_begins_with_its_name_and_has_a_block_for_each_cue() {
        let cues = [cue(0, 1_500_000, "Clicks “Pay”"), cue(3_723_004_600, 3_724_000_400, "One\nTwo")];
        let file = "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nClicks “Pay”\n\n01:02:03.005 --> 01:02:04.000\nOne\nTwo\n";
        assert_eq!(webvtt(&cues), file);
        assert_eq!(webvtt(&[]), "WEBVTT\n");
        assert!(webvtt(&[cue(360_000_000_000, 360_001_000_000, "late")]).contains("100:00:00.000 --> 100:00:01.000"));
    }

    #[test]
    fn markup_arrows_and_empty_lines_are_only_text() {
        let text = "a <b>&amp;</b>\r\n\r\n \n00:01 --> 00:02\nNOTE x\u{0}\u{1b}\n\n";
        let file = webvtt(&[cue(0, 1_000_000, text)]);
        let lines: Vec<&str> = file.lines().skip(3).collect();
        assert_eq!(lines, ["a &lt;b&gt;&amp;amp;&lt;/b&gt;", "00:01 --&gt; 00:02", "NOTE x"]);
        assert_eq!(file.matches("-->").count(), 1);
    }

    #[test]
    fn cues_without_time_or_text_are_left_out() {
        assert_eq!(webvtt(&[cue(5, 100, "too short"), cue(0, 1_000_000, " \n\u{0}")]), "WEBVTT\n");
    }
}
