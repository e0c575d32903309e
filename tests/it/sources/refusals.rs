//! What a server refuses, and what it takes a second time for.

use std::time::Duration;

use serde_json::{Value, json};

use super::posthog::{Fault, PostHog};
use super::{fetch, fetch_with, settings};

fn fault(to: &'static str, status: u16, retry_after: Option<&'static str>, body: Value) -> Fault {
    Fault { to, status, retry_after, body }
}

const BLOCKS: &str = "source=blob_v2&";
const LISTING: &str = "blob_v2=true";

#[tokio::test]
async fn a_throttled_call_is_made_again_when_the_server_says() {
    let throttled = || fault(BLOCKS, 429, Some("42"), json!({"detail": "Request was throttled."}));
    let server = PostHog::with_blocks(3).failing(throttled(), 2).start().await;
    let (settings, clock) = settings(&server.url(""));
    assert_eq!(fetch_with(&settings).await.unwrap().parts[0].bytes, server.all_lines());
    assert_eq!(clock.waited(), [Duration::from_secs(42); 2]);
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn a_server_at_capacity_is_asked_again_less_and_less_often_and_then_given_up() {
    let busy = || fault(LISTING, 503, None, json!({"error": "ClickHouse over capacity. Please retry"}));
    let server = PostHog::with_blocks(3).failing(busy(), 3).start().await;
    let (with, clock) = settings(&server.url(""));
    assert_eq!(fetch_with(&with).await.unwrap().parts[0].bytes, server.all_lines());
    assert_eq!(clock.waited(), [1, 2, 4].map(Duration::from_secs));

    let server = PostHog::with_blocks(3).failing(busy(), 100).start().await;
    let error = fetch(&server).await.unwrap_err().to_string();
    for part in ["after 6 tries", "503", "ClickHouse over capacity", "run again later"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(server.asked().len(), 1 + 6);
}

#[tokio::test]
async fn a_wait_of_an_hour_is_not_sat_out() {
    let throttled = fault(BLOCKS, 429, Some("3600"), json!({}));
    let server = PostHog::with_blocks(3).failing(throttled, 1).start().await;
    let (settings, clock) = settings(&server.url(""));
    let error = fetch_with(&settings).await.unwrap_err().to_string();
    assert!(error.contains("asks to wait 3600 s") && error.contains("--max-wait"), "{error}");
    assert!(clock.waited().is_empty());
}

#[tokio::test]
async fn each_refusal_says_what_to_do_and_is_not_repeated() {
    let cases: [(Fault, &[&str]); 7] = [
        (
            fault(
                "",
                401,
                None,
                json!({"detail": "Personal API key found in request Authorization header is invalid."}),
            ),
            &["does not accept the key", "is invalid", "--posthog-host"],
        ),
        (
            fault("", 403, None, json!({"detail": "API key missing required scope 'session_recording:read'"})),
            &["session_recording:read", "project 42"],
        ),
        (fault("", 404, None, json!({"detail": "Not found."})), &["not found in the project 42", "--posthog-project"]),
        (
            fault(BLOCKS, 404, None, json!({"detail": "Block index out of range"})),
            &["no longer has block 0", "run again"],
        ),
        (
            fault(
                BLOCKS,
                410,
                None,
                json!({"error": "recording_deleted", "deleted_at": 1_767_225_600, "deleted_by": "ada@example.com"}),
            ),
            &["was deleted by ada@example.com on 2026-01-01T00:00:00Z", "cannot be brought back"],
        ),
        (
            fault(LISTING, 400, None, json!({"detail": "Invalid\u{1b}[2J source"})),
            &["answered 400 (Invalid[2J source)"],
        ),
        (fault(LISTING, 200, None, json!({"sources": []})), &["lists nothing", "a few minutes after"]),
    ];
    for (fault, expected) in cases {
        let server = PostHog::with_blocks(3).failing(fault, 1).start().await;
        let (settings, clock) = settings(&server.url(""));
        let error = fetch_with(&settings).await.unwrap_err();
        let text = error.to_string();
        for part in expected.iter().chain(&[super::ID, "http://127.0.0.1"]) {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!format!("{error:?}{text}").contains("phx_"), "{error:?}");
        assert!(clock.waited().is_empty(), "{text}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_posthogs_is_told_as_such() {
    let page = fault("session_recordings", 200, None, json!("<html>Welcome</html>"));
    let server = PostHog::with_blocks(3).failing(page, 1).start().await;
    let error = fetch(&server).await.unwrap_err().to_string();
    assert!(error.contains("not what PostHog answers") && error.contains("--posthog-host"), "{error}");
}

#[tokio::test]
async fn keys_that_cannot_work_are_told_before_anything_is_asked() {
    let server = PostHog::with_blocks(3).start().await;
    for (key, expected) in [(None, "POSTHOG_PERSONAL_API_KEY"), (Some("phc_project"), "project API key")] {
        let (mut settings, _) = settings(&server.url(""));
        settings.posthog.key = key.map(replayreel::source::Key::new);
        let error = fetch_with(&settings).await.unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains("session_recording:read"), "{error}");
    }
    assert_eq!(server.asked().len(), 0);
}
