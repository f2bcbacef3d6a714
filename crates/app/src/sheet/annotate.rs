//! The workbook that comes back: the same sheets, rows and values, with what is wrong marked where it is.
//!
//! Uploaded again it is read as the original was, because what is added here is ignored by name (header.rs).

use super::assemble::Assembly;
use super::book::{Book, Table};
use super::format::Format as NumberFormat;
use super::header::{PROBLEM_COLUMN, SUMMARY_SHEET, is_ours};
use super::summary;
use super::{Limits, SheetError};
use domain::{DateSystem, Day, Problem, Raw, Severity, Shape};
use rust_xlsxwriter::{Color, Format, FormatAlign, Formula, Note, Workbook, Worksheet};
use rustc_hash::{FxHashMap, FxHashSet};

/// More notes than this make spreadsheets slow; the summary has all problems.
const MOST_NOTES: usize = 5_000;
/// Above so many cells rows are written to disk as they come.
const IN_MEMORY: usize = 300_000;
/// Excel's last row.
const LAST_ROW: u32 = 1_048_576;
/// Days between the two date systems.
const BETWEEN_SYSTEMS: f64 = 1462.0;

/// Which rows come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// All, each in its old row.
    All,
    /// Only those of certificates with errors, closed up; to be corrected and imported alone.
    OnlyErrors,
}

/// Writes the marked workbook. `problems` may come from the book, the assembly and the funnel alike.
pub fn annotate(
    book: &Book,
    assembly: &Assembly,
    problems: &[Problem],
    keep: Keep,
) -> Result<Vec<u8>, SheetError> {
    let mut workbook = Workbook::new();
    let mut pen = Pen { book, formats: FxHashMap::default(), notes: 0 };
    let marked = Marked::new(book, problems);
    let kept = (keep == Keep::OnlyErrors).then(|| kept_rows(book, assembly, &marked));
    let cells: usize = book.grids.iter().map(|g| g.len()).sum::<usize>() * 10;
    let mut rows = FxHashMap::default();
    let names = summary::sheet_names(book);
    for (at, grid) in book.grids.iter().enumerate() {
        if grid.name.trim() == SUMMARY_SHEET {
            continue;
        }
        let large = cells > IN_MEMORY;
        let sheet = if large { workbook.add_worksheet_with_low_memory()? } else { workbook.add_worksheet() };
        sheet.set_name(&names[at])?;
        let table = book.tables.iter().find(|t| t.grid == at);
        let wanted = kept.as_ref().filter(|_| table.is_some()).map(|k| &k[at]);
        pen.sheet(sheet, at, table, &marked, wanted, &mut rows)?;
    }
    summary::write(workbook.add_worksheet(), book, problems, &names, &rows)?;
    Ok(workbook.save_to_buffer()?)
}

/// Problems by the place they mark: grid, 0-based row.
struct Marked<'p> {
    rows: FxHashMap<(usize, u32), Vec<&'p Problem>>,
}

impl<'p> Marked<'p> {
    fn new(book: &Book, problems: &'p [Problem]) -> Marked<'p> {
        let mut rows: FxHashMap<(usize, u32), Vec<&Problem>> = FxHashMap::default();
        for problem in problems {
            if let (Some(table), Some(row)) =
                (book.table(problem.place.group), problem.place.row.checked_sub(1))
            {
                rows.entry((table.grid, row)).or_default().push(problem);
            }
        }
        Marked { rows }
    }

    fn at(&self, grid: usize, row: u32) -> &[&'p Problem] {
        self.rows.get(&(grid, row)).map_or(&[], Vec::as_slice)
    }

    fn stops(&self, grid: usize, row: u32) -> bool {
        self.at(grid, row).iter().any(|p| p.stops())
    }
}

/// For each grid the rows (by index) that belong to certificates with errors, or are wrong and belong to none.
fn kept_rows(book: &Book, assembly: &Assembly, marked: &Marked<'_>) -> Vec<FxHashSet<u32>> {
    let mut kept: Vec<FxHashSet<u32>> = book.grids.iter().map(|_| FxHashSet::default()).collect();
    for entry in &assembly.entries {
        let own: Vec<(usize, u32)> = book
            .tables
            .iter()
            .flat_map(|table| {
                entry.rows_in(table.group).into_iter().map(|i| (table.grid, table.rows[i as usize]))
            })
            .collect();
        let wrong = |(grid, i): &(usize, u32)| marked.stops(*grid, book.grids[*grid].number(*i as usize));
        if own.iter().any(wrong) {
            for (grid, i) in own {
                kept[grid].insert(i);
            }
        }
    }
    for table in &book.tables {
        let grid = &book.grids[table.grid];
        let lost = table.rows.iter().filter(|i| marked.stops(table.grid, grid.number(**i as usize)));
        kept[table.grid].extend(lost);
    }
    kept
}

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Look {
    Plain,
    Header,
    Wrong(Severity),
}

/// Writes cells; makes each format once.
struct Pen<'b> {
    book: &'b Book,
    formats: FxHashMap<(String, Look), Format>,
    notes: usize,
}

