//! The official forms as they are in the field, attached to one certificate (domain.md 3.3, 3.4).
//!
//! Their tables have titles above, headers over two rows, cells merged both ways, bars that number the categories,
//! and notes below. What they say becomes rows like those of our own sheets.

mod layout;
mod rows;

use super::book::{Book, Table, unknown_sheet};
use super::grid::Grid;
use super::header::{self, Column};
use super::intake::Intake;
use super::labels::{self, Label};
use super::pool::Pool;
use super::{Limits, SheetError, read_into, text};
use domain::{Field, Group, Problem};
use layout::Layout;

/// What a dropped file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Our own workbook or one of its CSV files, by the groups it holds.
    Workbook(Vec<Group>),
    /// Official forms, one group a sheet.
    Annex(Vec<Group>),
    /// A readable table that is neither.
    Unknown,
}

/// One official form.
#[derive(Debug)]
pub struct Annex {
    /// What its rows are; [`Group::Certificate`] for 机构基本信息.
    pub group: Group,
    /// 证书编号 written above the table.
    pub number: Option<String>,
    /// 地址 written above the table: the site the rows belong to.
    pub address: Option<String>,
    /// The rows, in columns of the group's fields.
    pub table: Table,
    /// What was understood out of unclear places.
    pub problems: Vec<Problem>,
}

/// All forms of one file, and the cells they point to.
#[derive(Debug)]
pub struct Annexes {
    /// One for each sheet that is a form; several sites may have a sheet each.
    pub list: Vec<Annex>,
    /// Where the cells are: `book.rows(&annex.table)`. Its own tables are empty.
    pub book: Book,
}

/// Reads the official forms in a file.
pub fn read_annexes(name: &str, bytes: &[u8], limits: &Limits) -> Result<Annexes, SheetError> {
    let mut intake = Intake::new(limits);
    let date_system = read_into(name, bytes, &mut intake)?;
    let mut list = Vec::new();
    let mut problems = Vec::new();
    for at in 0..intake.grids.len() {
        if intake.grids[at].len() == 0 || header::is_ours(&intake.grids[at].name) {
            continue;
        }
        let filled = rows::fill_merges(&mut intake.grids[at]);
        match layout::find(&intake.grids[at], &intake.pool) {
            Some(layout) => list.push(annex(&mut intake, at, layout, &filled)?),
            None => problems.push(unknown_sheet(&intake.grids[at])),
        }
    }
    if list.is_empty() {
        return Err(SheetError::NoForm(name.to_owned()));
    }
    let book = Book { tables: Vec::new(), problems, date_system, grids: intake.grids, pool: intake.pool };
    Ok(Annexes { list, book })
}

/// Says what a file is without judging its content.
pub fn recognise(name: &str, bytes: &[u8], limits: &Limits) -> Result<Recognised, SheetError> {
    let mut intake = Intake::new(limits);
    read_into(name, bytes, &mut intake)?;
    let (mut ours, mut forms) = (Vec::new(), Vec::new());
    for grid in &mut intake.grids {
        if grid.len() == 0 || header::is_ours(&grid.name) {
            continue;
        }
        ours.extend(our_group(grid, &intake.pool));
        rows::fill_merges(grid);
        forms.extend(layout::find(grid, &intake.pool).map(|layout| layout.group));
    }
    Ok(match (ours.is_empty(), forms.is_empty()) {
        (false, _) => Recognised::Workbook(ours),
        (true, false) => Recognised::Annex(forms),
        (true, true) => Recognised::Unknown,
    })
}

/// A sheet is ours if it says which certificate a row belongs to, or which kind of act a certificate's row is: no
/// official form does.
fn our_group(grid: &Grid, pool: &Pool) -> Option<Group> {
    let header = header::find(grid, pool, header::group_of_name(&grid.name))?;
    let ours = |c: &Column| c.field == Field::Kind || (header::is_owner(c.field) && header.columns.len() > 2);
    header.columns.iter().any(ours).then_some(header.group)
}

fn annex(
    intake: &mut Intake<'_>,
    at: usize,
    layout: Layout,
    filled: &rows::Filled,
) -> Result<Annex, SheetError> {
    let (number, address) = head_values(&intake.grids[at], &intake.pool, layout.first);
    let found = rows::rows(intake, at, &layout, filled)?;
    let mut problems = found.problems;
    if let Some(column) = layout.label {
        problems.extend(restore(intake, at, column, &found.runs, filled)?);
    }
    let grid = &intake.grids[at];
    let table = Table {
        group: layout.group,
        sheet: grid.name.clone(),
        header_row: grid.number(layout.last) + 1,
        columns: found.columns,
        unknown_headers: layout.unknown,
        grid: at,
        rows: found.rows,
    };
    Ok(Annex { group: layout.group, number, address, table, problems })
}

/// Reads the labels of each run in order and rewrites those that lost a zero. Each gets a notice.
fn restore(
    intake: &mut Intake<'_>,
    at: usize,
    column: u16,
    runs: &[Vec<u32>],
    filled: &rows::Filled,
) -> Result<Vec<Problem>, SheetError> {
    let mut problems = Vec::new();
    let (pool, grid) = (&mut intake.pool, &mut intake.grids[at]);
    for run in runs {
        // A merged label is one label: only the first row of each counts.
        let own: Vec<u32> = run.iter().copied().filter(|i| !filled.contains(&(*i, column))).collect();
        let read: Vec<Label> =
            own.iter().map(|i| Label::of(pool, grid, grid.cell(*i as usize, usize::from(column)))).collect();
        for restored in labels::restored(&read) {
            let first = own[restored.at];
            let next = own.get(restored.at + 1).copied().unwrap_or(u32::MAX);
            let mut old = None;
            for row in run.iter().filter(|row| (first..next).contains(row)) {
                let stood = restored.write(pool, grid, (*row, column))?;
                old.get_or_insert(stood);
            }
            let row = grid.number(first as usize) + 1;
            problems.push(labels::told((row, column), old.unwrap_or_default(), &restored.text(), 1));
        }
    }
    Ok(problems)
}

/// 证书编号 and 地址 above the header: in the same cell after the colon, or in the next one.
fn head_values(grid: &Grid, pool: &Pool, header: usize) -> (Option<String>, Option<String>) {
    let (mut number, mut address) = (None, None);
    for i in 0..header {
        let cells: Vec<String> = grid.row(i).iter().map(|cell| text(pool.raw(*cell))).collect();
        for (at, cell) in cells.iter().enumerate() {
            let Some((label, value)) = cell.split_once(['：', ':']) else { continue };
            let next =
                || cells.get(at + 1).filter(|next| !next.contains(['：', ':'])).cloned().unwrap_or_default();
            let value = if value.trim().is_empty() { next() } else { value.trim().to_owned() };
            let value = Some(value).filter(|v| !v.is_empty());
            if label.contains("证书编号") {
                number = number.or(value);
            } else if label.contains("地址") {
                address = address.or(value);
            }
        }
    }
    (number, address)
}
