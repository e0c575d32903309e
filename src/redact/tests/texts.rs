//! Text of the page.

use std::fmt::Write as _;

use super::*;

fn texts(body: &Value, rules: &Rules) -> Vec<String> {
    strings(&redacted(&[meta(), page(body)], rules), "textContent")
}

#[test]
fn a_value_in_one_text_is_masked_where_it_stands() {
    let body = json!([text(4, "Write to ada@example.com today")]);
    assert_eq!(texts(&body, &emails()), ["Write to xxx@xxxxxxx.xxx today"]);
}

#[test]
fn a_value_split_over_nodes_is_masked_in_each() {
    let bold = element(5, "b", &json!({}), &json!([text(6, "example")]));
    let body = json!([element(4, "p", &json!({}), &json!([text(7, "to ada@"), bold, text(8, ".com now")]))]);
    assert_eq!(texts(&body, &emails()), ["to xxx@", "xxxxxxx", ".xxx now"]);
}

#[test]
fn a_card_in_four_cells_is_masked() {
    let cell = |id: i64, digits: &str| element(id, "td", &json!({}), &json!([text(id + 1, digits)]));
    let row = json!([cell(10, "4111"), cell(12, "1111"), cell(14, "1111"), cell(16, "1111")]);
    let body = json!([element(4, "tr", &json!({}), &row), element(20, "p", &json!({}), &json!([text(21, "4111")]))]);
    let cards = rules(vec![pattern(Pattern::Card, Action::Mask)]);
    assert_eq!(texts(&body, &cards), ["####", "####", "####", "####", "4111"]);
}

#[test]
fn a_value_that_stands_against_a_word_of_another_node_is_found_all_the_same() {
    let body = json!([element(
        4,
        "p",
        &json!({}),
        &json!([
            element(5, "span", &json!({}), &json!([text(6, "Card")])),
            element(7, "span", &json!({}), &json!([text(8, "4111111111111111")])),
        ])
    )]);
    let cards = rules(vec![pattern(Pattern::Card, Action::Mask)]);
    assert_eq!(texts(&body, &cards), ["Card", "################"]);
}

#[test]
fn what_comes_later_masks_what_was_there_before() {
    let paragraph = element(4, "p", &json!({}), &json!([text(5, "ada@")]));
    let events = [
        meta(),
        page(&json!([paragraph])),
        mutation(100, &json!({"adds": [{"parentId": 4, "nextId": null, "node": text(6, "example.com")}]})),
    ];
    assert_eq!(strings(&redacted(&events, &emails()), "textContent"), ["xxx@", "xxxxxxx.xxx"]);
}

#[test]
fn shadow_roots_and_frames_are_looked_into() {
    let inner = json!({"type": 2, "id": 5, "tagName": "span", "attributes": {}, "childNodes": [text(6, "ada@example.com")], "isShadow": true});
    let host =
        json!({"type": 2, "id": 4, "tagName": "x-card", "attributes": {}, "childNodes": [inner], "isShadowHost": true});
    let frame = json!({"type": 0, "id": 21, "childNodes": [element(22, "html", &json!({}), &json!([text(23, "bob@example.org")]))]});
    let events = [
        meta(),
        page(&json!([host, element(20, "iframe", &json!({"srcdoc": "<p>eve&#64;example.net"}), &json!([]))])),
        mutation(10, &json!({"isAttachIframe": true, "adds": [{"parentId": 20, "nextId": null, "node": frame}]})),
    ];
    let after = redacted(&events, &emails());
    assert_eq!(strings(&after, "textContent"), ["xxx@xxxxxxx.xxx", "xxx@xxxxxxx.xxx"]);
    assert!(!serde_json::to_string(&after).unwrap().contains("eve"), "{after:?}");
}

