//! Which addresses are the public internet's, and what the others are. Pure.
//!
//! Source: IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6890 and the RFCs named below.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// This machine.
    Loopback,
    /// RFC 1918, RFC 4193 (unique local), site-local.
    Private,
    /// RFC 6598: shared with neighbours behind the provider's NAT.
    Shared,
    /// RFC 3927, RFC 4291.
    LinkLocal,
    /// Where clouds hand out the credentials of the machine that asks.
    Metadata,
    /// One of many.
    Multicast,
    /// `0.0.0.0/8`, `::`.
    Unspecified,
    /// For documentation, benchmarks, protocols, future use: nobody's host.
    Reserved,
}

impl Refusal {
    /// Whether somebody's own network looks like this: what allowing a host by name opens.
    pub(super) fn is_own_network(self) -> bool {
        matches!(self, Self::Loopback | Self::Private | Self::Shared)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::Shared => "a shared (carrier-grade NAT) address",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud metadata address",
            Self::Multicast => "a multicast address",
            Self::Unspecified => "an unspecified address",
            Self::Reserved => "a reserved address",
        })
    }
}

/// What is wrong with an address; nothing for a public one.
pub(super) fn refusal(address: IpAddr) -> Option<Refusal> {
    match canonical(address) {
        IpAddr::V4(address) => refusal_v4(address),
        IpAddr::V6(address) => refusal_v6(address),
    }
}

/// The IPv4 address itself where it is written as an IPv6 one (`::ffff:10.0.0.1`): the system connects to that.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn refusal_v4(address: Ipv4Addr) -> Option<Refusal> {
    match address.octets() {
        // AWS, GCP, Azure, …; ECS tasks; Azure's wire server, which has a public address; Alibaba; Oracle.
        [169, 254, 169, 254]
        | [169, 254, 170, 2 | 23]
        | [168, 63, 129, 16]
        | [100, 100, 100, 200]
        | [192, 0, 0, 192] => Some(Refusal::Metadata),
        [0, ..] => Some(Refusal::Unspecified),
        [127, ..] => Some(Refusal::Loopback),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(Refusal::Private),
        [100, 64..=127, ..] => Some(Refusal::Shared),
        [169, 254, ..] => Some(Refusal::LinkLocal),
        [224..=239, ..] => Some(Refusal::Multicast),
        // Protocol assignments, documentation (RFC 5737), old 6to4 relays, benchmarks (RFC 2544), future use and broadcast.
        [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [240..=255, ..] => Some(Refusal::Reserved),
        _ => None,
    }
}

#[expect(clippy::match_same_arms, reason = "one arm for each kind of address")]
fn refusal_v6(address: Ipv6Addr) -> Option<Refusal> {
    let segments = address.segments();
    if let Some(refusal) = embedded(segments).into_iter().flatten().find_map(refusal_v4) {
        return Some(refusal);
    }
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some(Refusal::Unspecified),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(Refusal::Loopback),
        // AWS and GCP.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => Some(Refusal::Metadata),
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Some(Refusal::Private),
        [0xfe80..=0xfebf, ..] => Some(Refusal::LinkLocal),
        [0xff00..=0xffff, ..] => Some(Refusal::Multicast),
        // NAT64 of an address that is itself public: what a network with IPv6 alone has for every IPv4 host.
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => None,
        // Within global unicast: protocol assignments (RFC 2928; 2001:db8 is documentation), 6to4 of a public address, documentation (RFC 9637).
        [0x2001, 0x1..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some(Refusal::Reserved),
        [0x2000..=0x3fff, ..] => None,
        // All else is not given to anybody: `::/96`, local NAT64 (RFC 8215), discard, segment routing, ….
        _ => Some(Refusal::Reserved),
    }
}

