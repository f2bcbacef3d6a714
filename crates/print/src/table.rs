//! Tables over many pages: rows whose cells may be merged downwards, wrapped first, then cut into pages.
//!
//! A cell that goes on over a page is drawn again on the next one; a text taller than a page is cut between its lines.

use crate::font::{FontSet, Style};
use crate::text::{Line, wrap};
use std::borrow::Cow;

/// Space between text and rule, in points.
pub(crate) const PAD_X: f32 = 3.2;
pub(crate) const PAD_Y: f32 = 2.6;
/// Lines up to which a text is repeated where its cell goes on over a page.
const REPEATED: usize = 4;
/// Lines that must be free for a row taller than a page to begin below others.
const WORTHWHILE: f32 = 8.0;
/// Line pitch in type sizes.
const PITCH: f32 = 1.32;

/// A column, in points from the left edge of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub x: f32,
    pub width: f32,
    pub centred: bool,
    /// Whether a merged cell says 续 where it goes on.
    pub says_continued: bool,
}

/// A cell of the two-row table head: columns and head rows it covers, both half open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadCell {
    pub columns: (usize, usize),
    pub rows: (usize, usize),
    pub text: &'static str,
}

/// A cell: its text, or the continuation of the cell above.
#[derive(Clone, Debug)]
pub(crate) enum Cell<'a> {
    Text(Cow<'a, str>),
    Above,
}

/// A row of cells, or a bar over the whole width.
#[derive(Debug)]
pub(crate) enum Row<'a> {
    Cells(Vec<Cell<'a>>),
    Bar(String),
}

/// What is laid out.
pub(crate) struct Table<'a> {
    pub columns: &'static [Column],
    pub head: &'static [HeadCell],
    pub head_rows: usize,
    pub rows: Vec<Row<'a>>,
    pub size: f32,
    /// The word behind a merged text that goes on.
    pub continued: String,
}

/// A piece of a cell on one page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Portion {
    /// The row the cell begins in.
    pub row: u32,
    pub column: u8,
    /// Drawn once more because the cell goes on over the page.
    pub again: bool,
    /// Lines of the text from..to.
    pub from: u16,
    pub to: u16,
    /// Top and bottom below the head of the table.
    pub top: f32,
    pub bottom: f32,
}

/// The portions of one page and where the last ends.
#[derive(Debug, Default)]
pub(crate) struct TablePage {
    pub portions: Vec<Portion>,
    pub height: f32,
}

/// A table with all texts wrapped and all pages cut.
pub(crate) struct Laid<'a> {
    pub table: Table<'a>,
    lines: Vec<Line>,
    /// For each cell of each row: where its lines begin. One entry more than cells.
    cells: Vec<u32>,
    /// For each row and column: rows that the cell beginning there covers; 0 where none begins.
    pub spans: Vec<u32>,
    pub pages: Vec<TablePage>,
}

impl<'a> Table<'a> {
    pub fn pitch(&self) -> f32 {
        self.size * PITCH
    }

    pub fn width(&self) -> f32 {
        self.columns.last().map_or(0.0, |c| c.x + c.width)
    }

    pub fn text(&self, row: u32, column: usize) -> &str {
        match &self.rows[row as usize] {
            Row::Bar(text) => text,
            Row::Cells(cells) => match &cells[column] {
                Cell::Text(text) => text,
                Cell::Above => "",
            },
        }
    }

    pub fn is_bar(&self, row: u32) -> bool {
        matches!(self.rows[row as usize], Row::Bar(_))
    }

    fn measure(&self, row: u32, column: usize) -> f32 {
        let width = if self.is_bar(row) { self.width() } else { self.columns[column].width };
        (width - 2.0 * PAD_X) / self.size
    }

    /// The text of a cell where it goes on over a page, and its lines: repeated if it is short, else only the word 续, so
    /// that repetitions never fill a page.
    pub fn again(&self, fonts: &FontSet, row: u32, column: usize) -> (String, Vec<Line>) {
        let text = self.text(row, column);
        let wrapped = |text: &str| wrap(fonts, Style::Song, text, self.measure(row, column), 0.0);
        let says = self.columns[column].says_continued && !text.is_empty();
        let text = format!("{text}{}", if says { &self.continued } else { "" });
        let lines = wrapped(&text);
        if lines.len() <= REPEATED {
            return (text, lines);
        }
        let lines = wrapped(&self.continued);
        (self.continued.clone(), lines)
    }

    /// Wraps every cell and cuts the rows into pages: `first` and `other` are the heights below the table head.
    pub fn lay(self, fonts: &FontSet, first: f32, other: f32) -> Laid<'a> {
        let columns = self.columns.len();
        let mut laid = Laid {
            lines: Vec::new(),
            cells: Vec::with_capacity(self.rows.len() * columns + 1),
            spans: vec![0; self.rows.len() * columns],
            pages: Vec::new(),
            table: self,
        };
        laid.wrap(fonts);
        laid.pages = Cutter::new(&laid, fonts, first, other).cut();
        laid
    }
}

