//! Who is counted as one: an IPv4 address, or the first half of an IPv6 address, of which a household has all the rest.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;

/// One network address as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source(u64);

impl Source {
    /// Of the address a request came from.
    pub fn of(ip: IpAddr) -> Source {
        match ip.to_canonical() {
            // 240.0.0.0 and above as the first half of IPv6 is not given to anybody.
            IpAddr::V4(ip) => Source(u64::from(u32::from(ip)) | u64::MAX << 32),
            IpAddr::V6(ip) => Source((u128::from(ip) >> 64) as u64),
        }
    }

    /// For keyed hashes.
    pub fn bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

/// Whether the request came through a proxy that the settings do not name: then its source is the proxy, and all people
/// behind it would be counted as one. Only what comes from within can be such a proxy, so that nobody outside says it is.
pub fn behind_unknown_proxy(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> bool {
    let within = match peer.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    within && proxies.is_empty() && headers.contains_key("x-forwarded-for")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(ip: &str) -> Source {
        Source::of(ip.parse().unwrap())
    }

    #[test]
    fn a_household_is_one_source_whatever_of_its_addresses_it_uses() {
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::9"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_eq!(source("192.0.2.7"), source("::ffff:192.0.2.7"));
        assert_ne!(source("192.0.2.7"), source("192.0.2.8"));
        assert_ne!(source("0.0.0.1"), source("::1"));
    }

    #[test]
    fn a_proxy_that_nobody_named_is_not_taken_for_its_visitors() {
        let mut headers = HeaderMap::new();
        let unknown = |peer: &str, headers: &HeaderMap, proxies: &[IpNet]| {
            behind_unknown_proxy(peer.parse().unwrap(), headers, proxies)
        };
        assert!(!unknown("127.0.0.1", &headers, &[]), "nobody stands before it");
        headers.insert("x-forwarded-for", "192.0.2.7".parse().unwrap());
        assert!(unknown("127.0.0.1", &headers, &[]) && unknown("::ffff:10.1.2.3", &headers, &[]));
        assert!(!unknown("192.0.2.9", &headers, &[]), "anybody may write that header");
        assert!(!unknown("127.0.0.1", &headers, &["127.0.0.1/32".parse().unwrap()]));
    }
}
