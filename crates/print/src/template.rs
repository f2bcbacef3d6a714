//! The template: where what stands on the face and the annex, and the wording. Data, so that the official sample is dropped
//! in without code.

use crate::drawing::{Drawing, read_color};
use crate::font::Style;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

const NATIONAL: &str = include_str!("../assets/national.json");
const BORDER: &str = include_str!("../assets/border.svg");
const MARK: &str = include_str!("../assets/mark.svg");

/// The names a text may hold between braces; each is replaced by what the certificate says (domain.md 3.1).
pub const PLACEHOLDERS: [&str; 15] = [
    "number",
    "names",
    "body_name",
    "other_name",
    "address",
    "parent",
    "issued_on",
    "first_issued_on",
    "valid_from",
    "valid_to",
    "approved_on",
    "authority",
    "edition",
    "sites",
    "code",
];

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A file of the folder cannot be read.
    #[error("模板文件 {path} 无法读取：{source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// `template.json` is not what it should be.
    #[error("模板文件 template.json 有误：{0}")]
    Layout(String),
    /// `border.svg` or `mark.svg` is not what it should be.
    #[error("模板图形 {file} 有误：{message}")]
    Drawing {
        /// Name of the file.
        file: &'static str,
        /// What is wrong with it.
        message: String,
    },
}

/// `template.json`: all lengths in millimetres from the top left corner of the page, type sizes in points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// 1; a template of another format is refused.
    pub format: u32,
    /// For people.
    pub name: String,
    /// For people; print records keep [`Template::version`], which changes with every byte.
    pub revision: String,
    /// 证书正本.
    pub face: Sheet,
    /// 附表 cover.
    pub cover: Sheet,
    /// Page behind the cover.
    pub notes: Sheet,
    /// Wording of the tables.
    pub annex: AnnexWords,
    /// What stands for `{address}` when there are several sites (domain.md 3.1, 3.5).
    pub address_many: String,
}

/// One laid-out page, A4 portrait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Where `border.svg` is drawn.
    #[serde(default)]
    pub border: Option<Area>,
    /// Where `mark.svg` is drawn with the number under it.
    #[serde(default)]
    pub mark: Option<MarkPlace>,
    /// Where the QR stands.
    #[serde(default)]
    pub qr: Option<QrPlace>,
    /// The texts, in reading order.
    pub blocks: Vec<Block>,
}

/// A rectangle in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// The mark; its height follows from the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkPlace {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width of the graphic.
    pub width: f32,
    /// Width of the number in widths of the graphic (domain.md 3.2: 1.11).
    pub number_ratio: f32,
    /// Whether pre-printed paper already shows the graphic. The number is always printed.
    #[serde(default)]
    pub fixed: bool,
}

/// The reserved square of the QR (architecture.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QrPlace {
    /// Left edge of the reserved square.
    pub x: f32,
    /// Upper edge of the reserved square.
    pub y: f32,
    /// Side of the reserved square: 33.
    pub square: f32,
    /// Side of a short code with its quiet zone: 20 to 25, centred at the top of the square. A signed one fills the square.
    pub short_side: f32,
    /// Size of the code and number below it, in points.
    pub caption_size: f32,
}

/// A text: one baseline to start from, a width, and how it gives way when it is too long: it shrinks to four fifths, then
/// takes more lines, then shrinks on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Fixed wording in front; not drawn on pre-printed paper.
    #[serde(default)]
    pub label: String,
    /// From the left edge to where the text begins.
    #[serde(default)]
    pub label_width: f32,
    /// Size of the label, if not that of the text.
    #[serde(default)]
    pub label_size: Option<f32>,
    /// With [`PLACEHOLDERS`] between braces.
    pub text: String,
    /// Drawn only if this placeholder has a value.
    #[serde(default)]
    pub when: Option<String>,
    /// Left edge.
    pub x: f32,
    /// Baseline of the first line.
    pub y: f32,
    /// Width, the label included.
    pub width: f32,
    /// Type size in points.
    pub size: f32,
    /// Smallest size before more lines are taken than allowed; half the size if not given.
    #[serde(default)]
    pub min_size: Option<f32>,
    /// Lines it may take.
    #[serde(default = "one")]
    pub lines: usize,
    /// Line pitch in sizes.
    #[serde(default = "leading")]
    pub leading: f32,
    /// First line indent in em.
    #[serde(default)]
    pub indent: f32,
    /// Extra space between characters in em.
    #[serde(default)]
    pub tracking: f32,
    /// The face.
    pub style: Style,
    /// Where lines stand.
    #[serde(default)]
    pub align: Align,
    /// `#rrggbb`.
    pub color: String,
    /// Already on pre-printed paper.
    #[serde(default)]
    pub fixed: bool,
    /// What it is to a screen reader.
    pub role: Role,
}

fn one() -> usize {
    1
}

fn leading() -> f32 {
    1.5
}

/// Where lines stand in the width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
    /// All lines but the last fill the width.
    Justify,
}

/// What a block is to a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Heading of level 1.
    Title,
    /// Heading of level 2.
    Heading,
    /// Paragraph.
    Text,
    /// Paragraph in small print.
    Note,
}

