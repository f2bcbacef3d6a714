//! 查询结果, as both sites show it: what the address asks for, and what was found as plain data for templates. Public pages and
//! officers' pages differ in frame and in how far they see, not in this.

mod asked;
mod view;

pub use asked::{Asked, Tab, key, read, word};
pub use view::{ResultView, Results, label};
