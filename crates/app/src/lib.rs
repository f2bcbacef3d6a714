//! The verbs: who may, in which transaction, what is recorded. No HTTP, no SQL text.

pub mod sheet;
