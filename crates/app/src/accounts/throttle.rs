//! Failed sign-ins per network address, and per login that does not exist: in memory, since strangers make them.

use domain::Instant;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

/// Failures of a login that lock it (domain.md 5.3).
pub(super) const FAILURES: u32 = 5;
/// Failures from a source that lock it: a whole office may go out by one address, and each login is locked by itself long before.
pub(super) const OF_SOURCE: u32 = 50;
/// How long a lock lasts, seconds (domain.md 5.3).
pub(super) const LOCK: i64 = 30 * 60;
/// Keys kept; beyond it the one that failed longest ago is forgotten.
const MOST: usize = 10_000;

/// Failures so far.
#[derive(Default)]
pub struct Throttle {
    failed: Mutex<HashMap<String, Failed>>,
}

struct Failed {
    n: u32,
    last: Instant,
}

impl Throttle {
    /// Counts an attempt before its outcome is known, so that many at the same moment are no way around the limit; the one after
    /// `most` is refused.
    ///
    /// # Errors
    /// The moment until which the key is locked.
    pub(super) fn enter(&self, key: String, most: u32, now: Instant) -> Result<(), Instant> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= MOST && !failed.contains_key(&key) {
            make_room(&mut failed, now);
        }
        let entry = failed.entry(key).or_insert(Failed { n: 0, last: now });
        let until = entry.last.plus_seconds(LOCK);
        if until <= now {
            entry.n = 0;
        } else if entry.n >= most {
            return Err(until);
        }
        *entry = Failed { n: entry.n + 1, last: now };
        Ok(())
    }

    /// Forgets the failures of a key: somebody signed in.
    pub(super) fn forgive(&self, key: &str) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn make_room(failed: &mut HashMap<String, Failed>, now: Instant) {
    failed.retain(|_, it| it.last.plus_seconds(LOCK) > now);
    if failed.len() >= MOST {
        let oldest = failed.iter().min_by_key(|(_, it)| it.last).map(|(key, _)| key.clone());
        oldest.and_then(|key| failed.remove(&key));
    }
}

/// What one stranger cannot change at will: an IPv4 address, the /64 of an IPv6 address, else the source as it is.
pub(super) fn address(source: &str) -> String {
    let ip = source.parse::<IpAddr>().or_else(|_| source.parse::<SocketAddr>().map(|it| it.ip()));
    match ip.map(|it| it.to_canonical()) {
        Ok(IpAddr::V6(v6)) => format!("{:x}/64", u128::from(v6) >> 64),
        Ok(v4) => v4.to_string(),
        Err(_) => source.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn five_failures_lock_for_half_an_hour_after_the_last() {
        let throttle = Throttle::default();
        for n in 0..5 {
            throttle.enter("a".into(), FAILURES, at(n)).unwrap();
        }
        assert_eq!(throttle.enter("a".into(), FAILURES, at(100)), Err(at(4 + LOCK)));
        throttle.enter("b".into(), FAILURES, at(100)).unwrap();
        throttle.enter("a".into(), FAILURES, at(4 + LOCK)).unwrap();
        throttle.forgive("a");
        for n in 0..5 {
            throttle.enter("a".into(), FAILURES, at(4 + LOCK + n)).unwrap();
        }
    }

    #[test]
    fn strangers_cannot_make_it_grow() {
        let throttle = Throttle::default();
        for n in 0..MOST as i64 + 50 {
            throttle.enter(n.to_string(), FAILURES, at(n / 100)).unwrap();
        }
        assert_eq!(throttle.failed.lock().unwrap().len(), MOST);
    }

    #[test]
    fn a_port_or_an_address_of_the_same_network_is_the_same_stranger() {
        assert_eq!(address("192.0.2.7:5121"), "192.0.2.7");
        assert_eq!(address("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(address("[2001:db8:1:2::9]:80"), address("2001:db8:1:2:ffff::1"));
        assert_ne!(address("2001:db8:1:3::9"), address("2001:db8:1:2::9"));
        assert_eq!(address("tty:/dev/pts/0"), "tty:/dev/pts/0");
    }
}
