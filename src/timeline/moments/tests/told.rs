//! What recordings say outright.

use super::*;

fn console(at: u64, level: &str, written: &[&str]) -> Value {
    let payload = json!({"level": level, "payload": written, "trace": []});
    event(6, at, &json!({"plugin": "rrweb/console@1", "payload": payload}))
}

fn requests(at: u64, entries: &Value) -> Value {
    event(6, at, &json!({"plugin": "rrweb/network@1", "payload": {"requests": entries}}))
}

fn network(at: u64, entry: &Value) -> Vec<(&'static str, i64, String)> {
    told(&on_a_page(&[requests(at, &json!([entry]))]))
}

fn line(kind: &'static str, at: i64, label: &str) -> (&'static str, i64, String) {
    (kind, at, label.to_owned())
}

#[test]
fn errors_of_the_console_are_found_with_what_they_say() {
    let events = on_a_page(&[
        console(1000, "error", &["\"Boom:\\n failed\"", "{\"code\":7}"]),
        console(2000, "warn", &["\"error\""]),
        console(3000, "log", &["\"Uncaught Error\""]),
        console(4000, "assert", &["\"not so\""]),
    ]);
    assert_eq!(told(&events), [line("error", 1000, "Boom: failed {\"code\":7}"), line("error", 4000, "not so")]);
}

#[test]
fn the_log_of_old_recorders_is_read() {
    let log = |at, level: &str| change(at, &json!({"source": 11, "level": level, "trace": [], "payload": ["\"old\""]}));
    assert_eq!(told(&on_a_page(&[log(1000, "error"), log(2000, "info")])), [line("error", 1000, "old")]);
}

#[test]
fn a_lone_surrogate_does_not_lose_an_error() {
    let mut text = serde_json::to_string(&on_a_page(&[console(1000, "error", &["\"half SURROGATE\""])])).unwrap();
    text = text.replace("SURROGATE", "\\ud83d");
    let recording = open(text.into_bytes(), &Limits::default()).unwrap();
    let all = moments(&recording, &Thresholds::default());
    assert!(all.iter().any(|moment| moment.kind == MomentKind::Error && moment.label == "half \u{fffd}"), "{all:#?}");
}

#[test]
fn payloads_of_any_other_shape_are_passed_over() {
    for payload in [
        json!(null),
        json!([]),
        json!("error"),
        json!({"level": 5}),
        json!({"requests": {}}),
        json!({"requests": [1, null, {}]}),
    ] {
        for plugin in ["rrweb/console@1", "rrweb/network@1", "posthog/network@1"] {
            assert_eq!(told(&on_a_page(&[event(6, 1000, &json!({"plugin": plugin, "payload": payload}))])), []);
        }
        for tag in ["breadcrumb", "performanceSpan", "$autocapture"] {
            assert_eq!(told(&on_a_page(&[custom(1000, tag, &payload)])), [], "{tag} {payload}");
        }
    }
}

#[test]
fn failed_requests_are_found_when_they_ended() {
    let entry = |status: u64| {
        json!({"name": "https://a.example/api", "entryType": "resource", "initiatorType": "fetch", "method": "GET",
            "responseStatus": status, "timestamp": 1_700_000_001_000_u64, "duration": 250})
    };
    assert_eq!(network(2000, &entry(500)), [line("failed", 1250, "500 GET https://a.example/api")]);
    assert_eq!(network(2000, &entry(404)), [line("failed", 1250, "404 GET https://a.example/api")]);
    assert_eq!(network(2000, &entry(0)), [line("failed", 1250, "no answer GET https://a.example/api")]);
    assert_eq!(network(2000, &entry(399)), []);
    // rrweb's own plugin, which has no clock of day.
    let plain = json!({"url": "https://a.example/b", "status": 503, "startTime": 10, "endTime": 60});
    assert_eq!(network(2000, &plain), [line("failed", 2000, "503 https://a.example/b")]);
}

#[test]
fn a_picture_whose_status_is_hidden_has_not_failed() {
    let picture = json!({"name": "https://cdn.example/a.png", "entryType": "resource", "initiatorType": "img", "responseStatus": 0});
    assert_eq!(network(2000, &picture), []);
    let mark = json!({"name": "start", "entryType": "mark", "duration": 9000, "status": 500});
    assert_eq!(network(2000, &mark), []);
}

#[test]
fn slow_requests_last_from_their_start_to_their_end() {
    let entry = |duration: u64| {
        json!({"name": "https://a.example/slow", "entryType": "resource", "status": 200, "duration": duration,
            "timestamp": 1_700_000_001_000_u64})
    };
    assert_eq!(network(9000, &entry(2999)), []);
    let found = found(&on_a_page(&[requests(9000, &json!([entry(3000)]))]));
    assert_eq!((found[0].kind, found[0].label.as_str()), (MomentKind::Slow, "3.0 s https://a.example/slow"));
    assert_eq!((found[0].at, found[0].until), (SessionTime::from_millis(1000), Some(SessionTime::from_millis(4000))));
}

#[test]
fn a_request_with_another_clock_counts_from_when_it_was_told() {
    let entry = json!({"name": "https://a.example/", "status": 500, "duration": 5000, "timestamp": 1_000});
    assert_eq!(
        network(9000, &entry),
        [line("slow", 4000, "5.0 s https://a.example/"), line("failed", 9000, "500 https://a.example/")]
    );
}

#[test]
fn numbered_requests_of_old_recorders_are_read() {
    let payload = json!({"0": "resource", "2": "https://a.example/n", "21": 502, "39": 100});
    let told = told(&on_a_page(&[event(6, 3000, &json!({"plugin": "posthog/network@1", "payload": payload}))]));
    assert_eq!(told, [line("failed", 3000, "502 https://a.example/n")]);
}

