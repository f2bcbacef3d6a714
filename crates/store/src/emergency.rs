//! 应急手动赋码: when the manual doors of an authority in networked mode were open. Rows are closed once and never go.
use domain::{AuthorityId, Instant};

use crate::{Reader, Result, Row, Tx, cell};

/// One opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
    /// 1, 2, 3… of its authority; given by [`open`].
    pub n: u32,
    /// Why.
    pub reason: String,
    /// Who opened it, as events write it.
    pub opened_by: String,
    /// When.
    pub opened_at: Instant,
    /// It ends by itself at this moment.
    pub until: Instant,
    /// When it was ended before.
    pub closed_at: Option<Instant>,
}

fn read(row: &Row<'_>) -> Result<Emergency> {
    Ok(Emergency {
        n: cell::count(row, 0)?,
        reason: cell::string(row, 1)?,
        opened_by: cell::string(row, 2)?,
        opened_at: cell::instant(row, 3)?,
        until: cell::instant(row, 4)?,
        closed_at: row.opt_int(5)?.map(Instant::from_micros),
    })
}

/// Opens one. Two at the same moment: the slower one is [`crate::StoreError::Unique`].
pub async fn open(tx: &Tx, authority: AuthorityId, it: &Emergency) -> Result<()> {
    let sql = "insert into emergency (authority_id, n, reason, opened_by, opened_at, until_at)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5 from emergency where authority_id = $1";
    let args = [
        authority.0.into(),
        (&it.reason).into(),
        (&it.opened_by).into(),
        it.opened_at.micros().into(),
        it.until.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The one that is open at a moment.
pub async fn open_at(reader: Reader<'_>, authority: AuthorityId, now: Instant) -> Result<Option<Emergency>> {
    let sql = "select n, reason, opened_by, opened_at, until_at, closed_at from emergency
        where authority_id = $1 and closed_at is null and until_at > $2 order by n desc limit 1";
    reader.query_one(sql, &[authority.0.into(), now.micros().into()], read).await
}

/// All of an authority, newest first.
pub async fn list(reader: Reader<'_>, authority: AuthorityId, limit: u32) -> Result<Vec<Emergency>> {
    let sql = "select n, reason, opened_by, opened_at, until_at, closed_at from emergency
        where authority_id = $1 order by n desc limit $2";
    reader.query(sql, &[authority.0.into(), limit.into()], read).await
}

/// Ends one. [`crate::StoreError::Conflict`] if it has ended.
pub async fn close(tx: &Tx, authority: AuthorityId, n: u32, now: Instant) -> Result<()> {
    let sql = "update emergency set closed_at = $3 where authority_id = $1 and n = $2 and closed_at is null";
    tx.exec_one(sql, &[authority.0.into(), n.into(), now.micros().into()]).await
}
