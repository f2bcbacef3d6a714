//! `/office/quality`: 数据质量, what the rules find in certificates in force, by rule, and how it is put right.

pub mod board;
pub mod rule;
mod spark;

use crate::http::Officer;
use crate::http::web::Web;
use domain::{AuthorityId, Severity, Tone};
use spark::Spark;

/// Where it is.
const PATH: &str = "/office/quality";

/// Whose certificates the address names; only the national authority may name any.
fn named(text: &str) -> Option<AuthorityId> {
    text.parse().ok().map(AuthorityId)
}

/// A choice of whose certificates are shown: the whole country, then every authority.
fn choices(web: &Web, officer: &Officer, chosen: Option<AuthorityId>) -> Vec<(String, String, bool)> {
    if !officer.national() {
        return Vec::new();
    }
    let tables = web.app.tables();
    let each =
        tables.authorities.iter().map(|it| (it.id.0.to_string(), it.name.clone(), chosen == Some(it.id)));
    std::iter::once((String::new(), "全国".to_owned(), chosen.is_none())).chain(each).collect()
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Notice => Tone::Neutral,
    }
}

/// `12.5`, from tenths.
fn tenths(n: u64) -> String {
    format!("{}.{}", domain::group_digits(n / 10), n % 10)
}

/// The address of a page of quality, for an authority.
fn href(path: &str, authority: Option<AuthorityId>) -> String {
    match authority {
        Some(id) => format!("{PATH}{path}?authority={}", id.0),
        None => format!("{PATH}{path}"),
    }
}

#[cfg(test)]
mod tests;
