//! Downloads that were interrupted.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::posthog::{Fault, PostHog};
use super::{fetch_with, settings};

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        found.extend(if path.is_dir() { files(&path) } else { vec![path] });
    }
    found
}

fn interrupted(blocks: i64) -> PostHog {
    let fault = Fault { to: "start_blob_key=20", status: 429, retry_after: Some("3600"), body: json!({}) };
    PostHog::with_blocks(blocks).failing(fault, 1)
}

#[tokio::test]
async fn an_interrupted_download_goes_on_where_it_stopped() {
    let cache = tempfile::tempdir().unwrap();
    let server = interrupted(45).start().await;
    let (mut settings, _) = settings(&server.url(""));
    settings.cache = Some(cache.path().join("replayreel"));
    fetch_with(&settings).await.unwrap_err();
    let kept = files(cache.path());
    // The first call, and whose it is.
    assert_eq!(kept.len(), 2, "{kept:?}");
    let known = replayreel::source::kept(&cache.path().join("replayreel")).unwrap();
    let session = known[0].session.as_ref().unwrap();
    assert_eq!(
        (known.len(), &known[0].folder, session.id.as_str()),
        (1, &kept[0].parent().unwrap().to_owned(), super::posthog::ID)
    );
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&kept[0]), mode(&kept[1]), mode(kept[0].parent().unwrap())), (0o600, 0o600, 0o700));

    let before = server.asked().len();
    assert_eq!(fetch_with(&settings).await.unwrap().parts[0].bytes, server.all_lines());
    let second = &server.asked()[before..];
    assert_eq!(second.len(), 4, "{second:#?}");
    assert!(!second.iter().any(|call| call.uri.contains("start_blob_key=0")), "{second:#?}");
    // Complete: nothing stays.
    assert!(files(cache.path()).is_empty());
}

#[tokio::test]
async fn a_complete_download_is_kept_only_when_asked_and_an_incomplete_call_never() {
    let cache = tempfile::tempdir().unwrap();
    let server = PostHog::with_blocks(25).losing(&[22]).start().await;
    let (mut settings, _) = settings(&server.url(""));
    (settings.cache, settings.keep) = (Some(cache.path().to_owned()), true);
    fetch_with(&settings).await.unwrap();
    // The first call, and not the second, in which a block was missing; and whose it is.
    assert_eq!(files(cache.path()).len(), 2);
    let warnings = fetch_with(&settings).await.unwrap().hints.warnings;
    assert_eq!(warnings[0].code, "posthog_missing_blocks");
}

#[tokio::test]
async fn without_a_cache_nothing_is_written_and_all_is_fetched_again() {
    let server = interrupted(45).start().await;
    let (settings, _) = settings(&server.url(""));
    fetch_with(&settings).await.unwrap_err();
    let before = server.asked().len();
    fetch_with(&settings).await.unwrap();
    assert_eq!(server.asked().len() - before, 5);
}
