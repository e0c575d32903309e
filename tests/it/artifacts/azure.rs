//! Azure Blob Storage, as a server that speaks as much of its API as is used here.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Method;
use axum::response::Response;
use replayreel::artifacts::Artifacts;

use super::Place;
use super::bucket::{Asked, Bucket, Held, MODIFIED, escaped, serve, status, unescaped, xml};

pub(super) async fn place() -> Place<Held> {
    let held = serve(respond).await;
    let endpoint = format!("http://{}", held.proxy.address);
    let settings = [
        ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
        ("AZURE_STORAGE_ACCOUNT_KEY", "dmVyeSBzZWNyZXQ="),
        ("AZURE_STORAGE_ENDPOINT", endpoint.as_str()),
    ];
    let open = |prefix: &str| Artifacts::open_with(&format!("az://bucket/{prefix}"), &settings).unwrap();
    Place { store: open("of/tests"), neighbour: open("of/tests-of-others"), held }
}

fn respond(bucket: &mut Bucket, asked: &Asked) -> Response {
    assert!(asked.header("authorization").is_some_and(|value| value.starts_with("SharedKey account:")));
    match (&asked.method, asked.query("comp")) {
        (&Method::GET, Some("list")) => list(bucket, asked),
        (&Method::GET | &Method::HEAD, None) => bucket.get(asked),
        (&Method::POST, Some("batch")) => batch(bucket, asked),
        (&Method::PUT, Some("block")) => {
            let id = asked.query("blockid").unwrap().to_owned();
            bucket.parts.entry(asked.key.clone()).or_default().insert(id, asked.body.clone());
            status(201)
        }
        (&Method::PUT, Some("blocklist")) => {
            let blocks = bucket.parts.remove(&asked.key).unwrap_or_default();
            let text = String::from_utf8(asked.body.to_vec()).unwrap();
            let ids = text.split("<Uncommitted>").skip(1).map(|rest| rest.split('<').next().unwrap());
            let whole: Option<Vec<_>> = ids.map(|id| blocks.get(id).cloned()).collect();
            let Some(whole) = whole else { return status(400) };
            bucket.objects.insert(asked.key.clone(), whole.concat().into());
            status(201)
        }
        (&Method::PUT, None) => {
            let Some(from) = asked.header("x-ms-copy-source") else {
                assert_eq!(asked.header("x-ms-blob-type"), Some("BlockBlob"));
                bucket.objects.insert(asked.key.clone(), asked.body.clone());
                return status(201);
            };
            let from = unescaped(url::Url::parse(from).unwrap().path());
            status(if bucket.copy(from.strip_prefix("/bucket/").unwrap(), &asked.key) { 202 } else { 404 })
        }
        _ => status(405),
    }
}

/// Deletes what its parts name, each with an answer of its own.
fn batch(bucket: &mut Bucket, asked: &Asked) -> Response {
    let (text, mut answer) = (String::from_utf8(asked.body.to_vec()).unwrap(), String::new());
    for (number, line) in text.lines().filter_map(|line| line.strip_prefix("DELETE ")).enumerate() {
        let path = unescaped(line.split(' ').next().unwrap());
        let key = path.trim_start_matches('/').strip_prefix("bucket/").unwrap();
        let status = if bucket.objects.remove(key).is_some() { "202 Accepted" } else { "404 Not Found" };
        write!(
            answer,
            "--b\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\nHTTP/1.1 {status}\r\n\r\n"
        )
        .unwrap();
    }
    answer.push_str("--b--\r\n");
    Response::builder()
        .status(202)
        .header("content-type", "multipart/mixed; boundary=b")
        .body(Body::from(answer))
        .unwrap()
}

fn list(bucket: &Bucket, asked: &Asked) -> Response {
    assert_eq!(asked.query("restype"), Some("container"));
    let (page, next) = bucket.page(asked.query("prefix").unwrap_or_default(), asked.query("marker"));
    let mut list = String::from("<EnumerationResults><Blobs>");
    for (key, size) in page {
        let key = escaped(key);
        write!(list, "<Blob><Name>{key}</Name><Properties><Last-Modified>{MODIFIED}</Last-Modified><Etag>e</Etag><Content-Length>{size}</Content-Length><Content-Type>x/y</Content-Type></Properties></Blob>").unwrap();
    }
    write!(list, "</Blobs><NextMarker>{}</NextMarker></EnumerationResults>", next.unwrap_or_default()).unwrap();
    xml(list)
}
