//! Clients that keep the server waiting, and too many of them.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::kit::{Service, Workshop, form, stored, wait_for};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn connect(service: &Service) -> TcpStream {
    let client = TcpStream::connect(service.base.trim_start_matches("http://")).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

/// All that is answered until the server closes the connection.
fn answered(mut client: &TcpStream) -> String {
    let mut answer = Vec::new();
    match client.read_to_end(&mut answer) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("the connection stays open: {error}"),
        _ => String::from_utf8_lossy(&answer).into_owned(),
    }
}

/// Sends a letter whenever nothing has come for a moment, and returns all that was answered until the server closed the connection.
fn dripping(mut client: TcpStream, letters: impl IntoIterator<Item = u8>) -> String {
    client.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    for letter in letters {
        // A connection that was closed shows when it is read.
        let _ = client.write_all(&[letter]);
        match client.read(&mut piece) {
            Ok(0) => return String::from_utf8(answer).unwrap(),
            Ok(read) => answer.extend_from_slice(&piece[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return String::from_utf8(answer).unwrap(),
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the server waited for all of it: {}", String::from_utf8_lossy(&answer));
}

/// At 20 ms each, 20 s.
const LETTERS: usize = 1000;

#[tokio::test]
async fn a_head_that_comes_letter_by_letter_is_not_waited_for() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker", "--header-timeout", "300ms"]);
    let mut client = connect(&service);
    client.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nx-letters: ").unwrap();
    assert_eq!(dripping(client, std::iter::repeat_n(b'a', LETTERS)), "");
    assert_eq!(answered(&connect(&service)), "", "nor is one that never begins");
    service.get("/livez").await.expect(200);
}

#[tokio::test]
async fn a_connection_that_is_kept_open_is_closed_when_nothing_more_is_asked() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker", "--header-timeout", "300ms"]);
    let mut client = connect(&service);
    client.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let answer = answered(&client);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test]
async fn a_body_that_comes_by_drops_is_refused_by_the_limits_name_and_nothing_of_it_stays() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker", "--stall-timeout", "300ms"]);
    let uploads = data.join("uploads");
    let (kind, upload) = form("slow.json", &vec![b'x'; 1 << 16], Some("{}"));
    let json = r#"{"renders": ["rnd_0"]}"#.as_bytes().to_vec();
    for (path, kind, body) in [
        ("/v1/renders", kind.as_str(), upload),
        ("/v1/renders", "application/json", json.clone()),
        ("/v1/shares", "application/json", json),
    ] {
        let mut client = connect(&service);
        let length = body.len() + LETTERS;
        write!(
            client,
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        )
        .unwrap();
        client.write_all(&body[..body.len() / 2]).unwrap();
        let answer = dripping(client, std::iter::repeat_n(b' ', LETTERS));
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}, {kind}: {answer}");
        for word in ["/docs/problems/too-slow", "--stall-timeout", "REPLAYREEL_STALL_TIMEOUT"] {
            assert!(answer.contains(word), "{path}, {kind}: {answer}");
        }
        assert_eq!(std::fs::read_dir(&uploads).unwrap().count(), 0);
    }
    assert!(stored(&data).is_empty());
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up_and_its_place_is_free() {
    let shop = Workshop::new();
    let service =
        Service::start(&shop.path("data"), &["--no-worker", "--stall-timeout", "300ms", "--max-connections", "1"]);
    let mut client = connect(&service);
    // More than the system takes from a server on behalf of a client that does not read.
    let asked = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(400);
    client.set_write_timeout(Some(PATIENCE)).unwrap();
    client.write_all(asked.as_bytes()).unwrap();
    let is_free = || {
        let mut other = connect(&service);
        other.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        answered(&other).starts_with("HTTP/1.1 200 ")
    };
    assert!(!is_free(), "the one place is taken");
    wait_for(is_free, "the place of who reads nothing");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_told_so_and_those_within_it_go_on() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker", "--max-connections", "2"]);
    let mut kept = [connect(&service), connect(&service)];
    let mut refused = connect(&service);
    refused.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let answer = answered(&refused);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer}");
    for word in ["/docs/problems/unavailable", "--max-connections", "REPLAYREEL_MAX_CONNECTIONS"] {
        assert!(answer.contains(word), "{answer}");
    }
    for client in &mut kept {
        client.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        assert!(answered(client).starts_with("HTTP/1.1 200 "));
    }
    service.get("/livez").await.expect(200);
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused_before_anybody_looks_at_them() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let many = "x-a: b\r\n".repeat(200);
    let large = format!("x-a: {}\r\n", "b".repeat(40 << 10));
    let (long, endless) = (format!("/{}", "a".repeat(40 << 10)), format!("/{}", "a".repeat(1 << 20)));
    for (path, headers, statuses) in [
        ("/livez", many.as_str(), [431, 431]),
        ("/livez", &large, [431, 431]),
        (&long, "", [414, 431]),
        (&endless, "", [414, 431]),
    ] {
        let mut client = connect(&service);
        // The server may hang up while it is still being sent to.
        let _ = write!(client, "GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        let _ = client.shutdown(Shutdown::Write);
        let answer = answered(&client);
        let is_refused = statuses.iter().any(|status| answer.starts_with(&format!("HTTP/1.1 {status} ")));
        assert!(is_refused, "{} bytes of path, {} of headers: {answer:?}", path.len(), headers.len());
    }
    service.get("/livez").await.expect(200);
}

#[tokio::test]
async fn what_could_be_read_as_two_requests_is_read_as_none() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    for headers in [
        "content-length: 3\r\ncontent-length: 40\r\n",
        "content-length: 3, 40\r\n",
        "content-length: +3\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length : 3\r\n",
    ] {
        let mut client = connect(&service);
        let inner = "GET /version HTTP/1.1\r\nhost: localhost\r\n\r\n";
        let _ = write!(client, "POST /v1/shares HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n0\r\n\r\n{inner}");
        let _ = client.shutdown(Shutdown::Write);
        let answer = answered(&client);
        assert!(answer.starts_with("HTTP/1.1 400 ") && !answer.contains("replayreel"), "{headers}: {answer}");
    }
}
