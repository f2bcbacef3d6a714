//! What is true of a certificate: numbers, codes, days, content, statuses and the rules between them.
//!
//! Pure by contract: nothing here reads a clock, draws entropy, or touches a file, a socket or a database.

mod code;
mod content;
pub mod field;
pub mod kind;
mod ids;
mod plan;
mod problem;
mod raw;
mod rights;
pub mod status;
mod tables;
mod day;
mod draft;
mod event;
#[cfg(test)]
mod fixture;
mod day_text;
mod number;
mod standard;
mod standard_prefix;
mod standard_text;
mod text;
mod two;
mod uscc;
mod verdict;

pub use code::{Code, CodeError};
pub use content::{
    Capability, Content, Division, Face, Identity, Instrument, Item, LegalKind, LegalSort, Parent, Procedure, Signatory, Site, Staff,
};
pub use draft::{Draft, MAX_PROBLEMS, Parsed, Personal, Secret, Setting};
pub use event::{Event, EventKind, Object};
pub use ids::{AccountId, BatchId, BodyId, CertificateId, DraftId, JobId, PersonId};
pub use plan::{Diff, Found, Plan, Replaced, Standing, diff, merged, plan};
pub use rights::{Action, Actor, Answer, Door, Role, Scope, may, may_keep_account};
pub use field::{Field, Group, Need, Shape, header_key};
pub use kind::{Kind, Kinds, KindsError};
pub use problem::{Place, Problem, Severity};
pub use raw::{Raw, RawCertificate, RawRow};
pub use tables::{Authority, AuthorityCode, AuthorityId, Level, Tables};
pub use status::{Act, Status, StatusAct, StatusError, StatusWord, Suspension};
pub use day::{DateSystem, Day, DayError, Instant};
pub use number::{Number, NumberError, NumberKind, NumberParts};
pub use two::{Two, TwoError};
pub use standard::{StandardNumber, normalise_standard, standard_numbers};
pub use standard_text::{StandardText, split_standard_text};
pub use text::{TextError, clean, fold_width, group_digits, name_key};
pub use uscc::{OrgCode, OrgCodeError, Uscc, UsccError};
pub use verdict::{Check, CheckName, Held, Lookup, Mark, Outcome, Record, Shown, Tone, Verdict, VerdictWord};
