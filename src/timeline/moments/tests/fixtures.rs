//! The project's own recordings, whose scenarios say what happened in them.

use super::*;

fn of_file(path: &str) -> Vec<(&'static str, i64, String)> {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    let recording = open(std::fs::read(path).unwrap(), &Limits::default()).unwrap();
    let told = |moment: Moment| (moment.kind.name(), moment.at.micros() / 1000, moment.label);
    moments(&recording, &Thresholds::default()).into_iter().map(told).collect()
}

#[test]
fn the_form_is_sent_once_by_the_keyboard() {
    let told = of_file("tests/fixtures/recordings/form.json.gz");
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!((told[1].0, told[1].1 / 100, told[1].2.as_str()), ("submit", 174, "button"));
}

#[test]
fn pages_that_answer_every_click_have_no_dead_ones() {
    // Menus, tabs, dialogs, spinners, a drawer and a fly-in: all that is clicked there does something.
    for name in ["effects", "dashboard", "shadow", "scroll", "canvas", "form", "navigation"] {
        let told = of_file(&format!("tests/fixtures/recordings/{name}.json.gz"));
        assert!(told.iter().all(|(kind, ..)| matches!(*kind, "page" | "submit")), "{name}: {told:#?}");
    }
    assert_eq!(of_file("examples/checkout.json.gz").len(), 1);
}

#[test]
fn going_to_a_page_and_back_is_three_pages() {
    let told = of_file("tests/fixtures/recordings/navigation.json.gz");
    let pages: Vec<&str> = told.iter().map(|(_, _, label)| label.as_str()).collect();
    assert_eq!(
        pages,
        [
            "http://norrland.example/navigation",
            "http://norrland.example/navigation-cabin",
            "http://norrland.example/navigation"
        ]
    );
}

#[test]
fn the_phone_has_a_marker_and_nothing_else() {
    let told = of_file("examples/phone.json.gz");
    let kinds: Vec<&str> = told.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds, ["page", "marker"]);
    assert_eq!(told[1].2, "end");
}
