//! For whoever runs it: whether it lives, whether it is ready, what it is; and what each request leaves in logs and metrics.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tokio::sync::Mutex;
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::Service;

/// How long an answer about readiness holds: probes come often, and each look writes to the store.
const HOLDS: Duration = Duration::from_secs(2);
/// Longest look.
const PATIENCE: Duration = Duration::from_secs(5);

/// The last look.
#[derive(Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, Ready)>>);

/// Whether it can work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "names of the answer's members")]
pub(super) struct Ready {
    /// All of them.
    ready: bool,
    /// `ok`, or what is wrong.
    ledger: &'static str,
    /// `ok`, or what is wrong.
    store: &'static str,
    /// `ok`, or `draining`.
    service: &'static str,
}

/// The process lives. Nothing else is looked at.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, description = "It lives", body = String)))]
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Ledger and store answer, and the service is not being stopped.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "It is ready", body = Ready),
    (status = 503, description = "It is not", body = Ready),
))]
pub(super) async fn readyz(State(service): State<Service>) -> Response {
    let mut known = service.0.readiness.0.lock().await;
    let mut ready = match &*known {
        Some((at, ready)) if at.elapsed() < HOLDS => ready.clone(),
        _ => {
            let ready = look(&service).await;
            *known = Some((Instant::now(), ready.clone()));
            ready
        }
    };
    if service.0.draining.is_cancelled() {
        (ready.ready, ready.service) = (false, "draining");
    }
    let status = if ready.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}

async fn look(service: &Service) -> Ready {
    let (ledger, store) = tokio::join!(
        tokio::time::timeout(PATIENCE, service.0.ledger.check()),
        tokio::time::timeout(PATIENCE, service.0.store.check()),
    );
    let [ledger, store] = [ledger.map(|done| done.is_ok()), store.map(|done| done.is_ok())].map(|done| match done {
        Ok(true) => "ok",
        Ok(false) => "failing",
        Err(_) => "not answering",
    });
    Ready { ready: ledger == "ok" && store == "ok", ledger, store, service: "ok" }
}

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Version {
    /// `replayreel`
    name: &'static str,
    /// Semantic.
    version: &'static str,
}

/// What runs here.
#[utoipa::path(get, path = "/version", tag = "operation", responses((status = 200, description = "Name and version", body = Version)))]
pub(super) async fn version() -> Json<Version> {
    Json(Version { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") })
}

/// Numbers a request, and logs and counts it.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let given = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    let given = given.filter(|id| {
        (1..=64).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c))
    });
    let id = given.map_or_else(|| uuid::Uuid::now_v7().simple().to_string(), str::to_owned);
    let method = request.method().clone();
    // The pattern, never the path: shared links are secrets, and every path would be a metric of its own.
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", request = %id);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (seconds, status) = (began.elapsed().as_secs_f64(), response.status().as_u16());
    span.in_scope(|| {
        // Probes come every few seconds for ever.
        if matches!(route.as_str(), "/livez" | "/readyz") {
            tracing::debug!(%method, route, status, seconds, "answered");
        } else {
            tracing::info!(%method, route, status, seconds, "answered");
        }
    });
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::counter!("replayreel_http_requests_total", &labels).increment(1);
    metrics::histogram!("replayreel_http_seconds", "route" => labels[1].1.clone()).record(seconds);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response.headers_mut().entry("x-content-type-options").or_insert(HeaderValue::from_static("nosniff"));
    response.headers_mut().entry("referrer-policy").or_insert(HeaderValue::from_static("no-referrer"));
    response
}
