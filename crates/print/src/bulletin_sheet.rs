//! 通报 on paper: its text, the figures and places of every authority, what they mean, and the digest of what they were reckoned
//! from. As many pages as that takes; the head of a table stands again on each.

use crate::canvas::{A4, Canvas, Color, MM, Set, page};
use crate::document::{Output, Overprint, PrintError};
use crate::font::{FontSet, Style};
use crate::pdf::{File, Pdf, bookmark, check_text};
use crate::sheet::overprint;
use crate::text::wrap;
use domain::Day;
use domain::bulletin::{Indicator, PARTS, Period, Reckoned, columns};
use krilla::geom::PathBuilder;
use krilla::tagging::{ArtifactType, Identifier, TableHeaderScope, Tag, TagGroup};
use std::num::NonZeroU16;

/// What stands on it.
#[derive(Clone, Debug)]
pub struct BulletinSheet {
    /// Its title.
    pub title: String,
    /// Its text; paragraphs are parted by line breaks.
    pub text: String,
    /// About what time.
    pub period: Period,
    /// Which edition.
    pub edition: u32,
    /// The title of the bulletin it corrects.
    pub corrects: Option<String>,
    /// Where it is, unless it is released; then empty.
    pub state: String,
    /// The day of its release.
    pub released: Option<Day>,
    /// Whose bulletin it is.
    pub issuer: String,
    /// The figures.
    pub shown: Reckoned,
    /// Epoch and position of the register when they were taken.
    pub cut: (i64, i64),
    /// SHA-256 of the aggregates, in hexadecimal digits.
    pub digest: String,
    /// What is written across the page.
    pub overprint: Overprint,
}

const LEFT: f32 = 22.0 * MM;
const WIDTH: f32 = 166.0 * MM;
/// Upper edge of what a page holds, and its lower one.
const TOP: f32 = 22.0 * MM;
const BOTTOM: f32 = 279.0 * MM;
const ROW: f32 = 6.2 * MM;
/// Width of the column of names; the others share the rest.
const NAMES: f32 = 24.0 * MM;
const CELL: f32 = 9.0;
const GREY: Color = [0x55; 3];
const RULE: Color = [0x99; 3];
const GROUND: Color = [0xee, 0xf1, 0xf5];
/// Characters that a heading of the text has at most.
const HEADING: usize = 24;

/// A bulletin as a file.
///
/// # Errors
/// [`PrintError::Missing`] for a character without glyph.
pub fn bulletin_sheet(sheet: &BulletinSheet, output: &Output, fonts: &FontSet) -> Result<Pdf, PrintError> {
    let mut flow = Flow { fonts, parts: Vec::new() };
    flow.opening(sheet);
    flow.text(&sheet.text);
    let tables: Vec<Table> = PARTS.iter().map(|(label, of)| Table::of(label, of, &sheet.shown)).collect();
    tables.iter().enumerate().for_each(|(n, table)| flow.table(n, table));
    flow.notes(sheet);
    let cells = tables.iter().flat_map(|table| table.head.iter().chain(table.rows.iter().flatten()));
    flow.texts().chain(cells.map(String::as_str)).try_for_each(|text| check_text(text, fonts))?;
    let pages = paged(&flow.parts);
    let mut file = File::new(*output);
    file.entry(sheet.title.clone(), bookmark(sheet.title.clone(), 0));
    let mut cells = Cells::default();
    for (n, parts) in pages.iter().enumerate() {
        let foot = format!("{}　第 {} 页 共 {} 页", sheet.issuer, n + 1, pages.len());
        page(&mut file.engine, fonts, &mut file.tags, A4, |canvas| {
            parts.iter().for_each(|placed| draw(canvas, placed, &tables, &mut cells));
            if n > 0 {
                canvas.artifact(ArtifactType::Header, |c| {
                    c.text([LEFT, 15.0 * MM], &Set::new(Style::Song, 9.0).color(GREY), &sheet.title);
                });
            }
            if let Some(word) = sheet.overprint.across() {
                canvas.artifact(ArtifactType::Watermark, |c| overprint(c, A4, word));
            }
            canvas.artifact(ArtifactType::Footer, |c| {
                c.text_center(A4[0] / 2.0, 288.0 * MM, &Set::new(Style::Song, 9.0).color(GREY), &foot);
            });
        });
        file.pages += 1;
    }
    file.finish("通报")
}

