use std::path::PathBuf;

use serde_json::json;

use super::*;

#[expect(clippy::needless_pass_by_value, reason = "a literal is written where it is used")]
fn said(spec: Json) -> Said {
    Said::parse(&spec).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[expect(clippy::needless_pass_by_value, reason = "a literal is written where it is used")]
fn errors(spec: Json) -> Vec<SaidError> {
    Said::parse(&spec).expect_err("a spec that is wrong")
}

fn paths(said: &Said) -> Vec<PathBuf> {
    let outputs = said.order.outputs("replay").unwrap();
    outputs.paths().into_iter().map(PathBuf::from).collect()
}

#[test]
fn nothing_said_is_an_mp4() {
    assert_eq!(paths(&said(json!({}))), [PathBuf::from("replay.mp4")]);
    assert_eq!(paths(&said(json!({"outputs": []}))), [PathBuf::from("replay.mp4")]);
}

#[test]
fn every_option_of_the_command_line_that_names_no_file_and_moves_no_limit_is_a_member() {
    let names: Vec<String> = fields().into_iter().map(|field| field.name).collect();
    for name in [
        "preset",
        "fps",
        "speed",
        "idle",
        "idle_threshold",
        "from",
        "to",
        "cfr",
        "max_bytes",
        "bar",
        "marks",
        "zone",
        "window",
        "stills",
        "full_page",
    ] {
        assert!(names.iter().any(|known| known == name), "{name} is missing in {names:?}");
    }
    for name in ["max_frames", "max_pixels", "output", "stills_to", "poster", "chromium", "report"] {
        assert!(!names.iter().any(|known| known == name), "{name} must not be said");
        assert_eq!(errors(json!({name: "1"}))[0].field, format!("/{name}"));
    }
}

#[test]
fn values_are_texts_numbers_switches_and_lists() {
    let order = said(json!({
        "fps": 12.5, "speed": 2, "idle": "cap=2s", "cfr": true, "cursor": false, "keys": "on", "bar": "top",
        "bar_shows": ["title", "clock"], "marks": ["error", "rage"], "size": "800x450",
    }))
    .order;
    let described = format!("{order:?}");
    assert!(
        described.contains("cfr: true") && described.contains("cursor: Off") && described.contains("keys: On"),
        "{described}"
    );
    assert!(described.contains("Title, Clock") && described.contains("Error, Rage"), "{described}");
}

#[test]
fn outputs_have_formats_kinds_names_and_options_of_their_own() {
    let said = said(json!({"outputs": [
        "mp4",
        {"format": "gif", "name": "clip", "fps": 10, "size": "800x450", "idle": "skip", "max_bytes": "5MB"},
        {"format": "mp4", "name": "editor", "cfr": true, "chapters": false, "captions": "on"},
        {"format": "png", "at": "50%"},
        {"format": "jpg", "at": "error:1-2s", "name": "trouble.jpg"},
        {"format": "webp"},
        {"format": "webp", "kind": "still"},
        {"format": "png", "kind": "contact_sheet", "columns": 3, "every": "10s"},
        {"format": "jpg", "kind": "poster"},
        {"format": "vtt"}, {"format": "json", "speed": 2},
    ]}));
    let mut found: Vec<String> = paths(&said).iter().map(|path| path.display().to_string()).collect();
    found.sort();
    let mut expected = [
        "replay.mp4",
        "clip.gif",
        "editor.mp4",
        "still.png",
        "trouble.jpg",
        "replay.webp",
        "still.webp",
        "contact-sheet.png",
        "poster.jpg",
        "captions.vtt",
        "time-map.json",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn each_mistake_has_its_place_and_says_what_would_be_right() {
    for (spec, field, words) in [
        (json!([]), "", "must be an object"),
        (json!({"outputs": "mp4"}), "/outputs", "must be a list"),
        (json!({"outputs": [{"format": "avi"}]}), "/outputs/0/format", "mp4, webm"),
        (json!({"outputs": [{}]}), "/outputs/0/format", "is missing"),
        (json!({"outputs": [{"format": "mp4", "fps": "fast"}]}), "/outputs/0/fps", "must be"),
        (json!({"outputs": [{"format": "mp4", "color": 1}]}), "/outputs/0/color", "unknown option"),
        (json!({"outputs": [{"format": "mp4", "at": "end"}]}), "/outputs/0/format", "png, jpg or webp"),
        (json!({"outputs": [{"format": "png", "at": "never"}]}), "/outputs/0/at", ""),
        (json!({"outputs": [{"format": "mp4", "name": "../x"}]}), "/outputs/0/name", "letters, digits"),
        (json!({"outputs": [{"format": "mp4", "name": ".x"}]}), "/outputs/0/name", "letters, digits"),
        (
            json!({"outputs": [{"format": "mp4", "name": "a"}, {"format": "mp4", "name": "a.mp4"}]}),
            "/outputs/1/name",
            "two outputs",
        ),
        (json!({"outputs": [{"format": "png", "kind": "painting"}]}), "/outputs/0/kind", "contact_sheet"),
        (
            json!({"outputs": [{"format": "jpg", "kind": "poster"}, {"format": "png", "kind": "poster"}]}),
            "/outputs/1",
            "one poster",
        ),
        (json!({"fps": "fast"}), "/fps", "must be"),
        (json!({"bar": "left"}), "/bar", "must be one of off, top, bottom"),
        (json!({"cfr": "yes"}), "/cfr", "true or false"),
        (json!({"idle": {"cap": 2}}), "/idle", "must be a text"),
        (json!({"volume": 11}), "/volume", "no such option"),
        (json!({"preset": "tiktok"}), "/preset", "share, ticket, archive, docs"),
        (json!({"redact": {"builtin": ["names"]}}), "/redact/builtin", "email, card"),
        (json!({"redact": true}), "/redact", "builtin"),
        (json!({"fetch_assets": [3]}), "/fetch_assets/0", "origin"),
        (json!({"outputs": ["gif"], "captions": "on"}), "", "only MP4 and WebM"),
    ] {
        let errors = errors(spec.clone());
        assert!(errors[0].field == field && errors[0].message.contains(words), "{spec}: {errors:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let fields: Vec<String> = errors(json!({"fps": "fast", "bar": "left", "outputs": ["avi"]}))
        .into_iter()
        .map(|error| error.field)
        .collect();
    assert_eq!(fields, ["/bar", "/fps", "/outputs/0/format"]);
}

#[test]
fn a_preset_gives_defaults_and_what_is_said_counts_more() {
    let canonical = said(json!({"preset": "share", "cursor_size": "huge"})).canonical();
    assert!(canonical.contains("bar: Bottom") && canonical.contains("cursor_size: Huge"), "{canonical}");
}

#[test]
fn two_ways_to_say_the_same_are_one_order_and_what_differs_is_another() {
    assert_eq!(said(json!({"fps": 30})).canonical(), said(json!({"fps": "30", "idle": "keep"})).canonical());
    assert_ne!(said(json!({"fps": 30})).canonical(), said(json!({"fps": 25})).canonical());
    assert_ne!(said(json!({})).canonical(), said(json!({"redact": {"builtin": ["email"]}})).canonical());
}

#[test]
fn a_value_cannot_become_another_option() {
    let error = &errors(json!({"idle": "skip --cfr"}))[0];
    assert_eq!(error.field, "/idle");
    let error = &errors(json!({"theme": "--help"}))[0];
    assert_eq!(error.field, "/theme");
}
