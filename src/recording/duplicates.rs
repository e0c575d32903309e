//! Drops what was delivered twice: by an upload that was tried again, or in two files of one session.
//!
//! Only events of one window and one millisecond can be the same. Equal are those of the same type and data: what else
//! stands around them (`delay`, a window's id) differs between ways of delivery.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;

use super::assemble::Draft;
use super::repair::RepairLog;
use super::{EventKind, Incremental, RepairKind, json};

/// Longest run of events of one millisecond that is looked for a second time.
const LONGEST_RUN: usize = 64;

/// Drops repeated events. `drafts` are one window's, by time.
pub(super) fn drop_repeats(drafts: &mut Vec<Draft>, repairs: &mut RepairLog) {
    let mut dropped: Vec<usize> = Vec::new();
    let mut start = 0;
    while start < drafts.len() {
        let rest = &drafts[start..];
        let length = rest.iter().take_while(|draft| draft.timestamp.total_cmp(&rest[0].timestamp).is_eq()).count();
        if length > 1 {
            find_repeats(&rest[..length], start, repairs, &mut dropped);
        }
        start += length;
    }
    if dropped.is_empty() {
        return;
    }
    for place in &dropped {
        repairs.note(RepairKind::Duplicate, Some(drafts[*place].index));
    }
    let (mut place, mut next) = (0, dropped.into_iter().peekable());
    drafts.retain(|_| {
        place += 1;
        next.next_if_eq(&(place - 1)).is_none()
    });
}

/// Adds the places of what is repeated in `moment`, events of one millisecond of which the first has the place `start`.
fn find_repeats(moment: &[Draft], start: usize, repairs: &RepairLog, dropped: &mut Vec<usize>) {
    let keys = keys_of(moment);
    let mut kept: Vec<usize> = (0..moment.len()).collect();
    if repairs.has_files() {
        kept = once_per_file(moment, &keys, repairs);
    }
    let kept = without_runs(moment, &keys, &kept);
    let mut kept = kept.into_iter().peekable();
    dropped.extend((0..moment.len()).filter(|place| kept.next_if_eq(place).is_none()).map(|place| start + place));
}

/// What two files have in common is there once: of equal events as many are kept as the file with the most of them has.
/// That holds for every kind of event, for one file is never told twice what another tells once.
fn once_per_file(moment: &[Draft], keys: &[u64], repairs: &RepairLog) -> Vec<usize> {
    let mut order: Vec<(u64, usize, usize)> =
        keys.iter().enumerate().map(|(place, key)| (*key, repairs.file_of(moment[place].index), place)).collect();
    order.sort_unstable();
    let mut kept = Vec::with_capacity(moment.len());
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let most = equal.chunk_by(|a, b| a.1 == b.1).map(<[_]>::len).max().unwrap_or(0);
        let mut places: Vec<usize> = equal.iter().map(|(.., place)| *place).collect();
        places.sort_unstable();
        kept.extend(places.into_iter().take(most));
    }
    kept.sort_unstable();
    kept
}

/// Leaves out a run of events that comes again directly after itself: `a b a b` is one upload made twice. `a b a` is not: a
/// page may set an attribute to and fro within a millisecond. Of a run that comes again, the events are kept that do more if
/// shown twice; see [`is_idempotent`].
fn without_runs(moment: &[Draft], keys: &[u64], places: &[usize]) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::with_capacity(places.len());
    let mut at = 0;
    while at < places.len() {
        let most = LONGEST_RUN.min(kept.len()).min(places.len() - at);
        let run = (1..=most).find(|length| {
            let (before, after) = (&kept[kept.len() - length..], &places[at..at + length]);
            before.iter().zip(after).all(|(a, b)| keys[*a] == keys[*b])
        });
        match run {
            Some(length) if places[at..at + length].iter().any(|place| is_idempotent(&moment[*place].kind)) => {
                kept.extend(places[at..at + length].iter().filter(|place| !is_idempotent(&moment[**place].kind)));
                at += length;
            }
            _ => {
                kept.push(places[at]);
                at += 1;
            }
        }
    }
    kept
}

/// A number per event, the same for equal ones. Text is read only where the kinds are the same: a large snapshot shares
/// its millisecond with its meta event.
fn keys_of(moment: &[Draft]) -> Vec<u64> {
    let kinds: Vec<u64> = moment
        .iter()
        .map(|draft| {
            let mut hasher = DefaultHasher::new();
            discriminant(&draft.kind).hash(&mut hasher);
            if let EventKind::Incremental(incremental) = &draft.kind {
                discriminant(incremental).hash(&mut hasher);
            }
            hasher.finish()
        })
        .collect();
    let mut order: Vec<(u64, usize)> = kinds.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut keys = kinds;
    for alike in order.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        for (_, place) in alike {
            keys[*place] = hash_of(&moment[*place]);
        }
    }
    keys
}

fn hash_of(draft: &Draft) -> u64 {
    let mut hasher = DefaultHasher::new();
    let text = std::str::from_utf8(&draft.json).unwrap_or_default();
    json::members(text, ["type", "data"]).hash(&mut hasher);
    hasher.finish()
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
