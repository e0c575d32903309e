//! `WHEN`: the one small grammar for moments, everywhere.

use std::fmt;
use std::str::FromStr;

use super::{Moment, MomentKind, Thresholds, TimeMap, moments};
use crate::recording::{EventKind, Recording, SessionTime};

mod marker;
#[cfg(test)]
mod tests;

use marker::Marker;

/// A moment as people write it.
///
/// ```text
/// WHEN   = BASE [("+" | "-") LENGTH]
/// BASE   = LENGTH | PERCENT "%" | "end" | ISO 8601 instant | "event:" N | "page:" N | KIND ":" N | "marker:" LABEL ["#" N] | "v:" LENGTH
/// KIND   = "error" | "failed" | "slow" | "rage" | "dead" | "submit" | "idle" | "window" | "viewport"
/// LENGTH = seconds ("12.5") | "1:20" | "1:02:03.5" | "1h2m3s" | "1m20s" | "500ms"
/// ```
///
/// All in session time (zero is the recording's first event), except `v:`, which is video time. `event:N` counts from 0 as
/// `inspect` does, `page:N` and all other kinds from 1; each means the moment's beginning. `marker:LABEL` is the first marker with
/// that tag or label, `marker:LABEL#2` the second. Labels may hold `#`, `+` and `-`: as much of the text as names a marker of the
/// recording is its label.
#[derive(Debug, Clone, PartialEq)]
pub struct When {
    base: Base,
    /// µs.
    offset: i64,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Base {
    /// µs since the first event.
    Session(i64),
    Percent(f64),
    End,
    /// ms since 1970.
    Instant(f64),
    Event(u64),
    Page(usize),
    /// Which one of its kind, from 1.
    Moment(MomentKind, usize),
    Marker(Marker),
    /// µs since the video's start.
    Video(i64),
}

/// Why a WHEN is none, or names no moment of this recording.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WhenError {
    /// Not of the grammar.
    #[error(
        "{text:?} is no moment: {reason}; try 12.5, 1:20, 1m20s, 50%, end, 2026-01-31T12:00:00Z, event:100, page:2, error:1, marker:LABEL or v:3.5, each with +10s or -10s behind it"
    )]
    Syntax {
        /// As given.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// The recording has no such event, page or other moment.
    #[error("{text:?}: the recording has {what}")]
    NoSuch {
        /// As given.
        text: String,
        /// How many there are.
        what: String,
    },
    /// Outside of the session.
    #[error("{text:?} is at {at}, {}", if *.at < SessionTime::ZERO { "before the recording begins".to_owned() } else { format!("after it ends (at {end})") })]
    Outside {
        /// As given.
        text: String,
        /// What it came to.
        at: SessionTime,
        /// The last moment that can be shown.
        end: SessionTime,
    },
}

/// What a WHEN can refer to in a recording.
#[derive(Debug, Clone)]
pub struct Landmarks {
    /// Wall-clock time of session time zero, ms since 1970.
    pub started_at_ms: f64,
    /// The last event.
    pub last_event: SessionTime,
    /// The last moment that can be shown: the last event and the tail after it.
    pub end: SessionTime,
    /// Before this there is nothing to see; earlier moments mean this one.
    pub start: SessionTime,
    /// Time of each event, in the order of the source.
    pub events: Vec<SessionTime>,
    /// When each page was first seen.
    pub pages: Vec<SessionTime>,
    /// What `error:1`, `marker:LABEL` and the like refer to; by time. Empty until [`Landmarks::find_moments`] was called.
    pub moments: Vec<Moment>,
    /// For `v:`; absent where there is no video.
    pub video: Option<TimeMap>,
}

impl Landmarks {
    /// Those of a recording shown from `start`, with `tail` after the last event.
    pub fn of(recording: &Recording, start: SessionTime, tail: SessionTime) -> Self {
        let mut events: Vec<(u32, SessionTime)> = Vec::new();
        let mut pages: Vec<SessionTime> = Vec::new();
        for window in &recording.windows {
            let mut page: Option<&str> = None;
            for event in &window.events {
                events.push((event.index, event.at));
                if let EventKind::Meta { href, .. } = &event.kind {
                    if page != Some(href) {
                        pages.push(event.at);
                    }
                    page = Some(href);
                }
            }
        }
        events.sort_unstable();
        events.dedup_by_key(|event| event.0);
        pages.sort_unstable();
        let last_event = recording.duration();
        let events = events.into_iter().map(|event| event.1).collect();
        Self {
            started_at_ms: recording.started_at_ms,
            last_event,
            end: last_event + tail,
            start,
            events,
            pages,
            moments: Vec::new(),
            video: None,
        }
    }

