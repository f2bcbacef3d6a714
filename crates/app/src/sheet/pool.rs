//! Cells in little space: each text is kept once, a cell is four bytes.
//!
//! A national take-over has 2.5 million rows of 12 columns whose texts repeat; 30 million small strings would take
//! gigabytes, this takes 120 MB and the distinct texts.

use super::SheetError;
use domain::{Day, Raw};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{BuildHasher, Hasher, RandomState};

/// One cell: three bits say what it is, the rest where its content stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
