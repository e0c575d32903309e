//! When a video says that idle time was left out of it.

use crate::recording::SessionTime;
use crate::timeline::{Fps, Piece, TimeMap};

/// How long the cue of a skipped stretch stays, ms of video.
const STAYS_MS: f64 = 1800.0;
/// How long it takes to fade at its end, ms of video.
const FADES_MS: f64 = 300.0;

/// A cue and when it is seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IdleCue {
    /// Its first slot.
    from: u64,
    /// The first slot after it.
    to: u64,
    fades: f64,
    pub text: String,
}

impl IdleCue {
    /// How much it covers at a slot, 0 to 255.
    fn opacity(&self, slot: u64) -> u8 {
        if slot < self.from || slot >= self.to {
            return 0;
        }
        (((self.to - slot) as f64 / self.fades).min(1.0) * 255.0).round() as u8
    }
}

/// The cues of a video, by time, none over another.
pub(super) fn cues(map: &TimeMap, fps: Fps) -> Vec<IdleCue> {
    let slots = |ms: f64| ms / 1000.0 * f64::from(fps.num()) / f64::from(fps.den());
    let mut cues: Vec<IdleCue> = Vec::new();
    for piece in map.shortened() {
        let from = slots(piece.video_from_ms).ceil() as u64;
        let to = slots(piece.video_to_ms.max(piece.video_from_ms + STAYS_MS)).ceil() as u64;
        if let Some(last) = cues.last_mut() {
            last.to = last.to.min(from);
        }
        cues.push(IdleCue { from, to, fades: slots(FADES_MS).max(1.0), text: text(&piece) });
    }
    cues
}

/// The cue seen in a slot, and how much it covers (1 to 255).
pub(super) fn at(cues: &[IdleCue], slot: u64) -> Option<(&IdleCue, u8)> {
    let begun = cues.partition_point(|cue| cue.from <= slot);
    let cue = cues.get(begun.checked_sub(1)?)?;
    Some((cue, cue.opacity(slot))).filter(|(_, opacity)| *opacity > 0)
}

fn text(piece: &Piece) -> String {
    let length = in_words(piece.to - piece.from);
    if piece.speed.is_none() {
        return format!("{length} skipped");
    }
    format!("{length} idle, in {}", in_words(SessionTime::from_millis_f64(piece.video_to_ms - piece.video_from_ms)))
}

/// `42 s`, `3 min 5 s`, `1 h 2 min`.
fn in_words(length: SessionTime) -> String {
    let seconds = length.seconds();
    if seconds < 9.95 {
        return format!("{} s", (seconds * 10.0).round() / 10.0);
    }
    let seconds = seconds.round() as u64;
    let two = |large: u64, unit: &str, small: u64, smaller: &str| {
        if small == 0 { format!("{large} {unit}") } else { format!("{large} {unit} {small} {smaller}") }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        _ => two(seconds / 3600, "h", seconds / 60 % 60, "min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Idle, Span, Speed, Stretch};

    fn ms(ms: i64) -> SessionTime {
        SessionTime::from_millis(ms)
    }

    fn map(idle: &str, stretches: &[(i64, i64)]) -> TimeMap {
        let span = Span { from: ms(0), to: ms(200_000), speed: Speed::NORMAL };
        let stretches: Vec<_> = stretches.iter().map(|(from, to)| Stretch { from: ms(*from), to: ms(*to) }).collect();
        TimeMap::new(span, idle.parse::<Idle>().unwrap(), &stretches).unwrap()
    }

    #[test]
    fn what_was_skipped_is_said_where_the_video_goes_on_and_fades() {
        let fps = Fps::new(10, 1).unwrap();
        let cues = cues(&map("skip", &[(10_000, 52_000)]), fps);
        let seen = |slot| at(&cues, slot).map(|(cue, opacity)| (cue.text.as_str(), opacity));
        assert_eq!(seen(99), None);
        assert_eq!(seen(100), Some(("42 s skipped", 255)));
        assert_eq!(seen(115), Some(("42 s skipped", 255)));
        assert_eq!(seen(117), Some(("42 s skipped", 85)));
        assert_eq!(seen(118), None);
    }

    #[test]
    fn what_plays_faster_is_said_as_long_as_it_does() {
        let fps = Fps::new(10, 1).unwrap();
        let cues = cues(&map("cap=5s", &[(10_000, 70_000)]), fps);
        assert_eq!(at(&cues, 145).map(|(cue, _)| cue.text.as_str()), Some("1 min idle, in 5 s"));
        assert!(at(&cues, 150).is_none());
    }

    #[test]
    fn two_that_follow_closely_are_never_seen_together() {
        let fps = Fps::new(10, 1).unwrap();
        let cues = cues(&map("skip", &[(10_000, 20_000), (20_500, 90_500)]), fps);
        assert_eq!(at(&cues, 104).map(|(cue, _)| cue.text.as_str()), Some("10 s skipped"));
        assert_eq!(at(&cues, 105).map(|(cue, _)| cue.text.as_str()), Some("1 min 10 s skipped"));
    }

    #[test]
    fn lengths_are_said_as_people_say_them() {
        for (length, said) in [(5_400, "5.4 s"), (41_600, "42 s"), (60_000, "1 min"), (3_725_000, "1 h 2 min")] {
            assert_eq!(in_words(ms(length)), said);
        }
    }
}
