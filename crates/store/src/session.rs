//! Sessions of signed-in accounts. The token itself is never stored, only its SHA-256.
use domain::{AccountId, Instant};

use crate::{
    Reader, Result, Row, Tx,
    account::{self, Account},
    cell,
};

/// SHA-256 of a session token.
pub type TokenHash = [u8; 32];

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What the cookie's token hashes to.
    pub token_hash: TokenHash,
    /// Who signed in.
    pub account: AccountId,
    /// When it began: for the absolute expiry.
    pub created_at: Instant,
    /// When it was used last: for the idle expiry.
    pub last_seen_at: Instant,
    /// The address it began from.
    pub source: String,
    /// The browser, as it names itself.
    pub agent: String,
    /// When the account had signed in before, and from where.
    pub previous: Option<(Instant, String)>,
}

/// Begins a session.
pub async fn create(tx: &Tx, session: &Session) -> Result<()> {
    let sql = "insert into session
        (token_hash, account_id, created_at, last_seen_at, source, agent, previous_at, previous_from)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (at, from) = session.previous.as_ref().map(|(at, from)| (at.micros(), from.as_str())).unzip();
    let args = [
        session.token_hash.into(),
        session.account.0.into(),
        session.created_at.micros().into(),
        session.last_seen_at.micros().into(),
        (&session.source).into(),
        (&session.agent).into(),
        at.into(),
        from.into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The session of a token and its account, in one statement. Whether it is still good (idle and absolute expiry,
/// a disabled account) is the caller's rule.
pub async fn find(reader: Reader<'_>, token_hash: &TokenHash) -> Result<Option<(Session, Account)>> {
    const AT: usize = account::COLUMNS;
    let sql = concat!(
        "select ",
        account::columns!(),
        ", session.created_at, session.last_seen_at, session.source, session.agent, session.previous_at,
        session.previous_from from session join account on account.id = session.account_id where session.token_hash = $1"
    );
    reader
        .query_one(sql, &[token_hash.into()], |row| {
            let account = account::read(row)?;
            Ok((read(row, AT, *token_hash, account.id)?, account))
        })
        .await
}

/// The columns from `created_at` on, which begin at `at`.
fn read(row: &Row<'_>, at: usize, token_hash: TokenHash, account: AccountId) -> Result<Session> {
    let from = row.opt_text(at + 5)?.unwrap_or_default();
    Ok(Session {
        token_hash,
        account,
        created_at: cell::instant(row, at)?,
        last_seen_at: cell::instant(row, at + 1)?,
        source: cell::string(row, at + 2)?,
        agent: cell::string(row, at + 3)?,
        previous: row.opt_int(at + 4)?.map(|at| (Instant::from_micros(at), from.to_owned())),
    })
}

/// The sessions of an account, the one used last first.
pub async fn of_account(reader: Reader<'_>, account: AccountId) -> Result<Vec<Session>> {
    let sql =
        "select token_hash, created_at, last_seen_at, source, agent, previous_at, previous_from from session
        where account_id = $1 order by last_seen_at desc, token_hash";
    reader.query(sql, &[account.0.into()], |row| read(row, 1, row.bytes(0)?, account)).await
}

/// Notes that it was used; `false` if it is gone. Callers do this at most once a minute, not on every request.
pub async fn touch(tx: &Tx, token_hash: &TokenHash, now: Instant) -> Result<bool> {
    let sql = "update session set last_seen_at = $2 where token_hash = $1";
    Ok(tx.exec(sql, &[token_hash.into(), now.micros().into()]).await? == 1)
}

/// Ends a session; `false` if it was already gone.
pub async fn delete(tx: &Tx, token_hash: &TokenHash) -> Result<bool> {
    Ok(tx.exec("delete from session where token_hash = $1", &[token_hash.into()]).await? == 1)
}

/// Ends all sessions of an account but the one in `keep` (the one that changes its own password). How many.
pub async fn delete_all(tx: &Tx, account: AccountId, keep: Option<&TokenHash>) -> Result<u64> {
    let keep: &[u8] = keep.map_or(&[], |it| it.as_slice());
    let sql = "delete from session where account_id = $1 and token_hash <> $2";
    tx.exec(sql, &[account.0.into(), keep.into()]).await
}

/// Removes the sessions last seen before `idle` or begun before `absolute`. How many.
pub async fn purge(tx: &Tx, idle: Instant, absolute: Instant) -> Result<u64> {
    let sql = "delete from session where last_seen_at < $1 or created_at < $2";
    tx.exec(sql, &[idle.micros().into(), absolute.micros().into()]).await
}
