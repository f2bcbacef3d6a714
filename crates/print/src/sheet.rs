//! The laid-out pages: face, cover and notes. First planned (everything that can fail), then drawn.

use crate::block::lay;
use crate::canvas::{A4, Canvas, Color, MM, Set};
use crate::document::{Document, Overprint, Paper, PrintError};
use crate::font::{FontSet, Style};
use crate::qr::{Placed, Symbol};
use crate::template::{MarkPlace, QrPlace, Role, Sheet, Template};
use krilla::geom::{PathBuilder, Rect};
use krilla::tagging::{ArtifactType, Tag, TagKind};
use std::num::NonZeroU16;

/// Smallest type on any page, in points.
pub(crate) const SMALLEST: f32 = 5.0;

/// Least width of the number under the mark in em, about eleven digits: 待编号 does not grow over the page.
const DIGITS: f32 = 5.5;

/// What stands for the placeholders of a template.
pub(crate) struct Values(Vec<(&'static str, String)>);

impl Values {
    pub fn new(document: &Document<'_>, template: &Template) -> Values {
        let face = &document.content.face;
        let day = |day: Option<domain::Day>| day.map(domain::Day::chinese_padded).unwrap_or_default();
        let sites = document.content.sites.len();
        let mut values = Values(vec![
            ("number", document.number_text()),
            ("names", document.names()),
            ("body_name", face.body_name.clone()),
            ("other_name", face.other_name.clone()),
            ("address", face.address.clone()),
            ("parent", face.parent.as_ref().map(|p| p.name.clone()).unwrap_or_default()),
            ("issued_on", day(face.issued_on)),
            ("first_issued_on", day(face.first_issued_on)),
            ("valid_from", day(Some(face.valid_from))),
            ("valid_to", day(Some(face.valid_to))),
            ("approved_on", day(document.approved())),
            ("authority", document.authority.printed_name.clone()),
            ("edition", document.edition.to_string()),
            ("sites", sites.to_string()),
            ("code", document.code.map(|c| c.grouped()).unwrap_or_default()),
        ]);
        if sites > 1 {
            let address = values.fill(&template.layout.address_many);
            if let Some(value) = values.0.iter_mut().find(|(name, _)| *name == "address") {
                value.1 = address;
            }
        }
        values
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// All values, to be checked for characters without glyph.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
    }

    /// The text with its placeholders replaced.
    pub fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(self.get(name));
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

/// A line at its place.
pub(crate) struct Laid {
    pub at: [f32; 2],
    pub set: Set,
    pub text: String,
}

/// A page ready to be drawn; nothing can fail any more.
pub(crate) struct SheetPlan<'t> {
    pub template: &'t Template,
    pub border: Option<[f32; 4]>,
    /// The graphic's rectangle, and whether it is drawn.
    pub mark: Option<([f32; 4], bool)>,
    pub mark_number: Option<Laid>,
    pub blocks: Vec<(Role, Vec<Laid>)>,
    pub qr: Option<Placed>,
    /// Where the QR will stand, for drafts.
    pub no_qr: Option<[f32; 4]>,
    pub captions: Vec<Laid>,
    pub overprint: Overprint,
    pub number: String,
}

/// Plans a sheet. `moved` shifts everything, in points (the authority's printer).
pub(crate) fn plan<'t>(
    sheet: &Sheet,
    document: &Document<'_>,
    values: &Values,
    fonts: &FontSet,
    template: &'t Template,
    is_face: bool,
) -> Result<SheetPlan<'t>, PrintError> {
    let authority = document.authority;
    let moved = if is_face { [authority.offset_x_mm * MM, authority.offset_y_mm * MM] } else { [0.0; 2] };
    let fixed = is_face && authority.paper == Paper::PrePrinted;
    let mut blocks = Vec::new();
    for block in &sheet.blocks {
        let hidden = block.when.as_deref().is_some_and(|name| values.get(name).is_empty());
        if !(hidden || fixed && block.fixed) {
            blocks.push((block.role, lay(block, values, fonts, moved, fixed)?));
        }
    }
    let border = sheet.border.filter(|_| !fixed);
    let number = values.get("number").to_owned();
    let mut plan = SheetPlan {
        template,
        border: border.map(|b| [b.x * MM + moved[0], b.y * MM + moved[1], b.width * MM, b.height * MM]),
        mark: None,
        mark_number: None,
        blocks,
        qr: None,
        no_qr: None,
        captions: Vec::new(),
        overprint: document.overprint,
        number,
    };
    if let Some(mark) = sheet.mark {
        plan.place_mark(mark, fonts, moved, fixed);
    }
    if let Some(place) = sheet.qr {
        plan.place_qr(place, document, fonts, moved)?;
    }
    Ok(plan)
}

