//! The sheet 错误汇总: every problem in one list that can be sorted and filtered.

use super::SheetError;
use super::annotate::Moved;
use super::book::{Book, Table};
use super::header::SUMMARY_SHEET;
use domain::{Field, Place, Problem, Raw, column_letters, visible};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatUnderline, Worksheet};
use std::borrow::Cow;

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
/// Excel opens no sheet with more links than 65,530.
const MOST_LINKS: u32 = 65_000;

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
    let linked = top.clone().set_font_color(0x0563C1).set_underline(FormatUnderline::Single);
    let mut row = 0;
    for problem in sorted.iter().take(MOST_LINES) {
        row += 1;
        let place = Found::new(book, names, moved, problem.place);
        sheet.write_string_with_format(row, 0, problem.severity.label(), &top)?;
        sheet.write_string_with_format(row, 1, &place.sheet, &top)?;
        match place.link().filter(|_| row <= MOST_LINKS) {
            Some(link) => {
                // The link stays with the cell when the number is written over its text: rows must sort as numbers.
                sheet.write_url_with_format(row, 2, link.as_str(), &linked)?;
                sheet.write_number_with_format(row, 2, place.row, &linked)?;
            }
            None if place.row > 0 => {
                sheet.write_number_with_format(row, 2, place.row, &top)?;
            }
            None => (),
        }
        sheet.write_string_with_format(row, 3, column(&place, problem.place), &top)?;
        sheet.write_string_with_format(row, 4, value(book, &place, problem), &wrap)?;
        sheet.write_string_with_format(row, 5, visible(&problem.message), &wrap)?;
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

/// Where a problem stands in the workbook that comes back.
struct Found<'b> {
    sheet: String,
    /// 1-based row; 0 where there is none.
    row: u32,
    /// 0-based column, also where the problem names only the field.
    column: Option<u16>,
    table: Option<&'b Table>,
}

impl<'b> Found<'b> {
    fn new(book: &'b Book, names: &[String], moved: &Moved, place: Place) -> Found<'b> {
        let Some(table) = book.table(place.group) else {
            return Found {
                sheet: place.group.sheet().to_owned(),
                row: place.row,
                column: place.column,
                table: None,
            };
        };
        let row = place
            .row
            .checked_sub(1)
            .and_then(|row| moved.get(&(table.grid, row)))
            .map_or(place.row, |row| row + 1);
        let column = place.column.or_else(|| table.column(place.field?));
        Found { sheet: names[table.grid].clone(), row, column, table: Some(table) }
    }

    /// The address of the cell, or of its row where no cell is meant.
    fn link(&self) -> Option<String> {
        let letters = column_letters(self.column.unwrap_or(0));
        let sheet = self.sheet.replace('\'', "''");
        (self.table.is_some() && self.row > 0).then(|| format!("internal:'{sheet}'!{letters}{}", self.row))
    }
}

/// Letter and header: `F 证书编号`.
fn column(found: &Found<'_>, place: Place) -> String {
    let letters = found.column.map(column_letters).unwrap_or_default();
    let label = place.field.map_or("", Field::label);
    format!("{letters} {label}").trim().to_owned()
}

/// What the problem says was there, else what stands in the cell. Personal fields are not repeated outside their own.
fn value<'p>(book: &Book, found: &Found<'_>, problem: &'p Problem) -> Cow<'p, str> {
    if problem.place.field.is_some_and(Field::personal) {
        return Cow::Borrowed("");
    }
    if !problem.value.is_empty() {
        return visible(&problem.value);
    }
    let (Some(table), Some(column)) = (found.table, found.column) else { return Cow::Borrowed("") };
    // Where it stood when it was read, not where it comes back.
    let grid = &book.grids[table.grid];
    let row = problem.place.row.checked_sub(1).and_then(|row| grid.find(row));
    let raw = row.and_then(|row| book.pool.raw(grid.cell(row, usize::from(column))));
    Cow::Owned(raw.map(Raw::shown).unwrap_or_default())
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
