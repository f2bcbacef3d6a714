//! Where the readers put what they find, within the limits.

use super::grid::Grid;
use super::pool::{Cell, Pool};
use super::{Limits, SheetError};
use domain::Raw;

/// Where readers put what they find; keeps to the limits.
pub(super) struct Intake<'l> {
    pub(super) pool: Pool,
    pub(super) grids: Vec<Grid>,
    pub(super) limits: &'l Limits,
    /// Cells whose text was cut off: sheet, 0-based row and column, characters found.
    pub(super) cut: Vec<(usize, u32, u16, usize)>,
    /// Rows of a CSV file with a quote that is never closed: sheet, 0-based row.
    pub(super) open: Vec<(usize, u32)>,
    /// Cells of a CSV file with line breaks and separators inside: sheet, 0-based row and column, separators.
    pub(super) lines: Vec<(usize, u32, u16, usize)>,
    cells: u64,
    slots: u64,
    last: Vec<(Cell, u32)>,
}

impl<'l> Intake<'l> {
    /// Nothing read yet.
    pub(super) fn new(limits: &'l Limits) -> Intake<'l> {
        Intake {
            pool: Pool::default(),
            grids: Vec::new(),
            limits,
            cut: Vec::new(),
            open: Vec::new(),
            lines: Vec::new(),
            cells: 0,
            slots: 0,
            last: Vec::new(),
        }
    }

    /// Begins a sheet.
    pub(super) fn begin(&mut self, name: &str) {
        self.grids.push(Grid::new(name));
        self.last.clear();
    }

    /// Begins a sheet of plain text, in which no cell has a format.
    pub(super) fn begin_plain(&mut self, name: &str) {
        self.begin(name);
        if let Some(grid) = self.grids.last_mut() {
            grid.plain = true;
        }
    }

    /// Notes a cell with line breaks, and how many separators stand in it.
    pub(super) fn note_lines(&mut self, (row, column): (u32, usize), separators: usize) {
        if let (Ok(column), true) = (u16::try_from(column), separators > 0 && self.lines.len() < 1000) {
            self.lines.push((self.grids.len() - 1, row, column, separators));
        }
    }

    /// Takes one cell of the current sheet, 0-based, and gives it back for repetition.
    pub(super) fn put(&mut self, row: u32, column: u32, raw: Raw<'_>) -> Result<Cell, SheetError> {
        if let Raw::Text(text) = raw
            && text.len() > self.limits.chars
        {
            return self.put_long(row, column, text);
        }
        let cell = self.pool.keep(raw)?;
        self.put_cell(row, column, cell)?;
        Ok(cell)
    }

    /// As [`Intake::put`], for text that often equals the one above it.
    pub(super) fn put_text(&mut self, row: u32, column: u32, text: &str) -> Result<(), SheetError> {
        let at = column as usize;
        if let Some((cell, length)) = self.last.get(at)
            && *length as usize == text.len()
            && self.pool.raw(*cell) == Some(Raw::Text(text))
        {
            return self.put_cell(row, column, *cell);
        }
        if text.len() > self.limits.chars {
            return self.put_long(row, column, text).map(|_| ());
        }
        let cell = self.pool.keep(Raw::Text(text))?;
        if self.last.len() <= at && column < self.limits.columns {
            self.last.resize(at + 1, (Cell::EMPTY, 0));
        }
        if let Some(last) = self.last.get_mut(at) {
            *last = (cell, text.len() as u32);
        }
        self.put_cell(row, column, cell)
    }

    fn put_long(&mut self, row: u32, column: u32, text: &str) -> Result<Cell, SheetError> {
        let count = text.chars().count();
        if count <= self.limits.chars {
            let cell = self.pool.keep(Raw::Text(text))?;
            self.put_cell(row, column, cell)?;
            return Ok(cell);
        }
        let kept: String = text.chars().take(self.limits.chars).collect();
        self.put_cut(row, column, &kept, count)
    }

    /// Takes what is kept of a text that had `count` characters, too many.
    pub(super) fn put_cut(
        &mut self,
        row: u32,
        column: u32,
        kept: &str,
        count: usize,
    ) -> Result<Cell, SheetError> {
        let cell = self.pool.keep(Raw::Text(kept))?;
        self.put_cell(row, column, cell)?;
        if let (Ok(column), true) = (u16::try_from(column), self.cut.len() < 1000) {
            self.cut.push((self.grids.len() - 1, row, column, count));
        }
        Ok(cell)
    }

    /// Takes a cell that is already in the pool.
    pub(super) fn put_cell(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), SheetError> {
        if cell.is_empty() {
            return Ok(());
        }
        let sheet = || self.grids.last().map(|g| g.name.clone()).unwrap_or_default();
        if column >= self.limits.columns {
            return Err(SheetError::TooWide { sheet: sheet(), row: row + 1, limit: self.limits.columns });
        }
        if row >= self.limits.rows {
            return Err(SheetError::TooManyRows { sheet: sheet(), limit: self.limits.rows });
        }
        self.cells += 1;
        let Some(grid) = self.grids.last_mut() else { return Ok(()) };
        let old = grid.last_width(row);
        self.slots += (u64::from(column) + 1).saturating_sub(old);
        // Rows are kept from column A on: gaps cost memory, so eight slots may stand for one cell at most.
        if self.cells > self.limits.cells || self.slots > self.limits.cells.saturating_mul(8) {
            return Err(SheetError::TooManyCells { limit: self.limits.cells });
        }
        if grid.put(row, column as usize, cell) { Ok(()) } else { Err(SheetError::broken("行的顺序")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_grid_gives_back_what_was_put(cells in prop::collection::btree_map((0u32..40_000, 0u32..150), "[a-z]{1,3}", 1..2000)) {
            let limits = Limits::web();
            let mut intake = Intake::new(&limits);
            intake.begin("表");
            for ((row, column), text) in &cells {
                intake.put_text(*row, *column, text).unwrap();
            }
            let grid = &intake.grids[0];
            for ((row, column), text) in &cells {
                let i = grid.find(*row).expect("the row was put");
                prop_assert_eq!(intake.pool.raw(grid.cell(i, *column as usize)), Some(Raw::Text(text)));
            }
            let found: usize = (0..grid.len()).map(|i| grid.row(i).iter().filter(|c| !c.is_empty()).count()).sum();
            prop_assert_eq!(found, cells.len());
        }
    }
}