#[test]
fn titles_comments_and_styles_are_looked_at() {
    let body = json!([
        element(4, "title", &json!({}), &json!([text(5, "Mail of ada@example.com")])),
        {"type": 5, "id": 6, "textContent": "by ada@example.com"},
        element(7, "style", &json!({"_cssText": "a::after { content: 'ada\\40 example.com' }"}), &json!([])),
    ]);
    let mut opened = open(&[meta(), page(&body)]);
    redact(&mut opened, &emails());
    let written = String::from_utf8_lossy(&opened.recording.windows[0].events[1].json).into_owned();
    assert!(!written.contains("ada"), "{written}");
    let places = &opened.redaction.unwrap().rules[0].places;
    assert_eq!(places.keys().collect::<Vec<_>>(), ["styles", "text", "titles"]);
}

#[test]
fn what_is_kept_stays() {
    let mut rules = emails();
    rules.sets[0].keep.values.push("help@example.com".to_owned());
    rules.sets[0].keep.selectors.push(Selector::parse("footer").unwrap());
    let footer = element(6, "footer", &json!({}), &json!([text(7, "ada@example.org")]));
    let body = json!([text(4, "help@example.com or ada@example.net"), footer]);
    assert_eq!(texts(&body, &rules), ["help@example.com or xxx@xxxxxxx.xxx", "ada@example.org"]);
}

#[test]
fn what_another_set_keeps_is_not_kept() {
    let mut own = emails();
    own.sets[0].keep.values.push("ada@example.com".to_owned());
    let both = Rules { sets: vec![emails().sets.remove(0), own.sets.remove(0)], key: None };
    assert_eq!(texts(&json!([text(4, "ada@example.com")]), &both), ["xxx@xxxxxxx.xxx"]);
}

#[test]
fn a_rule_may_look_only_inside_certain_elements() {
    let mut rule = pattern(Pattern::Own(regex::Regex::new("ORD-[0-9]+").unwrap()), Action::Mask);
    rule.within = Some(Selector::parse(".orders").unwrap());
    rule.everywhere = false;
    let orders = element(4, "div", &json!({"class": "orders", "title": "ORD-1"}), &json!([text(5, "ORD-12")]));
    let events = redacted(&[meta(), page(&json!([orders, text(6, "ORD-34")]))], &rules(vec![rule]));
    assert_eq!(strings(&events, "textContent"), ["XXXx##", "ORD-34"]);
    assert_eq!(strings(&events, "title"), ["XXXx#"]);
}

#[test]
fn a_pseudonym_is_the_same_for_the_same_value_and_needs_the_same_key() {
    let with = |key: &str| {
        let mut rules = rules(vec![pattern(Pattern::Email, Action::Pseudonym)]);
        rules.key = Some(PseudonymKey::new(key.as_bytes()));
        texts(
            &json!([
                text(4, "ada@example.com"),
                text(5, "eve@example.com"),
                element(6, "p", &json!({}), &json!([text(7, "ADA@example.com")]))
            ]),
            &rules,
        )
    };
    let (one, two) = (with("one"), with("two"));
    assert_eq!(one[0], one[2].to_lowercase());
    assert_ne!(one[0], one[1]);
    assert_ne!(one[0], two[0]);
    assert_ne!(one[0], "ada@example.com");
    assert_eq!(one, with("one"));
}

#[test]
fn a_page_nested_deeper_than_a_stack_is_high_is_redacted() {
    let depth = 60_000_usize;
    let mut open_tags = String::new();
    for id in 10..10 + depth {
        write!(open_tags, r#"{{"type":2,"id":{id},"tagName":"div","attributes":{{}},"childNodes":["#).unwrap();
    }
    let body = format!("{open_tags}{}{}", text(9, "ada@example.com"), "]}".repeat(depth));
    let snapshot = page(&json!(["BODY"])).to_string().replace("\"BODY\"", &body);
    let bytes = format!("[{},{snapshot}]", meta()).into_bytes().into();
    let part = SourceBytes { name: "a.json".to_owned(), bytes };
    let mut opened = package::open(vec![part], &package::Limits::default()).unwrap();
    redact(&mut opened, &emails());
    assert!(!opened.recording.windows[0].events[1].json.windows(3).any(|bytes| bytes == b"ada"));
}
