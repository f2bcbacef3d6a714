//! Tokens (OAuth 2.0 client credentials, RFC 6749 4.4): short-lived, stored hashed, and never more than their system may.

use super::clients::{admits, hash_of, is_good};
use crate::{App, AppError, Ctx, Result, entropy};
use domain::{Actor, AuthorityId, ClientId, Door, Grants, Instant, Secret};
use store::Urgency;
use store::client::{Client, Token};

/// Seconds a token is good.
pub(crate) const TOKEN_SECONDS: i64 = 2 * 60 * 60;

/// Characters kept of a call's key.
const CALL_KEY: usize = 128;

/// What a system shows for a token.
#[derive(Clone, Debug)]
pub struct TokenAsk {
    /// `client_id`.
    pub public_id: String,
    /// `client_secret`.
    pub secret: Secret,
    /// `scope`; none for all that the system may.
    pub scope: Option<String>,
}

/// A token on its way out.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// `access_token`.
    pub token: Secret,
    /// `expires_in`, seconds.
    pub expires_in: i64,
    /// `scope`.
    pub grants: Grants,
}

/// Why no token is given: the error codes of RFC 6749 5.2, each with words for the people who run the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Unknown system, wrong or ended secret. One text for all: strangers learn nothing.
    #[error("客户端标识或密钥不正确，或密钥已停用")]
    InvalidClient,
    /// A disabled system, outside its window, or from an address that is not on its list.
    #[error("该系统已停用、不在有效期内，或来源地址不在允许范围内")]
    UnauthorizedClient,
    /// A word that is no grant, or one the system has not.
    #[error("申请的 scope 超出该系统的权限")]
    InvalidScope,
}

/// Who calls with a token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Its key.
    pub id: ClientId,
    /// Its authority.
    pub authority: AuthorityId,
    /// What the token grants.
    pub grants: Grants,
    /// Requests a second it may make for long.
    pub rate: u32,
    /// Whether its requests must be signed.
    pub signing: bool,
}

impl Caller {
    /// The call as verbs take it.
    pub fn ctx(&self, request_id: String, source: String) -> Ctx {
        let actor = Actor::Client { id: self.id, authority: self.authority, grants: self.grants };
        Ctx { actor, door: Door::Interface, request_id, source }
    }
}

impl App {
    /// Gives a token. The inner error is the caller's; attempts and successes stand in `access`. A secret of 256 random bits
    /// is not guessed, so wrong ones lock nobody out.
    pub async fn give_token(
        &self,
        ctx: &Ctx,
        asked: &TokenAsk,
    ) -> Result<std::result::Result<IssuedToken, TokenError>> {
        let now = self.now();
        let client = match self.proven(asked, now).await? {
            Some(client) => client,
            None => {
                self.access.note(ctx, "token", "wrong_secret", now);
                return Ok(Err(TokenError::InvalidClient));
            }
        };
        let of_client = Ctx { actor: actor(&client, client.grants), ..ctx.clone() };
        if !may_call(&client, &ctx.source, now) {
            self.access.note(&of_client, "token", "not_now", now);
            return Ok(Err(TokenError::UnauthorizedClient));
        }
        let grants = match &asked.scope {
            None => client.grants,
            Some(text) => match Grants::parse(text) {
                Some(grants) if !grants.is_empty() && grants.within(client.grants) == grants => grants,
                _ => return Ok(Err(TokenError::InvalidScope)),
            },
        };
        let token = entropy::token();
        let kept = Token {
            hash: hash_of(&token),
            client: client.id,
            grants,
            created_at: now,
            expires_at: now.plus_seconds(TOKEN_SECONDS),
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::add_token(&tx, &kept).await?;
        tx.commit().await?;
        self.access.note(&of_client, "token", "given", now);
        Ok(Ok(IssuedToken { token: Secret::new(token), expires_in: TOKEN_SECONDS, grants }))
    }

    /// The system whose secret this is.
    async fn proven(&self, asked: &TokenAsk, now: Instant) -> Result<Option<Client>> {
        let reader = (&self.db).into();
        let Some(client) = store::client::by_public_id(reader, &asked.public_id).await? else {
            return Ok(None);
        };
        let hash = hash_of(asked.secret.reveal());
        let secrets = store::client::secrets(reader, client.id).await?;
        let known = secrets.iter().any(|it| is_good(it, now) && it.hash == hash);
        Ok(known.then_some(client))
    }

    /// Who calls with a token.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] if it is unknown or over, or its system may not call now or from there.
    pub async fn caller(&self, token: &Secret, source: &str) -> Result<Caller> {
        let now = self.now();
        let found = store::client::by_token((&self.db).into(), &hash_of(token.reveal())).await?;
        let (token, client) = found.ok_or(AppError::SignedOut)?;
        if token.expires_at <= now || !may_call(&client, source, now) {
            return Err(AppError::SignedOut);
        }
        Ok(Caller {
            id: client.id,
            authority: client.authority,
            // What was taken from the system since is taken from its tokens as well.
            grants: token.grants.within(client.grants),
            rate: client.rate,
            signing: client.signing,
        })
    }

    /// Notes what a call says under its key; `false` if the key was used for something else before.
    pub async fn note_call_key(&self, ctx: &Ctx, key: &str, act: &str, body: &[u8]) -> Result<bool> {
        let Actor::Client { id, .. } = ctx.actor else { return Err(AppError::Forbidden) };
        let key: String = key.chars().filter(|c| !c.is_control()).take(CALL_KEY).collect();
        let digest = self.keys.record(act, body);
        let tx = self.db.begin(Urgency::Act).await?;
        let same = store::client::use_call_key(&tx, id, &key, &digest, self.now()).await?;
        tx.commit().await?;
        Ok(same)
    }

    /// Forgets tokens, nonces and call keys whose time is over; the server calls it now and then. How many.
    pub async fn purge_calls(&self) -> Result<u64> {
        const CALL_KEYS: i64 = 7 * 86_400;
        let now = self.now();
        let tx = self.db.begin(Urgency::Batch).await?;
        let gone = store::client::purge(&tx, now, now.plus_seconds(-CALL_KEYS)).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

fn actor(client: &Client, grants: Grants) -> Actor {
    Actor::Client { id: client.id, authority: client.authority, grants }
}

fn may_call(client: &Client, source: &str, now: Instant) -> bool {
    !client.disabled
        && client.from.is_none_or(|from| from <= now)
        && client.to.is_none_or(|to| now < to)
        && admits(&client.addresses, source)
}
