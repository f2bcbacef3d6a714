//! From text to lines: measuring, breaking by the rules of Chinese setting (kinsoku, no break inside a standard number),
//! a little air between Chinese and Latin.

use crate::font::{Clusters, FontSet, Style};
use krilla::surface::Location;
use krilla::text::GlyphId;
use std::ops::Range;

/// Air between a Chinese character and a Latin letter or digit, in em. Below 0.1 em, so that readers who copy text out of
/// the PDF get no spaces that were not there (pdftotext takes wider gaps for spaces).
const AIR: f32 = 0.09;

/// A glyph placed in a run, in em.
#[derive(Clone, Debug)]
pub(crate) struct Glyph {
    pub face: u8,
    pub id: u16,
    range: Range<u32>,
    pub advance: f32,
}

impl krilla::text::Glyph for Glyph {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(u32::from(self.id))
    }
    fn text_range(&self) -> Range<usize> {
        self.range.start as usize..self.range.end as usize
    }
    fn x_advance(&self, size: f32) -> f32 {
        self.advance * size
    }
    fn x_offset(&self, _size: f32) -> f32 {
        0.0
    }
    fn y_offset(&self, _size: f32) -> f32 {
        0.0
    }
    fn y_advance(&self, _size: f32) -> f32 {
        0.0
    }
    fn location(&self) -> Option<Location> {
        None
    }
}

/// Sets one line into `out` (cleared first) and returns its width in em.
///
/// A character without glyph is left out: every text was checked by [`FontSet::missing_chars`] before, and PDF/A export
/// refuses .notdef as a second net.
pub(crate) fn set_line(fonts: &FontSet, style: Style, text: &str, out: &mut Vec<Glyph>) -> f32 {
    out.clear();
    let mut width = 0.0;
    let mut before = None;
    for cluster in Clusters::new(text) {
        let Some(drawn) = fonts.draw(style, cluster.base, cluster.selector) else { continue };
        if let (Some(before), Some(last)) = (before, out.last_mut())
            && wants_air(before, cluster.base)
        {
            last.advance += AIR;
            width += AIR;
        }
        out.push(Glyph {
            face: drawn.face,
            id: drawn.glyph,
            range: cluster.at as u32..cluster.end as u32,
            advance: drawn.advance,
        });
        width += drawn.advance;
        before = Some(cluster.base);
    }
    width
}

#[cfg(test)]
fn width(fonts: &FontSet, style: Style, text: &str) -> f32 {
    set_line(fonts, style, text, &mut Vec::new())
}

/// One line of a wrapped text: its bytes, trailing spaces left out.
pub(crate) type Line = Range<u32>;

/// Where a line could end: bytes of the text before it, start of the next line, width up to that start.
#[derive(Clone, Copy)]
struct Chance {
    end: usize,
    next: usize,
    width: f32,
}

/// Breaks `text` into lines of at most `measure` em; the first may be shorter by `indent` em. Never empty: an empty text has
/// no line. A word longer than a line is broken inside, as the last resort.
pub(crate) fn wrap(fonts: &FontSet, style: Style, text: &str, measure: f32, indent: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut x = indent;
    let mut chance: Option<Chance> = None;
    let mut before: Option<char> = None;
    for cluster in Clusters::new(text) {
        let (at, c) = (cluster.at, cluster.base);
        if c == '\n' {
            push(&mut lines, text, start, at);
            (start, x, chance, before) = (cluster.end, 0.0, None, None);
            continue;
        }
        let advance = fonts.draw(style, c, cluster.selector).map_or(0.0, |d| d.advance);
        let air = before.map_or(0.0, |b| if wants_air(b, c) { AIR } else { 0.0 });
        if let Some(b) = before
            && at > start
            && may_break(text, at, b, c)
        {
            chance = Some(Chance { end: at, next: at, width: x + air });
        }
        // A space at the end of a line hangs; what follows decides.
        while c != ' ' && at > start && x + air + advance > measure + 1e-3 {
            let broken = chance.take().unwrap_or(Chance { end: at, next: at, width: x + air });
            push(&mut lines, text, start, broken.end);
            start = broken.next;
            x -= broken.width;
        }
        x += air + advance;
        before = Some(c);
    }
    push(&mut lines, text, start, text.len());
    lines
}

fn push(lines: &mut Vec<Line>, text: &str, start: usize, end: usize) {
    let end = start + text[start..end].trim_end_matches(' ').len();
    if end > start {
        lines.push(start as u32..end as u32);
    }
}

/// Whether a line may end between `before` and `after`, which stand on both sides of byte `at`.
fn may_break(text: &str, at: usize, before: char, after: char) -> bool {
    if after == ' ' || not_at_start(after) || not_at_end(before) {
        return false;
    }
    if before == ' ' {
        return !inside_standard_number(text, at);
    }
    let digit = |c: char| c.is_ascii_digit();
    // 0148—2011, 1～5: a range is one word.
    if (digit(after) && matches!(before, '—' | '–' | '～' | '~')) || (narrow(before) && narrow(after)) {
        return false;
    }
    true
}

