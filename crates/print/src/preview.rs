//! The face as one SVG picture for the form: the same plan as the PDF, characters as outlines, so that it needs no font.

use crate::canvas::{A4, Color, Set};
use crate::document::{Document, PrintError};
use crate::drawing::Drawing;
use crate::font::FontSet;
use crate::pdf::check_characters;
use crate::sheet::{
    self, Laid, SheetPlan, TURNED, Values, overprint_on_mark, overprint_places, overprint_set,
};
use crate::template::Template;
use crate::text::set_line;
use std::collections::BTreeMap;
use std::fmt::Write;
use ttf_parser::OutlineBuilder;

/// The face of a certificate or draft as it will print, as SVG of A4 size.
///
/// # Errors
/// As [`crate::render`] for the face alone.
pub fn face_svg(document: &Document<'_>, fonts: &FontSet, template: &Template) -> Result<String, PrintError> {
    let face = Document { parts: crate::Parts::Face, ..document.clone() };
    let values = Values::new(&face, template);
    check_characters(&face, &values, fonts)?;
    let plan = sheet::plan(&template.layout.face, &face, &values, fonts, template, true)?;
    Ok(Picture::new(fonts).draw(&plan))
}

struct Picture<'a> {
    fonts: &'a FontSet,
    /// Outlines by face and glyph, in thousandths of an em: each stands once in the picture.
    glyphs: BTreeMap<(u8, u16), String>,
    out: String,
}

impl<'a> Picture<'a> {
    fn new(fonts: &'a FontSet) -> Picture<'a> {
        Picture { fonts, glyphs: BTreeMap::new(), out: String::new() }
    }

    /// The head of the picture with the outlines, then what was drawn with them.
    fn finish(self) -> String {
        let [width, height] = A4;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" \
             viewBox=\"0 0 {width:.2} {height:.2}\"><defs>"
        );
        for ((face, glyph), outline) in &self.glyphs {
            let _ = write!(svg, "<path id=\"g{face}-{glyph}\" d=\"{outline}\"/>");
        }
        let _ = write!(
            svg,
            "</defs><path fill=\"#fff\" d=\"M0 0H{width:.2}V{height:.2}H0Z\"/>{}</svg>",
            self.out
        );
        svg
    }

    fn draw(mut self, plan: &SheetPlan<'_>) -> String {
        if let Some(area) = plan.border {
            self.drawing(&plan.template.border, area);
        }
        plan.blocks.iter().flat_map(|(_, lines)| lines).for_each(|line| self.line(line));
        if let Some((area, drawn)) = plan.mark {
            if drawn {
                self.drawing(&plan.template.mark, area);
            }
            plan.mark_number.iter().for_each(|line| self.line(line));
        }
        if let Some(word) = plan.overprint.across() {
            overprint_places(A4).for_each(|at| self.turned(at, TURNED[0], &overprint_set(), word));
            if let Some((area, _)) = plan.mark {
                let (set, at) = overprint_on_mark(area);
                self.turned(at, TURNED[1], &set, word);
            }
        }
        if let Some(qr) = &plan.qr {
            self.rects(&[[qr.x, qr.y, qr.x + qr.side, qr.y + qr.side]], "#fff");
            self.rects(&qr.rects, "#000");
        }
        if let Some([x, y, w, h]) = plan.no_qr {
            let _ = write!(
                self.out,
                "<path fill=\"none\" stroke=\"#b0b0b0\" stroke-width=\".5\" d=\"M{x:.2} {y:.2}h{w:.2}v{h:.2}h-{w:.2}z\"/>"
            );
        }
        plan.captions.iter().for_each(|line| self.line(line));
        self.finish()
    }

    fn rects(&mut self, rects: &[[f32; 4]], fill: &str) {
        let _ = write!(self.out, "<path shape-rendering=\"crispEdges\" fill=\"{fill}\" d=\"");
        for [x0, y0, x1, y1] in rects {
            let _ = write!(self.out, "M{x0:.2} {y0:.2}H{x1:.2}V{y1:.2}H{x0:.2}Z");
        }
        self.out.push_str("\"/>");
    }

    fn drawing(&mut self, drawing: &Drawing, [x, y, w, h]: [f32; 4]) {
        let [left, top, width, height] = drawing.view;
        let (sx, sy) = (w / width, h / height);
        let (tx, ty) = (x - left * sx, y - top * sy);
        let _ = write!(self.out, "<g transform=\"matrix({sx:.5} 0 0 {sy:.5} {tx:.3} {ty:.3})\">");
        for shape in &drawing.shapes {
            let fill = shape.fill.map_or_else(|| "none".into(), hex);
            let rule = if shape.even_odd { " fill-rule=\"evenodd\"" } else { "" };
            let _ = write!(self.out, "<path fill=\"{fill}\"{rule}");
            if let Some((color, width)) = shape.stroke {
                let _ = write!(self.out, " stroke=\"{}\" stroke-width=\"{width}\"", hex(color));
            }
            // Only path commands and numbers passed the reader, so nothing needs escaping.
            let _ = write!(self.out, " d=\"{}\"/>", shape.data);
        }
        self.out.push_str("</g>");
    }

    fn line(&mut self, line: &Laid) {
        let [x, y] = line.at;
        self.text(&format!("translate({x:.2} {y:.2})"), &line.set, &line.text);
    }

    fn turned(&mut self, [x, y]: [f32; 2], degrees: f32, set: &Set, word: &str) {
        let (left, down) = (-set.measure(self.fonts, word) / 2.0, set.size * 0.36);
        let place = format!("translate({x:.2} {y:.2}) rotate(-{degrees}) translate({left:.2} {down:.2})");
        self.text(&place, set, word);
    }

    fn text(&mut self, place: &str, set: &Set, text: &str) {
        let mut glyphs = Vec::new();
        set_line(self.fonts, set.style, text, &mut glyphs);
        let scale = set.size / 1000.0;
        let _ = write!(
            self.out,
            "<g fill=\"{}\" fill-opacity=\"{}\" transform=\"{place} scale({scale:.5} -{scale:.5})\">",
            hex(set.color),
            set.opacity
        );
        let mut x = 0.0;
        for glyph in &glyphs {
            let fonts = self.fonts;
            self.glyphs.entry((glyph.face, glyph.id)).or_insert_with(|| {
                let mut outline = Outline { out: String::new(), scale: 1000.0 / fonts.units(glyph.face) };
                fonts.outline(glyph.face, glyph.id, &mut outline);
                outline.out
            });
            let _ = write!(self.out, "<use href=\"#g{}-{}\" x=\"{x:.0}\"/>", glyph.face, glyph.id);
            x += (glyph.advance + set.tracking) * 1000.0;
        }
        self.out.push_str("</g>");
    }
}

fn hex([r, g, b]: Color) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Writes a glyph as path commands in thousandths of an em, y upwards.
struct Outline {
    out: String,
    scale: f32,
}

impl Outline {
    fn command(&mut self, name: char, points: &[(f32, f32)]) {
        self.out.push(name);
        for (i, (x, y)) in points.iter().enumerate() {
            let space = if i > 0 { " " } else { "" };
            let _ = write!(self.out, "{space}{:.0} {:.0}", x * self.scale, y * self.scale);
        }
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.command('M', &[(x, y)]);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.command('L', &[(x, y)]);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.command('Q', &[(x1, y1), (x, y)]);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.command('C', &[(x1, y1), (x2, y2), (x, y)]);
    }
    fn close(&mut self) {
        self.out.push('Z');
    }
}
