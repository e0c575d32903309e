//! The session at one look: a line of activity for each window, and above them where something happened.

use std::fmt;

use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime, Window, clock};
use crate::timeline::{Moment, MomentKind};

/// Windows drawn; the rest is counted.
const MOST_WINDOWS: usize = 6;
/// Columns before the strip: the window's number.
const INDENT: usize = 5;
const BLOCKS: [char; 6] = [' ', '▁', '▂', '▃', '▅', '▇'];
const ASCII: [char; 6] = [' ', '.', ':', '-', '=', '#'];

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Slices of time.
    pub columns: usize,
    /// Whether the terminal shows more than ASCII.
    pub blocks: bool,
}

impl Style {
    /// As wide as the terminal says it is (`COLUMNS`), 60 to 100 columns; with block characters where the locale is UTF-8.
    pub(super) fn of_terminal() -> Self {
        #[expect(clippy::disallowed_methods, reason = "no options of this program: the terminal sets them")]
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let width = variable("COLUMNS").and_then(|columns| columns.parse().ok()).unwrap_or(80_usize).clamp(60, 100);
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        Self { columns: width - INDENT, blocks: locale.contains("utf-8") || locale.contains("utf8") }
    }
}

/// A letter for each kind that is drawn. Pages, sizes and windows are listed elsewhere, and idle time is where nothing stands.
fn letter(kind: MomentKind) -> Option<char> {
    match kind {
        MomentKind::Error => Some('E'),
        MomentKind::Failed => Some('F'),
        MomentKind::Rage => Some('R'),
        MomentKind::Dead => Some('D'),
        MomentKind::Slow => Some('S'),
        MomentKind::Submit => Some('U'),
        MomentKind::Marker => Some('M'),
        MomentKind::Page => Some('P'),
        MomentKind::Window | MomentKind::Viewport | MomentKind::Idle => None,
    }
}

/// See the module.
pub(super) struct Strip {
    style: Style,
    end: SessionTime,
    /// The gravest kind of each slice.
    marks: Vec<Option<MomentKind>>,
    /// Number of the window, and how many acts each slice has.
    rows: Vec<(usize, Vec<u32>)>,
    more: usize,
}

impl Strip {
    pub(super) fn of(recording: &Recording, moments: &[Moment], style: Style) -> Self {
        let end = recording.duration();
        let mut marks: Vec<Option<MomentKind>> = vec![None; style.columns];
        for moment in moments.iter().filter(|moment| letter(moment.kind).is_some()) {
            if let Some(mark) = marks.get_mut(column(moment.at, end, style.columns)) {
                *mark = Some(mark.map_or(moment.kind, |known| known.min(moment.kind)));
            }
        }
        let drawn = recording.windows.iter().take(MOST_WINDOWS).enumerate();
        let rows: Vec<_> = drawn.map(|(index, window)| (index + 1, acts(window, end, style.columns))).collect();
        let more = recording.windows.len().saturating_sub(rows.len());
        Self { style, end, marks, rows, more }
    }

    fn legend(&self) -> String {
        let is_there = |kind: &MomentKind| self.marks.contains(&Some(*kind));
        let shown = MomentKind::ALL.into_iter().filter(is_there);
        let told: Vec<String> = shown.filter_map(|kind| Some(format!("{} {kind}", letter(kind)?))).collect();
        told.join(", ")
    }
}

fn column(at: SessionTime, end: SessionTime, columns: usize) -> usize {
    let share = at.micros().max(0) as f64 / end.micros().max(1) as f64;
    ((share * columns as f64) as usize).min(columns.saturating_sub(1))
}

fn acts(window: &Window, end: SessionTime, columns: usize) -> Vec<u32> {
    let mut counts = vec![0_u32; columns];
    let mut count = |at| {
        if let Some(slice) = counts.get_mut(column(at, end, columns)) {
            *slice = slice.saturating_add(1);
        }
    };
    for event in window.events.iter().filter(|event| event.kind.is_active()) {
        match samples(event) {
            Some(samples) => samples.for_each(&mut count),
            None => count(event.at),
        }
    }
    counts
}

