//! 统计: what is counted of the questions that the registry is asked and of what is done in it, and by what.
//!
//! A figure has one name here, one key in the database and the interface, one word and one definition that every page
//! shows beside it (notice.md N4.3.1: queries and scans of each province are counted and made known).

mod measure;
mod sketch;

pub use measure::{Agent, Device, Dimension, Measure};
pub use sketch::{Raised, Sketch};
