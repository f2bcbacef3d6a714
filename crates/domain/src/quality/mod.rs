//! 数据质量: what is wrong, missing or doubtful on certificates that are there, most of them taken over as they were. Rules are
//! data ([`QualityRule`]); what the funnel refuses of new certificates is asked by the same functions (`crate::fits`).
//!
//! Rows are handed in one by one ([`Look`]), so that a certificate of a hundred thousand rows costs no more memory than one of
//! ten; what depends on an item alone is judged once an item ([`ItemFlaws`]), since many certificates share it.

mod item;
mod look;
mod mend;
mod rule;
mod tidy;

pub use item::ItemFlaws;
pub use look::{CapabilityRow, Flaw, InstrumentRow, Lens, Look, Looked, SignatoryRow, StaffRow, look_at};
pub use mend::mend;
pub use rule::{QualityRule, RULES_VERSION};

#[cfg(test)]
mod tests;
