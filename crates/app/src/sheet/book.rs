//! A workbook as it was read: all sheets' cells, and which of them are tables of ours.

use super::SheetError;
use super::grid::Grid;
use super::header::{self, Column, Header};
use super::intake::Intake;
use super::pool::Pool;
use domain::{DateSystem, Field, Group, Kind, Kinds, Need, Place, Problem, Raw, RawRow, Severity};

/// One of our tables within a workbook.
#[derive(Debug)]
pub struct Table {
    /// What its rows are.
    pub group: Group,
    /// Name of its sheet or file.
    pub sheet: String,
    /// 1-based row of the header; the lower one of two.
    pub header_row: u32,
    /// The columns that are understood, from left to right.
    pub columns: Vec<Column>,
    /// Headers that are not: 0-based column, title.
    pub unknown_headers: Vec<(u16, String)>,
    pub(super) grid: usize,
    /// Indices into the grid.
    pub(super) rows: Vec<u32>,
}

impl Table {
    /// Number of data rows; empty rows and the example row are none.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no data rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The 0-based column of a field, if there is one.
    pub fn column(&self, field: Field) -> Option<u16> {
        self.columns.iter().find(|c| c.field == field).map(|c| c.index)
    }
}

/// What a file says: our tables, and what was odd about the file itself.
#[derive(Debug)]
pub struct Book {
    /// At most one table of each group.
    pub tables: Vec<Table>,
    /// What is wrong with headers and cells before anyone reads them. An error here concerns the whole file.
    pub problems: Vec<Problem>,
    /// How bare numbers in day columns count.
    pub date_system: DateSystem,
    pub(super) grids: Vec<Grid>,
    pub(super) pool: Pool,
}

impl Book {
    /// The table of a group.
    pub fn table(&self, group: Group) -> Option<&Table> {
        self.tables.iter().find(|t| t.group == group)
    }

