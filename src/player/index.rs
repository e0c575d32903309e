//! What happens in a recording, for readers of its package that cannot work it out themselves. `docs/package-format.md` specifies it.

mod rows;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::recording::{Recording, SessionTime};
use crate::timeline::{
    Cue, Idle, Journal, Moment, Pages, Span, Speed, StepOptions, Thresholds, TimeMap, chapters, follow, idle_stretches,
    moments, steps_with, without_passwords,
};
use rows::{Chapter, Clock, ConsoleRow, IdleStretch, MomentRow, NetworkRow, StepRow, Turn};

/// The version of this form. Readers ignore an index of another one.
const VERSION: u32 = 1;
/// Rows of each list, at most; of more, the gravest or else the first.
const MOST_ROWS: usize = 20_000;
/// A pause longer than this is idle time, as in renders.
const IDLE: SessionTime = SessionTime::from_millis(5000);
/// The last state stays for so long, as in renders.
const TAIL: SessionTime = SessionTime::from_millis(1000);

/// Times ending in `_ms` are milliseconds of session time; zero is the package's first event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Index {
    version: u32,
    turns: Vec<Turn>,
    idle: Vec<IdleStretch>,
    chapters: Vec<Chapter>,
    steps: Vec<StepRow>,
    moments: Vec<MomentRow>,
    console: Vec<ConsoleRow>,
    network: Vec<NetworkRow>,
    scrollbars: bool,
    canvas_recorded: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    left_out: BTreeMap<&'static str, usize>,
}

impl Index {
    /// Works out a recording's. Takes time in proportion to its length.
    pub fn of(recording: &Recording) -> Self {
        let clock = Clock::of(recording);
        let turns = follow(recording);
        let found = moments(recording, &Thresholds::default());
        let steps = steps_with(recording, &found, StepOptions::default());
        let journal = Journal::of(recording);
        let mut left_out = BTreeMap::new();
        let mut bounded = Bounded(&mut left_out);
        Self {
            version: VERSION,
            idle: clock.idle(&idle_stretches(recording, &turns, recording.duration(), IDLE)),
            chapters: chapters_of(recording, &turns, &found, &clock),
            steps: bounded.rows("steps", steps, |_| 0).iter().map(|step| clock.step(step)).collect(),
            moments: bounded
                .rows("moments", found, |moment| moment.kind as usize)
                .iter()
                .map(|moment| clock.moment(moment))
                .collect(),
            console: bounded.rows("console", clock.console(&journal.console), ConsoleRow::weight),
            network: bounded
                .rows("network", journal.network, |line| usize::from(!line.failed))
                .iter()
                .map(|line| clock.network(line))
                .collect(),
            turns: clock.turns(&turns, recording),
            scrollbars: recording.has_classic_scrollbars(),
            canvas_recorded: recording.has_canvas_drawings(),
            left_out,
        }
    }

    /// As a package has it. The same recording gives the same bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // Numbers, texts and lists: there is nothing that cannot be written.
        let mut json = serde_json::to_vec(self).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

/// Lists that have an end, and how much there is beyond it.
struct Bounded<'a>(&'a mut BTreeMap<&'static str, usize>);

impl Bounded<'_> {
    /// As many rows as there is room for: those of the least weight first, in their order.
    fn rows<R>(&mut self, name: &'static str, rows: Vec<R>, weight: impl Fn(&R) -> usize) -> Vec<R> {
        if rows.len() <= MOST_ROWS {
            return rows;
        }
        self.0.insert(name, rows.len() - MOST_ROWS);
        let mut places: Vec<(usize, R)> = rows.into_iter().enumerate().collect();
        places.sort_by_key(|(_, row)| weight(row));
        places.truncate(MOST_ROWS);
        places.sort_by_key(|(place, _)| *place);
        places.into_iter().map(|(_, row)| row).collect()
    }
}

/// The chapters that a video of the whole session has.
fn chapters_of(
    recording: &Recording,
    turns: &[crate::timeline::Turn],
    moments: &[Moment],
    clock: &Clock,
) -> Vec<Chapter> {
    let Some(start) = turns.first().map(|turn| turn.from) else { return Vec::new() };
    let span = Span { from: start, to: recording.duration() + TAIL, speed: Speed::NORMAL };
    let Some(map) = TimeMap::new(span, Idle::Keep, &[]) else { return Vec::new() };
    let cues = chapters(&Pages::of(recording, turns), moments, &map);
    let chapter =
        |cue: Cue| Chapter { at_ms: clock.ms(map.video_to_session(cue.from)), title: without_passwords(&cue.text) };
    cues.into_iter().map(chapter).collect()
}
