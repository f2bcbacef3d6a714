//! Passwords that were in force before, as hashes, so that the last ones are not taken again (domain.md 5.3).

use domain::AccountId;

use crate::account::{Account, PasswordHash};
use crate::{Reader, Result, Tx, cell};

/// Keeps the password of `seen`, which is being replaced, and of the older ones so many that `most` are kept in all.
pub async fn keep(tx: &Tx, seen: &Account, most: u32) -> Result<()> {
    let add = "insert into old_password (account_id, n, password)
        select cast($1 as bigint), coalesce(max(n), 0) + 1, cast($2 as text) from old_password where account_id = $1";
    tx.exec_one(add, &[seen.id.0.into(), (&seen.password.0).into()]).await?;
    let drop = "delete from old_password where account_id = $1
        and n <= (select max(n) from old_password where account_id = $1) - $2";
    tx.exec(drop, &[seen.id.0.into(), most.into()]).await?;
    Ok(())
}

/// The old passwords of an account, the latest first.
pub async fn of_account(reader: Reader<'_>, id: AccountId) -> Result<Vec<PasswordHash>> {
    let sql = "select password from old_password where account_id = $1 order by n desc";
    reader.query(sql, &[id.0.into()], |row| Ok(PasswordHash(cell::string(row, 0)?))).await
}