    /// The i-th data row of a table.
    pub fn row(&self, table: &Table, i: usize) -> RawRow<'_> {
        let grid = &self.grids[table.grid];
        let at = table.rows[i] as usize;
        let cells = grid.row(at);
        let mut found = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            if let Some(raw) = cells.get(usize::from(column.index)).and_then(|cell| self.pool.raw(*cell)) {
                found.push((column.field, column.index, raw));
            }
        }
        RawRow { row: grid.number(at) + 1, cells: found }
    }

    /// The data rows of a table.
    pub fn rows<'b>(&'b self, table: &'b Table) -> impl Iterator<Item = RawRow<'b>> {
        (0..table.len()).map(move |i| self.row(table, i))
    }

    /// One cell of a data row, without building the row.
    pub fn cell(&self, table: &Table, i: usize, field: Field) -> Option<Raw<'_>> {
        let column = usize::from(table.column(field)?);
        self.pool.raw(self.grids[table.grid].cell(table.rows[i] as usize, column))
    }

    /// Finds our tables among what was read. `name` is the file's, for the message if there is none.
    pub(super) fn assemble_tables(
        mut intake: Intake<'_>,
        date_system: DateSystem,
        name: &str,
    ) -> Result<Book, SheetError> {
        for grid in &mut intake.grids {
            fill_down(grid);
        }
        intake.pool.settle();
        let mut book = Book {
            tables: Vec::new(),
            problems: Vec::new(),
            date_system,
            grids: intake.grids,
            pool: intake.pool,
        };
        for at in 0..book.grids.len() {
            book.add_table(at)?;
        }
        if book.tables.is_empty() {
            return Err(SheetError::NoTable(name.to_owned()));
        }
        book.tables.sort_by_key(|t| t.group);
        book.report_missing();
        book.report_cut(&intake.cut, intake.limits.chars);
        book.report_quotes(&intake.open, &intake.lines);
        Ok(book)
    }

    fn add_table(&mut self, at: usize) -> Result<(), SheetError> {
        let grid = &self.grids[at];
        if grid.len() == 0 || header::is_ours(&grid.name) {
            return Ok(());
        }
        let named = header::group_of_name(&grid.name);
        let Some(header) = header::find(grid, &self.pool, named) else {
            match named {
                Some(group) => self.problems.push(no_header(group, &grid.name)),
                None => self.problems.push(unknown_sheet(grid)),
            }
            return Ok(());
        };
        if let Some(first) = self.table(header.group) {
            let (first, second) = (first.sheet.clone(), grid.name.clone());
            return Err(SheetError::Twice { first, second, group: header.group.sheet() });
        }
        let row = grid.number(header.last) + 1;
        self.problems.extend(header::problems(&header, row, &grid.name));
        let rows = self.data_rows(at, &header);
        self.tables.push(Table {
            group: header.group,
            sheet: self.grids[at].name.clone(),
            header_row: row,
            columns: header.columns,
            unknown_headers: header.unknown,
            grid: at,
            rows,
        });
        Ok(())
    }

    fn data_rows(&self, at: usize, header: &Header) -> Vec<u32> {
        let grid = &self.grids[at];
        let key = header
            .columns
            .iter()
            .find(|c| c.field == Field::Key || header::is_owner(c.field))
            .map(|c| usize::from(c.index));
        (header.last + 1..grid.len())
            .filter(|i| {
                let cells = grid.row(*i);
                let filled =
                    |c: &Column| cells.get(usize::from(c.index)).is_some_and(|cell| !cell.is_empty());
                header.columns.iter().any(filled) && !key.is_some_and(|k| self.is_example(grid, *i, k))
            })
            .filter_map(|i| u32::try_from(i).ok())
            .collect()
    }

    fn is_example(&self, grid: &Grid, i: usize, key: usize) -> bool {
        matches!(self.pool.raw(grid.cell(i, key)), Some(Raw::Text(text)) if text.trim_start().starts_with("示例"))
    }

    /// Columns without which no certificate can be: at most one problem of each sort a sheet. What old certificates lack
    /// stops no file that holds nothing else.
    fn report_missing(&mut self) {
        let must =
            |table: &Table, field: &Field| field.need() == Need::Must && table.column(*field).is_none();
        let mut found = Vec::new();
        for table in &self.tables {
            let missing: Vec<Field> = table.group.fields().filter(|field| must(table, field)).collect();
            if missing.is_empty() {
                continue;
            }
            let old = self.only_takeovers();
            let (lacking, needed): (Vec<Field>, Vec<Field>) =
                missing.into_iter().partition(|field| old && field.old_ones_lack());
            found.extend(missing_columns(table, Severity::Error, &needed));
            found.extend(missing_columns(table, Severity::Warning, &lacking));
        }
        self.problems.extend(found);
    }

    /// Whether every certificate of the book is taken over.
    fn only_takeovers(&self) -> bool {
        let Some(table) = self.table(Group::Certificate).filter(|table| !table.is_empty()) else {
            return false;
        };
        (0..table.len()).all(|i| {
            matches!(self.cell(table, i, Field::Kind), Some(Raw::Text(text))
                if Kinds::parse(text).is_ok_and(|kinds| kinds.has(Kind::Takeover)))
        })
    }

    /// Quotes of a CSV file that do not come in pairs: what stood behind them is part of one cell.
    fn report_quotes(&mut self, open: &[(usize, u32)], lines: &[(usize, u32, u16, usize)]) {
        let mut found = Vec::new();
        let table = |at: usize| self.tables.iter().find(|table| table.grid == at);
        for (at, row) in open {
            let Some(table) = table(*at) else { continue };
            let row = row + 1;
            found.push(Problem {
                severity: Severity::Error,
                place: Place::row(table.group, row),
                code: "quote_open",
                value: String::new(),
                message: format!(
                    "第{row}行有一个引号没有成对，从它到文件末尾都读进了这一行，后面的行没有读出"
                ),
                hint: "请用文本编辑器打开，补上或删去这一行多余的英文引号后重新导入；或改用工作簿".to_owned(),
            });
        }
        for (at, row, column, separators) in lines {
            let Some(table) = table(*at) else { continue };
            let grid = &self.grids[*at];
            let header = grid.find(table.header_row - 1).map_or(0, |i| grid.row(i).len());
            if separators + 1 < header {
                continue;
            }
            let field = table.columns.iter().find(|c| c.index == *column).map(|c| c.field);
            found.push(Problem {
                severity: Severity::Warning,
                place: Place { group: table.group, row: row + 1, column: Some(*column), field },
                code: "lines_swallowed",
                value: String::new(),
                message: format!("单元格中有换行和{separators}个分隔符，像是把后面的行读进了这一格"),
                hint: "请用文本编辑器打开，核对这一行的英文引号是否成对；内容本来如此的不必处理".to_owned(),
            });
        }
        self.problems.extend(found);
    }

    fn report_cut(&mut self, cut: &[(usize, u32, u16, usize)], limit: usize) {
        for (at, row, column, count) in cut {
            let Some(table) = self.tables.iter().find(|t| t.grid == *at) else { continue };
            let field = table.columns.iter().find(|c| c.index == *column).map(|c| c.field);
            if field.is_none() {
                continue;
            }
            self.problems.push(Problem {
                severity: Severity::Error,
                place: Place { group: table.group, row: row + 1, column: Some(*column), field },
                code: "cell_too_long",
                value: String::new(),
                message: format!("单元格有 {count} 个字，超过上限 {limit} 个字"),
                hint: "检查是否把多行粘进了一个单元格，或引号没有成对".to_owned(),
            });
        }
    }
}

