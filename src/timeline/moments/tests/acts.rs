//! What people did, and what came of it.

use super::*;

fn acts(events: &[Value]) -> Vec<(&'static str, i64, String)> {
    told(&on_a_page(events))
}

fn line(kind: &'static str, at: i64, label: &str) -> (&'static str, i64, String) {
    (kind, at, label.to_owned())
}

#[test]
fn a_page_on_which_nothing_special_happens_has_no_moments() {
    assert_eq!(acts(&[]), []);
}

#[test]
fn three_clicks_at_one_place_within_a_second_are_rage() {
    let near = |at, x| press(at, 2, 22, (x, 50.0));
    let found = found(&on_a_page(&[near(1000, 50.0), near(1400, 70.0), near(1900, 50.0), near(2500, 50.0)]));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].kind, found[0].label.as_str()), (MomentKind::Rage, "4 clicks on p"));
    assert_eq!((found[0].at, found[0].until), (SessionTime::from_millis(1000), Some(SessionTime::from_millis(2500))));
    assert_eq!((found[0].node, found[0].position), (Some(22), Some((50.0, 50.0))));
}

#[test]
fn clicks_that_are_few_or_slow_or_apart_are_no_rage() {
    let at = |at, x| press(at, 2, 22, (x, 50.0));
    assert_eq!(acts(&[at(1000, 50.0), at(1100, 50.0)]), []);
    assert_eq!(acts(&[at(1000, 50.0), at(1600, 50.0), at(2200, 50.0), at(2800, 50.0)]), []);
    assert_eq!(acts(&[at(1000, 50.0), at(1100, 80.0), at(1200, 50.0)]), []);
    // Selecting a line in a field, and in a text that is written on the page.
    assert_eq!(acts(&[click(1000, 13), click(1100, 13), click(1200, 13)]), []);
    assert_eq!(acts(&[click(1000, 30), click(1100, 30), click(1200, 30)]), []);
    // The keyboard's clicks have no place; a label's click is told twice.
    let keys = [1000, 1100, 1200].map(|at| press(at, 2, 22, (0.0, 0.0)));
    assert_eq!(acts(&keys), []);
    assert_eq!(acts(&[click(1000, 22), click(1001, 13), click(1200, 22), click(1201, 13)]), []);
}

#[test]
fn taps_are_clicks_where_only_fingers_are_recorded() {
    let tap = |at| [press(at, 7, 22, (50.0, 50.0)), press(at + 80, 9, 22, (52.0, 50.0))];
    let swipe = |at| [press(at, 7, 22, (50.0, 50.0)), press(at + 80, 9, 22, (50.0, 300.0))];
    assert_eq!(acts(&[tap(1000), tap(1300), tap(1600)].concat()), [line("rage", 1080, "3 clicks on p")]);
    assert_eq!(acts(&[swipe(1000), swipe(1300), swipe(1600)].concat()), []);
}

#[test]
fn a_click_on_a_button_that_nothing_answers_is_dead() {
    assert_eq!(acts(&[click(1000, 21)]), [line("dead", 1000, "button#lonely")]);
    assert_eq!(acts(&[click(1000, 26)]), [line("dead", 1000, "a")]);
    assert_eq!(acts(&[click(1000, 27)]), [line("dead", 1000, "div")]);
    // Too late for an answer.
    assert_eq!(acts(&[click(1000, 20), mutation(3500)]), [line("dead", 1000, "button#lonely")]);
    assert_eq!(acts(&[click(1000, 20), scroll(1200)]), [line("dead", 1000, "button#lonely")]);
    // Impatience is one dead click.
    assert_eq!(acts(&[click(1000, 20), click(1600, 20)]), [line("dead", 1000, "button#lonely")]);
}

#[test]
fn a_click_that_something_answers_is_not_dead() {
    let selection = change(1050, &json!({"source": 14, "ranges": []}));
    let input = change(1500, &json!({"source": 5, "id": 13, "text": "x", "isChecked": false}));
    let media = change(1500, &json!({"source": 7, "type": 0, "id": 20}));
    let rules = change(1500, &json!({"source": 8, "id": 20, "adds": []}));
    let hidden = custom(1500, "window hidden", &json!({}));
    for answer in
        [mutation(3499), scroll(1199), selection, input, media, rules, hidden, meta(1500, "https://b.example/", 800)]
    {
        let dead = of_kind(MomentKind::Dead, &on_a_page(&[click(1000, 20), answer.clone()]));
        assert_eq!(dead, [], "{answer}");
    }
    // At the press already.
    assert_eq!(acts(&[press(900, 1, 20, (50.0, 50.0)), mutation(950), click(1000, 20)]), []);
}

