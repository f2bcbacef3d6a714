//! 许可核查单: what was asked of the registry before a grant, by whom and when, and what it replied. As many pages as that
//! takes; a finding is never left out or cut.

use crate::canvas::{A4, Canvas, Color, MM, Set, page};
use crate::document::{Output, Overprint, PrintError};
use crate::font::{FontSet, Style};
use crate::pdf::{File, Pdf, bookmark, check_text};
use crate::sheet::overprint;
use crate::text::wrap;
use domain::admission::{Applicant, Reply, State};
use domain::{DraftId, Instant, Uscc};
use krilla::geom::PathBuilder;
use krilla::tagging::{ArtifactType, Tag};
use std::num::NonZeroU16;

/// What stands on a sheet.
#[derive(Clone, Debug)]
pub struct CheckSheet {
    /// Whom it is about.
    pub applicant: Applicant,
    /// The draft, where one was checked.
    pub draft: Option<DraftId>,
    /// The replies, one a question.
    pub replies: Vec<Reply>,
    /// Whose officer asked.
    pub authority: String,
    /// Who asked.
    pub officer: String,
    /// When.
    pub at: Instant,
    /// What is written across the page.
    pub overprint: Overprint,
}

const TITLE: &str = "许可核查单";
const LEFT: f32 = 22.0 * MM;
const WIDTH: f32 = 166.0 * MM;
/// Where the text of a question stands: right of its mark.
const TEXT: f32 = LEFT + 8.0 * MM;
/// Where that of a finding stands: right of its number.
const FINDING: f32 = LEFT + 15.0 * MM;
/// Upper edge of what a page holds, and its lower one.
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = 281.0 * MM;
const GREY: Color = [0x55; 3];
const RULE: Color = [0xbb; 3];
/// Characters of a name in the head of a further page.
const NAMED: usize = 36;
/// Parts before the signature that go with it: nobody signs an empty page.
const WITH_SIGNATURE: usize = 8;
/// What the sheet is, and what it is not.
const NOTE: &str = "本单按核查时登记库中的全国登记内容生成，只提示需要核实的事项，不代替审查和决定；只凭姓名、名称或者地址相同的，须人工核实。";

