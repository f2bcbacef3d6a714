//! The fonts: which files, which of them draws a character, and which characters none of them can draw.

use crate::face::Face;
use krilla::text::Font;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use ttf_parser::OutlineBuilder;

/// What a person types to have every file of [`FontPaths::debian`].
pub const DEBIAN_COMMAND: &str =
    "apt-get install -y --no-install-recommends fonts-noto-cjk fonts-lxgw-wenkai fonts-hanazono";

/// One face: a font file and, in a collection (.ttc), which of its faces.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FontFile {
    /// Where the file lies.
    pub path: PathBuf,
    /// 0 (also if not given) for a .ttf or .otf; the Simplified Chinese face of Debian's Noto collections is 2.
    #[serde(default)]
    pub index: u32,
}

impl FontFile {
    /// The face `index` of the file at `path`.
    pub fn new(path: impl Into<PathBuf>, index: u32) -> FontFile {
        FontFile { path: path.into(), index }
    }
}

/// Which files the fonts are read from. TTF files halve the cost of small documents (printing.md 2).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FontPaths {
    /// 宋体: body of the annex, numbers everywhere; falls back first.
    pub song: FontFile,
    /// 宋体 bold: titles.
    pub song_bold: FontFile,
    /// 楷体: what is filled into the face.
    pub kai: FontFile,
    /// 黑体: the word 样张 and printers' test sheets.
    pub hei: FontFile,
    /// Fonts for rare characters, in order; Debian's HanaMinA and HanaMinB cover GB 18030-2022 level 3.
    pub rare: Vec<FontFile>,
    /// The operator's own files for what is still missing; the only ones asked for private use characters.
    pub extra: Vec<FontFile>,
}

impl FontPaths {
    /// The files that [`DEBIAN_COMMAND`] installs.
    pub fn debian() -> FontPaths {
        let noto = |name: &str| FontFile::new(Path::new("/usr/share/fonts/opentype/noto").join(name), 2);
        let hana = |name: &str| FontFile::new(Path::new("/usr/share/fonts/truetype/hanazono").join(name), 0);
        FontPaths {
            song: noto("NotoSerifCJK-Regular.ttc"),
            song_bold: noto("NotoSerifCJK-Bold.ttc"),
            kai: FontFile::new("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0),
            hei: noto("NotoSansCJK-Regular.ttc"),
            rare: vec![hana("HanaMinA.ttf"), hana("HanaMinB.ttf")],
            extra: Vec::new(),
        }
    }
}

/// [`FontPaths::debian`]; settings name only the files they change.
impl Default for FontPaths {
    fn default() -> FontPaths {
        FontPaths::debian()
    }
}

/// Why the fonts cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// No such file, or it may not be read.
    #[error(
        "字体文件 {path} 无法读取（{source}）。请先安装字体：{DEBIAN_COMMAND}；或在设置中改写字体文件的路径"
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There, but not a font we can draw with.
    #[error(
        "字体文件 {path}（第 {index} 个字形集）不是可用的 TrueType/OpenType 字体，请重新安装：{DEBIAN_COMMAND}"
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// The face asked for.
        index: u32,
    },
}

/// The style a text is set in: which face is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// 宋体.
    Song,
    /// 宋体, bold.
    SongBold,
    /// 楷体; its ASCII is taken from 宋体, because WenKai's digits look handwritten.
    Kai,
    /// 黑体.
    Hei,
}

/// Index of a face in [`FontSet::faces`]; the first four are the styles.
const SONG: usize = 0;
const KAI: usize = 2;
const HEI: usize = 3;
const STYLES: usize = 4;

/// How a character is drawn: face, glyph, advance in em.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Drawn {
    pub face: u8,
    pub glyph: u16,
    pub advance: f32,
}

/// All fonts, mapped once and shared by every document. Clone the `Arc` you keep it in.
pub struct FontSet {
    faces: Vec<Face>,
    /// Faces asked after the style's own, in order; without the extras.
    fallback: Vec<usize>,
    extras: Vec<usize>,
    version: String,
    /// Characters of the basic plane that were found to print alone: an import asks for 400 million of them.
    good: Box<[AtomicU64]>,
}

impl std::fmt::Debug for FontSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FontSet({} faces, {})", self.faces.len(), self.version)
    }
}