impl SheetPlan<'_> {
    /// The graphic and, right under it, the number in its fixed proportion (domain.md 3.2).
    fn place_mark(&mut self, mark: MarkPlace, fonts: &FontSet, moved: [f32; 2], fixed: bool) {
        let [_, _, view_width, view_height] = self.template.mark.view;
        let width = mark.width * MM;
        let (x, y) = (mark.x * MM + moved[0], mark.y * MM + moved[1]);
        let height = width * view_height / view_width;
        self.mark = Some(([x, y, width, height], !(fixed && mark.fixed)));
        let em = Set::new(Style::Song, 1.0).measure(fonts, &self.number);
        let size = (width * mark.number_ratio / em.max(DIGITS)).max(SMALLEST);
        let set = Set::new(Style::Song, size);
        let at = [x + (width - em * size) / 2.0, y + height + size * 1.05];
        self.mark_number = Some(Laid { at, set, text: self.number.clone() });
    }

    fn place_qr(
        &mut self,
        place: QrPlace,
        document: &Document<'_>,
        fonts: &FontSet,
        moved: [f32; 2],
    ) -> Result<(), PrintError> {
        let (left, top, square) = (place.x * MM + moved[0], place.y * MM + moved[1], place.square * MM);
        let middle = left + square / 2.0;
        let set = Set::new(Style::Song, place.caption_size);
        let mut y = top + square;
        if document.qr_text.is_empty() {
            let side = place.short_side * MM;
            self.no_qr = Some([middle - side / 2.0, top, side, side]);
            y = top + side;
        } else {
            let symbol = Symbol::new(&document.qr_text)?;
            // Modules of at least 0.5 mm: 25 mm hold up to 49 of them with the quiet zone, so every short code.
            let fits = place.short_side / symbol.side() as f32 >= 0.5;
            let side = if fits { place.short_side * MM } else { square };
            let placed = symbol.place(middle - side / 2.0, top, side);
            placed.reread(&document.qr_text)?;
            y = y.min(top + side);
            self.qr = Some(placed);
        }
        let code = document.code.map(|c| c.grouped()).unwrap_or_else(|| "赋码后生成二维码".into());
        for text in [code, format!("证书编号 {}", self.number)] {
            y += set.size * 1.35;
            let at = [middle - set.measure(fonts, &text) / 2.0, y];
            self.captions.push(Laid { at, set, text });
        }
        Ok(())
    }

    /// Draws the page; `page_of` stands at the top right.
    pub fn draw(&self, canvas: &mut Canvas<'_>, page_of: Option<&str>) {
        if let Some(area) = self.border {
            canvas.artifact(ArtifactType::Layout, |c| c.drawing(&self.template.border, area));
        }
        if let Some(page_of) = page_of {
            canvas.artifact(ArtifactType::Header, |c| {
                c.text_right(A4[0] - 20.0 * MM, 16.0 * MM, &Set::new(Style::Song, 9.0), page_of);
            });
        }
        for (role, lines) in &self.blocks {
            let title = || lines.iter().map(|l| l.text.as_str()).collect();
            canvas.content(tag(*role, title), |c| lines.iter().for_each(|l| l.draw(c)));
        }
        if let Some((area, drawn)) = self.mark {
            let number = &self.mark_number;
            canvas.content(figure(format!("资质认定标志，证书编号{}", self.number)), |c| {
                if drawn {
                    c.drawing(&self.template.mark, area);
                }
                number.iter().for_each(|l| l.draw(c));
            });
        }
        if let Some(word) = self.overprint.across() {
            canvas.artifact(ArtifactType::Watermark, |c| {
                overprint(c, A4, word);
                if let Some((area, _)) = self.mark {
                    let (set, at) = overprint_on_mark(area);
                    c.turned(at, TURNED[1], &set, word);
                }
            });
        }
        self.draw_qr(canvas);
    }

    fn draw_qr(&self, canvas: &mut Canvas<'_>) {
        if let Some(qr) = &self.qr {
            canvas.content(figure("证书二维码，扫描可查验证书真伪、有效期和状态".into()), |c| c.qr(qr));
        }
        if let Some([x, y, w, h]) = self.no_qr {
            canvas.artifact(ArtifactType::Layout, |c| {
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(x, y, w, h) {
                    path.push_rect(rect);
                }
                c.rules(path, [0xb0; 3], 0.5);
            });
        }
        if !self.captions.is_empty() {
            canvas.content(Tag::P, |c| self.captions.iter().for_each(|l| l.draw(c)));
        }
    }

    /// The first heading, for the outline.
    pub fn title(&self) -> String {
        let titles = self.blocks.iter().filter(|(role, _)| *role != Role::Text && *role != Role::Note);
        titles.flat_map(|(_, lines)| lines).map(|l| l.text.as_str()).collect()
    }
}

