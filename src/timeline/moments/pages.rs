//! Pages, sizes and windows: what the recording says outright.

use super::payload::{self, LONGEST_URL, Reader};
use super::{Moment, MomentKind};
use crate::recording::{EventKind, Recording, SessionTime, Window};
use crate::timeline::follow;

/// Written by PostHog's recorder where a page changes its URL without being loaded.
const NEW_URL: [&str; 2] = ["$pageview", "$url_changed"];

/// Which URL a window had when.
#[derive(Debug, Default, Clone)]
pub struct Addresses {
    /// By time.
    since: Vec<(SessionTime, String)>,
}

impl Addresses {
    /// Reads what a window's events say of it.
    pub fn of_window(window: &Window) -> Self {
        Self::of(window, &mut Reader::default())
    }

    pub(in crate::timeline) fn of(window: &Window, reader: &mut Reader) -> Self {
        let mut since: Vec<(SessionTime, String)> = Vec::new();
        for event in &window.events {
            let href = match &event.kind {
                EventKind::Meta { href, .. } => Some(payload::bounded(href, LONGEST_URL)),
                EventKind::Custom { tag } if NEW_URL.contains(&tag.as_str()) => {
                    reader.payload(event).and_then(|told| payload::text(told, &["href", "url"]))
                }
                _ => None,
            };
            if let Some(href) = href.filter(|href| !href.is_empty())
                && since.last().is_none_or(|last| last.1 != href)
            {
                since.push((event.at, href));
            }
        }
        Self { since }
    }

    /// By time, no address twice in a row.
    pub(in crate::timeline) fn into_list(self) -> Vec<(SessionTime, String)> {
        self.since
    }

    /// The URL at a moment, at most 2,048 characters; `None` before the first is known.
    pub fn at(&self, at: SessionTime) -> Option<&str> {
        let begun = self.since.partition_point(|(since, _)| *since <= at);
        self.since.get(begun.checked_sub(1)?).map(|(_, href)| href.as_str())
    }
}

/// Pages opened and changes of size. The pages are those that `page:N` counts.
pub(super) fn seen(window: &Window) -> Vec<Moment> {
    let mut moments = Vec::new();
    let (mut page, mut size) = (None, None);
    for event in &window.events {
        if let EventKind::Meta { href, .. } = &event.kind
            && page != Some(href)
        {
            page = Some(href);
            moments.push(Moment::new(MomentKind::Page, event.at, href));
        }
        if let Some(viewport) = event.viewport().filter(|viewport| size != Some(*viewport)) {
            // The first one is no change.
            if size.is_some() {
                let label = format!("{}x{}", viewport.width, viewport.height);
                moments.push(Moment::new(MomentKind::Viewport, event.at, &label));
            }
            size = Some(viewport);
        }
    }
    moments
}

/// Where the view goes to another window, with that window's index.
pub(super) fn switches(recording: &Recording) -> Vec<(usize, Moment)> {
    let switch = |turn: crate::timeline::Turn| {
        let label = format!("to window {} of {}", turn.window + 1, recording.windows.len());
        (turn.window, Moment::new(MomentKind::Window, turn.from, &label))
    };
    follow(recording).into_iter().skip(1).map(switch).collect()
}
