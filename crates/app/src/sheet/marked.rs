//! The marked workbook of files that were only checked: nothing was kept of them but what the check said.

use super::{Book, CsvSource, Keep, Limits, SheetError, annotate, assemble, read, read_csv_set};
use domain::{Group, Place, Problem};
use std::path::PathBuf;
use store::batch_problem::BatchProblem;

/// The workbook of files of this machine with the problems of their check marked, as the page gives it.
///
/// # Errors
/// [`SheetError`] if the files can no longer be read.
pub fn marked(paths: &[PathBuf], listed: &[BatchProblem]) -> Result<Vec<u8>, SheetError> {
    let limits = Limits::command_line();
    let name =
        |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let csv = paths.iter().all(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")));
    let mut book = match paths {
        [one] if !csv => read(&name(one), &std::fs::read(one).map_err(SheetError::Io)?, &limits)?,
        many => {
            let names: Vec<String> = many.iter().map(name).collect();
            let set: Vec<_> =
                names.iter().map(String::as_str).zip(many.iter().map(|p| CsvSource::File(p))).collect();
            read_csv_set(&set, &limits)?
        }
    };
    let problems: Vec<Problem> = listed.iter().filter_map(|it| placed(&book, it)).collect();
    let assembly = assemble(&mut book)?;
    annotate(&book, &assembly, &problems, Keep::All)
}

/// A listed problem at its place again; none if the file has no such sheet any more.
fn placed(book: &Book, it: &BatchProblem) -> Option<Problem> {
    let own = book.tables.iter().find(|table| table.sheet == it.sheet).map(|table| table.group);
    let group = own.or_else(|| Group::ALL.into_iter().find(|group| group.sheet() == it.sheet))?;
    let field = group.fields().find(|field| field.label() == it.field);
    let column = (!it.column.is_empty()).then(|| {
        // Letters count in base 26 without a zero: A is 1, AA is 27.
        let place =
            |sum: u16, letter: u8| sum.saturating_mul(26).saturating_add(u16::from(letter - b'A') + 1);
        it.column.bytes().filter(u8::is_ascii_uppercase).fold(0, place).saturating_sub(1)
    });
    Some(Problem {
        severity: it.severity,
        place: Place { group, row: it.row, column, field },
        // Nothing that is drawn depends on the word.
        code: "listed",
        value: it.value.clone(),
        message: it.message.clone(),
        hint: it.hint.clone(),
    })
}