    /// Finds the moments, which takes a pass over the recording. Needed before [`When::resolve`] where [`When::needs_moments`].
    pub fn find_moments(&mut self, recording: &Recording) {
        self.moments = moments(recording, &Thresholds::default());
    }

    fn of_kind(&self, kind: MomentKind) -> impl Iterator<Item = &Moment> {
        self.moments.iter().filter(move |moment| moment.kind == kind)
    }

    /// What there is, for those who asked for more of a kind than there are.
    fn instead_of(&self, kind: MomentKind) -> String {
        let count = |kind: MomentKind| Some((kind, self.of_kind(kind).count())).filter(|(_, count)| *count > 0);
        let counts = MomentKind::ALL.into_iter().filter_map(count).map(|(kind, count)| format!("{kind} {count}"));
        let counts: Vec<String> = counts.collect();
        let all = if counts.is_empty() { "no moments of any kind".to_owned() } else { counts.join(", ") };
        match self.of_kind(kind).count() {
            0 => format!("none of this kind; in all: {all}"),
            some => format!("{some} of this kind, counted from 1; in all: {all}"),
        }
    }
}

impl When {
    /// The first moment that can be shown.
    pub fn start() -> Self {
        Self { base: Base::Session(0), offset: 0, text: "0".to_owned() }
    }

    /// Whether [`Landmarks::moments`] are needed to resolve it.
    pub fn needs_moments(&self) -> bool {
        matches!(self.base, Base::Moment(..) | Base::Marker(_))
    }

    /// The moment it means. Moments before there is anything to see mean the first that can be shown; beyond the end is an error.
    pub fn resolve(&self, marks: &Landmarks) -> Result<SessionTime, WhenError> {
        let no_such = |what: String| WhenError::NoSuch { text: self.text.clone(), what };
        let base = match self.base {
            Base::Session(micros) => SessionTime::from_micros(micros),
            Base::Percent(percent) => {
                SessionTime::from_micros((marks.last_event.micros() as f64 * percent / 100.0).round() as i64)
            }
            Base::End => marks.last_event,
            Base::Instant(epoch_ms) => SessionTime::from_millis_f64(epoch_ms - marks.started_at_ms),
            Base::Event(index) => {
                let event = usize::try_from(index).ok().and_then(|index| marks.events.get(index));
                *event.ok_or_else(|| no_such(format!("{} events, counted from 0", marks.events.len())))?
            }
            Base::Page(number) => {
                let page = number.checked_sub(1).and_then(|index| marks.pages.get(index));
                *page.ok_or_else(|| no_such(format!("{} pages, counted from 1", marks.pages.len())))?
            }
            Base::Moment(kind, number) => {
                let moment = number.checked_sub(1).and_then(|index| marks.of_kind(kind).nth(index));
                moment.ok_or_else(|| no_such(marks.instead_of(kind)))?.at
            }
            Base::Marker(ref marker) => marker.find(marks).map_err(no_such)?,
            Base::Video(micros) => match &marks.video {
                Some(map) => map.video_to_session(micros),
                None => return Err(no_such("no video that v: could refer to".to_owned())),
            },
        };
        let at = base + SessionTime::from_micros(self.offset);
        if at < SessionTime::ZERO || at > marks.end {
            return Err(WhenError::Outside { text: self.text.clone(), at, end: marks.end });
        }
        Ok(at.max(marks.start))
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        let error = |reason: &str| WhenError::Syntax { text: text.to_owned(), reason: reason.to_owned() };
        if let Some(label) = text.strip_prefix("marker:") {
            let marker = Marker::new(label).ok_or_else(|| error("marker: takes a label"))?;
            return Ok(Self { base: Base::Marker(marker), offset: 0, text: text.to_owned() });
        }
        let (base, offset) = split_offset(text);
        let offset = match offset {
            None => 0,
            Some((sign, length)) => {
                sign * length_micros(length).ok_or_else(|| error("the offset is no length of time"))?
            }
        };
        let number_after = |prefix: &str| base.strip_prefix(prefix).map(str::parse::<u64>);
        let base = if base == "end" {
            Base::End
        } else if let Some(number) = number_after("event:") {
            Base::Event(number.map_err(|_| error("event: takes a whole number"))?)
        } else if let Some(number) = number_after("page:") {
            let number = number.ok().and_then(|number| usize::try_from(number).ok());
            Base::Page(number.ok_or_else(|| error("page: takes a whole number"))?)
        } else if let Some((kind, number)) = numbered_kind(base) {
            Base::Moment(kind, number.ok_or_else(|| error("takes a whole number behind the colon"))?)
        } else if let Some(length) = base.strip_prefix("v:") {
            Base::Video(length_micros(length).ok_or_else(|| error("v: takes a length of time"))?)
        } else if let Some(percent) = base.strip_suffix('%') {
            let percent = percent.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
            Base::Percent(percent.ok_or_else(|| error("a per cent is a number from 0 to 100"))?)
        } else if looks_like_a_date(base) {
            let instant: jiff::Timestamp =
                base.parse().map_err(|_| error("the date needs a time and a zone, as in 2026-01-31T12:00:00Z"))?;
            Base::Instant(instant.as_microsecond() as f64 / 1000.0)
        } else {
            Base::Session(length_micros(base).ok_or_else(|| error("not a length of time"))?)
        };
        Ok(Self { base, offset, text: text.to_owned() })
    }
}

