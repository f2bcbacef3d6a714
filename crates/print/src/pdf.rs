//! From certificates to one PDF file.

use crate::annex::{self, AnnexPlan};
use crate::canvas::{A4, Canvas, Tags, page};
use crate::document::{Document, Output, Overprint, PrintError, Profile};
use crate::font::FontSet;
use crate::sheet::{self, SheetPlan, Values};
use crate::table_draw::{self, Around};
use crate::template::Template;
use domain::Instant;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::tagging::Tag;
use krilla::{Document as Engine, SerializeSettings};
use sha2::{Digest, Sha256};

/// A finished file.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its pages.
    pub pages: usize,
    /// SHA-256 of the file, for print records.
    pub sha256: [u8; 32],
}

impl std::fmt::Debug for Pdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pdf({} pages, {} bytes)", self.pages, self.bytes.len())
    }
}

/// Renders one certificate.
///
/// # Errors
/// [`PrintError`] before anything is drawn: a character without glyph, a text without room, a QR that does not read back.
pub fn render(
    document: &Document<'_>,
    output: &Output,
    fonts: &FontSet,
    template: &Template,
) -> Result<Pdf, PrintError> {
    let mut batch = Batch::new(*output, fonts, template);
    batch.push(document)?;
    batch.finish()
}

/// Several certificates in one file, each with its own page numbers.
///
/// The file is held in memory until [`Batch::finish`], about 3.5 kB a page: start a new one when [`Batch::is_full`] says so.
pub struct Batch<'a> {
    fonts: &'a FontSet,
    template: &'a Template,
    file: File,
}

/// Pages after which a batch is full: about 20 MB.
const FULL: usize = 6_000;

impl<'a> Batch<'a> {
    /// An empty file.
    pub fn new(output: Output, fonts: &'a FontSet, template: &'a Template) -> Batch<'a> {
        Batch { fonts, template, file: File::new(output) }
    }

    /// Adds a certificate and returns how many pages it takes. On an error nothing of it is in the file.
    ///
    /// # Errors
    /// As [`render`].
    pub fn push(&mut self, document: &Document<'_>) -> Result<usize, PrintError> {
        let plan = Plan::new(document, self.fonts, self.template)?;
        Ok(plan.draw(document, self))
    }

    /// Pages so far.
    pub fn pages(&self) -> usize {
        self.file.pages
    }

    /// Whether the next certificate should go into another file, to keep memory bounded.
    pub fn is_full(&self) -> bool {
        self.file.pages >= FULL
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`PrintError::Engine`] if the writer refuses, so also for a file without pages.
    pub fn finish(self) -> Result<Pdf, PrintError> {
        self.file.finish("检验检测机构资质认定证书")
    }
}

/// A file being written.
pub(crate) struct File {
    pub engine: Engine,
    pub tags: Tags,
    pub outline: Vec<OutlineNode>,
    pub pages: usize,
    titles: Vec<String>,
    created: Instant,
}

impl File {
    pub fn new(output: Output) -> File {
        let tagged = output.profile == Profile::Download;
        let builder = ConfigurationBuilder::new();
        let builder = if tagged {
            builder.with_archival_validator(Archival::A2_A).with_accessibility_validator(Accessibility::UA1)
        } else {
            builder.with_archival_validator(Archival::A2_B)
        };
        let configuration = builder.finish().expect("both standards allow PDF 1.7");
        let settings =
            SerializeSettings { configuration, enable_tagging: tagged, ..SerializeSettings::default() };
        File {
            engine: Engine::new_with(settings),
            tags: Tags::new(tagged),
            outline: Vec::new(),
            pages: 0,
            titles: Vec::new(),
            created: output.created,
        }
    }

    /// Notes what the file is about, for its title and outline.
    pub fn entry(&mut self, title: String, node: OutlineNode) {
        self.titles.push(title);
        self.outline.push(node);
    }

    pub fn finish(mut self, many: &str) -> Result<Pdf, PrintError> {
        let title = match self.titles.as_slice() {
            [] => return Err(PrintError::Engine("没有可打印的内容".into())),
            [one] => one.clone(),
            all => format!("{many}（共{}份）", all.len()),
        };
        let mut outline = Outline::new();
        self.outline.into_iter().for_each(|node| outline.push_child(node));
        self.engine.set_outline(outline);
        let metadata = Metadata::new()
            .title(title)
            .language("zh-CN".into())
            .producer("fuma".into())
            .creation_date(date_time(self.created))
            .document_id(self.titles.join("\n"));
        self.engine.set_metadata(metadata);
        if let Some(tree) = self.tags.finish() {
            self.engine.set_tag_tree(tree);
        }
        let bytes = self.engine.finish().map_err(|e| PrintError::Engine(format!("{e:?}")))?;
        let sha256 = Sha256::digest(&bytes).into();
        Ok(Pdf { bytes, pages: self.pages, sha256 })
    }
}