impl Laid<'_> {
    fn wrap(&mut self, fonts: &FontSet) {
        let columns = self.table.columns.len();
        for row in 0..self.table.rows.len() as u32 {
            let bar = self.table.is_bar(row);
            for column in 0..columns {
                self.cells.push(self.lines.len() as u32);
                if self.begins(row, column) && (!bar || column == 0) {
                    let text = self.table.text(row, column);
                    self.lines.extend(wrap(fonts, Style::Song, text, self.table.measure(row, column), 0.0));
                }
            }
        }
        self.cells.push(self.lines.len() as u32);
        for column in 0..columns {
            let mut span = 0;
            for row in (0..self.table.rows.len() as u32).rev() {
                span += 1;
                if self.begins(row, column) {
                    self.spans[row as usize * columns + column] = span;
                    span = 0;
                }
            }
        }
    }

    /// The lines of the cell that begins in `row`.
    pub fn lines(&self, row: u32, column: usize) -> &[Line] {
        let cell = row as usize * self.table.columns.len() + column;
        &self.lines[self.cells[cell] as usize..self.cells[cell + 1] as usize]
    }

    /// Whether a cell begins here: not the continuation of the one above. All columns begin at a bar.
    pub fn begins(&self, row: u32, column: usize) -> bool {
        match &self.table.rows[row as usize] {
            Row::Bar(_) => true,
            Row::Cells(cells) => !matches!(cells[column], Cell::Above),
        }
    }

    /// Rows covered by the cell that begins here.
    pub fn span(&self, row: u32, column: usize) -> u32 {
        self.spans[row as usize * self.table.columns.len() + column]
    }
}

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
struct Cutter<'l, 'a> {
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
    fn new(laid: &'l Laid<'a>, fonts: &'l FontSet, first: f32, other: f32) -> Cutter<'l, 'a> {
        let open = vec![None; laid.table.columns.len()];
        let page = TablePage::default();
        Cutter { laid, fonts, open, pages: Vec::new(), page, y: 0.0, space: first, other, slack: 0.0 }
    }

    fn cut(mut self) -> Vec<TablePage> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FontPaths;
    use std::sync::LazyLock;

    static FONTS: LazyLock<FontSet> =
        LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));
    static COLUMNS: [Column; 2] = [
        Column { x: 0.0, width: 46.4, centred: true, says_continued: true },
        Column { x: 46.4, width: 96.4, centred: false, says_continued: false },
    ];

    /// Rows of (merged into the one above, characters left, characters right); 10 pt: 4 and 9 characters a line.
    fn lay(rows: &[(bool, usize, usize)], page: f32) -> Laid<'static> {
        let cells = |&(above, left, right): &(bool, usize, usize)| {
            let left = if above { Cell::Above } else { Cell::Text("左".repeat(left).into()) };
            Row::Cells(vec![left, Cell::Text("右".repeat(right).into())])
        };
        let rows = rows.iter().map(cells).collect();
        let table =
            Table { columns: &COLUMNS, head: &[], head_rows: 0, rows, size: 10.0, continued: "续".into() };
        table.lay(&FONTS, page, page)
    }

    /// Lines drawn of a cell over all pages, repetitions left out.
    fn drawn(laid: &Laid<'_>, row: u32, column: u8) -> Vec<(u16, u16)> {
        let all = laid.pages.iter().flat_map(|p| &p.portions);
        all.filter(|p| p.row == row && p.column == column && !p.again).map(|p| (p.from, p.to)).collect()
    }

    fn check(laid: &Laid<'_>, page: f32) {
        for (n, p) in laid.pages.iter().enumerate() {
            assert!(p.height <= page + 0.1, "page {n} is {} of {page}", p.height);
            for portion in &p.portions {
                let lines = f32::from(portion.to - portion.from) * laid.table.pitch() + 2.0 * PAD_Y;
                assert!(portion.bottom - portion.top + 0.1 >= lines, "page {n}: {portion:?} needs {lines}");
                assert!(portion.bottom <= p.height + 0.1);
            }
            for column in 0..2 {
                let mut y = 0.0;
                for portion in p.portions.iter().filter(|p| p.column == column) {
                    assert!((portion.top - y).abs() < 0.1, "page {n}: a gap above {portion:?}");
                    y = portion.bottom;
                }
                assert!((y - p.height).abs() < 0.1, "page {n}, column {column} ends at {y} of {}", p.height);
            }
        }
        for row in 0..laid.table.rows.len() as u32 {
            for column in 0..2 {
                if laid.begins(row, column) {
                    let parts = drawn(laid, row, column as u8);
                    let end = parts.iter().fold(0, |at, (from, to)| {
                        assert_eq!(at, *from, "row {row}, column {column}: {parts:?}");
                        *to
                    });
                    assert_eq!(usize::from(end), laid.lines(row, column).len(), "row {row}, column {column}");
                }
            }
        }
    }

    #[test]
    fn every_line_is_drawn_once_and_every_page_is_full_of_cells() {
        let mut seed = 7_u32;
        let mut next = |n: u32| {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
            (seed >> 16) % n
        };
        for round in 0..300 {
            let rows: Vec<_> = (0..1 + next(40))
                .map(|i| {
                    let long = if next(9) == 0 { 200 } else { 20 };
                    (i > 0 && next(3) > 0, next(long) as usize, next(2 * long) as usize)
                })
                .collect();
            let page = 60.0 + next(200) as f32;
            let laid = lay(&rows, page);
            check(&laid, page);
            assert!(laid.pages.len() < 400, "round {round}");
        }
    }

    #[test]
    fn a_merged_cell_is_drawn_again_on_each_page_it_reaches() {
        let mut rows = vec![(true, 0, 5); 12];
        rows[0] = (false, 3, 5);
        let laid = lay(&rows, 100.0);
        assert!(laid.pages.len() >= 2);
        for (n, page) in laid.pages.iter().enumerate() {
            let left: Vec<_> = page.portions.iter().filter(|p| p.column == 0).collect();
            assert_eq!(left.len(), 1);
            assert_eq!(left[0].again, n > 0);
        }
        assert_eq!(laid.table.again(&FONTS, 0, 0).0, "左左左续");
    }

    #[test]
    fn a_row_taller_than_a_page_is_cut_between_lines() {
        let laid = lay(&[(false, 1, 9 * 30), (false, 1, 1)], 100.0);
        assert!(drawn(&laid, 0, 1).len() > 3);
        check(&laid, 100.0);
    }
}
