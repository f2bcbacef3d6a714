//! Drawing on a page: text, rules, drawings and the QR, each as tagged content or as artifact. Points from the top left.

use crate::drawing::Drawing;
use crate::font::{FontSet, Style};
use crate::qr::Placed;
use crate::text::{Glyph, set_line};
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, TagGroup, TagKind, TagTree};

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// A4 portrait in points.
pub(crate) const A4: [f32; 2] = [210.0 * MM, 297.0 * MM];

pub(crate) type Color = [u8; 3];
pub(crate) const BLACK: Color = [0; 3];

/// The tree of tags of a document; does nothing when the profile has no tags.
pub(crate) struct Tags {
    on: bool,
    open: Vec<TagGroup>,
    root: TagTree,
}

impl Tags {
    pub fn new(on: bool) -> Tags {
        Tags { on, open: Vec::new(), root: TagTree::new().with_lang(Some("zh-CN".into())) }
    }

    pub fn on(&self) -> bool {
        self.on
    }

    /// Opens a group; everything until [`Tags::close`] belongs to it.
    pub fn open(&mut self, tag: impl Into<TagKind>) {
        if self.on {
            self.open.push(TagGroup::new(tag));
        }
    }

    pub fn close(&mut self) {
        if let Some(group) = self.open.pop() {
            self.push_group(group);
        }
    }

    pub fn push_group(&mut self, group: TagGroup) {
        if self.on {
            match self.open.last_mut() {
                Some(parent) => parent.push(group),
                None => self.root.push(group),
            }
        }
    }

    pub fn finish(self) -> Option<TagTree> {
        self.on.then_some(self.root)
    }
}

/// A page being drawn.
pub(crate) struct Canvas<'a> {
    surface: Surface<'a>,
    fonts: &'a FontSet,
    pub tags: &'a mut Tags,
    glyphs: Vec<Glyph>,
}