/// A file of one page that is no certificate; `texts` are checked for characters without glyph.
pub(crate) fn single_page(
    title: &str,
    texts: &[&str],
    size: [f32; 2],
    output: &Output,
    fonts: &FontSet,
    draw: impl FnOnce(&mut Canvas<'_>),
) -> Result<Pdf, PrintError> {
    texts.iter().try_for_each(|text| check_text(text, fonts))?;
    let mut file = File::new(*output);
    page(&mut file.engine, fonts, &mut file.tags, size, draw);
    file.pages = 1;
    file.entry(title.to_owned(), bookmark(title.to_owned(), 0));
    file.finish(title)
}

/// Refuses a text with a character that no font draws.
pub(crate) fn check_text(text: &str, fonts: &FontSet) -> Result<(), PrintError> {
    let chars = fonts.missing_chars(text);
    if chars.is_empty() { Ok(()) } else { Err(PrintError::Missing { chars, text: text.to_owned() }) }
}

fn date_time(at: Instant) -> DateTime {
    let day = at.day();
    // The day is Shanghai's, so the time of day is too: +08:00, no summer time since 1991.
    let seconds = (at.micros().div_euclid(1_000_000) + 8 * 3600).rem_euclid(86_400) as u32;
    DateTime::new(day.year())
        .month(day.month())
        .day(day.dom())
        .hour((seconds / 3600) as u8)
        .minute((seconds / 60 % 60) as u8)
        .second((seconds % 60) as u8)
        .utc_offset_hour(8)
        .utc_offset_minute(0)
}

/// A bookmark to the top of a page.
pub(crate) fn bookmark(text: String, page: usize) -> OutlineNode {
    OutlineNode::new(text, XyzDestination::new(page, Point::from_xy(0.0, 0.0)))
}

/// A certificate of which nothing can fail any more.
struct Plan<'a, 't> {
    face: Option<SheetPlan<'t>>,
    annex: Option<AnnexPlan<'a, 't>>,
}

impl<'a, 't> Plan<'a, 't> {
    fn new(
        document: &Document<'a>,
        fonts: &FontSet,
        template: &'t Template,
    ) -> Result<Plan<'a, 't>, PrintError> {
        let values = Values::new(document, template);
        check_characters(document, &values, fonts)?;
        let layout = &template.layout;
        let face = document
            .parts
            .face()
            .then(|| sheet::plan(&layout.face, document, &values, fonts, template, true))
            .transpose()?;
        let annex =
            document.parts.annex().then(|| annex::plan(document, &values, fonts, template)).transpose()?;
        Ok(Plan { face, annex })
    }

    fn draw(&self, document: &Document<'_>, batch: &mut Batch<'_>) -> usize {
        let (fonts, file) = (batch.fonts, &mut batch.file);
        let before = file.pages;
        let title = format!("检验检测机构资质认定证书 {} {}", document.number_text(), document.names());
        let mut node = bookmark(title.clone(), before);
        file.tags.open(Tag::Part);
        if let Some(face) = &self.face {
            node.push_child(bookmark(face.title(), file.pages));
            page(&mut file.engine, fonts, &mut file.tags, A4, |c| face.draw(c, None));
            file.pages += 1;
        }
        if let Some(annex) = &self.annex {
            let end = &batch.template.layout.annex.end;
            draw_annex(annex, document.overprint, end, fonts, file, &mut node);
        }
        file.tags.close();
        file.entry(title, node);
        file.pages - before
    }
}

fn draw_annex(
    annex: &AnnexPlan<'_, '_>,
    overprint: Overprint,
    end: &str,
    fonts: &FontSet,
    file: &mut File,
    node: &mut OutlineNode,
) {
    let pages = annex.pages();
    node.push_child(bookmark(annex.cover.title(), file.pages));
    for (i, sheet) in [&annex.cover, &annex.notes].into_iter().enumerate() {
        let number = format!("第 {} 页 共 {pages} 页", i + 1);
        page(&mut file.engine, fonts, &mut file.tags, A4, |c| sheet.draw(c, Some(&number)));
        file.pages += 1;
    }
    let mut first_page = 3;
    for section in &annex.sections {
        node.push_child(bookmark(section.title.clone(), file.pages));
        let around = Around { first_page, pages, overprint, end };
        table_draw::draw(section, &around, &mut file.engine, fonts, &mut file.tags);
        first_page += section.table.pages.len();
        file.pages += section.table.pages.len();
    }
}

/// Refuses the first text with a character that no font draws.
pub(crate) fn check_characters(
    document: &Document<'_>,
    values: &Values,
    fonts: &FontSet,
) -> Result<(), PrintError> {
    let check = |text: &str| check_text(text, fonts);
    values.texts().try_for_each(check)?;
    if !document.parts.annex() {
        return Ok(());
    }
    let content = document.content;
    content.sites.iter().flat_map(|s| [&s.name, &s.address]).try_for_each(|t| check(t))?;
    content
        .signatories
        .iter()
        .flat_map(|s| [&s.name, &s.title, &s.field, &s.remark])
        .try_for_each(|t| check(t))?;
    let rows = content.capabilities.iter().flat_map(|c| {
        let i = &c.item;
        [
            &i.category,
            &i.class,
            &i.name,
            &i.standard_name,
            &i.standard_number,
            &i.clause,
            &c.limits,
            &c.remark,
            &c.label,
        ]
    });
    rows.filter(|t| !t.is_empty()).try_for_each(|t| check(t))
}
