//! Steps to be read while a video plays.

use super::steps::length_of;
use super::{Cue, MomentKind, Piece, Step, StepKind, TimeMap};
use crate::recording::SessionTime;

#[cfg(test)]
mod tests;

/// A caption stays this long where there is room: shorter ones cannot be read. µs of video.
const SHORTEST: i64 = 1_200_000;
/// Longer ones are in the way. µs of video.
const LONGEST: i64 = 5_000_000;
/// How long a character takes to read (17 in a second, as subtitles for adults have it). µs.
const FOR_A_CHARACTER: i64 = 59_000;
/// Steps that come so close that one cannot be read before the other: so many lines, and no more.
const LINES: usize = 2;
/// Characters of a line.
const LONGEST_LINE: usize = 100;

/// Something to be told.
struct Line {
    /// Video time, µs.
    at: i64,
    /// Video time, µs.
    until: i64,
    weight: u8,
    text: String,
}

/// What is to be read when: by time, never two at once, all within the video. Steps in time that is not shown are left out.
pub fn captions(steps: &[Step], map: &TimeMap) -> Vec<Cue> {
    let shortened: Vec<Piece> = map.shortened().collect();
    let end = map.pieces().last().map_or(0, |piece| micros(piece.video_to_ms));
    let mut lines: Vec<Line> = steps.iter().filter_map(|step| line(step, map, &shortened)).collect();
    lines.extend(shortened.iter().map(left_out));
    lines.retain(|line| line.at < end);
    lines.sort_by_key(|line| line.at);
    let mut cues = Vec::new();
    let mut rest = lines.as_slice();
    // The first moment that no caption has taken.
    let mut free = 0;
    while let Some(first) = rest.first() {
        // At the very end, it comes a little early rather than too short.
        let from = first.at.max(free).min((end - SHORTEST).max(free));
        let together = rest.iter().take_while(|line| line.at < from + SHORTEST).count().max(1);
        let (these, later) = rest.split_at(together);
        let text = read(these);
        let to_read = (i64::try_from(text.chars().count()).unwrap_or(i64::MAX).saturating_mul(FOR_A_CHARACTER))
            .clamp(SHORTEST, LONGEST);
        let goes_on = these.iter().map(|line| line.until).max().unwrap_or(from);
        let next = later.first().map_or(end, |line| line.at.max(from + SHORTEST)).min(end);
        let to = (from + to_read).max(goes_on.min(from + LONGEST)).min(next);
        if from < to {
            cues.push(Cue { from, to, text });
            free = to;
        }
        rest = later;
    }
    cues
}

/// The gravest of the lines that come together, in their order.
fn read(lines: &[Line]) -> String {
    let mut places: Vec<usize> = (0..lines.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(lines.get(*place).map(|line| line.weight)));
    places.truncate(LINES);
    places.sort_unstable();
    let texts: Vec<&str> = places.iter().filter_map(|place| lines.get(*place)).map(|line| line.text.as_str()).collect();
    texts.join("\n")
}

fn line(step: &Step, map: &TimeMap, shortened: &[Piece]) -> Option<Line> {
    let is_shown = step.at >= map.begins() && step.at < map.ends();
    let next = shortened.partition_point(|piece| piece.to <= step.at);
    let skipped = shortened.get(next).filter(|piece| piece.speed.is_none() && piece.from <= step.at);
    if !is_shown || skipped.is_some() {
        return None;
    }
    if step.kind == StepKind::Moment(MomentKind::Idle) {
        // That nothing happens needs to be said only where it is shown.
        let is_told = shortened.get(next).is_some_and(|piece| piece.from < step.until);
        if is_told {
            return None;
        }
    }
    let at = map.session_to_video(step.at);
    Some(Line { at, until: map.session_to_video(step.until), weight: weight(step.kind), text: shortened_line(step) })
}

/// What is dropped last.
fn weight(kind: StepKind) -> u8 {
    match kind {
        StepKind::Moment(MomentKind::Error | MomentKind::Failed | MomentKind::Rage) => 6,
        StepKind::Moment(MomentKind::Dead | MomentKind::Marker) => 5,
        StepKind::Moment(MomentKind::Page | MomentKind::Submit) => 4,
        StepKind::Click | StepKind::Tap | StepKind::DoubleClick | StepKind::RightClick => 3,
        StepKind::Type | StepKind::Change | StepKind::Key | StepKind::Moment(MomentKind::Window) => 2,
        StepKind::Moment(_) => 1,
    }
}

fn left_out(piece: &Piece) -> Line {
    let length = length_of(piece.to - piece.from);
    let (at, until) = (micros(piece.video_from_ms), micros(piece.video_to_ms));
    let text = match piece.speed {
        None => format!("{length} skipped"),
        Some(_) => format!(
            "{length} in {}",
            length_of(SessionTime::from_micros(until - at).max(SessionTime::from_millis(1000)))
        ),
    };
    Line { at, until, weight: 7, text }
}

fn shortened_line(step: &Step) -> String {
    super::payload::bounded(&step.to_string(), LONGEST_LINE)
}

fn micros(millis: f64) -> i64 {
    (millis * 1000.0).round() as i64
}
