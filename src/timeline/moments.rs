//! The moments of a session that are worth looking at: found by pure rules, each with its thresholds.
//!
//! `docs/moments.md` says for each kind what counts, where the thresholds come from, and what a recording cannot tell.

mod custom;
mod dead;
mod errors;
mod idle;
mod kind;
mod listed;
mod network;
mod pages;
mod rage;
mod reactions;
mod submit;
mod thresholds;

#[cfg(test)]
mod tests;

pub use kind::MomentKind;
pub use listed::{ListedMoment, distinct_id};
pub use thresholds::Thresholds;

use super::addresses::Addresses;
use super::{clicks, elements, payload};
use crate::recording::{EventKind, Incremental, Recording, SessionTime, Window};
use custom::Told;
use network::Request;
use payload::Reader;

/// Something that happened in a session and that somebody may look for.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// What it is.
    pub kind: MomentKind,
    /// When it began.
    pub at: SessionTime,
    /// The id of the window in which it happened.
    pub window: String,
    /// The URL of the page that stood there then, as far as the recording says it; at most 2,048 characters.
    pub url: Option<String>,
    /// A short text for people: the message of an error, the request, the element that was clicked. At most 200 characters, on
    /// one line.
    pub label: String,
    /// The node that it is about, as the recording numbers it.
    pub node: Option<i64>,
    /// Where the pointer was, CSS px in the node's own document.
    pub position: Option<(f64, f64)>,
    /// When it was over, for what lasts.
    pub until: Option<SessionTime>,
}

impl Moment {
    /// Window and URL are filled in by [`moments`].
    fn new(kind: MomentKind, at: SessionTime, label: &str) -> Self {
        Self {
            kind,
            at,
            window: String::new(),
            url: None,
            label: payload::bounded(label, payload::LONGEST_LABEL),
            node: None,
            position: None,
            until: None,
        }
    }

    /// Whether a person who names it `label` means this one: by the whole of its label, or by either half of `TAG: NAME`.
    pub fn is_called(&self, label: &str) -> bool {
        self.label == label
            || self.label.strip_prefix(label).is_some_and(|rest| rest.starts_with(": "))
            || self.label.strip_suffix(label).is_some_and(|rest| rest.ends_with(": "))
    }
}

/// The moments of a recording, by time; of those at one time, the gravest first.
///
/// Takes time in proportion to the recording's length. Full snapshots are read only in windows in which somebody clicked.
pub fn moments(recording: &Recording, thresholds: &Thresholds) -> Vec<Moment> {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    let mut addresses = Vec::with_capacity(recording.windows.len());
    for (index, window) in recording.windows.iter().enumerate() {
        let known = Addresses::of(window, &mut reader);
        let of_window = in_window(recording, index, window, thresholds, &mut reader);
        found.extend(of_window.into_iter().map(|moment| (index, moment)));
        addresses.push(known);
    }
    found.extend(pages::switches(recording));
    found.extend(idle::gaps(recording, thresholds));
    let end = recording.duration();
    let place = |(index, mut moment): (usize, Moment)| {
        moment.at = moment.at.clamp(SessionTime::ZERO, end);
        moment.until = moment.until.map(|until| until.clamp(moment.at, end));
        if let Some(window) = recording.windows.get(index) {
            moment.window.clone_from(&window.id);
        }
        moment.url = addresses.get(index).and_then(|known| known.at(moment.at)).map(str::to_owned);
        moment
    };
    let mut moments: Vec<Moment> = found.into_iter().map(place).collect();
    // Stable: what is alike in both stays in the order of the windows and their events.
    moments.sort_by_key(|moment| (moment.at, moment.kind));
    moments
}

fn in_window(
    recording: &Recording,
    index: usize,
    window: &Window,
    thresholds: &Thresholds,
    reader: &mut Reader,
) -> Vec<Moment> {
    let mut moments = pages::seen(window);
    let mut requests: Vec<Request> = Vec::new();
    for event in &window.events {
        match &event.kind {
            EventKind::Plugin { plugin } if errors::is_console(plugin) => moments.extend(errors::of(event, reader)),
            EventKind::Incremental(Incremental::Log) => moments.extend(errors::of(event, reader)),
            EventKind::Plugin { plugin } if network::is_network(plugin) => {
                requests.extend(network::of_plugin(event, recording.started_at_ms, reader));
            }
            EventKind::Custom { tag } => match custom::told(event, tag, reader) {
                Some(Told::Moment(moment)) => moments.push(moment),
                Some(Told::Request(request)) => requests.push(request),
                None => {}
            },
            _ => {}
        }
    }
    moments.extend(requests.iter().flat_map(|request| network::moments(request, thresholds)));
    let clicks = clicks::of(window);
    if clicks.is_empty() {
        return moments;
    }
    let targets = elements::targets(window, &clicks, reader);
    let reactions = reactions::after(recording, index, &clicks);
    moments.extend(rage::of(&clicks, &targets, thresholds));
    moments.extend(dead::of(window, &clicks, &targets, &reactions, thresholds));
    moments.extend(submit::of(&clicks, &targets, &reactions, &requests, thresholds));
    moments
}