/// A sheet as a file.
///
/// # Errors
/// [`PrintError::Missing`] for a character without glyph.
pub fn check_sheet(sheet: &CheckSheet, output: &Output, fonts: &FontSet) -> Result<Pdf, PrintError> {
    let mut flow = Flow { fonts, parts: Vec::new() };
    flow.facts(sheet);
    for (n, reply) in sheet.replies.iter().enumerate() {
        flow.reply(n, reply);
    }
    flow.end();
    flow.texts().try_for_each(|text| check_text(text, fonts))?;
    let pages = paged(&flow.parts);
    let mut file = File::new(*output);
    let named = subject(&sheet.applicant);
    let title = format!("{TITLE} {named}");
    let again = format!("{TITLE}（续）　核查对象：{}", shortened(&named));
    file.entry(title.clone(), bookmark(title, 0));
    for (n, parts) in pages.iter().enumerate() {
        let foot = format!("{TITLE}　{}　第 {} 页 共 {} 页", sheet.at.shanghai(), n + 1, pages.len());
        page(&mut file.engine, fonts, &mut file.tags, A4, |canvas| {
            draw(canvas, parts);
            if n > 0 {
                canvas.artifact(ArtifactType::Header, |c| {
                    c.text([LEFT, 14.0 * MM], &Set::new(Style::Song, 9.0).color(GREY), &again);
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
    file.finish(TITLE)
}

/// By what the applicant is named in the title of the file.
fn subject(applicant: &Applicant) -> String {
    match applicant.uscc.or(applicant.parent_uscc) {
        _ if !applicant.name.is_empty() => applicant.name.clone(),
        Some(code) => code.to_string(),
        None => "未填机构".to_owned(),
    }
}

/// A name that fits the head of a further page; the first one has it whole.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAMED) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}

/// Something that stands on one page as a whole.
struct Part {
    height: f32,
    /// Whether what follows must begin on the same page.
    keeps: bool,
    what: What,
}

enum What {
    Title,
    /// One line of text: its left edge, size, whether grey.
    Line(f32, f32, bool, String),
    /// The head of a question: mark, label, word.
    Head(State, String, &'static str),
    Rule,
    Air,
    Signature,
}

struct Flow<'f> {
    fonts: &'f FontSet,
    parts: Vec<Part>,
}

/// From one baseline to the next.
fn pitch(size: f32) -> f32 {
    size * 1.42
}

impl Flow<'_> {
    fn push(&mut self, height: f32, keeps: bool, what: What) {
        self.parts.push(Part { height, keeps, what });
    }

    /// A text in lines, of which the first two stay together, and the last two.
    fn text(&mut self, left: f32, size: f32, grey: bool, text: &str) {
        let lines = wrap(self.fonts, Style::Song, text, (LEFT + WIDTH - left) / size, 0.0);
        let last = lines.len().saturating_sub(1);
        for (n, line) in lines.iter().enumerate() {
            let line = text[line.start as usize..line.end as usize].to_owned();
            let keeps = n < last && (n == 0 || n + 1 == last);
            self.push(pitch(size), keeps, What::Line(left, size, grey, line));
        }
    }

    fn facts(&mut self, sheet: &CheckSheet) {
        self.push(14.0 * MM, true, What::Title);
        let who = &sheet.applicant;
        let code = |code: Option<Uscc>| code.map_or_else(|| "未填".to_owned(), |code| code.to_string());
        let name = if who.name.is_empty() { "（登记库中没有此代码的机构）" } else { &who.name };
        let mut facts = vec![format!("核查对象：{name}"), format!("统一社会信用代码：{}", code(who.uscc))];
        if who.parent_uscc.is_some() || !who.parent_name.is_empty() {
            facts.push(format!("所属法人单位：{}（{}）", who.parent_name, code(who.parent_uscc)));
        }
        facts.extend(sheet.draft.map(|id| format!("证书草稿：第 {id} 号")));
        facts.push(format!("核查机关：{}", sheet.authority));
        facts.push(format!("核查人：{}　　核查时间：{}", sheet.officer, sheet.at.shanghai()));
        for fact in facts {
            self.text(LEFT, 11.0, false, &fact);
        }
        self.push(2.0 * MM, false, What::Air);
    }

    fn reply(&mut self, n: usize, reply: &Reply) {
        let number = ["一", "二", "三", "四", "五", "六", "七", "八"].get(n).copied().unwrap_or("另");
        let head = format!("{number}、{}", reply.question.label());
        self.push(2.5 * MM, true, What::Rule);
        self.push(6.5 * MM, true, What::Head(reply.state, head, reply.state.label()));
        self.text(TEXT, 10.5, false, &reply.sentence);
        for (n, finding) in reply.findings.iter().enumerate() {
            let at = self.parts.len();
            self.text(FINDING, 10.5, false, &format!("【{}】{}", finding.weight.label(), finding.message));
            // The number stands in the line of its finding, at its left.
            self.parts.insert(
                at,
                Part { height: 0.0, keeps: true, what: What::Line(TEXT, 10.5, false, format!("{}.", n + 1)) },
            );
        }
        if reply.more > 0 {
            self.text(
                TEXT,
                10.5,
                false,
                &format!("另有 {} 项未逐项列出，请在系统中查看相应机构。", reply.more),
            );
        }
        self.text(TEXT, 9.0, true, &format!("依据：{}", reply.question.source()));
        self.push(2.0 * MM, false, What::Air);
    }

    fn end(&mut self) {
        self.push(3.0 * MM, true, What::Rule);
        self.text(LEFT, 9.0, true, NOTE);
        let from = self.parts.len().saturating_sub(WITH_SIGNATURE);
        self.parts[from..].iter_mut().for_each(|part| part.keeps = true);
        self.push(24.0 * MM, false, What::Signature);
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match &part.what {
            What::Line(_, _, _, text) | What::Head(_, text, _) => Some(text.as_str()),
            What::Title | What::Rule | What::Air | What::Signature => None,
        })
    }
}

/// The parts of each page with their upper edges. What keeps together is moved as a whole.
fn paged(parts: &[Part]) -> Vec<Vec<(f32, &Part)>> {
    let mut pages: Vec<Vec<(f32, &Part)>> = vec![Vec::new()];
    let mut y = TOP;
    for run in parts.chunk_by(|before, _| before.keeps) {
        let height: f32 = run.iter().map(|part| part.height).sum();
        if y + height > BOTTOM && y > TOP {
            pages.push(Vec::new());
            y = TOP;
        }
        for part in run {
            if let Some(page) = pages.last_mut() {
                page.push((y, part));
            }
            y += part.height;
        }
    }
    pages
}

fn draw(canvas: &mut Canvas<'_>, parts: &[(f32, &Part)]) {
    for (y, part) in parts {
        match &part.what {
            What::Title => canvas.content(Tag::Hn(NonZeroU16::MIN, Some(TITLE.into())), |c| {
                c.text_center(
                    A4[0] / 2.0,
                    y + 7.0 * MM,
                    &Set::new(Style::SongBold, 22.0).tracking(0.2),
                    TITLE,
                );
            }),
            What::Line(left, size, grey, text) => {
                let set = Set::new(Style::Song, *size);
                let set = if *grey { set.color(GREY) } else { set };
                canvas.content(Tag::P, |c| {
                    c.text([*left, y + size * 1.1], &set, text);
                });
            }
            What::Head(state, label, word) => head(canvas, *y, *state, label, word),
            What::Rule => canvas.artifact(ArtifactType::Layout, |c| line(c, [LEFT, *y], WIDTH, RULE)),
            What::Air => {}
            What::Signature => signature(canvas, *y),
        }
    }
}

fn head(canvas: &mut Canvas<'_>, y: f32, state: State, label: &str, word: &str) {
    let base = y + 4.6 * MM;
    canvas.artifact(ArtifactType::Layout, |c| mark(c, [LEFT, base], state));
    let level = NonZeroU16::new(2).expect("two");
    canvas.content(Tag::Hn(level, Some(label.to_owned())), |c| {
        c.text([TEXT, base], &Set::new(Style::SongBold, 12.0), label);
        c.text_right(LEFT + WIDTH, base, &Set::new(Style::SongBold, 11.0), word);
    });
}

/// ✓, ! or — drawn, since no font of a certificate has them; the word at the other end says the same.
fn mark(canvas: &mut Canvas<'_>, [x, base]: [f32; 2], state: State) {
    let mut path = PathBuilder::new();
    let mut to = |points: &[[f32; 2]]| {
        for (n, [dx, dy]) in points.iter().enumerate() {
            let (x, y) = (x + dx * MM, base + dy * MM);
            if n == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
    };
    match state {
        State::Clear => to(&[[0.4, -1.7], [1.7, -0.2], [4.2, -3.9]]),
        State::Found => {
            to(&[[2.2, -4.0], [2.2, -1.4]]);
            to(&[[2.2, -0.6], [2.2, 0.1]]);
        }
        State::Open => to(&[[0.4, -1.5], [4.2, -1.5]]),
    }
    canvas.rules(path, [0; 3], if state == State::Found { 2.2 } else { 1.5 });
}

fn line(canvas: &mut Canvas<'_>, [x, y]: [f32; 2], width: f32, color: Color) {
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(x + width, y);
    canvas.rules(path, color, 0.6);
}

/// Room for two names and days.
fn signature(canvas: &mut Canvas<'_>, y: f32) {
    let set = Set::new(Style::Song, 11.0);
    for (n, who) in ["核查人（签字）：", "复核人（签字）："].into_iter().enumerate() {
        let left = LEFT + n as f32 * (WIDTH / 2.0 + 2.0 * MM);
        let base = y + 12.0 * MM;
        canvas.content(Tag::P, |c| {
            c.text([left, base], &set, who);
            c.text([left, base + 10.0 * MM], &set, "日期：　　　　年　　月　　日");
        });
        let from = left + 31.0 * MM;
        canvas.artifact(ArtifactType::Layout, |c| {
            line(c, [from, base + 1.2 * MM], LEFT + (n + 1) as f32 * (WIDTH / 2.0) - from - 2.0 * MM, [0; 3]);
        });
    }
}
