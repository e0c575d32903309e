//! Signing in: a key is pasted once, and kept by the browser where no script reads it.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{answer, origin, shown};
use crate::http::auth::{COOKIE, cookie, of_key, same_site};
use crate::http::{Problem, Service};

/// How long a browser keeps a key, seconds.
const KEPT: u32 = 30 * 24 * 3600;

#[derive(Deserialize, Default)]
pub(super) struct Where {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    key: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'p> {
    next: &'p str,
    wrong: &'p str,
    version: &'static str,
}

impl<'p> LoginPage<'p> {
    fn new(next: &'p str, wrong: &'p str) -> Self {
        Self { next, wrong, version: env!("CARGO_PKG_VERSION") }
    }
}

pub(super) async fn page(
    State(service): State<Service>,
    Query(to): Query<Where>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if service.is_open().await? {
        return Ok(Redirect::to("/").into_response());
    }
    let was = cookie(&headers, COOKIE).is_some() && !to.next.is_empty();
    let wrong = if was { "The key that this browser had is no longer valid." } else { "" };
    Ok(shown(&LoginPage::new(ours(&to.next), wrong)))
}

pub(super) async fn enter(
    State(service): State<Service>,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Result<Response, Problem> {
    same_site(&service, &Method::POST, &headers)?;
    let (key, next) = (entry.key.trim(), ours(&entry.next));
    let again = |wrong: &str| Ok(answer(StatusCode::UNAUTHORIZED, &LoginPage::new(next, wrong), "'none'"));
    match of_key(&service, key).await {
        Ok(_) if !is_cookie(key) => {
            again("This key has characters that browsers do not keep: make another one (replayreel key create).")
        }
        Ok(_) => Ok(leading(next, &set(&service, &headers, key, KEPT))),
        Err(problem) if problem.status == 401 => {
            again("This key is unknown or was revoked. Check that all of it was copied.")
        }
        Err(problem) => Err(problem),
    }
}

pub(super) async fn leave(State(service): State<Service>, headers: HeaderMap) -> Result<Response, Problem> {
    same_site(&service, &Method::POST, &headers)?;
    Ok(leading("/login", &set(&service, &headers, "", 0)))
}

fn leading(to: &str, cookie: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn set(service: &Service, headers: &HeaderMap, key: &str, seconds: u32) -> String {
    let secure = if origin(service, headers).starts_with("https://") { "; Secure" } else { "" };
    format!("{COOKIE}={key}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// Where to go on: a path of this server, never another site.
fn ours(next: &str) -> &str {
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && next.len() < 500;
    if is_path { next } else { "/" }
}

fn is_cookie(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_to_another_site() {
        for path in ["/", "/renders/rnd_0", "/?state=failed"] {
            assert_eq!(ours(path), path);
        }
        for elsewhere in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: b", "evil"]
        {
            assert_eq!(ours(elsewhere), "/", "{elsewhere}");
        }
    }

    #[test]
    fn a_key_that_would_break_the_cookie_is_none() {
        assert!(is_cookie("rrk_AZaz09-_=") && !is_cookie("a;b") && !is_cookie("a b") && !is_cookie("é"));
    }
}
