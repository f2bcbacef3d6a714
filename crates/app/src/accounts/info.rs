//! Accounts as they come in and go out: no type here holds a password but the slip.

use domain::{AccountId, AuthorityId, Instant, Role, Secret};
use store::account::Account;

/// Days after which a password must be changed (domain.md 5.3).
const PASSWORD_DAYS: i64 = 90;
/// An account to be opened.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// 登录名; folded to lower case.
    pub login: String,
    /// 姓名.
    pub name: String,
    /// The authority it works for.
    pub authority: AuthorityId,
    /// What it may do.
    pub role: Role,
}

/// What an administrator hands over on paper: shown once, stored nowhere.
#[derive(Clone, Debug)]
pub struct Slip {
    /// The account.
    pub account: AccountId,
    /// 登录名.
    pub login: String,
    /// 姓名.
    pub name: String,
    /// Name of the authority.
    pub authority: String,
    /// What it may do.
    pub role: Role,
    /// The one-time password; the first sign-in must change it.
    pub password: Secret,
}

/// An account as it is shown: everything but the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Its key.
    pub id: AccountId,
    /// 登录名.
    pub login: String,
    /// 姓名.
    pub name: String,
    /// The authority it works for.
    pub authority: AuthorityId,
    /// What it may do.
    pub role: Role,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// 已停用.
    pub disabled: bool,
    /// Sign-in is refused until then; none if it is not locked now.
    pub locked_until: Option<Instant>,
    /// When it signed in last.
    pub last_login_at: Option<Instant>,
    /// From where it signed in last.
    pub last_login_from: Option<String>,
    /// When it was opened.
    pub created_at: Instant,
}

impl AccountInfo {
    pub(super) fn of(account: Account, now: Instant) -> AccountInfo {
        AccountInfo {
            must_change: must_change(&account, now),
            locked_until: account.locked_until.filter(|until| *until > now),
            id: account.id,
            login: account.login,
            name: account.name,
            authority: account.authority,
            role: account.role,
            disabled: account.disabled,
            last_login_at: account.last_login_at,
            last_login_from: account.last_login_from,
            created_at: account.created_at,
        }
    }
}

/// A slip's password must be changed, and so must one older than 90 days (domain.md 5.3).
pub(super) fn must_change(account: &Account, now: Instant) -> bool {
    account.must_change || account.password_set_at.plus_seconds(PASSWORD_DAYS * 86_400) <= now
}
