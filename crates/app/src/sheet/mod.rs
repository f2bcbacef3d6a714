//! Spreadsheets: reading what people send, grouping it by certificate, and giving back templates and marked workbooks.
//!
//! Knows files and cells, not rules: what a cell may hold is judged by [`domain::Draft`]. Everything here is
//! synchronous and belongs on a blocking thread. The readers are our own because every size a file claims must be
//! checked before memory is taken for it, and because number formats and formulas without a result must be seen.

mod annex;
mod annotate;
mod assemble;
mod biff;
mod book;
mod cfb;
mod error;
mod format;
mod grid;
mod guard;
mod header;
mod intake;
mod labels;
mod marked;
mod ods;
#[cfg(test)]
mod oracle_tests;
mod paste;
mod pool;
mod refusals;
mod separated;
mod summary;
mod template;
mod xls;
mod xlsx;
mod xlsx_parts;
mod xml;

pub use annex::{Annex, Annexes, Recognised, read_annexes, recognise};
pub use annotate::{Keep, annotate};
pub use assemble::{Assembly, Entry, assemble};
pub use book::{Book, Table};
pub use error::SheetError;
pub use guard::{Kind, Limits, kind};
pub use header::Column;
pub use marked::marked;
pub use paste::read_pasted;
pub use refusals::refusals;
pub use separated::CsvSource;
pub use template::{csv_template, template};

use domain::{DateSystem, Raw};
use intake::Intake;

/// Reads a workbook, or a single CSV file; `name` is the file's name and says which table a CSV is.
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Book, SheetError> {
    let mut intake = Intake::new(limits);
    let dates = read_into(name, bytes, &mut intake)?;
    Book::assemble_tables(intake, dates, name)
}

/// Reads a set of CSV files, each one table, recognised by its name or header.
pub fn read_csv_set(files: &[(&str, CsvSource<'_>)], limits: &Limits) -> Result<Book, SheetError> {
    let mut intake = Intake::new(limits);
    for (name, source) in files {
        separated::read(&stem(name), *source, None, &mut intake)?;
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    Book::assemble_tables(intake, DateSystem::Y1900, &names.join("、"))
}

fn read_into(name: &str, bytes: &[u8], intake: &mut Intake<'_>) -> Result<DateSystem, SheetError> {
    match kind(bytes, intake.limits)? {
        Kind::Xlsx => xlsx::read(guard::Package::open(bytes, intake.limits)?, intake),
        Kind::Ods => ods::read(guard::Package::open(bytes, intake.limits)?, intake),
        Kind::Xls => xls::read(&cfb::Compound::open(bytes)?, intake),
        Kind::Csv => {
            guard::check_size(bytes.len() as u64, intake.limits)?;
            separated::read(&stem(name), CsvSource::Bytes(bytes), None, intake)?;
            Ok(DateSystem::Y1900)
        }
    }
}

/// A cell as plain text; a number as the file shows it.
fn text(raw: Option<Raw<'_>>) -> String {
    match raw {
        Some(Raw::Text(text)) => text.trim().to_owned(),
        Some(Raw::Number { value, shown: "" }) => value.to_string(),
        Some(Raw::Number { shown, .. }) => shown.to_owned(),
        Some(Raw::Day(day)) => day.to_string(),
        Some(Raw::Unreadable(_)) | None => String::new(),
    }
}

/// A file's name without folder and extension.
fn stem(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}
