//! S3, as a server that speaks ListObjectsV2 and GetObject.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::command::run;
use crate::outbound::server::{Server, answer};
use crate::program::recording::turning;
use crate::program::{Ended, Room};

const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/";
/// Keys in one page of a list: so few that a few objects take several.
const PAGE: usize = 2;

struct S3 {
    server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

impl S3 {
    async fn start(objects: Vec<(String, String)>) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let respond = move |uri: Uri, headers: HeaderMap| {
            log.lock().unwrap().push(uri.to_string());
            let header =
                |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            if !header("authorization").starts_with(SIGNED) || !header("authorization").contains("Signature=") {
                return error(403, "AccessDenied", "Access Denied");
            }
            let Some(path) = uri.path().strip_prefix("/bucket") else {
                return error(404, "NoSuchBucket", "no such bucket");
            };
            let key = path.trim_start_matches('/');
            if key.is_empty() {
                list(&objects, uri.query().unwrap_or_default())
            } else {
                get(&objects, key, &header("range"))
            }
        };
        Self { server: Server::start(respond).await, asked }
    }

    fn inspect(&self, room: &Room, place: &str, more: &[&str]) -> Ended {
        let endpoint = self.server.url("");
        let variables = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "very-secret"),
        ];
        run(room, &variables, &[&["inspect", "--json", place], more].concat())
    }
}

fn error(status: u16, code: &str, message: &str) -> Response {
    answer(
        status,
        &[("content-type", "application/xml")],
        &format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
    )
}

fn list(objects: &[(String, String)], query: &str) -> Response {
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let parameter = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(parameter("list-type"), Some("2"), "{query}");
    let prefix = parameter("prefix").unwrap_or_default();
    let from: usize = parameter("continuation-token").map_or(0, |token| token.parse().unwrap());
    let below: Vec<_> = objects.iter().filter(|(key, _)| key.starts_with(prefix)).collect();
    let mut contents = String::new();
    for (key, content) in below.iter().skip(from).take(PAGE) {
        let size = content.len();
        write!(contents, "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"e\"</ETag><Size>{size}</Size></Contents>").unwrap();
    }
    let next =
        (from + PAGE < below.len()).then(|| format!("<NextContinuationToken>{}</NextContinuationToken>", from + PAGE));
    let truncated = next.is_some();
    let body = format!(
        "<?xml version=\"1.0\"?><ListBucketResult><Name>bucket</Name><Prefix>{prefix}</Prefix><KeyCount>{PAGE}</KeyCount><MaxKeys>{PAGE}</MaxKeys><IsTruncated>{truncated}</IsTruncated>{}{contents}</ListBucketResult>",
        next.unwrap_or_default()
    );
    answer(200, &[("content-type", "application/xml")], &body)
}

fn get(objects: &[(String, String)], key: &str, range: &str) -> Response {
    let Some((_, content)) = objects.iter().find(|(name, _)| name == key) else {
        return error(404, "NoSuchKey", "no such key");
    };
    let response = Response::builder().header("etag", "\"e\"").header("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT");
    if let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) {
        let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
        let part = format!("bytes {first}-{last}/{}", content.len());
        return response
            .status(206)
            .header("content-range", part)
            .body(Body::from(content[first..=last].to_owned()))
            .unwrap();
    }
    response.body(Body::from(content.clone())).unwrap()
}

/// A session in five files, of which the last is a neighbour's.
fn objects() -> (Vec<(String, String)>, usize) {
    let events = turning(500, "green");
    let line = |event: &serde_json::Value| format!("{event}\n");
    let mut objects: Vec<_> =
        events.iter().enumerate().map(|(index, event)| (format!("day/{index}.jsonl"), line(event))).collect();
    objects.push(("day/".to_owned(), String::new()));
    objects.push(("daylight/other.jsonl".to_owned(), line(&events[0])));
    (objects, events.len())
}

fn events(ended: &Ended) -> u64 {
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let summary: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    summary["windows"][0]["events"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn all_objects_below_a_prefix_are_one_recording_over_as_many_pages_as_there_are() {
    let (objects, count) = objects();
    assert!(count > PAGE);
    let s3 = S3::start(objects).await;
    let room = Room::new();
    assert_eq!(events(&s3.inspect(&room, "s3://bucket/day/", &[])), count as u64);
    assert!(s3.asked.lock().unwrap().iter().any(|uri| uri.contains("continuation-token=")), "{:?}", s3.asked);
    let ended = s3.inspect(&room, "s3://bucket/day/", &["--max-objects", "2"]);
    ended.assert_failed(3, &["s3://bucket/day/", "more than 2 objects", "--max-objects"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_object_and_a_part_of_one_are_read() {
    let whole: String = turning(500, "green").iter().map(|event| format!("{event}\n")).collect();
    // The first two events: a page, and what it looks like.
    let last = whole.match_indices('\n').nth(1).unwrap().0;
    let s3 = S3::start(vec![("a/session.jsonl".to_owned(), whole)]).await;
    let room = Room::new();
    assert_eq!(events(&s3.inspect(&room, "s3://bucket/a/session.jsonl", &[])), turning(500, "green").len() as u64);
    assert_eq!(events(&s3.inspect(&room, &format!("s3://bucket/a/session.jsonl?range=bytes=0-{last}"), &[])), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_s3_refuses_is_told_without_the_secret() {
    let (objects, _) = objects();
    let s3 = S3::start(objects).await;
    let room = Room::new();
    for (place, expected) in [
        ("s3://bucket/none.json", "no such object; a prefix has to end with `/`"),
        ("s3://bucket/none/", "no objects below this prefix"),
    ] {
        s3.inspect(&room, place, &[]).assert_failed(3, &[place, expected]);
    }
    let endpoint = s3.server.url("");
    let bad = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "OTHER"),
        ("AWS_SECRET_ACCESS_KEY", "very-secret"),
    ];
    let ended = run(&room, &bad, &["inspect", "s3://bucket/day/0.jsonl", "--json"]);
    ended.assert_failed(3, &["may not read it"]);
    assert!(!ended.stderr.contains("very-secret"), "{ended:#?}");
    run(&room, &[], &["inspect", "s3://bucket/day/0.jsonl"]).assert_failed(3, &["no credentials", "AWS_ACCESS_KEY_ID"]);
    let closed = [bad[0], ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), bad[2], ("REPLAYREEL_ALLOW_PRIVATE", "10.0.0.0/8")];
    let ended = run(&room, &closed, &["inspect", "s3://bucket/day/0.jsonl", "--json"]);
    ended.assert_failed(3, &["127.0.0.1 is a loopback address"]);
}
