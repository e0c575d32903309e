//! What servers of stores keep: objects, and parts of objects that are not there yet.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::proxy::Proxy;

/// Objects on one page of a list: so few that a few objects take several.
pub(super) const PAGE: usize = 2;
pub(super) const MODIFIED: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

#[derive(Default)]
pub(super) struct Bucket {
    pub(super) objects: BTreeMap<String, Bytes>,
    /// By upload, and within by the part's name.
    pub(super) parts: HashMap<String, BTreeMap<String, Bytes>>,
}

/// A request that came whole: what was cut off does not come here.
pub(super) struct Asked {
    pub(super) method: Method,
    /// Within the bucket, unescaped.
    pub(super) key: String,
    pub(super) query: HashMap<String, String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

pub(super) struct Held {
    pub(super) proxy: Proxy,
    pub(super) bucket: Arc<Mutex<Bucket>>,
    task: JoinHandle<()>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) async fn serve(respond: fn(&mut Bucket, &Asked) -> Response) -> Held {
    let bucket = Arc::new(Mutex::new(Bucket::default()));
    let held = Arc::clone(&bucket);
    let router = Router::new()
        .fallback(move |request: Request| {
            let bucket = Arc::clone(&bucket);
            async move {
                let (parts, body) = request.into_parts();
                let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else { return status(400) };
                let path = unescaped(parts.uri.path());
                let key = path.strip_prefix("/bucket").expect("the bucket").trim_start_matches('/').to_owned();
                let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
                let query = query.into_owned().collect();
                let asked = Asked { method: parts.method, key, query, headers: parts.headers, body };
                respond(&mut bucket.lock().unwrap(), &asked)
            }
        })
        .layer(DefaultBodyLimit::disable());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Held { proxy: Proxy::start(server).await, bucket: held, task }
}

pub(super) fn status(status: u16) -> Response {
    Response::builder().status(status).header("etag", "\"e\"").body(Body::empty()).unwrap()
}

pub(super) fn xml(body: String) -> Response {
    Response::builder().header("content-type", "application/xml").body(Body::from(body)).unwrap()
}

/// `%XX` in paths, where `+` is itself.
pub(super) fn unescaped(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap()
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '"' | '\'' => write!(out, "&#{};", u32::from(c)).unwrap(),
            c => out.push(c),
        }
    }
    out
}

impl Bucket {
    /// An object or a range of it, as all of them answer.
    pub(super) fn get(&self, asked: &Asked) -> Response {
        let Some(object) = self.objects.get(&asked.key) else { return status(404) };
        let response = Response::builder().header("etag", "\"e\"").header("last-modified", MODIFIED);
        let size = object.len();
        if asked.method == Method::HEAD {
            return response.header("content-length", size).body(Body::empty()).unwrap();
        }
        let range = asked.header("range").or_else(|| asked.header("x-ms-range"));
        if let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) {
            let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
            if first >= size {
                return response
                    .status(416)
                    .header("content-range", format!("bytes */{size}"))
                    .body(Body::empty())
                    .unwrap();
            }
            let last = last.min(size - 1);
            let response = response.status(206).header("content-range", format!("bytes {first}-{last}/{size}"));
            return response.body(Body::from(object.slice(first..=last))).unwrap();
        }
        response.body(Body::from(object.clone())).unwrap()
    }

    pub(super) fn copy(&mut self, from: &str, to: &str) -> bool {
        let Some(object) = self.objects.get(from).cloned() else { return false };
        self.objects.insert(to.to_owned(), object);
        true
    }

    /// A page of the objects with a prefix, and where the next begins.
    pub(super) fn page(&self, prefix: &str, from: Option<&str>) -> (Vec<(&String, usize)>, Option<String>) {
        let from: usize = from.map_or(0, |from| from.parse().unwrap());
        let below: Vec<_> = self.objects.iter().filter(|(key, _)| key.starts_with(prefix)).collect();
        let next = (from + PAGE < below.len()).then(|| (from + PAGE).to_string());
        (below.into_iter().skip(from).take(PAGE).map(|(key, object)| (key, object.len())).collect(), next)
    }
}
