//! The only crate that knows SQL: one SQL text and one body for SQLite and PostgreSQL.
//!
//! [`Db`] and [`Tx`] are the two handles, [`Val`] goes in, [`Row`] comes out, [`StoreError`] says why not. Every
//! difference between the engines stands in `dialect.rs`; `lite.rs` and `pg.rs` only move bytes.
pub mod body;
pub mod certificate;
pub mod content;
pub mod event;
pub mod ids;
pub mod item;
pub mod meta;
pub mod tables;
mod db;
mod dialect;
mod error;
mod lite;
mod migrate;
mod pg;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod value;

pub use db::{Db, OpenOptions, Reader, Rows, Tx, Urgency};
pub use error::{Result, StoreError};
pub use lite::Lite;
pub use migrate::Migration;
pub use pg::Pg;
pub use value::{Kind, Row, Val};
