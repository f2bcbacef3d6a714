//! Counters that run dry by themselves: one for each source, in a memory that nobody can blow up.

use super::Source;
use domain::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Sources of one generation. Two are kept: some 10 MB at the most, whoever comes from however many addresses.
const MOST: usize = 100_000;

const MICROS_A_MINUTE: i64 = 60_000_000;

/// What every source has asked of late.
pub struct Tally {
    /// Questions there is room for.
    most: u32,
    /// Minutes in which a full counter runs dry.
    minutes: u32,
    seen: Mutex<Seen>,
}

/// Counters in two generations: who asks is carried into the young one, and when it is full or old the old one goes. Who
/// was quiet so long has run dry; who is thrown out before, because too many came, begins anew.
#[derive(Default)]
struct Seen {
    young: HashMap<Source, Counter>,
    old: HashMap<Source, Counter>,
    turned: i64,
}

/// How much of its room a source has used up, at an instant.
#[derive(Clone, Copy, Default)]
struct Counter {
    used: f64,
    at: i64,
}

impl Tally {
    /// Room for `most` questions in so many minutes.
    pub fn new(most: u32, minutes: u32) -> Tally {
        Tally { most, minutes, seen: Mutex::default() }
    }

    /// Takes room for one question.
    ///
    /// # Errors
    /// The seconds until there is room again.
    pub fn take(&self, source: Source, now: Instant) -> Result<(), u64> {
        self.with(source, now, |used| {
            let over = *used + 1.0 - f64::from(self.most);
            if over > 0.0 {
                return Err((over / self.a_second()).ceil() as u64);
            }
            *used += 1.0;
            Ok(())
        })
    }

    /// Whether there is room for a question.
    pub fn room(&self, source: Source, now: Instant) -> bool {
        self.with(source, now, |used| *used + 1.0 <= f64::from(self.most))
    }

    /// Counts more than was taken. Nobody owes more than twice the room: he could not wait for its end.
    pub fn add(&self, source: Source, more: u32, now: Instant) {
        if more > 0 {
            self.with(source, now, |used| *used = (*used + f64::from(more)).min(2.0 * f64::from(self.most)));
        }
    }

    fn a_second(&self) -> f64 {
        f64::from(self.most) / (f64::from(self.minutes) * 60.0)
    }

    fn with<T>(&self, source: Source, now: Instant, act: impl FnOnce(&mut f64) -> T) -> T {
        let now = now.micros();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // After twice its minutes the fullest counter has run dry.
        let aged = now - seen.turned > 2 * i64::from(self.minutes) * MICROS_A_MINUTE;
        if aged || seen.young.len() >= MOST {
            seen.old = std::mem::take(&mut seen.young);
            seen.turned = now;
        }
        let mut counter = match seen.young.get(&source).or_else(|| seen.old.get(&source)) {
            Some(known) => *known,
            None => Counter { used: 0.0, at: now },
        };
        let seconds = (now - counter.at).max(0) as f64 / 1e6;
        counter.used = (counter.used - seconds * self.a_second()).max(0.0);
        counter.at = now;
        let out = act(&mut counter.used);
        seen.young.insert(source, counter);
        out
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.young.len() + seen.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv6Addr};

    const NOW: Instant = Instant::from_micros(1_795_334_709_000_000);

    fn source(n: u32) -> Source {
        Source::of(IpAddr::V6(Ipv6Addr::from(u128::from(0x2001_0db8u32) << 96 | u128::from(n) << 64)))
    }

    #[test]
    fn a_source_has_its_room_and_gets_it_back_with_time() {
        let tally = Tally::new(30, 1);
        assert_eq!((0..40).filter(|_| tally.take(source(1), NOW).is_ok()).count(), 30);
        assert_eq!(tally.take(source(1), NOW), Err(2), "one question takes two seconds");
        assert!(tally.take(source(2), NOW).is_ok(), "another is not held back");
        assert!(tally.take(source(1), NOW.plus_seconds(2)).is_ok());
        assert!(tally.take(source(1), NOW.plus_seconds(2)).is_err());
        assert!(!tally.room(source(1), NOW.plus_seconds(3)) && tally.room(source(1), NOW.plus_seconds(4)));
        let later = NOW.plus_seconds(600);
        assert_eq!((0..40).filter(|_| tally.take(source(1), later).is_ok()).count(), 30);
    }

    #[test]
    fn what_is_owed_has_an_end() {
        let tally = Tally::new(30, 1);
        tally.add(source(1), 100_000, NOW);
        assert_eq!(tally.take(source(1), NOW), Err(62));
        assert!(tally.take(source(1), NOW.plus_seconds(62)).is_ok());
    }

    #[test]
    fn a_whole_network_of_sources_fills_the_memory_no_further() {
        let tally = Tally::new(30, 1);
        for n in 0..350_000 {
            assert!(tally.take(source(n), NOW).is_ok());
        }
        assert!(tally.held() <= 2 * MOST, "{}", tally.held());
    }

    #[test]
    fn who_goes_on_asking_is_not_forgotten_with_the_old() {
        let tally = Tally::new(30, 1);
        tally.add(source(7), 60, NOW);
        for n in 0..250 {
            for m in 0..1_000 {
                tally.add(source(1_000_000 + n * 1_000 + m), 1, NOW);
            }
            assert!(tally.take(source(7), NOW).is_err());
        }
        assert!(tally.take(source(7), NOW.plus_seconds(121)).is_ok(), "and forgotten when it has run dry");
    }
}
