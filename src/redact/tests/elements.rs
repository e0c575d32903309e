//! Rules of elements.

use base64::Engine as _;

use super::*;

fn body() -> Value {
    json!([
        element(
            4,
            "div",
            &json!({"class": "secret", "title": "Ada L."}),
            &json!([
                text(5, "Ada Lovelace"),
                element(6, "img", &json!({"src": "https://cdn.example/ada.png", "alt": "Ada"}), &json!([])),
            ])
        ),
        text(7, "Ada Lovelace"),
    ])
}

#[test]
fn a_masked_element_keeps_its_shape_and_loses_its_words() {
    let after = redacted(&[meta(), page(&body())], &rules(vec![elements(".secret", Action::Mask)]));
    assert_eq!(strings(&after, "textContent"), ["Xxx Xxxxxxxx", "Ada Lovelace"]);
    assert_eq!(strings(&after, "title"), ["Xxx Xx"]);
    assert_eq!(strings(&after, "alt"), ["Xxx"]);
    assert_eq!(strings(&after, "class"), ["secret"]);
    assert_eq!(strings(&after, "src"), ["https://cdn.example/ada.png"]);
}

#[test]
fn a_covered_element_shows_a_box() {
    let after = redacted(&[meta(), page(&body())], &rules(vec![elements(".secret", Action::Cover)]));
    let styles = strings(&after, "style");
    assert!(styles[0].starts_with("background:#2f363d !important"), "{styles:?}");
    assert_eq!(styles[1], "visibility:hidden !important");
    assert_eq!(strings(&after, "textContent"), ["Xxx Xxxxxxxx", "Ada Lovelace"]);
    assert!(strings(&after, "src")[0].starts_with("data:"));
}

#[test]
fn a_covered_element_stays_covered_whatever_its_style_becomes() {
    let style =
        |after, style: Value| mutation(after, &json!({"attributes": [{"id": 4, "attributes": {"style": style}}]}));
    let events =
        [meta(), page(&body()), style(10, json!("color:red")), style(20, json!({"background": "none", "top": "1px"}))];
    let after = redacted(&events, &rules(vec![elements(".secret", Action::Cover)]));
    let last = &after[3]["data"]["attributes"][0]["attributes"]["style"];
    assert_eq!(last, &json!({"top": "1px"}));
    let before = after[2]["data"]["attributes"][0]["attributes"]["style"].as_str().unwrap();
    assert!(before.starts_with("color:red;background:#2f363d"), "{before}");
}

#[test]
fn a_removed_element_is_empty_and_takes_no_room() {
    let inside = mutation(
        10,
        &json!({
            "texts": [{"id": 5, "value": "Augusta Ada King"}],
            "adds": [{"parentId": 4, "nextId": null, "node": element(8, "b", &json!({"title": "Countess"}), &json!([text(9, "of Lovelace")]))}],
        }),
    );
    let after = redacted(&[meta(), page(&body()), inside], &rules(vec![elements(".secret", Action::Remove)]));
    assert_eq!(strings(&after, "textContent"), ["", "Ada Lovelace", ""]);
    assert_eq!(strings(&after, "value"), [""]);
    assert_eq!(strings(&after, "style"), ["display:none !important"]);
    let written = serde_json::to_string(&after[2]).unwrap();
    assert!(!written.contains("Countess") && !written.contains("King"), "{written}");
}

#[test]
fn an_element_that_is_marked_later_is_redacted_from_the_beginning() {
    let mark = mutation(500, &json!({"attributes": [{"id": 4, "attributes": {"class": "secret"}}]}));
    let plain = element(4, "div", &json!({}), &json!([text(5, "Ada Lovelace")]));
    let after = redacted(&[meta(), page(&json!([plain])), mark], &rules(vec![elements(".secret", Action::Mask)]));
    assert_eq!(strings(&after, "textContent"), ["Xxx Xxxxxxxx"]);
}

