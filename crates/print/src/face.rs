//! One font file: mapped, its character table filled when first asked.

use crate::font::{FontError, FontFile};
use krilla::text::Font;
use memmap2::Mmap;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::sync::{Arc, OnceLock};
use ttf_parser::{GlyphId, OutlineBuilder, RawFace, Tag, cmap, head, hhea, hmtx, maxp};

/// One mapped face with its character table, filled when first asked.
pub(crate) struct Face {
    data: Arc<Mmap>,
    index: u32,
    font: Font,
    units: f32,
    bmp: OnceLock<Box<Plane>>,
}

/// Glyph and advance (font units) of the 65,536 characters of the basic plane; glyph 0 means none.
struct Plane {
    glyphs: Vec<u16>,
    advances: Vec<u16>,
}

/// The tables that a look-up needs.
struct Tables<'a> {
    cmap: cmap::Table<'a>,
    hmtx: hmtx::Table<'a>,
}

impl Face {
    pub fn load(file: &FontFile) -> Result<Face, FontError> {
        let missing = |source| FontError::Missing { path: file.path.clone(), source };
        let broken = || FontError::Broken { path: file.path.clone(), index: file.index };
        let opened = File::open(&file.path).map_err(missing)?;
        #[expect(unsafe_code, reason = "installed font files are replaced by rename, never written in place")]
        let map = unsafe { Mmap::map(&opened) }.map_err(missing)?;
        let data = Arc::new(map);
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::<Mmap>::clone(&data);
        let font = Font::new(shared.into(), file.index).ok_or_else(broken)?;
        let face = Face { units: font.units_per_em(), font, data, index: file.index, bmp: OnceLock::new() };
        face.tables().ok_or_else(broken)?;
        Ok(face)
    }

    /// Adds what tells this file from another to the version of the set.
    pub fn identify(&self, file: &FontFile, version: &mut Sha256) {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        version.update(name.as_bytes());
        version.update(self.index.to_be_bytes());
        version.update((self.data.len() as u64).to_be_bytes());
        let head =
            RawFace::parse(&self.data, self.index).ok().and_then(|raw| raw.table(Tag::from_bytes(b"head")));
        // Version, fontRevision and checkSumAdjustment are the first twelve bytes of head.
        version.update(head.and_then(|head| head.get(..12)).unwrap_or_default());
    }

    fn tables(&self) -> Option<Tables<'_>> {
        let raw = RawFace::parse(&self.data, self.index).ok()?;
        let table = |tag: &[u8; 4]| raw.table(Tag::from_bytes(tag));
        head::Table::parse(table(b"head")?)?;
        let glyphs = maxp::Table::parse(table(b"maxp")?)?.number_of_glyphs;
        let metrics = hhea::Table::parse(table(b"hhea")?)?.number_of_metrics;
        let hmtx = hmtx::Table::parse(metrics, glyphs, table(b"hmtx")?)?;
        Some(Tables { cmap: cmap::Table::parse(table(b"cmap")?)?, hmtx })
    }

    pub fn font(&self) -> Font {
        self.font.clone()
    }

    /// Font units of an em.
    pub fn units(&self) -> f32 {
        self.units
    }

    /// Draws the outline of a glyph, in font units with y upwards.
    pub fn outline(&self, glyph: u16, builder: &mut dyn OutlineBuilder) {
        if let Ok(parsed) = ttf_parser::Face::parse(&self.data, self.index) {
            parsed.outline_glyph(GlyphId(glyph), builder);
        }
    }

    /// Glyph and advance in em of a character.
    pub fn plain(&self, c: char) -> Option<(u16, f32)> {
        let code = u32::from(c);
        let (glyph, advance) = if code < 0x10000 {
            let plane = self.bmp.get_or_init(|| Box::new(self.plane()));
            (plane.glyphs[code as usize], plane.advances[code as usize])
        } else {
            let tables = self.tables()?;
            let glyph = lookup(&tables.cmap, code)?;
            (glyph.0, tables.hmtx.advance(glyph)?)
        };
        (glyph != 0).then_some((glyph, f32::from(advance) / self.units))
    }

    /// The same of a character with a variation selector; `None` if the font does not know the sequence.
    pub fn variation(&self, c: char, selector: char) -> Option<(u16, f32)> {
        let tables = self.tables()?;
        let found = tables
            .cmap
            .subtables
            .into_iter()
            .find_map(|table| table.glyph_variation_index(u32::from(c), u32::from(selector)))?;
        match found {
            cmap::GlyphVariationResult::Found(glyph) => {
                Some((glyph.0, f32::from(tables.hmtx.advance(glyph)?) / self.units))
            }
            cmap::GlyphVariationResult::UseDefault => self.plain(c),
        }
    }

    fn plane(&self) -> Plane {
        let mut plane = Plane { glyphs: vec![0; 0x10000], advances: vec![0; 0x10000] };
        let Some(tables) = self.tables() else { return plane };
        let Some(best) = best_subtable(&tables.cmap) else { return plane };
        best.codepoints(|code| {
            if code < 0x10000
                && let Some(glyph) = best.glyph_index(code)
            {
                plane.glyphs[code as usize] = glyph.0;
                plane.advances[code as usize] = tables.hmtx.advance(glyph).unwrap_or_default();
            }
        });
        plane
    }
}

/// The Unicode subtable that knows most: full repertoire (format 12) before the basic plane.
fn best_subtable<'a>(cmap: &cmap::Table<'a>) -> Option<cmap::Subtable<'a>> {
    let unicode = |t: &cmap::Subtable<'_>| {
        t.is_unicode() && !matches!(t.format, cmap::Format::UnicodeVariationSequences(_))
    };
    let full = |t: &cmap::Subtable<'_>| matches!(t.format, cmap::Format::SegmentedCoverage(_));
    let all = || cmap.subtables.into_iter().filter(unicode);
    all().find(full).or_else(|| all().next())
}

fn lookup(cmap: &cmap::Table<'_>, code: u32) -> Option<GlyphId> {
    best_subtable(cmap)?.glyph_index(code)
}
