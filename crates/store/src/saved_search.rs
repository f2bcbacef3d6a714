//! 常用查询: questions that an account keeps under a name; a local table.

use crate::{Reader, Result, Row, Tx, cell};
use domain::{AccountId, Instant};

/// A question that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Its key.
    pub id: i64,
    /// Its name, one of each for an account.
    pub name: String,
    /// What the address of the result page asks for.
    pub query: String,
}

/// Those of an account, by name.
pub async fn of_account(reader: Reader<'_>, account: AccountId) -> Result<Vec<SavedSearch>> {
    let sql = "select id, name, query from saved_search where account_id = $1 order by name";
    let read = |row: &Row<'_>| {
        Ok(SavedSearch { id: row.int(0)?, name: cell::string(row, 1)?, query: cell::string(row, 2)? })
    };
    reader.query(sql, &[account.0.into()], read).await
}

/// Keeps one under a fresh key, or in the place of what had the same name. The key it has then.
pub async fn put(tx: &Tx, account: AccountId, fresh: &SavedSearch, now: Instant) -> Result<i64> {
    let sql = "insert into saved_search (id, account_id, name, query, created_at) values ($1, $2, $3, $4, $5)
        on conflict (account_id, name) do update set query = excluded.query returning id";
    let args =
        [fresh.id.into(), account.0.into(), (&fresh.name).into(), (&fresh.query).into(), now.micros().into()];
    Ok(tx.query_one(sql, &args, |row| row.int(0)).await?.unwrap_or(fresh.id))
}

/// Drops one of an account; whether there was one.
pub async fn delete(tx: &Tx, account: AccountId, id: i64) -> Result<bool> {
    let sql = "delete from saved_search where account_id = $1 and id = $2";
    Ok(tx.exec(sql, &[account.0.into(), id.into()]).await? > 0)
}
