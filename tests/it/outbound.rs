//! The one way out, against servers on this machine that behave badly. They are reached through the option that people have for it.

pub(crate) mod disguises;
pub(crate) mod server;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, Uri};
use axum::response::IntoResponse as _;
use replayreel::outbound::{Client, Limits, OutboundError, Policy, Refusal, Resolver, Resolving};

use crate::program::recording::gzip;
use server::{Server, answer, raw};

fn policy(allowed: &[&str]) -> Policy {
    Policy { allowed: allowed.iter().map(|text| text.parse().unwrap()).collect(), plain_http: false }
}

fn local() -> Policy {
    policy(&["127.0.0.1"])
}

fn client() -> Client {
    Client::new(local(), Limits::default()).unwrap()
}

fn limited(limits: Limits) -> Client {
    Client::new(local(), limits).unwrap()
}

#[tokio::test]
async fn a_response_comes_whole_with_its_type() {
    let server = Server::start(|_, _| answer(200, &[("content-type", "image/png")], "picture")).await;
    let fetched = client().get_bytes(&server.url("/a.png"), 100).await.unwrap();
    assert_eq!((fetched.bytes.as_ref(), fetched.content_type.as_str()), (b"picture".as_slice(), "image/png"));
    assert_eq!(fetched.url, server.url("/a.png"));
}