/// `error:1`; the number is `None` where it is none.
fn numbered_kind(base: &str) -> Option<(MomentKind, Option<usize>)> {
    let (name, number) = base.split_once(':')?;
    Some((MomentKind::named(name)?, number.parse().ok()))
}

fn looks_like_a_date(text: &str) -> bool {
    text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[..4].iter().all(u8::is_ascii_digit)
}

/// Splits `BASE+10s`; the signs within a date (`2026-01-31T12:00:00+01:00`) are not offsets.
fn split_offset(text: &str) -> (&str, Option<(i64, &str)>) {
    let dated = if looks_like_a_date(text) {
        // After the time comes Z or a zone of the form +hh:mm; only what follows that can be an offset.
        text.find(['Z', 'z'])
            .map(|z| z + 1)
            .or_else(|| text.get(11..)?.find(['+', '-']).map(|sign| 11 + sign + 6))
            .unwrap_or(text.len())
    } else {
        1
    };
    let Some(sign) = text.get(dated..).and_then(|rest| rest.find(['+', '-'])).map(|sign| dated + sign) else {
        return (text, None);
    };
    let direction = if text.as_bytes()[sign] == b'-' { -1 } else { 1 };
    (&text[..sign], Some((direction, &text[sign + 1..])))
}

/// A length of time in µs.
pub(super) fn length_micros(text: &str) -> Option<i64> {
    if text.contains(':') {
        return clock_micros(text);
    }
    if text.ends_with(|last: char| last.is_ascii_digit()) {
        return seconds_micros(text);
    }
    let mut rest = text;
    let mut total = 0_i64;
    let mut largest_left = 4;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let unit_end =
            rest[number_end..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |end| number_end + end);
        let (rank, micros) = match &rest[number_end..unit_end] {
            "h" => (3, 3600.0 * 1e6),
            "m" => (2, 60.0 * 1e6),
            "s" => (1, 1e6),
            "ms" => (0, 1e3),
            _ => return None,
        };
        // 1m20s, not 20s1m.
        if rank >= largest_left {
            return None;
        }
        largest_left = rank;
        total = total.checked_add((plain_number(&rest[..number_end])? * micros).round() as i64)?;
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then_some(total)
}

fn clock_micros(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (last, leading) = parts.split_last()?;
    if leading.len() > 2 || !last.split('.').next()?.len().eq(&2) {
        return None;
    }
    let whole = leading
        .iter()
        .try_fold(0_i64, |all, part| all.checked_mul(60)?.checked_add(part.parse::<u32>().ok()?.into()))?;
    whole.checked_mul(60_000_000)?.checked_add(seconds_micros(last).filter(|&micros| micros < 60_000_000)?)
}

fn seconds_micros(text: &str) -> Option<i64> {
    plain_number(text).map(|seconds| (seconds * 1e6).round() as i64)
}

/// Digits and at most one point: no sign, exponent or `inf`.
fn plain_number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.bytes().any(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number < 1e9)
}
