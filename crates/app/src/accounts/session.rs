//! Sessions: a token of 256 bits of which only the SHA-256 is stored, ended by idling, by age, and by a new password.

use super::signin::change_first;
use super::{AccountInfo, must_change};
use crate::{App, AppError, Ctx, Result, entropy};
use domain::{Action, Actor, Door, Instant, Secret};
use sha2::{Digest, Sha256};
use store::Urgency;
use store::account::Account;
use store::session::TokenHash;

/// Seconds without a request after which a session is over (domain.md 5.3).
const IDLE: i64 = 15 * 60;
/// Seconds after which a session is over in any case.
const ABSOLUTE: i64 = 12 * 60 * 60;
/// Seconds between two notes of use: a request does not write, a minute of requests does once.
const TOUCH: i64 = 60;
/// Most characters kept of what a browser calls itself.
const AGENT: usize = 200;

/// Who is behind a token.
#[derive(Clone, Debug)]
pub struct Session {
    /// The account.
    pub account: AccountInfo,
    /// Whether the password must be changed before anything else: doors then lead to that page.
    pub must_change: bool,
    /// Whether that is because somebody else chose the password, and not because it is old.
    pub one_time: bool,
    /// When the session ends even if it is used.
    pub ends_at: Instant,
    /// When the account had signed in before, and from where: shown, so that misuse is noticed.
    pub last_login: Option<(Instant, String)>,
    actor: Actor,
}

/// One's own session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Names the session in [`App::end_session`]: what its token hashes to, in hex. No use without the token.
    pub key: String,
    /// When it began.
    pub created_at: Instant,
    /// When it was used last, to the minute.
    pub last_seen_at: Instant,
    /// The address it began from.
    pub source: String,
    /// The browser, as it names itself.
    pub agent: String,
}

impl Session {
    /// The caller of a request with this session.
    ///
    /// # Errors
    /// [`AppError::Refused`] while the password must be changed first: no verb can then be called.
    pub fn ctx(&self, door: Door, request_id: String, source: String) -> Result<Ctx> {
        if self.must_change {
            return Err(change_first());
        }
        Ok(self.ctx_to_change(door, request_id, source))
    }

    /// The caller of the page on which the password is changed, and of signing out; of no other.
    pub fn ctx_to_change(&self, door: Door, request_id: String, source: String) -> Ctx {
        Ctx { actor: self.actor.clone(), door, request_id, source }
    }
}

impl App {
    /// Who is behind a token.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] if the session does not exist, is over, or its account was disabled.
    pub async fn session(&self, token: &Secret) -> Result<Session> {
        let now = self.now();
        let hash = hash_of(token);
        let (session, account) =
            store::session::find((&self.db).into(), &hash).await?.ok_or(AppError::SignedOut)?;
        if !is_live(&session, now) || account.disabled {
            return Err(AppError::SignedOut);
        }
        if session.last_seen_at.plus_seconds(TOUCH) <= now {
            self.touch(&hash, now).await?;
        }
        Ok(Session {
            must_change: must_change(&account, now),
            one_time: account.must_change,
            last_login: session.previous,
            ends_at: session.created_at.plus_seconds(ABSOLUTE),
            actor: self.actor_of(&account)?,
            account: AccountInfo::of(account, now),
        })
    }

    /// Ends the session of a token. Does nothing to one that is over.
    pub async fn sign_out(&self, ctx: &Ctx, token: &Secret) -> Result<()> {
        self.ask(ctx, Action::OwnPassword, None)?;
        self.end(ctx, &hash_of(token)).await
    }

    /// The caller's sessions that are not over, the one used last first.
    pub async fn sessions(&self, ctx: &Ctx) -> Result<Vec<OwnSession>> {
        self.ask(ctx, Action::OwnPassword, None)?;
        let all = store::session::of_account((&self.db).into(), ctx.account()?).await?;
        let now = self.now();
        Ok(all.into_iter().filter(|it| is_live(it, now)).map(own).collect())
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if the caller has no such session.
    pub async fn end_session(&self, ctx: &Ctx, key: &str) -> Result<()> {
        self.ask(ctx, Action::OwnPassword, None)?;
        let all = store::session::of_account((&self.db).into(), ctx.account()?).await?;
        let hash = all.into_iter().map(|it| it.token_hash).find(|hash| hex(hash) == key);
        self.end(ctx, &hash.ok_or(AppError::NotFound)?).await
    }

    /// Removes the sessions that are over; the server calls it now and then. How many.
    pub async fn purge_sessions(&self) -> Result<u64> {
        let now = self.now();
        let tx = self.db.begin(Urgency::Batch).await?;
        let gone = store::session::purge(&tx, now.plus_seconds(-IDLE), now.plus_seconds(-ABSOLUTE)).await?;
        tx.commit().await?;
        Ok(gone)
    }

    async fn end(&self, ctx: &Ctx, hash: &TokenHash) -> Result<()> {
        let tx = self.db.begin(Urgency::Act).await?;
        store::session::delete(&tx, hash).await?;
        tx.commit().await?;
        self.access.note(ctx, "sign_out", "signed_out", self.now());
        Ok(())
    }

    /// A page is not refused because its note of use found the database busy: the next request notes it.
    async fn touch(&self, hash: &TokenHash, now: Instant) -> Result<()> {
        let noted = async {
            let tx = self.db.begin(Urgency::Act).await?;
            store::session::touch(&tx, hash, now).await?;
            tx.commit().await
        };
        match noted.await {
            Err(error) if !error.is_transient() => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A session that begins now, and its token.
pub(super) fn fresh(
    account: &Account,
    source: &str,
    agent: &str,
    now: Instant,
) -> (Secret, store::session::Session) {
    let token = Secret::new(entropy::token());
    let session = store::session::Session {
        token_hash: hash_of(&token),
        account: account.id,
        previous: account.last_login_at.zip(Some(account.last_login_from.clone().unwrap_or_default())),
        created_at: now,
        last_seen_at: now,
        source: source.to_owned(),
        agent: agent.chars().filter(|c| !c.is_control()).take(AGENT).collect(),
    };
    (token, session)
}

pub(super) fn hash_of(token: &Secret) -> TokenHash {
    Sha256::digest(token.reveal()).into()
}

fn is_live(session: &store::session::Session, now: Instant) -> bool {
    session.last_seen_at.plus_seconds(IDLE) > now && session.created_at.plus_seconds(ABSOLUTE) > now
}

fn own(session: store::session::Session) -> OwnSession {
    OwnSession {
        key: hex(&session.token_hash),
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        source: session.source,
        agent: session.agent,
    }
}

fn hex(hash: &TokenHash) -> String {
    data_encoding::HEXLOWER.encode(hash)
}
