//! Ways to write this machine's addresses, and everything that goes out: the places of recordings, resources of pages, and webhooks (in `webhook`).

use std::slice;

use replayreel::assets::fetch::{Pace, fetch};
use replayreel::assets::{self, Assets, Origin, scan};
use replayreel::outbound::{Client, Limits, Policy};
use replayreel::recording;
use replayreel::source::{self, Place, Settings};
use serde_json::json;

use super::Names;
use super::server::{Server, answer};
use crate::program::recording::{Nodes, json_of, meta, snapshot};

/// Names of a resolver that somebody else owns, each with where it leads.
const NAMES: [(&str, &str); 6] = [
    ("loopback.example", "127.0.0.1"),
    ("mapped.example", "::ffff:127.0.0.1"),
    ("compatible.example", "::127.0.0.1"),
    ("translated.example", "64:ff9b::7f00:1"),
    ("tunnel.example", "2002:7f00:1::"),
    ("cloud.example", "169.254.169.254"),
];

/// Hosts that are this machine, or a neighbour that strangers must not reach, however they are written.
pub(crate) const DISGUISES: [&str; 34] = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0X7F.1",
    "0",
    "0.0.0.0",
    "%31%32%37.0.0.1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "LOCALHOST",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:a00:1::1]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "169.254.169.254",
    "0xa9fea9fe",
    "[::ffff:169.254.169.254]",
];

/// What is no host at all.
const NONE: [&str; 6] =
    ["[fe80::1%25lo]", "[::1%lo]", "127.0.0.256", "0x100000000", "127.0.0.1%00.example", "[127.0.0.1]"];

/// Public addresses only, plain HTTP too: the one thing in the way is the policy. `allowed` leads to this machine and may.
fn client(allowed: &str) -> Client {
    let mut known = NAMES.to_vec();
    known.extend([("localhost", "127.0.0.1"), (allowed, "127.0.0.1")]);
    let known: Vec<(&str, &[&str])> = known.iter().map(|(name, address)| (*name, slice::from_ref(address))).collect();
    let policy = Policy { allowed: vec![allowed.parse().unwrap()], plain_http: true };
    Client::with_resolver(policy, Limits::default(), Names::new(&known)).unwrap()
}

const GATE: &str = "gate.example";

fn all() -> impl Iterator<Item = &'static str> {
    DISGUISES.into_iter().chain(NONE).chain(NAMES.map(|(name, _)| name))
}

#[tokio::test]
async fn a_recording_is_not_fetched_from_this_machine_however_it_is_written() {
    let server = Server::start(|_, _| answer(200, &[], "[]")).await;
    for host in all() {
        let url = format!("http://{host}:{}/a.json", server.port());
        let error = match Place::parse(&url) {
            Ok(place) => source::read(&[place], &Settings::new(client(GATE))).await.unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        let is_refused = error.contains("--allow-private");
        assert!(is_refused || NONE.contains(&host), "{host}: {error}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn resources_are_not_fetched_from_this_machine_however_it_is_written() {
    let server = Server::start(|_, _| answer(200, &[("content-type", "image/png")], "x")).await;
    let mut nodes = Nodes::default();
    let image = |host| nodes.leaf("img", json!({"src": format!("http://{host}:{}/a.png", server.port())}));
    let images: Vec<_> = all().map(image).collect();
    let document = nodes.document(Vec::new(), json!({}), images);
    let recording =
        recording::open(json_of(&[meta(0, 320, 200), snapshot(0, &document)]), &recording::Limits::default());
    let references = scan::recording(&recording.unwrap());
    let (have, limits) = (Assets::default(), assets::Limits::default());
    let harvest = fetch(&references, &[Origin::Any], &have, &limits, Pace::default(), &client(GATE)).await;
    assert!(harvest.assets.is_empty());
    // Many of them are one and the same.
    assert!(harvest.failures.len() > 20, "{:#?}", harvest.failures);
    for (url, reason) in &harvest.failures {
        assert!(reason.contains("--allow-private"), "{url}: {reason}");
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn a_redirect_leads_to_this_machine_under_no_other_name() {
    let target = Server::start(|_, _| answer(200, &[], "[]")).await;
    let port = target.port();
    let hosts: Vec<&'static str> = all().filter(|host| host.is_ascii()).collect();
    let server = Server::start(move |uri, _| {
        let host = uri.path().trim_start_matches('/').parse().map_or("", |index: usize| hosts[index]);
        answer(302, &[("location", &format!("http://{host}:{port}/"))], "")
    })
    .await;
    let client = client(GATE);
    let count = all().filter(|host| host.is_ascii()).count();
    for index in 0..count {
        let url = format!("http://{GATE}:{}/{index}", server.port());
        client.get_bytes(&url, 100).await.expect_err(&url);
    }
    assert_eq!((server.requests(), target.requests()), (count as u64, 0));
}
