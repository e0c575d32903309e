//! What is in a ticket.

use super::*;

#[test]
fn a_ticket_tells_the_gravest_problem_and_what_led_to_it() {
    let ticket = ticket_of(&session(&PLAIN), &choice());
    assert_eq!(ticket.title.to_string(), "Error: “Boom”");
    let steps = [
        "Opens https://shop.example/basket (“Pay now”)",
        "Opens https://shop.example/basket",
        "Types in “Pay now”",
        "Types in “Secret word”",
        "Clicks button “Pay now”",
        "Error: “Boom” (2 times)",
    ];
    assert_eq!(lines(&ticket.steps), steps);
    let facts =
        |facts: &[Fact]| -> Vec<String> { facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect() };
    let summary = [
        "Recorded: 2023-11-14T22:13:20Z",
        "Duration: 0:12.0",
        "Page: https://shop.example/basket",
        "Person: “u-7”",
        "Session: “Pay now”",
    ];
    assert_eq!(facts(&ticket.summary), summary);
    let agent = format!("User agent: “{AGENT}”");
    let environment = [
        "Browser: Chrome 140",
        "System: Windows 10 or 11",
        "Language: “Pay now”",
        "Viewport: 1024x640",
        "Window: 1 of 2 (“w1”)",
        agent.as_str(),
    ];
    assert_eq!(facts(&ticket.environment), environment);
}

#[test]
fn problems_come_by_time_and_are_named_as_moments_are_asked_for() {
    let ticket = ticket_of(&session(&PLAIN), &choice());
    let problems: Vec<_> = ticket
        .problems
        .iter()
        .map(|problem| (problem.still.as_str(), problem.words.to_string(), problem.at_ms, problem.count))
        .collect();
    let line = |still: &'static str, words: &str, at, count| (still, words.to_owned(), at, count);
    assert_eq!(
        problems,
        [
            line("error-1.png", "Error: “Boom”", 4000.0, 2),
            line("failed-1.png", "Failed request: “500 POST https://shop.example/basket”", 5000.0, 1),
            line("dead-1.png", "Clicks button “Pay now”, and nothing happens", 8000.0, 1),
            line("error-3.png", "Error: “Other Boom”", 11_000.0, 1),
        ]
    );
    assert_eq!(ticket.problems[0].clip.as_deref(), Some("error-1.gif"));
    assert_eq!(ticket.problems[0].at.as_deref(), Some("2023-11-14T22:13:24Z"));
    let views: Vec<bool> = ticket.problems.iter().map(|problem| problem.in_view).collect();
    assert_eq!(views, [true, true, true, false]);
}

#[test]
fn the_gravest_are_shown_and_the_rest_is_counted() {
    let ticket = ticket_of(&session(&PLAIN), &Choice { most: 2, ..choice() });
    let stills: Vec<&str> = ticket.problems.iter().map(|problem| problem.still.as_str()).collect();
    assert_eq!(stills, ["error-1.png", "error-3.png"]);
    assert_eq!(ticket.more, BTreeMap::from([("dead", 1), ("failed", 1)]));
    assert!(ticket.markdown().contains("Not shown here: dead 1, failed 1."));
}

#[test]
fn kinds_and_windows_can_be_chosen() {
    let marks = ticket_of(&session(&PLAIN), &Choice { kinds: vec![MomentKind::Marker], ..choice() });
    assert_eq!(marks.title.to_string(), "Mark: “chapter: Boom”");
    let second = ticket_of(&session(&PLAIN), &Choice { window: Some("w2".to_owned()), ..choice() });
    assert_eq!(second.title.to_string(), "Error: “Other Boom”");
    assert_eq!(second.problems.len(), 1);
    assert!(second.problems[0].in_view);
    assert_eq!(second.console.rows.len(), 1);
    assert!(second.network.rows.is_empty());
}

#[test]
fn moments_can_be_chosen_by_hand() {
    let at = [9000, 3500].map(SessionTime::from_millis).to_vec();
    let ticket = ticket_of(&session(&PLAIN), &Choice { at, clip: None, ..choice() });
    let problems: Vec<_> = ticket.problems.iter().map(|problem| (problem.still.as_str(), problem.at_ms)).collect();
    assert_eq!(problems, [("moment-2.png", 3500.0), ("moment-1.png", 9000.0)]);
    // What was named first is what it is about.
    assert_eq!(ticket.title.to_string(), "After: Clicks button “Pay now”, and nothing happens");
    assert!(ticket.problems.iter().all(|problem| problem.clip.is_none()));
    assert_eq!(lines(&ticket.steps).last().unwrap(), "Clicks button “Pay now”, and nothing happens");
}

