//! The contract, a sentence a function: each is given a store that is empty, and the same with another prefix.

use std::io::Write as _;
use std::ops::Range;

use bytes::Bytes;
use futures::StreamExt as _;
use replayreel::artifacts::{ArtifactError, Artifacts};

use super::proxy::{Fault, Proxy};

/// More than two parts, and no whole number of them, bytes.
const LARGE: usize = (17 << 20) + 5;

/// Bytes that are nowhere the same.
fn content(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    })
    .take(length)
    .collect()
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

async fn put(store: &Artifacts, key: &str, content: &[u8]) {
    let file = file(content);
    assert_eq!(store.put_file(key, file.path()).await.unwrap(), content.len() as u64);
}

async fn range(store: &Artifacts, key: &str, range: Range<u64>) -> Result<(u64, Range<u64>, Vec<u8>), ArtifactError> {
    let mut outgoing = store.get(key, Some(range)).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = outgoing.bytes.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok((outgoing.size, outgoing.range, bytes))
}

async fn exists(store: &Artifacts, key: &str) -> bool {
    store.size(key).await.unwrap().is_some()
}

pub(super) async fn a_small_file_comes_back_as_it_was_put(store: &Artifacts, _: &Artifacts) {
    put(store, "renders/a/1/replay.mp4", b"small").await;
    assert_eq!(store.read("renders/a/1/replay.mp4", 100).await.unwrap(), Bytes::from_static(b"small"));
    assert_eq!(store.size("renders/a/1/replay.mp4").await.unwrap(), Some(5));
}

pub(super) async fn a_file_of_several_parts_comes_back_as_it_was_put(store: &Artifacts, _: &Artifacts) {
    let whole = content(1, LARGE);
    put(store, "large", &whole).await;
    assert!(store.read("large", LARGE as u64).await.unwrap() == whole, "other bytes");
    let middle = (8 << 20) - 3..(8 << 20) + 3;
    let (size, _, bytes) = range(store, "large", middle.start as u64..middle.end as u64).await.unwrap();
    assert_eq!((size, bytes.as_slice()), (LARGE as u64, &whole[middle]));
    assert_eq!(store.list("large").await.unwrap(), Vec::<String>::new());
}

pub(super) async fn an_empty_file_is_a_file(store: &Artifacts, _: &Artifacts) {
    put(store, "empty", b"").await;
    assert_eq!((store.size("empty").await.unwrap(), store.read("empty", 0).await.unwrap().len()), (Some(0), 0));
}

pub(super) async fn a_range_is_given_and_ends_where_the_file_does(store: &Artifacts, _: &Artifacts) {
    put(store, "ten", b"0123456789").await;
    assert_eq!(range(store, "ten", 2..5).await.unwrap(), (10, 2..5, b"234".to_vec()));
    assert_eq!(range(store, "ten", 0..10).await.unwrap(), (10, 0..10, b"0123456789".to_vec()));
    assert_eq!(range(store, "ten", 7..1000).await.unwrap(), (10, 7..10, b"789".to_vec()));
    for beyond in [10..11, 500..600] {
        let error = range(store, "ten", beyond.clone()).await.unwrap_err();
        assert!(!error.is_missing(), "{beyond:?}: {error}");
    }
}

pub(super) async fn what_is_larger_than_may_be_read_is_refused(store: &Artifacts, _: &Artifacts) {
    put(store, "ten", b"0123456789").await;
    let error = store.read("ten", 9).await.unwrap_err();
    assert!(matches!(error, ArtifactError::TooLarge { size: 10, limit: 9, .. }), "{error}");
    assert_eq!(store.read("ten", 10).await.unwrap().len(), 10);
}

pub(super) async fn a_copy_has_the_same_bytes_and_stays_without_the_original(store: &Artifacts, _: &Artifacts) {
    put(store, "a/from me", b"the same").await;
    store.copy("a/from me", "b/to").await.unwrap();
    store.delete("a/from me").await.unwrap();
    assert_eq!(store.read("b/to", 100).await.unwrap(), Bytes::from_static(b"the same"));
    let error = store.copy("a/none", "b/none").await.unwrap_err();
    assert!(error.is_missing(), "{error}");
    assert!(!exists(store, "b/none").await);
}

