//! Which picture stands for a session: candidates are found here, purely; the pass shows them, and the best is kept. `docs/stills.md` has the rule for people.

use std::collections::HashMap;

use crate::compose::Busyness;
use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime, Window};
use crate::timeline::{Moment, MomentKind, TimeMap, Turn};

/// A page is looked at when it has not changed for so long: nothing glides or fades in.
const QUIET: SessionTime = SessionTime::from_millis(500);
/// For so long after an error a page may show it.
const SHAKEN: SessionTime = SessionTime::from_millis(5000);
/// How much less such a picture is worth.
const AFTER_ERROR: f64 = 0.25;
/// What a page is worth that was only passed through, against one that was in view all the time.
const PASSED_THROUGH: f64 = 0.25;
/// Visits to pages that are looked at: the longest ones.
const MOST_VISITS: usize = 8;

/// A moment that may become the poster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub at: SessionTime,
    /// What speaks for it before it is seen, above 0, at most 1.25.
    pub weight: f64,
}

/// A page in view.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Visit<'a> {
    window: usize,
    page: &'a str,
    from: SessionTime,
    to: SessionTime,
}

/// Candidates by time, at least one: of each of the longest visits a second after its beginning, its middle and its last quarter, each
/// moved on to when the page stands still. Those of pages that were in view for long are worth more, those soon after an error less.
pub(super) fn candidates(recording: &Recording, turns: &[Turn], map: &TimeMap, moments: &[Moment]) -> Vec<Candidate> {
    let mut visits = visits(recording, turns, map);
    let mut stands: HashMap<&str, i64> = HashMap::new();
    for visit in &visits {
        *stands.entry(visit.page).or_default() += length(visit);
    }
    let all = visits.iter().map(length).sum::<i64>().max(1);
    visits.sort_by_key(|visit| (std::cmp::Reverse(length(visit)), visit.from));
    visits.truncate(MOST_VISITS);
    let mut found = Vec::new();
    for visit in &visits {
        let window = &recording.windows[visit.window];
        let share = stands.get(visit.page).copied().unwrap_or_default() as f64 / all as f64;
        for at in places(visit).into_iter().filter_map(|at| quiet(window, at, visit.to)) {
            let shaken = is_shaken(moments, &window.id, at);
            let weight = (PASSED_THROUGH + share) * if shaken { AFTER_ERROR } else { 1.0 };
            found.push(Candidate { at, weight });
        }
    }
    if found.is_empty() {
        // Never still: what is seen at the middles will do.
        let middle =
            |visit: &Visit<'_>| SessionTime::from_micros(i64::midpoint(visit.from.micros(), visit.to.micros()));
        found.extend(visits.iter().map(|visit| Candidate { at: middle(visit), weight: PASSED_THROUGH }));
    }
    if found.is_empty() {
        found.push(Candidate { at: map.begins(), weight: PASSED_THROUGH });
    }
    found.sort_by_key(|candidate| candidate.at);
    found.dedup_by_key(|candidate| candidate.at);
    found
}

/// How good a poster a picture is; 0 if nothing is to be seen. Ties go to the earlier one.
pub(super) fn score(weight: f64, seen: Busyness) -> f64 {
    // The root: a page full of text is no four times better than one with a quarter of it.
    if seen.is_blank() { 0.0 } else { weight * seen.share.sqrt() }
}

fn length(visit: &Visit<'_>) -> i64 {
    (visit.to - visit.from).micros()
}

/// The pages in view, by time.
fn visits<'a>(recording: &'a Recording, turns: &[Turn], map: &TimeMap) -> Vec<Visit<'a>> {
    let pages: Vec<Vec<(SessionTime, &str)>> = recording.windows.iter().map(pages).collect();
    let ends = turns.iter().skip(1).map(|next| next.from).chain([SessionTime::MAX]);
    let mut visits = Vec::new();
    for (turn, end) in turns.iter().zip(ends) {
        let (from, to) = (turn.from.max(map.begins()), end.min(map.ends()));
        let pages = &pages[turn.window];
        let begun = pages.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        let pages = pages[begun.min(pages.len())..].iter().copied();
        let mut now = Visit { window: turn.window, page: "", from, to };
        for (at, page) in pages.take_while(|(at, _)| *at < to) {
            if at > from && page != now.page {
                visits.push(Visit { to: at, ..now });
                now.from = at;
            }
            now.page = page;
        }
        visits.push(now);
    }
    visits.retain(|visit| visit.from < visit.to);
    visits
}

/// When a window had which page.
fn pages(window: &Window) -> Vec<(SessionTime, &str)> {
    window.events.iter().filter_map(page).collect()
}

fn page(event: &Event) -> Option<(SessionTime, &str)> {
    match &event.kind {
        EventKind::Meta { href, .. } => Some((event.at, href.as_str())),
        _ => None,
    }
}

fn places(visit: &Visit<'_>) -> [SessionTime; 3] {
    let part = |share: i64| visit.from + SessionTime::from_micros(length(visit) / 4 * share);
    [(visit.from + SessionTime::from_millis(1000)).min(part(2)), part(2), part(3)]
}

/// The first moment from `at` on, before `end`, at which the page has not changed for [`QUIET`].
fn quiet(window: &Window, at: SessionTime, end: SessionTime) -> Option<SessionTime> {
    let begun = window.events.partition_point(|event| event.at <= at);
    let (before, after) = window.events.split_at(begun);
    // Back to the last change that counts; what lies further back does not.
    let recent = before.iter().rev().take_while(|event| event.at + QUIET > at);
    let last = recent.into_iter().find(|event| changes(event)).map(|event| event.at);
    let mut still = last.map_or(at, |changed| changed + QUIET);
    for event in after.iter().filter(|event| changes(event)) {
        if event.at > still {
            break;
        }
        still = event.at + QUIET;
    }
    (still < end).then_some(still)
}

fn changes(event: &Event) -> bool {
    match &event.kind {
        EventKind::FullSnapshot | EventKind::Meta { .. } => true,
        EventKind::Incremental(incremental) => matches!(
            incremental,
            Incremental::Mutation
                | Incremental::Scroll
                | Incremental::ViewportResize(_)
                | Incremental::StyleSheetRule
                | Incremental::StyleDeclaration
                | Incremental::AdoptedStyleSheet
        ),
        _ => false,
    }
}

fn is_shaken(moments: &[Moment], window: &str, at: SessionTime) -> bool {
    let begun = moments.partition_point(|moment| moment.at <= at);
    let recent = moments[..begun].iter().rev().take_while(|moment| moment.at + SHAKEN > at);
    recent
        .into_iter()
        .any(|moment| moment.window == window && matches!(moment.kind, MomentKind::Error | MomentKind::Failed))
}

#[cfg(test)]
mod tests;
