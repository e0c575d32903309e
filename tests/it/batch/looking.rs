//! What batch finds, refuses and estimates, without a browser.

use axum::http::{HeaderMap, Uri};
use serde_json::json;

use super::{batch, generated, text};
use crate::outbound::server::{Server, answer};

#[test]
fn a_dry_run_tells_what_would_be_done_and_what_it_costs_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("in");
    let made = generated::write(&from, 7, 4);
    std::fs::write(from.join("notes.md"), "not a recording").unwrap();
    let ended = batch(from.to_str().unwrap(), &folder.path().join("out"), &["--dry-run"]);
    let said = text(&ended.stdout);
    assert!(ended.status.success(), "{said}{}", text(&ended.stderr));
    let broken = made.iter().filter(|made| made.fails.is_some()).count();
    assert!(
        said.contains("7 recordings found") && said.contains("7 new") && said.contains("1 files not called"),
        "{said}"
    );
    assert!(said.contains(&format!("{broken} cannot be read")) && said.contains("about 0:"), "{said}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn what_cannot_be_meant_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, out, full) = (folder.path().join("empty"), folder.path().join("out"), folder.path().join("full"));
    for folder in [&empty, &full] {
        std::fs::create_dir(folder).unwrap();
    }
    std::fs::write(full.join("thesis.txt"), "x").unwrap();
    let fails = |from: &std::path::Path, to: &std::path::Path, more: &[&str], code, words: &[&str]| {
        let ended = batch(from.to_str().unwrap(), to, more);
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    fails(&empty, &out, &[], 3, &["nothing to convert", "--include"]);
    fails(&folder.path().join("none"), &out, &[], 3, &["no such file or folder"]);
    fails(&empty, &full, &[], 2, &["not empty", "no archive"]);
    fails(&empty, &out, &["--name", "video"], 2, &["the same"]);
    fails(&empty, &out, &["--since", "2026-01-01"], 2, &["PostHog project"]);
    fails(&empty, &out, &["--since", "yesterday"], 2, &["2026-01-31"]);
    fails(&empty, &out, &["--submit", "ftp://x"], 2, &["https://", "postgres://"]);
    fails(&empty, &out, &["-o", "film.avi"], 2, &["mp4"]);
    fails(&empty, &out, &["--submit", "http://127.0.0.1:9", "--builtin", "email"], 2, &["redact"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_project_is_listed_page_by_page_with_the_filters_that_were_given() {
    let ids: Vec<String> = (0..130).map(|number| format!("01990f3a-7c2e-7a51-9d0e-{number:012}")).collect();
    let listed = ids.clone();
    let asked = std::sync::Arc::<std::sync::Mutex<Vec<String>>>::default();
    let log = std::sync::Arc::clone(&asked);
    let server = Server::start(move |uri: Uri, headers: HeaderMap| {
        log.lock().unwrap().push(uri.to_string());
        assert_eq!(headers["authorization"], "Bearer phx_secret");
        let query: std::collections::HashMap<String, String> =
            url::form_urlencoded::parse(uri.query().unwrap().as_bytes()).into_owned().collect();
        let offset: usize = query["offset"].parse().unwrap();
        let page = listed.iter().skip(offset).take(100);
        let results: Vec<_> =
            page.map(|id| json!({"id": id, "recording_duration": 60, "end_time": "2026-01-02T00:00:00Z"})).collect();
        let body = json!({"results": results, "has_next": offset + 100 < 130});
        answer(200, &[("content-type", "application/json")], &body.to_string())
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let host = server.url("");
    let arguments = [
        "--dry-run",
        "--posthog-host",
        &host,
        "--posthog-key",
        "phx_secret",
        "--allow-private",
        "127.0.0.1",
        "--posthog-project",
        "7",
        "--since",
        "2026-01-01",
        "--until",
        "-1d",
        "--person",
        "ada@example.org",
        "--min-duration",
        "30s",
    ];
    let ended = tokio::task::block_in_place(|| batch("posthog:", &folder.path().join("out"), &arguments));
    let said = text(&ended.stdout);
    assert!(ended.status.success(), "{said}{}", text(&ended.stderr));
    assert!(said.contains("130 recordings found") && said.contains("cannot be told without reading"), "{said}");
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2, "{asked:#?}");
    assert!(asked[0].starts_with("/api/projects/7/session_recordings/?"), "{asked:#?}");
    for part in ["date_from=2026-01-01", "date_to=-1d", "ada%40example.org", "having_predicates=", "duration"] {
        assert!(asked[0].contains(part), "{part}: {}", asked[0]);
    }
    // Longer than what was asked for is left out, whatever the server answers.
    let mut arguments = arguments.to_vec();
    *arguments.last_mut().unwrap() = "90s";
    let ended = tokio::task::block_in_place(|| batch("posthog:", &folder.path().join("out"), &arguments));
    assert!(text(&ended.stderr).contains("nothing to convert"), "{}", text(&ended.stderr));
}