/// Wording of the annex tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnexWords {
    /// Title of part 1; placeholders allowed.
    pub signatories_title: String,
    /// Title of part 2; placeholders allowed.
    pub capabilities_title: String,
    /// Behind the title where only food stands.
    pub food: String,
    /// Behind the title where food stands apart.
    pub other: String,
    /// Behind a merged name that goes on over a page.
    pub continued: String,
    /// Below the last row of a part.
    pub end: String,
    /// Type size of the rows in points, 7 to 12.
    pub body_size: f32,
}

/// A layout with its drawings, read once and shared. No clone: keep it in an `Arc`.
pub struct Template {
    pub(crate) layout: Layout,
    pub(crate) border: Drawing,
    pub(crate) mark: Drawing,
    version: String,
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Template({} {})", self.layout.name, self.version)
    }
}

impl Template {
    /// The template this program carries.
    pub fn national() -> Template {
        Template::read(NATIONAL, BORDER, MARK).expect("the embedded template is tested")
    }

    /// The template of a folder with any of `template.json`, `border.svg`, `mark.svg`; what is not there is as in
    /// [`Template::national`].
    ///
    /// # Errors
    /// [`TemplateError`] names the file and what is wrong in it.
    pub fn load(dir: &Path) -> Result<Template, TemplateError> {
        let read = |name: &str, own: &str| {
            let path = dir.join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok(text),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(own.to_owned()),
                Err(source) => Err(TemplateError::Read { path, source }),
            }
        };
        if !dir.is_dir() {
            let source = std::io::Error::from(std::io::ErrorKind::NotADirectory);
            return Err(TemplateError::Read { path: dir.to_owned(), source });
        }
        let json = read("template.json", NATIONAL)?;
        Template::read(&json, &read("border.svg", BORDER)?, &read("mark.svg", MARK)?)
    }

    fn read(json: &str, border: &str, mark: &str) -> Result<Template, TemplateError> {
        let layout: Layout = serde_json::from_str(json).map_err(|e| TemplateError::Layout(e.to_string()))?;
        layout.check().map_err(TemplateError::Layout)?;
        let drawing =
            |file, svg| Drawing::read(svg).map_err(|message| TemplateError::Drawing { file, message });
        let mut sha = Sha256::new();
        for part in [json, border, mark] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part);
        }
        let version = sha.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
        Ok(Template {
            layout,
            border: drawing("border.svg", border)?,
            mark: drawing("mark.svg", mark)?,
            version,
        })
    }

    /// Names this template in print records: 16 hex digits of SHA-256 over its three files.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The data behind it.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl Layout {
    fn check(&self) -> Result<(), String> {
        if self.format != 1 {
            return Err(format!("format为{}，本程序只认识1", self.format));
        }
        if !(7.0..=12.0).contains(&self.annex.body_size) {
            return Err("annex.body_size应在7至12磅之间".into());
        }
        for text in [&self.annex.signatories_title, &self.annex.capabilities_title, &self.address_many] {
            known_placeholders(text)?;
        }
        for sheet in [&self.face, &self.cover, &self.notes] {
            sheet.check()?;
        }
        if self.face.qr.is_none() { Err("face缺少qr：证书上必须有二维码".into()) } else { Ok(()) }
    }
}

impl Sheet {
    fn check(&self) -> Result<(), String> {
        for block in &self.blocks {
            known_placeholders(&block.text)?;
            if let Some(name) = block.when.as_deref().filter(|name| !PLACEHOLDERS.contains(name)) {
                return Err(format!("when“{name}”不是可用的名称"));
            }
            if read_color(&block.color)?.is_none() {
                return Err(format!("文字“{}”没有颜色", block.text));
            }
            let sound = block.size >= 4.0
                && block.lines >= 1
                && block.width > block.label_width
                && block.leading > 0.5;
            if !sound {
                return Err(format!("文字“{}”的size、lines、leading或width不可用", block.text));
            }
        }
        match self.qr {
            Some(qr) if !(20.0..=qr.square).contains(&qr.short_side) => {
                Err(format!("qr.short_side应在20毫米与qr.square（{}毫米）之间", qr.square))
            }
            Some(qr) if qr.square < 33.0 => Err("qr.square不得小于33毫米".into()),
            _ => Ok(()),
        }
    }
}

fn known_placeholders(text: &str) -> Result<(), String> {
    for part in text.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        if !PLACEHOLDERS.contains(&name) {
            return Err(format!("“{text}”中的{{{name}}}不是可用的名称，可用：{}", PLACEHOLDERS.join("、")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_template_is_sound() {
        assert_eq!(Template::national().layout.format, 1);
        assert_eq!(Template::national().version(), Template::national().version());
    }

    #[test]
    fn a_template_with_a_mistake_is_refused_with_the_place() {
        let wrong = |from: &str, to: &str| {
            let json = NATIONAL.replacen(from, to, 1);
            assert_ne!(json, NATIONAL, "{from}");
            Template::read(&json, BORDER, MARK).expect_err("a mistake").to_string()
        };
        assert!(wrong("{valid_to}", "{valid_until}").contains("valid_until"));
        assert!(wrong("\"format\": 1", "\"format\": 2").contains("format为2"));
        assert!(wrong("\"short_side\": 25", "\"short_side\": 12").contains("20毫米"));
        assert!(wrong("#1c1a17", "red").contains("red"));
        assert!(wrong("\"role\": \"title\"", "\"rol\": \"title\"").contains("rol"));
        let error = Template::read(NATIONAL, "<svg>", MARK).expect_err("no view box").to_string();
        assert!(error.contains("border.svg"), "{error}");
    }
}
