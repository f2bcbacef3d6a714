//! 不予许可记录: the refusals of an authority, recorded and taken back; the nation reads those of all.

pub mod list;
pub mod one;

#[cfg(test)]
mod tests;

use domain::RefusalId;

/// The page of a refusal.
pub fn href(id: RefusalId) -> String {
    format!("/office/refusals/{id}")
}
