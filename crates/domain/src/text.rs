//! Text as people and files deliver it: cleaned once on the way in, folded for comparison.
//!
//! Everything a person or a file hands over passes [`clean`] before anything else looks at it. Knows nothing of
//! certificates.

use std::borrow::Cow;

/// Why a text is refused. Positions count characters of the text as received, from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// NUL or another control character (line breaks and tabs are folded, not refused).
    #[error("第{at}个字符是不可见的控制字符（{}），请删除该字符后重新输入", code_point(*.found))]
    Control {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// A mark that changes the direction of writing: what is read is not what is stored.
    #[error("第{at}个字符是改变文字方向的隐藏字符（{}），请删除后手工重新输入该内容", code_point(*.found))]
    Bidi {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// A character of no width (zero-width space or joiner, byte order mark): two texts that look equal would differ.
    #[error("第{at}个字符是零宽隐藏字符（{}），请删除后手工重新输入该内容", code_point(*.found))]
    Invisible {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// U+FFFD: the file was read in an encoding it was not written in.
    #[error("第{at}个字符是乱码（U+FFFD），请将文件另存为UTF-8或GB18030编码后重新导入，或手工改正该内容")]
    Garbled {
        /// Position from 1.
        at: usize,
    },
    /// A private-use character (造字) or noncharacter: no other machine shows it.
    #[error("第{at}个字符是自造字或未定义字符（{}），其他计算机无法显示，请改用国家标准GB 18030收录的字", code_point(*.found))]
    PrivateUse {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// More characters than the field holds.
    #[error("内容共{got}个字符，超过{max}个字符的上限，请缩短后重新输入")]
    TooLong {
        /// Characters found, after trimming.
        got: usize,
        /// Characters allowed.
        max: usize,
    },
}

fn code_point(found: char) -> String {
    format!("U+{:04X}", u32::from(found))
}

/// A character as a message can show it: itself in quotes, or its code point if nobody could see it.
pub(crate) fn shown(c: char) -> String {
    if refused(c) || is_space(c) { code_point(c) } else { format!("“{c}”") }
}

/// A text as a list of problems shows it: what nobody could see, or what would turn the writing round, stands as its code
/// point, `‹U+202E›`; line breaks and tabs as the space they are folded into.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| refused(c) || is_break(c) && c != '\u{A0}';
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if is_break(c) => out.push(' '),
            c if refused(c) => out.push_str(&format!("‹{}›", code_point(c))),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Trims spaces, folds each run of line breaks and tabs (with the spaces around it) into one space, and refuses what
/// nobody can see or print. The result has at most `max_chars` characters and may be empty.
///
/// Borrows unless something inside had to be folded: an import calls this 30 million times.
///
/// # Errors
/// The first bad character, or [`TextError::TooLong`].
pub fn clean(text: &str, max_chars: usize) -> Result<Cow<'_, str>, TextError> {
    let folds = scan(text)?;
    let trimmed = text.trim_matches(is_space);
    let cleaned = if folds { fold_breaks(trimmed) } else { Cow::Borrowed(trimmed) };
    // A character has at least one byte, so short texts need no counting.
    if cleaned.len() > max_chars {
        let got = cleaned.chars().count();
        if got > max_chars {
            return Err(TextError::TooLong { got, max: max_chars });
        }
    }
    Ok(cleaned)
}

/// Looks at every character once; true if a line break, tab or no-break space was met.
fn scan(text: &str) -> Result<bool, TextError> {
    let bytes = text.as_bytes();
    let mut folds = false;
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        match byte {
            0x20..=0x7E => i += 1,
            // U+4000 to U+9FFF, the common ideographs: nothing there is refused.
            0xE4..=0xE9 => i += 3,
            b'\t' | b'\n' | b'\r' => {
                folds = true;
                i += 1;
            }
            _ => {
                let Some(found) = text[i..].chars().next() else { break };
                if refused(found) {
                    return Err(refusal(found, text[..i].chars().count() + 1));
                }
                folds |= is_break(found);
                i += found.len_utf8();
            }
        }
    }
    Ok(folds)
}

fn refused(found: char) -> bool {
    matches!(found,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{61C}'
        | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}'
        | '\u{F0000}'..='\u{10FFFF}')
        || u32::from(found) & 0xFFFE == 0xFFFE
}

fn refusal(found: char, at: usize) -> TextError {
    match found {
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' => TextError::Control { at, found },
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{61C}' => {
            TextError::Bidi { at, found }
        }
        '\u{FFFD}' => TextError::Garbled { at },
        '\u{AD}'
        | '\u{200B}'..='\u{200D}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFC}' => TextError::Invisible { at, found },
        _ => TextError::PrivateUse { at, found },
    }
}