/// A table as texts.
struct Table {
    label: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(label: &str, of: &[Indicator], shown: &Reckoned) -> Table {
        let mut head = vec!["机关".to_owned()];
        head.extend(columns(of).map(|column| column.label()));
        let lines = shown.lines.iter().chain([&shown.nation]);
        let row = |line: &domain::bulletin::Line| {
            let cells = columns(of).map(|column| column.text(line));
            std::iter::once(line.short_name.clone()).chain(cells).collect()
        };
        Table { label: format!("附表　{label}"), head, rows: lines.map(row).collect() }
    }

    fn column(&self, n: usize) -> (f32, f32) {
        let width = (WIDTH - NAMES) / self.head.len().saturating_sub(1).max(1) as f32;
        if n == 0 { (LEFT, NAMES) } else { (LEFT + NAMES + (n - 1) as f32 * width, width) }
    }
}

/// Something that stands on one page as a whole.
struct Part {
    height: f32,
    /// Whether what follows must begin on the same page.
    keeps: bool,
    what: What,
}

#[derive(Clone)]
enum What {
    /// One line of the title, in the middle.
    Title(String),
    /// A heading of the text, or of a table.
    Heading(String),
    /// One line of text: its left edge, size, whether grey.
    Line(f32, f32, bool, String),
    Air,
    /// The head of a table; whether it is there again.
    Head(usize, bool),
    /// A row of a table.
    Row(usize, usize),
}

struct Flow<'f> {
    fonts: &'f FontSet,
    parts: Vec<Part>,
}

/// From one baseline to the next.
fn pitch(size: f32) -> f32 {
    size * 1.6
}

/// Whether a paragraph is a heading: 一、概况.
fn is_heading(text: &str) -> bool {
    let numbers = "一二三四五六七八九十";
    let (before, _) = text.split_once('、').unwrap_or_default();
    !before.is_empty() && before.chars().all(|c| numbers.contains(c)) && text.chars().count() <= HEADING
}

