//! What is typed and chosen.

use super::*;

fn labelled(id: u64, label: &str, attributes: &Value) -> Value {
    let mut attributes = attributes.clone();
    if attributes.get("aria-label").is_none() {
        attributes["aria-label"] = json!(label);
    }
    element(id, "input", &attributes, &[])
}

/// One character after the other.
fn typed(at: u64, node: u64, word: &str) -> Vec<Value> {
    let so_far = |length: usize| word.chars().take(length).collect::<String>();
    (1..=word.chars().count()).map(|length| input(at + length as u64 * 50, node, &so_far(length))).collect()
}

#[test]
fn typing_in_a_field_is_one_step_without_the_clicks_into_it() {
    let body = [labelled(20, "E-mail", &json!({}))];
    let clicks = |at| vec![click(at, 20)];
    let events = [clicks(1000), typed(1100, 20, "nora"), clicks(1500), typed(1600, 20, "nora@a")].concat();
    let events = on(&body, &events);
    assert_eq!(told(&events), ["Types in “E-mail”"]);
    assert_eq!(with_values(&events), ["Types “nora@a” in “E-mail”"]);
}

#[test]
fn another_field_or_a_long_pause_is_another_step() {
    let body = [labelled(20, "Name", &json!({})), labelled(21, "Town", &json!({}))];
    let events =
        [typed(1000, 20, "Ida"), typed(2000, 21, "Bergen"), typed(3000, 20, "Ida L"), typed(20_000, 20, "Ida Li")];
    let words = ["Types in “Name”", "Types in “Town”", "Types in “Name”", "Types in “Name”"];
    assert_eq!(told(&on(&body, &events.concat())), words);
    assert_eq!(with_values(&on(&body, &[input(1000, 20, "x"), input(1100, 20, "")])), ["Empties “Name”"]);
}

#[test]
fn passwords_are_never_told() {
    let secret = "hunter2secret";
    for attributes in [
        json!({"type": "password"}),
        json!({"type": "text", "data-rr-is-password": "true"}),
        json!({"autocomplete": "current-password"}),
        json!({"type": "text", "autocomplete": "section-a cc-csc"}),
        json!({"name": "user[Password]"}),
        json!({"aria-label": "Password"}),
    ] {
        let body = [labelled(20, "Word", &attributes)];
        let events = on(&body, &typed(1000, 20, secret));
        let told = with_values(&events);
        assert!(told.len() == 1 && told[0].starts_with("Types in"), "{attributes}: {told:?}");
    }
    // Shown as text for a while.
    let body = [labelled(20, "Word", &json!({"type": "password"}))];
    let shown = mutation(900, &json!({"attributes": [{"id": 20, "attributes": {"type": "text"}}]}));
    let events = [vec![shown], typed(1000, 20, secret)].concat();
    assert_eq!(with_values(&on(&body, &events)), ["Types in “Word”"]);
}

#[test]
fn masked_text_is_not_told_as_if_it_were_text() {
    let body = [labelled(20, "Name", &json!({}))];
    assert_eq!(with_values(&on(&body, &[input(1000, 20, "*****")])), ["Types in “Name”"]);
}

#[test]
fn a_choice_from_a_list_is_told_by_its_text_and_only_if_asked_for() {
    let option =
        |id: u64, value: &str, words: &str| element(id, "option", &json!({"value": value}), &[text(id + 1, words)]);
    let options = [option(21, "de", "Germany"), option(23, "no", "Norway")];
    let list = element(20, "select", &json!({"aria-label": "Country"}), &options);
    let events = on(&[list], &[click(1000, 20), input(3000, 20, "de"), input(3100, 20, "no")]);
    assert_eq!(told(&events), ["Changes “Country”"]);
    assert_eq!(with_values(&events), ["Chooses “Norway” in “Country”"]);
}