pub(super) async fn a_list_has_what_is_below_and_nothing_beside(store: &Artifacts, _: &Artifacts) {
    for key in ["a/1", "a/2/x", "a/2/y", "a/3", "ab/1", "b"] {
        put(store, key, b"x").await;
    }
    assert_eq!(store.list("a").await.unwrap(), ["a/1", "a/2/x", "a/2/y", "a/3"]);
    assert_eq!(store.list("a/2").await.unwrap(), ["a/2/x", "a/2/y"]);
    assert_eq!(store.list("none").await.unwrap(), Vec::<String>::new());
    // An artifact is no folder.
    assert_eq!(store.list("b").await.unwrap(), Vec::<String>::new());
}

pub(super) async fn a_folder_of_keys_is_deleted_but_for_what_is_kept(store: &Artifacts, _: &Artifacts) {
    let keys = ["r/1/a", "r/1/b", "r/2/a", "r/2/b/c", "r/20/a", "rr/1"];
    for key in keys {
        put(store, key, b"x").await;
    }
    assert_eq!(store.delete_below("r", Some("r/2")).await.unwrap(), 3);
    assert_eq!(store.list("r").await.unwrap(), ["r/2/a", "r/2/b/c"]);
    assert_eq!(store.delete_below("r", None).await.unwrap(), 2);
    assert_eq!(store.delete_below("r", None).await.unwrap(), 0);
    assert!(exists(store, "rr/1").await);
    assert_eq!(store.delete_below("rr/1", None).await.unwrap(), 0, "an artifact is not below itself");
    assert!(exists(store, "rr/1").await);
}

pub(super) async fn what_is_not_there_is_missing(store: &Artifacts, _: &Artifacts) {
    for key in ["none", "no/such/thing"] {
        let error = store.read(key, 10).await.unwrap_err();
        assert!(error.is_missing() && error.to_string().contains(key), "{error}");
        assert!(store.get(key, Some(0..1)).await.is_err_and(|error| error.is_missing()));
        assert_eq!(store.size(key).await.unwrap(), None);
        // Whether it was there not every store says; that it is gone is no error at any.
        store.delete(key).await.unwrap();
    }
    put(store, "once", b"x").await;
    assert!(store.delete("once").await.unwrap());
    assert!(!exists(store, "once").await);
    let local = store.put_file("key", std::path::Path::new("/no/such/file")).await.unwrap_err();
    assert!(matches!(local, ArtifactError::Local { .. }), "{local}");
}

pub(super) async fn what_can_be_no_key_is_refused(store: &Artifacts, _: &Artifacts) {
    let file = file(b"x");
    for key in ["", "/", "/x", "x/", "../x", "a/../../x", "a/..", ".", "a//b", "a/./b", "a\nb", "a\0b"] {
        let refused = |error: ArtifactError| matches!(error, ArtifactError::Key { .. });
        assert!(store.put_file(key, file.path()).await.is_err_and(refused), "{key:?}");
        assert!(store.read(key, 1).await.is_err_and(refused), "{key:?}");
        assert!(store.get(key, None).await.is_err_and(refused), "{key:?}");
        assert!(store.size(key).await.is_err_and(refused), "{key:?}");
        assert!(store.delete(key).await.is_err_and(refused), "{key:?}");
        assert!(store.list(key).await.is_err_and(refused), "{key:?}");
        assert!(store.delete_below(key, None).await.is_err_and(refused), "{key:?}");
        assert!(store.copy(key, "y").await.is_err_and(refused), "{key:?}");
        assert!(store.copy("y", key).await.is_err_and(refused), "{key:?}");
    }
}

pub(super) async fn names_with_signs_in_them_are_names(store: &Artifacts, _: &Artifacts) {
    let mut keys = ["s/a b+c&d=e", "s/ünïcödé \u{1f3a5}", "s/50%25", "s/what?", "s/<x>'\"", "s/a#part", "s/~tilde"]
        .map(str::to_owned);
    for key in &keys {
        put(store, key, key.as_bytes()).await;
    }
    keys.sort();
    assert_eq!(store.list("s").await.unwrap(), keys);
    for key in &keys {
        assert_eq!(store.read(key, 100).await.unwrap(), key.as_bytes(), "{key}");
        store.copy(key, &format!("copy/{key}")).await.unwrap();
        assert_eq!(store.read(&format!("copy/{key}"), 100).await.unwrap(), key.as_bytes(), "{key}");
    }
    assert_eq!(store.delete_below("s", None).await.unwrap(), keys.len() as u64);
}

