//! `POST /v1/renders`.

use std::time::Duration;

use axum::Json;
use axum::extract::multipart::Multipart;
use axum::extract::{Extension, FromRequest as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::auth::Caller;
use super::ingest::session_of;
use super::pace::TooSlow;
use super::request::RenderRequest;
use super::upload::{self, Upload};
use super::{Problem, SMALL_BODY, Service};
use crate::destination::hexadecimal;
use crate::ledger::{EnqueueError, Enqueued, Idempotency, Job, JobId, NewJob, Scope};
use crate::subject::Subject;
use crate::worker::{JobSource, memory_for};

/// Longest idempotency key, bytes.
const LONGEST_KEY: usize = 255;
/// Seconds after which a full queue is worth another try.
const FULL: u64 = 15;

/// Ask for a render.
#[utoipa::path(
    post, path = "/v1/renders", tag = "renders",
    request_body(content((super::openapi::RenderBody = "application/json"), (super::openapi::RenderForm = "multipart/form-data"))),
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and the same request give the same render, for 24 hours"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: answer when the render has ended, after N seconds at the latest"),
    ),
    responses(
        (status = 200, description = "With `Prefer: wait`: the render has ended", body = super::object::Render),
        (status = 202, description = "The render is queued", body = super::object::Render),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Failed", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn submit(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    caller.must(Scope::Submit)?;
    service.refuse_while_draining()?;
    let (asked, package) = read(&service, request).await?;
    let wait = preferred_wait(&headers, service.0.options.max_wait);
    let enqueued = enqueue(&service, &caller, &headers, asked, package).await?;
    let replayed = matches!(enqueued, Enqueued::Replayed(_));
    let mut job = enqueued.job().clone();
    if let Some(wait) = wait {
        job = service.settled_within(job, wait).await?;
    }
    let status = if wait.is_some() && job.state.is_settled() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let render = service.render(&job);
    let location = HeaderValue::try_from(&render.url).ok();
    let mut response = (status, Json(render)).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// JSON with a source, or a form with a package.
async fn read(service: &Service, request: Request) -> Result<(RenderRequest, Option<Upload>), Problem> {
    read_with(service, request, |body| body).await
}

/// The same, of something that is said in other words.
pub(super) async fn read_with(
    service: &Service,
    request: Request,
    words: impl Fn(serde_json::Value) -> serde_json::Value,
) -> Result<(RenderRequest, Option<Upload>), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" => {
            let body = axum::body::to_bytes(request.into_body(), SMALL_BODY).await;
            let body = body.map_err(|error| match TooSlow::behind(&error) {
                Some(slow) => slow.into(),
                None => {
                    Problem::new("too-large", format!("the body cannot be read, or has more than {SMALL_BODY} bytes"))
                }
            })?;
            let asked = RenderRequest::parse(words(json(&body)?))?;
            if asked.source.is_none() {
                return Err(Problem::field(
                    "/source",
                    "is missing: posthog:ID, a link copied from PostHog, https://…, s3://BUCKET/KEY or ingest:SESSION; or upload a package (multipart/form-data)",
                ));
            }
            Ok((asked, None))
        }
        "multipart/form-data" => {
            let parts = Multipart::from_request(request, service).await;
            let parts = parts.map_err(|error| {
                Problem::new("bad-request", format!("the form cannot be read: {}", error.body_text()))
            })?;
            let form = upload::read(service, parts).await?;
            let asked = RenderRequest::parse(words(json(form.spec.as_deref().unwrap_or("{}").as_bytes())?))?;
            match (&asked.source, &form.package) {
                (Some(_), Some(_)) => Err(Problem::field("/source", "a package was uploaded: leave the source out")),
                (None, None) => Err(Problem::field("/package", "is missing: package=@FILE")),
                _ => Ok((asked, form.package)),
            }
        }
        _ => Err(Problem::new(
            "unsupported-media-type",
            "send application/json, or multipart/form-data with package=@FILE and spec=JSON",
        )),
    }
}

fn json(text: &[u8]) -> Result<serde_json::Value, Problem> {
    serde_json::from_slice(text).map_err(|error| Problem::new("bad-request", format!("this is not JSON: {error}")))
}