#[test]
fn boxes_are_ticked_and_choices_made() {
    let label = element(30, "label", &json!({"for": "agree"}), &[text(31, "I agree")]);
    let agree = element(20, "input", &json!({"type": "checkbox", "id": "agree"}), &[]);
    let radio = |id: u64, words: &str| {
        let one = element(id, "input", &json!({"type": "radio", "name": "how"}), &[]);
        element(id + 20, "label", &json!({}), &[one, text(id + 21, words)])
    };
    let legend = element(60, "legend", &json!({}), &[text(61, "Delivery")]);
    let group = element(62, "fieldset", &json!({}), &[legend, radio(63, "Post"), radio(65, "Bike")]);
    let events = on(
        &[label, agree, group],
        &[
            // On the label, and what the browser makes of it.
            click(1000, 30),
            press(1001, 2, 20, (0.0, 0.0)),
            tick(1002, 20, true),
            click(2000, 20),
            tick(2001, 20, false),
            click(3000, 65),
            tick(3001, 65, true),
            tick(3001, 63, false),
        ],
    );
    assert_eq!(told(&events), ["Ticks “I agree”", "Unticks “I agree”", "Changes “Delivery”"]);
    assert_eq!(with_values(&events), ["Ticks “I agree”", "Unticks “I agree”", "Chooses “Bike” in “Delivery”"]);
}

#[test]
fn a_click_on_a_choice_does_not_say_which() {
    let one = element(20, "input", &json!({"type": "radio", "name": "illness", "aria-label": "Diabetes"}), &[]);
    let events = on(&[one], &[click(1000, 20), answer(1100)]);
    assert_eq!(told(&events), ["Clicks a choice of “illness”"]);
}

#[test]
fn sliders_dates_and_files_say_what_they_are() {
    let body = [
        labelled(20, "Seats", &json!({"type": "range"})),
        labelled(21, "Day", &json!({"type": "date"})),
        labelled(22, "Picture", &json!({"type": "file"})),
    ];
    let slides = [input(1000, 20, "7"), input(1100, 20, "8")];
    let others = [input(2000, 21, "2026-01-02"), input(3000, 22, "C:\\fakepath\\me.png")];
    let events = on(&body, &[slides, others].concat());
    assert_eq!(told(&events), ["Changes “Seats”", "Changes “Day”", "Chooses a file in “Picture”"]);
    let words = ["Sets “Seats” to “8”", "Sets “Day” to “2026-01-02”", "Chooses a file in “Picture”"];
    assert_eq!(with_values(&events), words);
}

#[test]
fn what_a_script_wrote_into_a_field_nobody_did() {
    let mut by_script = input(1000, 20, "x");
    by_script["data"]["userTriggered"] = json!(false);
    assert!(told(&on(&[labelled(20, "Name", &json!({}))], &[by_script])).is_empty());
}

#[test]
fn what_was_written_where_the_person_never_was_nobody_did() {
    let body = [labelled(20, "Name", &json!({})), labelled(21, "Theme", &json!({}))];
    let focus = change(900, &json!({"source": 2, "type": 5, "id": 20}));
    let events = [vec![input(500, 21, "dark"), focus], typed(1000, 20, "Ida"), vec![input(1500, 21, "light")]].concat();
    assert_eq!(told(&on(&body, &events)), ["Types in “Name”"]);
    // Where the recorder does not tell of it, what was written was written by somebody.
    assert_eq!(told(&on(&body, &[input(500, 21, "dark")])), ["Types in “Theme”"]);
}

#[test]
fn the_clicks_that_browsers_make_of_choices_are_no_steps() {
    let option = element(21, "option", &json!({"value": "no"}), &[text(22, "Norway")]);
    let list = element(20, "select", &json!({"aria-label": "Country"}), &[option]);
    let events = [click(1000, 20), input(3000, 20, "no"), press(3001, 2, 20, (0.0, 0.0))];
    assert_eq!(told(&on(&[list], &events)), ["Changes “Country”"]);
    let body = [labelled(20, "Seats", &json!({"type": "range"}))];
    let events = [input(1000, 20, "7"), input(1100, 20, "8"), click(1500, 20)];
    assert_eq!(told(&on(&body, &events)), ["Changes “Seats”"]);
}

#[test]
fn keys_are_told_where_a_recorder_tells_them_and_letters_never() {
    let crumb = |key: &str, ctrl: bool| {
        let data = json!({"key": key, "ctrlKey": ctrl, "shiftKey": false, "altKey": false, "metaKey": false});
        custom(1000, "breadcrumb", &json!({"category": "ui.keyDown", "message": "body", "data": data}))
    };
    let keys = [crumb("Enter", false), crumb("a", false), crumb("s", true)];
    assert_eq!(told(&on(&[], &keys)), ["Presses “Enter ↵”", "Presses “Ctrl+S”"]);
}
