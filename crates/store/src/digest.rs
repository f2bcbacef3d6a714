//! 每日提要: what an account is told of once a day, and the lists that it does not want to be told of.

use crate::{Reader, Result, Row, Tx, Val, cell, certificate};
use domain::{AccountId, AuthorityId, Day, Instant};

/// A digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Whom it tells.
    pub account: AccountId,
    /// Of which day.
    pub day: Day,
    /// Its lines, as `app` packs them.
    pub lines: String,
    /// When it was read.
    pub read_at: Option<Instant>,
}

fn digest(row: &Row<'_>) -> Result<Digest> {
    Ok(Digest {
        account: AccountId(row.int(0)?),
        day: certificate::day(row, 1)?,
        lines: cell::string(row, 2)?,
        read_at: row.opt_int(3)?.map(Instant::from_micros),
    })
}

/// Keeps a digest; whether there was none of that day.
pub async fn put(tx: &Tx, it: &Digest) -> Result<bool> {
    let sql = "insert into digest (account_id, day, lines) values ($1, $2, $3) on conflict (account_id, day) do nothing";
    Ok(tx.exec(sql, &[it.account.0.into(), it.day.number().into(), (&it.lines).into()]).await? > 0)
}

/// The digests of an account, the newest first.
pub async fn list(reader: Reader<'_>, account: AccountId, limit: u32) -> Result<Vec<Digest>> {
    let sql =
        "select account_id, day, lines, read_at from digest where account_id = $1 order by day desc limit $2";
    reader.query(sql, &[account.0.into(), limit.into()], digest).await
}

/// Marks all digests of an account up to a day as read; how many.
pub async fn mark(tx: &Tx, account: AccountId, up_to: Day, at: Instant) -> Result<u64> {
    let sql = "update digest set read_at = $3 where account_id = $1 and day <= $2 and read_at is null";
    tx.exec(sql, &[account.0.into(), up_to.number().into(), at.micros().into()]).await
}

/// Removes the digests of days before one; how many.
pub async fn purge(tx: &Tx, before: Day) -> Result<u64> {
    tx.exec("delete from digest where day < $1", &[before.number().into()]).await
}

/// The lists that these accounts do not want to be told of.
pub async fn off(reader: Reader<'_>, accounts: Vec<i64>) -> Result<Vec<(AccountId, String)>> {
    let sql = "select account_id, list from digest_off where account_id = any($1) order by account_id, list";
    reader.query(sql, &[Val::Ints(accounts)], |row| Ok((AccountId(row.int(0)?), cell::string(row, 1)?))).await
}

/// Sets the lists that an account does not want to be told of.
pub async fn set_off(tx: &Tx, account: AccountId, lists: &[&str]) -> Result<()> {
    tx.exec("delete from digest_off where account_id = $1", &[account.0.into()]).await?;
    for list in lists {
        let sql = "insert into digest_off (account_id, list) values ($1, $2)";
        tx.exec_one(sql, &[account.0.into(), (*list).into()]).await?;
    }
    Ok(())
}

/// How many unread letters each authority got at a moment or after it: a walk through all that are unread.
pub async fn letters_since(reader: Reader<'_>, from: Instant) -> Result<Vec<(AuthorityId, u64)>> {
    let sql = "select i.authority_id, count(*) from inbox i
        join event e on e.epoch = i.epoch and e.position = i.position
        where i.read_at is null and e.recorded_at >= $1 group by i.authority_id order by i.authority_id";
    let read = |row: &Row<'_>| Ok((AuthorityId(row.int(0)?), cell::total(row, 1)?));
    reader.query(sql, &[from.micros().into()], read).await
}