/// Latin letters, digits and their punctuation: set as words.
fn narrow(c: char) -> bool {
    (c as u32) < 0x2000 && c != ' '
}

fn not_at_start(c: char) -> bool {
    "，。、；：？！）》」』】〕〉…—～·％‰℃°′″,.;:?!)]}%/-–”’".contains(c)
}

fn not_at_end(c: char) -> bool {
    "（《「『【〔〈([{“‘￥$№".contains(c)
}

/// Whether the space before byte `at` stands between the letters and the digits of a standard number: `GB/T 25721-2003`,
/// `T/CECS 10001-2019`, `JTG E20-2011`, `GB 5009.12 -2023`. A break there makes readers join what was apart.
fn inside_standard_number(text: &str, at: usize) -> bool {
    let head = text[..at].trim_end_matches(' ');
    let cut = head.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '(' | ')')));
    let letters = &head[cut.map_or(0, |cut| cut + head[cut..].chars().next().map_or(1, char::len_utf8))..];
    let tail = &text[at..];
    let number = &tail[..tail.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(tail.len())];
    let prefix = letters.starts_with(|c: char| c.is_ascii_uppercase())
        && letters.len() <= 12
        && letters.chars().all(|c| !c.is_ascii_lowercase());
    let numeric = number.chars().any(|c| c.is_ascii_digit())
        && number.len() <= 12
        && number.chars().all(|c| !c.is_ascii_lowercase());
    prefix && numeric
}

fn wants_air(a: char, b: char) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric();
    (chinese(a) && letter(b)) || (letter(a) && chinese(b))
}

/// A Chinese character proper: punctuation has its own air.
fn chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FontPaths;
    use std::sync::LazyLock;

    static FONTS: LazyLock<FontSet> =
        LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));

    fn lines(text: &str, measure: f32) -> Vec<&str> {
        wrap(&FONTS, Style::Song, text, measure, 0.0)
            .into_iter()
            .map(|l| &text[l.start as usize..l.end as usize])
            .collect()
    }

    #[test]
    fn punctuation_does_not_start_a_line_nor_an_opening_bracket_end_one() {
        assert_eq!(lines("水质，氨氮", 2.0), ["水", "质，", "氨氮"]);
        assert_eq!(lines("测定（蒸馏）", 3.0), ["测定", "（蒸", "馏）"]);
        assert_eq!(lines("《水质》氨", 3.0), ["《水", "质》氨"]);
    }

    #[test]
    fn a_standard_number_is_never_broken_at_its_space_or_hyphen() {
        for number in
            ["GB/T 25721-2003", "T/CECS 10001-2019", "JTG E20-2011", "SY/T 6160—2019", "GB 5009.12-2023"]
        {
            let text = format!("水质氨氮的测定方法{number}");
            for measure in [9.0, 9.7, 11.0, 12.5, 14.0, 16.0] {
                let broken = lines(&text, measure);
                assert!(broken.iter().any(|l| l.contains(number)), "{number} at {measure}: {broken:?}");
            }
        }
        assert_eq!(lines("Water quality tests", 7.0), ["Water quality", "tests"]);
    }

    #[test]
    fn lines_keep_every_character_and_fit() {
        let text = "检测方法 GB/T 5750.4-2023（4.1）铂-钴标准比色法 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz，、。";
        for measure in 2..40 {
            let broken = lines(text, measure as f32);
            assert_eq!(broken.concat().replace(' ', ""), text.replace(' ', ""));
            for line in broken {
                assert!(
                    width(&FONTS, Style::Song, line) <= measure as f32 + 0.01 || line.chars().count() <= 2,
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn rare_characters_are_drawn_and_unknown_ones_named() {
        assert_eq!(FONTS.missing_chars("䶮㙘𬭊𠀀𫓧𪚲𬺰𮯠鿍鿏 GB/T 1—2020 μg/m³ ℃ ≤±①Ⅲ"), []);
        assert_eq!(
            FONTS.missing_chars("测\u{E000}试\u{E000}\u{202E}检\u{7}"),
            ['\u{E000}', '\u{202E}', '\u{7}']
        );
        assert_eq!(FONTS.missing_chars("\u{F0000}"), ['\u{F0000}']);
    }

    #[test]
    fn a_variation_no_font_has_is_refused_instead_of_drawn_as_another() {
        assert_eq!(FONTS.missing_chars("辻\u{E01EF}"), ['辻', '\u{E01EF}']);
    }

    #[test]
    fn kai_takes_its_digits_from_song() {
        let song = FONTS.draw(Style::Song, '9', None);
        assert_eq!(FONTS.draw(Style::Kai, '9', None), song);
        assert_ne!(FONTS.draw(Style::Kai, '号', None).map(|d| d.face), song.map(|d| d.face));
    }
}
