//! 对接: where the authority stands, its feedback form, and the board of all. Systems and secrets are in `clients`.

pub mod board;
pub mod form;
pub mod stand;

#[cfg(test)]
mod tests;

use super::TabView;
use crate::http::Officer;
use app::AppError;
use domain::{Action, AuthorityId};

/// The pages of 对接 that this officer may open; `here` is the address of this one.
pub fn tabs(officer: &Officer, here: &str) -> Vec<TabView> {
    let all = [
        ("对接情况", "/office/docking", Action::DockingRead),
        ("反馈表", "/office/docking/form", Action::DockingRead),
        ("接口系统", "/office/clients", Action::ClientRead),
        ("全国看板", "/office/docking/board", Action::CollectionRead),
    ];
    let may = all.into_iter().filter(|(_, _, action)| officer.can(*action));
    may.map(|(label, href, _)| TabView { label: label.into(), href: href.into(), here: href == here })
        .collect()
}

/// The authority of an address: the officer's own where it names none.
fn authority(officer: &Officer, text: &str) -> Result<AuthorityId, AppError> {
    match text.trim() {
        "" => officer.ctx.authority(),
        text => text.parse().map(AuthorityId).map_err(|_| AppError::NotFound),
    }
}
