//! Events in source order to windows in session time, with what is broken put right.

use std::sync::Arc;

use bytes::Bytes;

use super::repair::RepairLog;
use super::{
    Event, EventKind, Incremental, Limits, RepairKind, SessionTime, Window, duplicates, extensions, json, mobile,
    split, viewports,
};

/// The name of the only window where the format knows no windows.
pub(super) const ONLY_WINDOW: &str = "main";
/// What is left of a gap in which the clock jumped.
const COLLAPSED_GAP_MS: f64 = 1000.0;
/// Times below this are in seconds (in ms it would be April 1970, in seconds the year 2286), as Sentry tells them apart.
const LATEST_SECONDS: f64 = 9_999_999_999.0;

/// An event that has a time, but not yet a session time. As large as an [`Event`], so that one becomes the other in place.
#[derive(Debug)]
pub(super) struct Draft {
    /// On the recording's clock, ms since 1970-01-01 UTC.
    pub(super) timestamp: f64,
    pub(super) index: u32,
    /// Its place in the list of windows.
    pub(super) window: u32,
    pub(super) kind: EventKind,
    pub(super) json: Bytes,
}

impl Draft {
    /// The window of an event for which neither it nor its container names one.
    pub(super) const NO_WINDOW: u32 = u32::MAX;
}

/// Splits `drafts` into windows and gives every event its session time. `names` are the windows' ids, as drafts refer to them.
/// Returns the recording's clock at session time zero (ms since 1970-01-01 UTC) and the windows by their first events.
pub(super) fn assemble(
    mut drafts: Vec<Draft>,
    names: &[Arc<str>],
    limits: &Limits,
    repairs: &mut RepairLog,
) -> (f64, Vec<Window>) {
    mend_seconds(&mut drafts, repairs);
    let mut windows = by_window(drafts, names);
    for (id, drafts) in &mut windows {
        sort(drafts, repairs);
        duplicates::drop_repeats(drafts, repairs);
        mobile::transform(id, drafts, limits, repairs);
    }
    let clock = Clock::of(windows.iter().flat_map(|(_, drafts)| drafts), limits, repairs);
    let mut windows: Vec<Window> = windows
        .into_iter()
        .map(|(id, drafts)| {
            let mut events: Vec<Event> = drafts.into_iter().map(|draft| clock.place(draft)).collect();
            viewports::synthesise_meta(&id, &mut events, clock.start, repairs);
            viewports::sanitise(&mut events, repairs);
            extensions::strip(&mut events, repairs);
            split::split(&mut events, limits.mutation_adds, repairs);
            Window { id, events }
        })
        .collect();
    windows.sort_by_key(|window| window.events.first().map(|event| (event.at, event.index)));
    (clock.start, windows)
}

/// Custom events of Sentry may have their time in seconds while all else is in ms; taken at its word, one of them would start the
/// session in 1970.
fn mend_seconds(drafts: &mut [Draft], repairs: &mut RepairLog) {
    let in_ms = drafts.iter().any(|draft| draft.kind == EventKind::FullSnapshot && draft.timestamp > LATEST_SECONDS);
    if !in_ms {
        return;
    }
    for draft in drafts {
        if matches!(draft.kind, EventKind::Custom { .. }) && (1e9..LATEST_SECONDS).contains(&draft.timestamp) {
            draft.timestamp *= 1000.0;
            draft.json = with_timestamp(&draft.json, draft.timestamp);
            repairs.note(RepairKind::SecondsTimestamp, Some(draft.index));
        }
    }
}

/// The windows in the order of their first drafts.
fn by_window(drafts: Vec<Draft>, names: &[Arc<str>]) -> Vec<(String, Vec<Draft>)> {
    let name = |window: u32| names.get(window as usize).map_or(ONLY_WINDOW, |name| name).to_owned();
    // Mostly there is one: then nothing is moved.
    let Some(first) = drafts.first().map(|draft| draft.window) else {
        return Vec::new();
    };
    if drafts.iter().all(|draft| draft.window == first) {
        return vec![(name(first), drafts)];
    }
    let mut sizes = vec![0; names.len() + 1];
    let slot = |draft: &Draft| (draft.window as usize).min(names.len());
    for draft in &drafts {
        sizes[slot(draft)] += 1;
    }
    let mut windows: Vec<Vec<Draft>> = sizes.into_iter().map(Vec::with_capacity).collect();
    for draft in drafts {
        let slot = slot(&draft);
        windows[slot].push(draft);
    }
    // A window may be called what the nameless one is called.
    let mut separate: Vec<(String, Vec<Draft>)> = Vec::new();
    for drafts in windows.into_iter().filter(|drafts| !drafts.is_empty()) {
        let name = name(drafts[0].window);
        let same = if name == ONLY_WINDOW { separate.iter_mut().find(|(known, _)| *known == name) } else { None };
        match same {
            Some((_, known)) => known.extend(drafts),
            None => separate.push((name, drafts)),
        }
    }
    separate
}

/// Stable, so that events of one millisecond stay in the order in which they were recorded: a meta event before its snapshot.
fn sort(drafts: &mut [Draft], repairs: &mut RepairLog) {
    let (mut latest, mut file) = (f64::NEG_INFINITY, None);
    for draft in drafts.iter() {
        // Files may be given in any order; only within one going back in time is a fault.
        let of = repairs.has_files().then(|| repairs.file_of(draft.index));
        if std::mem::replace(&mut file, of) != of {
            latest = f64::NEG_INFINITY;
        }
        if draft.timestamp < latest {
            repairs.note(RepairKind::OutOfOrder, Some(draft.index));
        }
        latest = latest.max(draft.timestamp);
    }
    drafts.sort_by(|a, b| a.timestamp.total_cmp(&b.timestamp));
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
        let Draft { timestamp, index, mut kind, mut json, .. } = draft;
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
