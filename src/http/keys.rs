//! API keys, for admins.

use std::num::NonZeroU32;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use super::auth::{Caller, new_key};
use super::object::time;
use super::{Problem, Service};
use crate::ledger::{Key, KeyId, NewKey, Scope};

/// Origins of one key.
const MOST_ORIGINS: usize = 100;

/// An origin as browsers write it: scheme, host, and a port if it is not the usual one.
///
/// # Errors
/// A sentence, if it is none.
pub fn parse_origin(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let origin = url.map(|url| url.origin().ascii_serialization());
    origin.filter(|origin| origin == text).ok_or_else(|| "must be an origin, as https://shop.example".to_owned())
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyBody {
    /// What people call it, 1 to 100 characters.
    name: String,
    /// What it may do: submit, read, admin, ingest.
    scopes: Vec<String>,
    /// Of a key with the scope ingest: origins of pages that may use it, as `https://shop.example`. All, if there are none.
    #[serde(default)]
    #[schema(max_items = 100)]
    origins: Vec<String>,
    /// How many of its renders run at once.
    #[schema(value_type = Option<u32>, minimum = 1)]
    concurrency: Option<NonZeroU32>,
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyObject {
    /// `key_…`
    id: String,
    /// What people call it.
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// How many of its renders run at once.
    concurrency: Option<u32>,
    /// RFC 3339.
    created_at: String,
    /// To the minute.
    last_used_at: Option<String>,
    /// Since when it counts no more.
    revoked_at: Option<String>,
    /// The key itself: told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

/// Keys.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyList {
    keys: Vec<KeyObject>,
}

impl KeyObject {
    fn of(key: Key, told: Option<String>) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            concurrency: key.concurrency.map(NonZeroU32::get),
            created_at: time(key.created_at),
            last_used_at: key.last_used_at.map(time),
            revoked_at: key.revoked_at.map(time),
            key: told,
        }
    }
}

/// Make a key.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", request_body = KeyBody, responses(
    (status = 201, description = "The key; it is told here and never again", body = KeyObject),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn create(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<KeyBody>, JsonRejection>,
) -> Result<(StatusCode, Json<KeyObject>), Problem> {
    caller.must(Scope::Admin)?;
    let Json(body) = body?;
    if !(1..=100).contains(&body.name.chars().count()) {
        return Err(Problem::field("/name", "must have 1 to 100 characters"));
    }
    let scopes: Result<Vec<Scope>, _> = body.scopes.iter().map(|scope| scope.parse()).collect();
    let scopes = scopes.ok().filter(|scopes| !scopes.is_empty());
    let scopes =
        scopes.ok_or_else(|| Problem::field("/scopes", "must be at least one of submit, read, admin, ingest"))?;
    if body.origins.len() > MOST_ORIGINS {
        return Err(Problem::field("/origins", format!("must have at most {MOST_ORIGINS} entries")));
    }
    let origins = body
        .origins
        .iter()
        .enumerate()
        .map(|(at, origin)| parse_origin(origin).map_err(|why| Problem::field(&format!("/origins/{at}"), why)));
    let origins = origins.collect::<Result<Vec<_>, _>>()?;
    let (told, hash) = new_key().map_err(|error| Problem::new("internal", error.to_string()))?;
    let new =
        NewKey { name: crate::recording::printable(&body.name), scopes, hash, concurrency: body.concurrency, origins };
    let key = service.0.ledger.add_key(&new).await.map_err(|error| {
        tracing::error!("a key cannot be added: {error}");
        Problem::new("internal", "the key cannot be added")
    })?;
    Ok((StatusCode::CREATED, Json(KeyObject::of(key, Some(told)))))
}

/// Keys, those that were revoked included.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", responses(
    (status = 200, description = "All of them", body = KeyList),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<KeyList>, Problem> {
    caller.must(Scope::Admin)?;
    let keys = service.0.ledger.keys().await?;
    Ok(Json(KeyList { keys: keys.into_iter().map(|key| KeyObject::of(key, None)).collect() }))
}

/// Revoke a key.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "keys", params(("id" = String, Path, description = "The key's ID")), responses(
    (status = 204, description = "It counts no more"),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn revoke(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.must(Scope::Admin)?;
    let id: KeyId = id.parse().map_err(|_| Problem::not_found())?;
    service.0.ledger.revoke_key(id).await?.ok_or_else(Problem::not_found)?;
    Ok(StatusCode::NO_CONTENT)
}
