//! Where notifications may go: http or https, and unless the operator allows it nowhere inside his own network. What is
//! typed is checked here; the address that a name stands for is checked again by who sends.

use crate::{AppError, Result};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest address.
const LONGEST: usize = 500;

/// An address as it is stored.
///
/// # Errors
/// What is wrong with it and what to do.
pub(super) fn checked(text: &str, private: bool) -> Result<String> {
    let text = text.trim();
    let refused = |message: &str, hint: &str| Err(AppError::refused(message.to_owned(), hint.to_owned()));
    let form = "请填写完整地址，如 https://notify.example.cn/fuma。";
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return refused("通知地址应以 https:// 或 http:// 开头", form);
    };
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if text.len() > LONGEST || !text.chars().all(plain) {
        return refused(
            "通知地址过长，或含有空格、中文等不能用的字符",
            "请改用编码后的地址，不超过500个字符。",
        );
    }
    if rest.contains('#') {
        return refused("通知地址不能带 # 及其后的内容", form);
    }
    let place = rest.split(['/', '?']).next().unwrap_or_default();
    if place.contains('@') {
        return refused(
            "通知地址不能带用户名和密码",
            "对方可用签名核对来源；需要口令的，请放在路径或参数中。",
        );
    }
    match host(place) {
        None => refused("通知地址的主机名或端口不对", form),
        Some(Host::Address(ip)) if !private && !is_public(ip) => refused(
            "通知地址是内网、本机或保留地址",
            "请改用公网地址；政务内网部署的，请系统管理员在设置文件中写 hook_private = true。",
        ),
        Some(Host::Name(name)) if !private && (name == "localhost" || name.ends_with(".localhost")) => {
            refused("通知地址是本机", "请改用公网地址。")
        }
        Some(_) => Ok(text.to_owned()),
    }
}

/// A host as it is written.
enum Host<'a> {
    /// To be resolved.
    Name(&'a str),
    /// An address itself.
    Address(IpAddr),
}

/// The host of `host[:port]`. A name whose last part begins with a digit is none: some programs read it as an address.
fn host(place: &str) -> Option<Host<'_>> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            let ip: Ipv6Addr = inside.parse().ok()?;
            (Host::Address(ip.into()), after)
        }
        None => {
            let end = place.find(':').unwrap_or(place.len());
            (named(&place[..end])?, &place[end..])
        }
    };
    let good = port.is_empty()
        || port.strip_prefix(':').and_then(|port| port.parse::<u16>().ok()).is_some_and(|port| port > 0);
    good.then_some(host)
}

fn named(host: &str) -> Option<Host<'_>> {
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return Some(Host::Address(ip.into()));
    }
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let last = host.rsplit('.').next()?;
    let good = host.split('.').all(part) && !last.starts_with(|c: char| c.is_ascii_digit());
    good.then_some(Host::Name(host))
}

/// Whether an address is one of the public network: not private, loopback, link-local, multicast or otherwise set apart,
/// also where it is wrapped in another (IPv4 in IPv6, NAT64, 6to4).
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let apart = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (192, 0, 0)
    );
    !apart
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, .., g, h] = ip.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match a {
        0x0064 if b == 0xff9b => inner(g, h),
        0x2002 => inner(b, c),
        // Unspecified, loopback, and IPv4 in its old dress.
        0 => false,
        // Local to a network or a link, multicast.
        0xfc00..=0xfdff | 0xfe80..=0xfeff | 0xff00..=0xffff => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_a_network_are_not_public_in_whatever_dress() {
        for ip in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:a00:1::1",
            "ff02::1",
            "::7f00:1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in
            ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
        {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn what_is_not_an_address_to_send_to_is_refused_with_what_to_do() {
        for good in [
            "https://notify.example.cn/fuma?key=1",
            "http://notify.example.cn:8080",
            "https://203.0.113.9/a",
            " https://[2400:3200::1]:8443/a ",
        ] {
            assert_eq!(checked(good, false).unwrap(), good.trim());
        }
        let inside = [
            "http://127.0.0.1/",
            "http://10.1.2.3:80/",
            "http://[::1]/",
            "http://localhost/",
            "http://169.254.169.254/",
        ];
        let malformed = [
            "",
            "ftp://example.cn/",
            "https://",
            "https:///path",
            "https://a b.example.cn/",
            "https://例.cn/",
            "https://user:pw@example.cn/",
            "https://example.cn/#x",
            "https://example.cn:0/",
            "https://example.cn:x/",
            "https://example.cn:70000/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://a..cn/",
            "https://[::1/",
            "https://-a.cn/",
            "https://example.cn\\@10.0.0.1/",
        ];
        for bad in inside.iter().chain(&malformed) {
            let Err(AppError::Refused { message, hint }) = checked(bad, false) else { panic!("{bad}") };
            assert!(!message.is_empty() && !hint.is_empty());
        }
        assert!(checked(&format!("https://example.cn/{}", "a".repeat(LONGEST)), false).is_err());
        for inside in inside {
            assert!(checked(inside, true).is_ok(), "{inside}");
        }
        for bad in malformed {
            assert!(checked(bad, true).is_err(), "{bad}");
        }
    }
}
