//! Style and script, as they are in the program.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::destination::hexadecimal;
use crate::http::Problem;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Name, type and text of each.
const ASSETS: [(&str, &str, &str); 7] = [
    ("style.css", CSS, include_str!("../../../web/style.css")),
    ("icon.svg", SVG, include_str!("../../../web/icon.svg")),
    ("home.js", JS, include_str!("../../../web/home.js")),
    ("render.js", JS, include_str!("../../../web/render.js")),
    ("player.js", JS, include_str!("../../../web/player.js")),
    ("share.js", JS, include_str!("../../../web/share.js")),
    ("still.js", JS, include_str!("../../../web/still.js")),
];

pub(super) async fn asset(Path(name): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let (_, kind, text) = ASSETS.iter().find(|asset| asset.0 == name).ok_or_else(Problem::not_found)?;
    let tag = format!("\"{}\"", &hexadecimal(&Sha256::digest(text))[..16]);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, *kind)], *text).into_response()
    };
    let headers = response.headers_mut();
    // Asked for anew each time: pages of a new program must not get the script of the old one.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

pub(super) async fn icon(asked: HeaderMap) -> Result<Response, Problem> {
    asset(Path("icon.svg".to_owned()), asked).await
}
