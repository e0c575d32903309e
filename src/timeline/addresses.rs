//! Where a window was.

use super::payload::{self, LONGEST_URL, Reader};
use crate::recording::{EventKind, SessionTime, Window};

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

    pub(super) fn of(window: &Window, reader: &mut Reader) -> Self {
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

    /// Each with the moment from which it holds, by time.
    pub(super) fn all(&self) -> impl Iterator<Item = (SessionTime, &str)> {
        self.since.iter().map(|(since, href)| (*since, href.as_str()))
    }

    /// The URL at a moment, at most 2,048 characters; `None` before the first is known.
    pub fn at(&self, at: SessionTime) -> Option<&str> {
        let begun = self.since.partition_point(|(since, _)| *since <= at);
        self.since.get(begun.checked_sub(1)?).map(|(_, href)| href.as_str())
    }
}
