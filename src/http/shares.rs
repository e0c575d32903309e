//! Shared links: whoever has one sees the renders, until it expires or is taken back. They are signed, so that a link says by itself until when it
//! holds and cannot be stretched.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::ToSchema;

use super::auth::Caller;
use super::object::time;
use super::{Problem, Service};
use crate::ledger::{JobId, NewShare, Scope, Share, ShareId};

/// Renders of one link, at most.
const MOST: usize = 100;
/// Characters of a title, at most.
const TITLE: usize = 200;
/// How long a link holds where nothing is said.
const DEFAULT_DAYS: u32 = 30;
const MOST_DAYS: u32 = 3650;

/// What is to be shared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareBody {
    /// Renders that have succeeded, 1 to 100, in the order in which they are shown.
    renders: Vec<String>,
    /// What stands above them.
    #[serde(default)]
    title: String,
    /// How long the link holds, days: 1 to 3650, else 30.
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
    /// Whether other sites may show it in a frame.
    #[serde(default)]
    embed: bool,
    /// The sites that may, as `https://wiki.example.org`; all, if none is named.
    #[serde(default)]
    origins: Vec<String>,
    /// Whether files may be saved.
    #[serde(default = "yes")]
    downloads: bool,
}

impl ShareBody {
    /// One render, with what holds where nothing is said.
    pub(super) fn of(render: String, title: &str) -> Self {
        let title = title.chars().take(TITLE).collect();
        Self { renders: vec![render], title, days: None, embed: false, origins: Vec::new(), downloads: true }
    }
}

const fn yes() -> bool {
    true
}

/// A shared link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShareObject {
    /// `shr_…`
    id: String,
    /// The link.
    url: String,
    /// What stands above the renders.
    title: String,
    /// What it shows.
    renders: Vec<String>,
    /// RFC 3339.
    created_at: String,
    /// When it ends.
    expires_at: Option<String>,
    /// When it was taken back.
    revoked_at: Option<String>,
    /// Whether it holds now.
    open: bool,
    /// Whether other sites may show it in a frame.
    embed: bool,
    /// The sites that may.
    origins: Vec<String>,
    /// Whether files may be saved.
    downloads: bool,
}

/// Shared links.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShareList {
    shares: Vec<ShareObject>,
}

/// Share renders by a link that needs no key.
#[utoipa::path(post, path = "/v1/shares", tag = "shares", request_body = ShareBody, responses(
    (status = 201, description = "The link", body = ShareObject),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn create(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<ShareBody>, JsonRejection>,
) -> Result<(StatusCode, Json<ShareObject>), Problem> {
    caller.must(Scope::Submit)?;
    let Json(body) = body?;
    let share = service.share(&caller, body).await?;
    Ok((StatusCode::CREATED, Json(service.share_object(share))))
}

/// Shared links, newest first.
#[utoipa::path(get, path = "/v1/shares", tag = "shares", responses(
    (status = 200, description = "All of them", body = ShareList),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<ShareList>, Problem> {
    caller.must(Scope::Read)?;
    let owner = (!caller.is_admin()).then_some(caller.owner.as_str());
    let shares = service.0.ledger.shares(owner).await?;
    Ok(Json(ShareList { shares: shares.into_iter().map(|share| service.share_object(share)).collect() }))
}

