//! When the picture of a moment is taken, so that it shows what the moment is about. (`docs/stills.md` has the rules for people.)

use super::{Moment, MomentKind};
use crate::recording::{Event, EventKind, Incremental, SessionTime, Window};

/// How long a page that was opened, came into view or got another size is left to find its shape.
const SETTLES_IN: SessionTime = SessionTime::from_millis(1000);
/// A picture of what stood before something happened is taken so long before it.
const JUST_BEFORE: SessionTime = SessionTime::from_millis(1);

/// When to take the picture of a moment of this window. May lie before the window's first full snapshot, and after its last event.
///
/// Pages, windows and sizes: a second later, or just before the person does something to the page or it is replaced, if that is sooner; a
/// page is counted from its full snapshot. Rage: at its last click. Slow: when the answer came, so that the picture shows what was
/// looked at meanwhile. All else: at its own time.
pub fn portrait_at(moment: &Moment, window: &Window) -> SessionTime {
    match moment.kind {
        MomentKind::Page | MomentKind::Window | MomentKind::Viewport => settled(moment, window),
        MomentKind::Rage | MomentKind::Slow => moment.until.unwrap_or(moment.at),
        MomentKind::Error
        | MomentKind::Failed
        | MomentKind::Dead
        | MomentKind::Submit
        | MomentKind::Marker
        | MomentKind::Idle => moment.at,
    }
}

fn settled(moment: &Moment, window: &Window) -> SessionTime {
    let begun = window.events.partition_point(|event| event.at < moment.at);
    let later = window.events.get(begun..).unwrap_or_default();
    let built = if moment.kind == MomentKind::Page { built(moment.at, later) } else { moment.at };
    let until = built + SETTLES_IN;
    let after = later.iter().filter(|event| event.at > built).take_while(|event| event.at <= until);
    match after.into_iter().find(|event| disturbs(event)) {
        Some(event) => (event.at - JUST_BEFORE).max(built),
        None => until,
    }
}

/// When the page that begins at `at` stood: with its full snapshot, if that comes before the next page.
fn built(at: SessionTime, later: &[Event]) -> SessionTime {
    let next_page = |event: &&Event| event.at > at && matches!(event.kind, EventKind::Meta { .. });
    let of_page = later.iter().take_while(|event| !next_page(event));
    of_page.into_iter().find(|event| event.kind == EventKind::FullSnapshot).map_or(at, |event| event.at)
}

/// Whether the person does something to the page, or another one takes its place. Moves of the pointer leave it as it is.
fn disturbs(event: &Event) -> bool {
    match &event.kind {
        EventKind::Meta { .. } => true,
        EventKind::Incremental(Incremental::MouseInteraction { position, .. }) => position.is_some(),
        EventKind::Incremental(incremental) => {
            matches!(incremental, Incremental::Scroll | Incremental::Input | Incremental::ViewportResize(_))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Viewport;

    fn ms(ms: i64) -> SessionTime {
        SessionTime::from_millis(ms)
    }

    fn window(events: impl IntoIterator<Item = (i64, EventKind)>) -> Window {
        let event = |(index, (at, kind)): (usize, (i64, EventKind))| Event {
            at: ms(at),
            index: index as u32,
            kind,
            json: bytes::Bytes::from_static(b"{}"),
        };
        Window { id: "main".to_owned(), events: events.into_iter().enumerate().map(event).collect() }
    }

    fn page(href: &str) -> EventKind {
        EventKind::Meta { href: href.to_owned(), viewport: Viewport { width: 800, height: 600 } }
    }

    fn click() -> EventKind {
        EventKind::Incremental(Incremental::MouseInteraction { kind: 2, node: 1, position: Some((1.0, 1.0)) })
    }

    fn at(kind: MomentKind, at: i64, until: Option<i64>, window: &Window) -> i64 {
        let moment = Moment {
            kind,
            at: ms(at),
            window: window.id.clone(),
            url: None,
            label: String::new(),
            node: None,
            position: None,
            until: until.map(ms),
        };
        portrait_at(&moment, window).micros() / 1000
    }

    #[test]
    fn a_page_is_taken_a_second_after_its_full_snapshot() {
        let quiet = window([(100, page("a")), (140, EventKind::FullSnapshot), (9000, click())]);
        assert_eq!(at(MomentKind::Page, 100, None, &quiet), 1140);
    }

    #[test]
    fn a_page_is_taken_before_the_first_thing_done_to_it() {
        let clicked = window([(100, page("a")), (140, EventKind::FullSnapshot), (500, click())]);
        assert_eq!(at(MomentKind::Page, 100, None, &clicked), 499);
        let at_once = window([(100, page("a")), (140, EventKind::FullSnapshot), (140, click()), (141, click())]);
        assert_eq!(at(MomentKind::Page, 100, None, &at_once), 140);
    }

    #[test]
    fn moves_of_the_pointer_and_focus_do_not_hurry_a_page() {
        let focus = EventKind::Incremental(Incremental::MouseInteraction { kind: 5, node: 1, position: None });
        let moves = EventKind::Incremental(Incremental::Pointer {
            by: crate::recording::PointerKind::Mouse,
            samples: Vec::new(),
        });
        let window = window([(0, page("a")), (0, EventKind::FullSnapshot), (300, focus), (400, moves)]);
        assert_eq!(at(MomentKind::Page, 0, None, &window), 1000);
    }

    #[test]
    fn a_page_that_the_next_one_replaces_is_taken_before_that() {
        let window = window([(0, page("a")), (10, EventKind::FullSnapshot), (400, page("b")), (2000, page("c"))]);
        assert_eq!(at(MomentKind::Page, 0, None, &window), 399);
        // This one has no full snapshot of its own.
        assert_eq!(at(MomentKind::Page, 400, None, &window), 1400);
    }

    #[test]
    fn rage_is_taken_at_its_last_click_and_a_slow_request_at_its_end() {
        let window = window([(0, page("a")), (0, EventKind::FullSnapshot)]);
        assert_eq!(at(MomentKind::Rage, 1000, Some(1700), &window), 1700);
        assert_eq!(at(MomentKind::Slow, 1000, Some(5000), &window), 5000);
        assert_eq!(at(MomentKind::Rage, 1000, None, &window), 1000);
    }

    #[test]
    fn all_else_is_taken_at_its_own_time() {
        let window = window([(0, page("a")), (0, EventKind::FullSnapshot), (500, click())]);
        for kind in [MomentKind::Error, MomentKind::Failed, MomentKind::Dead, MomentKind::Submit, MomentKind::Marker] {
            assert_eq!(at(kind, 300, Some(900), &window), 300, "{kind}");
        }
    }
}