fn samples(event: &Event) -> Option<impl Iterator<Item = SessionTime> + '_> {
    match &event.kind {
        EventKind::Incremental(Incremental::Pointer { samples, .. }) => Some(samples.iter().map(|sample| sample.at)),
        _ => None,
    }
}

impl fmt::Display for Strip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = if self.style.blocks { BLOCKS } else { ASCII };
        writeln!(f, "Activity")?;
        let marks: String = self.marks.iter().map(|mark| mark.and_then(letter).unwrap_or(' ')).collect();
        if !marks.trim().is_empty() {
            writeln!(f, "{:INDENT$}{}", "", marks.trim_end())?;
        }
        let most = self.rows.iter().flat_map(|row| &row.1).copied().max().unwrap_or(0).max(1);
        for (number, counts) in &self.rows {
            let drawn: String = counts.iter().map(|count| level(*count, most, levels)).collect();
            writeln!(f, "{number:>4} {}", drawn.trim_end())?;
        }
        if self.more > 0 {
            writeln!(f, "     and {} more windows", self.more)?;
        }
        let end = clock(self.end.millis());
        writeln!(f, "{:INDENT$}{:<width$}{end}", "", "0:00", width = self.style.columns.saturating_sub(end.len()))?;
        let legend = self.legend();
        if legend.is_empty() { Ok(()) } else { writeln!(f, "{:INDENT$}{legend}", "") }
    }
}

/// By the square root, so that a single click still shows beside a minute of mouse moves.
fn level(count: u32, most: u32, levels: [char; 6]) -> char {
    let share = (f64::from(count) / f64::from(most)).sqrt();
    let step = (share * (levels.len() - 1) as f64).ceil() as usize;
    levels.get(step).copied().unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::recording::{Limits, open};
    use crate::timeline::{Thresholds, moments};

    fn drawn(events: &[Value], blocks: bool) -> String {
        let recording = open(serde_json::to_vec(events).unwrap(), &Limits::default()).unwrap();
        let found = moments(&recording, &Thresholds::default());
        Strip::of(&recording, &found, Style { columns: 20, blocks }).to_string()
    }

    fn events() -> Vec<Value> {
        let html = json!({"type": 2, "tagName": "html", "attributes": {}, "childNodes": [], "id": 2});
        let scroll = |at: u64| json!({"type": 3, "timestamp": at, "data": {"source": 3, "id": 1, "x": 0, "y": at}});
        let error = json!({"level": "error", "payload": ["\"Boom\""], "trace": []});
        vec![
            json!({"type": 4, "timestamp": 0, "data": {"href": "https://a.example/", "width": 800, "height": 600}}),
            json!({"type": 2, "timestamp": 10, "data": {"node": {"type": 0, "childNodes": [html], "id": 1}, "initialOffset": {"top": 0, "left": 0}}}),
            scroll(1010),
            scroll(1020),
            scroll(1030),
            scroll(1040),
            scroll(1050),
            scroll(1060),
            scroll(1070),
            scroll(1080),
            json!({"type": 6, "timestamp": 5000, "data": {"plugin": "rrweb/console@1", "payload": error}}),
            scroll(9999),
            scroll(10_000),
        ]
    }

    #[test]
    fn activity_is_drawn_by_slices_with_marks_above_it() {
        let expected = [
            "Activity",
            "     P         E",
            "   1 ▃ ▇                ▃",
            "     0:00          0:10.0",
            "     E error, P page",
            "",
        ];
        assert_eq!(drawn(&events(), true), expected.join("\n"));
    }

    #[test]
    fn without_utf_8_the_strip_is_ascii() {
        assert!(drawn(&events(), false).is_ascii());
    }
}
