//! Pages, moments, and several windows.

use super::*;

fn button() -> Value {
    element(20, "button", &json!({"type": "button"}), &[text(21, "Pay")])
}

fn console(at: u64, message: &str) -> Value {
    let payload = json!({"level": "error", "payload": [json!(message).to_string()], "trace": []});
    event(6, at, &json!({"plugin": "rrweb/console@1", "payload": payload}))
}

fn scroll(at: u64) -> Value {
    change(at, &json!({"source": 3, "id": 1, "x": 0, "y": at}))
}

/// All of it.
fn whole(events: &[Value]) -> Vec<String> {
    steps(&recording(events), StepOptions::default()).iter().map(Step::to_string).collect()
}

#[test]
fn a_page_opens_with_its_title() {
    let next = [meta(4000, "https://a.example/b"), snapshot(4010, "Basket", &[]), answer(5000)];
    let words = ["Opens https://a.example/ (“Shop”)", "Opens https://a.example/b (“Basket”)"];
    assert_eq!(whole(&on(&[], &next)), words);
}

#[test]
fn an_address_that_changes_without_a_page_is_a_step_too() {
    let events = on(&[], &[custom(1000, "$pageview", &json!({"href": "https://a.example/2"})), answer(2000)]);
    assert_eq!(told(&events), ["Opens https://a.example/2"]);
}

#[test]
fn a_click_that_nothing_answers_is_one_step() {
    let events = on(&[button()], &[click(1000, 21), answer(4000)]);
    assert_eq!(told(&events), ["Clicks button “Pay”, and nothing happens"]);
}

#[test]
fn a_burst_of_clicks_is_one_step() {
    let clicks = [click(1000, 20), click(1300, 20), click(1600, 20), click(1800, 20), answer(5000)];
    assert_eq!(told(&on(&[button()], &clicks)), ["Clicks button “Pay” 4 times within 0.8 s, and nothing happens"]);
}

#[test]
fn two_clicks_that_are_one_act_are_one_step() {
    let double = [click(1000, 20), click(1200, 20), press(1201, 4, 20, (50.0, 50.0)), answer(1250)];
    assert_eq!(told(&on(&[button()], &double)), ["Double-clicks button “Pay”"]);
    let other = [press(1000, 3, 20, (50.0, 50.0)), answer(1250)];
    assert_eq!(told(&on(&[button()], &other)), ["Right-clicks button “Pay”"]);
}

#[test]
fn fingers_tap_and_keys_press() {
    let finger = [press(900, 7, 20, (50.0, 50.0)), press(980, 9, 20, (50.0, 50.0)), click(1000, 20), answer(1050)];
    assert_eq!(told(&on(&[button()], &finger)), ["Taps button “Pay”"]);
    let only_fingers = [press(900, 7, 20, (50.0, 50.0)), press(980, 9, 20, (50.0, 50.0)), answer(1050)];
    assert_eq!(told(&on(&[button()], &only_fingers)), ["Taps button “Pay”"]);
    let key = [press(1000, 2, 20, (0.0, 0.0)), answer(1050)];
    assert_eq!(told(&on(&[button()], &key)), ["Presses button “Pay” without the mouse"]);
}

#[test]
fn a_button_that_sends_its_form_says_so() {
    let send = element(20, "button", &json!({}), &[text(21, "Send")]);
    let events = on(&[element(19, "form", &json!({}), &[send])], &[click(1000, 20), answer(1200)]);
    assert_eq!(told(&events), ["Clicks button “Send”, which sends the form"]);
}

#[test]
fn what_goes_wrong_is_told_and_repetition_counted() {
    let events = on(&[], &[console(1000, "Boom"), console(1100, "Boom"), console(1200, "Other"), answer(2000)]);
    assert_eq!(told(&events), ["Error: “Boom” (2 times)", "Error: “Other”"]);
    let all = steps(&recording(&events), StepOptions::default());
    assert!(all.iter().any(|step| step.kind == StepKind::Moment(MomentKind::Error) && step.url.is_some()));
}

#[test]
fn marks_and_pauses_are_steps() {
    let events = on(&[], &[custom(1000, "chapter", &json!("paid")), scroll(1100), scroll(43_100)]);
    assert_eq!(whole(&events)[1..], ["Mark: “chapter: paid”", "Nothing for 42 s"]);
}

#[test]
fn going_to_another_window_is_a_step() {
    let of = |window: &str, mut events: Vec<Value>| {
        for event in &mut events {
            event["windowId"] = json!(window);
        }
        events
    };
    let first = of("a", on(&[button()], &[click(1000, 20), answer(1050)]));
    let second =
        vec![meta(3000, "https://b.example/"), snapshot(3000, "Other", &[button()]), click(4000, 20), answer(4050)];
    let all = told(&[first, of("b", second)].concat());
    let words =
        ["Clicks button “Pay”", "Opens https://b.example/ (“Other”)", "Goes to window 2 of 2", "Clicks button “Pay”"];
    assert_eq!(all, words);
}

#[test]
fn the_words_of_strangers_are_known_as_such() {
    let events = on(&[element(20, "button", &json!({}), &[text(21, "](x) @all")])], &[click(1000, 20), answer(1050)]);
    let all = steps(&recording(&events), StepOptions::default());
    let words = all.last().unwrap().words.words();
    assert_eq!(words, [Words::Ours("Clicks button ".into()), Words::Theirs("](x) @all".into())]);
    assert!(matches!(&all[0].words.words()[1], Words::Address(url) if url == "https://a.example/"));
}

#[test]
fn acts_without_end_are_gone_through_once() {
    let clicks = (0..30_000).map(|turn| click(1000 + turn, 20 + turn % 3));
    let inputs = (0..30_000).map(|turn| input(40_000 + turn, 20, "abc"));
    let events: Vec<Value> = clicks.chain(inputs).collect();
    let begun = std::time::Instant::now();
    assert!(told(&on(&[button()], &events)).len() < 100);
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "{:?}", begun.elapsed());
}
