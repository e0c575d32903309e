//! What things are called.

use super::*;

/// What a click on the element with id 20 is called, on a page with `body`.
fn clicked(body: &[Value]) -> String {
    let all = told(&on(body, &[click(1000, 20), answer(1050), answer(3000)]));
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

fn one(tag: &str, attributes: &Value, children: &[Value]) -> String {
    clicked(&[element(20, tag, attributes, children)])
}

#[test]
fn things_are_named_as_a_person_sees_them() {
    let none = json!({});
    let link = json!({"href": "/docs"});
    assert_eq!(one("button", &none, &[text(21, " Pay \n now ")]), "Clicks button “Pay now”");
    assert_eq!(one("button", &json!({"aria-label": "Close"}), &[text(21, "x")]), "Clicks button “Close”");
    assert_eq!(one("a", &link, &[text(21, "Docs")]), "Clicks link “Docs”");
    assert_eq!(one("input", &json!({"type": "submit", "value": "Go"}), &[]), "Clicks button “Go”");
    assert_eq!(one("input", &json!({"type": "image", "alt": "Search"}), &[]), "Clicks button “Search”");
    assert_eq!(one("input", &json!({"placeholder": "E-mail"}), &[]), "Clicks the field “E-mail”");
    assert_eq!(one("input", &json!({"name": "q", "id": "x"}), &[]), "Clicks the field “q”");
    assert_eq!(one("div", &json!({"role": "tab"}), &[text(21, "Prices")]), "Clicks tab “Prices”");
    assert_eq!(one("img", &json!({"alt": "A cat"}), &[]), "Clicks the picture “A cat”");
    assert_eq!(one("p", &none, &[text(21, "Some words")]), "Clicks “Some words”");
    assert_eq!(one("div", &json!({"class": "card big"}), &[]), "Clicks the element “div.card”");
    assert_eq!(one("div", &none, &[]), "Clicks an element");
    assert_eq!(one("button", &none, &[]), "Clicks a button");
}

#[test]
fn what_does_something_is_named_rather_than_what_stands_in_it() {
    let icon = element(21, "svg", &json!({}), &[element(20, "path", &json!({}), &[])]);
    assert_eq!(clicked(&[element(22, "button", &json!({"title": "Cart"}), &[icon])]), "Clicks button “Cart”");
    let picture = element(20, "img", &json!({"alt": "Home"}), &[]);
    assert_eq!(clicked(&[element(22, "a", &json!({"href": "/"}), &[picture])]), "Clicks link “Home”");
}

#[test]
fn labels_name_their_fields() {
    let field = element(20, "input", &json!({"id": "mail", "placeholder": "you@a.example"}), &[]);
    let label = element(30, "label", &json!({"for": "mail"}), &[text(31, "E-mail")]);
    assert_eq!(clicked(&[label.clone(), field.clone()]), "Clicks the field “E-mail”");
    let around = element(30, "label", &json!({}), &[text(31, "Your mail "), field.clone()]);
    assert_eq!(clicked(&[around]), "Clicks the field “Your mail”");
    let named = element(20, "input", &json!({"aria-labelledby": "a b missing"}), &[]);
    let parts = [("a", "Old"), ("b", "address")];
    let parts = parts
        .iter()
        .zip([40, 50])
        .map(|((name, words), id)| element(id, "span", &json!({"id": name}), &[text(id + 1, words)]));
    assert_eq!(clicked(&parts.chain([named]).collect::<Vec<_>>()), "Clicks the field “Old address”");
    // A label that is not for it any more.
    let relabelled = mutation(500, &json!({"attributes": [{"id": 30, "attributes": {"for": "other"}}]}));
    let all = told(&on(&[label, field], &[relabelled, click(1000, 20), answer(1100)]));
    assert_eq!(all, ["Clicks the field “you@a.example”"]);
}

#[test]
fn a_click_on_a_label_is_one_on_its_field() {
    let label = element(20, "label", &json!({"for": "mail"}), &[text(31, "E-mail")]);
    let field = element(40, "input", &json!({"id": "mail"}), &[]);
    assert_eq!(clicked(&[label, field]), "Clicks the field “E-mail”");
}

#[test]
fn names_are_those_of_the_moment() {
    let body = [element(20, "button", &json!({}), &[text(21, "Buy")])];
    let renamed = mutation(2000, &json!({"texts": [{"id": 21, "value": "Bought"}]}));
    let late = json!({"parentId": 6, "nextId": 20, "node": element(22, "button", &json!({}), &[text(23, "Undo")])});
    let late = mutation(3000, &json!({"adds": [late]}));
    let gone = mutation(5000, &json!({"removes": [{"parentId": 6, "id": 22}]}));
    let clicks = [click(1000, 20), click(2500, 20), click(4000, 22), click(6000, 22), answer(6100)];
    let mut events = on(&body, &[&[renamed, late, gone], &clicks[..]].concat());
    events.sort_by_key(|event| event["timestamp"].as_u64());
    assert_eq!(
        told(&events),
        [
            "Clicks button “Buy”",
            "Clicks button “Bought”",
            "Clicks button “Undo”",
            "Clicks something that was not recorded"
        ]
    );
}

#[test]
fn text_stands_in_the_order_of_the_page_however_it_came() {
    let body = [element(20, "button", &json!({}), &[text(21, "d")])];
    let add = |id: u64, next: Value, words: &str| json!({"parentId": 20, "nextId": next, "node": text(id, words)});
    let adds = json!([add(30, json!(31), "a "), add(31, json!(32), "b "), add(32, json!(21), "c ")]);
    let all = told(&on(&body, &[mutation(500, &json!({"adds": adds})), click(1000, 20), answer(1100)]));
    assert_eq!(all, ["Clicks button “a b c d”"]);
}

#[test]
fn what_was_typed_or_is_masked_names_nothing() {
    let none = json!({});
    assert_eq!(one("textarea", &json!({"value": "my secret"}), &[text(21, "my secret")]), "Clicks a field");
    assert_eq!(one("input", &json!({"value": "my secret"}), &[]), "Clicks a field");
    assert_eq!(one("div", &json!({"contenteditable": "true"}), &[text(21, "my secret")]), "Clicks a field");
    let option = element(21, "option", &none, &[text(22, "my secret")]);
    assert_eq!(one("select", &none, &[option]), "Clicks a list");
    assert_eq!(one("button", &json!({"id": "pay"}), &[text(21, "*** ***")]), "Clicks button “pay”");
    assert_eq!(one("button", &none, &[text(21, "•••")]), "Clicks a button");
    // A label around a field, a part around what is edited, what is labelled by it.
    let field = element(20, "textarea", &none, &[text(21, "my secret")]);
    assert_eq!(clicked(&[element(30, "label", &none, &[text(31, "Note "), field])]), "Clicks the field “Note”");
    let edited = element(31, "div", &json!({"contenteditable": "", "id": "e"}), &[text(32, "my secret")]);
    assert_eq!(clicked(&[element(20, "p", &none, &[text(33, "Say: "), edited.clone()])]), "Clicks “Say:”");
    let named = element(20, "button", &json!({"aria-labelledby": "e"}), &[text(21, "Go")]);
    assert_eq!(clicked(&[edited, named]), "Clicks button “Go”");
}

#[test]
fn names_are_short_and_on_one_line() {
    let long = "word ".repeat(5000);
    let told = one("button", &json!({}), &[text(21, &long)]);
    assert!(told.ends_with("…”") && told.chars().count() < 80, "{told}");
    // A part of the page is no name.
    assert_eq!(one("main", &json!({"id": "app"}), &[text(21, &long)]), "Clicks the element “main#app”");
    assert_eq!(one("button", &json!({"aria-label": "a\n\u{1b}[2Jb"}), &[]), "Clicks button “a [2Jb”");
}