impl FontSet {
    /// Maps all files; reads no character table yet.
    ///
    /// # Errors
    /// [`FontError`] names the first file that is missing or no font, with the command that installs it.
    pub fn load(paths: &FontPaths) -> Result<FontSet, FontError> {
        let styles = [&paths.song, &paths.song_bold, &paths.kai, &paths.hei];
        let mut faces = Vec::new();
        let mut version = Sha256::new();
        for file in styles.into_iter().chain(&paths.rare).chain(&paths.extra) {
            let face = Face::load(file)?;
            face.identify(file, &mut version);
            faces.push(face);
        }
        let rare = STYLES..STYLES + paths.rare.len();
        let extras = rare.end..faces.len();
        let fallback = [SONG].into_iter().chain(rare).chain([KAI, HEI]).collect();
        let version = version.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
        let good = (0..0x1_0000 / 64).map(|_| AtomicU64::new(0)).collect();
        Ok(FontSet { faces, fallback, extras: extras.collect(), version, good })
    }

    /// Names this set of fonts in print records: 16 hex digits of SHA-256 over the files' names, face indexes, sizes and
    /// head table revisions and checksums.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The characters of `text` that no font can draw, each once, in order of appearance. Empty means it prints right.
    ///
    /// Asked when data is entered and again before anything is drawn. Control characters, bidirectional marks and other
    /// invisible ones are never printable; private use characters only by the operator's extra files.
    pub fn missing_chars(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        // A selector is never marked, so a text with one takes the long way as a whole.
        if text.chars().all(|c| self.known_good(c)) {
            return missing;
        }
        for cluster in Clusters::new(text) {
            let drawn = self.draw(Style::Song, cluster.base, cluster.selector);
            if let (Some(_), None) = (drawn, cluster.selector) {
                self.mark_good(cluster.base);
            }
            if drawn.is_none() {
                for c in [Some(cluster.base), cluster.selector].into_iter().flatten() {
                    if !missing.contains(&c) {
                        missing.push(c);
                    }
                }
            }
        }
        missing
    }

    fn known_good(&self, c: char) -> bool {
        let at = c as usize;
        self.good.get(at / 64).is_some_and(|bits| bits.load(Ordering::Relaxed) & (1 << (at % 64)) != 0)
    }

    fn mark_good(&self, c: char) {
        let at = c as usize;
        if let Some(bits) = self.good.get(at / 64) {
            bits.fetch_or(1 << (at % 64), Ordering::Relaxed);
        }
    }

    /// The face of a number given by [`Drawn::face`].
    pub(crate) fn font(&self, face: u8) -> Font {
        self.faces[usize::from(face)].font()
    }

    /// Draws the outline of a glyph, in font units with y upwards.
    pub(crate) fn outline(&self, face: u8, glyph: u16, builder: &mut dyn OutlineBuilder) {
        self.faces[usize::from(face)].outline(glyph, builder);
    }

    /// Font units of an em.
    pub(crate) fn units(&self, face: u8) -> f32 {
        self.faces[usize::from(face)].units()
    }

    /// The first face of the chain that has the character (and, with a selector, that variation of it).
    pub(crate) fn draw(&self, style: Style, c: char, selector: Option<char>) -> Option<Drawn> {
        if invisible(c) {
            return None;
        }
        if private(c) {
            return self.extras.iter().find_map(|&face| self.ask(face, c, selector));
        }
        let first = if style == Style::Kai && c.is_ascii() { SONG } else { style as usize };
        self.ask(first, c, selector).or_else(|| {
            self.fallback.iter().chain(&self.extras).find_map(|&face| self.ask(face, c, selector))
        })
    }

    fn ask(&self, face: usize, c: char, selector: Option<char>) -> Option<Drawn> {
        let found = &self.faces[face];
        let (glyph, advance) = match selector {
            None => found.plain(c),
            Some(selector) => found.variation(c, selector),
        }?;
        Some(Drawn { face: face as u8, glyph, advance })
    }
}

/// A character and the variation selector after it, if any.
pub(crate) struct Cluster {
    pub at: usize,
    pub end: usize,
    pub base: char,
    pub selector: Option<char>,
}

/// Walks a text cluster by cluster.
pub(crate) struct Clusters<'a> {
    chars: std::iter::Peekable<std::str::CharIndices<'a>>,
}

impl<'a> Clusters<'a> {
    pub fn new(text: &'a str) -> Clusters<'a> {
        Clusters { chars: text.char_indices().peekable() }
    }
}

impl Iterator for Clusters<'_> {
    type Item = Cluster;

    fn next(&mut self) -> Option<Cluster> {
        let (at, base) = self.chars.next()?;
        let mut end = at + base.len_utf8();
        let selector = self.chars.next_if(|&(_, c)| is_selector(c)).map(|(_, c)| c);
        if let Some(selector) = selector {
            end += selector.len_utf8();
        }
        Some(Cluster { at, end, base, selector })
    }
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}')
}

/// Characters that change a text without being seen: never printed, whatever a font says.
fn invisible(c: char) -> bool {
    c.is_control()
        || is_selector(c)
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
}
