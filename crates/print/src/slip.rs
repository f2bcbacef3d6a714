//! 报告二维码领取单: what a body needs to print the code on its reports (notice N4.3.2).

use crate::canvas::{A4, Canvas, MM, Set, page};
use crate::document::{Output, Overprint, PrintError};
use crate::font::{FontSet, Style};
use crate::pdf::{File, Pdf, bookmark, check_text};
use crate::qr::{Placed, Symbol};
use crate::sheet::overprint;
use crate::text::wrap;
use domain::{Code, Day, Number};
use krilla::geom::PathBuilder;
use krilla::tagging::{ArtifactType, Tag};
use std::num::NonZeroU16;

/// How the code is printed on reports; each rule stands for a way in which codes were seen to fail.
const RULES: [&str; 8] = [
    "印在检验检测报告或证书封面（首页）上方的醒目位置，可与资质认定标志并列。",
    "边长（含四周空白）不小于 20 毫米，推荐 25 毫米；保持正方形，不得拉伸、倾斜。",
    "四周至少保留 4 个模块宽的空白，空白内不得有文字、线条、底纹、印章或骑缝章。",
    "用纯黑色（仅 K100）印在白底上；不得反白、套色、加底纹，不得在码中嵌入图标。",
    "优先使用矢量文件（SVG、PDF）；PNG 按整数倍缩放，并关闭办公软件的“压缩图片”。",
    "打印时选“实际大小（100%）”，不要选“适合页面”；打印机分辨率不低于 300 dpi。",
    "启用前用手机扫描打印件：显示的机构名称、证书编号应与本单一致。",
    "证书变更后码不变，可继续使用；复查换证后为新证书新码，应停用本码并领取新的领取单。",
];

/// What stands on a slip.
#[derive(Clone, Debug)]
pub struct Slip<'a> {
    /// 获证机构.
    pub body_name: &'a str,
    /// Its certificate.
    pub number: &'a Number,
    /// The certificate's code.
    pub code: Code,
    /// What the report's QR says: the short form, such as `HTTPS://HOST/C/CODE`.
    pub qr_text: &'a str,
    /// Last valid day of the certificate.
    pub valid_to: Day,
    /// Who hands the slip out.
    pub authority: &'a str,
    /// Where the files are fetched; also drawn as a QR.
    pub link: &'a str,
    /// Last day on which the link works.
    pub link_until: Day,
    /// What is written across the page.
    pub overprint: Overprint,
}

/// One slip as a file.
///
/// # Errors
/// As [`report_slips`].
pub fn report_slip(slip: &Slip<'_>, output: &Output, fonts: &FontSet) -> Result<Pdf, PrintError> {
    report_slips(std::slice::from_ref(slip), output, fonts)
}

/// Slips in one file, a page each.
///
/// # Errors
/// [`PrintError`] if a code does not read back, a character has no glyph, or there is no slip.
pub fn report_slips(slips: &[Slip<'_>], output: &Output, fonts: &FontSet) -> Result<Pdf, PrintError> {
    let plans = slips.iter().map(|slip| Plan::new(slip, fonts)).collect::<Result<Vec<_>, _>>()?;
    let mut file = File::new(*output);
    for plan in &plans {
        let title = format!("报告二维码领取单 {} {}", plan.slip.number, plan.slip.body_name);
        file.entry(title.clone(), bookmark(title, file.pages));
        page(&mut file.engine, fonts, &mut file.tags, A4, |canvas| plan.draw(canvas));
        file.pages += 1;
    }
    file.finish("报告二维码领取单")
}

const LEFT: f32 = 25.0 * MM;
const WIDTH: f32 = 160.0 * MM;
/// Sides of the two codes and the link's, in millimetres.
const SIDES: [f32; 3] = [20.0, 25.0, 28.0];
/// Baseline of the first fact.
const TOP: f32 = 48.0 * MM;
/// The last baseline a page may have.
const BOTTOM: f32 = 284.0 * MM;
/// Air before each part where there is room for it: a page of short texts is not crowded at its top.
const AIR: f32 = 5.0 * MM;
/// Places that share the air.
const PARTS: f32 = 4.0;

/// A page laid out: each part begins where the one before it ends, however long a name or link is.
struct Layout {
    paragraphs: Vec<Paragraph>,
    /// The three headings with their baselines, each with the number of paragraphs that stand before it.
    headings: [(f32, usize); 3],
    /// Upper edges of the larger code and of the link's.
    codes_top: f32,
    link_top: f32,
    /// The last baseline.
    end: f32,
}

/// Lines set under one another.
struct Paragraph {
    at: [f32; 2],
    size: f32,
    lines: Vec<String>,
}

/// Sets paragraphs one under the other.
struct Flow<'f> {
    fonts: &'f FontSet,
    y: f32,
    done: Vec<Paragraph>,
}

