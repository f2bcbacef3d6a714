//! The pages of the annex tables: running head, title, table head, cells, rules, tags.

use crate::annex::Section;
use crate::canvas::{A4, BLACK, Canvas, MM, Set, Tags};
use crate::document::Overprint;
use crate::font::{FontSet, Style};
use crate::sheet::overprint;
use crate::table::{HeadCell, Laid, PAD_X, PAD_Y, Portion, Table};
use crate::text::{Line, wrap};
use krilla::geom::PathBuilder;
use krilla::tagging::{ArtifactType, Identifier, TableHeaderScope, Tag, TagGroup, TagKind};
use std::num::{NonZeroU16, NonZeroU32};

/// Type size of the running head in points.
pub(crate) const HEAD_SIZE: f32 = 9.0;
/// Face of the running head.
pub(crate) const HEAD_STYLE: Style = Style::Song;
const HEAD_PITCH: f32 = 13.0;
const TITLE_SIZE: f32 = 15.0;
const TITLE_PITCH: f32 = 21.0;
/// Ground of table heads and bars.
const GROUND: [u8; 3] = [0xf2, 0xee, 0xe4];
const RULE: [u8; 3] = [0x55, 0x50, 0x48];

/// Where things stand on a table page, in points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub size: [f32; 2],
    pub left: f32,
    pub width: f32,
    pub top: f32,
    pub bottom: f32,
}

impl Frame {
    pub fn new(landscape: bool) -> Frame {
        let (size, margin) = if landscape { ([A4[1], A4[0]], 15.0 * MM) } else { (A4, 20.0 * MM) };
        let bottom = size[1] - 17.0 * MM;
        Frame { size, left: margin, width: size[0] - 2.0 * margin, top: 15.0 * MM, bottom }
    }

    /// Upper edge of the table head, below so many lines of running head and title.
    pub fn table_top(&self, head_lines: usize, title_lines: usize) -> f32 {
        let title = if title_lines > 0 { title_lines as f32 * TITLE_PITCH + 8.0 } else { 0.0 };
        self.top + (head_lines - 1) as f32 * HEAD_PITCH + 9.0 + title
    }

    /// Height of the table head.
    pub fn head_height(&self, table: &Table<'_>) -> f32 {
        table.head_rows as f32 * (table.pitch() + 2.0 * PAD_Y)
    }

    /// The title's lines: two that part behind the body's name where that is possible, so that no name is torn (有限|公司),
    /// else about equally long ones; the width left over keeps them from the margins.
    pub fn title_lines(&self, fonts: &FontSet, title: &str, name_end: usize) -> Vec<Line> {
        let wrapped =
            |text: &str, part: f32| wrap(fonts, Style::SongBold, text, self.width * part / TITLE_SIZE, 0.0);
        let at = |part: f32| wrapped(title, part);
        let mut lines = at(0.92);
        let (name, rest) = title.split_at(name_end);
        if lines.len() > 1 && [name, rest].iter().all(|text| wrapped(text, 0.92).len() == 1) {
            let (middle, end) = (name_end as u32, title.len() as u32);
            return vec![0..middle, middle..end];
        }
        if lines.len() > 1 {
            for part in [0.86, 0.8, 0.74, 0.68, 0.62, 0.56, 0.5] {
                let narrower = at(part);
                if narrower.len() > lines.len() {
                    break;
                }
                lines = narrower;
            }
        }
        lines
    }
}

/// What a section needs from the document around it.
pub(crate) struct Around<'a> {
    /// Number of the section's first page in the annex.
    pub first_page: usize,
    pub pages: usize,
    pub overprint: Overprint,
    /// Word below the last row.
    pub end: &'a str,
}

/// Draws all pages of a section.
pub(crate) fn draw(
    section: &Section<'_>,
    around: &Around<'_>,
    document: &mut krilla::Document,
    fonts: &FontSet,
    tags: &mut Tags,
) {
    let frame = Frame::new(section.landscape);
    let mut cells = Cells::default();
    let heading = Tag::Hn(NonZeroU16::new(2).expect("two"), Some(section.title.clone()));
    for (index, table_page) in section.table.pages.iter().enumerate() {
        let first = index == 0;
        crate::canvas::page(document, fonts, tags, frame.size, |canvas| {
            let number = format!("第 {} 页 共 {} 页", around.first_page + index, around.pages);
            running_head(canvas, &frame, section, &number, first);
            let title =
                if first { frame.title_lines(fonts, &section.title, section.name_end) } else { Vec::new() };
            if first {
                canvas.content(heading.clone(), |c| draw_title(c, &frame, section, &title));
            }
            let top = frame.table_top(section.head.len(), title.len());
            let body = top + frame.head_height(&section.table.table);
            let mut drawer = Drawer { canvas, laid: &section.table, left: frame.left, top: body };
            drawer.ground_and_rules(&table_page.portions, top, table_page.height);
            drawer.head(top, first, &mut cells);
            for portion in &table_page.portions {
                drawer.portion(portion, &mut cells);
            }
            if index + 1 == section.table.pages.len() {
                let y = body + table_page.height + 15.0;
                let middle = frame.size[0] / 2.0;
                canvas.artifact(ArtifactType::Layout, |c| {
                    c.text_center(middle, y, &Set::new(Style::Song, HEAD_SIZE), around.end);
                });
            }
            if let Some(word) = around.overprint.across() {
                canvas.artifact(ArtifactType::Watermark, |c| overprint(c, frame.size, word));
            }
        });
    }
    if tags.on() {
        tags.push_group(cells.table(&section.table));
    }
}

