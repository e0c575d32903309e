//! The one way out: every connection that this program makes goes through here, under one policy.
//!
//! A recording names addresses that strangers chose, and a service may be asked to fetch from anywhere. So a host is resolved once for the life
//! of a [`Client`], every address it has is checked ([`Policy`]), and only those addresses are connected to: a name that answers
//! differently a second time is never asked a second time. Addresses written as numbers, and the targets of redirects, go the same way. Proxies of
//! the environment are not used, because a proxy would resolve the name again.
//!
//! What comes back is counted while it streams, as sent and as unpacked, and is bounded in time ([`Limits`]).

mod address;
mod decode;
mod error;
mod policy;
mod request;
mod resolver;
mod response;
mod tls;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use url::{Host, Url};

pub use address::Refusal;
pub use error::{OutboundError, without_secrets};
pub use policy::{Allowed, AllowedError, Policy};
pub use request::Request;
pub use resolver::{Resolver, Resolving, SystemResolver};
pub use response::Response;

/// What connections may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Redirects followed for one request.
    pub redirects: u32,
    /// Largest response, bytes; holds for what is sent and again for what that unpacks to. A request can ask for less.
    pub response_bytes: u64,
    /// Longest that one request may take, from resolving to the last byte.
    pub total: Duration,
    /// Longest that nothing may come.
    pub idle: Duration,
    /// Longest that resolving a name, or connecting to it, may take.
    pub connect: Duration,
    /// Requests under way at once; further ones wait.
    pub concurrent: usize,
    /// Requests in the life of a [`Client`]; each redirect is one more.
    pub requests: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            redirects: 5,
            response_bytes: 512 << 20,
            total: Duration::from_mins(10),
            idle: Duration::from_secs(30),
            connect: Duration::from_secs(10),
            concurrent: 8,
            requests: 10_000,
        }
    }
}

/// What a request brought, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it came from in the end, after redirects.
    pub url: String,
    /// As the server named it, for example `image/png`; empty if it did not.
    pub content_type: String,
    /// Unpacked if the server compressed it for the way (`Content-Encoding`).
    pub bytes: Bytes,
}

/// Which servers are believed, for connections to what whoever runs the program has named: their stores. They are not under the policy.
pub(crate) fn tls() -> Result<rustls::ClientConfig, OutboundError> {
    tls::config()
}

/// Makes requests under one policy. Cheap to clone: clones share limits and resolved names.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    policy: Policy,
    limits: Limits,
    resolver: Arc<dyn Resolver>,
    /// Set up for the first host: reading the machine's certificates takes longer than reading a file.
    tls: Arc<OnceLock<rustls::ClientConfig>>,
    places: Arc<Semaphore>,
    requests: AtomicU64,
    /// By host as written in URLs. What is in here was checked.
    hosts: Mutex<HashMap<String, Arc<CheckedHost>>>,
}

/// A host whose addresses may be connected to, and the connections to just these.
struct CheckedHost {
    addresses: Vec<IpAddr>,
    connections: reqwest::Client,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("policy", &self.shared.policy)
            .field("limits", &self.shared.limits)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that resolves names as the machine does.
    ///
    /// # Errors
    /// [`OutboundError::Setup`] if the limits allow no request.
    pub fn new(policy: Policy, limits: Limits) -> Result<Self, OutboundError> {
        Self::with_resolver(policy, limits, Arc::new(SystemResolver))
    }

