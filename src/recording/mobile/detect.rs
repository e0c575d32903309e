//! Whether events come from a phone: they say so themselves.

use bytes::Bytes;

use super::super::assemble::Draft;
use super::super::json::{self, members};
use super::super::{EventKind, Incremental};
use super::wireframe::{Wireframe, Wireframes};

/// Whether an event shows a phone's whole screen: to be told from its text alone, before events are in order.
pub(in super::super) fn is_screenshot(draft: &Draft) -> bool {
    draft.kind == EventKind::Incremental(Incremental::Mutation) && {
        let mut found = false;
        each_wireframe(data_of(&draft.json), |wireframe| {
            found |= Wireframes::read(wireframe, 1).list.iter().any(Wireframe::is_screenshot);
        });
        found
    }
}

/// Whether a window is a phone's. Decided by the first event that can be of one kind only, so that a web recording is not gone through.
pub(super) fn is_mobile(drafts: &[Draft]) -> bool {
    for draft in drafts {
        match draft.kind {
            EventKind::FullSnapshot => {
                let mut kind = None;
                // A fault ends the object; what was seen before it holds.
                let _ = json::each_member(data_of(&draft.json), |key, _| {
                    kind = match key {
                        "wireframes" => Some(true),
                        "node" => Some(false),
                        _ => None,
                    };
                    kind.is_none()
                });
                if let Some(kind) = kind {
                    return kind;
                }
            }
            EventKind::Incremental(Incremental::Mutation) => {
                let mut found = false;
                each_wireframe(data_of(&draft.json), |_| found = true);
                if found {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// The text of an event's data.
pub(super) fn data_of(json: &Bytes) -> &str {
    std::str::from_utf8(json).ok().and_then(|text| members(text, ["data"])[0]).unwrap_or("null")
}

/// Calls `visit` with the text of each wireframe that a mutation adds or updates.
fn each_wireframe<'a>(data: &'a str, mut visit: impl FnMut(&'a str)) {
    // Cheaper than a look at each node of a web page's mutation; a text that says so is seen through below.
    if !data.contains("\"wireframe\"") {
        return;
    }
    for list in members(data, ["adds", "updates"]).into_iter().flatten() {
        // A fault ends the list; what was seen before it holds.
        let _ = json::each_element(list, |item| {
            if let [Some(wireframe)] = members(item, ["wireframe"]) {
                visit(wireframe);
            }
        });
    }
}