/// Puts a job into the queue, and its package into the store.
pub(super) async fn enqueue(
    service: &Service,
    caller: &Caller,
    headers: &HeaderMap,
    asked: RenderRequest,
    package: Option<Upload>,
) -> Result<Enqueued, Problem> {
    let inner = &service.0;
    // Before a session is looked up: it may have grown since the same was asked for.
    let idempotency = idempotency(headers, &asked, package.as_ref())?;
    let sent = if package.is_none() { session_of(asked.source.as_deref()) } else { None };
    let package = match package {
        None => service.sent_as_package(asked.source.as_deref()).await?,
        uploaded => uploaded,
    };
    let id = JobId::new();
    let key = format!("packages/{id}");
    let source = match (&package, &asked.source) {
        (Some(upload), _) => JobSource::Upload {
            key: key.clone(),
            name: upload.name.clone(),
            bytes: upload.bytes,
            sha256: upload.sha256.clone(),
        },
        (None, Some(said)) => service.source(caller, said).await?,
        (None, None) => return Err(Problem::field("/source", "is missing")),
    };
    let companions = asked.spec.makes_companions(&asked.said);
    let mut content_key = None;
    let mut bytes = None;
    let source = match source {
        JobSource::Upload { key: from, name, bytes: size, sha256 } => {
            content_key = Some(inner.machine.content_key(&sha256, &asked.said, companions));
            bytes = Some(size);
            // Each job has a package of its own: it goes when the job goes.
            match &package {
                Some(upload) => drop(inner.store.put_file(&key, upload.file.path()).await?),
                None => inner.store.copy(&from, &key).await?,
            }
            JobSource::Upload { key: key.clone(), name, bytes: size, sha256 }
        }
        place @ JobSource::Place { .. } => place,
    };
    let has_package = bytes.is_some();
    let job = NewJob {
        id: Some(id),
        owner: caller.owner.clone(),
        priority: asked.priority,
        run_at: asked.run_at,
        max_attempts: asked.max_attempts.unwrap_or(inner.options.max_attempts),
        subjects: source.subjects().into_iter().chain(sent.as_ref().map(Subject::sent)).collect(),
        source: to_json(&source)?,
        spec: to_json(&asked.spec)?,
        metadata: asked.metadata,
        content_key,
        memory: memory_for(bytes, inner.options.memory),
        webhook: asked.webhook.or_else(|| inner.options.webhook.as_ref().map(|url| json!({ "url": url.as_str() }))),
        idempotency,
        keep_for_ms: asked.keep_for_ms.or(inner.options.keep_ms),
    };
    let enqueued = inner.ledger.enqueue(job, inner.options.queue_limit).await;
    let is_new = matches!(enqueued, Ok(Enqueued::New(_)));
    if has_package && !is_new && inner.store.delete(&key).await.is_err() {
        tracing::warn!("an upload that was not wanted stays in the store: {key}");
    }
    match enqueued {
        Ok(enqueued) => {
            if is_new {
                metrics::counter!("replayreel_renders_submitted_total").increment(1);
                inner.wake.notify_one();
            }
            Ok(enqueued)
        }
        Err(EnqueueError::Full { limit, .. }) => Err(Problem::new(
            "queue-full",
            format!("{limit} renders are waiting, which is the limit (--max-queue-length)"),
        )
        .after(FULL)),
        Err(EnqueueError::OtherRequest(job)) => Err(Problem::new(
            "idempotency-mismatch",
            format!("this Idempotency-Key was sent with another request, which made {}", job.id),
        )),
        Err(EnqueueError::Ledger(error)) => Err(error.into()),
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(value).map_err(|error| Problem::new("internal", error.to_string()))
}

fn idempotency(
    headers: &HeaderMap,
    asked: &RenderRequest,
    package: Option<&Upload>,
) -> Result<Option<Idempotency>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| {
        Problem::new("bad-request", format!("Idempotency-Key has to be 1 to {LONGEST_KEY} ASCII characters"))
    })?;
    let mut hash = Sha256::new();
    hash.update(&asked.canonical);
    hash.update(package.map(|upload| upload.sha256.as_str()).unwrap_or_default());
    Ok(Some(Idempotency { key: key.to_owned(), request_hash: hexadecimal(&hash.finalize()) }))
}

/// `Prefer: wait=30` (RFC 7240), up to what the server allows.
fn preferred_wait(headers: &HeaderMap, most: Duration) -> Option<Duration> {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut parts = preferences.flat_map(|value| value.split(',')).map(str::trim);
    let seconds = parts.find_map(|part| part.strip_prefix("wait=")?.split(';').next()?.trim().parse::<u64>().ok());
    seconds.map(|seconds| Duration::from_secs(seconds).min(most))
}

/// How often a job that somebody waits for is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl Service {
    /// No more is taken on when the service is going.
    pub(super) fn refuse_while_draining(&self) -> Result<(), Problem> {
        if self.0.draining.is_cancelled() {
            return Err(Problem::new("unavailable", "the server is being stopped").after(10));
        }
        Ok(())
    }

    /// The job when it is settled, or as it is after so long.
    pub(super) async fn settled_within(&self, job: Job, wait: Duration) -> Result<Job, Problem> {
        let deadline = tokio::time::Instant::now() + wait;
        let mut job = job;
        while !job.state.is_settled() && tokio::time::Instant::now() < deadline && !self.0.draining.is_cancelled() {
            tokio::time::sleep(LOOK.min(deadline - tokio::time::Instant::now())).await;
            job = self.0.ledger.get(job.id).await?.ok_or_else(Problem::not_found)?;
        }
        Ok(job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_among_other_preferences_and_bounded() {
        let wait = |value: &'static str| {
            let headers =
                HeaderMap::from_iter([(header::HeaderName::from_static("prefer"), HeaderValue::from_static(value))]);
            preferred_wait(&headers, Duration::from_mins(1)).map(|wait| wait.as_secs())
        };
        assert_eq!(wait("wait=30"), Some(30));
        assert_eq!(wait("respond-async, wait=5; x=y"), Some(5));
        assert_eq!(wait("wait=100000"), Some(60));
        assert_eq!(wait("wait=soon"), None);
        assert_eq!(wait("return=minimal"), None);
    }
}
