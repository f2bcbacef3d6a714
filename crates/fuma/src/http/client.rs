//! Where a request comes from and what it is called.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// The caller of a request, signed in or not.
#[derive(Clone, Debug)]
pub struct Client {
    /// In every event and log line of the request.
    pub request_id: String,
    /// Network address, without the port.
    pub source: String,
    /// What the browser calls itself.
    pub agent: String,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Client, Infallible> {
        let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let source = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string());
        Ok(Client {
            request_id: header("x-request-id").chars().take(64).collect(),
            source: source.unwrap_or_default(),
            agent: header("user-agent").to_owned(),
        })
    }
}

/// Where a request comes from that came over a connection from `peer`: through proxies of ours, what the outermost of
/// them saw. Only proxies are believed, from the inside out (`X-Forwarded-For`, read from the right): anybody may write
/// that header.
pub fn origin(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpNet]) -> SocketAddr {
    let ours = |ip: IpAddr| proxies.iter().any(|net| net.contains(&ip.to_canonical()));
    if proxies.is_empty() || !ours(peer.ip()) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut origin = peer;
    for hop in hops.iter().rev() {
        // A hop that is no address ends what can be believed.
        let bare = hop.trim_start_matches('[').trim_end_matches(']');
        let Ok(ip) = bare.parse::<IpAddr>() else { break };
        origin = SocketAddr::new(ip.to_canonical(), 0);
        if !ours(ip) {
            break;
        }
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().unwrap()).collect();
        origin(SocketAddr::new(peer.parse().unwrap(), 4_000), &headers, &proxies).ip().to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed_from_the_inside_out() {
        let proxies = ["10.0.0.0/24", "fd00::/8"];
        assert_eq!(of("203.0.113.9", &["192.0.2.7"], &[]), "203.0.113.9", "none is set");
        assert_eq!(of("203.0.113.9", &["192.0.2.7"], &proxies), "203.0.113.9", "not one of ours");
        assert_eq!(of("10.0.0.5", &["192.0.2.7"], &proxies), "192.0.2.7");
        assert_eq!(of("::ffff:10.0.0.5", &["192.0.2.7"], &proxies), "192.0.2.7");
        assert_eq!(
            of("10.0.0.5", &["1.1.1.1, 192.0.2.7, 10.0.0.6"], &proxies),
            "192.0.2.7",
            "what he wrote himself"
        );
        assert_eq!(
            of("10.0.0.5", &["1.1.1.1", "192.0.2.7"], &proxies),
            "192.0.2.7",
            "two lines are one list"
        );
        assert_eq!(of("fd00::1", &["[2001:db8::1]"], &proxies), "2001:db8::1");
        assert_eq!(of("10.0.0.5", &["192.0.2.7, unknown"], &proxies), "10.0.0.5");
        assert_eq!(of("10.0.0.5", &[], &proxies), "10.0.0.5");
    }
}
