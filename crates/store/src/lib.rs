//! The only crate that knows SQL: one SQL text and one body for SQLite and PostgreSQL.
//!
//! [`Db`] and [`Tx`] are the two handles, [`Val`] goes in, [`Row`] comes out, [`StoreError`] says why not. Every
//! difference between the engines stands in `dialect.rs`; `lite.rs` and `pg.rs` only move bytes.
pub mod body;
pub mod certificate;
pub mod content;
mod db;
mod dialect;
mod error;
pub mod event;
pub mod ids;
pub mod item;
mod lite;
pub mod meta;
mod migrate;
mod pg;
pub mod tables;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod value;

pub use db::{Db, OpenOptions, Reader, Rows, Tx, Urgency};
pub use error::{Result, StoreError};
pub use lite::Lite;
pub use migrate::Migration;
pub use pg::Pg;
pub use value::{Kind, Row, Val};
