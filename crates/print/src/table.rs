//! Tables over many pages: rows whose cells may be merged downwards, wrapped first, then cut into pages.
//!
//! A cell that goes on over a page is drawn again on the next one; a text taller than a page is cut between its lines.

use crate::cut::Cutter;
use crate::font::{FontSet, Style};
use crate::text::{Line, wrap};
use std::borrow::Cow;

/// Space between text and rule, in points.
pub(crate) const PAD_X: f32 = 3.2;
pub(crate) const PAD_Y: f32 = 2.6;
/// Lines up to which a text is repeated where its cell goes on over a page.
const REPEATED: usize = 4;
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
