//! What is typed, letter by letter.

use super::*;

fn number(step: usize) -> i64 {
    i64::try_from(step).unwrap()
}

fn form(attributes: &Value) -> Value {
    page(&json!([
        element(4, "input", attributes, &json!([])),
        element(5, "p", &json!({}), &json!([text(6, "preview")]))
    ]))
}

fn typing(id: i64, whole: &str) -> Vec<Value> {
    let ends = whole.char_indices().map(|(at, character)| at + character.len_utf8());
    ends.enumerate().map(|(step, end)| typed(100 * (number(step) + 1), id, &whole[..end])).collect()
}

#[test]
fn beginnings_of_a_value_are_masked_from_the_first_letter_on() {
    let events: Vec<Value> =
        [meta(), form(&json!({"type": "text"}))].into_iter().chain(typing(4, "ada@ex.com")).collect();
    let after = strings(&redacted(&events, &emails()), "text");
    assert_eq!(after, ["x", "xx", "xxx", "xxx@", "xxx@x", "xxx@xx", "xxx@xx.", "xxx@xx.x", "xxx@xx.xx", "xxx@xx.xxx"]);
}

#[test]
fn what_is_left_of_a_value_as_it_is_deleted_is_masked() {
    let steps = ["ada@ex.com", "ada@ex.c", "ada@", "ad", "", "shoes"];
    let inputs = steps.iter().enumerate().map(|(step, text)| typed(100 * number(step) + 100, 4, text));
    let events: Vec<Value> = [meta(), form(&json!({"type": "search"}))].into_iter().chain(inputs).collect();
    let after = strings(&redacted(&events, &emails()), "text");
    assert_eq!(after, ["xxx@xx.xxx", "xxx@xx.x", "xxx@", "xx", "", "shoes"]);
}

#[test]
fn words_around_a_value_that_is_typed_stay() {
    let steps = ["to a", "to ada", "to ada@ex.com", "to ada@ex.com, and more"];
    let inputs = steps.iter().enumerate().map(|(step, text)| typed(100 * number(step) + 100, 4, text));
    let events: Vec<Value> = [meta(), form(&json!({}))].into_iter().chain(inputs).collect();
    let after = strings(&redacted(&events, &emails()), "text");
    assert_eq!(after, ["to x", "to xxx", "to xxx@xx.xxx", "to xxx@xx.xxx, and more"]);
}

#[test]
fn a_field_for_addresses_is_masked_whatever_is_typed_into_it() {
    let events: Vec<Value> =
        [meta(), form(&json!({"type": "email", "value": "a"}))].into_iter().chain(typing(4, "ada")).collect();
    let after = redacted(&events, &emails());
    assert_eq!(strings(&after, "text"), ["x", "xx", "xxx"]);
    assert_eq!(strings(&after, "value"), ["x"]);
}

#[test]
fn a_password_that_is_shown_later_is_masked_from_the_beginning() {
    let shown = mutation(950, &json!({"attributes": [{"id": 4, "attributes": {"type": "text"}}]}));
    let mut events = vec![meta(), form(&json!({"type": "password"}))];
    events.extend(typing(4, "hunter22"));
    events.extend([shown, mutation(990, &json!({"texts": [{"id": 6, "value": "Your password is hunter22."}]}))]);
    let after = redacted(&events, &rules(vec![pattern(Pattern::Token, Action::Mask)]));
    assert_eq!(strings(&after, "text").last().unwrap(), "xxxxxx##");
    assert_eq!(strings(&after, "value"), ["Your password is xxxxxx##."]);
}

#[test]
fn text_that_grows_in_the_page_itself_is_masked_from_its_beginning() {
    let grow = |after, value: &str| mutation(after, &json!({"texts": [{"id": 6, "value": value}]}));
    let events =
        [meta(), form(&json!({})), grow(10, "a"), grow(20, "ada@e"), grow(30, "ada@example.com"), grow(40, "Thanks")];
    assert_eq!(strings(&redacted(&events, &emails()), "value"), ["x", "xxx@x", "xxx@xxxxxxx.xxx", "Thanks"]);
}

#[test]
fn text_that_is_drawn_anew_with_every_letter_is_masked_from_its_beginning() {
    let redraw = |after, old: i64, value: &str| {
        mutation(
            after,
            &json!({
                "removes": [{"parentId": 5, "id": old}],
                "adds": [{"parentId": 5, "nextId": null, "node": text(old + 1, value)}],
            }),
        )
    };
    let events = [
        meta(),
        form(&json!({})),
        redraw(10, 6, "ad"),
        redraw(20, 7, "ada@exa"),
        redraw(30, 8, "ada@example.com"),
        redraw(40, 9, "done"),
    ];
    let after = strings(&redacted(&events, &emails()), "textContent");
    assert_eq!(after, ["preview", "xx", "xxx@xxx", "xxx@xxxxxxx.xxx", "done"]);
}

#[test]
fn letters_that_come_one_by_one_as_nodes_of_their_own_are_masked() {
    let letter = |step: usize, letter: char| {
        let node = element(
            100 + 2 * number(step),
            "span",
            &json!({}),
            &json!([text(101 + 2 * number(step), &letter.to_string())]),
        );
        mutation(10 * number(step) + 10, &json!({"adds": [{"parentId": 5, "nextId": null, "node": node}]}))
    };
    let letters = "ada@ex.com".chars().enumerate().map(|(step, character)| letter(step, character));
    let paragraph = page(&json!([element(5, "p", &json!({}), &json!([]))]));
    let events: Vec<Value> = [meta(), paragraph].into_iter().chain(letters).collect();
    assert_eq!(strings(&redacted(&events, &emails()), "textContent").concat(), "xxx@xx.xxx");
}

#[test]
fn what_the_page_says_of_what_is_being_typed_is_masked() {
    let mut events = vec![meta(), form(&json!({}))];
    events.extend(typing(4, "ada@ex.com"));
    let preview = mutation(310, &json!({"texts": [{"id": 6, "value": "Hello ada"}]}));
    let request = json!({"type": 6, "timestamp": 1_700_000_000_360_i64, "data": {"plugin": "rrweb/network@1", "payload": {"requests": [{"name": "https://shop.example/s?q=ada&n=1"}]}}});
    events.insert(5, preview);
    events.insert(6, request);
    let after = redacted(&events, &emails());
    assert_eq!(strings(&after, "value"), ["Hello xxx"]);
    assert_eq!(strings(&after, "name"), ["https://shop.example/s?q=xxx&n=1"]);
}

#[test]
fn a_snapshot_in_the_middle_of_typing_changes_nothing() {
    let again = json!({"type": 2, "timestamp": 1_700_000_000_500_i64, "data": {"initialOffset": {"left": 0, "top": 0}, "node":
        {"type": 0, "id": 41, "childNodes": [element(42, "html", &json!({}), &json!([element(43, "input", &json!({"name": "q", "value": "ada@"}), &json!([]))]))]}}});
    let events = [
        meta(),
        form(&json!({"name": "q"})),
        typed(100, 4, "ad"),
        typed(200, 4, "ada@"),
        again,
        typed(600, 43, "ada@ex.com"),
    ];
    let after = redacted(&events, &emails());
    assert_eq!(strings(&after, "text"), ["xx", "xxx@", "xxx@xx.xxx"]);
    assert_eq!(strings(&after, "value"), ["xxx@"]);
}
