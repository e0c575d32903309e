//! Erasures, for admins: everything about one recording or one person goes.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::object::time;
use super::{Problem, Service};
use crate::erasure::{Erasing, Receipt};
use crate::ledger::{ErasureId, Scope};
use crate::subject::Subject;

/// How long a running render is waited for. It is looked for every half second whether it is to stop.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whom or what to erase: one of `recording` and `person`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ErasureBody {
    /// A recording's ID, a link copied from PostHog, an address, or the SHA-256 of a recording's bytes.
    recording: Option<String>,
    /// A person's distinct ID.
    person: Option<String>,
    /// Only say what would be deleted.
    #[serde(default)]
    dry_run: bool,
}

/// An erasure.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErasureObject {
    /// `ers_…`; none for a dry run, which is not kept.
    id: Option<String>,
    /// `running` or `finished`. One that was broken off, by a server that was ended, stays `running`: ask for it again.
    state: &'static str,
    /// RFC 3339.
    began_at: Option<String>,
    /// RFC 3339.
    finished_at: Option<String>,
    /// Renders that had been asked for before it was finished and turned out to be about the subject when they ran. They made nothing and are gone.
    caught_later: u32,
    /// What was deleted, when it is finished. Names the subject only in the answer to whoever asked for it.
    receipt: Option<Receipt>,
}

/// Erase everything about a recording or a person: renders, files, messages, shared links.
#[utoipa::path(post, path = "/v1/erasures", tag = "erasures", request_body = ErasureBody, responses(
    (status = 200, description = "It is done, as far as the receipt says", body = ErasureObject),
    (status = 202, description = "It takes longer, and goes on: look at it by its id", body = ErasureObject),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", description = "Failed; ask again", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn create(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<ErasureBody>, JsonRejection>,
) -> Result<Response, Problem> {
    caller.must(Scope::Admin)?;
    let Json(body) = body?;
    service.refuse_while_draining()?;
    let subject = match (&body.recording, &body.person) {
        (Some(id), None) => Subject::recording(id).map_err(|error| Problem::field("/recording", error.to_string()))?,
        (None, Some(id)) => Subject::person(id).map_err(|error| Problem::field("/person", error.to_string()))?,
        _ => return Err(Problem::field("", "say either recording or person")),
    };
    let erasing = service.erasing(body.dry_run);
    let id = erasing.begin(&subject).await?;
    // It goes on when whoever asked does not wait any more.
    let work = tokio::spawn(async move { erasing.run(&subject, id).await });
    let Some(id) = id else {
        let receipt = work.await.map_err(|error| Problem::new("internal", error.to_string()))??;
        let (state, finished_at) = ("finished", Some(receipt.finished_at.clone()));
        let began_at = Some(receipt.began_at.clone());
        let answer = ErasureObject { id: None, state, began_at, finished_at, caught_later: 0, receipt: Some(receipt) };
        return Ok(answered(StatusCode::OK, &answer, None));
    };
    let receipt = match tokio::time::timeout(service.0.options.max_wait, work).await {
        Ok(done) => Some(done.map_err(|error| Problem::new("internal", error.to_string()))??),
        Err(_) => None,
    };
    let mut answer = service.erasure(id).await?;
    let status = if receipt.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    answer.receipt = receipt.or(answer.receipt);
    Ok(answered(status, &answer, Some(id)))
}

/// An erasure, by its name. The receipt is without whom it was about.
#[utoipa::path(get, path = "/v1/erasures/{id}", tag = "erasures", params(("id" = String, Path, description = "The erasure")), responses(
    (status = 200, description = "As it stands", body = ErasureObject),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must(Scope::Admin)?;
    let id: ErasureId = id.parse().map_err(|_| Problem::not_found())?;
    Ok(answered(StatusCode::OK, &service.erasure(id).await?, None))
}

fn answered(status: StatusCode, answer: &ErasureObject, created: Option<ErasureId>) -> Response {
    let mut response = (status, Json(answer)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(place) = created.and_then(|id| HeaderValue::try_from(format!("/v1/erasures/{id}")).ok()) {
        headers.insert(header::LOCATION, place);
    }
    response
}

impl Service {
    fn erasing(&self, dry_run: bool) -> Erasing {
        let inner = Arc::clone(&self.0);
        Erasing {
            service: Some((inner.ledger.clone(), inner.store.clone())),
            // Folders of this machine are its operator's: `replayreel erase --packages`.
            packages: Vec::new(),
            archives: Vec::new(),
            downloads: None,
            limits: inner.machine.package.clone(),
            input_bytes: inner.machine.source.input_bytes,
            patience: PATIENCE,
            dry_run,
        }
    }

    async fn erasure(&self, id: ErasureId) -> Result<ErasureObject, Problem> {
        let found = self.0.ledger.erasure(id).await?.ok_or_else(Problem::not_found)?;
        Ok(ErasureObject {
            id: Some(found.id.to_string()),
            state: if found.receipt.is_some() { "finished" } else { "running" },
            began_at: Some(time(found.began_at)),
            finished_at: found.finished_at.map(time),
            caught_later: found.caught,
            receipt: found.receipt.and_then(|receipt| serde_json::from_value(receipt).ok()),
        })
    }
}
