//! The work, and what it is worth: a challenge of ALTCHA (protocol 2, PBKDF2/SHA-256) that is bound to its source, and the
//! pass for which its solution is exchanged. Both are stamped with the registry's key, so that every node knows them; a
//! pass follows from its challenge, so that a solution that is shown twice, wherever, is worth no second one.

use super::{PASS_MINUTES, Source};
use altcha::{Challenge, CreateChallengeOptions, Payload, VerifySolutionOptions};
use app::App;
use data_encoding::{BASE64, HEXLOWER};
use domain::Instant;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Iterations of one try, of which every 256th succeeds: a second or two for a telephone.
const COST: u32 = 2_000;
/// Begin of the derived key: one try of 256.
const PREFIX: &str = "00";
/// Seconds in which a challenge may be solved.
const SOLVABLE: i64 = 600;
/// Largest payload that is looked at.
const PAYLOAD: usize = 4 << 10;
/// Challenges remembered as used, in each of two generations.
const USED: usize = 50_000;

/// Leave to ask more, as the cookie holds it: until when, of which challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    until: i64,
    nonce: String,
}

/// Why a solution is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worthless {
    /// Not ours, of another source, or wrong.
    Wrong,
    /// Solved too late.
    Late,
    /// It was shown before.
    Again,
}

/// The challenges that were answered, in two generations, so that the memory has an end.
#[derive(Default)]
pub struct Used(Mutex<(HashSet<String>, HashSet<String>)>);

impl Used {
    /// Whether it is the first time.
    fn first(&self, nonce: &str) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.0.len() >= USED {
            used.1 = std::mem::take(&mut used.0);
        }
        !used.1.contains(nonce) && used.0.insert(nonce.to_owned())
    }
}

/// The secret of the challenges.
fn secret(app: &App) -> String {
    HEXLOWER.encode(&app.stamp("altcha", b""))
}

/// What a challenge says of its source: not the address.
fn bound(app: &App, source: Source) -> String {
    HEXLOWER.encode(&app.stamp("challenge source", &source.bytes())[..16])
}

/// A challenge for a source, as its page holds it.
pub fn challenge(app: &App, source: Source) -> app::Result<String> {
    let until = app.now().plus_seconds(SOLVABLE).micros() / 1_000_000;
    // The clock is ours, so the end stands in the data and not where the crate would ask the machine's.
    let data =
        BTreeMap::from([("source".into(), bound(app, source).into()), ("until".into(), Value::from(until))]);
    let options = CreateChallengeOptions {
        cost: COST,
        key_prefix: PREFIX.into(),
        data: Some(data),
        hmac_signature_secret: Some(secret(app)),
        ..CreateChallengeOptions::default()
    };
    let fault = |error: &dyn std::fmt::Display| app::AppError::Fault(format!("no challenge: {error}"));
    let challenge = altcha::create_challenge(options).map_err(|error| fault(&error))?;
    serde_json::to_string(&challenge).map_err(|error| fault(&error))
}

/// Exchanges a solution for a pass.
pub fn exchange(app: &App, used: &Used, source: Source, payload: &str) -> Result<Pass, Worthless> {
    let bytes =
        Some(payload).filter(|it| it.len() <= PAYLOAD).and_then(|it| BASE64.decode(it.as_bytes()).ok());
    let payload: Option<Payload> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Payload { challenge, solution } = payload.ok_or(Worthless::Wrong)?;
    let until = until(&challenge).ok_or(Worthless::Wrong)?;
    if challenge.parameters.data.as_ref().and_then(|data| data.get("source")).and_then(Value::as_str)
        != Some(&bound(app, source))
    {
        return Err(Worthless::Wrong);
    }
    if until < app.now().micros() / 1_000_000 {
        return Err(Worthless::Late);
    }
    let options = VerifySolutionOptions::new(&challenge, &solution, secret(app));
    if !altcha::verify_solution(options).is_ok_and(|result| result.verified) {
        return Err(Worthless::Wrong);
    }
    let nonce = challenge.parameters.nonce;
    if !used.first(&nonce) {
        return Err(Worthless::Again);
    }
    Ok(Pass { until: until - SOLVABLE + i64::from(PASS_MINUTES) * 60, nonce })
}

fn until(challenge: &Challenge) -> Option<i64> {
    challenge.parameters.data.as_ref()?.get("until")?.as_i64()
}

impl Pass {
    fn stamp(&self, app: &App, source: Source) -> String {
        let bytes = [&source.bytes(), &self.until.to_be_bytes(), self.nonce.as_bytes()].concat();
        HEXLOWER.encode(&app.stamp("pass", &bytes)[..16])
    }

    /// As a cookie holds it.
    pub fn written(&self, app: &App, source: Source) -> String {
        format!("{}.{}.{}", self.until, self.nonce, self.stamp(app, source))
    }

    /// A cookie's text, if it is a pass of ours for this source that still holds.
    pub fn read(app: &App, source: Source, text: &str) -> Option<Pass> {
        let mut parts = text.splitn(3, '.');
        let pass = Pass { until: parts.next()?.parse().ok()?, nonce: parts.next()?.to_owned() };
        let stamp = parts.next()?;
        let ours = same(stamp, &pass.stamp(app, source));
        (ours && pass.until > app.now().micros() / 1_000_000).then_some(pass)
    }

    /// Seconds for which it holds.
    pub fn seconds(&self, now: Instant) -> i64 {
        self.until - now.micros() / 1_000_000
    }
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
