//! print
mod font;
mod text;
pub use font::{DEBIAN_COMMAND, FontError, FontFile, FontPaths, FontSet, Style};