#[test]
fn what_looks_like_nothing_or_is_answered_out_of_sight_is_not_dead() {
    // Text, a field, a list that the browser opens, a link into another program, what the recording does not have.
    for node in [22, 23, 13, 28, 24, 25, 3, 77] {
        assert_eq!(acts(&[click(1000, node)]), [], "{node}");
    }
    // The recording ends before an answer could have come.
    assert_eq!(acts(&[click(18_000, 20)]), []);
    // Another window opens.
    let mut events = on_a_page(&[click(1000, 20)]);
    in_window(&mut events, "a");
    let mut other = [meta(1800, "https://b.example/", 800), snapshot(1810, &[]), click(5000, 3)];
    in_window(&mut other, "b");
    events.extend(other);
    assert_eq!(of_kind(MomentKind::Dead, &events), []);
}

#[test]
fn what_a_button_is_follows_the_changes_of_the_page() {
    let node = json!({"type": 2, "tagName": "BUTTON", "attributes": {"id": "late"}, "childNodes": [], "id": 40});
    let adds = json!([{"parentId": 22, "nextId": null, "node": node}]);
    let added = change(500, &json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": adds}));
    assert_eq!(acts(&[added.clone(), click(1000, 40)]), [line("dead", 1000, "button#late")]);
    let renamed = json!([{"id": 40, "attributes": {"id": null, "class": "x y"}}]);
    let renamed = change(600, &json!({"source": 0, "texts": [], "attributes": renamed, "removes": [], "adds": []}));
    assert_eq!(acts(&[added.clone(), renamed, click(1000, 40)]), [line("dead", 1000, "button.x")]);
    let gone = json!([{"parentId": 22, "id": 40}]);
    let gone = change(600, &json!({"source": 0, "texts": [], "attributes": [], "removes": gone, "adds": []}));
    assert_eq!(acts(&[added, gone, click(1000, 40)]), []);
}

#[test]
fn a_click_on_a_button_that_sends_a_form_is_a_submit_if_something_comes_of_it() {
    assert_eq!(acts(&[click(1000, 11), mutation(1900)]), [line("submit", 1000, "button#send")]);
    assert_eq!(acts(&[click(1000, 14), mutation(1900)]), [line("submit", 1000, "input.go")]);
    // The Enter key.
    assert_eq!(acts(&[press(1000, 2, 10, (0.0, 0.0)), mutation(1900)]), [line("submit", 1000, "button#send")]);
    // A request is enough; one that only asks is not.
    let request = |method: &str| {
        let entry = json!({"name": "https://a.example/api", "method": method, "status": 200, "duration": 2000,
            "timestamp": 1_700_000_001_500_u64, "initiatorType": "fetch", "entryType": "resource"});
        event(6, 4000, &json!({"plugin": "rrweb/network@1", "payload": {"requests": [entry]}}))
    };
    let submits = |method| of_kind(MomentKind::Submit, &on_a_page(&[click(1000, 10), request(method)]));
    assert_eq!(submits("POST"), [(1000, "button#send".to_owned())]);
    assert_eq!(submits("GET"), []);
}

#[test]
fn other_buttons_and_forms_that_stay_submit_nothing() {
    for node in [12, 13, 20, 22] {
        assert_eq!(acts(&[click(1000, node), mutation(1200)]), [], "{node}");
    }
    assert_eq!(acts(&[click(1000, 10), mutation(2001)]), []);
}

#[test]
fn idle_is_where_nobody_does_anything_for_five_seconds() {
    let idle = |events: &[Value]| of_kind(MomentKind::Idle, events);
    let start = [meta(0, "https://a.example/", 800), snapshot(0, &[])];
    let with = |events: &[Value]| start.iter().chain(events).cloned().collect::<Vec<_>>();
    assert_eq!(idle(&with(&[scroll(4999), scroll(9998)])), []);
    assert_eq!(idle(&with(&[scroll(5000), mutation(7000), scroll(8000)])), [(0, "5.0 s".to_owned())]);
    // To the end, in which only the page did something.
    assert_eq!(idle(&with(&[scroll(1000), mutation(9000)])), [(1000, "8.0 s".to_owned())]);
    // Moves are told after they were made.
    let positions = json!([{"x": 1, "y": 1, "id": 3, "timeOffset": -4000}, {"x": 2, "y": 1, "id": 3, "timeOffset": 0}]);
    assert_eq!(idle(&with(&[change(8000, &json!({"source": 1, "positions": positions}))])), []);
}

#[test]
fn clicks_without_end_are_gone_through_once() {
    let clicks: Vec<Value> = (0..30_000).map(|turn| press(1000, 2, 20 + turn % 3, (50.0, 50.0))).collect();
    let found = acts(&clicks);
    assert!(found.len() < 10, "{} moments", found.len());
}