#[tokio::test]
async fn this_machine_is_not_reached_unless_it_is_allowed_however_it_is_written() {
    let server = Server::start(|_, _| answer(200, &[], "secret")).await;
    let port = server.port();
    let client = Client::new(Policy { plain_http: true, ..Policy::default() }, Limits::default()).unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[::]",
    ] {
        let error = client.get(&format!("http://{host}:{port}/")).send().await.unwrap_err();
        assert!(matches!(error, OutboundError::Refused { .. }), "{host}: {error}");
        assert!(error.to_string().contains("--allow-private"), "{host}: {error}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_host_allowed_by_name_is_reached_and_its_neighbour_is_not() {
    let server = Server::start(|_, _| answer(200, &[], "here")).await;
    let names = Names::new(&[("replay.internal", &["127.0.0.1"]), ("other.internal", &["127.0.0.1"])]);
    let client = Client::with_resolver(policy(&["replay.internal"]), Limits::default(), names).unwrap();
    let url = format!("http://replay.internal:{}/", server.port());
    assert_eq!(client.get_bytes(&url, 100).await.unwrap().bytes.as_ref(), b"here");
    let error = client.get_bytes(&url.replace("replay", "other"), 100).await.unwrap_err();
    assert!(matches!(error, OutboundError::Refused { refusal: Refusal::Loopback, .. }), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_name_that_answers_differently_the_second_time_is_not_asked_a_second_time() {
    // First what is allowed, then another loopback address, at which a second server waits.
    let allowed = Server::start(|_, _| answer(200, &[("connection", "close")], "allowed")).await;
    let names = Names::rebinding("rebind.example", "127.0.0.1", "127.0.0.2");
    let client = Client::with_resolver(local(), Limits::default(), names.clone()).unwrap();
    let url = format!("http://rebind.example:{}/", allowed.port());
    for _ in 0..3 {
        assert_eq!(client.get_bytes(&url, 100).await.unwrap().bytes.as_ref(), b"allowed");
    }
    assert_eq!((names.asked(), allowed.requests()), (1, 3));
    // And a client that asks for the first time when the answer is the second one refuses it.
    let late = Client::with_resolver(local(), Limits::default(), names).unwrap();
    let error = late.get_bytes(&url, 100).await.unwrap_err();
    assert!(matches!(error, OutboundError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn a_name_with_one_refused_address_among_good_ones_is_refused() {
    let names = Names::new(&[("mixed.example", &["93.184.215.14", "10.0.0.1"])]);
    let client = Client::with_resolver(Policy::default(), Limits::default(), names).unwrap();
    let error = client.get_bytes("https://mixed.example/", 100).await.unwrap_err();
    assert!(
        matches!(error, OutboundError::Refused { address, .. } if address == IpAddr::from([10, 0, 0, 1])),
        "{error}"
    );
}

#[tokio::test]
async fn redirects_are_followed_and_each_is_checked_anew() {
    let server = Server::start(|uri: Uri, _| match uri.path() {
        "/relative" => answer(302, &[("location", "end")], ""),
        "/private" => answer(302, &[("location", "http://127.0.0.2/")], ""),
        "/metadata" => answer(307, &[("location", "http://169.254.169.254/latest/meta-data/")], ""),
        "/file" => answer(302, &[("location", "file:///etc/passwd")], ""),
        "/user" => answer(302, &[("location", "http://me:pw@127.0.0.1:9/")], ""),
        "/loop" => answer(301, &[("location", "/loop")], ""),
        _ => answer(200, &[], "end"),
    })
    .await;
    let fetched = client().get_bytes(&server.url("/relative"), 100).await.unwrap();
    assert_eq!((fetched.bytes.as_ref(), fetched.url), (b"end".as_slice(), server.url("/end")));
    for (path, expected) in [
        ("/private", "127.0.0.2 is a loopback address"),
        ("/metadata", "169.254.169.254 is a cloud metadata address"),
        ("/file", "only http and https"),
        ("/user", "it names a user"),
        ("/loop", "more than 5 redirects"),
    ] {
        let error = client().get_bytes(&server.url(path), 100).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{path}: {error}");
        assert!(!error.contains("me:pw"), "{error}");
    }
}

#[tokio::test]
async fn a_key_is_not_sent_on_to_another_origin() {
    let keys = |headers: &HeaderMap| headers.get("authorization").is_some();
    let other = Server::start(move |_, headers| answer(200, &[], if keys(&headers) { "leaked" } else { "none" })).await;
    let elsewhere = other.url("/");
    let server = Server::start(move |uri: Uri, headers| match uri.path() {
        "/away" => answer(302, &[("location", elsewhere.as_str())], ""),
        "/home" => answer(302, &[("location", "/end")], ""),
        _ => answer(200, &[], if keys(&headers) { "kept" } else { "lost" }),
    })
    .await;
    for (path, expected) in [("/away", "none"), ("/home", "kept")] {
        let response = client().get(&server.url(path)).header("authorization", "Bearer secret").send().await.unwrap();
        assert_eq!(response.bytes().await.unwrap(), expected, "{path}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_stopped_as_sent_and_as_unpacked() {
    let bomb = gzip(&vec![b' '; 4 << 20]);
    assert!(bomb.len() < 100_000);
    let server = Server::start(move |uri: Uri, _| match uri.path() {
        "/bomb" => ([("content-encoding", "gzip")], bomb.clone()).into_response(),
        "/told" => answer(200, &[], &"x".repeat(200_000)),
        _ => server::endless(),
    })
    .await;
    for (path, unpacked) in [("/bomb", true), ("/told", false), ("/endless", false)] {
        let error = client().get_bytes(&server.url(path), 100_000).await.unwrap_err();
        let right =
            matches!(error, OutboundError::TooLarge { limit: 100_000, unpacked: found, .. } if found == unpacked);
        assert!(right, "{path}: {error}");
    }
}

#[tokio::test]
async fn a_body_compressed_for_the_way_is_unpacked_and_one_of_another_encoding_is_refused() {
    let server = Server::start(|uri: Uri, headers| match uri.path() {
        "/gzip" if headers.get("accept-encoding").is_some_and(|accepted| accepted == "gzip") => {
            ([("content-encoding", "gzip")], gzip(b"unpacked")).into_response()
        }
        _ => answer(200, &[("content-encoding", "br")], "?"),
    })
    .await;
    assert_eq!(client().get_bytes(&server.url("/gzip"), 100).await.unwrap().bytes.as_ref(), b"unpacked");
    let error = client().get_bytes(&server.url("/br"), 100).await.unwrap_err();
    assert!(matches!(error, OutboundError::Encoding { .. }), "{error}");
}

#[tokio::test]
async fn a_response_that_is_cut_or_shorter_than_it_says_is_no_response() {
    let cut_gzip = gzip(&b"replay ".repeat(500));
    let cut_gzip = &cut_gzip[..cut_gzip.len() - 9];
    for (name, response) in [
        ("content-length", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec()),
        ("chunked", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nonly this\r\n".to_vec()),
        (
            "gzip",
            [b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n".as_slice(), cut_gzip].concat(),
        ),
    ] {
        let url = raw(response, true).await;
        let error = client().get_bytes(&url, 10_000).await.unwrap_err();
        assert!(matches!(error, OutboundError::Broken { received, .. } if received > 0), "{name}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_in_the_head_and_in_the_body() {
    let limits = Limits { idle: Duration::from_millis(50), ..Limits::default() };
    for head in [b"".to_vec(), b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc".to_vec()] {
        let error = limited(limits.clone()).get_bytes(&raw(head, false).await, 100).await.unwrap_err();
        assert!(matches!(error, OutboundError::Idle { .. }), "{error}");
    }
    let limits = Limits { total: Duration::from_millis(50), ..Limits::default() };
    let error = limited(limits).get_bytes(&raw(Vec::new(), false).await, 100).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLong { .. }), "{error}");
}

#[tokio::test]
async fn requests_of_a_run_are_counted_redirects_too() {
    let server = Server::start(|uri: Uri, _| match uri.path() {
        "/twice" => answer(302, &[("location", "/end")], ""),
        _ => answer(200, &[], ""),
    })
    .await;
    let client = limited(Limits { requests: 3, ..Limits::default() });
    client.get_bytes(&server.url("/twice"), 10).await.unwrap();
    client.get_bytes(&server.url("/once"), 10).await.unwrap();
    let error = client.get_bytes(&server.url("/once"), 10).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooManyRequests { limit: 3 }), "{error}");
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn no_more_requests_than_allowed_are_under_way_at_once() {
    let server = Server::start(|_, _| answer(200, &[], "body")).await;
    let client = limited(Limits { concurrent: 1, idle: Duration::from_secs(30), ..Limits::default() });
    let first = client.get(&server.url("/")).send().await.unwrap();
    let second = tokio::spawn({
        let (client, url) = (client.clone(), server.url("/"));
        async move { client.get_bytes(&url, 10).await.unwrap() }
    });
    // The second cannot have begun: the first one's body has not been taken.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!((server.requests(), second.is_finished()), (1, false));
    first.bytes().await.unwrap();
    second.await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn statuses_schemes_and_addresses_that_are_none_are_errors_without_secrets() {
    let server = Server::start(|_, _| answer(404, &[], "")).await;
    for (url, expected) in [
        (server.url("/x?token=secret"), "the server answered 404"),
        ("ftp://example.com/x?token=secret".to_owned(), "only http and https"),
        ("https://?token=secret".to_owned(), "cannot be used"),
        ("http://example.com/x?token=secret".to_owned(), "--allow-http"),
    ] {
        let names = Names::new(&[("example.com", &["93.184.215.14"])]);
        let client = Client::with_resolver(local(), Limits::default(), names).unwrap();
        let error = client.get_bytes(&url, 10).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

/// Answers from a list; or one name, differently each time.
struct Names {
    known: Vec<(String, Vec<IpAddr>)>,
    rebinding: Mutex<Option<(String, Vec<IpAddr>)>>,
    asked: AtomicU64,
}

impl Names {
    fn new(known: &[(&str, &[&str])]) -> Arc<Self> {
        let addresses = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        let known = known.iter().map(|(name, list)| ((*name).to_owned(), addresses(list))).collect();
        Arc::new(Self { known, rebinding: Mutex::new(None), asked: AtomicU64::new(0) })
    }

    fn rebinding(name: &str, first: &str, then: &str) -> Arc<Self> {
        let names = Self::new(&[(name, &[then])]);
        *names.rebinding.lock().unwrap() = Some((name.to_owned(), vec![first.parse().unwrap()]));
        names
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let first = self.rebinding.lock().unwrap().take();
        let found = first.into_iter().chain(self.known.clone()).find(|(name, _)| name == host);
        Box::pin(async move { found.map(|(_, addresses)| addresses).ok_or_else(|| std::io::Error::other("unknown")) })
    }
}
