use serde_json::{Value, json};

use super::*;
use crate::recording::{Limits, open};

/// The turns as `(ms, window id)`.
fn turns(events: &[Value]) -> Vec<(i64, String)> {
    let recording = open(serde_json::to_vec(events).unwrap(), &Limits::default()).unwrap();
    let turn = |turn: Turn| (turn.from.micros() / 1000, recording.windows[turn.window].id.clone());
    follow(&recording).into_iter().map(turn).collect()
}

fn told(turns: &[(i64, &str)]) -> Vec<(i64, String)> {
    turns.iter().map(|(at, window)| (*at, (*window).to_owned())).collect()
}

fn event(window: &str, at: u64, kind: u64, data: &Value) -> Value {
    json!({"type": kind, "timestamp": at, "windowId": window, "data": data})
}

fn page(window: &str, at: u64) -> Value {
    let html = json!({"type": 2, "tagName": "html", "attributes": {}, "childNodes": [], "id": 2});
    event(
        window,
        at,
        2,
        &json!({"node": {"type": 0, "childNodes": [html], "id": 1}, "initialOffset": {"left": 0, "top": 0}}),
    )
}

fn click(window: &str, at: u64) -> Value {
    event(window, at, 3, &json!({"source": 2, "type": 2, "id": 2, "x": 5, "y": 5}))
}

fn mutation(window: &str, at: u64) -> Value {
    event(window, at, 3, &json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []}))
}

fn moves(window: &str, at: u64, since: i64) -> Value {
    let positions =
        json!([{"x": 1, "y": 1, "id": 2, "timeOffset": -since}, {"x": 2, "y": 2, "id": 2, "timeOffset": 0}]);
    event(window, at, 3, &json!({"source": 1, "positions": positions}))
}

#[test]
fn one_window_has_one_turn_from_its_first_page_on() {
    assert_eq!(turns(&[click("a", 0), page("a", 300), click("a", 900)]), told(&[(300, "a")]));
}

#[test]
fn the_view_goes_where_the_person_acts_and_comes_back() {
    let events = [
        page("a", 0),
        page("b", 10),
        click("a", 1000),
        click("b", 2000),
        mutation("a", 2500),
        click("b", 3000),
        click("a", 4000),
    ];
    assert_eq!(turns(&events), told(&[(0, "a"), (2000, "b"), (4000, "a")]));
}

#[test]
fn a_tab_that_comes_up_before_its_first_act_is_shown_from_then_on() {
    let events = [page("a", 0), click("a", 1000), page("b", 1500), mutation("a", 2000), click("b", 5000)];
    assert_eq!(turns(&events), told(&[(0, "a"), (1500, "b")]));
}

#[test]
fn a_tab_opened_in_the_background_waits_for_its_first_act() {
    let events = [page("a", 0), click("a", 1000), page("b", 1500), click("a", 2000), click("b", 5000)];
    assert_eq!(turns(&events), told(&[(0, "a"), (5000, "b")]));
}

#[test]
fn media_mutations_and_sizes_do_not_move_the_view() {
    let play = event("b", 2000, 3, &json!({"source": 7, "type": 0, "id": 2}));
    let resize = event("b", 2500, 3, &json!({"source": 4, "width": 10, "height": 10}));
    let events = [page("a", 0), page("b", 10), click("a", 1000), play, resize, mutation("b", 3000), page("b", 4000)];
    assert_eq!(turns(&events), told(&[(0, "a")]));
}

#[test]
fn a_tab_that_comes_into_view_is_shown_though_nothing_is_done_in_it() {
    let into_view = event("b", 2000, 5, &json!({"tag": "window visible", "payload": {}}));
    assert_eq!(turns(&[page("a", 0), page("b", 10), click("a", 1000), into_view]), told(&[(0, "a"), (2000, "b")]));
}

#[test]
fn pointer_samples_count_at_their_own_moments() {
    let events = [page("a", 0), page("b", 10), moves("a", 1000, 400), moves("b", 1900, 500), moves("a", 2600, 300)];
    assert_eq!(turns(&events), told(&[(0, "a"), (1400, "b"), (2300, "a")]));
}

#[test]
fn acts_in_a_window_without_a_page_change_nothing_until_it_has_one() {
    let events = [page("a", 0), click("a", 500), click("b", 1000), page("b", 3000), click("b", 3500), click("c", 4000)];
    assert_eq!(turns(&events), told(&[(0, "a"), (3000, "b")]));
}

#[test]
fn the_first_turn_begins_with_the_first_page_of_all() {
    let events = [click("b", 0), page("a", 100), page("b", 200), click("b", 300)];
    assert_eq!(turns(&events), told(&[(100, "a"), (200, "b")]));
    let together = [page("a", 0), page("b", 0), click("b", 0)];
    assert_eq!(turns(&together), told(&[(0, "b")]));
}
