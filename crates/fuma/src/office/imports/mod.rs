//! 制证赋码 › 导入: upload, preview, commit, result.

mod acts;
mod detail;
mod list;
mod plan;
mod sorts;

pub use acts::{annotated, annul, commit, discard, recheck};
pub use detail::detail;
pub use list::{csv_template, list, template, upload};

#[cfg(test)]
mod tests;
