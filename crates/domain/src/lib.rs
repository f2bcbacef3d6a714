//! What is true of a certificate: numbers, codes, days, content, statuses and the rules between them.
//!
//! Pure by contract: nothing here reads a clock, draws entropy, or touches a file, a socket or a database.

mod address;
pub mod admission;
mod alike;
pub mod bulletin;
mod code;
mod content;
mod coverage;
mod day;
mod day_text;
mod draft;
pub mod draw;
mod event;
mod excerpt;
pub mod field;
mod fits;
#[cfg(test)]
mod fixture;
mod ids;
mod inspection;
pub mod kind;
mod moment;
mod number;
mod numeral;
mod pair;
mod plan;
mod problem;
pub mod quality;
mod raw;
mod rights;
mod sight;
mod standard;
mod standard_prefix;
mod standard_text;
pub mod status;
mod tables;
pub mod tally;
mod text;
mod two;
mod uscc;
mod verdict;

pub use address::AddressShape;
pub use alike::{Alike, CROWD, NameShape};
pub use code::{Code, CodeError, Realm};
pub use content::{
    Capability, Content, Division, Face, Identity, Instrument, Item, LegalKind, LegalSort, Parent, Procedure,
    Signatory, Site, Staff,
};
pub use coverage::{Cover, Equipped};
pub use day::{DateSystem, Day, DayError, Instant};
pub use draft::{
    Draft, Glance, Illegible, MAX_PROBLEMS, Parsed, Peek, Personal, Rows, Secret, Setting, day_of_number,
    legible,
};
pub use event::{Event, EventKind, Object};
pub use excerpt::{EXCERPT_ROWS, Excerpt, ExcerptRow, ExcerptSite};
pub use field::{Field, Group, Need, Shape, header_key};
pub use ids::{
    AccountId, BatchId, BodyId, CertificateId, ClientId, DraftId, DrawId, HookId, InspectionId, InspectorId,
    JobId, NoticeId, PersonId, RectificationId, RefusalId,
};
pub use inspection::{InspectionKind, InspectionResult, NoticeKind, RectificationStep};
pub use kind::{Kind, Kinds, KindsError};
pub use number::{Number, NumberError, NumberKind, NumberParts};
pub use numeral::{category_name, split_numeral};
pub use pair::{Doubt, PairGround, Sided, doubts, org_key, pair_ground};
pub use plan::{Beside, Diff, Found, Plan, Replaced, Standing, TWO_CERTIFICATES, diff, merged, plan};
pub use problem::{Place, Problem, Severity, column_letters};
pub use raw::{Raw, RawCertificate, RawRow};
pub use rights::{Action, Actor, Answer, Door, Grant, Grants, Role, Scope, may, may_keep_account};
pub use sight::{Concern, Ground, Part, Presence, Sight, concern, ground, is_told};
pub use standard::{StandardNumber, normalise_standard, standard_numbers, standard_spans};
pub use standard_text::{StandardText, split_standard_text};
pub use status::{Act, Status, StatusAct, StatusError, StatusWord, Suspension};
pub use tables::{Authority, AuthorityCode, AuthorityId, Level, Tables};
pub use text::{TextError, clean, fold_width, group_digits, name_key, visible};
pub use two::{Two, TwoError};
pub use uscc::{OrgCode, OrgCodeError, Uscc, UsccError, uscc_slips};
pub use verdict::{
    Check, CheckName, Coming, Held, Lookup, Mark, Outcome, Reason, Record, Shown, Tone, Verdict, VerdictWord,
};
