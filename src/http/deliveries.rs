//! What was sent to webhooks, and sending it again.

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::object::time;
use super::{Problem, Service};
use crate::ledger::{Delivery, DeliveryId, Scope};

/// One message to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryObject {
    /// `msg_…`, the header `webhook-id`.
    id: String,
    /// `render.succeeded`, `render.failed` or `render.cancelled`.
    event: String,
    /// Where to, without its query, user and password.
    url: String,
    /// `pending`, `delivered` or `failed`.
    state: String,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried next.
    next_at: Option<String>,
    /// The last tries.
    log: Vec<DeliveryTry>,
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryTry {
    /// RFC 3339.
    at: String,
    /// HTTP status of the answer.
    status: Option<u16>,
    /// Why there was none.
    error: Option<String>,
    /// How long it took.
    ms: i64,
}

/// Messages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryList {
    deliveries: Vec<DeliveryObject>,
}

impl From<Delivery> for DeliveryObject {
    fn from(delivery: Delivery) -> Self {
        let url = delivery.webhook.get("url").and_then(|url| url.as_str()).unwrap_or_default();
        let pending = delivery.state == crate::ledger::DeliveryState::Pending;
        Self {
            id: delivery.id.to_string(),
            event: delivery.event,
            url: crate::webhook::shown(url),
            state: delivery.state.to_string(),
            attempts: delivery.attempts,
            next_at: pending.then(|| time(delivery.next_at)),
            log: delivery
                .log
                .into_iter()
                .map(|one| DeliveryTry { at: time(one.at), status: one.status, error: one.error, ms: one.ms })
                .collect(),
        }
    }
}

/// What was sent to the render's webhook.
#[utoipa::path(get, path = "/v1/renders/{id}/deliveries", tag = "webhooks", params(("id" = String, Path, description = "The render")), responses(
    (status = 200, description = "All messages", body = DeliveryList),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<DeliveryList>, Problem> {
    caller.must(Scope::Read)?;
    let job = service.visible(&caller, &id).await?;
    let deliveries = service.0.ledger.deliveries(job.id).await?;
    Ok(Json(DeliveryList { deliveries: deliveries.into_iter().map(Into::into).collect() }))
}

/// Send a message again: the same bytes under the same ID.
#[utoipa::path(post, path = "/v1/renders/{id}/deliveries/{delivery}/redeliver", tag = "webhooks",
    params(("id" = String, Path, description = "The render"), ("delivery" = String, Path, description = "The message")),
    responses(
        (status = 202, description = "It will be sent", body = DeliveryObject),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn redeliver(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<(StatusCode, Json<DeliveryObject>), Problem> {
    caller.must(Scope::Submit)?;
    let job = service.visible(&caller, &id).await?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| Problem::not_found())?;
    let known = service.0.ledger.deliveries(job.id).await?.iter().any(|one| one.id == delivery);
    let again = if known { service.0.ledger.redeliver(delivery).await? } else { None };
    Ok((StatusCode::ACCEPTED, Json(again.ok_or_else(Problem::not_found)?.into())))
}
