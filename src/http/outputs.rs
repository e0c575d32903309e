//! Files, with ranges and entity tags: players seek, downloads go on where they broke off.

use std::ops::Range;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Caller;
use super::object::outcome;
use super::{Problem, Service};
use crate::ledger::{Job, Scope};
use crate::worker::OutputFile;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OutputQuery {
    /// To be kept as a file rather than shown.
    #[param(value_type = Option<String>)]
    pub(super) download: Option<String>,
}

/// What happened in the session that is worth looking at, with its place in the first video; a thousand moments at most.
#[utoipa::path(get, path = "/v1/renders/{id}/moments", tag = "renders",
    params(("id" = String, Path, description = "The render")),
    responses(
        (status = 200, description = "Moments as in the report of a render; none while it is not done", body = Vec<Object>),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn moments(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<Vec<serde_json::Value>>, Problem> {
    caller.must(Scope::Read)?;
    let job = service.visible(&caller, &id).await?;
    Ok(Json(outcome(&job).map(|outcome| outcome.moments).unwrap_or_default()))
}

/// A file of a render.
#[utoipa::path(get, path = "/v1/renders/{id}/outputs/{name}", tag = "renders",
    params(("id" = String, Path, description = "The render"), ("name" = String, Path, description = "The file's name"), OutputQuery,
        ("Range" = Option<String>, Header, description = "`bytes=FROM-TO`"), ("If-None-Match" = Option<String>, Header, description = "The ETag of what is there already")),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 206, description = "The bytes asked for", content_type = "application/octet-stream"),
        (status = 304, description = "What is there already is the same"),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn output(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path((id, name)): Path<(String, String)>,
    query: Result<Query<OutputQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must(Scope::Read)?;
    let Query(query) = query?;
    let job = service.visible(&caller, &id).await?;
    service.file(&job, &name, query.download.is_some(), &headers).await
}

impl Service {
    /// Serves one file of a job that succeeded.
    pub(super) async fn file(
        &self,
        job: &Job,
        name: &str,
        download: bool,
        asked: &HeaderMap,
    ) -> Result<Response, Problem> {
        let outcome = outcome(job).ok_or_else(Problem::not_found)?;
        let file = outcome.output(name).ok_or_else(Problem::not_found)?;
        let tag = format!("\"{}\"", file.sha256);
        let text = |name: header::HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
        if text(header::IF_NONE_MATCH).is_some_and(|known| known == "*" || known.split(',').any(|one| weak(one) == tag))
        {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            describe(response.headers_mut(), file, &tag, download);
            return Ok(response);
        }
        // With If-Range, a range holds only of the file it was begun with.
        let same = text(header::IF_RANGE).is_none_or(|known| known == tag);
        let range = match text(header::RANGE).filter(|_| same).map(|range| parse_range(range, file.bytes)) {
            None | Some(Asked::All) => None,
            Some(Asked::Part(range)) => Some(range),
            Some(Asked::Nothing) => {
                let mut response =
                    Problem::new("range-not-satisfiable", format!("the file has {} bytes", file.bytes)).into_response();
                insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{}", file.bytes));
                return Ok(response);
            }
        };
        let outgoing = self.0.store.get(&outcome.key(file), range.clone()).await?;
        let length = outgoing.range.end - outgoing.range.start;
        let mut response = Response::new(Body::from_stream(outgoing.bytes));
        let headers = response.headers_mut();
        describe(headers, file, &tag, download);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if range.is_some() {
            let (first, last) = (outgoing.range.start, outgoing.range.end.saturating_sub(1));
            insert(headers, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{}", outgoing.size));
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        Ok(response)
    }
}

fn describe(headers: &mut HeaderMap, file: &OutputFile, tag: &str, download: bool) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What a stranger's recording brought into a file must not run as a page of this server.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"),
    );
    insert(headers, header::ETAG, tag);
    let kind = if download { "attachment" } else { "inline" };
    insert(headers, header::CONTENT_DISPOSITION, &format!("{kind}; filename=\"{}\"", file.name));
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn weak(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Part(Range<u64>),
    Nothing,
}

/// `bytes=0-99`, `bytes=100-`, `bytes=-100` (RFC 9110, 14.1.2). Several ranges, and what is no range, are answered with all of it, as it allows.
fn parse_range(text: &str, size: u64) -> Asked {
    let Some((first, last)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::All;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (first.trim().is_empty(), number(first), last.trim().is_empty(), number(last)) {
        (true, _, false, Some(suffix)) => size.saturating_sub(suffix)..size,
        (false, Some(first), true, _) => first..size,
        (false, Some(first), false, Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        _ => return Asked::All,
    };
    if range.is_empty() || range.start >= size { Asked::Nothing } else { Asked::Part(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        for (text, expected) in [
            ("bytes=0-99", Asked::Part(0..100)),
            ("bytes=900-", Asked::Part(900..1000)),
            ("bytes=-100", Asked::Part(900..1000)),
            ("bytes=-5000", Asked::Part(0..1000)),
            ("bytes=990-5000", Asked::Part(990..1000)),
            ("bytes=1000-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=5-1", Asked::All),
            ("bytes=0-1,5-6", Asked::All),
            ("bytes=-", Asked::All),
            ("lines=1-2", Asked::All),
            ("bytes=0-18446744073709551615", Asked::Part(0..1000)),
        ] {
            assert_eq!(parse_range(text, 1000), expected, "{text}");
        }
    }
}
