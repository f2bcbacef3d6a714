//! Cuts the rows of a table into pages.
//!
//! A row is placed only if the page could end below it: every cell that goes on must have room for its text by then.

use crate::font::FontSet;
use crate::table::{Laid, PAD_Y, Portion, TablePage};

/// Lines that must be free for a row taller than a page to begin below others.
const WORTHWHILE: f32 = 8.0;

/// A cell that is open on the page being filled.
#[derive(Clone, Copy, Debug)]
struct Open {
    row: u32,
    /// Row after its last.
    end: u32,
    again: bool,
    from: u16,
    /// Lines of its text in this form.
    count: u16,
    top: f32,
}

/// Cuts rows into pages.
pub(crate) struct Cutter<'l, 'a> {
    laid: &'l Laid<'a>,
    fonts: &'l FontSet,
    open: Vec<Option<Open>>,
    pages: Vec<TablePage>,
    page: TablePage,
    y: f32,
    space: f32,
    other: f32,
    /// Height the last placed row needs if the page ends below it, beyond what it has.
    slack: f32,
}

impl<'l, 'a> Cutter<'l, 'a> {
    pub fn new(laid: &'l Laid<'a>, fonts: &'l FontSet, first: f32, other: f32) -> Cutter<'l, 'a> {
        let open = vec![None; laid.table.columns.len()];
        let page = TablePage::default();
        Cutter { laid, fonts, open, pages: Vec::new(), page, y: 0.0, space: first, other, slack: 0.0 }
    }

    pub fn cut(mut self) -> Vec<TablePage> {
        let rows = self.laid.table.rows.len() as u32;
        for row in 0..rows {
            self.begin_cells(row);
            loop {
                let (natural, closing) = self.heights(row);
                let follow = if self.laid.table.is_bar(row) && row + 1 < rows {
                    self.fresh_height(row + 1)
                } else {
                    0.0
                };
                if self.y + closing + follow <= self.space + 0.01
                    || (self.y == 0.0 && self.y + closing <= self.space)
                {
                    self.place(row, natural, closing);
                    break;
                }
                if self.y > 0.0 && !self.cuts_here() {
                    self.turn_page(row);
                } else if self.split(row) {
                    break;
                }
            }
        }
        self.close_page();
        self.pages
    }

    /// Opens the cells that begin in this row.
    fn begin_cells(&mut self, row: u32) {
        for column in 0..self.open.len() {
            if self.laid.begins(row, column) {
                let count = self.laid.lines(row, column).len() as u16;
                let end = row + self.laid.span(row, column);
                self.open[column] = Some(Open { row, end, again: false, from: 0, count, top: self.y });
            }
        }
    }

    fn need(&self, cell: &Open) -> f32 {
        f32::from(cell.count - cell.from) * self.laid.table.pitch() + 2.0 * PAD_Y
    }

    /// Whether the row cannot stand on any page whole and enough of this one is left to begin it.
    fn cuts_here(&self) -> bool {
        let tall = self.open.iter().flatten().any(|cell| self.need(cell) > self.other);
        tall && self.space - self.y > WORTHWHILE * self.laid.table.pitch()
    }

    fn least(&self) -> f32 {
        self.laid.table.pitch() + 2.0 * PAD_Y
    }

    /// The height of the row if rows follow on this page, and if it is the last on it.
    fn heights(&self, row: u32) -> (f32, f32) {
        let (mut natural, mut closing) = (self.least(), self.least());
        for cell in self.open.iter().flatten() {
            let wanted = self.need(cell) - (self.y - cell.top);
            closing = closing.max(wanted);
            if cell.end == row + 1 {
                natural = natural.max(wanted);
            }
        }
        (natural, closing)
    }

    /// The height of a row that stands first on a page.
    fn fresh_height(&self, row: u32) -> f32 {
        let most = (0..self.open.len()).map(|column| self.laid.lines(row, column).len()).max().unwrap_or(0);
        (most as f32 * self.laid.table.pitch() + 2.0 * PAD_Y).max(self.least())
    }

    fn place(&mut self, row: u32, natural: f32, closing: f32) {
        self.y += natural;
        self.slack = closing - natural;
        for column in 0..self.open.len() {
            if let Some(cell) = self.open[column].filter(|cell| cell.end == row + 1) {
                self.emit(column, cell, cell.count);
                self.open[column] = None;
            }
        }
    }

    fn emit(&mut self, column: usize, cell: Open, to: u16) {
        if self.laid.table.is_bar(cell.row) && column > 0 {
            return;
        }
        self.page.portions.push(Portion {
            row: cell.row,
            column: column as u8,
            again: cell.again,
            from: cell.from,
            to,
            top: cell.top,
            bottom: self.y,
        });
    }

    /// Ends the page before `row` and opens on the next one the cells that go on.
    fn turn_page(&mut self, row: u32) {
        let begun: Vec<bool> = self
            .open
            .iter()
            .map(|cell| cell.is_some_and(|cell| cell.row < row || cell.top < self.y))
            .collect();
        self.stretch_last();
        for (column, begun) in begun.into_iter().enumerate() {
            if let Some(cell) = self.open[column] {
                if begun {
                    self.emit(column, cell, cell.count);
                    self.open[column] = Some(self.carried(column, cell));
                } else {
                    self.open[column] = Some(Open { top: 0.0, ..cell });
                }
            }
        }
        self.close_page();
    }

    /// Gives the last row of the page the height that cells going on need; it was kept free.
    fn stretch_last(&mut self) {
        let (old, new) = (self.y, self.y + self.slack);
        for portion in self.page.portions.iter_mut().filter(|p| p.bottom == old) {
            portion.bottom = new;
        }
        self.y = new;
        self.slack = 0.0;
    }

    /// A cell whose whole text has been drawn, as it stands on the next page.
    fn carried(&self, column: usize, cell: Open) -> Open {
        let count = self.laid.table.again(self.fonts, cell.row, column).1.len() as u16;
        Open { again: true, from: 0, count, top: 0.0, ..cell }
    }

    fn close_page(&mut self) {
        self.page.height = self.y;
        if self.y > 0.0 {
            self.pages.push(std::mem::take(&mut self.page));
        }
        self.y = 0.0;
        self.slack = 0.0;
        self.space = self.other;
    }

    /// Draws of a row taller than a page what fits on this one. True when nothing of it is left.
    fn split(&mut self, row: u32) -> bool {
        let (space, pitch) = (self.space, self.laid.table.pitch());
        self.y = space;
        let mut rest = false;
        for column in 0..self.open.len() {
            let Some(cell) = self.open[column] else { continue };
            let capacity = ((space - cell.top - 2.0 * PAD_Y) / pitch + 0.01).max(1.0) as u16;
            let to = cell.count.min(cell.from + capacity);
            self.emit(column, cell, to);
            rest |= !cell.again && to < cell.count;
            let next = if to < cell.count {
                Open { from: to, top: 0.0, ..cell }
            } else {
                self.carried(column, cell)
            };
            self.open[column] = Some(next);
        }
        self.close_page();
        if !rest {
            for cell in &mut self.open {
                *cell = cell.filter(|cell| cell.end > row + 1);
            }
        }
        !rest
    }
}
