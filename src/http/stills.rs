//! `POST /v1/stills`: a picture, at once. Where this process renders, no job is made: a still from a warm browser takes less than its way through the ledger.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::auth::Caller;
use super::object::outcome;
use super::request::RenderRequest;
use super::submit;
use super::upload::Upload;
use super::{Problem, Service};
use crate::ledger::{Failure, Scope};
use crate::worker::{JobSource, StillError, StillSource};

/// Seconds after which a full house is worth another try.
const BUSY: u64 = 2;

/// A still, at once.
#[utoipa::path(post, path = "/v1/stills", tag = "stills",
    request_body(content((super::openapi::StillBody = "application/json"), (super::openapi::StillForm = "multipart/form-data"))),
    responses(
        (status = 200, description = "The picture", content((String = "image/png"), (String = "image/jpeg"), (String = "image/webp"))),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn still(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    caller.must(Scope::Submit)?;
    service.refuse_while_draining()?;
    let (asked, package) = submit::read_with(&service, request, of_still).await?;
    picture(&service, &caller, asked, package).await
}

/// Makes it when there is room, within the time that it may take.
pub(super) async fn picture(
    service: &Service,
    caller: &Caller,
    asked: RenderRequest,
    package: Option<Upload>,
) -> Result<Response, Problem> {
    let limit = service.0.options.still_time;
    if !service.0.options.renders_here {
        return by_worker(service, caller, asked, package, limit).await;
    }
    let permit = tokio::time::timeout(limit / 2, service.0.stills.acquire()).await;
    let Ok(Ok(_permit)) = permit else {
        return Err(Problem::new("queue-full", "all stills that may be made at once are being made").after(BUSY));
    };
    let made = tokio::time::timeout(limit, make(service, caller, asked, package)).await;
    made.unwrap_or_else(|_| {
        Err(Problem::new("timeout", format!("the still took longer than {limit:?} (limit: --still-timeout)")))
    })
}

/// Goes before everything else that waits.
const FIRST: i32 = 1000;
/// What is left of it when it has been told.
const KEEP_MS: i64 = 60_000;

/// On a server that renders nothing itself: as a job that somebody waits for.
async fn by_worker(
    service: &Service,
    caller: &Caller,
    asked: RenderRequest,
    package: Option<Upload>,
    limit: Duration,
) -> Result<Response, Problem> {
    let asked = RenderRequest { priority: FIRST, keep_for_ms: Some(KEEP_MS), max_attempts: Some(1), ..asked };
    let enqueued = submit::enqueue(service, caller, &HeaderMap::new(), asked, package).await?;
    let job = service.settled_within(enqueued.job().clone(), limit).await?;
    let still = outcome(&job).and_then(|outcome| outcome.outputs.into_iter().find(|file| file.kind == "still"));
    match (still, &job.failure) {
        (Some(still), _) => service.file(&job, &still.name, false, &HeaderMap::new()).await,
        (None, Some(failure)) if job.state.is_settled() => Err(refused(failure)),
        _ => {
            // Nobody waits for it any more.
            service.0.ledger.cancel(job.id).await?;
            Err(Problem::new("timeout", format!("no worker made the still within {limit:?} (limit: --still-timeout)")))
        }
    }
}

fn refused(failure: &Failure) -> Problem {
    Problem::new(if failure.retryable { "unavailable" } else { "render-failed" }, failure.message.clone())
}

/// `{source, at, format, …}` as a request for a render of one still.
pub(super) fn of_still(body: serde_json::Value) -> serde_json::Value {
    let serde_json::Value::Object(mut members) = body else { return body };
    let mut output = serde_json::Map::new();
    output.insert("kind".to_owned(), "still".into());
    output.insert("format".to_owned(), members.remove("format").unwrap_or_else(|| "png".into()));
    output.insert("at".to_owned(), members.remove("at").unwrap_or_else(|| "end".into()));
    members.insert("outputs".to_owned(), vec![serde_json::Value::Object(output)].into());
    members.insert("companions".to_owned(), false.into());
    serde_json::Value::Object(members)
}

async fn make(
    service: &Service,
    caller: &Caller,
    asked: RenderRequest,
    package: Option<Upload>,
) -> Result<Response, Problem> {
    let inner = &service.0;
    let package = match package {
        None => service.sent_as_package(asked.source.as_deref()).await?,
        uploaded => uploaded,
    };
    let of = match (package, &asked.source) {
        (Some(upload), _) => {
            let read = tokio::fs::read(upload.file.path()).await;
            let bytes = read.map_err(|error| Problem::new("unavailable", error.to_string()))?;
            StillSource::Package { name: upload.name, bytes: bytes.into() }
        }
        (None, Some(said)) => match service.source(caller, said).await? {
            JobSource::Upload { key, name, .. } => {
                let bytes = inner.store.read(&key, inner.machine.source.input_bytes).await?;
                StillSource::Package { name, bytes }
            }
            JobSource::Place { place } => StillSource::Place(place),
        },
        (None, None) => return Err(Problem::field("/source", "is missing")),
    };
    let began = std::time::Instant::now();
    let still = inner.machine.still(of, asked.said, &inner.options.uploads, &inner.rendering).await;
    let still = still.map_err(|StillError { failure }| refused(&failure))?;
    metrics::histogram!("replayreel_still_seconds").record(began.elapsed().as_secs_f64());
    let mut response = Response::new(Body::from(still.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(still.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::try_from(format!("{:.3}", still.at_ms)) {
        headers.insert("replayreel-at-ms", value);
    }
    if let Ok(value) = HeaderValue::try_from(format!("render;dur={}", ms(began.elapsed()))) {
        headers.insert("server-timing", value);
    }
    Ok(response)
}

fn ms(time: Duration) -> u128 {
    time.as_millis()
}
