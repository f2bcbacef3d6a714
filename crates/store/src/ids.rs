//! Ids made in blocks: never by the engine, never reused, with gaps after a restart (postgres.md rule 2).

use crate::{Db, Result, Urgency};

/// The first of `n` fresh ids of the kind `name`, taken in a short transaction of its own.
pub async fn take(db: &Db, name: &'static str, n: u64, urgency: Urgency) -> Result<i64> {
    let n = i64::try_from(n).unwrap_or(i64::MAX / 2);
    let tx = db.begin(urgency).await?;
    let sql = "insert into id_block (name, next) values ($1, 1 + cast($2 as bigint))
        on conflict (name) do update set next = id_block.next + $2 returning next - $2";
    let first = tx.query_one(sql, &[name.into(), n.into()], |row| row.int(0)).await?.unwrap_or(1);
    tx.commit().await?;
    Ok(first)
}