#[test]
fn a_selector_may_speak_of_what_is_around() {
    let list = element(
        4,
        "ul",
        &json!({}),
        &json!([
            element(5, "li", &json!({}), &json!([text(6, "first")])),
            element(7, "li", &json!({}), &json!([text(8, "second")])),
        ]),
    );
    let of = |selector: &str| {
        let after = redacted(&[meta(), page(&json!([list.clone()]))], &rules(vec![elements(selector, Action::Mask)]));
        strings(&after, "textContent")
    };
    assert_eq!(of("li + li"), ["first", "xxxxxx"]);
    assert_eq!(of("ul li:first-child"), ["xxxxx", "second"]);
    assert_eq!(of("body > ul:has(li)"), ["xxxxx", "xxxxxx"]);
}

#[test]
fn what_a_rule_masks_is_masked_elsewhere_if_it_is_told_to() {
    let mut rule = elements(".secret", Action::Mask);
    rule.everywhere = true;
    let after = redacted(&[meta(), page(&body())], &rules(vec![rule]));
    assert_eq!(strings(&after, "textContent"), ["Xxx Xxxxxxxx", "Xxx Xxxxxxxx"]);
}

#[test]
fn a_canvas_that_is_not_to_be_seen_is_not_drawn() {
    let canvas =
        element(4, "canvas", &json!({"class": "secret", "rr_dataURL": "data:image/png;base64,SECRET"}), &json!([]));
    let one = change(10, &json!({"source": 9, "id": 4, "type": 0, "property": "fillText", "args": ["Ada", 1, 1]}));
    let many = change(
        20,
        &json!({"source": 9, "id": 4, "type": 0, "commands": [{"property": "fillText", "args": ["Ada", 1, 1]}]}),
    );
    let after = redacted(&[meta(), page(&json!([canvas])), one, many], &rules(vec![elements(".secret", Action::Mask)]));
    let written = serde_json::to_string(&after).unwrap();
    assert!(!written.contains("Ada") && !written.contains("SECRET"), "{written}");
}

#[test]
fn marks_of_private_elements_are_respected_where_a_set_asks_for_it() {
    let private = element(4, "p", &json!({"class": "ph-mask"}), &json!([text(5, "Ada")]));
    let blocked = element(6, "p", &json!({"class": "ph-no-capture"}), &json!([text(7, "Eve")]));
    let rules = Rules { sets: vec![RuleSet { respect_marks: true, ..RuleSet::default() }], key: None };
    let after = redacted(&[meta(), page(&json!([private, blocked]))], &rules);
    assert_eq!(strings(&after, "textContent"), ["Xxx", "Xxx"]);
    assert!(strings(&after, "style")[0].contains("background"));
}

#[test]
fn a_part_of_a_picture_is_covered() {
    let mut picture = image::RgbImage::from_pixel(4, 4, image::Rgb([255, 255, 255]));
    picture.put_pixel(0, 0, image::Rgb([1, 2, 3]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let engine = base64::engine::general_purpose::STANDARD;
    let url = format!("data:image/png;base64,{}", engine.encode(png.into_inner()));
    let area =
        Area { x: Length::Pixels(0.0), y: Length::Pixels(0.0), width: Length::Share(1.0), height: Length::Pixels(2.0) };
    let region = rule("bar", What::Region(Selector::parse("img").unwrap(), area), Action::Cover);
    let shown = |source: &str| {
        let body = json!([element(4, "img", &json!({"src": source}), &json!([]))]);
        strings(&redacted(&[meta(), page(&body)], &rules(vec![region.clone()])), "src").remove(0)
    };
    let covered = shown(&url);
    let bytes = engine.decode(covered.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
    let after = image::load_from_memory(&bytes).unwrap().into_rgb8();
    assert_eq!(after.dimensions(), (4, 4));
    assert!(after.rows().take(2).flatten().all(|pixel| pixel.0 == [0x2f, 0x36, 0x3d]));
    assert!(after.rows().skip(2).flatten().all(|pixel| pixel.0 == [255, 255, 255]));
    // Whose pixels are not at hand goes altogether.
    assert!(!shown("https://cdn.example/ada.png").contains("ada"));
}
