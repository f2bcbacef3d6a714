//! Cells in little space: each text is kept once, a cell is four bytes.
//!
//! A national take-over has 2.5 million rows of 12 columns whose texts repeat; 30 million small strings would take
//! gigabytes, this takes 120 MB and the distinct texts.

use super::{Limits, SheetError};
use domain::{Day, Raw};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{BuildHasher, Hasher, RandomState};

/// One cell: three bits say what it is, the rest where its content stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Cell(u32);

const TEXT: u32 = 1 << 29;
const NUMBER: u32 = 2 << 29;
const DAY: u32 = 3 << 29;
const UNREADABLE: u32 = 4 << 29;
const FIRST_SLOTS: usize = 1024;
const REST: u32 = (1 << 29) - 1;
/// Days are kept above this, so that those before 1970 are positive.
const DAY_ZERO: i32 = 1 << 20;
/// Why a formula without a stored result cannot be read.
pub(super) const NO_RESULT: &str = "公式没有计算结果";

impl Cell {
    /// Nothing there.
    pub(crate) const EMPTY: Cell = Cell(0);

    /// Whether nothing is there.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The distinct texts and numbers of a book.
#[derive(Debug)]
pub(super) struct Pool {
    text: String,
    ends: Vec<u32>,
    /// Open addressing; upper half the hash, lower half id + 1.
    slots: Vec<u64>,
    used: usize,
    numbers: Vec<(f64, u32)>,
    number_ids: FxHashMap<(u64, u32), u32>,
    /// Per process random start of the hash, so that nobody can prepare texts that collide.
    seed: u64,
}

impl Default for Pool {
    fn default() -> Pool {
        Pool {
            text: String::new(),
            ends: Vec::new(),
            slots: vec![0; FIRST_SLOTS],
            used: 0,
            numbers: Vec::new(),
            number_ids: FxHashMap::default(),
            seed: RandomState::new().hash_one(0_u8),
        }
    }
}

impl Pool {
    /// Keeps a cell's content. Text of blanks alone is nothing.
    pub(super) fn keep(&mut self, raw: Raw<'_>) -> Result<Cell, SheetError> {
        Ok(match raw {
            Raw::Text(text) if is_blank(text) => Cell::EMPTY,
            Raw::Text(text) => Cell(TEXT | self.intern(text)?),
            Raw::Number { value, shown } => Cell(NUMBER | self.number(value, shown)?),
            Raw::Day(day) => Cell(DAY | (day.number() + DAY_ZERO).unsigned_abs() & REST),
            Raw::Unreadable(why) => Cell(UNREADABLE | self.intern(why)?),
        })
    }

    /// What a cell holds.
    pub(super) fn raw(&self, cell: Cell) -> Option<Raw<'_>> {
        let rest = cell.0 & REST;
        match cell.0 & !REST {
            TEXT => Some(Raw::Text(self.text(rest))),
            NUMBER => {
                let (value, shown) = self.numbers[rest as usize];
                Some(Raw::Number { value, shown: self.text(shown) })
            }
            DAY => {
                let day = Day::from_number(i32::try_from(rest).unwrap_or(0) - DAY_ZERO);
                Some(day.map_or(Raw::Unreadable("日期超出范围"), Raw::Day))
            }
            UNREADABLE => Some(Raw::Unreadable(self.text(rest))),
            _ => None,
        }
    }

    fn text(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.text[start..self.ends[id] as usize]
    }

    fn number(&mut self, value: f64, shown: &str) -> Result<u32, SheetError> {
        let shown = self.intern(shown)?;
        let next = u32::try_from(self.numbers.len()).unwrap_or(REST);
        let id = *self.number_ids.entry((value.to_bits(), shown)).or_insert(next);
        if id == next {
            self.numbers.push((value, shown));
        }
        if next < REST { Ok(id) } else { Err(SheetError::TooManyCells { limit: u64::from(REST) }) }
    }

    fn intern(&mut self, text: &str) -> Result<u32, SheetError> {
        let mut hasher = FxHasher::default();
        hasher.write_u64(self.seed);
        hasher.write(text.as_bytes());
        let hash = hasher.finish() & 0xFFFF_FFFF;
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                break;
            }
            let id = (slot & 0xFFFF_FFFF) as u32 - 1;
            if slot >> 32 == hash && self.text(id) == text {
                return Ok(id);
            }
            at = (at + 1) & mask;
        }
        let id = self.push(text)?;
        self.slots[at] = hash << 32 | u64::from(id + 1);
        self.used += 1;
        if self.used * 4 > self.slots.len() * 3 {
            self.grow();
        }
        Ok(id)
    }

    fn push(&mut self, text: &str) -> Result<u32, SheetError> {
        let id = u32::try_from(self.ends.len()).ok().filter(|id| *id < REST);
        let end = u32::try_from(self.text.len() + text.len()).ok();
        let (Some(id), Some(end)) = (id, end) else {
            return Err(SheetError::TooManyCells { limit: u64::from(REST) });
        };
        self.text.push_str(text);
        self.ends.push(end);
        Ok(id)
    }

    fn grow(&mut self) {
        let mut slots = vec![0_u64; self.slots.len() * 2];
        let mask = slots.len() - 1;
        for slot in self.slots.iter().filter(|s| **s != 0) {
            let mut at = (*slot >> 32) as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }

    /// Gives back what only reading needed; what is kept later may stand twice.
    pub(super) fn settle(&mut self) {
        self.slots = vec![0; FIRST_SLOTS];
        self.used = 0;
        self.number_ids = FxHashMap::default();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

fn is_blank(text: &str) -> bool {
    // ASCII first byte above blank decides almost every cell.
    !text.as_bytes().first().is_some_and(|b| (b'!'..=b'~').contains(b)) && text.trim().is_empty()
}

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

    /// Adds a cell; rows come in ascending order. False if they do not.
    fn put(&mut self, row: u32, column: usize, cell: Cell) -> bool {
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

/// Where readers put what they find; keeps to the limits.
pub(super) struct Intake<'l> {
    pub(super) pool: Pool,
    pub(super) grids: Vec<Grid>,
    pub(super) limits: &'l Limits,
    /// Cells whose text was cut off: sheet, 0-based row and column, characters found.
    pub(super) cut: Vec<(usize, u32, u16, usize)>,
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
        let cell = self.pool.keep(Raw::Text(&kept))?;
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
        let old = grid.rows.last().filter(|r| r.number == row).map_or(0, |r| u64::from(r.len));
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

    #[test]
    fn a_text_is_kept_once() {
        let mut pool = Pool::default();
        let one = pool.keep(Raw::Text("示例")).unwrap();
        for n in 0..5000 {
            pool.keep(Raw::Text(&n.to_string())).unwrap();
        }
        assert_eq!(pool.keep(Raw::Text("示例")).unwrap(), one);
        assert_eq!(pool.raw(one), Some(Raw::Text("示例")));
        assert_eq!(pool.ends.len(), 5001);
    }

    #[test]
    fn blanks_are_nothing() {
        let mut pool = Pool::default();
        for text in ["", " ", "\u{3000}\t\n", "\u{a0}"] {
            assert!(pool.keep(Raw::Text(text)).unwrap().is_empty(), "{text:?}");
        }
    }

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
