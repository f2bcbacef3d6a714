//! 账号与权限: the accounts of an authority, the one-time slips, and the table of who may do what.

pub mod change;
pub mod list;
mod rights;
mod slip;

#[cfg(test)]
mod tests;

use crate::http::Officer;
use app::AppError;
use domain::{AccountId, Answer, AuthorityId, Role, may_keep_account};

/// The account of an address.
fn account(text: &str) -> Result<AccountId, AppError> {
    text.parse().map(AccountId).map_err(|_| AppError::NotFound)
}

/// The roles this officer may give at an authority, as (value, label).
fn roles(officer: &Officer, authority: AuthorityId) -> Vec<(String, String)> {
    let keeps = |role: &Role| may_keep_account(&officer.ctx.actor, *role, authority) == Answer::Allowed;
    Role::ALL.into_iter().filter(keeps).map(|role| (role.key().to_owned(), role.label().to_owned())).collect()
}
