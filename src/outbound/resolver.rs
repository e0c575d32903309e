//! Names to addresses: once, and then no more.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

/// The answer to be, see [`Resolver`].
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Finds the addresses of a host. It is asked once for each name.
pub trait Resolver: Send + Sync {
    /// All addresses of `host`.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// As the machine does it (`getaddrinfo`).
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let mut addresses: Vec<IpAddr> =
                tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect();
            addresses.dedup();
            Ok(addresses)
        })
    }
}

/// Knows one name, and of it the addresses that were checked.
pub(super) struct Pinned {
    name: String,
    addresses: Vec<SocketAddr>,
}

impl Pinned {
    pub(super) fn new(name: &str, addresses: &[IpAddr]) -> Self {
        // Port 0 leaves the URL's.
        Self {
            name: name.to_owned(),
            addresses: addresses.iter().map(|address| SocketAddr::new(*address, 0)).collect(),
        }
    }
}

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses = (name.as_str() == self.name).then(|| self.addresses.clone());
        Box::pin(async move {
            let addresses = addresses.ok_or("the connection was meant for another host")?;
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}
