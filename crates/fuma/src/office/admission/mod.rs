//! 许可核查: a check by code or name, and of a draft; what it found with links, and the 核查单 to be signed.

pub mod draft;
pub mod find;
mod view;

#[cfg(test)]
mod tests;

pub use view::CheckView;
