//! Finished files, looked at from outside: certificates; slips, codes, test sheets and fonts. New tests go beside the like.

mod bulletin_sheet;
mod certificate;
mod check_sheet;
mod fixtures;
mod notice;
mod slip;
mod tools;