impl Flow<'_> {
    /// Sets a paragraph from the baseline `y` on and moves `y` to the baseline after it.
    fn paragraph(&mut self, left: f32, width: f32, size: f32, text: &str) {
        let lines: Vec<String> = wrap(self.fonts, Style::Song, text, width / size, 0.0)
            .iter()
            .map(|line| text[line.start as usize..line.end as usize].to_owned())
            .collect();
        let at = [left, self.y];
        self.y += lines.len() as f32 * pitch(size) + size * 0.35;
        self.done.push(Paragraph { at, size, lines });
    }

    fn heading(&mut self, before: f32, after: f32) -> (f32, usize) {
        let y = self.y + before;
        self.y = y + after;
        (y, self.done.len())
    }
}

/// From one baseline to the next.
fn pitch(size: f32) -> f32 {
    size * 1.45
}

impl Layout {
    fn new(slip: &Slip<'_>, fonts: &FontSet, air: f32) -> Layout {
        let mut flow = Flow { fonts, y: TOP, done: Vec::new() };
        for fact in [
            format!("机构名称：{}", slip.body_name),
            format!("证书编号：{}　　有效期至：{}", slip.number, slip.valid_to.chinese_padded()),
            format!("证书的码：{}", slip.code.grouped()),
        ] {
            flow.paragraph(LEFT, WIDTH, 12.0, &fact);
        }
        let codes = flow.heading(3.0 * MM + air, 8.0 * MM);
        let codes_top = flow.y;
        // The labels stand below the marks at the corners.
        flow.y += (SIDES[1] + 8.0) * MM;
        let rules = flow.heading(9.0 * MM + air, 8.0 * MM);
        for (i, rule) in RULES.iter().enumerate() {
            flow.paragraph(LEFT, WIDTH, 10.5, &format!("{}. {rule}", i + 1));
        }
        let link = flow.heading(4.0 * MM + air, 5.0 * MM);
        let link_top = flow.y;
        flow.y += 4.5 * MM;
        let left = LEFT + (SIDES[2] + 6.0) * MM;
        for line in [
            format!("扫描左侧二维码，或在浏览器中打开：{}", slip.link),
            format!("下载链接有效至{}，每次下载均有记录。", slip.link_until.chinese_padded()),
            format!("逾期需要再次下载的，请联系{}续期，或重新领取本单；码本身不受影响。", slip.authority),
        ] {
            flow.paragraph(left, LEFT + WIDTH - left, 10.5, &line);
        }
        flow.y = flow.y.max(link_top + (SIDES[2] + 5.0) * MM) + air / 2.0;
        let note = "左侧二维码仅供本机构下载文件，请勿印在报告上；印在报告上的是第一部分的二维码。";
        flow.paragraph(LEFT, WIDTH, 9.0, note);
        let end = flow.y - pitch(9.0);
        Layout { paragraphs: flow.done, headings: [codes, rules, link], codes_top, link_top, end }
    }

    /// As airy as the page allows.
    fn fitted(slip: &Slip<'_>, fonts: &FontSet) -> Result<Layout, PrintError> {
        let room = BOTTOM - Layout::new(slip, fonts, 0.0).end;
        if room < 0.0 {
            let texts = [slip.body_name, slip.authority, slip.link];
            let longest = texts.into_iter().max_by_key(|text| text.chars().count()).unwrap_or_default();
            return Err(PrintError::TooLong(longest.to_owned()));
        }
        Ok(Layout::new(slip, fonts, (room / PARTS).min(AIR)))
    }
}

struct Plan<'s, 'a> {
    slip: &'s Slip<'a>,
    layout: Layout,
    codes: [Placed; 2],
    link: Placed,
}

