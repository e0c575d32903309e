//! What recorders send: kept once and in order, bounded, and open to pages of the sites that it was meant for.

use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::kit::{Service, Workshop, program, stored};

fn session(n: u8) -> String {
    format!("ses_{}", format!("{n:02x}").repeat(16))
}

/// A key with these words of `replayreel key create`.
pub(crate) fn key(data: &Path, words: &[&str]) -> String {
    let made = program().args(["key", "create", "--name", "one", "--data"]).arg(data).args(words).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

fn events(from: u32, count: u32) -> String {
    let mark = |n| json!({"type": 5, "data": {"tag": "mark", "payload": {"label": n}}, "timestamp": 1000 + n});
    (from..from + count).map(|n| mark(n).to_string() + "\n").collect()
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

fn chunk(service: &Service, session: &str, seq: u32, body: impl Into<Vec<u8>>) -> reqwest::RequestBuilder {
    let request = service.request("POST", &format!("/v1/ingest/{session}")).header("origin", "https://shop.example");
    request.header("replayreel-seq", seq).header("content-type", "application/x-ndjson").body(body.into())
}

#[tokio::test]
async fn a_session_is_kept_chunk_by_chunk_and_given_out_whole() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let (site, boss) = (key(&data, &["--scope", "ingest"]), key(&data, &["--scope", "admin"]));
    let service = Service::start(&data, &["--no-worker"]).with_key(&site);
    let one = session(1);
    let asked = service.request("OPTIONS", &format!("/v1/ingest/{one}"));
    let allowed = service.send(asked.header("origin", "https://shop.example")).await.expect(204);
    for header in ["authorization", "content-type", "content-encoding", "replayreel-seq"] {
        assert!(allowed.header("access-control-allow-headers").contains(header), "{header}");
    }
    let zipped =
        |seq, text: &str| chunk(&service, &one, seq, packed(text.as_bytes())).header("content-encoding", "gzip");
    assert_eq!(service.send(zipped(0, &events(0, 2))).await.expect(202).json(), json!({"seq": 0}));
    // Sent again, in other bytes: the first counts.
    assert_eq!(service.send(chunk(&service, &one, 0, events(0, 2))).await.expect(200).json(), json!({"seq": 0}));
    let missing = service.send(zipped(3, &events(9, 1))).await.expect(409);
    assert_eq!((missing.json()["next"].clone(), missing.header("access-control-allow-origin")), (json!(1), "*"));
    service.send(chunk(&service, &one, 1, events(2, 3))).await.expect(202);
    // Nobody else's, and nothing else.
    for path in ["/v1/renders", "/v1/ingest", &format!("/v1/ingest/{one}"), "/v1/keys"] {
        service.get(path).await.expect(403);
    }
    service.post("/v1/renders", &json!({"source": format!("ingest:{one}")})).await.expect(403);

    let service = service.with_key(&boss);
    let list = service.get("/v1/ingest").await.expect(200).json();
    assert_eq!(list["sessions"][0]["id"], one.as_str(), "{list}");
    assert_eq!((&list["sessions"][0]["chunks"], &list["sessions"][0]["events"]), (&json!(2), &json!(5)));
    let whole = service.get(&format!("/v1/ingest/{one}")).await.expect(200);
    let mut text = String::new();
    MultiGzDecoder::new(&whole.body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, events(0, 5));
    service.get(&format!("/v1/ingest/{}", session(9))).await.expect(404);
    service.post("/v1/renders", &json!({"source": session(9)})).await.expect(422);

    // A render is made of what there is now, and found by what it was made of.
    let asked = json!({"source": one, "outputs": [{"format": "mp4"}]});
    let first = service.post("/v1/renders", &asked).await.expect(202).json();
    assert!(first["source"].to_string().contains(&one), "{first}");
    assert_eq!(stored(&data).iter().filter(|file| file.display().to_string().contains("packages")).count(), 1);
}

#[tokio::test]
async fn what_is_no_chunk_is_refused_where_the_page_can_read_it() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let site = key(&data, &["--scope", "ingest", "--origin", "https://shop.example"]);
    let reader = key(&data, &["--scope", "submit,read"]);
    let limits = ["--no-worker", "--ingest-chunk-bytes", "10kB", "--ingest-address-sessions", "4"];
    let service = Service::start(&data, &limits).with_key(&site);
    let one = session(1);
    let mut bomb = b"{\"type\":3,\"timestamp\":1,\"data\":\"".to_vec();
    bomb.resize(1 << 20, b'a');
    let plain = |seq, body: &str| chunk(&service, &one, seq, body.to_owned());
    let refused = [
        (plain(0, "nothing\n"), 400, "line 1"),
        (plain(0, ""), 400, "no event"),
        (chunk(&service, &one, 0, bomb.clone()), 413, "--ingest-chunk-bytes"),
        (chunk(&service, &one, 0, packed(&bomb)).header("content-encoding", "gzip"), 413, "--ingest-chunk-bytes"),
        // The fourth session of this minute: each of these would have been the first chunk.
    ];
    for (request, status, said) in refused {
        let answer = service.send(request).await.expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.text().contains(said), "{said}: {}", answer.text());
    }
    let answer = service.send(plain(0, &events(0, 1))).await.expect(429);
    assert!(answer.text().contains("--ingest-address-sessions"), "{}", answer.text());
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(answer.header("access-control-expose-headers"), "retry-after");
    assert!(stored(&data).is_empty(), "what was refused is nowhere: {:?}", stored(&data));

    let evil = |service: &Service| {
        let request = service.request("POST", &format!("/v1/ingest/{one}")).header("origin", "https://evil.example");
        request.header("replayreel-seq", 0).body(events(0, 1))
    };
    let elsewhere = service.send(evil(&service)).await.expect(403);
    assert!(elsewhere.text().contains("origin"), "{}", elsewhere.text());
    let mut service = service;
    for (key, status) in [("rrk_wrong", 401), (reader.as_str(), 403)] {
        service = service.with_key(key);
        let answer = service.send(chunk(&service, &one, 0, events(0, 1))).await.expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn who_is_erased_is_gone_with_all_sessions_and_those_take_no_more() {
    let shop = Workshop::new();
    let data = shop.path("data");
    let (site, boss) = (key(&data, &["--scope", "ingest"]), key(&data, &["--scope", "admin"]));
    let service = Service::start(&data, &["--no-worker"]).with_key(&site);
    let (ada, other) = (session(1), session(2));
    let identify = json!({"type": 5, "data": {"tag": "$identify", "payload": {"distinct_id": "ada"}}, "timestamp": 2});
    for session in [&ada, &other] {
        service.send(chunk(&service, session, 0, events(0, 1))).await.expect(202);
    }
    service.send(chunk(&service, &ada, 1, format!("{identify}\n"))).await.expect(202);
    let service = service.with_key(&boss);
    let found = service.get("/v1/ingest?person=ada").await.expect(200).json();
    assert_eq!(found["sessions"].as_array().unwrap().len(), 1, "{found}");
    let render = service.post("/v1/renders", &json!({"source": ada})).await.expect(202).json();
    let receipt = service.post("/v1/erasures", &json!({"person": "ada"})).await.json();
    let receipt = if receipt["receipt"].is_object() { receipt["receipt"].clone() } else { receipt };
    assert_eq!(receipt["deleted"]["sessions"], json!([ada]), "{receipt:#}");
    assert_eq!(receipt["deleted"]["renders"][0]["id"], render["id"], "{receipt:#}");
    let left: Vec<_> = stored(&data).iter().map(|file| file.display().to_string()).collect();
    assert!(left.len() == 1 && left[0].contains(&other), "{left:?}");
    let service = service.with_key(&site);
    service.send(chunk(&service, &ada, 2, events(0, 1))).await.expect(410);
    service.send(chunk(&service, &other, 1, events(0, 1))).await.expect(202);
}
