//! print
mod canvas;
mod document;
mod drawing;
mod font;
pub mod qr;
mod sheet;
mod table;
mod template;
mod text;
pub use document::{AuthorityPrint, Document, Output, Paper, Parts, PrintError, Profile};
pub use font::{DEBIAN_COMMAND, FontError, FontFile, FontPaths, FontSet, Style};