#[test]
fn what_sentry_tells_in_custom_events_is_understood() {
    let crumb = |at, payload: &Value| custom(at, "breadcrumb", payload);
    let slow_click = |at, tag: &str, ms: u64, clicks: u64| {
        let data =
            json!({"endReason": "timeout", "timeAfterClickMs": ms, "clickCount": clicks, "node": {"tagName": tag}});
        crumb(at, &json!({"category": "ui.slowClickDetected", "message": "main > a", "data": data}))
    };
    let span = json!({"op": "resource.fetch", "description": "https://a.example/s", "startTimestamp": 2.0, "endTimestamp": 6.5,
        "data": {"method": "POST", "statusCode": 500}});
    let events = on_a_page(&[
        crumb(1000, &json!({"category": "console", "level": "error", "message": "sad"})),
        crumb(1100, &json!({"category": "console", "level": "info", "message": "glad"})),
        crumb(1200, &json!({"category": "ui.click", "message": "button"})),
        custom(2000, "performanceSpan", &span),
        custom(2100, "performanceSpan", &json!({"op": "paint", "startTimestamp": 0, "endTimestamp": 9})),
        slow_click(8000, "button", 7000, 1),
        slow_click(9000, "a", 7000, 5),
        slow_click(9500, "div", 7000, 1),
        slow_click(9600, "a", 3000, 1),
        crumb(10_000, &json!({"category": "ui.multiClick", "message": "main > b", "data": {"clickCount": 5}})),
        crumb(11_000, &json!({"category": "ui.multiClick", "message": "main > b", "data": {"clickCount": 4}})),
    ]);
    assert_eq!(
        told(&events),
        [
            line("error", 1000, "sad"),
            line("slow", 2000, "4.5 s POST https://a.example/s"),
            line("failed", 6500, "500 POST https://a.example/s"),
            line("dead", 8000, "main > a"),
            line("rage", 9000, "main > a"),
            line("rage", 10_000, "main > b"),
        ]
    );
}

#[test]
fn custom_events_are_markers_unless_recorders_wrote_them_for_themselves() {
    let none = json!({});
    let events = on_a_page(&[
        custom(1000, "checkout", &none),
        custom(2000, "chapter", &json!({"name": "resized"})),
        custom(3000, "note", &json!("said")),
        custom(4000, "$posthog_config", &none),
        custom(4100, "$session_options", &none),
        custom(4200, "sessionIdle", &none),
        custom(4300, "rrweb/fullscreen", &none),
        custom(4400, "options", &none),
        custom(5000, "error", &json!({"message": "own"})),
        custom(6000, "$rageclick", &none),
        custom(7000, "$dead_click", &none),
        custom(8000, "$autocapture", &json!({"$event_type": "submit"})),
        custom(8100, "$autocapture", &json!({"$event_type": "click"})),
    ]);
    assert_eq!(
        told(&events),
        [
            line("marker", 1000, "checkout"),
            line("marker", 2000, "chapter: resized"),
            line("marker", 3000, "note: said"),
            line("error", 5000, "own"),
            line("rage", 6000, "$rageclick"),
            line("dead", 7000, "$dead_click"),
            line("submit", 8000, "$autocapture"),
        ]
    );
}

#[test]
fn a_marker_is_called_by_its_tag_or_its_name_or_both() {
    let marker = Moment::new(MomentKind::Marker, SessionTime::ZERO, "chapter: resized");
    assert!(["chapter", "resized", "chapter: resized"].into_iter().all(|label| marker.is_called(label)));
    assert!(["chap", "sized", "chapter:", "", ": "].into_iter().all(|label| !marker.is_called(label)));
}

#[test]
fn pages_and_sizes_are_told_where_they_change() {
    let events = [
        meta(0, "https://a.example/", 800),
        snapshot(10, &[]),
        meta(1000, "https://a.example/", 800),
        snapshot(1010, &[]),
        meta(2000, "https://a.example/b", 640),
        snapshot(2010, &[]),
        change(3000, &json!({"source": 4, "width": 320, "height": 600})),
    ];
    assert_eq!(
        told(&events),
        [
            line("page", 2000, "https://a.example/b"),
            line("viewport", 2000, "640x600"),
            line("viewport", 3000, "320x600")
        ]
    );
}

#[test]
fn every_moment_has_the_url_that_stood_then_also_where_no_page_was_loaded() {
    let events = on_a_page(&[
        console(1000, "error", &["1"]),
        custom(2000, "$pageview", &json!({"href": "https://a.example/inner"})),
        console(3000, "error", &["2"]),
    ]);
    let urls: Vec<Option<String>> = found(&events).into_iter().map(|moment| moment.url).collect();
    assert_eq!(urls, [Some("https://a.example/".to_owned()), Some("https://a.example/inner".to_owned())]);
}

#[test]
fn the_view_going_to_another_window_is_a_moment_of_that_window() {
    let mut first = [meta(0, "https://a.example/", 800), snapshot(0, &[]), click(1000, 3), click(4000, 3)];
    let mut second = [meta(100, "https://b.example/", 800), snapshot(110, &[]), click(2000, 3)];
    in_window(&mut first, "a");
    in_window(&mut second, "b");
    let found = found(&[first.as_slice(), &second].concat());
    let switches: Vec<_> = found.iter().filter(|moment| moment.kind == MomentKind::Window).collect();
    let told: Vec<_> =
        switches.iter().map(|one| (one.at.micros() / 1000, one.window.as_str(), one.label.as_str())).collect();
    assert_eq!(told, [(2000, "b", "to window 2 of 2"), (4000, "a", "to window 1 of 2")]);
    assert_eq!(switches[0].url.as_deref(), Some("https://b.example/"));
}
