//! The map between session time and video time, piece by piece, exactly.
//!
//! Between the two lies played time: session as it passes at the video's common speed, in whole microseconds. A kept piece plays as
//! long as it lasted, a skipped one plays for no time at all, and an idle one under a cap plays for less than it lasted. From played
//! time to the slots of a video it is the same arithmetic everywhere, so a map of one kept piece is what it was without idle time.
//!
//! Both ways are exact: a slot shows a moment of its piece, rounded down to the microsecond, and a moment is found in the first slot
//! that shows it or something later. A moment in skipped time is therefore found in the next frame that is shown.

use std::sync::Arc;

use super::span::{divided_up, narrow};
use super::{Fps, Idle, Span, Speed, Stretch};
use crate::recording::SessionTime;

#[cfg(test)]
mod tests;

/// Which moment of a session a video shows when. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeMap {
    speed: Speed,
    /// By time, each beginning where the one before ends, in both times. Never empty; the first and the last are not skipped.
    parts: Arc<[Part]>,
}

/// A piece of a [`TimeMap`], for those who tell of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Session time.
    pub from: SessionTime,
    /// Session time; the first moment after it.
    pub to: SessionTime,
    /// Video time, ms.
    pub video_from_ms: f64,
    /// Video time, ms; equal to `video_from_ms` where it is skipped.
    pub video_to_ms: f64,
    /// Seconds of session per second of video. `None`: skipped.
    pub speed: Option<f64>,
    /// It is idle, and therefore skipped or faster than the rest.
    pub shortened: bool,
}

/// A piece in session time and in played time, µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    from: i64,
    to: i64,
    played_from: i64,
    played_to: i64,
}

impl Part {
    fn session(&self) -> i64 {
        self.to.saturating_sub(self.from)
    }

    fn played(&self) -> i64 {
        self.played_to - self.played_from
    }

    fn is_skipped(&self) -> bool {
        self.played() == 0 && self.session() > 0
    }

    fn session_at(&self, played: i64) -> i64 {
        let within = i128::from(played - self.played_from) * i128::from(self.session());
        self.from.saturating_add(narrow(within / i128::from(self.played().max(1))))
    }

    /// When `session` or something later is first played.
    fn played_at(&self, session: i64) -> i64 {
        let within = i128::from(session.saturating_sub(self.from).max(0)) * i128::from(self.played());
        self.played_from + narrow(divided_up(within, i128::from(self.session().max(1))))
    }
}

impl From<Span> for TimeMap {
    fn from(span: Span) -> Self {
        let mut parts = Parts::default();
        parts.add(span.from, span.to, (span.to - span.from).micros().max(0));
        Self { speed: span.speed, parts: parts.0.into() }
    }
}

impl TimeMap {
    /// The map of a stretch of session whose idle stretches (by time, none overlapping another) are dealt with. Skipped time at the
    /// beginning and at the end falls off. `None` if nothing is left.
    pub fn new(span: Span, idle: Idle, stretches: &[Stretch]) -> Option<Self> {
        let shortened = |length: i64| match idle {
            Idle::Keep => length,
            Idle::Cap(most) => span.speed.played_in(most.micros()).min(length),
            Idle::Skip => 0,
        };
        let mut parts = Parts::default();
        let mut reached = span.from;
        for stretch in stretches {
            let (from, to) = (stretch.from.max(reached), stretch.to.min(span.to));
            let length = (to - from).micros();
            if length <= 0 || shortened(length) == length {
                continue;
            }
            parts.add(reached, from, (from - reached).micros());
            parts.add(from, to, shortened(length));
            reached = to;
        }
        parts.add(reached, span.to, (span.to - reached).micros());
        let parts = parts.without_skipped_ends();
        if !parts.is_empty() {
            return Some(Self { speed: span.speed, parts: parts.into() });
        }
        (span.from >= span.to).then(|| span.into())
    }

    /// The first moment shown.
    pub fn begins(&self) -> SessionTime {
        SessionTime::from_micros(self.parts.first().map(|part| part.from).unwrap_or_default())
    }

