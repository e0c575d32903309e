//! Events in source order to windows in session time, with what is broken put right.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::repair::RepairLog;
use super::{Event, EventKind, Incremental, Limits, RepairKind, SessionTime, Window, json, viewports};

/// The name of the only window where the format knows no windows.
pub(super) const ONLY_WINDOW: &str = "main";
/// What is left of a gap in which the clock jumped.
const COLLAPSED_GAP_MS: f64 = 1000.0;

/// An event that has a time, but not yet a session time.
#[derive(Debug)]
pub(super) struct Draft {
    /// On the recording's clock, ms since 1970-01-01 UTC.
    pub(super) timestamp: f64,
    pub(super) index: u32,
    pub(super) kind: EventKind,
    pub(super) json: Bytes,
}

/// Splits `drafts` into windows and gives every event its session time.
/// Returns the recording's clock at session time zero (ms since 1970-01-01 UTC) and the windows by their first events.
pub(super) fn assemble(
    drafts: Vec<(Option<Arc<str>>, Draft)>,
    limits: &Limits,
    repairs: &mut RepairLog,
) -> (f64, Vec<Window>) {
    let mut windows = by_window(drafts);
    for (_, drafts) in &mut windows {
        sort(drafts, repairs);
        drop_repeats(drafts, repairs);
    }
    let clock = Clock::of(windows.iter().flat_map(|(_, drafts)| drafts), limits, repairs);
    let mut windows: Vec<Window> = windows
        .into_iter()
        .map(|(id, drafts)| {
            let mut events: Vec<Event> = drafts.into_iter().map(|draft| clock.place(draft)).collect();
            viewports::synthesise_meta(&id, &mut events, clock.start, repairs);
            viewports::sanitise(&mut events, repairs);
            Window { id: id.as_ref().to_owned(), events }
        })
        .collect();
    windows.sort_by_key(|window| window.events.first().map(|event| (event.at, event.index)));
    (clock.start, windows)
}

fn by_window(drafts: Vec<(Option<Arc<str>>, Draft)>) -> Vec<(Arc<str>, Vec<Draft>)> {
    let only: Arc<str> = ONLY_WINDOW.into();
    let mut places: HashMap<Arc<str>, usize> = HashMap::new();
    let mut windows: Vec<(Arc<str>, Vec<Draft>)> = Vec::new();
    for (window, draft) in drafts {
        let id = window.unwrap_or_else(|| only.clone());
        let place = *places.entry(id.clone()).or_insert_with(|| {
            windows.push((id, Vec::new()));
            windows.len() - 1
        });
        windows[place].1.push(draft);
    }
    windows
}

/// Stable, so that events of one millisecond stay in the order in which they were recorded: a meta event before its snapshot.
fn sort(drafts: &mut [Draft], repairs: &mut RepairLog) {
    let mut latest = f64::NEG_INFINITY;
    for draft in drafts.iter() {
        if draft.timestamp < latest {
            repairs.note(RepairKind::OutOfOrder, Some(draft.index));
        }
        latest = latest.max(draft.timestamp);
    }
    drafts.sort_by(|a, b| a.timestamp.total_cmp(&b.timestamp));
}

/// Retried uploads deliver events twice.
fn drop_repeats(drafts: &mut Vec<Draft>, repairs: &mut RepairLog) {
    drafts.dedup_by(|draft, before| {
        let repeats = is_idempotent(&draft.kind)
            && draft.timestamp.total_cmp(&before.timestamp).is_eq()
            && draft.json == before.json;
        if repeats {
            repairs.note(RepairKind::Duplicate, Some(draft.index));
        }
        repeats
    });
}

/// Whether showing the event once is the same as showing it twice. Deleting a style rule by its number or drawing half
/// transparent twice in a millisecond is not, and a page may well log the same line twice.
fn is_idempotent(kind: &EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Custom { .. }
            | EventKind::Plugin { .. }
            | EventKind::Other(_)
            | EventKind::Incremental(
                Incremental::StyleSheetRule | Incremental::CanvasMutation | Incremental::Log | Incremental::Other(_)
            )
    )
}

/// The map from the recording's clock to session time.
#[derive(Debug)]
struct Clock {
    start: f64,
    /// Stretches without a jump: first time on the recording's clock, and its session time in ms. By time; never empty.
    stretches: Vec<(f64, f64)>,
}

impl Clock {
    fn of<'d>(drafts: impl Iterator<Item = &'d Draft>, limits: &Limits, repairs: &mut RepairLog) -> Self {
        let mut times: Vec<(f64, u32)> = drafts.map(|draft| (draft.timestamp, draft.index)).collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let start = times.first().map_or(0.0, |(time, _)| *time);
        let mut stretches = vec![(start, 0.0)];
        let mut stretch = (start, 0.0);
        for pair in times.windows(2) {
            let [(before, _), (after, index)] = *pair else {
                continue;
            };
            if after - before > limits.longest_gap.millis() {
                stretch = (after, stretch.1 + (before - stretch.0) + COLLAPSED_GAP_MS);
                stretches.push(stretch);
                repairs.note(RepairKind::ClockJump { from_ms: before as i64, to_ms: after as i64 }, Some(index));
            }
        }
        Self { start, stretches }
    }

    fn place(&self, draft: Draft) -> Event {
        let Draft { timestamp, index, mut kind, mut json } = draft;
        let following = self.stretches.partition_point(|(from, _)| *from <= timestamp);
        let (from, base) = self.stretches[following.saturating_sub(1)];
        let millis = base + (timestamp - from);
        let at = SessionTime::from_millis_f64(millis);
        if let EventKind::Incremental(Incremental::Pointer { samples, .. }) = &mut kind {
            for sample in samples {
                sample.at = (at + sample.at).max(SessionTime::ZERO);
            }
        }
        if following > 1 {
            json = with_timestamp(&json, self.start + millis);
        }
        Event { at, index, kind, json }
    }
}

/// The event with another `timestamp`.
fn with_timestamp(json: &Bytes, timestamp: f64) -> Bytes {
    match std::str::from_utf8(json) {
        Ok(text) => Bytes::from(json::with_member(text, "timestamp", &timestamp.to_string())),
        Err(_) => json.clone(),
    }
}