#[test]
fn a_session_without_a_problem_shows_its_end_and_says_so() {
    let ticket = ticket_of(&session(&PLAIN), &Choice { kinds: vec![MomentKind::Rage], ..choice() });
    assert!(!ticket.found);
    assert_eq!(ticket.problems.len(), 1);
    assert_eq!((ticket.problems[0].still.as_str(), ticket.problems[0].at_ms), ("end.png", 12_000.0));
    for document in [ticket.markdown(), ticket.html(), ticket.jira()] {
        assert!(document.contains("No problem was found in the recording"), "{document}");
    }
}

#[test]
fn the_last_steps_are_told_and_the_others_counted() {
    let ticket = ticket_of(&session(&PLAIN), &Choice { steps: 2, ..choice() });
    assert_eq!(lines(&ticket.steps), ["Clicks button “Pay now”", "Error: “Boom” (2 times)"]);
    assert_eq!(ticket.steps_before, 4);
    assert!(ticket.markdown().contains("The last 2 of 6 steps."));
}

#[test]
fn what_was_typed_is_told_only_if_asked_for_and_passwords_never() {
    let documents = |values: bool| {
        let ticket = ticket_of(&session(&PLAIN), &Choice { values, ..choice() });
        [ticket.markdown(), ticket.html(), ticket.jira(), serde_json::to_string(&ticket).unwrap()]
    };
    for (without, with) in documents(false).iter().zip(documents(true)) {
        assert!(!without.contains("Ida") && with.contains("Ida"), "{with}");
        assert!(!with.contains("hunter2"), "{with}");
    }
}

#[test]
fn console_and_network_are_those_around_the_problems() {
    let mut said = PLAIN;
    said.message = "Hello";
    let ticket = ticket_of(&session(&said), &choice());
    let console: Vec<_> =
        ticket.console.rows.iter().map(|row| (row.level.as_str(), row.message.as_str(), row.count)).collect();
    assert_eq!(console, [("warn", "Hello", 1), ("error", "Hello", 2), ("error", "Other Hello", 1)]);
    let network = &ticket.network.rows[0];
    assert_eq!((network.status, network.duration_ms, network.failed), (Some(500), Some(120.0), true));
    assert!(ticket.markdown().contains("| 0:04.9 | `POST` | `https://shop.example/basket` | 500 | 120 ms |"));
}

#[test]
fn machines_read_what_people_read() {
    let json = serde_json::to_value(ticket_of(&session(&PLAIN), &choice())).unwrap();
    assert_eq!(json["title"], "Error: “Boom”");
    assert_eq!(json["steps"][4], json!({"at_ms": 3000.0, "words": "Clicks button “Pay now”"}));
    assert_eq!(json["problems"][1]["kind"], "failed");
    assert_eq!(json["problems"][1]["still"], "failed-1.png");
    assert_eq!(json["environment"][0], json!({"name": "Browser", "value": "Chrome 140"}));
    assert_eq!(json["console"]["left_out"], 0);
}

#[test]
fn tables_are_bounded_and_keep_what_matters() {
    let mut events = vec![
        event(4, 0, &json!({"href": "https://a.example/", "width": 800, "height": 600})),
        event(2, 1, &json!({"node": {"type": 0, "childNodes": [], "id": 1}, "initialOffset": {"left": 0, "top": 0}})),
    ];
    events.extend((0..500).map(|turn| console(1000 + turn, "log", &format!("line {turn}"))));
    events.push(console(2000, "error", "Boom"));
    events.extend((0..500).map(|turn| request(3000 + turn, "GET", &format!("https://a.example/{turn}"), 200)));
    events.push(request(4000, "GET", "https://a.example/bad", 503));
    let recording = open(serde_json::to_vec(&events).unwrap(), &Limits::default()).unwrap();
    let ticket = ticket_of(&recording, &choice());
    assert_eq!((ticket.console.rows.len(), ticket.console.left_out), (40, 461));
    assert_eq!(ticket.console.rows.last().unwrap().message, "Boom");
    assert_eq!((ticket.network.rows.len(), ticket.network.left_out), (40, 461));
    assert_eq!(ticket.network.rows.last().unwrap().status, Some(503));
    assert!(ticket.markdown().contains("… and 461 more."));
}
