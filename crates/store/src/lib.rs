//! The only crate that knows SQL: one SQL text and one body for SQLite and PostgreSQL.
//!
//! [`Db`] and [`Tx`] are the two handles, [`Val`] goes in, [`Row`] comes out, [`StoreError`] says why not. Every
//! difference between the engines stands in `dialect.rs`; `lite.rs` and `pg.rs` only move bytes.
pub mod access;
pub mod account;
pub mod alike;
pub mod batch;
pub mod batch_answer;
pub mod batch_line;
pub mod batch_problem;
pub mod body;
pub mod call_batch;
mod cell;
pub mod certificate;
pub mod client;
pub mod collected;
pub mod content;
pub mod counter;
mod db;
pub mod delivery;
mod dialect;
pub mod docking;
pub mod draft;
pub mod emergency;
mod error;
pub mod event;
pub mod excerpt;
pub mod feed;
pub mod figures;
pub mod hook;
pub mod ids;
pub mod inbox;
pub mod item;
pub mod job;
pub mod kin;
pub mod link;
mod lite;
pub mod meta;
mod migrate;
pub mod old_password;
pub mod open_data;
pub mod open_rows;
pub mod personal;
mod pg;
pub mod print;
pub mod record;
pub mod reservation;
pub mod scan;
pub mod session;
mod snapshot;
pub mod tables;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
pub mod upload;
mod value;

pub use db::{Db, OpenOptions, Reader, Rows, Urgency};
pub use error::{Result, StoreError};
pub use lite::Lite;
pub use migrate::Migration;
pub use pg::Pg;
pub use snapshot::Snapshot;
pub use tx::Tx;
pub use value::{Kind, Row, Val};