/// Adds a page of `size` points and draws on it.
pub(crate) fn page(
    document: &mut Document,
    fonts: &FontSet,
    tags: &mut Tags,
    size: [f32; 2],
    draw: impl FnOnce(&mut Canvas<'_>),
) {
    let settings = PageSettings::from_wh(size[0], size[1]).expect("pages have a size");
    let mut page = document.start_page_with(settings);
    {
        let mut canvas = Canvas { surface: page.surface(), fonts, tags, glyphs: Vec::new() };
        draw(&mut canvas);
    }
    page.finish();
}

pub(crate) fn fill(color: Color, opacity: f32) -> Fill {
    Fill {
        paint: rgb::Color::new(color[0], color[1], color[2]).into(),
        opacity: NormalizedF32::new(opacity).unwrap_or(NormalizedF32::ONE),
        rule: FillRule::NonZero,
    }
}

fn stroke(color: Color, width: f32) -> Stroke {
    Stroke { paint: rgb::Color::new(color[0], color[1], color[2]).into(), width, ..Stroke::default() }
}

impl<'a> Canvas<'a> {
    pub fn fonts(&self) -> &'a FontSet {
        self.fonts
    }

    /// Draws content that belongs to the reading order, as one leaf under `tag`.
    pub fn content(&mut self, tag: impl Into<TagKind>, draw: impl FnOnce(&mut Self)) {
        let id = self.marked(draw);
        if self.tags.on() {
            self.tags.push_group(TagGroup::with_children(tag, vec![id.into()]));
        }
    }

    /// Draws content and gives its identifier; the caller puts it into the tree.
    pub fn marked(&mut self, draw: impl FnOnce(&mut Self)) -> Identifier {
        let id = self.surface.start_tagged(ContentTag::Other);
        draw(self);
        self.surface.end_tagged();
        id
    }

    /// Draws what is not read: rules, border, repeated heads, the word 样张.
    pub fn artifact(&mut self, kind: ArtifactType, draw: impl FnOnce(&mut Self)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(self);
        self.surface.end_tagged();
    }

    /// Draws one line with its baseline at `y`; returns its width. `tracking` is added after every glyph, in em.
    pub fn text(&mut self, at: [f32; 2], set: &Set, text: &str) -> f32 {
        let mut glyphs = std::mem::take(&mut self.glyphs);
        let mut width = set_line(self.fonts, set.style, text, &mut glyphs);
        if set.tracking != 0.0 {
            width += set.tracking * glyphs.len().saturating_sub(1) as f32;
            glyphs.iter_mut().for_each(|g| g.advance += set.tracking);
        }
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(set.color, set.opacity)));
        let mut x = at[0];
        for run in glyphs.chunk_by(|a, b| a.face == b.face) {
            let font = self.fonts.font(run[0].face);
            self.surface.draw_glyphs(Point::from_xy(x, at[1]), run, font, text, set.size, false);
            x += run.iter().map(|g| g.advance).sum::<f32>() * set.size;
        }
        self.glyphs = glyphs;
        width * set.size
    }

    /// The width of one line in points.
    pub fn measure(&self, set: &Set, text: &str) -> f32 {
        set.measure(self.fonts, text)
    }

    /// Draws one line centred on `x`.
    pub fn text_center(&mut self, x: f32, y: f32, set: &Set, text: &str) {
        let width = self.measure(set, text);
        self.text([x - width / 2.0, y], set, text);
    }

    /// Draws one line that ends at `x`.
    pub fn text_right(&mut self, x: f32, y: f32, set: &Set, text: &str) {
        let width = self.measure(set, text);
        self.text([x - width, y], set, text);
    }

    /// Strokes a path.
    pub fn rules(&mut self, path: PathBuilder, color: Color, width: f32) {
        if let Some(path) = path.finish() {
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(stroke(color, width)));
            self.surface.draw_path(&path);
        }
    }

    /// Fills a rectangle given by left, top, width, height.
    pub fn block(&mut self, [x, y, w, h]: [f32; 4], color: Color) {
        if let Some(rect) = Rect::from_xywh(x, y, w, h) {
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            self.fill_path(path.finish(), color);
        }
    }

    fn fill_path(&mut self, path: Option<Path>, color: Color) {
        if let Some(path) = path {
            self.surface.set_stroke(None);
            self.surface.set_fill(Some(fill(color, 1.0)));
            self.surface.draw_path(&path);
        }
    }

    /// Draws a drawing into left, top, width, height; its proportions are the caller's care.
    pub fn drawing(&mut self, drawing: &Drawing, [x, y, w, h]: [f32; 4]) {
        let [left, top, width, height] = drawing.view;
        let (sx, sy) = (w / width, h / height);
        self.surface.push_transform(&Transform::from_row(sx, 0.0, 0.0, sy, x - left * sx, y - top * sy));
        for shape in &drawing.shapes {
            let rule = if shape.even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
            self.surface.set_fill(shape.fill.map(|color| Fill { rule, ..fill(color, 1.0) }));
            self.surface.set_stroke(shape.stroke.map(|(color, width)| stroke(color, width)));
            if shape.fill.is_some() || shape.stroke.is_some() {
                self.surface.draw_path(&shape.path);
            }
        }
        self.surface.pop();
    }

    /// Draws a QR symbol on white ground: exactly the rectangles that were read again.
    pub fn qr(&mut self, symbol: &Placed) {
        self.block([symbol.x, symbol.y, symbol.side, symbol.side], [255; 3]);
        let mut path = PathBuilder::new();
        for &[x0, y0, x1, y1] in &symbol.rects {
            if let Some(rect) = Rect::from_ltrb(x0, y0, x1, y1) {
                path.push_rect(rect);
            }
        }
        self.fill_path(path.finish(), BLACK);
    }

    /// Draws one line turned by `degrees` (counter-clockwise) around its middle at `at`.
    pub fn turned(&mut self, at: [f32; 2], degrees: f32, set: &Set, text: &str) {
        self.surface.push_transform(&Transform::from_translate(at[0], at[1]));
        self.surface.push_transform(&Transform::from_rotate(-degrees));
        let width = self.measure(set, text);
        self.text([-width / 2.0, set.size * 0.36], set, text);
        self.surface.pop();
        self.surface.pop();
    }
}

/// How a line is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set {
    pub style: Style,
    pub size: f32,
    pub color: Color,
    pub tracking: f32,
    pub opacity: f32,
}

impl Set {
    pub fn new(style: Style, size: f32) -> Set {
        Set { style, size, color: BLACK, tracking: 0.0, opacity: 1.0 }
    }

    pub fn color(self, color: Color) -> Set {
        Set { color, ..self }
    }

    pub fn tracking(self, tracking: f32) -> Set {
        Set { tracking, ..self }
    }

    /// The width of one line in points.
    pub fn measure(&self, fonts: &FontSet, text: &str) -> f32 {
        let mut glyphs = Vec::new();
        let width = set_line(fonts, self.style, text, &mut glyphs);
        (width + self.tracking * glyphs.len().saturating_sub(1) as f32) * self.size
    }
}
