//! Who may be connected to.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

use super::address::{Refusal, canonical, refusal};

/// Who may be connected to. By default the public internet, over TLS.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Hosts and networks outside the public internet that are allowed all the same, and over plain HTTP too.
    pub allowed: Vec<Allowed>,
    /// Whether public hosts may be asked without TLS.
    pub plain_http: bool,
}

/// A host or network that is allowed although it is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed(Entry);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Host(String),
    Network(IpNet),
}

/// What is no host or network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a host name, an address or a network, like posthog.internal, 10.1.2.3 or 10.0.0.0/8, without scheme and port (got {text:?})"
)]
pub struct AllowedError {
    text: String,
}

impl FromStr for Allowed {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Self, AllowedError> {
        let error = || AllowedError { text: text.to_owned() };
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self(Entry::Network(IpNet::from(canonical(address)))));
        }
        if let Ok(network) = bare.parse::<IpNet>() {
            return Ok(Self(Entry::Network(network.trunc())));
        }
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !name.is_empty() => Ok(Self(Entry::Host(name))),
            _ => Err(error()),
        }
    }
}

impl Policy {
    /// Whether `address`, which is one of `host`'s, may be connected to.
    ///
    /// A host allowed by name may be on a network of one's own; that it may also be link-local or a cloud's metadata service has to be said by address,
    /// and for the latter by its very address: `169.254.0.0/16` does not open it.
    pub(super) fn check(&self, host: &str, address: IpAddr) -> Result<(), Refusal> {
        let Some(refusal) = refusal(address) else { return Ok(()) };
        let allowed = self.allowed.iter().any(|Allowed(entry)| match entry {
            Entry::Host(name) => name == host && refusal.is_own_network(),
            Entry::Network(network) => holds(network, address) && (refusal != Refusal::Metadata || is_single(network)),
        });
        if allowed { Ok(()) } else { Err(refusal) }
    }

    /// Whether a host may be asked without TLS: if all are, or if it is named as one to be allowed.
    pub(super) fn allows_plain_http(&self, host: &str, addresses: &[IpAddr]) -> bool {
        let listed = |address: &IpAddr| {
            self.allowed.iter().any(|Allowed(entry)| match entry {
                Entry::Host(name) => name == host,
                Entry::Network(network) => holds(network, *address),
            })
        };
        self.plain_http || addresses.iter().all(listed)
    }
}

fn holds(network: &IpNet, address: IpAddr) -> bool {
    network.contains(&canonical(address))
}

fn is_single(network: &IpNet) -> bool {
    network.prefix_len() == network.max_prefix_len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allowed: &[&str]) -> Policy {
        Policy { allowed: allowed.iter().map(|text| text.parse().unwrap()).collect(), plain_http: false }
    }

    fn allows(allowed: &[&str], host: &str, address: &str) -> bool {
        policy(allowed).check(host, address.parse().unwrap()).is_ok()
    }

    #[test]
    fn nothing_but_the_public_internet_is_allowed_by_default() {
        assert!(allows(&[], "example.com", "93.184.215.14"));
        assert!(!allows(&[], "localhost", "127.0.0.1"));
    }

    #[test]
    fn a_host_allowed_by_name_may_be_on_an_own_network_and_no_other_host_may() {
        let allowed = ["posthog.internal"];
        for address in ["10.1.2.3", "127.0.0.1", "100.64.0.9", "fd00::7", "::ffff:10.1.2.3"] {
            assert!(allows(&allowed, "posthog.internal", address), "{address}");
            assert!(!allows(&allowed, "evil.example", address), "{address}");
        }
        for address in ["169.254.169.254", "169.254.1.1", "fe80::1", "0.0.0.0", "224.0.0.1", "192.0.2.1"] {
            assert!(!allows(&allowed, "posthog.internal", address), "{address}");
        }
    }

    #[test]
    fn a_network_allows_its_addresses_however_they_are_written() {
        for address in ["10.1.2.3", "::ffff:10.1.2.3"] {
            assert!(allows(&["10.1.0.0/16"], "any.example", address), "{address}");
            assert!(!allows(&["10.2.0.0/16"], "any.example", address), "{address}");
        }
        assert!(allows(&["[::1]"], "[::1]", "::1"));
        // Another network's way to say the same is not the same network.
        assert!(!allows(&["10.0.0.0/8"], "any.example", "64:ff9b::10.1.2.3"));
    }

    #[test]
    fn a_metadata_service_is_allowed_by_its_very_address_alone() {
        assert!(!allows(&["0.0.0.0/0"], "metadata", "169.254.169.254"));
        assert!(!allows(&["169.254.0.0/16"], "metadata", "169.254.169.254"));
        assert!(allows(&["169.254.169.254"], "metadata", "169.254.169.254"));
    }

    #[test]
    fn plain_http_is_for_what_was_listed_or_when_asked_for() {
        let public: Vec<IpAddr> = vec!["93.184.215.14".parse().unwrap()];
        assert!(!policy(&[]).allows_plain_http("example.com", &public));
        assert!(policy(&["example.com"]).allows_plain_http("example.com", &public));
        assert!(policy(&["93.184.215.0/24"]).allows_plain_http("example.com", &public));
        assert!(Policy { plain_http: true, ..Policy::default() }.allows_plain_http("example.com", &public));
    }

    #[test]
    fn what_is_no_host_is_refused_with_an_example() {
        for text in ["", "http://x", "localhost:8000", "10.0.0.0/99", "a b", "x/8"] {
            let error = text.parse::<Allowed>().unwrap_err();
            assert!(error.to_string().contains("10.0.0.0/8"), "{text}");
        }
    }
}
