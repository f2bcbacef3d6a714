//! 账号: who may sign in. Rows are never deleted, since events name them for ever; a leaver is disabled.
//!
//! Every change names the state it starts from: if that no longer holds it is [`crate::StoreError::Conflict`].
use std::fmt;

use domain::{AccountId, AuthorityId, Instant, Role};

use crate::{Reader, Result, Row, Tx, cell};

/// A password as stored: a salted argon2 hash in PHC form, made and compared by the caller. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its key, from [`crate::ids`].
    pub id: AccountId,
    /// 登录名, folded to lower case by the caller; unique.
    pub login: String,
    /// 姓名.
    pub name: String,
    /// The authority it works for; never changed.
    pub authority: AuthorityId,
    /// What it may do.
    pub role: Role,
    /// Its password.
    pub password: PasswordHash,
    /// Whether the next sign-in must set a new password.
    pub must_change: bool,
    /// 已停用: may not sign in.
    pub disabled: bool,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// Sign-in is refused before this moment.
    pub locked_until: Option<Instant>,
    /// When the password was set.
    pub password_set_at: Instant,
    /// When it signed in last.
    pub last_login_at: Option<Instant>,
    /// The address it signed in from last.
    pub last_login_from: Option<String>,
    /// When it was opened.
    pub created_at: Instant,
}

macro_rules! columns {
    () => {
        "account.id, account.login, account.name, account.authority_id, account.role, account.password,
        account.must_change, account.disabled, account.failures, account.locked_until, account.password_set_at,
        account.last_login_at, account.last_login_from, account.created_at"
    };
}
pub(crate) use columns;
/// How many columns [`read`] reads; what a statement adds stands behind them.
pub(crate) const COLUMNS: usize = 14;

/// Reads the columns of [`columns!`].
pub(crate) fn read(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        id: AccountId(row.int(0)?),
        login: cell::string(row, 1)?,
        name: cell::string(row, 2)?,
        authority: AuthorityId(row.int(3)?),
        role: Role::parse(row.text(4)?).ok_or_else(|| row.broken(4, "未知的角色"))?,
        password: PasswordHash(cell::string(row, 5)?),
        must_change: row.bool(6)?,
        disabled: row.bool(7)?,
        failures: cell::count(row, 8)?,
        locked_until: Some(row.int(9)?).filter(|it| *it != 0).map(Instant::from_micros),
        password_set_at: cell::instant(row, 10)?,
        last_login_at: row.opt_int(11)?.map(Instant::from_micros),
        last_login_from: row.opt_text(12)?.map(str::to_owned),
        created_at: cell::instant(row, 13)?,
    })
}

/// 0 stands for "not locked", so that the column can be compared in one condition.
fn locked(until: Option<Instant>) -> i64 {
    until.map_or(0, Instant::micros)
}

/// Opens an account. A taken login is [`crate::StoreError::Unique`] on `account.login`.
pub async fn create(tx: &Tx, account: &Account) -> Result<()> {
    let sql =
        "insert into account (id, login, name, authority_id, role, password, must_change, disabled, failures,
        locked_until, password_set_at, last_login_at, last_login_from, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let args = [
        account.id.0.into(),
        (&account.login).into(),
        (&account.name).into(),
        account.authority.0.into(),
        account.role.key().into(),
        (&account.password.0).into(),
        account.must_change.into(),
        account.disabled.into(),
        account.failures.into(),
        locked(account.locked_until).into(),
        account.password_set_at.micros().into(),
        account.last_login_at.map(Instant::micros).into(),
        account.last_login_from.as_deref().into(),
        account.created_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The account of a key.
pub async fn by_id(reader: Reader<'_>, id: AccountId) -> Result<Option<Account>> {
    let sql = concat!("select ", columns!(), " from account where account.id = $1");
    reader.query_one(sql, &[id.0.into()], read).await
}

/// The account of a login already folded to lower case.
pub async fn by_login(reader: Reader<'_>, login: &str) -> Result<Option<Account>> {
    let sql = concat!("select ", columns!(), " from account where account.login = $1");
    reader.query_one(sql, &[login.into()], read).await
}

/// One page of the accounts of an authority, or of all, by key after `after`.
pub async fn list(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Vec<Account>> {
    let after = after.map_or(i64::MIN, |it| it.0);
    match authority {
        Some(authority) => {
            let sql = concat!(
                "select ",
                columns!(),
                " from account where account.authority_id = $1 and account.id > $2 order by account.id limit $3"
            );
            reader.query(sql, &[authority.0.into(), after.into(), limit.into()], read).await
        }
        None => {
            let sql = concat!(
                "select ",
                columns!(),
                " from account where account.id > $1 order by account.id limit $2"
            );
            reader.query(sql, &[after.into(), limit.into()], read).await
        }
    }
}

/// Sets a new password in place of the one in `seen`; with `must_change` only until the next sign-in.
pub async fn set_password(
    tx: &Tx,
    seen: &Account,
    password: &PasswordHash,
    must_change: bool,
    now: Instant,
) -> Result<()> {
    let sql = "update account set password = $3, must_change = $4, password_set_at = $5
        where id = $1 and password = $2";
    let args = [
        seen.id.0.into(),
        (&seen.password.0).into(),
        (&password.0).into(),
        must_change.into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Sets wrong passwords in a row and the lock they lead to, if both still are as in `seen`: of two wrong passwords
/// at the same moment each is counted, by reading again after the conflict.
pub async fn set_failures(
    tx: &Tx,
    seen: &Account,
    failures: u32,
    locked_until: Option<Instant>,
) -> Result<()> {
    let sql = "update account set failures = $4, locked_until = $5
        where id = $1 and failures = $2 and locked_until = $3";
    let args = [
        seen.id.0.into(),
        seen.failures.into(),
        locked(seen.locked_until).into(),
        failures.into(),
        locked(locked_until).into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Disables an account, or enables it again; a conflict if it already is so.
pub async fn set_disabled(tx: &Tx, id: AccountId, disabled: bool) -> Result<()> {
    let sql = "update account set disabled = $2 where id = $1 and disabled = $3";
    tx.exec_one(sql, &[id.0.into(), disabled.into(), (!disabled).into()]).await
}

/// Changes role and name, if both still are as in `seen`.
pub async fn set_role_name(tx: &Tx, seen: &Account, role: Role, name: &str) -> Result<()> {
    let sql = "update account set role = $4, name = $5 where id = $1 and role = $2 and name = $3";
    let args =
        [seen.id.0.into(), seen.role.key().into(), (&seen.name).into(), role.key().into(), name.into()];
    tx.exec_one(sql, &args).await
}

/// Notes a sign-in: when, and from which address.
pub async fn touch_login(tx: &Tx, id: AccountId, now: Instant, from: &str) -> Result<()> {
    let sql = "update account set last_login_at = $2, last_login_from = $3 where id = $1";
    tx.exec_one(sql, &[id.0.into(), now.micros().into(), from.into()]).await
}