    /// A client that resolves names by `resolver`. The policy holds for whatever it answers.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_resolver(policy: Policy, limits: Limits, resolver: Arc<dyn Resolver>) -> Result<Self, OutboundError> {
        if limits.concurrent == 0 || limits.concurrent > Semaphore::MAX_PERMITS {
            let reason = format!("{} requests at once (concurrent) is no number of requests", limits.concurrent);
            return Err(OutboundError::Setup { reason });
        }
        let (places, tls) = (Arc::new(Semaphore::new(limits.concurrent)), Arc::default());
        let (requests, hosts) = (AtomicU64::new(0), Mutex::default());
        Ok(Self { shared: Arc::new(Shared { policy, limits, resolver, tls, places, requests, hosts }) })
    }

    /// A client like this one that knows no host yet and has made no request: for a process that lives longer than an answer of the DNS holds.
    /// Only which servers are believed is not read again.
    #[must_use]
    pub fn renewed(&self) -> Self {
        let shared = &self.shared;
        Self {
            shared: Arc::new(Shared {
                policy: shared.policy.clone(),
                limits: shared.limits.clone(),
                resolver: Arc::clone(&shared.resolver),
                tls: Arc::clone(&shared.tls),
                places: Arc::new(Semaphore::new(shared.limits.concurrent)),
                requests: AtomicU64::new(0),
                hosts: Mutex::default(),
            }),
        }
    }

    /// A GET request to be sent.
    pub fn get(&self, url: &str) -> Request {
        self.request(http::Method::GET, url)
    }

    /// A request to be sent. Redirects are followed for GET and HEAD only.
    pub fn request(&self, method: http::Method, url: &str) -> Request {
        Request::new(self.clone(), method, url)
    }

    /// Fetches `url` whole.
    ///
    /// # Errors
    /// [`OutboundError::Status`] for any status but 2xx, and whatever stood in the way.
    pub async fn get_bytes(&self, url: &str, max_bytes: u64) -> Result<Fetched, OutboundError> {
        let response = self.get(url).max_bytes(max_bytes).send().await?.successful()?;
        let content_type = response.header("content-type").unwrap_or_default().to_owned();
        let url = response.url().as_str().to_owned();
        Ok(Fetched { url, content_type, bytes: response.bytes().await? })
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    fn count_request(&self) -> Result<(), OutboundError> {
        let limit = self.limits().requests;
        if self.shared.requests.fetch_add(1, Ordering::Relaxed) >= limit {
            return Err(OutboundError::TooManyRequests { limit });
        }
        Ok(())
    }

    /// The connections to the URL's host; resolves and checks it if that was not done yet.
    async fn connections(&self, url: &Url) -> Result<reqwest::Client, OutboundError> {
        let shown = || error::shown(url);
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutboundError::Scheme { url: shown(), scheme: url.scheme().to_owned() });
        }
        let Some(host) = url.host() else {
            return Err(OutboundError::Url { url: shown(), reason: "it names no host".to_owned() });
        };
        let name = host.to_string();
        let mut hosts = self.shared.hosts.lock().await;
        let checked = if let Some(known) = hosts.get(&name) {
            Arc::clone(known)
        } else {
            let checked = Arc::new(self.check(host, &name).await?);
            hosts.insert(name.clone(), Arc::clone(&checked));
            checked
        };
        drop(hosts);
        if url.scheme() == "http" && !self.shared.policy.allows_plain_http(&name, &checked.addresses) {
            return Err(OutboundError::PlainHttp { url: shown(), host: name });
        }
        Ok(checked.connections.clone())
    }

    /// Resolves a host and refuses it if one of its addresses is refused: a name with both kinds is either a mistake or an attack.
    async fn check(&self, host: Host<&str>, name: &str) -> Result<CheckedHost, OutboundError> {
        let addresses = match host {
            Host::Ipv4(address) => vec![IpAddr::V4(address)],
            Host::Ipv6(address) => vec![IpAddr::V6(address)],
            Host::Domain(domain) => {
                let limit = self.limits().connect;
                let resolved = timeout(limit, self.shared.resolver.resolve(domain)).await;
                let resolved = resolved.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
                resolved.map_err(|error| OutboundError::Resolve { host: name.to_owned(), error })?
            }
        };
        if addresses.is_empty() {
            let error = std::io::Error::other("it has no address");
            return Err(OutboundError::Resolve { host: name.to_owned(), error });
        }
        for address in &addresses {
            self.shared.policy.check(name, *address).map_err(|refusal| OutboundError::Refused {
                host: name.to_owned(),
                address: *address,
                refusal,
            })?;
        }
        let connections = self.connect_only_to(name, &addresses)?;
        Ok(CheckedHost { addresses, connections })
    }

    fn tls(&self) -> Result<rustls::ClientConfig, OutboundError> {
        if let Some(config) = self.shared.tls.get() {
            return Ok(config.clone());
        }
        let config = tls::config()?;
        Ok(self.shared.tls.get_or_init(|| config).clone())
    }

    fn connect_only_to(&self, name: &str, addresses: &[IpAddr]) -> Result<reqwest::Client, OutboundError> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls()?)
            .dns_resolver(resolver::Pinned::new(name, addresses))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .connect_timeout(self.limits().connect)
            .pool_max_idle_per_host(self.limits().concurrent)
            .user_agent(concat!("replayreel/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| OutboundError::Setup { reason: error::cause(&error) })
    }
}
