//! In which province a network address is, by a table that the operator supplies. Without one nobody's province is told.

use crate::Two;
use std::net::IpAddr;

/// Provinces by the first two digits of their division (GB/T 2260), and 66 for the XPCC.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 66, 71, 81, 82,
];

/// Addresses by province: ranges that do not overlap, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    v4: Vec<(u32, u32, Two)>,
    v6: Vec<(u128, u128, Two)>,
}

/// A line of the table that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("第{line}行：{what}")]
pub struct NetworkProblem {
    /// From 1.
    pub line: usize,
    /// What is wrong, and what should stand there.
    pub what: String,
}

/// A range and the line it stands in.
struct Line<N> {
    from: N,
    to: N,
    province: Two,
    line: usize,
}

impl Networks {
    /// Reads the table: a line `network/prefix,province` or `first,last,province`; the province is two digits. Blank lines and
    /// those that begin with `#` are left out.
    ///
    /// # Errors
    /// All lines that cannot be used.
    pub fn parse(text: &str) -> Result<Networks, Vec<NetworkProblem>> {
        let (mut v4, mut v6, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match range(text) {
                Ok((IpAddr::V4(from), IpAddr::V4(to), province)) => {
                    v4.push(Line { from: u32::from(from), to: u32::from(to), province, line });
                }
                Ok((IpAddr::V6(from), IpAddr::V6(to), province)) => {
                    v6.push(Line { from: u128::from(from), to: u128::from(to), province, line });
                }
                Ok(_) => problems
                    .push(NetworkProblem { line, what: "起止地址应同为 IPv4 或同为 IPv6".into() }),
                Err(what) => problems.push(NetworkProblem { line, what }),
            }
        }
        let networks = Networks { v4: joined(v4, &mut problems), v6: joined(v6, &mut problems) };
        problems.sort_by_key(|it| it.line);
        if problems.is_empty() { Ok(networks) } else { Err(problems) }
    }

    /// The province of an address; none where the table does not have it.
    pub fn province(&self, ip: IpAddr) -> Option<Two> {
        match ip.to_canonical() {
            IpAddr::V4(ip) => found(&self.v4, u32::from(ip)),
            IpAddr::V6(ip) => found(&self.v6, u128::from(ip)),
        }
    }

