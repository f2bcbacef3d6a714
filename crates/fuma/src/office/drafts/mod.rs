//! 制证赋码 › 新建 and 草稿: a form in five steps that can be left at any time, then the check and the assignment.

mod assigned;
mod face;
mod list;
mod pasted;
mod review;
mod rows;
mod save;
mod stance;
mod start;
mod step;

pub use assigned::{assign, assigned};
pub use face::{face, face_typed};
pub use list::{discard, discard_form, list};
pub use pasted::pasted;
pub use save::{annex, begin, save};
pub use stance::place_of;
pub use start::{create, start};
pub use step::step;

#[cfg(test)]
mod tests;
