//! Where recordings come from: PostHog, S3 and the web, each as a server on this machine that behaves, and misbehaves, like theirs.

mod browser;
mod clock;
mod command;
mod kept;
mod posthog;
mod refusals;
mod s3;

use replayreel::outbound::{Client, Limits, Policy};
use replayreel::source::{Account, Key, Place, Settings, SourceError, Sourced, read};

use clock::FakeClock;
use posthog::{ID, KEY, PostHog};

/// What a user of this server has set.
fn settings(host: &str) -> (Settings, std::sync::Arc<FakeClock>) {
    let policy = Policy { allowed: vec!["127.0.0.1".parse().unwrap()], plain_http: false };
    let clock = FakeClock::new();
    let posthog = Account { host: Some(host.to_owned()), project: Some("42".to_owned()), key: Some(Key::new(KEY)) };
    let client = Client::new(policy, Limits::default()).unwrap();
    (Settings { posthog, clock: clock.clone(), ..Settings::new(client) }, clock)
}

async fn fetch(server: &PostHog) -> Result<Sourced, SourceError> {
    fetch_with(&settings(&server.url("")).0).await
}

async fn fetch_with(settings: &Settings) -> Result<Sourced, SourceError> {
    read(&[Place::parse(&format!("posthog:{ID}")).unwrap()], settings).await
}

#[tokio::test]
async fn a_recording_comes_whole_in_calls_of_at_most_twenty_blocks() {
    let server = PostHog::with_blocks(45).start().await;
    let (mut settings, clock) = settings(&server.url(""));
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let tells = std::sync::Arc::clone(&told);
    settings.progress = std::sync::Arc::new(move |progress| tells.lock().unwrap().push((progress.done, progress.of)));
    let sourced = fetch_with(&settings).await.unwrap();
    assert_eq!(sourced.parts.len(), 1);
    assert_eq!(sourced.parts[0].bytes, server.all_lines());
    let calls = server.asked();
    assert_eq!(calls.len(), 5, "{calls:#?}");
    for (call, expected) in calls.iter().zip([
        format!("/api/projects/42/session_recordings/{ID}"),
        format!("/api/projects/42/session_recordings/{ID}/snapshots?blob_v2=true"),
        format!("/api/projects/42/session_recordings/{ID}/snapshots?source=blob_v2&start_blob_key=0&end_blob_key=19"),
        format!("/api/projects/42/session_recordings/{ID}/snapshots?source=blob_v2&start_blob_key=20&end_blob_key=39"),
        format!("/api/projects/42/session_recordings/{ID}/snapshots?source=blob_v2&start_blob_key=40&end_blob_key=44"),
    ]) {
        assert_eq!((call.uri.as_str(), call.key.as_deref()), (expected.as_str(), Some("Bearer phx_secret")));
    }
    assert_eq!(*told.lock().unwrap(), [(20, 45), (40, 45), (45, 45)]);
    assert!(clock.waited().is_empty());
    let session = sourced.hints.session.unwrap();
    assert_eq!((session.id.as_str(), session.duration_s), (ID, Some(45.0)));
    assert_eq!(session.person.unwrap()["properties"]["email"], "ada@example.com");
    assert_eq!(sourced.hints.warnings, []);
}

#[tokio::test]
async fn older_kinds_are_fetched_where_there_is_nothing_newer() {
    let server = PostHog::with_blocks(2).kind("blob").start().await;
    assert_eq!(fetch(&server).await.unwrap().parts[0].bytes, server.all_lines());
    let server = PostHog::with_blocks(3).kind("blob_v2_lts").start().await;
    assert_eq!(fetch(&server).await.unwrap().parts[0].bytes, server.all_lines());
    assert!(
        server.asked()[2].uri.ends_with("source=blob_v2_lts&blob_key=lts%2Fpath%2Fof%2Fit"),
        "{:?}",
        server.asked()
    );
}

