//! `marker:LABEL`, where a label may hold what elsewhere begins an offset or a number.

use std::collections::BTreeSet;

use super::{Landmarks, length_micros};
use crate::recording::SessionTime;
use crate::timeline::MomentKind;

/// Labels named in an error, at most.
const MOST_NAMED: usize = 8;

/// What the text behind `marker:` can mean, the longest label first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marker {
    readings: Vec<Reading>,
}

#[derive(Debug, Clone, PartialEq)]
struct Reading {
    label: String,
    /// From 1.
    number: usize,
    /// µs.
    offset: i64,
}

impl Marker {
    /// `None` if there is no label.
    pub(super) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut readings = readings(text, 0);
        if let Some(sign) = text.rfind(['+', '-'])
            && let Some(length) = length_micros(&text[sign + 1..])
        {
            let direction = if text[sign..].starts_with('-') { -1 } else { 1 };
            readings.extend(self::readings(&text[..sign], direction * length));
        }
        readings.retain(|reading| !reading.label.is_empty());
        (!readings.is_empty()).then_some(Self { readings })
    }

    /// When it is, or what the recording has instead.
    pub(super) fn find(&self, marks: &Landmarks) -> Result<SessionTime, String> {
        for reading in &self.readings {
            let called = marks.of_kind(MomentKind::Marker).filter(|marker| marker.is_called(&reading.label));
            let times: Vec<SessionTime> = called.map(|marker| marker.at).collect();
            if times.is_empty() {
                continue;
            }
            let found = reading.number.checked_sub(1).and_then(|index| times.get(index));
            return match found {
                Some(at) => Ok(*at + SessionTime::from_micros(reading.offset)),
                None => Err(format!("{} markers of this label, counted from 1", times.len())),
            };
        }
        let labels: BTreeSet<&str> = marks.of_kind(MomentKind::Marker).map(|marker| marker.label.as_str()).collect();
        let named: Vec<&str> = labels.iter().take(MOST_NAMED).copied().collect();
        let more = if labels.len() > MOST_NAMED { ", …" } else { "" };
        if named.is_empty() {
            return Err("no markers".to_owned());
        }
        Err(format!("no marker of this label; there are {}{more}", named.join(", ")))
    }
}

/// As a label, and as a label with a number behind it.
fn readings(text: &str, offset: i64) -> Vec<Reading> {
    let whole = Reading { label: text.to_owned(), number: 1, offset };
    let numbered = text
        .rsplit_once('#')
        .and_then(|(label, number)| Some(Reading { label: label.to_owned(), number: number.parse().ok()?, offset }));
    [Some(whole), numbered].into_iter().flatten().collect()
}