/// Line breaks, tabs, and the no-break space that web pages and word processors leave behind.
fn is_break(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{A0}' | '\u{2028}' | '\u{2029}')
}

/// ASCII and ideographic space, and whatever counts as a line break.
pub(crate) fn is_space(c: char) -> bool {
    c == ' ' || c == '\u{3000}' || is_break(c)
}

/// Each run of spaces that holds a break becomes one space; other runs stay. A break at either end was trimmed before.
fn fold_breaks(trimmed: &str) -> Cow<'_, str> {
    if !trimmed.contains(is_break) {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    let mut rest = trimmed;
    while let Some(start) = rest.find(is_space) {
        let run = &rest[start..];
        let end = run.find(|c| !is_space(c)).unwrap_or(run.len());
        out.push_str(&rest[..start]);
        out.push_str(if run[..end].contains(is_break) { " " } else { &run[..end] });
        rest = &run[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Folds full-width ASCII (U+FF01 to U+FF5E) to half-width, the ideographic space to a space, and every dash to `-`
/// (domain.md 6.4). Character for character: the count of characters does not change.
pub fn fold_width(text: &str) -> Cow<'_, str> {
    // 0xE2, 0xE3 and 0xEF begin every character that folds.
    let may_fold = text.bytes().any(|b| matches!(b, 0xE2 | 0xE3 | 0xEF));
    if may_fold && text.chars().any(|c| fold_char(c) != c) {
        return Cow::Owned(text.chars().map(fold_char).collect());
    }
    Cow::Borrowed(text)
}

/// [`fold_width`] for one character.
pub(crate) fn fold_char(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        // hyphen, non-breaking hyphen, figure, en, em dash, horizontal bar, minus
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}

/// Comparison key of a body's name: what is left when width, case, spaces, parentheses, dots, commas and dashes are
/// set aside. `示例（北京）检测有限公司` and `示例(北京)检测有限公司` have one key.
///
/// **Stable for ever**: keys stand in a unique column (architecture.md 5), so the rule is frozen, and it leans on no
/// Unicode table that a newer compiler could change. It is: [`fold_width`]; ASCII letters to upper case; then drop
/// U+0020 U+0009 U+000A U+000D U+00A0, `(` `)` `.` `,` `-`, `。` U+3002, and the middle dots U+00B7 U+2022 U+2027
/// U+30FB U+FF65. Nothing else changes: traditional forms, accents and the order of words tell names apart.
pub fn name_key(name: &str) -> String {
    name.chars().map(fold_char).filter(|&c| !is_ignored_in_names(c)).map(|c| c.to_ascii_uppercase()).collect()
}

fn is_ignored_in_names(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{A0}' | '(' | ')' | '.' | ',' | '-' | '。')
        || matches!(c, '\u{B7}' | '\u{2022}' | '\u{2027}' | '\u{30FB}' | '\u{FF65}')
}

/// A count for people, in groups of three: `1,234,567`.
pub fn group_digits(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_could_see_or_what_turns_the_writing_is_shown_as_its_code_point() {
        assert!(matches!(visible("示例检测 A-1\u{A0}有限公司"), Cow::Borrowed(_)));
        assert_eq!(visible("示例\u{202E}司公\u{202C}"), "示例‹U+202E›司公‹U+202C›");
        assert_eq!(visible("甲\0乙\u{200B}丙\n丁\u{E000}"), "甲‹U+0000›乙‹U+200B›丙 丁‹U+E000›");
        let once = visible("\u{2066}x\u{7F}").into_owned();
        assert_eq!(visible(&once), once, "shown twice is shown once");
    }

    #[test]
    fn ordinary_text_is_borrowed_and_trimmed() {
        let cleaned = clean(" \u{3000}示例检测（北京）有限公司 A-1\u{3000} ", 100).unwrap();
        assert!(matches!(cleaned, Cow::Borrowed("示例检测（北京）有限公司 A-1")));
        assert_eq!(clean("\r\n \t", 5).unwrap(), "");
    }

    #[test]
    fn a_run_with_a_line_break_or_tab_becomes_one_space_and_other_runs_stay() {
        assert_eq!(clean("示例\r\n检测\t \n中心", 100).unwrap(), "示例 检测 中心");
        assert_eq!(clean("甲  乙\n丙", 100).unwrap(), "甲  乙 丙");
        assert_eq!(clean("甲\u{A0}乙\u{2028}丙\u{A0}", 100).unwrap(), "甲 乙 丙");
        assert!(matches!(clean("\n甲乙\n", 100).unwrap(), Cow::Borrowed("甲乙")));
    }

    #[test]
    fn what_nobody_can_see_is_refused_with_its_place() {
        assert_eq!(clean("甲\0", 9), Err(TextError::Control { at: 2, found: '\0' }));
        assert_eq!(clean("ab\u{85}", 9), Err(TextError::Control { at: 3, found: '\u{85}' }));
        for found in ['\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}', '\u{200E}', '\u{200F}'] {
            assert_eq!(clean(&format!("甲{found}乙"), 9), Err(TextError::Bidi { at: 2, found }));
        }
        assert_eq!(clean("\u{FEFF}", 9), Err(TextError::Invisible { at: 1, found: '\u{FEFF}' }));
        assert_eq!(clean("甲\u{200B}", 9), Err(TextError::Invisible { at: 2, found: '\u{200B}' }));
        for found in ['\u{E000}', '\u{F8FF}', '\u{FDD0}', '\u{FFFE}', '\u{1FFFF}', '\u{F0000}', '\u{10FFFF}']
        {
            assert_eq!(clean(&found.to_string(), 9), Err(TextError::PrivateUse { at: 1, found }));
        }
        assert_eq!(clean("甲\u{FFFD}", 9), Err(TextError::Garbled { at: 2 }));
    }

    #[test]
    fn rare_characters_and_signs_of_the_trade_pass() {
        for text in ["㼆𠀀𫖮", "Eβmax＞0.15MeV", "α、γ；℃；μg/m³；≤1×10⁻⁶", "㎡ Ⅲ ① ″"]
        {
            assert_eq!(clean(text, 99).unwrap(), text);
        }
    }

    #[test]
    fn length_counts_characters_after_trimming() {
        assert_eq!(clean(" 示例检测 ", 4).unwrap(), "示例检测");
        assert_eq!(clean("示例检测中心", 4), Err(TextError::TooLong { got: 6, max: 4 }));
    }

    #[test]
    fn messages_say_where_and_what_to_do() {
        let shown = TextError::Control { at: 2, found: '\0' }.to_string();
        assert_eq!(shown, "第2个字符是不可见的控制字符（U+0000），请删除该字符后重新输入");
    }

    #[test]
    fn width_and_dashes_fold() {
        assert_eq!(fold_width("ＧＢ／Ｔ　５７５０．６—２０２３"), "GB/T 5750.6-2023");
        for dash in ['—', '–', '－', '‐', '‑', '−'] {
            assert_eq!(fold_width(&format!("1{dash}2")), "1-2");
        }
        assert!(matches!(fold_width("《示例》，GB/T 1-2020"), Cow::Owned(_)));
        assert!(matches!(fold_width("《示例》GB/T 1-2020"), Cow::Borrowed(_)));
    }

    #[test]
    fn name_keys_never_change() {
        // Frozen vectors: a difference here means that a unique column no longer fits its rule.
        for (name, key) in [
            ("示例（北京）检测有限公司", "示例北京检测有限公司"),
            ("示例(北京)检测 有限公司", "示例北京检测有限公司"),
            ("Ａbc·检测-中心，Ｌtd．", "ABC检测中心LTD"),
            ("示例・检测•中心‧甲･。", "示例检测中心甲"),
            ("示例检测中心/样例检测有限公司", "示例检测中心/样例检测有限公司"),
            ("straße é 檢測", "STRAßEé檢測"),
        ] {
            assert_eq!(name_key(name), key);
        }
    }

    #[test]
    fn digits_group_in_threes() {
        for (n, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (2_500_000, "2,500,000")] {
            assert_eq!(group_digits(n), shown);
        }
    }

    proptest! {
        #[test]
        fn clean_never_panics_and_is_idempotent(text in any::<String>()) {
            if let Ok(once) = clean(&text, 1000) {
                prop_assert_eq!(clean(&once, 1000).unwrap(), once.clone());
                prop_assert!(!once.chars().any(|c| refused(c) || is_break(c)));
            }
        }

        #[test]
        fn the_fast_scan_refuses_exactly_what_the_rule_refuses(chars in prop::collection::vec(any::<char>(), 0..20)) {
            let text: String = chars.iter().collect();
            let expected = chars.iter().any(|&c| refused(c) && !is_break(c));
            prop_assert_eq!(clean(&text, 1000).is_err(), expected);
        }

        #[test]
        fn folding_keeps_the_count_and_is_idempotent(text in any::<String>()) {
            let folded = fold_width(&text);
            prop_assert_eq!(folded.chars().count(), text.chars().count());
            prop_assert_eq!(fold_width(&folded), folded.clone());
            prop_assert_eq!(name_key(&name_key(&text)), name_key(&text));
        }
    }
}