pub(super) async fn a_store_that_works_passes_its_check(store: &Artifacts, _: &Artifacts) {
    let checks = futures::future::join_all((0..16).map(|_| store.check())).await;
    for check in checks {
        check.unwrap();
    }
    assert_eq!(store.list("check").await.unwrap(), Vec::<String>::new());
}

pub(super) async fn of_many_that_put_one_key_one_has_put_all_of_it(store: &Artifacts, _: &Artifacts) {
    // Of one part each, and of several.
    for (key, length, putters) in [("small", 100_000, 8), ("parts", (8 << 20) + 1, 3)] {
        let contents: Vec<_> = (1..=putters).map(|seed| content(seed * 77, length)).collect();
        let files: Vec<_> = contents.iter().map(|content| file(content)).collect();
        let puts = files.iter().map(|file| store.put_file(key, file.path()));
        let reads = async {
            for _ in 0..10 {
                // There is nothing yet, or all of one.
                match store.read(key, u64::MAX >> 1).await {
                    Ok(bytes) => assert!(contents.iter().any(|content| bytes == content), "half of something"),
                    Err(error) => assert!(error.is_missing(), "{error}"),
                }
            }
        };
        let (put, ()) = futures::join!(futures::future::join_all(puts), reads);
        assert!(put.iter().any(Result::is_ok), "{put:?}");
        let bytes = store.read(key, u64::MAX >> 1).await.unwrap();
        assert!(contents.iter().any(|content| bytes == content), "half of something");
    }
}

pub(super) async fn another_prefix_is_another_store(store: &Artifacts, neighbour: &Artifacts) {
    put(store, "a/1", b"mine").await;
    put(neighbour, "a/1", b"theirs").await;
    put(neighbour, "a/2", b"theirs").await;
    assert_eq!(store.list("a").await.unwrap(), ["a/1"]);
    assert_eq!(store.delete_below("a", None).await.unwrap(), 1);
    assert_eq!(neighbour.list("a").await.unwrap(), ["a/1", "a/2"]);
    assert_eq!(neighbour.read("a/1", 100).await.unwrap(), Bytes::from_static(b"theirs"));
}

pub(super) async fn an_error_of_the_server_is_tried_again(store: &Artifacts, proxy: &Proxy) {
    proxy.next(Fault::Error);
    put(store, "a/1", b"small").await;
    proxy.next(Fault::Error);
    assert_eq!(store.read("a/1", 100).await.unwrap(), Bytes::from_static(b"small"));
    proxy.next(Fault::Error);
    assert_eq!(store.list("a").await.unwrap(), ["a/1"]);
    proxy.next(Fault::Error);
    store.copy("a/1", "a/2").await.unwrap();
    assert_eq!(proxy.pending(), 0, "all faults happened");
}

pub(super) async fn a_put_that_is_cut_off_is_made_whole_or_leaves_nothing(store: &Artifacts, proxy: &Proxy) {
    // Within the one request of a small file, and within the second part of a large one.
    for (key, length, after) in [("small", 3 << 20, 1 << 20), ("large", LARGE, 12 << 20)] {
        let whole = content(3, length);
        proxy.next(Fault::CutAfter(after));
        put(store, key, &whole).await;
        assert_eq!(proxy.pending(), 0, "it was cut");
        assert!(store.read(key, length as u64).await.unwrap() == whole, "other bytes");

        // And now for good: whoever puts dies with the connection.
        let (dead, file) = (format!("dead/{key}"), file(&whole));
        proxy.next(Fault::StallAfter(after));
        let putting = store.put_file(&dead, file.path());
        tokio::select! {
            put = putting => panic!("put although nothing came through: {put:?}"),
            () = proxy.stalled() => {}
        }
        proxy.heal();
        assert_eq!(store.size(&dead).await.unwrap(), None);
        assert_eq!(store.list("dead").await.unwrap(), Vec::<String>::new());
    }
}
