//! Who asks, and what they may do.
//!
//! A key is 32 random bytes behind a prefix; the ledger has its SHA-256 only. A server without keys listens to its own machine alone, and there too a page
//! of another site must not be able to use it: the name in `Host` has to be the machine's own, and a browser's request has to come from here.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Problem, Service};
use crate::ledger::{KeyHash, Scope};

/// How keys begin, so that they are found where they should not be.
pub const API_KEY_PREFIX: &str = "rrk_";

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The key's ID; empty on a server without keys, and for the root key.
    pub(super) owner: String,
    scopes: Vec<Scope>,
}

impl Caller {
    fn all() -> Self {
        Self { owner: String::new(), scopes: Scope::ALL.to_vec() }
    }

    /// Refuses who may not.
    pub(super) fn must(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.contains(&scope) || self.is_admin() {
            Ok(())
        } else {
            Err(Problem::new("forbidden", format!("the key lacks the scope {scope}")))
        }
    }

    pub(super) fn may(&self, scope: Scope) -> bool {
        self.must(scope).is_ok()
    }

    pub(super) fn is_admin(&self) -> bool {
        self.scopes.contains(&Scope::Admin)
    }

    /// Whether what somebody asked for may be seen.
    pub(super) fn sees(&self, owner: &str) -> bool {
        self.is_admin() || self.owner == owner
    }
}

/// A new key: to be told once, and what is kept of it.
///
/// # Errors
/// If the machine has no random bytes.
pub fn new_key() -> Result<(String, KeyHash), getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let key = format!("{API_KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = hash_key(&key);
    Ok((key, hash))
}

/// What is kept of a key.
pub fn hash_key(key: &str) -> KeyHash {
    KeyHash(Sha256::digest(key.as_bytes()).into())
}

/// Finds out who asks; whoever may not ask gets no further.
pub(super) async fn authenticate(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = caller(&service, request.method(), request.headers()).await?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Name of the cookie that the pages' sign-in sets. The prefix makes browsers keep it to this host.
pub(super) const COOKIE: &str = "replayreel_key";

/// Who sent these headers.
pub(super) async fn caller(service: &Service, method: &Method, headers: &HeaderMap) -> Result<Caller, Problem> {
    if headers.contains_key(header::AUTHORIZATION) {
        return bearer(service, headers).await;
    }
    if let Some(key) = cookie(headers, COOKIE) {
        same_site(service, method, headers)?;
        return of_key(service, &key).await;
    }
    if service.is_open().await? {
        own_host(headers)?;
        same_site(service, method, headers)?;
        return Ok(Caller::all());
    }
    Err(Problem::new("unauthorized", "this server needs an API key: send it as `Authorization: Bearer rrk_…`"))
}

/// Whose key the header `Authorization` holds.
pub(super) async fn bearer(service: &Service, headers: &HeaderMap) -> Result<Caller, Problem> {
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = said.and_then(|said| said.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let (_, key) =
        key.ok_or_else(|| Problem::new("unauthorized", "the header Authorization has to be `Bearer rrk_…`"))?;
    of_key(service, key.trim()).await
}

impl Service {
    /// Whether nobody needs a key. Whoever has set one wants it asked for, on their own machine too.
    pub(super) async fn is_open(&self) -> Result<bool, Problem> {
        Ok(self.0.options.open && self.0.options.root_key.is_none() && !self.0.ledger.has_keys().await?)
    }
}

/// Whose key this is.
pub(super) async fn of_key(service: &Service, key: &str) -> Result<Caller, Problem> {
    let wrong = || Problem::new("unauthorized", "the API key is unknown or was revoked");
    let hash = hash_key(key);
    // Found by its hash: how long that takes says nothing of the key.
    if let Some(root) = &service.0.options.root_key
        && bool::from(root.0.ct_eq(&hash.0))
    {
        return Ok(Caller::all());
    }
    let key = service.0.ledger.find_key(&hash).await?.ok_or_else(wrong)?;
    Ok(Caller { owner: key.id.to_string(), scopes: key.scopes })
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// A name that leads here from the network could be anybody's: their page would be of the same origin as this server.
fn own_host(headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|c| c.is_ascii_digit()) { name } else { host });
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_own = name.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if is_own {
        Ok(())
    } else {
        Err(Problem::new(
            "forbidden",
            "a server without keys answers to localhost only: make a key (replayreel key create)",
        ))
    }
}

/// What a browser sends by itself (a cookie, or nothing at all on an open server) says nothing of who wrote the page that asks.
pub(super) fn same_site(service: &Service, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = || Problem::new("forbidden", "the request comes from another site's page");
    if let Some(site) = text("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(foreign()) };
    }
    let Some(origin) = text("origin") else { return Ok(()) };
    let host = text("host").unwrap_or_default();
    let public = service.0.options.public_url.as_ref().map(|url| url.origin().ascii_serialization());
    let is_own =
        origin.split_once("://").is_some_and(|(_, authority)| authority == host) || public.as_deref() == Some(origin);
    if is_own { Ok(()) } else { Err(foreign()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_server_without_keys_answers_to_its_own_names_only() {
        for host in ["localhost", "localhost:3000", "127.0.0.1:3000", "127.9.9.9", "[::1]:3000", "[::1]"] {
            assert!(own_host(&headers(&[("host", host)])).is_ok(), "{host}");
        }
        for host in
            ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example:80", ""]
        {
            assert!(own_host(&headers(&[("host", host)])).is_err(), "{host}");
        }
        assert!(own_host(&headers(&[])).is_err());
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "a=b; replayreel_key=rrk_x; c=d")]);
        assert_eq!(cookie(&headers, COOKIE).as_deref(), Some("rrk_x"));
        assert_eq!(cookie(&headers, "replayreel"), None);
    }

    #[test]
    fn keys_are_long_and_never_the_same() {
        let (one, hash) = new_key().unwrap();
        let (other, _) = new_key().unwrap();
        assert!(one.starts_with(API_KEY_PREFIX) && one.len() == 47 && one != other);
        assert!(hash_key(&one) == hash);
    }
}