impl Flow<'_> {
    fn push(&mut self, height: f32, keeps: bool, what: What) {
        self.parts.push(Part { height, keeps, what });
    }

    /// A paragraph in lines, its first one indented by so many characters; the first two lines stay together, and the last two.
    fn paragraph(&mut self, size: f32, grey: bool, text: &str, indent: f32) {
        let lines = wrap(self.fonts, Style::Song, text, WIDTH / size, indent);
        let last = lines.len().saturating_sub(1);
        for (n, line) in lines.iter().enumerate() {
            let line = text[line.start as usize..line.end as usize].to_owned();
            let keeps = n < last && (n == 0 || n + 1 == last);
            let left = if n == 0 { LEFT + indent * size } else { LEFT };
            self.push(pitch(size), keeps, What::Line(left, size, grey, line));
        }
    }

    fn opening(&mut self, sheet: &BulletinSheet) {
        let size = 18.0;
        for line in wrap(self.fonts, Style::SongBold, &sheet.title, WIDTH * 0.95 / size, 0.0) {
            let line = sheet.title[line.start as usize..line.end as usize].to_owned();
            self.push(pitch(size), true, What::Title(line));
        }
        self.push(3.0 * MM, true, What::Air);
        let day = match (&sheet.released, sheet.state.as_str()) {
            (Some(day), "") => format!("发布日期：{day}"),
            (Some(day), state) => format!("发布日期：{day}（{state}）"),
            (None, state) => format!("状态：{state}，未发布"),
        };
        let (first, last) = (sheet.period.first(), sheet.period.last());
        self.paragraph(10.0, true, &format!("{}　第{}版　{day}", sheet.issuer, sheet.edition), 0.0);
        self.paragraph(10.0, true, &format!("统计时期：{first} 至 {last}"), 0.0);
        if let Some(old) = &sheet.corrects {
            self.paragraph(10.0, true, &format!("更正：{old}"), 0.0);
        }
        self.push(3.0 * MM, false, What::Air);
    }

    fn text(&mut self, text: &str) {
        for paragraph in text.lines() {
            if is_heading(paragraph) {
                self.push(2.0 * MM, true, What::Air);
                self.push(pitch(12.5), true, What::Heading(paragraph.to_owned()));
            } else {
                self.paragraph(11.5, false, paragraph, 2.0);
            }
        }
        self.push(4.0 * MM, false, What::Air);
    }

    fn table(&mut self, n: usize, table: &Table) {
        self.push(3.0 * MM, true, What::Air);
        self.push(pitch(12.5), true, What::Heading(table.label.clone()));
        self.push(ROW, true, What::Head(n, false));
        for row in 0..table.rows.len() {
            // 全国 is not left alone at the top of a page.
            let keeps = row + 2 == table.rows.len();
            self.push(ROW, keeps, What::Row(n, row));
        }
        self.push(4.0 * MM, false, What::Air);
    }

    fn notes(&mut self, sheet: &BulletinSheet) {
        self.push(3.0 * MM, true, What::Air);
        self.push(pitch(12.5), true, What::Heading("指标说明".to_owned()));
        for of in Indicator::ALL {
            let text = format!("{}（{}）：{}", of.label(), of.unit(), of.definition());
            self.paragraph(9.5, false, &text, 0.0);
        }
        let places = "名次为省级机关之间的排名，相同的并列；括号内为与上期名次相比，↑上升，↓下降，—不变，新为上期没有名次。";
        self.paragraph(9.5, false, places, 0.0);
        self.push(2.0 * MM, false, What::Air);
        let (epoch, position) = sheet.cut;
        let cut = format!(
            "统计截至登记库第{epoch}代第{position}条办理记录。全部数字可由统计数据重新算出，数据摘要（SHA-256）："
        );
        self.paragraph(9.0, true, &cut, 0.0);
        self.paragraph(9.0, true, &sheet.digest, 0.0);
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match &part.what {
            What::Title(text) | What::Heading(text) | What::Line(_, _, _, text) => Some(text.as_str()),
            What::Air | What::Head(..) | What::Row(..) => None,
        })
    }
}

/// The parts of each page with their upper edges. What keeps together is moved as a whole; a table that goes on begins with its
/// head.
fn paged(parts: &[Part]) -> Vec<Vec<(f32, What)>> {
    let mut pages: Vec<Vec<(f32, What)>> = vec![Vec::new()];
    let mut y = TOP;
    for run in parts.chunk_by(|before, _| before.keeps) {
        let height: f32 = run.iter().map(|part| part.height).sum();
        let full = y + height > BOTTOM && y > TOP;
        if full {
            pages.push(Vec::new());
            y = TOP;
        }
        for (n, part) in run.iter().enumerate() {
            let Some(page) = pages.last_mut() else { continue };
            if let (true, 0, What::Row(table, _)) = (full, n, &part.what) {
                page.push((y, What::Head(*table, true)));
                y += ROW;
            }
            page.push((y, part.what.clone()));
            y += part.height;
        }
    }
    pages
}

/// Identifiers of the cells of a table, until it is whole.
#[derive(Default)]
struct Cells {
    head: Vec<Identifier>,
    rows: Vec<Vec<Identifier>>,
}

