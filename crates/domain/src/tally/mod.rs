//! 统计: what is counted of the questions that the registry is asked and of what is done in it, and by what.
//!
//! A figure has one name here, one key in the database and the interface, one word and one definition that every page
//! shows beside it (notice.md N4.3.1: queries and scans of each province are counted and made known).

mod agent;
mod answer;
mod log;
mod measure;
mod networks;
mod seen;
mod sketch;
#[cfg(any(test, feature = "testing"))]
pub mod traffic;

pub use agent::told_by;
pub use answer::Answer;
pub use log::{BodySeen, Log, pack_bodies, unpack_bodies};
pub use measure::{Agent, Device, Dimension, Measure, Sort, Way};
pub use networks::{NetworkProblem, Networks};
pub use seen::{Hour, Seen, UNKNOWN, Value};
pub use sketch::{Raised, Sketch};
