//! What is refused, as RFC 9457 has it: stable types, each with a page of its own; no detail from inside.

use std::any::Any;

use axum::Json;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::pace::TooSlow;
use crate::artifacts::ArtifactError;
use crate::ledger::LedgerError;
use crate::order::said::SaidError;

/// A request that was refused or failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// `/docs/problems/KIND`: stable; opens a page about it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for all problems of a type.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened here, and what to do.
    pub detail: String,
    /// What is wrong with which member of what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<FieldProblem>)]
    pub errors: Vec<SaidError>,
    /// Of `chunks-missing`: the number of the first chunk that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
    /// Seconds after which another try is worth it.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// What is wrong with one member.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldProblem {
    /// JSON pointer.
    pub field: String,
    /// A sentence.
    pub message: String,
}

/// Every type: name, status, title, and what it means.
pub const PROBLEMS: [(&str, u16, &str, &str); 21] = [
    (
        "bad-request",
        400,
        "The request is malformed",
        "A header, a parameter or the body cannot be read. The detail says which.",
    ),
    (
        "unauthorized",
        401,
        "An API key is needed",
        "Send one as `Authorization: Bearer rrk_…`. Whoever runs the server makes them with `replayreel key create`.",
    ),
    (
        "forbidden",
        403,
        "This key may not do that",
        "The key lacks a scope (submit, read, admin or ingest), or the request came from another site.",
    ),
    (
        "not-found",
        404,
        "There is no such thing",
        "It never was there, it is somebody else's, or it was deleted or has expired.",
    ),
    ("method-not-allowed", 405, "This address takes other methods", "See the API's reference."),
    (
        "too-slow",
        408,
        "The request came too slowly",
        "The server waits for more of a body as long as --stall-timeout says, and for 1 KiB a second on average.",
    ),
    ("conflict", 409, "Not in this state", "What was asked for cannot be done to a render in the state that it is in."),
    (
        "chunks-missing",
        409,
        "Chunks before this one are missing",
        "A session's chunks are kept in the order of their numbers. `next` is the first that is missing: send from there.",
    ),
    (
        "session-full",
        403,
        "The session is as large as it may be",
        "The limit is --ingest-session-bytes of the server. What was kept stays.",
    ),
    (
        "too-fast",
        429,
        "Too much is sent",
        "Try again after the time in Retry-After. The limits are --ingest-address-bytes, --ingest-address-sessions and --ingest-key-bytes of the server.",
    ),
    (
        "gone",
        410,
        "It is no longer there",
        "A shared link has expired or was taken back, or a recorded session has ended.",
    ),
    ("too-large", 413, "The upload is too large", "The limit is --max-upload-bytes of the server."),
    (
        "unsupported-media-type",
        415,
        "Neither JSON nor a form",
        "Send application/json, or multipart/form-data with the fields package and spec.",
    ),
    ("range-not-satisfiable", 416, "There are no such bytes", "The range begins behind the file's end."),
    (
        "invalid",
        422,
        "What is asked for cannot be made",
        "Members of the request are unknown or have values that they cannot have; `errors` lists all of them.",
    ),
    (
        "idempotency-mismatch",
        422,
        "This idempotency key was used for another request",
        "A key stands for one request. Use a new one.",
    ),
    (
        "render-failed",
        422,
        "The picture cannot be made",
        "The recording cannot be fetched, read or shown. The detail says why.",
    ),
    (
        "queue-full",
        429,
        "Too many renders are waiting",
        "Try again after the time in Retry-After. The limit is --max-queue-length of the server.",
    ),
    ("internal", 500, "The server failed", "It is in the server's log, under the request's number."),
    (
        "unavailable",
        503,
        "The server cannot do this now",
        "It is being stopped, or its ledger or store does not answer. Try again.",
    ),
    (
        "timeout",
        504,
        "It took too long",
        "A still is limited by --still-timeout of the server. Ask for a render, and wait for it.",
    ),
];

impl Problem {
    pub(super) fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        let found = PROBLEMS.iter().find(|problem| problem.0 == kind);
        let (_, status, title, _) = found.unwrap_or(&("internal", 500, "The server failed", ""));
        Self {
            kind: format!("/docs/problems/{kind}"),
            title,
            status: *status,
            detail: detail.into(),
            errors: Vec::new(),
            next: None,
            retry_after: None,
        }
    }

    pub(super) fn invalid(errors: Vec<SaidError>) -> Self {
        let detail = errors.iter().map(|error| match error.field.as_str() {
            "" => error.message.clone(),
            field => format!("{field}: {}", error.message),
        });
        Self { detail: detail.collect::<Vec<_>>().join("; "), errors, ..Self::new("invalid", "") }
    }

    pub(super) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![SaidError { field: field.to_owned(), message: message.into() }])
    }

    pub(super) fn not_found() -> Self {
        Self::new("not-found", "there is nothing here that you may see")
    }

    pub(super) fn beginning_with(mut self, next: u32) -> Self {
        self.next = Some(next);
        self
    }

    pub(super) fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after;
        let mut response = (status, Json(&self)).into_response();
        // For who makes a page of it.
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<QueryRejection> for Problem {
    fn from(error: QueryRejection) -> Self {
        Self::new("bad-request", error.body_text())
    }
}

impl From<TooSlow> for Problem {
    fn from(slow: TooSlow) -> Self {
        Self::new("too-slow", slow.to_string())
    }
}

/// A body that is not what an operation takes.
impl From<JsonRejection> for Problem {
    fn from(error: JsonRejection) -> Self {
        if let Some(slow) = TooSlow::behind(&error) {
            return slow.into();
        }
        match error {
            JsonRejection::JsonDataError(_) => Self::new("invalid", error.body_text()),
            JsonRejection::MissingJsonContentType(_) => Self::new("unsupported-media-type", "send application/json"),
            _ if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Self::new("too-large", error.body_text()),
            _ => Self::new("bad-request", error.body_text()),
        }
    }
}

/// What is inside stays inside: it is logged.
impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        tracing::error!("the ledger failed: {error}");
        if error.is_transient() {
            Self::new("unavailable", "the ledger does not answer").after(5)
        } else {
            Self::new("internal", "the ledger failed")
        }
    }
}

impl From<ArtifactError> for Problem {
    fn from(error: ArtifactError) -> Self {
        if error.is_missing() {
            return Self::not_found();
        }
        tracing::error!("the store failed: {error}");
        Self::new("unavailable", "the store of artifacts does not answer").after(5)
    }
}

pub(super) async fn not_found() -> Problem {
    Problem::new("not-found", "there is no such address; /docs lists those there are")
}

pub(super) async fn method_not_allowed() -> Problem {
    Problem::new("method-not-allowed", "this address takes other methods; see /docs")
}

#[expect(clippy::needless_pass_by_value, reason = "as the layer that catches panics calls it")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> axum::http::Response<Body> {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!("a handler panicked: {}", said.unwrap_or_default());
    Problem::new("internal", "the server failed").into_response()
}

/// The page about a type of problem.
pub(super) async fn page(Path(kind): Path<String>) -> Result<Html<String>, Problem> {
    let found = PROBLEMS.iter().find(|problem| problem.0 == kind).ok_or_else(Problem::not_found)?;
    let (kind, status, title, meaning) = found;
    Ok(Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title>\
         <body style=\"font:16px/1.5 system-ui;max-width:40em;margin:3em auto;padding:0 1em;color-scheme:light dark\">\
         <h1>{title}</h1><p><code>{kind}</code>, HTTP {status}</p><p>{meaning}</p><p><a href=\"/docs\">All of the API</a></p>"
    )))
}
