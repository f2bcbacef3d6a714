//! 通报: what the national level makes known of the provinces' work in a month, a quarter or a year (notice.md N4.3.1).
//!
//! Everything a bulletin says is reckoned from its [`Aggregates`], whole numbers that are kept with it in a form of their own
//! bytes: whoever has them can make every figure, ratio and rank again.

mod aggregates;
mod canonical;
mod flow;
mod indicator;
mod period;
mod reckoned;
mod text;

#[cfg(test)]
mod tests;

pub use aggregates::{Aggregates, AskedOf, Counts, Docked, QualityCounts, Row};
pub use canonical::AggregatesError;
pub use flow::{ReplyKind, State, Step, StepError, done_by};
pub use indicator::{Better, Gap, Indicator, TIMELY_DAYS, Value};
pub use period::{Period, Span};
pub use reckoned::{Cell, Column, Line, PARTS, Placing, Reckoned, columns};
pub use text::drafted;

/// Key of a bulletin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct BulletinId(pub i64);

impl std::fmt::Display for BulletinId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
