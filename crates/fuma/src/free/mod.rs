//! How much a stranger may ask of the public pages, so that nobody copies the registry page by page: so many questions a
//! minute from one network address, then more for who has his browser do some work (ALTCHA, no third party), then none
//! for a while. A scan is never counted. What is counted stays in the memory of the node and nowhere else.

pub mod handlers;
mod source;
mod tally;
mod work;

pub use handlers::limit;
pub use source::{Source, behind_unknown_proxy};

use domain::Instant;
use tally::Tally;
use work::{Pass, Used};

/// Minutes for which a pass holds.
const PASS_MINUTES: u32 = 30;

/// A question to which there is no answer counts as so many: who tries numbers out meets mostly such.
const MISS: u32 = 10;

/// Lines of a list that count as one question.
const LINES: usize = 50;

/// How much one address may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Questions a minute without more ado; 0: as many as one likes.
    pub free: u32,
    /// Questions in half an hour for who has done the work; 0: no work is offered.
    pub pass: u32,
}

impl Rates {
    /// No limits.
    pub const OFF: Rates = Rates { free: 0, pass: 0 };

    /// What the settings say, and the usual figures for what they do not.
    pub fn of(free: Option<u32>, pass: Option<u32>) -> Rates {
        let usual = Rates::default();
        Rates { free: free.unwrap_or(usual.free), pass: pass.unwrap_or(usual.pass) }
    }
}

impl Default for Rates {
    fn default() -> Rates {
        Rates { free: 30, pass: 600 }
    }
}

/// What an answer counted, told by a handler whose questions are not one each.
#[derive(Clone, Copy, Debug)]
pub struct Weight(u32);

impl Weight {
    /// Of a list of so many lines, of which so many found nothing.
    pub fn of_list(lines: usize, missed: usize) -> Weight {
        let weight = lines.div_ceil(LINES) + missed.saturating_mul(MISS as usize);
        Weight(u32::try_from(weight).unwrap_or(u32::MAX).max(1))
    }
}

/// Why a question is answered, and where its weight goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Within what is free.
    Free,
    /// On a pass.
    Passed,
    /// Not now.
    Refused {
        /// Seconds until a question would be free again, or the pass has room.
        wait: u64,
        /// Whether work would help.
        work: bool,
    },
}

/// What strangers have asked of late.
pub struct FreeUse {
    rates: Rates,
    free: Tally,
    passed: Tally,
    used: Used,
}

impl FreeUse {
    /// Nothing asked yet.
    pub fn new(rates: Rates) -> FreeUse {
        FreeUse {
            rates,
            free: Tally::new(rates.free, 1),
            passed: Tally::new(rates.pass, PASS_MINUTES),
            used: Used::default(),
        }
    }

    /// Whether anything is counted.
    fn counts(&self) -> bool {
        self.rates.free > 0
    }

    /// Lets a question in, or not.
    fn enter(&self, source: Source, pass: Option<&Pass>, now: Instant) -> Entry {
        let Err(wait) = self.free.take(source, now) else { return Entry::Free };
        if self.rates.pass == 0 {
            return Entry::Refused { wait, work: false };
        }
        match pass {
            Some(_) => match self.passed.take(source, now) {
                Ok(()) => Entry::Passed,
                Err(later) => Entry::Refused { wait: later.min(wait), work: false },
            },
            // Another pass would be no wider than the one that is used up: it is the address that is counted.
            None => match self.passed.room(source, now) {
                true => Entry::Refused { wait, work: true },
                false => Entry::Refused { wait, work: false },
            },
        }
    }

    /// Adds what an answer weighed beyond the one that [`FreeUse::enter`] took.
    fn weigh(&self, source: Source, entry: Entry, more: u32, now: Instant) {
        match entry {
            Entry::Free => self.free.add(source, more, now),
            Entry::Passed => self.passed.add(source, more, now),
            Entry::Refused { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
