//! Whole requests, to a server that asks for a key and to one that asks for none: paths, queries, headers, cookies, JSON, forms.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use replayreel_fuzz::service::{Answer, Room, request};

/// Inputs that share a room: what one leaves behind must not shut the door to all that follow (a queue that is full, a key that was made).
const TOGETHER: u32 = 100;

thread_local! {
    static ROOM: RefCell<Option<(Room, u32)>> = const { RefCell::new(None) };
}

fuzz_target!(|text: &str| {
    // A form has lines of its own, which an empty line would end.
    let Some((first, rest)) = text.split_once('\n') else { return };
    ROOM.with_borrow_mut(|room| {
        if room.as_ref().is_none_or(|(_, used)| *used >= TOGETHER) {
            *room = None;
        }
        let (room, used) = room.get_or_insert_with(|| (Room::new(), 0));
        *used += 1;
        let Some(request) = request(&room.filled(rest)) else { return };
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = room.send(first == "locked", request);
        hold(&answer, &path);
        // A server with a key asks all for one.
        if method == "POST" && path.starts_with("/v1/keys") && answer.status == 201 {
            *used = TOGETHER;
        }
    });
});

/// What every answer has to be.
fn hold(answer: &Answer, path: &str) {
    let Answer { status, headers, body } = answer;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // 504: a still that no worker made. 5xx beyond that would be the server's own mistake.
    assert!(!status.is_server_error() || *status == 504, "{path}: {status} {}", String::from_utf8_lossy(body));
    assert_eq!(text("x-content-type-options"), "nosniff", "{path}");
    assert!(!text("x-request-id").is_empty(), "{path}");
    // Nobody is led to another site.
    let location = text("location");
    assert!(location.is_empty() || (location.starts_with('/') && !location.starts_with("//")), "{path}: {location}");
    if *status == 206 {
        let range = text("content-range").strip_prefix("bytes ").and_then(|range| range.split_once('/')).unwrap();
        let (first, last) = range.0.split_once('-').unwrap();
        let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
        assert_eq!(last + 1 - first, body.len(), "{path}");
    }
    if text("content-type") == "application/problem+json" {
        let problem: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(problem["status"], status.as_u16());
    }
}