/// Old place (grid, 0-based row) to new 0-based row, where it changed.
pub(super) type Moved = FxHashMap<(usize, u32), u32>;

impl Pen<'_> {
    fn sheet(
        &mut self,
        sheet: &mut Worksheet,
        at: usize,
        table: Option<&Table>,
        marked: &Marked<'_>,
        wanted: Option<&FxHashSet<u32>>,
        moved: &mut Moved,
    ) -> Result<(), SheetError> {
        let grid = &self.book.grids[at];
        let column = table.and_then(|table| self.problem_column(table));
        set_widths(sheet, table, column)?;
        let mut next = 0;
        for i in 0..grid.len() {
            let number = grid.number(i);
            let header = table.is_some_and(|t| number < t.header_row);
            if wanted.is_some_and(|wanted| !header && !wanted.contains(&(i as u32))) {
                continue;
            }
            // Rows up to the header keep their places, so that the header stays where it was.
            let row = if wanted.is_none() || header { number } else { next };
            next = row + 1;
            if row >= LAST_ROW {
                return Err(SheetError::TooManyRows { sheet: grid.name.clone(), limit: LAST_ROW });
            }
            if row != number {
                moved.insert((at, number), row);
            }
            let problems = if table.is_some() { marked.at(at, number) } else { &[] };
            self.row(sheet, (at, i), row, table, problems, column)?;
            if let (Some(column), Some(table)) = (column, table)
                && number + 1 == table.header_row
            {
                let head = Format::new().set_bold().set_font_color(Color::Red);
                sheet.write_string_with_format(row, column, PROBLEM_COLUMN, &head)?;
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        sheet: &mut Worksheet,
        (at, i): (usize, usize),
        row: u32,
        table: Option<&Table>,
        problems: &[&Problem],
        column: Option<u16>,
    ) -> Result<(), SheetError> {
        let book = self.book;
        let cells = book.grids[at].row(i);
        let header = table.is_some_and(|t| t.header_row == book.grids[at].number(i) + 1);
        let mut by_column: FxHashMap<u16, Vec<&Problem>> = FxHashMap::default();
        for problem in problems {
            let place = problem.place;
            let own = || place.field.and_then(|field| table?.column(field));
            if let Some(column) = place.column.or_else(own) {
                by_column.entry(column).or_default().push(problem);
            }
        }
        let width = by_column.keys().map(|c| usize::from(*c) + 1).max().unwrap_or(0).max(cells.len());
        for (index, place) in (0..width).zip(0_u16..) {
            let own = by_column.get(&place).map_or(&[][..], Vec::as_slice);
            let raw = cells.get(index).and_then(|cell| book.pool.raw(*cell));
            if Some(place) != column && (raw.is_some() || !own.is_empty()) {
                let field =
                    table.and_then(|t| t.columns.iter().find(|c| c.index == place)).map(|c| c.field.shape());
                let gravest = own.iter().map(|p| p.severity).min().map(Look::Wrong);
                let look = gravest.unwrap_or(if header { Look::Header } else { Look::Plain });
                self.cell(sheet, (row, place), raw, look, field)?;
                self.note(sheet, (row, place), own)?;
            }
        }
        if let (Some(column), false) = (column, problems.is_empty()) {
            sheet.write_string(row, column, explanation(problems))?;
        }
        Ok(())
    }

    fn cell(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        raw: Option<Raw<'_>>,
        look: Look,
        shape: Option<Shape>,
    ) -> Result<(), SheetError> {
        match raw {
            None => sheet.write_blank(row, column, self.format("@", look))?,
            Some(Raw::Text(text)) => {
                sheet.write_string_with_format(row, column, text, self.format("@", look))?
            }
            Some(Raw::Number { value, shown }) => {
                // What we write counts from 1900; a bare serial of the other system is carried over.
                let other = self.book.date_system == DateSystem::Y1904
                    && shape == Some(Shape::Day)
                    && shown.is_empty();
                let value = if other { value + BETWEEN_SYSTEMS } else { value };
                let code = if shown.is_empty() { "General".to_owned() } else { NumberFormat::code_of(shown) };
                sheet.write_number_with_format(row, column, value, self.format(&code, look))?
            }
            Some(Raw::Day(day)) => {
                sheet.write_number_with_format(row, column, serial(day), self.format("yyyy-mm-dd", look))?
            }
            Some(Raw::Unreadable(why)) => {
                let result = if why.starts_with('#') { why } else { "#N/A" };
                let formula = Formula::new("=NA()").set_result(result);
                sheet.write_formula_with_format(row, column, formula, self.format("General", look))?
            }
        };
        Ok(())
    }

    fn format(&mut self, code: &str, look: Look) -> &Format {
        self.formats.entry((code.to_owned(), look)).or_insert_with(|| {
            let format = Format::new().set_num_format(code).set_align(FormatAlign::Top);
            match look {
                Look::Plain => format,
                Look::Header => format.set_bold().set_background_color(0xEAECF0),
                Look::Wrong(Severity::Error) => {
                    format.set_background_color(0xFFC7CE).set_font_color(0x9C0006)
                }
                Look::Wrong(Severity::Warning) => {
                    format.set_background_color(0xFFEB9C).set_font_color(0x7F6000)
                }
                Look::Wrong(Severity::Notice) => format.set_background_color(0xDDEBF7),
            }
        })
    }

    fn note(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        problems: &[&Problem],
    ) -> Result<(), SheetError> {
        if problems.is_empty() || self.notes >= MOST_NOTES {
            return Ok(());
        }
        self.notes += 1;
        let lines: Vec<String> =
            problems.iter().take(5).map(|p| format!("{}\n怎么改：{}", p.message, p.hint)).collect();
        let note = Note::new(lines.join("\n")).add_author_prefix(false).set_width(280).set_height(110);
        sheet.insert_note(row, column, &note)?;
        Ok(())
    }

    /// Where the explanations stand: their own column if the book has been marked before, else behind the last.
    fn problem_column(&self, table: &Table) -> Option<u16> {
        let grid = &self.book.grids[table.grid];
        let header = grid.find(table.header_row.checked_sub(1)?)?;
        let ours =
            |cell| matches!(self.book.pool.raw(cell), Some(Raw::Text(text)) if text.trim() == PROBLEM_COLUMN);
        let old = grid.row(header).iter().position(|cell| ours(*cell));
        let width = || (0..grid.len()).map(|i| grid.row(i).len()).max().unwrap_or(0);
        let column = old.unwrap_or_else(width);
        // One column more than may be read would make the workbook unreadable.
        u16::try_from(column).ok().filter(|c| u32::from(*c) < Limits::web().columns)
    }
}

fn set_widths(sheet: &mut Worksheet, table: Option<&Table>, column: Option<u16>) -> Result<(), SheetError> {
    let Some(table) = table else { return Ok(()) };
    for known in &table.columns {
        let width = match known.field.shape() {
            Shape::Text(n) if n >= 150 => 28.0,
            Shape::Digits(n) if n >= 12 => 22.0,
            _ => 14.0,
        };
        sheet.set_column_width(known.index, width)?;
    }
    if let Some(column) = column {
        sheet.set_column_width(column, 60)?;
    }
    if !is_ours(&table.sheet) {
        sheet.set_freeze_panes(table.header_row.min(10), 0)?;
    }
    Ok(())
}

/// The Excel serial of a day after 1900-03-01: days from 1899-12-30.
fn serial(day: Day) -> f64 {
    f64::from(day.number() + 25_569)
}

fn explanation(problems: &[&Problem]) -> String {
    let one = |p: &&Problem| match p.place.field {
        Some(field) => format!("{}：{}；{}", field.label(), p.message, p.hint),
        None => format!("{}；{}", p.message, p.hint),
    };
    problems.iter().map(one).collect::<Vec<_>>().join("\n").chars().take(2_000).collect()
}
