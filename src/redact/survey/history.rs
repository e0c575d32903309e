//! What stood in each text and field of a page, version by version, and which characters of it turned out to be part of a found value.
//!
//! Who types an address shows its beginning long before it is an address. So what is found in one version is carried to the versions
//! before it, as far as they share characters, and to those after it, until they share none.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::taint::{Taint, carried, overlaid};
use super::super::tape::Tape;
use crate::recording::Event;

/// Something in a page that has a text, which changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    /// A text node.
    Text(i64),
    /// The value of a form field.
    Value(i64),
    /// An attribute.
    Attribute(i64, Box<str>),
}

/// A string in an event: the event's place in its window, and the bytes of its JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Written {
    pub(in super::super) event: u32,
    pub(in super::super) start: u32,
    pub(in super::super) end: u32,
}

/// Strings of which parts are to be redacted, by event and first byte.
pub(in super::super) type Touched = HashMap<(u32, u32), Vec<Taint>>;

/// Versions that what is found is carried back over, at most: beyond them it is found by itself, or was carried when it was shorter.
const MOST_STEPS_BACK: usize = 2000;

#[derive(Debug, Default)]
struct Track {
    versions: Vec<Written>,
    /// Of the last version.
    taints: Vec<Taint>,
}

/// All slots of a window's page.
#[derive(Debug)]
pub(super) struct History<'e> {
    events: &'e [Event],
    tracks: HashMap<Slot, Track>,
    /// Of the page before, while a new one is read.
    aside: HashMap<Slot, Track>,
    pub(super) touched: Touched,
}

impl<'e> History<'e> {
    pub(super) fn new(events: &'e [Event]) -> Self {
        Self { events, tracks: HashMap::new(), aside: HashMap::new(), touched: Touched::new() }
    }

    /// A full snapshot begins anew; what was there can be [`Self::resume`]d until [`Self::drop_aside`].
    pub(super) fn set_aside(&mut self) {
        self.aside = std::mem::take(&mut self.tracks);
    }

    pub(super) fn drop_aside(&mut self) {
        self.aside.clear();
    }

    /// A slot of the new snapshot goes on where one of before ended.
    pub(super) fn resume(&mut self, slot: Slot, before: &Slot) {
        if let Some(track) = self.aside.remove(before) {
            self.join(slot, track);
        }
    }

    pub(super) fn forget(&mut self, slot: &Slot) {
        self.tracks.remove(slot);
    }

    /// `slot` goes on where `before` ended: the page has drawn it anew.
    pub(super) fn continues(&mut self, slot: Slot, before: &Slot) {
        if let Some(track) = self.tracks.remove(before) {
            self.join(slot, track);
        }
    }

    fn join(&mut self, slot: Slot, mut earlier: Track) {
        let Some(own) = self.tracks.remove(&slot) else { return };
        if let (false, Some(last), Some(first)) =
            (earlier.taints.is_empty(), earlier.versions.last(), own.versions.first())
        {
            let (old, new) = (characters(self.events, *last), characters(self.events, *first));
            earlier.taints = carried(&earlier.taints, &old, &new);
            // It may be another text at the same place, which by chance begins alike.
            let alike: u32 = earlier.taints.iter().map(|taint| taint.chars.end - taint.chars.start).sum();
            if (alike as usize) * 2 < new.len() {
                earlier.taints.clear();
            }
            if !earlier.taints.is_empty() {
                self.touched.insert((first.event, first.start), earlier.taints.clone());
            }
        }
        earlier.taints = overlaid(&earlier.taints, &own.taints);
        earlier.versions.extend(own.versions);
        self.tracks.insert(slot, earlier);
    }

    /// The fields that hold another value than at first.
    pub(super) fn changed_values(&self) -> Vec<i64> {
        let changed = self.tracks.iter().filter(|(_, track)| track.versions.len() > 1);
        let mut ids: Vec<i64> =
            changed.filter_map(|(slot, _)| if let Slot::Value(id) = slot { Some(*id) } else { None }).collect();
        ids.sort_unstable();
        ids
    }

    /// The slot has a new text.
    pub(super) fn write(&mut self, slot: Slot, version: Written) {
        let events = self.events;
        let track = self.tracks.entry(slot).or_default();
        if !track.taints.is_empty()
            && let Some(before) = track.versions.last()
        {
            let (old, new) = (characters(events, *before), characters(events, version));
            track.taints = carried(&track.taints, &old, &new);
            if !track.taints.is_empty() {
                self.touched.insert((version.event, version.start), track.taints.clone());
            }
        }
        track.versions.push(version);
    }

    /// The slot's text as it is.
    pub(super) fn text(&self, slot: &Slot) -> Option<Cow<'e, str>> {
        self.tracks.get(slot)?.versions.last().and_then(|version| text_of(self.events, *version))
    }

    /// Whether the slot has had another text before.
    pub(super) fn has_changed(&self, slot: &Slot) -> bool {
        self.tracks.get(slot).is_some_and(|track| track.versions.len() > 1)
    }

    /// These characters of the slot's text are part of found values.
    pub(super) fn found(&mut self, slot: &Slot, found: &[Taint]) {
        let events = self.events;
        let Some(track) = self.tracks.get_mut(slot) else { return };
        let all = overlaid(&track.taints, found);
        if all == track.taints {
            return;
        }
        track.taints = all;
        let mut later: Option<(Vec<char>, Vec<Taint>)> = None;
        for version in track.versions.iter().rev().take(MOST_STEPS_BACK) {
            let text = characters(events, *version);
            let taints = match &later {
                Some((after, taints)) => carried(taints, after, &text),
                None => found.to_vec(),
            };
            if taints.is_empty() {
                break;
            }
            let known = self.touched.entry((version.event, version.start)).or_default();
            *known = overlaid(known, &taints);
            later = Some((text, taints));
        }
    }
}

fn characters(events: &[Event], version: Written) -> Vec<char> {
    text_of(events, version).unwrap_or_default().chars().collect()
}

/// The string that stands there.
pub(in super::super) fn text_of(events: &[Event], version: Written) -> Option<Cow<'_, str>> {
    let json = &events.get(version.event as usize)?.json;
    // Only the string: an event may be megabytes, and each of its strings is asked for.
    let raw = std::str::from_utf8(json.get(version.start as usize..version.end as usize)?).ok()?;
    let plain = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !plain.contains('\\') {
        return Some(Cow::Borrowed(plain));
    }
    Some(Cow::Owned(Tape::default().read(raw)?.string().into_owned()))
}
