//! How texts are written properly: what can be put right without knowing more than the text.

use crate::text::is_space;

/// A text with full-width letters and digits folded and runs of blanks made one; `None` if it stands so already. What nobody
/// can see is no longer there. Chinese punctuation stays as it is.
pub(super) fn tidied(text: &str) -> Option<String> {
    // Most texts are ideographs alone: nothing is made of them.
    let plain = |c: char| !is_space(c) && !wide(c) && !hidden(c);
    if text.chars().all(plain) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !hidden(*c)) {
        match c {
            c if is_space(c) && (out.is_empty() || out.ends_with(' ')) => {}
            c if is_space(c) => out.push(' '),
            c if wide(c) => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    (out != text).then_some(out)
}

/// The same of a name or an address, in which no blank stands beside an ideograph.
pub(super) fn tidied_name(text: &str) -> Option<String> {
    let tidy = tidied(text);
    let known = tidy.as_deref().unwrap_or(text);
    if !known.contains(' ') {
        return tidy;
    }
    let chars: Vec<char> = known.chars().collect();
    let beside = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        [before, chars.get(at + 1)].into_iter().flatten().any(|c| !c.is_ascii())
    };
    let out: String =
        (0..).zip(&chars).filter(|(at, c)| **c != ' ' || !beside(*at)).map(|(_, c)| *c).collect();
    (out != text).then_some(out)
}

/// Whether a text says only that there is nothing to say.
pub(super) fn placeholder(text: &str) -> bool {
    matches!(
        text.trim(),
        "/" | "／" | "\\" | "-" | "－" | "—" | "——" | "--" | "无" | "空" | "N/A" | "n/a" | "*"
    )
}

/// Full-width letters and digits.
fn wide(c: char) -> bool {
    matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// What [`crate::clean`] refuses, but for blanks that it folds.
fn hidden(c: char) -> bool {
    !is_space(c) && !matches!(c, '!'..='~' | '\u{4E00}'..='\u{9FFF}') && {
        let mut bytes = [0; 4];
        crate::clean(c.encode_utf8(&mut bytes), 1).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_become_narrow_blanks_one_and_what_is_hidden_goes() {
        for (text, tidy) in [
            ("示例检测有限公司", None),
            ("示例（北京）检测", None),
            ("ＡＢ１２检测", Some("AB12检测")),
            ("水质  铅的测定", Some("水质 铅的测定")),
            (" 铅\u{3000}", Some("铅")),
            ("铅\u{200B}镉", Some("铅镉")),
        ] {
            assert_eq!(tidied(text).as_deref(), tidy, "{text}");
        }
    }

    #[test]
    fn a_blank_stays_between_words_of_letters_only() {
        for (text, tidy) in [
            ("示例 检测 有限公司", Some("示例检测有限公司")),
            ("SGS Demo 检测", Some("SGS Demo检测")),
            ("Demo Lab", None),
            ("示例路１ 号", Some("示例路1号")),
        ] {
            assert_eq!(tidied_name(text).as_deref(), tidy, "{text}");
        }
    }
}
