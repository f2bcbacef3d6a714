//! How much a system may ask: so many calls a second for long, and so many at a time. In memory of each node; there are as
//! many entries as systems.

use super::problem::Problem;
use axum::http::StatusCode;
use domain::ClientId;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls of one system at a time.
const AT_A_TIME: usize = 32;

/// The limits of all systems.
pub struct Limits {
    of: Mutex<HashMap<ClientId, Arc<Limit>>>,
    /// Of those who ask for a token, and are nobody yet: by network address.
    tokens: RateLimiter<String, HashMapStateStore<String>, DefaultClock>,
}

impl Default for Limits {
    fn default() -> Limits {
        let quota = Quota::per_second(TOKENS).allow_burst(TOKENS.saturating_mul(TEN));
        Limits { of: Mutex::default(), tokens: RateLimiter::hashmap(quota) }
    }
}

struct Limit {
    rate: u32,
    calls: DefaultDirectRateLimiter,
    room: Arc<Semaphore>,
}

/// Room for one call, given back when it is answered.
pub struct Held {
    _permit: OwnedSemaphorePermit,
}

impl Limits {
    /// Takes room for a call of a system that may make `rate` calls a second.
    ///
    /// # Errors
    /// 429 with the seconds after which it may be made.
    pub fn enter(&self, client: ClientId, rate: u32) -> Result<Held, Problem> {
        let limit = self.limit(client, rate);
        if let Err(until) = limit.calls.check() {
            let wait = until.wait_time_from(DefaultClock::default().now());
            return Err(too_many(format!("每秒不超过{rate}次"), wait.as_secs() + 1));
        }
        match limit.room.clone().try_acquire_owned() {
            Ok(permit) => Ok(Held { _permit: permit }),
            Err(_) => Err(too_many(format!("同时进行的调用不超过{AT_A_TIME}个"), 1)),
        }
    }

    /// Whether a token may be asked for from an address: a token holds for an hour, and guessing shall not be cheap.
    ///
    /// # Errors
    /// As [`Limits::enter`].
    pub fn ask_token(&self, source: &str) -> Result<(), Problem> {
        if self.tokens.len() > REMEMBERED {
            self.tokens.retain_recent();
        }
        self.tokens.check_key(&source.to_owned()).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            too_many(format!("同一来源地址每秒不超过{TOKENS}次取令牌"), wait.as_secs() + 1)
        })
    }

    fn limit(&self, client: ClientId, rate: u32) -> Arc<Limit> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let known = of.get(&client).filter(|limit| limit.rate == rate).cloned();
        known.unwrap_or_else(|| {
            let per_second = NonZeroU32::new(rate).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(TWO));
            let room = Arc::new(Semaphore::new(AT_A_TIME));
            let limit = Arc::new(Limit { rate, calls: RateLimiter::direct(quota), room });
            of.insert(client, limit.clone());
            limit
        })
    }
}

/// Seconds of calls that may come at once.
const TWO: NonZeroU32 = NonZeroU32::new(2).expect("two is not zero");

/// Tokens a second from one address for long, and ten times as many at once: systems may share a gateway.
const TOKENS: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const TEN: NonZeroU32 = TOKENS;
/// Addresses after which those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

fn too_many(detail: String, seconds: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", "调用过于频繁")
        .said(detail, "请按 Retry-After 等待后原样重发；大批量请合并到一次调用或用批量作业。")
        .after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_held_back_beyond_its_rate_and_others_are_not() {
        let limits = Limits::default();
        let passed = (0..10).filter(|_| limits.enter(ClientId(1), 2).is_ok()).count();
        assert!((4..=5).contains(&passed), "{passed}");
        assert!(limits.enter(ClientId(2), 2).is_ok());
        assert_eq!(limits.enter(ClientId(1), 2).err().map(|it| it.code()), Some("too_many"));
    }

    #[test]
    fn who_asks_for_tokens_without_end_is_held_back_and_others_are_not() {
        let limits = Limits::default();
        let passed = (0..200).filter(|_| limits.ask_token("192.0.2.7").is_ok()).count();
        assert!((100..=110).contains(&passed), "{passed}");
        assert!(limits.ask_token("192.0.2.8").is_ok());
    }

    #[test]
    fn a_system_that_never_takes_its_answers_holds_only_itself_up() {
        let limits = Limits::default();
        let held: Vec<_> = (0..AT_A_TIME).map(|_| limits.enter(ClientId(1), 1_000).ok()).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(limits.enter(ClientId(1), 1_000).is_err());
        assert!(limits.enter(ClientId(2), 1_000).is_ok());
        drop(held);
        assert!(limits.enter(ClientId(1), 1_000).is_ok());
    }
}
