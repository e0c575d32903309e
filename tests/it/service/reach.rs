//! What a name, a range or a link can reach: the files of one render, and nothing else of the server.

use std::path::Path;

use replayreel::artifacts::Artifacts;
use replayreel::ledger::{Claiming, Ledger, LedgerOptions, NewJob};
use serde_json::json;

use crate::kit::{Answer, Service, Workshop};

/// A render that has ended, and the one before it, as a worker would have left them.
async fn finished(data: &Path, names: &[&str]) -> Vec<String> {
    std::fs::create_dir_all(data.join("artifacts")).unwrap();
    let url = format!("sqlite:{}", data.join("ledger.sqlite").display());
    let ledger = Ledger::open(&url, LedgerOptions::default()).unwrap();
    ledger.migrate().await.unwrap();
    let store = Artifacts::open(&data.join("artifacts").display().to_string()).unwrap();
    let mut renders = Vec::new();
    for name in names {
        let job = NewJob {
            id: None,
            owner: String::new(),
            priority: 0,
            run_at: None,
            max_attempts: 1,
            source: json!({"kind": "place", "place": "posthog:a"}),
            spec: json!({"spec": {"outputs": ["mp4"]}}),
            metadata: json!({}),
            content_key: None,
            memory: 1,
            webhook: None,
            idempotency: None,
            keep_for_ms: None,
            subjects: Default::default(),
        };
        let id = ledger.enqueue(job, 100).await.unwrap().job().id;
        let claiming =
            Claiming { lease_ms: 60_000, memory_free: 9, memory_total: 9, per_owner: None, starving_after_ms: 1 };
        let claim = ledger.claim("worker", &claiming).await.unwrap().unwrap();
        let file = data.join("content");
        std::fs::write(&file, format!("content of {name}")).unwrap();
        store.put_file(&format!("renders/{id}/{name}"), &file).await.unwrap();
        let bytes = std::fs::metadata(&file).unwrap().len();
        let output = json!({"name": name, "kind": "video", "format": "mp4", "bytes": bytes, "sha256": "ab".repeat(32), "width": 64, "height": 48});
        let outcome = json!({"folder": format!("renders/{id}"), "outputs": [output], "recorded_ms": 1.0, "video_ms": 1.0, "frames_sha256": "", "source_sha256": "", "took_ms": 1});
        ledger.complete(&claim.lease, outcome).await.unwrap();
        renders.push(id.to_string());
    }
    ledger.close().await;
    renders
}

/// Paths as they are, without the client tidying them up.
async fn raw(service: &Service, path: &str) -> Answer {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(service.base.trim_start_matches("http://")).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, headers: Default::default(), body: answer }
}

#[tokio::test]
async fn a_name_that_is_a_path_is_the_name_of_no_file() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let renders = finished(&data, &["one.mp4", "two.mp4"]).await;
    let service = Service::start(&data, &["--no-worker"]);
    let share = service.post("/v1/shares", &json!({"renders": [renders[0]]})).await.expect(201).json();
    let link = share["url"].as_str().unwrap().to_owned();
    let bases = [format!("/v1/renders/{}/outputs", renders[0]), format!("{link}/{}", renders[0])];
    for base in &bases {
        assert!(raw(&service, &format!("{base}/one.mp4")).await.expect(200).text().ends_with("content of one.mp4"));
        let neighbour = format!("..%2f{}%2ftwo.mp4", renders[1]);
        for name in [
            "two.mp4",
            "../two.mp4",
            neighbour.as_str(),
            "..%2f..%2f..%2fledger.sqlite",
            "%2e%2e/%2e%2e/ledger.sqlite",
            "..%5c..%5cledger.sqlite",
            "%2fetc%2fpasswd",
            "/etc/passwd",
            "one.mp4%00",
            "one.mp4%00.png",
            "one.mp4/",
            "one.mp4/.",
            "./one.mp4",
            "%252e%252e%252fone.mp4",
            "ONE.MP4",
            "one.mp4%20",
            "%ff%fe",
            "",
            ".",
            "..",
            "*",
        ] {
            let answer = raw(&service, &format!("{base}/{name}")).await;
            assert!(matches!(answer.status, 400 | 404), "{base}/{name}: {}", answer.text());
            for secret in ["content of", "root:", "SQLite"] {
                assert!(!answer.text().contains(secret), "{base}/{name}: {}", answer.text());
            }
        }
    }
}

