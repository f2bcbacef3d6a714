//! The clock and the entropy: the two things of the machine that rules get as values.

use domain::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where now comes from. A clone of a set clock moves with it.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    Machine,
    /// A clock that a test sets.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant until it is moved.
    pub fn at(instant: Instant) -> Clock {
        Clock::Set(Arc::new(AtomicI64::new(instant.micros())))
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn now(&self) -> Instant {
        match self {
            Clock::Set(micros) => Instant::from_micros(micros.load(Ordering::Relaxed)),
            Clock::Machine => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Instant::from_micros(since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
            }
        }
    }

    /// Moves a set clock; does nothing to the machine's.
    pub fn advance(&self, seconds: i64) {
        if let Clock::Set(micros) = self {
            micros.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
        }
    }
}