impl Cells {
    fn table(self) -> TagGroup {
        let mut head = TagGroup::new(Tag::TR);
        for id in self.head {
            head.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Column), vec![id.into()]));
        }
        let mut body = TagGroup::new(Tag::TBody);
        for row in self.rows {
            let mut group = TagGroup::new(Tag::TR);
            for (n, id) in row.into_iter().enumerate() {
                group.push(match n {
                    0 => TagGroup::with_children(Tag::TH(TableHeaderScope::Row), vec![id.into()]),
                    _ => TagGroup::with_children(Tag::TD, vec![id.into()]),
                });
            }
            body.push(group);
        }
        let head = TagGroup::with_children(Tag::THead, vec![head.into()]);
        TagGroup::with_children(Tag::Table, vec![head.into(), body.into()])
    }
}

fn draw(canvas: &mut Canvas<'_>, (y, what): &(f32, What), tables: &[Table], cells: &mut Cells) {
    match what {
        What::Title(text) => canvas.content(Tag::Hn(NonZeroU16::MIN, Some(text.clone())), |c| {
            c.text_center(A4[0] / 2.0, y + 20.0, &Set::new(Style::SongBold, 18.0), text);
        }),
        What::Heading(text) => {
            let level = NonZeroU16::new(2).expect("two");
            canvas.content(Tag::Hn(level, Some(text.clone())), |c| {
                c.text([LEFT, y + 13.0], &Set::new(Style::SongBold, 12.5), text);
            });
        }
        What::Line(left, size, grey, text) => {
            let set = Set::new(Style::Song, *size);
            let set = if *grey { set.color(GREY) } else { set };
            canvas.content(Tag::P, |c| {
                c.text([*left, y + size * 1.15], &set, text);
            });
        }
        What::Air => {}
        What::Head(n, again) => {
            let table = &tables[*n];
            canvas.artifact(ArtifactType::Layout, |c| {
                c.block([LEFT, *y, WIDTH, ROW], GROUND);
                rule(c, *y);
                rule(c, y + ROW);
            });
            let set = Set::new(Style::SongBold, CELL);
            if *again {
                canvas.artifact(ArtifactType::Header, |c| row(c, *y, table, &table.head, &set));
            } else {
                cells.head = marked(canvas, *y, table, &table.head, &set);
            }
        }
        What::Row(n, at) => {
            let table = &tables[*n];
            let last = at + 1 == table.rows.len();
            let set = Set::new(if last { Style::SongBold } else { Style::Song }, CELL);
            let ids = marked(canvas, *y, table, &table.rows[*at], &set);
            cells.rows.push(ids);
            canvas.artifact(ArtifactType::Layout, |c| rule(c, y + ROW));
            if last {
                let whole = std::mem::take(cells).table();
                if canvas.tags.on() {
                    canvas.tags.push_group(whole);
                }
            }
        }
    }
}

fn cell(canvas: &mut Canvas<'_>, y: f32, table: &Table, (n, text): (usize, &str), set: &Set) {
    let (x, width) = table.column(n);
    let base = y + ROW * 0.68;
    // A heading of many characters is made narrower rather than cut.
    let wide = canvas.measure(set, text);
    let set = if wide > width - 2.0 { Set { size: set.size * (width - 2.0) / wide, ..*set } } else { *set };
    if n == 0 {
        canvas.text([x + 1.0, base], &set, text);
    } else {
        canvas.text_right(x + width - 1.0, base, &set, text);
    }
}

fn row(canvas: &mut Canvas<'_>, y: f32, table: &Table, texts: &[String], set: &Set) {
    texts.iter().enumerate().for_each(|(n, text)| cell(canvas, y, table, (n, text), set));
}

fn marked(canvas: &mut Canvas<'_>, y: f32, table: &Table, texts: &[String], set: &Set) -> Vec<Identifier> {
    let mark = |(n, text): (usize, &String)| canvas.marked(|c| cell(c, y, table, (n, text), set));
    texts.iter().enumerate().map(mark).collect()
}

fn rule(canvas: &mut Canvas<'_>, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(LEFT, y);
    path.line_to(LEFT + WIDTH, y);
    canvas.rules(path, RULE, 0.5);
}
