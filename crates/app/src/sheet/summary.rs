//! The sheet 错误汇总: every problem in one list that can be sorted and filtered.

use super::SheetError;
use super::annotate::Moved;
use super::book::Book;
use super::header::SUMMARY_SHEET;
use domain::{Place, Problem, Severity};
use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet};

const HEADS: [(&str, f64); 7] = [
    ("级别", 8.0),
    ("工作表", 14.0),
    ("行", 8.0),
    ("列", 24.0),
    ("值", 28.0),
    ("问题", 60.0),
    ("怎么改", 60.0),
];
/// A longer list helps nobody; the last line says how many there are.
const MOST_LINES: usize = 100_000;

/// Writes the list. Rows are those of the workbook that comes back.
pub(super) fn write(
    sheet: &mut Worksheet,
    book: &Book,
    problems: &[Problem],
    names: &[String],
    moved: &Moved,
) -> Result<(), SheetError> {
    sheet.set_name(SUMMARY_SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold().set_background_color(Color::RGB(0xEAECF0));
    for (column, (title, width)) in (0_u16..).zip(HEADS) {
        sheet.write_string_with_format(0, column, title, &head)?;
        sheet.set_column_width(column, width)?;
    }
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|p| (p.place.group, p.place.row, p.place.column));
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    let mut row = 0;
    for problem in sorted.iter().take(MOST_LINES) {
        row += 1;
        let (name, number) = place(book, names, moved, problem.place);
        sheet.write_string_with_format(row, 0, level(problem.severity), &top)?;
        sheet.write_string_with_format(row, 1, name, &top)?;
        if number > 0 {
            sheet.write_number_with_format(row, 2, number, &top)?;
        }
        sheet.write_string_with_format(row, 3, column(problem.place), &top)?;
        sheet.write_string_with_format(row, 4, value(problem), &wrap)?;
        sheet.write_string_with_format(row, 5, &problem.message, &wrap)?;
        sheet.write_string_with_format(row, 6, &problem.hint, &wrap)?;
    }
    sheet.autofilter(0, 0, row.max(1), HEADS.len() as u16 - 1)?;
    if sorted.len() > MOST_LINES {
        let more =
            format!("共 {} 个问题，此处列出前 {MOST_LINES} 个；改正后重新上传可看到其余", sorted.len());
        sheet.write_string(row + 1, 0, more)?;
    }
    Ok(())
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "错误",
        Severity::Warning => "提醒",
        Severity::Notice => "说明",
    }
}

fn place(book: &Book, names: &[String], moved: &Moved, place: Place) -> (String, u32) {
    let Some(table) = book.table(place.group) else { return (place.group.sheet().to_owned(), place.row) };
    let row = place
        .row
        .checked_sub(1)
        .and_then(|row| moved.get(&(table.grid, row)))
        .map_or(place.row, |row| row + 1);
    (names[table.grid].clone(), row)
}

fn column(place: Place) -> String {
    let letters = place.column_letters();
    match place.field {
        Some(field) if letters.is_empty() => field.label().to_owned(),
        Some(field) => format!("{letters} {}", field.label()),
        None => letters,
    }
}

/// Personal fields are not repeated outside their own cell.
fn value(problem: &Problem) -> &str {
    if problem.place.field.is_some_and(|field| field.personal()) { "" } else { &problem.value }
}

/// A name for each sheet that Excel accepts: at most 31 characters, none of []:*?/\, no two alike.
pub(super) fn sheet_names(book: &Book) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, grid) in book.grids.iter().enumerate() {
        let bad = |c: char| matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control();
        let name = grid.name.trim_matches('\'');
        let fits = !name.is_empty() && name.encode_utf16().count() <= 31 && !name.contains(bad);
        let taken =
            |name: &str, names: &[String]| names.iter().any(|n| n.to_lowercase() == name.to_lowercase());
        let table = book.tables.iter().find(|t| t.grid == at).map(|t| t.group.sheet().to_owned());
        let fallback = table.unwrap_or_else(|| format!("表{}", at + 1));
        let wanted = if fits { name.to_owned() } else { fallback };
        names.push(if taken(&wanted, &names) { format!("表{}-{}", at + 1, names.len()) } else { wanted });
    }
    names
}