/// Colour of the word across a page.
pub(crate) const RED: Color = [0xc0, 0x2a, 0x1e];

/// How far the word is turned on the page and on the mark, in degrees.
pub(crate) const TURNED: [f32; 2] = [30.0, 20.0];

/// A word across a page of this size.
pub(crate) fn overprint(canvas: &mut Canvas<'_>, size: [f32; 2], word: &str) {
    let set = overprint_set();
    for at in overprint_places(size) {
        canvas.turned(at, TURNED[0], &set, word);
    }
}

/// How the word is set on a page.
pub(crate) fn overprint_set() -> Set {
    Set { opacity: 0.13, ..Set::new(Style::Hei, 66.0).color(RED) }
}

/// Middles of the words on a page of this size.
pub(crate) fn overprint_places([width, height]: [f32; 2]) -> impl Iterator<Item = [f32; 2]> {
    let (columns, rows) = if width > height { (4, 3) } else { (3, 5) };
    (0..rows).flat_map(move |row| {
        (0..columns).map(move |column| {
            let part = |n: usize, of: usize| (n as f32 + 0.5) / of as f32;
            [width * part(column, columns), height * part(row, rows)]
        })
    })
}

/// How and where the word stands on the mark, which is protected by law (domain.md 3.2).
pub(crate) fn overprint_on_mark([x, y, w, h]: [f32; 4]) -> (Set, [f32; 2]) {
    (Set { opacity: 0.5, ..Set::new(Style::Hei, h * 0.62).color(RED) }, [x + w / 2.0, y + h / 2.0])
}

fn figure(alt: String) -> TagKind {
    Tag::Figure(Some(alt)).into()
}

fn tag(role: Role, title: impl FnOnce() -> String) -> TagKind {
    let heading = |level| Tag::Hn(NonZeroU16::new(level).expect("levels begin at 1"), Some(title())).into();
    match role {
        Role::Title => heading(1),
        Role::Heading => heading(2),
        Role::Text | Role::Note => Tag::P.into(),
    }
}

impl Laid {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.text(self.at, &self.set, &self.text);
    }
}