fn missing_columns(table: &Table, severity: Severity, missing: &[Field]) -> Option<Problem> {
    if missing.is_empty() {
        return None;
    }
    let names: Vec<&str> = missing.iter().map(|field| field.label()).collect();
    let hint = match severity {
        Severity::Error => "在表头行补上这些列；列的先后不限，列名与模板一致即可",
        Severity::Warning | Severity::Notice => "存量证书缺这些内容可以导入；手头有的，请在表头行补上这些列",
    };
    Some(Problem {
        severity,
        place: Place::row(table.group, table.header_row),
        code: "columns_missing",
        value: String::new(),
        message: format!("工作表“{}”缺少必填列：{}", table.sheet, names.join("、")),
        hint: hint.to_owned(),
    })
}

/// A sheet with content that is none of ours: what stands there is not read, and that is said.
pub(super) fn unknown_sheet(grid: &Grid) -> Problem {
    Problem {
        severity: Severity::Warning,
        place: Place::row(Group::Certificate, 0),
        code: "sheet_unknown",
        value: grid.name.chars().take(60).collect(),
        message: format!("工作表“{}”有{}行，没有可识别的表头，没有读入", grid.name, grid.len()),
        hint: "其中有要导入的内容的，请把工作表名和表头改成与模板一致后重新上传；没有的不必处理".to_owned(),
    }
}

fn no_header(group: Group, sheet: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        place: Place::row(group, 0),
        code: "header_missing",
        value: String::new(),
        message: format!("工作表“{sheet}”的前 10 行中没有可识别的表头"),
        hint: "从模板复制该工作表的表头行，放在数据上方；不需要该表的，删除整张工作表".to_owned(),
    }
}

/// Merged areas never overlap in an honest file; a file that claims so could keep us busy for hours.
const MOST_MERGED: usize = 4_000_000;

/// Merged cells hold one value for all their rows: it is written into each row that exists. Only downwards: what spans
/// columns is a title.
fn fill_down(grid: &mut Grid) {
    let mut steps = 0;
    for area in std::mem::take(&mut grid.merges) {
        let Some(top) = grid.find(area.top) else { continue };
        let column = area.left as usize;
        let value = grid.cell(top, column);
        if value.is_empty() || area.bottom <= area.top {
            continue;
        }
        let mut i = top + 1;
        while i < grid.len() && grid.number(i) <= area.bottom && steps < MOST_MERGED {
            grid.fill(i, column, value);
            (i, steps) = (i + 1, steps + 1);
        }
    }
}