    /// Where the video ends, session time.
    pub fn ends(&self) -> SessionTime {
        SessionTime::from_micros(self.last().map(|part| part.to).unwrap_or_default())
    }

    /// Its pieces, by time.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let video_ms = |played: i64| played as f64 / 1000.0 / self.speed.as_f64();
        self.parts.iter().map(move |part| {
            let shortened = part.played() < part.session();
            let faster = if shortened { part.session() as f64 / part.played() as f64 } else { 1.0 };
            Piece {
                from: SessionTime::from_micros(part.from),
                to: SessionTime::from_micros(part.to),
                video_from_ms: video_ms(part.played_from),
                video_to_ms: video_ms(part.played_to),
                speed: (!part.is_skipped()).then(|| faster * self.speed.as_f64()),
                shortened,
            }
        })
    }

    /// The idle stretches that are skipped or faster than the rest: where a viewer has to be told, and from which video time on.
    pub fn shortened(&self) -> impl Iterator<Item = Piece> + '_ {
        self.pieces().filter(|piece| piece.shortened)
    }

    /// How many slots the video has: as many as are needed to show all of it, at least one.
    pub fn slots(&self, fps: Fps) -> u64 {
        self.speed.slot_after(self.played(), fps).max(1)
    }

    /// Length of the video, ms.
    pub fn video_ms(&self, fps: Fps) -> f64 {
        self.slots(fps) as f64 * f64::from(fps.den()) * 1000.0 / f64::from(fps.num())
    }

    /// Session time shown in slot `slot`. Rounded down to the microsecond.
    pub fn slot_to_session(&self, slot: u64, fps: Fps) -> SessionTime {
        self.session_at(self.speed.played_at(slot, fps))
    }

    /// The first slot that shows `at` or something later; the last slot where none does.
    pub fn session_to_slot(&self, at: SessionTime, fps: Fps) -> u64 {
        self.speed.slot_after(self.played_at(at), fps).min(self.slots(fps) - 1)
    }

    /// Session time at a video time, µs. Beyond the video's end the session goes on.
    pub fn video_to_session(&self, video_micros: i64) -> SessionTime {
        self.session_at(self.speed.played_in(video_micros))
    }

    /// Video time, µs, at which `at` or something later is first shown; the video's end where none is.
    pub fn session_to_video(&self, at: SessionTime) -> i64 {
        self.speed.video_for(self.played_at(at))
    }

    fn last(&self) -> Option<&Part> {
        self.parts.last()
    }

    /// µs.
    fn played(&self) -> i64 {
        self.last().map(|part| part.played_to).unwrap_or_default()
    }

    fn session_at(&self, played: i64) -> SessionTime {
        // Skipped parts end as they begin, so the one that is found plays.
        let begun = self.parts.partition_point(|part| part.played_to <= played);
        let micros = match self.parts.get(begun) {
            Some(part) => part.session_at(played),
            None => self.ends().micros().saturating_add(played - self.played()),
        };
        SessionTime::from_micros(micros)
    }

    fn played_at(&self, at: SessionTime) -> i64 {
        let over = self.parts.partition_point(|part| part.to <= at.micros());
        self.parts.get(over).map_or(self.played(), |part| part.played_at(at.micros()))
    }
}

/// Parts in the making.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    /// Adds a part that plays for `played` µs.
    fn add(&mut self, from: SessionTime, to: SessionTime, played: i64) {
        let played_from = self.0.last().map(|part| part.played_to).unwrap_or_default();
        let played_to = played_from.saturating_add(played);
        self.0.push(Part { from: from.micros(), to: to.micros(), played_from, played_to });
    }

    /// What is left when parts that show nothing fall off at both ends, and empty ones everywhere.
    fn without_skipped_ends(self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.0.into_iter().filter(|part| part.session() > 0).collect();
        parts.truncate(parts.iter().rposition(|part| !part.is_skipped()).map_or(0, |last| last + 1));
        let skipped = parts.iter().take_while(|part| part.is_skipped()).count();
        parts.drain(..skipped);
        parts
    }
}
