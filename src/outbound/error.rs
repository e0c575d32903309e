//! Why a request came to nothing.

use std::io;
use std::net::IpAddr;

use url::Url;

use super::address::Refusal;

/// Why a request came to nothing. URLs in here are without credentials and query, which may hold secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// It is no URL, or none that can be used.
    #[error("{url}: this address cannot be used: {reason}")]
    Url {
        /// As far as it may be shown.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Not the web.
    #[error("{url}: only http and https can be fetched, not `{scheme}:`")]
    Scheme {
        /// The URL.
        url: String,
        /// Its scheme.
        scheme: String,
    },
    /// Without TLS, and not allowed so.
    #[error(
        "{url}: refused because it would go unencrypted; use https, or allow it with --allow-http (for {host} alone: --allow-private {host})"
    )]
    PlainHttp {
        /// The URL.
        url: String,
        /// Its host.
        host: String,
    },
    /// The name has no address.
    #[error("cannot find the host {host}: {error}")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        #[source]
        error: io::Error,
    },
    /// The policy forbids it.
    #[error("refused to connect to {host}: {address} is {refusal}; if it is meant, allow it with --allow-private {}", allow_hint(host, *address, *refusal))]
    Refused {
        /// As in the URL.
        host: String,
        /// The address that is the reason.
        address: IpAddr,
        /// What that address is.
        refusal: Refusal,
    },
    /// Sent from place to place.
    #[error("{url}: more than {limit} redirects (redirects)")]
    TooManyRedirects {
        /// Where it began.
        url: String,
        /// [`super::Limits::redirects`].
        limit: u32,
    },
    /// Sent where nothing of this kind goes.
    #[error("{url}: redirected to {target}, which is not followed: {reason}")]
    Redirect {
        /// Who sent it on.
        url: String,
        /// Where to.
        target: String,
        /// Why not.
        reason: &'static str,
    },
    /// More than allowed.
    #[error("{url}: the response is larger than the limit of {limit} bytes{}", if *.unpacked { " when unpacked" } else { "" })]
    TooLarge {
        /// The URL.
        url: String,
        /// [`super::Limits::response_bytes`], or what the request asked for.
        limit: u64,
        /// Whether it is what was sent that unpacks to more, or already what was sent.
        unpacked: bool,
    },
    /// Too long in all.
    #[error("{url}: not done within {limit_s} s (total)")]
    TooLong {
        /// The URL.
        url: String,
        /// [`super::Limits::total`], seconds.
        limit_s: f64,
    },
    /// Too long for nothing.
    #[error("{url}: the server sent nothing for {limit_s} s (idle)")]
    Idle {
        /// The URL.
        url: String,
        /// [`super::Limits::idle`], seconds.
        limit_s: f64,
    },
    /// Too many in all.
    #[error("more than {limit} requests in one run (requests)")]
    TooManyRequests {
        /// [`super::Limits::requests`].
        limit: u64,
    },
    /// No connection came about.
    #[error("{url}: cannot connect: {reason}")]
    Connect {
        /// The URL.
        url: String,
        /// Why.
        reason: String,
    },
    /// The connection broke.
    #[error("{url}: the response broke off after {received} bytes: {reason}")]
    Broken {
        /// The URL.
        url: String,
        /// Bytes that had come, as sent.
        received: u64,
        /// Why.
        reason: String,
    },
    /// Packed in a way that was not asked for.
    #[error("{url}: the response is encoded as {encoding:?}, which was not asked for")]
    Encoding {
        /// The URL.
        url: String,
        /// `Content-Encoding`.
        encoding: String,
    },
    /// The server did not give it.
    #[error("{url}: the server answered {status}")]
    Status {
        /// The URL.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// A request that cannot be made.
    #[error("cannot make requests: {reason}")]
    Setup {
        /// Why.
        reason: String,
    },
}

impl OutboundError {
    /// Whether the same request may do better a little later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Connect { .. } | Self::Broken { .. } | Self::Idle { .. })
            || matches!(self, Self::Status { status, .. } if *status == 429 || *status >= 500)
    }
}

/// What would have to be allowed: a name opens only networks of one's own.
fn allow_hint(host: &str, address: IpAddr, refusal: Refusal) -> String {
    if refusal.is_own_network() { host.to_owned() } else { address.to_string() }
}

/// What is left of a URL without what may be secret: its query, fragment, user and password.
pub fn without_secrets(mut url: Url) -> Url {
    // Refused only for URLs that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// A URL for messages.
pub(super) fn shown(url: &Url) -> String {
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{}{query}", without_secrets(url.clone()))
}

/// The innermost reason, which is the one that tells: the outer ones say "error sending request".
pub(super) fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(inner) = error.source() {
        error = inner;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_what_may_be_secret() {
        let url = Url::parse("https://me:pw@host.example:8443/a/b.json?X-Amz-Signature=secret#part").unwrap();
        assert_eq!(shown(&url), "https://host.example:8443/a/b.json?…");
    }
}
