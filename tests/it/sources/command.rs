//! The program itself, as people start it. Its environment is the test's; servers run beside it.

use serde_json::json;

use super::posthog::{Fault, ID, KEY, PostHog, TOKEN};
use crate::outbound::server::{Server, answer};
use crate::program::recording::{gzip, json_of, turning};
use crate::program::{Ended, PATIENCE, Room};

/// Without whatever the person at the terminal has set for PostHog and S3.
pub(super) fn run(room: &Room, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = room.command(arguments);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("POSTHOG_") || text.starts_with("AWS_") {
            command.env_remove(&name);
        }
    }
    command.env("XDG_CACHE_HOME", room.path().join("cache")).env("REPLAYREEL_ALLOW_PRIVATE", "127.0.0.1");
    command.envs(variables.iter().copied());
    room.start(command).wait(PATIENCE)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recording_is_inspected_by_its_id_with_the_variables_that_people_have_set() {
    let server = PostHog::with_events(&turning(500, "green"), 2).start().await;
    let room = Room::new();
    let host = server.url("");
    let variables = [("POSTHOG_HOST", host.as_str()), ("POSTHOG_PROJECT_ID", "42"), ("POSTHOG_PERSONAL_API_KEY", KEY)];
    let ended = run(&room, &variables, &["inspect", &format!("posthog:{ID}")]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stdout.contains("JSON lines") && ended.stdout.contains("320x200"), "{ended:#?}");
    assert!(ended.stderr.contains("fetched 2 of 2 pieces"), "{ended:#?}");
    assert!(!format!("{ended:?}").contains("phx_"), "{ended:#?}");
    // With the project left to the key, and all by options.
    let more =
        ["inspect", &format!("posthog:{ID}"), "--json", "--posthog-host", &host, "--posthog-key", KEY, "--no-cache"];
    let ended = run(&room, &[], &more);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    assert!(server.asked().last().unwrap().uri.starts_with("/api/projects/@current/"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_not_set_is_bad_usage_and_what_cannot_be_had_is_bad_input() {
    let gone = Fault { to: "", status: 404, retry_after: None, body: json!({"detail": "Not found."}) };
    let server = PostHog::with_events(&turning(500, "green"), 2).failing(gone, 1).start().await;
    let (room, host) = (Room::new(), server.url(""));
    let id = format!("posthog:{ID}");
    let link = server.url(&format!("/project/42/replay/{ID}"));
    let key = [("REPLAYREEL_POSTHOG_KEY", KEY)];
    let with_host = [key[0], ("REPLAYREEL_POSTHOG_HOST", host.as_str())];
    run(&room, &[], &["inspect", &id]).assert_failed(2, &["POSTHOG_PERSONAL_API_KEY", "session_recording:read"]);
    run(&room, &key, &["inspect", &link]).assert_failed(2, &["--posthog-host", "http://127.0.0.1"]);
    run(&room, &[], &["inspect", &id, "--posthog-host", "ftp://x", "--posthog-key", KEY])
        .assert_failed(2, &["no address"]);
    run(&room, &[], &["inspect", "-", "a.json"]).assert_failed(2, &["only input"]);
    run(&room, &[], &["inspect", "a.json", "--allow-private", "http://x"])
        .assert_failed(2, &["--allow-private", "10.0.0.0/8"]);
    run(&room, &[], &["still", "a.json"]).assert_failed(2, &["--at"]);
    run(&room, &with_host, &["inspect", &id]).assert_failed(3, &["not found in the project @current"]);
    room.assert_nothing_left();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn objects_on_the_web_are_read_and_this_machine_only_if_it_is_allowed() {
    let recording = gzip(&json_of(&turning(500, "green")));
    let server = Server::start(move |uri, _| match uri.path() {
        "/recording.json.gz" => axum::response::Response::new(recording.clone().into()),
        "/shared/recording.json" => answer(200, &[], std::str::from_utf8(&json_of(&turning(500, "red"))).unwrap()),
        _ => answer(404, &[], "nothing here"),
    })
    .await;
    let room = Room::new();
    for path in ["/recording.json.gz?token=secret", "/shared/recording.json"] {
        let ended = run(&room, &[], &["inspect", &server.url(path)]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
    }
    let missing = server.url("/missing?token=secret");
    let ended = run(&room, &[], &["inspect", &missing]);
    ended.assert_failed(3, &["the server answered 404"]);
    assert!(!ended.stderr.contains("secret"), "{ended:#?}");
    let ended = run(&room, &[("REPLAYREEL_ALLOW_PRIVATE", "10.0.0.0/8")], &["inspect", &missing]);
    ended.assert_failed(3, &["127.0.0.1 is a loopback address", "--allow-private 127.0.0.1"]);
    let ended = run(&room, &[], &["inspect", &server.url("/recording.json.gz"), "--max-input-bytes", "100"]);
    ended.assert_failed(3, &["100 bytes", "input_bytes"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_shared_link_needs_nothing_set() {
    let server = PostHog::with_events(&turning(500, "green"), 2).start().await;
    let room = Room::new();
    let ended = run(&room, &[], &["inspect", &server.url(&format!("/shared/{TOKEN}")), "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(summary["windows"][0]["id"], "w");
}

#[test]
fn several_files_of_one_session_are_read_together() {
    let room = Room::new();
    let events = turning(500, "green");
    let lines = |events: &[serde_json::Value]| events.iter().map(|event| format!("{event}\n")).collect::<String>();
    let first = room.file("a.jsonl", lines(&events[..2]));
    let second = room.file("b.jsonl", lines(&events[2..]));
    let count = |files: &[&str]| {
        let ended = run(&room, &[], &[&["inspect", "--json"], files].concat());
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        summary["windows"][0]["events"].as_u64().unwrap()
    };
    assert_eq!(count(&[&first, &second]), events.len() as u64);
    assert_eq!(count(&[&first]), 2);
}
