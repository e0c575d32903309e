//! One request: sent, and sent on where the server says so.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::error::{OutboundError, cause, shown};
use super::response::{Pace, Response};
use super::{Client, decode::Decoder};

/// A request to be sent.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    client: Client,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    max_bytes: u64,
    encoded: bool,
    /// A header that cannot be sent.
    fault: Option<OutboundError>,
}

impl Request {
    pub(super) fn new(client: Client, method: Method, url: &str) -> Self {
        let max_bytes = client.limits().response_bytes;
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { client, method, url: url.to_owned(), headers, body, max_bytes, encoded: false, fault: None }
    }

    /// Adds a header. It goes to the URL's own origin only, not to where that redirects to elsewhere.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            value.set_sensitive(true);
            self.headers.append(name, value);
        } else {
            // The value may be a secret and is not told.
            let reason = format!("the header {name:?} cannot be sent: it holds characters that no header may");
            self.fault = Some(OutboundError::Setup { reason });
        }
        self
    }

    /// As [`Self::header`], for many.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// What to send.
    pub fn body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    /// Less than [`super::Limits::response_bytes`]: bytes as sent, and again as unpacked.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = self.max_bytes.min(bytes);
        self
    }

    /// Leaves the body as it is sent, whatever `Content-Encoding` says, and asks for none.
    pub fn keep_encoding(mut self) -> Self {
        self.encoded = true;
        self
    }

    /// Sends it, and follows redirects. Any status is a response.
    ///
    /// # Errors
    /// What the policy or the limits forbid, and what went wrong on the way.
    pub async fn send(mut self) -> Result<Response, OutboundError> {
        let client = self.client.clone();
        let permit = Arc::clone(&client.shared.places).acquire_owned().await;
        let permit = permit.map_err(|error| OutboundError::Setup { reason: error.to_string() })?;
        let limits = client.limits();
        let pace = Pace { deadline: Instant::now() + limits.total, total: limits.total, idle: limits.idle };
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let mut url = parse(&self.url)?;
        let mut headers = std::mem::take(&mut self.headers);
        if !self.encoded {
            headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
        }
        let mut redirects = 0;
        loop {
            client.count_request()?;
            let name = || shown(&url);
            let connections = within_total(&pace, &name, client.connections(&url)).await?;
            let request = connections.request(self.method.clone(), url.clone()).headers(headers.clone());
            let sent = timeout_at(pace.next(), request.body(self.body.clone()).send()).await;
            let response = sent.map_err(|_| pace.exceeded(name()))?.map_err(|error| failed(&error, name()))?;
            let Some(target) = self.target(&response, &url)? else {
                let encoding = response.headers().get("content-encoding").and_then(|value| value.to_str().ok());
                let encoding = encoding.filter(|_| !self.encoded).map(str::to_owned);
                let decoder = Decoder::of(encoding.as_deref(), self.max_bytes)
                    .ok_or_else(|| OutboundError::Encoding { url: name(), encoding: encoding.unwrap_or_default() })?;
                return Response::new(response, url, decoder, self.max_bytes, pace, permit);
            };
            redirects += 1;
            if redirects > limits.redirects {
                return Err(OutboundError::TooManyRedirects {
                    url: shown(&parse(&self.url)?),
                    limit: limits.redirects,
                });
            }
            if target.origin() != url.origin() {
                // Keys and cookies are for whom they were given to.
                let kept: Vec<_> = [ACCEPT, ACCEPT_ENCODING]
                    .into_iter()
                    .filter_map(|name| Some((name.clone(), headers.get(&name)?.clone())))
                    .collect();
                headers = kept.into_iter().collect();
            }
            url = target;
        }
    }

    /// Where the response sends this request, if it does.
    fn target(&self, response: &reqwest::Response, url: &Url) -> Result<Option<Url>, OutboundError> {
        let redirects = matches!(
            response.status(),
            StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT
        );
        if !redirects || !matches!(self.method, Method::GET | Method::HEAD) {
            return Ok(None);
        }
        let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
        let bad = |reason: String| OutboundError::Url {
            url: shown(url),
            reason: format!("it redirects to what is no address: {reason}"),
        };
        let location = std::str::from_utf8(location.as_bytes()).map_err(|error| bad(error.to_string()))?;
        let target = url.join(location).map_err(|error| bad(error.to_string()))?;
        let refused = |reason| Err(OutboundError::Redirect { url: shown(url), target: shown(&target), reason });
        if url.scheme() == "https" && target.scheme() == "http" {
            return refused("it would go on unencrypted");
        }
        if target.origin() != url.origin() && (!target.username().is_empty() || target.password().is_some()) {
            return refused("it names a user");
        }
        Ok(Some(target))
    }
}

fn parse(text: &str) -> Result<Url, OutboundError> {
    // What is no URL may still hold a secret: its query is cut.
    let shown = || text.split(['?', '#']).next().unwrap_or_default().to_owned();
    Url::parse(text).map_err(|error| OutboundError::Url { url: shown(), reason: error.to_string() })
}

/// Finding and checking a host has its own limit; here only the total is held.
async fn within_total<T>(
    pace: &Pace,
    name: &impl Fn() -> String,
    work: impl Future<Output = Result<T, OutboundError>>,
) -> Result<T, OutboundError> {
    timeout_at(pace.deadline, work).await.unwrap_or_else(|_| Err(pace.exceeded(name())))
}

fn failed(error: &reqwest::Error, url: String) -> OutboundError {
    let reason = cause(error);
    if error.is_connect() {
        OutboundError::Connect { url, reason }
    } else if error.is_builder() {
        OutboundError::Setup { reason }
    } else {
        OutboundError::Broken { url, received: 0, reason }
    }
}