impl<'s, 'a> Plan<'s, 'a> {
    fn new(slip: &'s Slip<'a>, fonts: &FontSet) -> Result<Plan<'s, 'a>, PrintError> {
        for text in [slip.body_name, slip.authority, slip.link] {
            check_text(text, fonts)?;
        }
        let layout = Layout::fitted(slip, fonts)?;
        let symbol = Symbol::new(slip.qr_text)?;
        let middle = |x: f32, side: f32| (x - side / 2.0) * MM;
        let [small, large, link_side] = SIDES;
        // Both codes stand on the same bottom line.
        let codes = [
            symbol.place(middle(65.0, small), layout.codes_top + (large - small) * MM, small * MM),
            symbol.place(middle(145.0, large), layout.codes_top, large * MM),
        ];
        codes.iter().try_for_each(|code| code.reread(slip.qr_text))?;
        let link = Symbol::new(slip.link)?.place(LEFT, layout.link_top, link_side * MM);
        link.reread(slip.link)?;
        Ok(Plan { slip, layout, codes, link })
    }

    /// In the order in which the page is read.
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let title = "报告二维码领取单";
        canvas.content(Tag::Hn(NonZeroU16::MIN, Some(title.into())), |c| {
            c.text_center(A4[0] / 2.0, 34.0 * MM, &Set::new(Style::SongBold, 24.0).tracking(0.15), title);
        });
        let [(codes, facts_end), (rules, _), (link, rules_end)] = self.layout.headings;
        let (facts, rest) = self.layout.paragraphs.split_at(facts_end);
        let (rule_texts, link_texts) = rest.split_at(rules_end - facts_end);
        paragraphs(canvas, facts);
        if let Some(word) = self.slip.overprint.across() {
            canvas.artifact(ArtifactType::Watermark, |c| overprint(c, A4, word));
        }
        heading(canvas, codes, "一、印在报告上的二维码（两种尺寸内容相同）");
        self.draw_codes(canvas);
        heading(canvas, rules, "二、印制要求");
        paragraphs(canvas, rule_texts);
        heading(canvas, link, "三、下载二维码文件（SVG、PNG、PDF）");
        canvas.content(Tag::Figure(Some("下载链接的二维码".into())), |c| c.qr(&self.link));
        paragraphs(canvas, link_texts);
    }

    fn draw_codes(&self, canvas: &mut Canvas<'_>) {
        let labels = ["20 毫米（最小）", "25 毫米（推荐）"];
        for (code, label) in self.codes.iter().zip(labels) {
            corners(canvas, code);
            canvas.content(Tag::Figure(Some(format!("报告二维码，{label}"))), |c| c.qr(code));
            let (x, y) = (code.x + code.side / 2.0, code.y + code.side + 8.0 * MM);
            canvas.content(Tag::P, |c| c.text_center(x, y, &Set::new(Style::Song, 10.0), label));
        }
    }
}

fn heading(canvas: &mut Canvas<'_>, y: f32, text: &str) {
    let level = NonZeroU16::new(2).expect("two");
    canvas.content(Tag::Hn(level, Some(text.into())), |c| {
        c.text([LEFT, y], &Set::new(Style::SongBold, 12.5), text);
    });
}

fn paragraphs(canvas: &mut Canvas<'_>, all: &[Paragraph]) {
    for Paragraph { at: [left, y], size, lines } in all {
        canvas.content(Tag::P, |c| {
            for (i, line) in lines.iter().enumerate() {
                c.text([*left, y + i as f32 * pitch(*size)], &Set::new(Style::Song, *size), line);
            }
        });
    }
}

/// Marks at the corners of the square with its quiet zone: where a printer may cut.
fn corners(canvas: &mut Canvas<'_>, code: &Placed) {
    let (long, gap) = (3.0 * MM, 0.8 * MM);
    let mut path = PathBuilder::new();
    for (x, dx) in [(code.x, -1.0), (code.x + code.side, 1.0)] {
        for (y, dy) in [(code.y, -1.0), (code.y + code.side, 1.0)] {
            path.move_to(x + dx * gap, y);
            path.line_to(x + dx * (gap + long), y);
            path.move_to(x, y + dy * gap);
            path.line_to(x, y + dy * (gap + long));
        }
    }
    canvas.artifact(ArtifactType::Layout, |c| c.rules(path, [0x99; 3], 0.4));
}
