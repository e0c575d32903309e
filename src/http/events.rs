//! `GET /v1/renders/{id}/events`: each change of a render as a server-sent event, whose id is the render's revision, so that a client that lost the
//! connection goes on where it was.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream;

use super::auth::Caller;
use super::{Problem, Service};
use crate::ledger::{JobId, Scope};

/// How often the ledger is looked at. A worker tells of progress every half second.
const LOOK: Duration = Duration::from_millis(250);
/// Comments in between keep proxies from closing the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Every change of a render, until it has ended.
#[utoipa::path(get, path = "/v1/renders/{id}/events", tag = "renders",
    params(("id" = String, Path, description = "The render"), ("Last-Event-ID" = Option<String>, Header, description = "The last event that came")),
    responses(
        (status = 200, description = "Events called `render`, each with the Render object as its data; the stream ends with the render", content_type = "text/event-stream"),
        (status = 204, description = "The render has ended, and the last event had said so: do not connect again"),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn events(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must(Scope::Read)?;
    let job = service.visible(&caller, &id).await?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse::<i64>().ok());
    if job.state.is_settled() && last == Some(job.revision) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let following = Following { service, id: job.id, told: last, ended: false };
    let events = stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok::<_, Infallible>(event), following))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

struct Following {
    service: Service,
    id: JobId,
    /// The revision that was told last.
    told: Option<i64>,
    ended: bool,
}

impl Following {
    /// The next change; none after the last.
    async fn next(&mut self) -> Option<Event> {
        while !self.ended && !self.service.0.draining.is_cancelled() {
            // A ledger that does not answer now may do so later; the client need not know. A job that is gone has ended.
            match self.service.0.ledger.get(self.id).await {
                Ok(None) => return None,
                Ok(Some(job)) if self.told != Some(job.revision) => {
                    self.told = Some(job.revision);
                    self.ended = job.state.is_settled();
                    let event = Event::default().event("render").id(job.revision.to_string());
                    return event.json_data(self.service.render(&job)).ok();
                }
                Ok(Some(_)) | Err(_) => {}
            }
            tokio::time::sleep(LOOK).await;
        }
        None
    }
}
