//! The token: fetched when it is first needed, renewed before its time, and by one caller for all.

use super::{Answer, Call, Client, Credentials, Trouble};
use anyhow::{Context, Result};
use domain::Secret;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Before its end a token is renewed by so much, so that none runs out on the way.
const EARLY: Duration = Duration::from_secs(300);

/// A token in use.
struct Token {
    text: Secret,
    renew_at: Instant,
}

/// Who calls, and with which token.
pub(super) struct Tokens {
    credentials: Credentials,
    held: Mutex<Option<Token>>,
}

impl Tokens {
    pub(super) fn new(credentials: Credentials) -> Tokens {
        Tokens { credentials, held: Mutex::default() }
    }

    pub(super) fn id(&self) -> &str {
        &self.credentials.id
    }

    /// The token in use, or a new one. Who asks meanwhile waits for it.
    pub(super) async fn get(&self, client: &Client) -> Result<Secret> {
        let mut held = self.held.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.renew_at > Instant::now()) {
            return Ok(token.text.clone());
        }
        let token = self.fetch(client).await?;
        let text = token.text.clone();
        *held = Some(token);
        Ok(text)
    }

    /// Gives up a token that the server no longer takes, unless another has replaced it.
    pub(super) async fn forget(&self, text: &Secret) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|token| token.text == *text) {
            *held = None;
        }
    }

    async fn fetch(&self, client: &Client) -> Result<Token> {
        let Credentials { id, secret } = &self.credentials;
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", id.clone()),
            ("client_secret", secret.reveal().to_owned()),
        ];
        let asked_at = Instant::now();
        let answer = client.patiently(&Call::form("/token", &form), None).await?;
        if !answer.status.is_success() {
            return Err(Trouble::no_token(&answer).into());
        }
        let (text, life) = granted(&answer)?;
        Ok(Token { text, renew_at: asked_at + used_for(life) })
    }
}

/// How long a token that lives so long is used.
fn used_for(life: Duration) -> Duration {
    // Tokens that live no longer than that are renewed half-way.
    life - EARLY.min(life / 2)
}

/// The token of an answer and how long it lives.
fn granted(answer: &Answer) -> Result<(Secret, Duration)> {
    let document = answer.json()?;
    let text = document["access_token"].as_str().context("令牌答复中没有 access_token")?;
    let seconds = document["expires_in"].as_u64().context("令牌答复中没有 expires_in")?;
    Ok((Secret::new(text.to_owned()), Duration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_five_minutes_before_its_end_and_a_short_one_half_way() {
        let used = |seconds| used_for(Duration::from_secs(seconds)).as_secs();
        assert_eq!([used(7_200), used(601), used(600), used(60), used(0)], [6_900, 301, 300, 30, 0]);
    }
}