/// Take a shared link back.
#[utoipa::path(delete, path = "/v1/shares/{id}", tag = "shares", params(("id" = String, Path, description = "The link's ID")), responses(
    (status = 204, description = "It holds no more"),
    (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn revoke(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.must(Scope::Submit)?;
    let id: ShareId = id.parse().map_err(|_| Problem::not_found())?;
    let share =
        service.0.ledger.share(id).await?.filter(|share| caller.sees(&share.owner)).ok_or_else(Problem::not_found)?;
    service.0.ledger.revoke_share(share.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Service {
    pub(super) async fn share(&self, caller: &Caller, body: ShareBody) -> Result<Share, Problem> {
        if !(1..=MOST).contains(&body.renders.len()) {
            return Err(Problem::field("/renders", format!("must be 1 to {MOST} renders")));
        }
        if body.title.chars().count() > TITLE {
            return Err(Problem::field("/title", format!("must have at most {TITLE} characters")));
        }
        let days = body.days.unwrap_or(DEFAULT_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Problem::field("/days", format!("must be 1 to {MOST_DAYS}")));
        }
        for (index, origin) in body.origins.iter().enumerate() {
            let is_origin = url::Url::parse(origin)
                .is_ok_and(|url| url.has_host() && url.origin().ascii_serialization() == *origin);
            if !is_origin {
                return Err(Problem::field(&format!("/origins/{index}"), "must be like https://wiki.example.org"));
            }
        }
        let mut jobs: Vec<JobId> = Vec::new();
        for (index, id) in body.renders.iter().enumerate() {
            let pointer = format!("/renders/{index}");
            let job =
                self.visible(caller, id).await.map_err(|_| Problem::field(&pointer, "there is no such render"))?;
            if job.result.is_none() {
                return Err(Problem::field(
                    &pointer,
                    format!("this render is {}; only what has succeeded can be shared", job.state),
                ));
            }
            jobs.push(job.id);
        }
        let new = NewShare {
            owner: caller.owner.clone(),
            title: crate::recording::printable(&body.title).trim().to_owned(),
            jobs,
            open_for_ms: Some(i64::from(days) * 24 * 3600 * 1000),
            embed: body.embed,
            origins: body.origins,
            downloads: body.downloads,
        };
        Ok(self.0.ledger.add_share(&new).await?)
    }

    pub(super) fn share_object(&self, share: Share) -> ShareObject {
        ShareObject {
            url: self.address(&format!("/s/{}", self.share_token(&share))),
            id: share.id.to_string(),
            title: share.title,
            renders: share.jobs.iter().map(ToString::to_string).collect(),
            created_at: time(share.created_at),
            expires_at: share.expires_at.map(time),
            revoked_at: share.revoked_at.map(time),
            open: share.open,
            embed: share.embed,
            origins: share.origins,
            downloads: share.downloads,
        }
    }

    /// `ID.UNTIL.SIGNATURE`
    pub(super) fn share_token(&self, share: &Share) -> String {
        let signed = format!("{}.{}", share.id, share.expires_at.unwrap_or(i64::MAX));
        let signature = URL_SAFE_NO_PAD.encode(signature(&self.0.signing, &signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// The share that a link is of, if the link is ours and still holds.
    pub(super) async fn open_share(&self, token: &str) -> Result<Share, Problem> {
        let id = verified(&self.0.signing, token).ok_or_else(Problem::not_found)?;
        let share = self.0.ledger.share(id).await?.ok_or_else(Problem::not_found)?;
        if share.open { Ok(share) } else { Err(Problem::new("gone", "this link has expired or was taken back")) }
    }
}

fn signature(secret: &[u8; 32], signed: &str) -> Hmac<Sha256> {
    // As long as a block of the hash: zeros behind a shorter key are what HMAC itself would add.
    let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
    key[..secret.len()].copy_from_slice(secret);
    let mut mac = Hmac::<Sha256>::new(&key);
    mac.update(b"replayreel share link\n");
    mac.update(signed.as_bytes());
    mac
}

/// The share that a token names, if its signature is ours. How long this takes does not depend on how much of it is right.
fn verified(secret: &[u8; 32], token: &str) -> Option<ShareId> {
    let (signed, given) = token.rsplit_once('.')?;
    let given = URL_SAFE_NO_PAD.decode(given).ok()?;
    signature(secret, signed).verify_slice(&given).ok()?;
    signed.split_once('.')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_was_stretched_or_made_up_is_none() {
        let secret = [7; 32];
        let id = ShareId::new();
        let signed = format!("{id}.1000");
        let good = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature(&secret, &signed).finalize().into_bytes()));
        assert_eq!(verified(&secret, &good), Some(id));
        let (_, given) = good.rsplit_once('.').unwrap();
        for forged in [
            format!("{id}.2000.{given}"),
            format!("{}.1000.{given}", ShareId::new()),
            good[..good.len() - 1].to_owned(),
            format!("{good}A"),
            format!("{signed}."),
            signed.clone(),
            String::new(),
        ] {
            assert_eq!(verified(&secret, &forged), None, "{forged}");
        }
        assert_eq!(verified(&[8; 32], &good), None);
    }
}
