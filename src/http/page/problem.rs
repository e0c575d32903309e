//! What went wrong, as a page: for requests that come from a browser's address bar or a form.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::answer;
use crate::http::Problem;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'p> {
    title: &'p str,
    detail: &'p str,
    advice: &'p str,
    /// The reader has a link and no key.
    is_guest: bool,
    version: &'static str,
}

/// Turns problems into pages where the client reads pages.
pub(in crate::http) async fn readable(request: Request, next: Next) -> Response {
    let reads = reads_pages(request.headers());
    let is_guest = request.uri().path().starts_with("/s/");
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| reads) else { return response };
    let (title, advice) = words(problem, is_guest);
    let detail = if is_guest { "" } else { &problem.detail };
    let page = ProblemPage { title, detail, advice, is_guest, version: env!("CARGO_PKG_VERSION") };
    let mut page = answer(response.status(), &page, "'none'");
    for (name, value) in response.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH | header::CACHE_CONTROL) {
            page.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    page
}

fn reads_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.split(';').next().map(str::trim) == Some("text/html"))
}

/// Title and advice.
fn words(problem: &Problem, is_guest: bool) -> (&str, &'static str) {
    match (problem.status, is_guest) {
        (404, true) => (
            "There is nothing at this address",
            "Check that the link is complete, or ask whoever sent it for a new one.",
        ),
        (410, true) => {
            ("This link no longer works", "It has expired or was taken back. Ask whoever sent it for a new one.")
        }
        (_, true) => (problem.title, "Try again in a moment."),
        (404, false) => {
            ("There is nothing at this address", "It may have been deleted, or it may belong to somebody else.")
        }
        (401, _) => ("Please sign in", "This server needs an API key."),
        (429, _) => (problem.title, "Wait a little and try again."),
        (400 | 413 | 415 | 422, _) => (problem.title, "Go back, change what is named above, and try again."),
        (500..=599, _) => (problem.title, "Try again in a moment. Whoever runs this server finds more in its log."),
        _ => (problem.title, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_reads_pages_gets_one() {
        let reads = |accept: &str| reads_pages(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]));
        assert!(reads("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(reads("application/json, text/html;q=0.5"));
        assert!(!reads("*/*") && !reads("application/json") && !reads(""));
        assert!(!reads_pages(&HeaderMap::new()));
    }
}
