//! 机构: a body found by its code, and its page with all its certificates in the country.

pub mod body;
pub mod find;

#[cfg(test)]
mod tests;

use domain::BodyId;

/// The page of a body.
pub fn href(id: BodyId) -> String {
    format!("/office/bodies/{id}")
}
