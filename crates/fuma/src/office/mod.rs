//! The officers' site (architecture.md 3): pages behind the sign-in, in the words of the trade.
//!
//! Here stand the frame every page sits in, the parts pages are made of, and the two pages before the frame.

pub mod accounts;
pub mod admission;
pub mod authorities;
pub mod bodies;
pub mod bulletins;
pub mod certificates;
pub mod changes;
pub mod clients;
pub mod codes;
pub mod desk;
pub mod digest;
pub mod docking;
pub mod drafts;
mod field;
pub mod hooks;
pub mod imports;
pub mod inbox;
mod links;
pub mod log;
pub mod overview;
mod parts;
pub mod prints;
pub mod quality;
pub mod refusals;
mod refused;
mod said;
pub mod search;
pub mod session;
pub mod settings;
mod shell;
mod sign_in;
mod standing;
pub mod statistics;
pub mod supervision;
mod upload;
pub mod worklists;

pub use upload::Received;

pub use field::{FieldView, Input, Wrong, with_errors, wrong_fields};
pub use links::{attachment, streamed};
pub use parts::{Badge, DiffRow, FactView, ProblemList, ProgressView, StepView, TabView};
pub use refused::{Refused, recorded, ruled};
pub use said::back;
pub use shell::{Crumb, Flash, Menu, Shell, UserView};
pub use sign_in::{PasswordPage, SignInPage};

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod inbox_tests;
