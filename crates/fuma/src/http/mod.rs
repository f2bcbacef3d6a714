//! What all pages share: who calls, what a failure looks like, headers. No verb, no rule.

pub mod asker;
pub mod client;
pub mod error;
pub mod officer;
pub mod signature;
pub mod web;

pub use asker::{Answered, Asked};
pub use client::{Client, origin};
pub use error::{OfficeError, fault_reference};
pub use officer::{Officer, PasswordOnly};
pub use web::Web;
