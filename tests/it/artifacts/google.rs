//! Google Cloud Storage, as a server that speaks as much of its XML API as is used here.

use std::fmt::Write as _;
use std::io::Write as _;

use axum::http::Method;
use axum::response::Response;
use replayreel::artifacts::Artifacts;

use super::Place;
use super::bucket::{Asked, Bucket, Held, escaped, serve, status, unescaped, xml};

/// How a part begins that this server does not take.
const REFUSED: &[u8] = b"REFUSED";

pub(super) async fn place() -> Place<Held> {
    let held = serve(respond).await;
    let account = format!(
        r#"{{"private_key":"x","private_key_id":"x","client_email":"x@example.org","disable_oauth":true,"gcs_base_url":"http://{}"}}"#,
        held.proxy.address
    );
    let settings = [("GOOGLE_SERVICE_ACCOUNT_KEY", account.as_str())];
    let open = |prefix: &str| Artifacts::open_with(&format!("gs://bucket/{prefix}"), &settings).unwrap();
    Place { store: open("of/tests"), neighbour: open("of/tests-of-others"), held }
}

fn respond(bucket: &mut Bucket, asked: &Asked) -> Response {
    let upload = asked.query("uploadId").map(str::to_owned);
    match (&asked.method, upload) {
        (&Method::GET, _) if asked.key.is_empty() => list(bucket, asked),
        (&Method::GET | &Method::HEAD, _) => bucket.get(asked),
        (&Method::POST, None) if asked.query("uploads").is_some() => {
            let id = format!("upload-{}", bucket.parts.len());
            bucket.parts.insert(id.clone(), Default::default());
            xml(format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
        }
        (&Method::PUT, Some(upload)) => {
            if asked.body.starts_with(REFUSED) {
                return status(403);
            }
            let number: u32 = asked.query("partNumber").unwrap().parse().unwrap();
            let Some(parts) = bucket.parts.get_mut(&upload) else { return status(404) };
            parts.insert(format!("{number:05}"), asked.body.clone());
            status(200)
        }
        (&Method::POST, Some(upload)) => {
            let Some(parts) = bucket.parts.remove(&upload) else { return status(404) };
            let count = String::from_utf8_lossy(&asked.body).matches("<PartNumber>").count();
            assert_eq!(count, parts.len(), "the parts that it names are those that came");
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            bucket.objects.insert(asked.key.clone(), whole.into());
            xml("<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>".to_owned())
        }
        (&Method::DELETE, Some(upload)) => status(if bucket.parts.remove(&upload).is_some() { 204 } else { 404 }),
        (&Method::PUT, None) => {
            let Some(from) = asked.header("x-goog-copy-source") else {
                bucket.objects.insert(asked.key.clone(), asked.body.clone());
                return status(200);
            };
            let from = unescaped(from);
            status(if bucket.copy(from.strip_prefix("bucket/").unwrap(), &asked.key) { 200 } else { 404 })
        }
        (&Method::DELETE, None) => status(if bucket.objects.remove(&asked.key).is_some() { 204 } else { 404 }),
        _ => status(405),
    }
}

fn list(bucket: &Bucket, asked: &Asked) -> Response {
    assert_eq!(asked.query("list-type"), Some("2"));
    let (page, next) = bucket.page(asked.query("prefix").unwrap_or_default(), asked.query("continuation-token"));
    let mut list = String::from("<ListBucketResult>");
    for (key, size) in page {
        let key = escaped(key);
        write!(list, "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"e\"</ETag><Size>{size}</Size></Contents>").unwrap();
    }
    if let Some(next) = next {
        write!(list, "<NextContinuationToken>{next}</NextContinuationToken>").unwrap();
    }
    xml(list + "</ListBucketResult>")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_of_which_a_part_is_refused_is_called_off() {
    let (place, mut file) = (place().await, tempfile::NamedTempFile::new().unwrap());
    file.write_all(REFUSED).unwrap();
    // More parts than are under way at once.
    file.as_file().set_len(50 << 20).unwrap();
    let error = place.store.put_file("a/large", file.path()).await.unwrap_err();
    assert!(error.to_string().contains("cannot write a/large at gs://bucket/of/tests"), "{error}");
    assert!(place.held.bucket.lock().unwrap().parts.is_empty(), "its parts stay and are paid for");
    assert_eq!(place.store.size("a/large").await.unwrap(), None);
}
