//! Packages on their way in.

use std::io::Write as _;
use std::net::TcpStream;

use serde_json::json;

use crate::kit::{Service, Workshop, fixture, form, stored};

#[tokio::test]
async fn an_upload_that_leaves_too_little_room_is_refused_for_now() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker", "--min-free-disk", "1000GB"]);
    let (kind, body) = form("a.json", b"[]", Some("{}"));
    let refused = service.send(service.request("POST", "/v1/renders").header("content-type", kind).body(body)).await;
    let refused = refused.expect(503);
    assert_eq!(refused.header("retry-after"), "30");
    assert!(refused.json()["detail"].as_str().unwrap().contains("--min-free-disk"), "{}", refused.text());
    assert_eq!(std::fs::read_dir(shop.path("data").join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_too_large_or_broken_is_refused_and_nothing_of_it_stays() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker", "--max-upload-bytes", "100k"]);
    let send = |kind: String, body: Vec<u8>| {
        service.send(service.request("POST", "/v1/renders").header("content-type", kind).body(body))
    };
    let (kind, body) = form("large.json", &vec![b'x'; 100_001], Some("{}"));
    let refused = send(kind.clone(), body.clone()).await.expect(413);
    assert!(refused.json()["detail"].as_str().unwrap().contains("--max-upload-bytes"));
    send(kind.clone(), body[..500].to_vec()).await.expect(400);
    send(kind, b"no form at all".to_vec()).await.expect(400);
    let (kind, body) = form("a.json", b"[]", Some("{nonsense"));
    send(kind, body).await.expect(400);
    let (kind, body) = form("a.json", b"[]", Some(r#"{"source":"posthog:a"}"#));
    send(kind, body).await.expect(422);
    assert!(stored(&data).is_empty());
    assert_eq!(std::fs::read_dir(data.join("uploads")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_client_that_goes_away_in_the_middle_leaves_nothing() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker"]);
    let (kind, body) = form("half.json", &vec![b'x'; 1 << 20], Some("{}"));
    let address = service.base.trim_start_matches("http://");
    let mut client = TcpStream::connect(address).unwrap();
    write!(
        client,
        "POST /v1/renders HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    client.write_all(&body[..body.len() / 2]).unwrap();
    let uploads = data.join("uploads");
    let count = || std::fs::read_dir(&uploads).unwrap().count();
    crate::kit::wait_for(|| count() == 1, "the upload to begin");
    drop(client);
    crate::kit::wait_for(|| count() == 0, "what came to be removed");
    assert!(stored(&data).is_empty());
}

#[tokio::test]
async fn a_large_upload_costs_no_memory() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let service = Service::start(&data, &["--no-worker", "--max-upload-bytes", "2GB"]);
    let resident = |pid: u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    service.get("/readyz").await.expect(200);
    let before = resident(service.process.pid());
    let (kind, head) = form("large.json", b"", None);
    let end = head.len() - b"\r\n------replayreel-test-boundary--\r\n".len();
    let (head, tail) = (head[..end].to_vec(), head[end..].to_vec());
    const PIECES: u64 = 300;
    let piece = vec![b' '; 1 << 20];
    let length = head.len() as u64 + PIECES * (1 << 20) + tail.len() as u64;
    let address = service.base.trim_start_matches("http://").to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut client = TcpStream::connect(&address).unwrap();
        write!(client, "POST /v1/renders HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n").unwrap();
        client.write_all(&head).unwrap();
        for _ in 0..PIECES {
            client.write_all(&piece).unwrap();
        }
        client.write_all(&tail).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut client, &mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let grown = resident(service.process.pid()).saturating_sub(before);
    assert!(grown < 64, "{PIECES} MiB took {grown} MiB of memory");
    assert_eq!(stored(&data)[0].metadata().unwrap().len(), PIECES << 20);
}

#[tokio::test]
async fn a_package_and_its_spec_may_come_in_either_order_and_a_form_may_have_no_spec() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let recording = std::fs::read(fixture("form")).unwrap();
    let boundary = "x-y-z";
    let mut body =
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"spec\"\r\n\r\n{}\r\n", json!({"fps": 10}))
            .into_bytes();
    body.extend(
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"package\"; filename=\"../a.json.gz\"\r\n\r\n")
            .into_bytes(),
    );
    body.extend_from_slice(&recording);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    let request = service
        .request("POST", "/v1/renders")
        .header("content-type", format!("multipart/form-data; boundary={boundary}"));
    let render = service.send(request.body(body)).await.expect(202).json();
    assert_eq!((render["spec"]["fps"].as_u64(), render["source"]["name"].as_str()), (Some(10), Some("a.json.gz")));
    let (kind, body) = form("b.json.gz", &recording, None);
    let render = service
        .send(service.request("POST", "/v1/renders").header("content-type", kind).body(body))
        .await
        .expect(202)
        .json();
    assert_eq!(render["source"]["bytes"].as_u64(), Some(recording.len() as u64));
}
