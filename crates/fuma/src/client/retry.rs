//! When a call is tried again, and after how long.

use super::Answer;
use reqwest::StatusCode;
use std::time::Duration;

/// How often a call is tried, and how long it waits between.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Times a call is made at most.
    pub tries: u32,
    /// Wait after the first time; it doubles from then on.
    pub first: Duration,
    /// Longest wait of our own choice.
    pub longest: Duration,
}

/// The server may ask for longer than we would wait, but not for ever.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

impl Patience {
    /// For a system that works through the night: about ten minutes.
    pub const LONG: Patience =
        Patience { tries: 40, first: Duration::from_millis(200), longest: Duration::from_secs(15) };

    /// How long to wait after the call was made `tried` times; `None` to give up. `jitter` in 0..1 shortens the wait by up
    /// to half, but never below what the server `asked` for.
    pub fn wait(self, tried: u32, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1).min(20)));
        let own = doubled.min(self.longest).mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0);
        Some(own.max(asked.unwrap_or_default().min(LONGEST_ASKED)))
    }
}

/// Whether to try again: `Some` with the wait that the server asks for, if it asks for one.
pub(super) fn again(answer: &reqwest::Result<Answer>) -> Option<Option<Duration>> {
    match answer {
        // Whatever broke off may have been carried out or not; the record ids make it safe to repeat.
        Err(error) => (!error.is_builder()).then_some(None),
        Ok(answer) => busy(answer.status).then(|| {
            let seconds = answer.header("retry-after").trim().parse().ok();
            seconds.map(Duration::from_secs)
        }),
    }
}

/// Too many requests, or nobody there: the server itself, or the gateway before it.
fn busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Patience =
        Patience { tries: 5, first: Duration::from_millis(100), longest: Duration::from_millis(500) };

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let waits: Vec<_> = (1..=5).map(|tried| SHORT.wait(tried, None, 0.0)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(100), ms(200), ms(400), ms(500), None]);
        assert_eq!(SHORT.wait(1, None, 1.0), ms(50), "spread over the half before");
    }

    #[test]
    fn what_the_server_asks_for_is_the_least() {
        let wait = |seconds| SHORT.wait(1, Some(Duration::from_secs(seconds)), 1.0);
        assert_eq!(wait(2), Some(Duration::from_secs(2)));
        assert_eq!(wait(0), Some(Duration::from_millis(50)));
        assert_eq!(wait(86_400), Some(LONGEST_ASKED));
    }
}
