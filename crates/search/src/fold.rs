//! Texts as the index compares them: width, case, dashes, traditional forms and blanks make no difference.
//!
//! Folding goes character by character, so that the fold of two texts joined is their folds joined, and a place in the
//! folded text leads back to the character it came from.

use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Pairs of a traditional character and its simplified form, one a line: the single characters of Unicode's transform
/// Hant-Hans (CLDR). Both the texts and what is typed are folded, so a pair only has to be the same on both sides.
const TRADITIONAL: &str = include_str!("../data/traditional.txt");
/// The blocks in which they stand: CJK extension A and the unified ideographs.
const IDEOGRAPHS: Range<u32> = 0x3400..0xA000;

/// The simplified form of each ideograph, itself where there is none other.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = IDEOGRAPHS.map(|c| char::from_u32(c).unwrap_or('\0')).collect();
    for line in TRADITIONAL.lines() {
        let mut pair = line.chars();
        if let (Some(from), Some(to)) = (pair.next(), pair.next()) {
            table[(u32::from(from) - IDEOGRAPHS.start) as usize] = to;
        }
    }
    table
});

/// The folded text.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, |folded| out.push(folded)));
    out
}

/// The bytes of `text` that the bytes `of` of its fold came from.
pub(crate) fn unfold(text: &str, of: &Range<usize>) -> Range<usize> {
    let (mut at, mut start, mut end) = (0, None, 0);
    for (from, c) in text.char_indices() {
        let before = at;
        fold_char(c, |folded| at += folded.len_utf8());
        // A character that folds to several is marked whole.
        if at > of.start && before < of.end {
            start.get_or_insert(from);
            end = from + c.len_utf8();
        }
    }
    start.unwrap_or(end)..end
}

/// What one character folds to, given to `put` one after the other.
fn fold_char(c: char, mut put: impl FnMut(char)) {
    match c {
        '\0'..=' ' | '\u{7F}' => {}
        '!'..='~' => put(c.to_ascii_lowercase()),
        _ if IDEOGRAPHS.contains(&u32::from(c)) => put(simplified(c)),
        _ => std::iter::once(c).nfkc().flat_map(char::to_lowercase).for_each(|c| match c {
            _ if c.is_whitespace() || c.is_control() => {}
            '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => {}
            // hyphens, dashes, the minus; what NFKC leaves of the small and wide ones is `-` already
            '\u{2010}'..='\u{2015}' | '\u{2212}' => put('-'),
            _ => put(simplified(c)),
        }),
    }
}

fn simplified(c: char) -> char {
    let at = u32::from(c).checked_sub(IDEOGRAPHS.start);
    at.and_then(|at| SIMPLIFIED.get(at as usize)).copied().unwrap_or(c)
}

/// Whether a character is an ideograph, which is a word by itself.
pub(crate) fn is_ideograph(c: char) -> bool {
    IDEOGRAPHS.contains(&u32::from(c)) || matches!(c, '\u{20000}'..='\u{3FFFF}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_in_different_ways_folds_to_one() {
        for (typed, folded) in [
            ("ＧＢ／Ｔ　５７５０．６—２０２３", "gb/t5750.6-2023"),
            ("生活飲用水", "生活饮用水"),
            ("檢驗檢測機構資質認定", "检验检测机构资质认定"),
            ("pH 值（无量纲）", "ph值(无量纲)"),
            ("㎡ Ⅲ ① ℃ μg/m³", "m2iii1°cμg/m3"),
            ("苯并[a]芘\u{200B}", "苯并[a]芘"),
            (" \u{3000}\t\n", ""),
        ] {
            assert_eq!(fold(typed), folded);
        }
    }

    #[test]
    fn every_pair_of_the_table_leads_to_a_character_that_stays() {
        let pairs: Vec<Vec<char>> = TRADITIONAL.lines().map(|line| line.chars().collect()).collect();
        assert!(pairs.len() > 2_500, "{}", pairs.len());
        for pair in pairs {
            assert_eq!(pair.len(), 2, "{pair:?}");
            assert!(IDEOGRAPHS.contains(&u32::from(pair[0])), "{pair:?}");
        }
    }

    #[test]
    fn a_place_in_the_fold_leads_back_to_the_text() {
        let text = "生活 飲用水 ＧＢ／Ｔ";
        let folded = fold(text);
        for (word, shown) in [("饮用", "飲用"), ("活饮", "活 飲"), ("b/t", "Ｂ／Ｔ")] {
            let at = folded.find(word).unwrap();
            assert_eq!(&text[unfold(text, &(at..at + word.len()))], shown);
        }
        assert_eq!(&"Ⅲ级"[unfold("Ⅲ级", &(1..2))], "Ⅲ", "a character that folds to three is marked whole");
    }

    proptest! {
        #[test]
        fn folding_goes_character_by_character(a in any::<String>(), b in any::<String>()) {
            prop_assert_eq!(fold(&format!("{a}{b}")), fold(&a) + &fold(&b));
        }

        #[test]
        fn every_place_leads_back_within_the_text(text in any::<String>(), at in 0usize..40, len in 1usize..9) {
            let folded = fold(&text);
            let of = at.min(folded.len())..(at + len).min(folded.len());
            let back = unfold(&text, &of);
            prop_assert!(text.is_char_boundary(back.start) && text.is_char_boundary(back.end));
        }
    }
}