    /// How many ranges there are.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Ranges in order; two provinces that claim one address are a problem of the later line.
fn joined<N: Ord + Copy>(mut lines: Vec<Line<N>>, problems: &mut Vec<NetworkProblem>) -> Vec<(N, N, Two)> {
    lines.sort_by_key(|it| (it.from, it.to));
    let mut out: Vec<(N, N, Two)> = Vec::with_capacity(lines.len());
    let mut last = 0;
    for it in lines {
        match out.last_mut() {
            Some((_, end, province)) if it.from <= *end => {
                if *province != it.province {
                    let (first, later) = (last.min(it.line), last.max(it.line));
                    problems.push(NetworkProblem {
                        line: later,
                        what: format!("与第{first}行的地址重叠而省份不同，请只保留一个"),
                    });
                }
                *end = (*end).max(it.to);
            }
            _ => out.push((it.from, it.to, it.province)),
        }
        last = it.line;
    }
    out
}

fn found<N: Ord + Copy>(ranges: &[(N, N, Two)], address: N) -> Option<Two> {
    let behind = ranges.partition_point(|(from, _, _)| *from <= address);
    let (_, to, province) = ranges.get(behind.checked_sub(1)?)?;
    (address <= *to).then_some(*province)
}

/// First and last address and the province of a line.
fn range(text: &str) -> Result<(IpAddr, IpAddr, Two), String> {
    let cells: Vec<&str> = text.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
    let (from, to, province) = match cells[..] {
        [network, province] => {
            let (from, to) = network_of(network)?;
            (from, to, province)
        }
        [from, to, province] => {
            let (from, to) = (address(from)?, address(to)?);
            if from.is_ipv4() == to.is_ipv4() && from > to {
                return Err("起始地址大于终止地址".into());
            }
            (from, to, province)
        }
        _ => return Err("应为“网络/前缀,省份代码”或“起始地址,终止地址,省份代码”".into()),
    };
    let known = province
        .parse::<Two>()
        .ok()
        .filter(|two| two.as_str().parse().is_ok_and(|number: u8| PROVINCES.contains(&number)));
    known
        .map(|two| (from, to, two))
        .ok_or_else(|| format!("“{}”不是省份代码，应为两位数字，如 61", short(province)))
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

fn address(text: &str) -> Result<IpAddr, String> {
    let ip: Result<IpAddr, _> = text.parse();
    ip.map(|ip| ip.to_canonical()).map_err(|_| format!("“{}”不是网络地址", short(text)))
}

/// All addresses of a network; of one address without a prefix, that.
fn network_of(text: &str) -> Result<(IpAddr, IpAddr), String> {
    let (ip, prefix) = match text.split_once('/') {
        Some((ip, prefix)) => (ip, Some(prefix)),
        None => (text, None),
    };
    let ip: IpAddr = ip.parse().map_err(|_| format!("“{}”不是网络地址", short(text)))?;
    let bits: u8 = if ip.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(bits), |it| it.parse().ok().filter(|n| *n <= bits));
    let prefix = prefix.ok_or_else(|| format!("“{}”的前缀应为 0 至 {bits}", short(text)))?;
    Ok(match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            let from = u32::from(ip) & mask;
            (IpAddr::V4(from.into()), IpAddr::V4((from | !mask).into()))
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            let from = u128::from(ip) & mask;
            (IpAddr::V6(from.into()), IpAddr::V6((from | !mask).into()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(networks: &Networks, ip: &str) -> String {
        networks.province(ip.parse().unwrap()).map(|two| two.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_address_is_found_in_the_network_or_range_it_lies_in() {
        let text = "\u{FEFF}# 示例\n192.0.2.0/25,61\n192.0.2.128,192.0.2.200,31\n\n2001:db8:1::/48 , 11\n198.51.100.7,65\n";
        let networks = Networks::parse(text).unwrap();
        assert_eq!((networks.len(), networks.is_empty()), (4, false));
        for (ip, province) in [
            ("192.0.2.0", "61"),
            ("192.0.2.127", "61"),
            ("192.0.2.128", "31"),
            ("::ffff:192.0.2.200", "31"),
            ("192.0.2.201", ""),
            ("192.0.1.255", ""),
            ("198.51.100.7", "65"),
            ("198.51.100.8", ""),
            ("2001:db8:1:ffff::9", "11"),
            ("2001:db8:2::", ""),
            ("::1", ""),
        ] {
            assert_eq!(of(&networks, ip), province, "{ip}");
        }
        assert_eq!(of(&Networks::default(), "192.0.2.1"), "");
        assert_eq!(of(&Networks::parse("0.0.0.0/0,61\n::/0,31").unwrap(), "203.0.113.9"), "61");
    }

    #[test]
    fn every_line_that_cannot_be_used_is_told_with_its_number() {
        let text = "192.0.2.0/33,61\nhere,61\n192.0.2.9,192.0.2.1,61\n192.0.2.0/24,99\n192.0.2.1,::1,61\n1,2,3,4\n\
            198.51.100.0/24,61\n198.51.100.128/25,31\n198.51.100.0/25,61\n";
        let problems = Networks::parse(text).unwrap_err();
        let lines: Vec<usize> = problems.iter().map(|it| it.line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6, 8]);
        assert!(problems[6].to_string().contains("重叠"), "{}", problems[6]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-f:.,/# \n]{0,60}") {
            let _ = Networks::parse(&text);
        }

        #[test]
        fn the_look_up_is_that_of_all_lines(nets in prop::collection::vec((any::<u8>(), 0usize..35), 0..20), asked: u8) {
            let mut by = std::collections::BTreeMap::new();
            nets.into_iter().for_each(|(net, at)| { by.entry(net).or_insert(at); });
            let text: String = by.iter().map(|(net, at)| format!("10.{net}.0.0/16,{:02}\n", PROVINCES[*at])).collect();
            let networks = Networks::parse(&text).unwrap();
            let expected = by.get(&asked).map(|at| format!("{:02}", PROVINCES[*at])).unwrap_or_default();
            prop_assert_eq!(of(&networks, &format!("10.{asked}.7.7")), expected);
        }
    }
}
