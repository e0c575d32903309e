//! Pages, sizes and windows: what the recording says outright.

use super::{Moment, MomentKind};
use crate::recording::{EventKind, Recording, Window};
use crate::timeline::follow;

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
