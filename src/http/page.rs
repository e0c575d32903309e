//! The pages: the same functions as the API's, shown to people. All of it works without script, which only makes it quicker; all of it comes from this
//! program, and nothing in it runs but what the program brings.

mod assets;
mod home;
mod look;
mod problem;
mod result;
mod share;
mod sign;
mod view;
mod words;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::auth::{COOKIE, Caller, caller, cookie};
use super::{Problem, SMALL_BODY, Service};
use crate::ledger::Scope;

pub(super) use problem::readable;

/// What a page may do: nothing but with what comes from here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ";

/// The pages' routes.
pub(super) fn routes(service: &Service) -> Router<Service> {
    let ours = Router::new()
        .route("/", get(home::page))
        .route("/renders/{id}", get(result::page))
        .route("/renders/{id}/cancel", post(result::cancel))
        .route("/renders/{id}/retry", post(result::retry))
        .route("/renders/{id}/delete", get(result::confirm).post(result::delete))
        .route("/renders/{id}/share", post(share::make))
        .route("/renders/{id}/still", post(look::still))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        // Counts what it reads itself.
        .route("/renders", get(home::renders).post(home::submit).layer(DefaultBodyLimit::disable()))
        .layer(middleware::from_fn_with_state(service.clone(), signed_in));
    Router::new()
        .merge(ours)
        .route("/login", get(sign::page).post(sign::enter))
        .route("/logout", post(sign::leave))
        .route("/s/{token}", get(share::page))
        .route("/s/{token}/{render}/{name}", get(share::file))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .route("/assets/{name}", get(assets::asset))
        .route("/favicon.ico", get(assets::icon))
}

/// Where the reader reached this server.
fn origin(service: &Service, headers: &HeaderMap) -> String {
    if let Some(base) = &service.0.options.public_url {
        return base.as_str().trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_https = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    format!("{}://{host}", if is_https { "https" } else { "http" })
}

/// Whoever has no key yet is led to where it is given.
async fn signed_in(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    match caller(&service, request.method(), request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) if problem.status == 401 && !request.headers().contains_key(header::AUTHORIZATION) => {
            // A form that was sent is lost, but not where it stood.
            let path = if request.method().is_safe() { request.uri().path() } else { "/" };
            let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
            Redirect::to(&format!("/login?{query}")).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// What stands around each page.
struct Frame {
    /// Whether there is a way to sign out.
    signed_in: bool,
    /// Whether the caller may ask for renders and change them.
    submits: bool,
    version: &'static str,
}

impl Frame {
    fn of(caller: &Caller, headers: &HeaderMap) -> Self {
        let signed_in = cookie(headers, COOKIE).is_some();
        Self { signed_in, submits: caller.may(Scope::Submit), version: env!("CARGO_PKG_VERSION") }
    }
}

/// A page as a response; `ancestors` are those that may show it in a frame.
fn answer(status: StatusCode, template: &impl Template, ancestors: &str) -> Response {
    let text = match template.render() {
        Ok(text) => text,
        Err(error) => {
            tracing::error!("a page cannot be written: {error}");
            return Problem::new("internal", "the page cannot be written").into_response();
        }
    };
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // With no-referrer, browsers that do not say where a request comes from would say `Origin: null` of our own forms.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(policy) = HeaderValue::try_from(format!("{POLICY}{ancestors}")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn shown(template: &impl Template) -> Response {
    answer(StatusCode::OK, template, "'none'")
}