#[tokio::test]
async fn a_link_whose_parts_were_altered_is_no_link() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let renders = finished(&data, &["one.mp4", "two.mp4"]).await;
    let service = Service::start(&data, &["--no-worker"]);
    let share = async |render: &str| {
        let made = service.post("/v1/shares", &json!({"renders": [render], "days": 1})).await.expect(201).json();
        let token = made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (made["id"].as_str().unwrap().to_owned(), token)
    };
    let ((id, token), (other_id, other)) = (share(&renders[0]).await, share(&renders[1]).await);
    let parts: Vec<&str> = token.split('.').collect();
    let [_, until, signature] = parts[..] else { panic!("{token}") };
    let later = (until.parse::<i64>().unwrap() + 86_400_000).to_string();
    let other_signature = other.rsplit('.').next().unwrap();
    let flipped: String = signature.chars().rev().collect();
    service.get(&format!("/s/{token}/{}/one.mp4", renders[0])).await.expect(200);
    for altered in [
        format!("{other_id}.{until}.{signature}"),
        format!("{id}.{later}.{signature}"),
        format!("{id}.-1.{signature}"),
        format!("{id}.{until}0.{signature}"),
        format!("{id}.{until}.{other_signature}"),
        format!("{id}.{until}.{flipped}"),
        format!("{id}.{until}.{signature}="),
        format!("{id}.{until}."),
        format!("{id}.{until}"),
        id.clone(),
        format!("{}.{until}.{signature}", id.to_uppercase()),
        format!("{id}.+{until}.{signature}"),
        format!("{id}.0{until}.{signature}"),
    ] {
        service.get(&format!("/s/{altered}")).await.expect(404);
        service.get(&format!("/s/{altered}/{}/one.mp4", renders[0])).await.expect(404);
    }
    // The link is of one render: not of another one's files, by whatever name.
    for (render, name) in [(&renders[1], "two.mp4"), (&renders[1], "one.mp4"), (&renders[0], "two.mp4")] {
        service.get(&format!("/s/{token}/{render}/{name}")).await.expect(404);
    }
    service.send(service.request("DELETE", &format!("/v1/shares/{id}"))).await.expect(204);
    service.get(&format!("/s/{token}/{}/one.mp4", renders[0])).await.expect(410);
    service.get(&format!("/s/{other}/{}/two.mp4", renders[1])).await.expect(200);
}

#[tokio::test]
async fn an_output_is_called_what_a_file_may_be_called() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let long = "a".repeat(65);
    for name in ["../x", "a/b", "a\\b", "/etc/x", "..", ".x", "", "a\0b", "a\nb", "a b", "é", "a\"b", long.as_str()] {
        let order = json!({"source": "posthog:a", "outputs": [{"format": "mp4", "name": name}]});
        let refused = service.post("/v1/renders", &order).await.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], "/outputs/0/name", "{refused}");
    }
}

#[tokio::test]
async fn a_source_is_no_file_of_the_server_however_it_is_written() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    for source in [
        "/etc/passwd",
        "etc/passwd",
        "./a.json",
        "../a.json",
        "~/a.json",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "-",
        "",
        "a.json",
        "C:\\a.json",
        "\\\\host\\share\\a.json",
        "render:../packages/x",
        "render:",
        "render:rnd_../x",
        "render:/etc/passwd",
        "s3://",
        "s3:///key",
        "ftp://host.example/a",
        "data:application/json,[]",
        "javascript:1",
        "http://",
        "gopher://a.example/",
    ] {
        let refused = service.post("/v1/renders", &json!({"source": source})).await.expect(422).json();
        assert_eq!(refused["errors"][0]["field"], "/source", "{source}: {refused}");
    }
    let (scheme, path) = ("file:///etc/hooks", "/etc/passwd");
    for webhook in [scheme, path, "ftp://a.example", "https://", "unix:/run/x.sock"] {
        service.post("/v1/renders", &json!({"source": "posthog:a", "webhook": webhook})).await.expect(422);
    }
}

#[tokio::test]
async fn a_search_for_more_than_anybody_types_is_refused_before_the_ledger_is_asked() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    // Databases refuse patterns of 50,000 characters, and each of these is two in a pattern.
    let long = "_".repeat(30_000);
    for path in [format!("/v1/renders?search={long}"), format!("/?search={long}")] {
        let refused = service.get(&path).await.expect(400);
        assert!(refused.text().contains("at most 200 characters"), "{}", refused.text());
    }
    service.get(&format!("/v1/renders?search={}", "%25_!%00".repeat(50))).await.expect(200);
}

#[tokio::test]
async fn an_order_that_is_all_mistakes_is_refused_in_a_few_words() {
    let shop = Workshop::new();
    let service = Service::start(&shop.path("data"), &["--no-worker"]);
    let members: serde_json::Map<String, serde_json::Value> =
        (0..50_000).map(|n| (format!("a{n}"), json!(1))).collect();
    let ones = vec![1; 300_000];
    for body in [
        json!(members),
        json!({"redact": {"builtin": ones}}),
        json!({"redact": members}),
        json!({"fetch_assets": ones}),
        json!({"outputs": ones}),
        json!({"outputs": [{"format": "mp4", "name": "a"}], "stills": ones}),
        json!({"redact": {"rules": format!("builtin = [{}]", "'email', ".repeat(80_000))}}),
        json!({"redact": {"rules": "[[rule]]\npattern = '\\w{20}'\n".repeat(20_000)}}),
    ] {
        let mut order = body;
        order["source"] = json!("posthog:a");
        let refused = service.post("/v1/renders", &order).await.expect(422);
        // What is told is not a hundred times what was sent.
        assert!(refused.body.len() < 1 << 20, "{} bytes: {:.300}", refused.body.len(), refused.text());
    }
}