fn running_head(canvas: &mut Canvas<'_>, frame: &Frame, section: &Section<'_>, number: &str, first: bool) {
    let set = Set::new(HEAD_STYLE, HEAD_SIZE);
    let lines = |c: &mut Canvas<'_>| {
        for (i, line) in section.head.iter().enumerate() {
            c.text([frame.left, frame.top + i as f32 * HEAD_PITCH], &set, line);
        }
    };
    // Read aloud once a section, not on every page.
    if first {
        canvas.content(Tag::P, lines);
    } else {
        canvas.artifact(ArtifactType::Header, lines);
    }
    canvas
        .artifact(ArtifactType::Header, |c| c.text_right(frame.left + frame.width, frame.top, &set, number));
}

fn draw_title(canvas: &mut Canvas<'_>, frame: &Frame, section: &Section<'_>, lines: &[Line]) {
    let set = Set::new(Style::SongBold, TITLE_SIZE);
    let top = frame.table_top(section.head.len(), 0) + TITLE_SIZE;
    for (i, line) in lines.iter().enumerate() {
        let text = &section.title[line.start as usize..line.end as usize];
        canvas.text_center(frame.size[0] / 2.0, top + i as f32 * TITLE_PITCH, &set, text);
    }
}

/// Draws one page of a table.
struct Drawer<'d, 'c, 'l> {
    canvas: &'d mut Canvas<'c>,
    laid: &'d Laid<'l>,
    left: f32,
    /// Upper edge of the first row.
    top: f32,
}

impl Drawer<'_, '_, '_> {
    fn ground_and_rules(&mut self, portions: &[Portion], head_top: f32, height: f32) {
        let table = &self.laid.table;
        let (left, top, width) = (self.left, self.top, table.width());
        let mut path = PathBuilder::new();
        let mut line = |x0: f32, y0: f32, x1: f32, y1: f32| {
            path.move_to(x0, y0);
            path.line_to(x1, y1);
        };
        for portion in portions {
            let column = &table.columns[usize::from(portion.column)];
            let bar = table.is_bar(portion.row);
            let x = left + column.x;
            let right = if bar { left + width } else { x + column.width };
            line(x, top + portion.bottom, right, top + portion.bottom);
            if portion.column > 0 {
                line(x, top + portion.top, x, top + portion.bottom);
            }
        }
        let row = (top - head_top) / table.head_rows.max(1) as f32;
        for cell in table.head {
            let x = left + table.columns[cell.columns.0].x;
            let y = head_top + cell.rows.0 as f32 * row;
            let last = &table.columns[cell.columns.1 - 1];
            line(x, y, left + last.x + last.width, y);
            line(x, y, x, head_top + cell.rows.1 as f32 * row);
        }
        line(left, top, left + width, top);
        line(left, top, left, top + height);
        line(left + width, head_top, left + width, top + height);
        let bars: Vec<[f32; 4]> = portions
            .iter()
            .filter(|p| table.is_bar(p.row))
            .map(|p| [left, top + p.top, width, p.bottom - p.top])
            .collect();
        self.canvas.artifact(ArtifactType::Layout, |c| {
            c.block([left, head_top, width, top - head_top], GROUND);
            bars.into_iter().for_each(|bar| c.block(bar, GROUND));
            c.rules(path, RULE, 0.5);
        });
    }

    fn head(&mut self, top: f32, first: bool, cells: &mut Cells) {
        let table = &self.laid.table;
        let row = (self.top - top) / table.head_rows.max(1) as f32;
        let set = Set::new(Style::SongBold, table.size).color(BLACK);
        for cell in table.head {
            let last = &table.columns[cell.columns.1 - 1];
            let x = (table.columns[cell.columns.0].x + last.x + last.width) / 2.0 + self.left;
            let y = top + (cell.rows.0 + cell.rows.1) as f32 / 2.0 * row + table.size * 0.36;
            let draw = |c: &mut Canvas<'_>| c.text_center(x, y, &set, cell.text);
            if first {
                let id = self.canvas.marked(draw);
                cells.head.push((*cell, id));
            } else {
                self.canvas.artifact(ArtifactType::Header, draw);
            }
        }
    }

    fn portion(&mut self, portion: &Portion, cells: &mut Cells) {
        let column = usize::from(portion.column);
        if portion.again {
            let (text, lines) = self.laid.table.again(self.canvas.fonts(), portion.row, column);
            let from = usize::from(portion.from).min(lines.len());
            let to = usize::from(portion.to).min(lines.len());
            let canvas = &mut *self.canvas;
            let mut place = Place { laid: self.laid, left: self.left, top: self.top, portion };
            canvas.artifact(ArtifactType::Layout, |c| place.lines(c, &text, &lines[from..to]));
            return;
        }
        let text = self.laid.table.text(portion.row, column);
        let lines = &self.laid.lines(portion.row, column)[usize::from(portion.from)..usize::from(portion.to)];
        let mut place = Place { laid: self.laid, left: self.left, top: self.top, portion };
        let tagged = self.canvas.tags.on();
        if tagged {
            let id = self.canvas.marked(|c| place.lines(c, text, lines));
            cells.body.push((portion.row, portion.column, id));
        } else {
            place.lines(self.canvas, text, lines);
        }
    }
}