/// IPv4 addresses that an IPv6 address stands for, in any of the ways there are.
#[expect(clippy::match_same_arms, clippy::unnested_or_patterns, reason = "one pattern for each RFC")]
fn embedded(segments: [u16; 8]) -> [Option<Ipv4Addr>; 2] {
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        // Unspecified and loopback look like IPv4-compatible ones.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 2],
        // IPv4-compatible (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            [v4(high, low), None]
        }
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => [v4(high, low), None],
        // Teredo (RFC 4380): the server, and the client with its bits turned.
        [0x2001, 0, server_high, server_low, _, _, high, low] => [v4(server_high, server_low), v4(!high, !low)],
        // ISATAP (RFC 5214).
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => [v4(high, low), None],
        _ => [None; 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_address_that_is_not_public_is_refused_by_its_name() {
        for (text, expected) in [
            ("127.0.0.1", Refusal::Loopback),
            ("127.255.255.254", Refusal::Loopback),
            ("0.0.0.0", Refusal::Unspecified),
            ("0.1.2.3", Refusal::Unspecified),
            ("10.0.0.1", Refusal::Private),
            ("172.16.0.1", Refusal::Private),
            ("172.31.255.255", Refusal::Private),
            ("192.168.1.1", Refusal::Private),
            ("100.64.0.1", Refusal::Shared),
            ("100.127.255.255", Refusal::Shared),
            ("169.254.1.1", Refusal::LinkLocal),
            ("169.254.169.254", Refusal::Metadata),
            ("169.254.170.2", Refusal::Metadata),
            ("168.63.129.16", Refusal::Metadata),
            ("100.100.100.200", Refusal::Metadata),
            ("192.0.0.192", Refusal::Metadata),
            ("224.0.0.1", Refusal::Multicast),
            ("239.255.255.255", Refusal::Multicast),
            ("192.0.2.1", Refusal::Reserved),
            ("192.88.99.1", Refusal::Reserved),
            ("198.18.0.1", Refusal::Reserved),
            ("198.51.100.7", Refusal::Reserved),
            ("203.0.113.9", Refusal::Reserved),
            ("240.0.0.1", Refusal::Reserved),
            ("255.255.255.255", Refusal::Reserved),
            ("::", Refusal::Unspecified),
            ("::1", Refusal::Loopback),
            ("fc00::1", Refusal::Private),
            ("fd12:3456::1", Refusal::Private),
            ("fd00:ec2::254", Refusal::Metadata),
            ("fd20:ce::254", Refusal::Metadata),
            ("fec0::1", Refusal::Private),
            ("fe80::1", Refusal::LinkLocal),
            ("ff02::1", Refusal::Multicast),
            ("2001:db8::1", Refusal::Reserved),
            ("3fff::1", Refusal::Reserved),
            ("2001:2::1", Refusal::Reserved),
            ("100::1", Refusal::Reserved),
            ("64:ff9b:1::1", Refusal::Reserved),
            ("5f00::1", Refusal::Reserved),
            // IPv4 in IPv6's clothes.
            ("::ffff:127.0.0.1", Refusal::Loopback),
            ("::ffff:169.254.169.254", Refusal::Metadata),
            ("::127.0.0.1", Refusal::Loopback),
            ("::10.0.0.1", Refusal::Private),
            ("::8.8.8.8", Refusal::Reserved),
            ("::ffff:0:10.0.0.1", Refusal::Private),
            ("64:ff9b::10.0.0.1", Refusal::Private),
            ("64:ff9b::169.254.169.254", Refusal::Metadata),
            ("2002:7f00:1::", Refusal::Loopback),
            ("2002:a9fe:a9fe::1", Refusal::Metadata),
            // Teredo: server 10.0.0.1, then client 127.0.0.1 (turned).
            ("2001:0:a00:1::1", Refusal::Private),
            ("2001:0:808:808:0:0:80ff:fffe", Refusal::Loopback),
            ("2600::5efe:10.0.0.1", Refusal::Private),
            ("2600::200:5efe:192.168.0.1", Refusal::Private),
        ] {
            assert_eq!(refusal(text.parse().unwrap()), Some(expected), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_public_up_to_the_edges_of_the_others() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860::8888",
            "2002:808:808::1",
            "64:ff9b::8.8.8.8",
            "2600::200:5efe:8.8.8.8",
        ] {
            assert_eq!(refusal(text.parse().unwrap()), None, "{text}");
        }
    }
}
