//! 编号计数器: the next serial of a scope, such as `61/2026`. Gaps stay gaps; a counter never goes down.
//!
//! Each holds the epoch in which its next value was confirmed. After a restore the epoch is higher and the counter
//! waits until an administrator confirms a value (architecture.md 5).
use domain::AuthorityId;

use crate::{Reader, Result, Row, Tx, cell};

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Whose.
    pub authority: AuthorityId,
    /// What it counts for, in the words of the authority's setting.
    pub scope: String,
    /// The serial it gives next.
    pub next: u32,
    /// The epoch in which `next` was confirmed.
    pub epoch: i64,
}

fn read(row: &Row<'_>) -> Result<Counter> {
    Ok(Counter {
        authority: AuthorityId(row.int(0)?),
        scope: cell::string(row, 1)?,
        next: cell::count(row, 2)?,
        epoch: row.int(3)?,
    })
}

/// The counter of a scope, if it was ever used or set.
pub async fn get(reader: Reader<'_>, authority: AuthorityId, scope: &str) -> Result<Option<Counter>> {
    let sql = "select authority_id, scope, next, epoch from counter where authority_id = $1 and scope = $2";
    reader.query_one(sql, &[authority.0.into(), scope.into()], read).await
}

/// The counters of an authority, by scope.
pub async fn list(reader: Reader<'_>, authority: AuthorityId) -> Result<Vec<Counter>> {
    let sql = "select authority_id, scope, next, epoch from counter where authority_id = $1 order by scope";
    reader.query(sql, &[authority.0.into()], read).await
}

/// Sets and confirms the next serial, for a new counter or for one that is not beyond it; otherwise
/// [`crate::StoreError::Conflict`], so that no serial is given twice.
pub async fn set_start(tx: &Tx, counter: &Counter) -> Result<()> {
    let sql = "insert into counter (authority_id, scope, next, epoch) values ($1, $2, $3, $4)
        on conflict (authority_id, scope) do update set next = excluded.next, epoch = excluded.epoch
        where counter.next <= excluded.next and counter.epoch <= excluded.epoch";
    tx.exec_one(sql, &args(counter)).await
}

/// Lifts the counter to at least `counter.next`, because serials below were given elsewhere (存量). Confirms nothing:
/// `counter.epoch` is used only for a counter that is new. `false` if it was there already.
pub async fn raise(tx: &Tx, counter: &Counter) -> Result<bool> {
    let sql = "insert into counter (authority_id, scope, next, epoch) values ($1, $2, $3, $4)
        on conflict (authority_id, scope) do update set next = excluded.next where counter.next < excluded.next";
    Ok(tx.exec(sql, &args(counter)).await? == 1)
}

fn args(counter: &Counter) -> [crate::Val; 4] {
    [counter.authority.0.into(), (&counter.scope).into(), counter.next.into(), counter.epoch.into()]
}

/// Takes `n` serials and gives the first; `None` if there is no counter or it waits for confirmation in `epoch`.
/// Whether they still fit the number is the caller's rule: a transaction that is dropped has taken none.
pub async fn take(tx: &Tx, authority: AuthorityId, scope: &str, n: u32, epoch: i64) -> Result<Option<u32>> {
    let sql = "update counter set next = next + $3 where authority_id = $1 and scope = $2 and epoch = $4
        returning next - $3";
    let args = [authority.0.into(), scope.into(), n.into(), epoch.into()];
    tx.query_one(sql, &args, |row| cell::count(row, 0)).await
}
