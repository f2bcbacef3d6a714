//! How fast who asks, so that programs that do not say so are told from people. In the memory of a node, for a minute or an
//! hour, under a hash that means nothing tomorrow.

use domain::Instant;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};

/// Questions a minute of one source and browser; more are those of a program.
pub(super) const A_MINUTE: u32 = 60;
/// Codes and numbers that nobody has, asked for within an hour: then it is a program that guesses.
pub(super) const MISSED_AN_HOUR: u32 = 20;

/// Parts of the table.
const SHARDS: usize = 16;
/// Sources in a part: 65,536 in all.
const MOST: usize = 4_096;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// The table of who asked of late.
#[derive(Default)]
pub(super) struct Paces {
    shards: [Mutex<FxHashMap<u64, Pace>>; SHARDS],
}

#[derive(Clone, Copy, Default)]
struct Pace {
    minute: i64,
    asked: u32,
    hour: i64,
    missed: u32,
}

impl Pace {
    fn at(&mut self, now: Instant) -> &mut Pace {
        let (minute, hour) = (now.micros() / MINUTE, now.micros() / HOUR);
        if self.minute != minute {
            (self.minute, self.asked) = (minute, 0);
        }
        if self.hour != hour {
            (self.hour, self.missed) = (hour, 0);
        }
        self
    }
}

impl Paces {
    /// Notes a question; whether it is one of a program.
    pub fn hurried(&self, who: u64, now: Instant) -> bool {
        self.with(who, now, |pace| {
            pace.asked = pace.asked.saturating_add(1);
            pace.asked > A_MINUTE || pace.missed >= MISSED_AN_HOUR
        })
    }

    /// Notes that what was asked for is not there.
    pub fn missed(&self, who: u64, now: Instant) {
        self.with(who, now, |pace| pace.missed = pace.missed.saturating_add(1));
    }

    fn with<T>(&self, who: u64, now: Instant, act: impl FnOnce(&mut Pace) -> T) -> T {
        let shard = &self.shards[(who % SHARDS as u64) as usize];
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= MOST && !shard.contains_key(&who) {
            let (minute, hour) = (now.micros() / MINUTE, now.micros() / HOUR);
            shard.retain(|_, pace| pace.minute == minute || (pace.hour == hour && pace.missed > 0));
            if shard.len() >= MOST {
                // More at once than there is room for: they begin anew.
                shard.clear();
            }
        }
        act(shard.entry(who).or_default().at(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_micros(1_795_334_400_000_000);

    #[test]
    fn who_asks_more_than_a_person_can_is_a_program_for_the_rest_of_the_minute() {
        let paces = Paces::default();
        let hurried = (0..100).filter(|_| paces.hurried(7, NOW)).count();
        assert_eq!(hurried, 40);
        assert!(!paces.hurried(8, NOW), "another is not");
        assert!(!paces.hurried(7, NOW.plus_seconds(60)), "the next minute begins anew");
    }

    #[test]
    fn who_guesses_is_a_program_for_the_rest_of_the_hour() {
        let paces = Paces::default();
        (0..20).for_each(|n| {
            assert!(!paces.hurried(7, NOW.plus_seconds(n * 60)));
            paces.missed(7, NOW.plus_seconds(n * 60));
        });
        assert!(paces.hurried(7, NOW.plus_seconds(1_300)));
        assert!(!paces.hurried(7, NOW.plus_seconds(3_700)));
    }

    #[test]
    fn a_whole_network_of_sources_fills_the_memory_no_further() {
        let paces = Paces::default();
        (0..300_000).for_each(|who| {
            paces.hurried(who, NOW);
        });
        let held: usize = paces.shards.iter().map(|it| it.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * MOST, "{held}");
    }
}
