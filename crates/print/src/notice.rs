//! 通知书 to a body: title, number, whom it is for, what it says, who says it and when. As many pages as the text takes.

use crate::canvas::{A4, Canvas, Color, MM, Set, page};
use crate::document::{Output, Overprint, PrintError};
use crate::font::{FontSet, Style};
use crate::pdf::{File, Pdf, bookmark, check_text};
use crate::sheet::overprint;
use crate::text::wrap;
use domain::Day;
use krilla::tagging::{ArtifactType, Tag};
use std::num::NonZeroU16;

/// What stands on a notice.
#[derive(Clone, Debug)]
pub struct NoticeSheet {
    /// 责令改正通知书.
    pub title: String,
    /// 文号.
    pub document: String,
    /// The body's name.
    pub addressee: String,
    /// What it says, a line for each paragraph.
    pub text: String,
    /// Whose notice it is.
    pub authority: String,
    /// Its day.
    pub day: Day,
    /// What is written across the page.
    pub overprint: Overprint,
}

const LEFT: f32 = 28.0 * MM;
const WIDTH: f32 = 154.0 * MM;
const TOP: f32 = 37.0 * MM;
const BOTTOM: f32 = 262.0 * MM;
/// 三号, as documents of authorities are set (GB/T 9704): 16 points, 28 from line to line.
const SIZE: f32 = 16.0;
const PITCH: f32 = 28.0;
const GREY: Color = [0x55; 3];

/// A notice as a file.
///
/// # Errors
/// [`PrintError::Missing`] for a character without glyph.
pub fn notice_sheet(sheet: &NoticeSheet, output: &Output, fonts: &FontSet) -> Result<Pdf, PrintError> {
    let lines = lines(sheet, fonts);
    lines.iter().map(|line| line.text.as_str()).try_for_each(|text| check_text(text, fonts))?;
    let pages = paged(lines);
    let mut file = File::new(*output);
    let title = format!("{} {}", sheet.title, sheet.document);
    file.entry(title.clone(), bookmark(title, 0));
    for (n, lines) in pages.iter().enumerate() {
        let foot = format!("{}　第 {} 页 共 {} 页", sheet.document, n + 1, pages.len());
        page(&mut file.engine, fonts, &mut file.tags, A4, |canvas| {
            for (y, line) in lines {
                draw(canvas, *y, line);
            }
            if let Some(word) = sheet.overprint.across() {
                canvas.artifact(ArtifactType::Watermark, |c| overprint(c, A4, word));
            }
            canvas.artifact(ArtifactType::Footer, |c| {
                c.text_center(A4[0] / 2.0, 280.0 * MM, &Set::new(Style::Song, 9.0).color(GREY), &foot);
            });
        });
        file.pages += 1;
    }
    file.finish(&sheet.title)
}

/// Where a line stands across the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Title,
    Number,
    Left,
    /// The first line of a paragraph, two characters in.
    First,
    /// Whose it is and of which day, at the right.
    Signed,
}

struct Line {
    place: Place,
    text: String,
    height: f32,
    /// Whether what follows must stand on the same page.
    keeps: bool,
}

fn line(place: Place, text: &str, height: f32, keeps: bool) -> Line {
    Line { place, text: text.to_owned(), height, keeps }
}

fn lines(sheet: &NoticeSheet, fonts: &FontSet) -> Vec<Line> {
    let mut all = Vec::new();
    let wrapped = |style, text: &str, measure: f32, indent: f32| -> Vec<String> {
        let lines = wrap(fonts, style, text, measure, indent);
        lines.iter().map(|it| text[it.start as usize..it.end as usize].to_owned()).collect()
    };
    for text in wrapped(Style::SongBold, &sheet.title, WIDTH / 22.0, 0.0) {
        all.push(line(Place::Title, &text, 34.0, true));
    }
    all.push(line(Place::Number, &sheet.document, 2.0 * PITCH, true));
    for text in wrapped(Style::Song, &format!("{}：", sheet.addressee), WIDTH / SIZE, 0.0) {
        all.push(line(Place::Left, &text, PITCH, true));
    }
    for paragraph in sheet.text.lines().filter(|it| !it.trim().is_empty()) {
        for (n, text) in wrapped(Style::Song, paragraph.trim(), WIDTH / SIZE, 2.0).iter().enumerate() {
            all.push(line(if n == 0 { Place::First } else { Place::Left }, text, PITCH, false));
        }
    }
    // Nobody signs an empty page: the last lines of the text go with the name.
    let from = all.len().saturating_sub(2);
    all[from..].iter_mut().for_each(|it| it.keeps = true);
    all.push(line(Place::Signed, "", 1.5 * PITCH, true));
    for text in wrapped(Style::Song, &sheet.authority, WIDTH / SIZE, 0.0) {
        all.push(line(Place::Signed, &text, PITCH, true));
    }
    all.push(line(Place::Signed, &sheet.day.chinese(), PITCH, false));
    all
}

/// The lines of each page with their upper edges.
fn paged(lines: Vec<Line>) -> Vec<Vec<(f32, Line)>> {
    let mut pages: Vec<Vec<(f32, Line)>> = vec![Vec::new()];
    let (mut y, mut run): (f32, Vec<Line>) = (TOP, Vec::new());
    for line in lines {
        let goes_on = line.keeps;
        run.push(line);
        if goes_on {
            continue;
        }
        let height: f32 = run.iter().map(|it| it.height).sum();
        if y + height > BOTTOM && y > TOP {
            pages.push(Vec::new());
            y = TOP;
        }
        for line in run.drain(..) {
            let height = line.height;
            if let Some(page) = pages.last_mut() {
                page.push((y, line));
            }
            y += height;
        }
    }
    pages
}

fn draw(canvas: &mut Canvas<'_>, y: f32, line: &Line) {
    if line.text.is_empty() {
        return;
    }
    let (set, base) = (Set::new(Style::Song, SIZE), y + SIZE * 1.1);
    match line.place {
        Place::Title => canvas.content(Tag::Hn(NonZeroU16::MIN, Some(line.text.clone())), |c| {
            let set = Set::new(Style::SongBold, 22.0);
            c.text_center(A4[0] / 2.0, y + 24.0, &set, &line.text);
        }),
        Place::Number => canvas.content(Tag::P, |c| c.text_center(A4[0] / 2.0, base, &set, &line.text)),
        Place::Left => canvas.content(Tag::P, |c| {
            c.text([LEFT, base], &set, &line.text);
        }),
        Place::First => canvas.content(Tag::P, |c| {
            c.text([LEFT + 2.0 * SIZE, base], &set, &line.text);
        }),
        Place::Signed => canvas.content(Tag::P, |c| {
            c.text_right(LEFT + WIDTH - 2.0 * SIZE, base, &set, &line.text);
        }),
    }
}
