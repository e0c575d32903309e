//! What the page did after a click.

use super::clicks::Click;
use crate::recording::{Event, EventKind, Incremental, Recording, SessionTime, Window};

/// When something answered a click first.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reaction {
    /// The page changed, or another came, here or in a new window.
    pub change: Option<SessionTime>,
    /// It was scrolled or a text selected, which the person may have done.
    pub weak: Option<SessionTime>,
}

#[derive(Clone, Copy, PartialEq)]
enum Strength {
    Change,
    Weak,
}

fn strength(event: &Event) -> Option<Strength> {
    match &event.kind {
        EventKind::FullSnapshot | EventKind::Meta { .. } => Some(Strength::Change),
        // A tab that went out of view: another one was opened in front, or a window.
        EventKind::Custom { tag } => {
            let is_change = matches!(
                tag.as_str(),
                "window hidden" | "window visible" | "$pageview" | "$url_changed" | "rrweb/fullscreen"
            );
            is_change.then_some(Strength::Change)
        }
        EventKind::Incremental(change) => match change {
            Incremental::Scroll | Incremental::Selection => Some(Strength::Weak),
            Incremental::Mutation
            | Incremental::Input
            | Incremental::MediaInteraction
            | Incremental::StyleSheetRule
            | Incremental::StyleDeclaration
            | Incremental::AdoptedStyleSheet
            | Incremental::CanvasMutation
            | Incremental::ViewportResize(_) => Some(Strength::Change),
            _ => None,
        },
        _ => None,
    }
}

/// The reaction to each of a window's clicks. One step for each event.
pub(super) fn after(recording: &Recording, window: usize, clicks: &[Click]) -> Vec<Reaction> {
    let Some(here) = recording.windows.get(window) else { return Vec::new() };
    let mut opened: Vec<SessionTime> = recording.windows.iter().filter_map(begin).collect();
    opened.sort_unstable();
    let mut reactions = vec![Reaction::default(); clicks.len()];
    let mut next = Reaction::default();
    let mut events = here.events.iter().enumerate().rev().peekable();
    for (click, reaction) in clicks.iter().zip(&mut reactions).rev() {
        while let Some((_, event)) = events.next_if(|(index, _)| *index > click.event) {
            match strength(event) {
                Some(Strength::Change) => next.change = Some(event.at),
                Some(Strength::Weak) => next.weak = Some(event.at),
                None => {}
            }
        }
        let elsewhere = opened.get(opened.partition_point(|at| *at < click.at)).copied();
        *reaction = Reaction { change: earlier(next.change, elsewhere), ..next };
    }
    before_the_click(here, clicks, &mut reactions);
    reactions
}

/// Some pages answer the button going down already.
fn before_the_click(window: &Window, clicks: &[Click], reactions: &mut [Reaction]) {
    let mut last = Reaction::default();
    let mut events = window.events.iter().enumerate().peekable();
    for (click, reaction) in clicks.iter().zip(reactions) {
        while let Some((_, event)) = events.next_if(|(index, _)| *index < click.event) {
            match strength(event) {
                Some(Strength::Change) => last.change = Some(event.at),
                Some(Strength::Weak) => last.weak = Some(event.at),
                None => {}
            }
        }
        let since_press = |at: &SessionTime| *at >= click.pressed_at && *at < click.at;
        if last.change.as_ref().is_some_and(since_press) {
            reaction.change = Some(click.at);
        }
        if last.weak.as_ref().is_some_and(since_press) {
            reaction.weak = Some(click.at);
        }
    }
}

fn begin(window: &Window) -> Option<SessionTime> {
    window.events.first().map(|event| event.at)
}

fn earlier(a: Option<SessionTime>, b: Option<SessionTime>) -> Option<SessionTime> {
    a.into_iter().chain(b).min()
}
