//! The non-empty rows of a sheet, packed from column A on.

use super::pool::Cell;

/// A rectangle of merged cells, 0-based, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) top: u32,
    pub(super) left: u32,
    pub(super) bottom: u32,
    pub(super) right: u32,
}

/// Slots of one block of cells; a row never crosses a block.
const BLOCK: usize = 1 << 16;

/// The non-empty rows of one sheet.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) name: String,
    pub(super) merges: Vec<Area>,
    /// Whether it comes from plain text, in which no cell has a format.
    pub(super) plain: bool,
    rows: Vec<RowAt>,
    blocks: Vec<Vec<Cell>>,
}

/// A row's 0-based number in the file, and where its cells are.
#[derive(Clone, Copy, Debug)]
struct RowAt {
    number: u32,
    start: u32,
    len: u32,
}

impl Grid {
    /// An empty sheet.
    pub(super) fn new(name: &str) -> Grid {
        Grid { name: name.to_owned(), ..Grid::default() }
    }

    /// Number of non-empty rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// 0-based row in the file of the i-th non-empty row.
    pub(super) fn number(&self, i: usize) -> u32 {
        self.rows[i].number
    }

    /// The cells of the i-th non-empty row, from column A on.
    pub(super) fn row(&self, i: usize) -> &[Cell] {
        let RowAt { start, len, .. } = self.rows[i];
        let from = start as usize % BLOCK;
        &self.blocks[start as usize / BLOCK][from..from + len as usize]
    }

    /// One cell of the i-th non-empty row.
    pub(super) fn cell(&self, i: usize, column: usize) -> Cell {
        self.row(i).get(column).copied().unwrap_or_default()
    }

    /// The non-empty row with this 0-based number.
    pub(super) fn find(&self, number: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok()
    }

    /// Slots of the last row, if it has this number.
    pub(super) fn last_width(&self, number: u32) -> u64 {
        self.rows.last().filter(|r| r.number == number).map_or(0, |r| u64::from(r.len))
    }

    /// Adds a cell; rows come in ascending order. False if they do not.
    pub(super) fn put(&mut self, row: u32, column: usize, cell: Cell) -> bool {
        match self.rows.last() {
            Some(last) if last.number > row => return false,
            Some(last) if last.number == row => (),
            _ => {
                let start = self.room(column + 1);
                self.rows.push(RowAt { number: row, start, len: 0 });
            }
        }
        let i = self.rows.len() - 1;
        self.widen(i, column + 1);
        let start = self.rows[i].start as usize;
        self.blocks[start / BLOCK][start % BLOCK + column] = cell;
        true
    }

    /// Where the next `len` slots can stand in one block.
    fn room(&mut self, len: usize) -> u32 {
        let used = self.blocks.last().map_or(BLOCK, Vec::len);
        if used + len > BLOCK {
            // Small sheets stay small; the second block says that this one is large.
            let capacity = if self.blocks.is_empty() { 1024 } else { BLOCK };
            self.blocks.push(Vec::with_capacity(capacity));
            return ((self.blocks.len() - 1) * BLOCK) as u32;
        }
        ((self.blocks.len() - 1) * BLOCK + used) as u32
    }

    /// Makes a row at least `len` slots long; it moves to the end if others stand behind it.
    fn widen(&mut self, i: usize, len: usize) {
        let RowAt { start, len: old, .. } = self.rows[i];
        let (block, from, old) = (start as usize / BLOCK, start as usize % BLOCK, old as usize);
        if len <= old {
            return;
        }
        let last = block + 1 == self.blocks.len() && self.blocks[block].len() == from + old;
        if last && from + len <= BLOCK {
            self.blocks[block].resize(from + len, Cell::EMPTY);
        } else {
            let cells = self.row(i).to_vec();
            let start = self.room(len);
            let target = &mut self.blocks[start as usize / BLOCK];
            target.extend(cells);
            target.resize(start as usize % BLOCK + len, Cell::EMPTY);
            self.rows[i].start = start;
        }
        self.rows[i].len = len as u32;
    }

    /// Writes a cell of a row that exists, if it is empty.
    pub(super) fn fill(&mut self, i: usize, column: usize, cell: Cell) {
        self.widen(i, column + 1);
        let start = self.rows[i].start as usize;
        let place = &mut self.blocks[start / BLOCK][start % BLOCK + column];
        if place.is_empty() {
            *place = cell;
        }
    }

    /// Overwrites a cell of a row that exists.
    pub(super) fn replace(&mut self, i: usize, column: usize, cell: Cell) {
        self.widen(i, column + 1);
        let start = self.rows[i].start as usize;
        self.blocks[start / BLOCK][start % BLOCK + column] = cell;
    }
}
