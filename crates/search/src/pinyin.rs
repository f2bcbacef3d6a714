//! Ideographs as they are spoken: words typed as pinyin (`shuini`) or as initials (`zlhg`).
//!
//! Each character may be read in any of its readings, so that 重庆 is found as `chongqing` and 厦门 as `xiamen` without a
//! dictionary of phrases; that it is also found as `zhongqing` harms nobody.

use crate::fold::is_ideograph;
use pinyin::ToPinyinMulti;
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// Letters of a word at most: longer ones are no pinyin anybody types.
const LONGEST: usize = 64;

/// All syllables there are, to part a typed word by.
static SYLLABLES: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let all = (0x4E00..0xA000).filter_map(char::from_u32);
    all.flat_map(readings).collect()
});

/// The readings of a character, without tones; `ü` is written `v`, as it is typed.
pub(crate) fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let all = if is_ideograph(c) { c.to_pinyin_multi() } else { None };
    all.into_iter().flatten().map(|reading| typed(reading.plain())).filter(|it| !it.is_empty())
}

/// The few readings with `ü`, as they are typed; the others as they are. What is no plain letters is left out.
fn typed(reading: &'static str) -> &'static str {
    match reading {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        // 嗯 and its like are sounds, not syllables.
        _ if reading.bytes().all(|b| b.is_ascii_lowercase())
            && reading.contains(['a', 'e', 'i', 'o', 'u']) =>
        {
            reading
        }
        _ => "",
    }
}

/// A word typed in letters, as pinyin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// Whole syllables, the last one perhaps only begun: `shuini`, `shuin`.
    Syllables(String),
    /// The first letter of each character: `sn`.
    Initials(String),
}

impl Spoken {
    /// How letters are spoken; `None` if they cannot be: no two letters, or other characters among them.
    pub(crate) fn of(folded: &str) -> Option<Spoken> {
        let letters = folded.bytes().all(|b| b.is_ascii_lowercase());
        if !letters || !(2..=LONGEST).contains(&folded.len()) {
            return None;
        }
        Some(match parts(folded).is_empty() {
            true => Spoken::Initials(folded.to_owned()),
            false => Spoken::Syllables(folded.to_owned()),
        })
    }

    /// Where the word stands in a folded text for the first time, in bytes.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        text.char_indices().filter(|(_, c)| is_ideograph(*c)).find_map(|(start, _)| {
            let end = match self {
                Spoken::Syllables(word) => syllables_end(&text[start..], word, true),
                Spoken::Initials(word) => initials_end(&text[start..], word),
            };
            end.map(|end| start..start + end)
        })
    }
}

/// Behind the characters that are read as `word`, from the beginning of `text` on.
fn syllables_end(text: &str, word: &str, first: bool) -> Option<usize> {
    let c = text.chars().next()?;
    readings(c).find_map(|reading| {
        match word.strip_prefix(reading) {
            Some("") => return Some(c.len_utf8()),
            Some(rest) => {
                let after = syllables_end(&text[c.len_utf8()..], rest, false);
                if let Some(after) = after {
                    return Some(c.len_utf8() + after);
                }
            }
            None => {}
        }
        // Who is still typing the last syllable.
        (!first && reading.starts_with(word)).then_some(c.len_utf8())
    })
}

/// Behind the characters whose readings begin with the letters of `word`.
fn initials_end(text: &str, word: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    let mut end = 0;
    for letter in word.bytes() {
        let (at, c) = chars.next()?;
        readings(c).find(|reading| reading.as_bytes()[0] == letter)?;
        end = at + c.len_utf8();
    }
    Some(end)
}

/// The ways in which a word can be parted into syllables, each as the whole syllables of it; a last one that is only begun is
/// left out. Empty if there is no way.
pub(crate) fn parts(word: &str) -> Vec<Vec<&str>> {
    /// Ways are followed up to so many: `xianxian` has four.
    const MOST: usize = 32;
    let mut done = Vec::new();
    let mut open: Vec<(Vec<&str>, &str)> = vec![(Vec::new(), word)];
    while let Some((so_far, rest)) = open.pop() {
        if done.len() == MOST {
            break;
        }
        let begun = !so_far.is_empty() && SYLLABLES.iter().any(|it| it.starts_with(rest));
        if rest.is_empty() || begun {
            done.push(so_far.clone());
        }
        for length in 1..=rest.len().min(6) {
            if SYLLABLES.contains(&rest[..length]) {
                let mut more = so_far.clone();
                more.push(&rest[..length]);
                open.push((more, &rest[length..]));
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(word: &str, text: &'t str) -> Option<&'t str> {
        Spoken::of(word)?.find(text).map(|at| &text[at])
    }

    #[test]
    fn phrases_are_found_in_the_reading_they_have_there() {
        assert_eq!(found("chongqing", "重庆示例检测"), Some("重庆"));
        assert_eq!(found("xiamen", "示例厦门检测"), Some("厦门"));
        assert_eq!(found("liuan", "安徽六安"), Some("六安"), "and in any other");
        assert_eq!(found("luan", "安徽六安"), Some("六安"));
        assert_eq!(found("lvse", "绿色食品"), Some("绿色"));
        assert_eq!(found("xian", "西安示例"), Some("西安"), "two syllables where one could be meant");
        assert_eq!(found("xian", "示例县"), Some("县"));
    }

    #[test]
    fn initials_and_words_half_typed() {
        assert_eq!(found("sn", "普通水泥"), Some("水泥"));
        assert_eq!(found("shuin", "普通水泥"), Some("水泥"));
        assert_eq!(found("shuini", "普通水泥"), Some("水泥"));
        assert_eq!(found("kqlq", "孔雀石绿"), None);
        assert_eq!(found("kqsl", "孔雀石绿"), Some("孔雀石绿"));
        assert_eq!(found("s", "水"), None, "one letter says nothing");
        assert_eq!(found("gb/t", "国标"), None);
        assert_eq!(found("sn", "水a泥"), None, "what stands between parts them");
    }

    #[test]
    fn a_word_is_parted_into_syllables_in_every_way() {
        let ways = parts("xian");
        for way in [vec!["xian"], vec!["xi", "an"], vec!["xi"], vec!["xia"]] {
            assert!(ways.contains(&way), "{way:?}: {ways:?}");
        }
        assert!(parts("zlhg").is_empty());
        assert!(parts("shuini").contains(&vec!["shui", "ni"]));
    }
}