/// Sets the lines of a portion, in the middle of its height.
struct Place<'d, 'l> {
    laid: &'d Laid<'l>,
    left: f32,
    top: f32,
    portion: &'d Portion,
}

impl Place<'_, '_> {
    fn lines(&mut self, canvas: &mut Canvas<'_>, text: &str, lines: &[Line]) {
        let table = &self.laid.table;
        let bar = table.is_bar(self.portion.row);
        let column = &table.columns[usize::from(self.portion.column)];
        let width = if bar { table.width() } else { column.width };
        let set = Set::new(if bar { Style::SongBold } else { Style::Song }, table.size);
        let x = self.left + column.x;
        let spare = self.portion.bottom - self.portion.top - lines.len() as f32 * table.pitch();
        let mut y = self.top
            + self.portion.top
            + spare / 2.0
            + (table.pitch() - table.size) / 2.0
            + table.size * 0.87;
        for line in lines {
            let text = &text[line.start as usize..line.end as usize];
            if column.centred {
                canvas.text_center(x + width / 2.0, y, &set, text);
            } else {
                canvas.text([x + PAD_X, y], &set, text);
            }
            y += table.pitch();
        }
    }
}

/// Identifiers of what was drawn, until the table's tags are built.
#[derive(Default)]
struct Cells {
    head: Vec<(HeadCell, Identifier)>,
    body: Vec<(u32, u8, Identifier)>,
}

impl Cells {
    /// The table as tags: head rows, then rows with spans; pieces of a cell on several pages are one cell.
    fn table(mut self, laid: &Laid<'_>) -> TagGroup {
        let mut head = TagGroup::new(Tag::THead);
        for row in 0..laid.table.head_rows {
            let mut group = TagGroup::new(Tag::TR);
            for (cell, id) in self.head.iter().filter(|(cell, _)| cell.rows.0 == row) {
                let tag = Tag::TH(TableHeaderScope::Column)
                    .with_row_span(span(cell.rows.1 - cell.rows.0))
                    .with_col_span(span(cell.columns.1 - cell.columns.0));
                group.push(TagGroup::with_children(tag, vec![(*id).into()]));
            }
            head.push(group);
        }
        self.body.sort_by_key(|&(row, column, _)| (row, column));
        let mut body = TagGroup::new(Tag::TBody);
        for row in self.body.chunk_by(|a, b| a.0 == b.0) {
            let mut group = TagGroup::new(Tag::TR);
            for cell in row.chunk_by(|a, b| a.1 == b.1) {
                let ids = cell.iter().map(|&(_, _, id)| id.into()).collect();
                group.push(TagGroup::with_children(cell_tag(laid, cell[0].0, cell[0].1), ids));
            }
            body.push(group);
        }
        TagGroup::with_children(Tag::Table, vec![head.into(), body.into()])
    }
}

fn cell_tag(laid: &Laid<'_>, row: u32, column: u8) -> TagKind {
    if laid.table.is_bar(row) {
        return Tag::TH(TableHeaderScope::Row).with_col_span(span(laid.table.columns.len())).into();
    }
    Tag::TD.with_row_span(span(laid.span(row, usize::from(column)) as usize)).into()
}

fn span(n: usize) -> Option<NonZeroU32> {
    u32::try_from(n).ok().filter(|&n| n > 1).and_then(NonZeroU32::new)
}