#[tokio::test]
async fn a_block_that_did_not_come_is_asked_for_by_itself() {
    let server = PostHog::with_blocks(4).losing_at_first(&[2]).start().await;
    let sourced = fetch(&server).await.unwrap();
    assert_eq!(sourced.hints.warnings, []);
    assert!(server.asked()[3].uri.ends_with("start_blob_key=2&end_blob_key=2"), "{:#?}", server.asked());
    let mut lines: Vec<_> = sourced.parts[0].bytes.split(|byte| *byte == b'\n').collect();
    let all = server.all_lines();
    let mut expected: Vec<_> = all.split(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn blocks_that_never_come_are_reported_by_number_and_time() {
    let server = PostHog::with_blocks(4).losing(&[1, 3]).start().await;
    let sourced = fetch(&server).await.unwrap();
    let [warning] = sourced.hints.warnings.as_slice() else { panic!("{:?}", sourced.hints.warnings) };
    assert_eq!((warning.code, warning.count), ("posthog_missing_blocks", 2));
    for part in ["2 of 4 blocks", "1 (1.0 to 1.9 s)", "3 (3.0 to 3.9 s)"] {
        assert!(warning.message.contains(part), "{part}: {}", warning.message);
    }
}

#[tokio::test]
async fn a_session_that_the_server_describes_as_longer_or_still_running_is_reported() {
    let server = PostHog::with_blocks(2).described(json_of_longer).start().await;
    let warnings = fetch(&server).await.unwrap().hints.warnings;
    let codes: Vec<_> = warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["posthog_ongoing", "posthog_incomplete"]);
    assert!(warnings[1].message.contains("28.1 s at the end"), "{warnings:?}");
}

fn json_of_longer(described: &mut serde_json::Value) {
    described["ongoing"] = true.into();
    described["end_time"] = posthog::iso(30_000).into();
}

#[tokio::test]
async fn a_shared_link_opens_with_its_token_and_without_the_users_key() {
    let server = PostHog::with_blocks(2).start().await;
    let (settings, _) = settings("https://us.posthog.com");
    for form in ["shared", "embedded"] {
        let place = Place::parse(&server.url(&format!("/{form}/{}?t=1.5", posthog::TOKEN))).unwrap();
        let sourced = read(&[place], &settings).await.unwrap();
        assert_eq!((sourced.parts[0].bytes.clone(), sourced.hints.from_s), (server.all_lines(), Some(1.5)));
    }
    for call in server.asked() {
        assert_eq!(call.key, None, "{call:?}");
        let asks_the_api = call.uri.starts_with("/api/projects/7/");
        assert_eq!(call.uri.contains(&format!("sharing_access_token={}", posthog::TOKEN)), asks_the_api, "{call:?}");
    }
}

#[tokio::test]
async fn the_key_does_not_go_to_the_host_of_a_strangers_link() {
    let server = PostHog::with_blocks(2).start().await;
    let place = Place::parse(&server.url(&format!("/project/42/replay/{ID}"))).unwrap();
    for host in ["", "https://eu.posthog.com"] {
        let (mut settings, _) = settings(host);
        settings.posthog.host = Some(host.to_owned()).filter(|host| !host.is_empty());
        let error = read(std::slice::from_ref(&place), &settings).await.unwrap_err().to_string();
        assert!(error.contains("--posthog-host http://127.0.0.1"), "{error}");
    }
    assert_eq!(server.asked().len(), 0);
    // And goes there when the user says so.
    let (settings, _) = settings(&server.url(""));
    assert_eq!(read(&[place], &settings).await.unwrap().parts[0].bytes, server.all_lines());
}

#[tokio::test]
async fn the_limit_on_bytes_holds_for_all_blocks_together() {
    let server = PostHog::with_blocks(45).start().await;
    let (mut settings, _) = settings(&server.url(""));
    settings.limits.input_bytes = server.all_lines().len() as u64 - 10;
    let error = fetch_with(&settings).await.unwrap_err().to_string();
    assert!(error.contains("input_bytes"), "{error}");
    settings.limits.input_bytes += 11;
    fetch_with(&settings).await.unwrap();
}
