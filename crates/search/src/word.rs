//! What somebody typed, as words, and when a text has one.

use crate::fold::fold;
use crate::pinyin::Spoken;
use domain::{StandardNumber, standard_numbers, standard_spans};
use memchr::memmem;
use std::ops::Range;

/// Characters of a question that are looked at.
const LONGEST: usize = 200;
/// Words of a question that are looked at.
const MOST: usize = 12;

/// One word of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it was typed.
    pub typed: String,
    pub(crate) sense: Sense,
}

/// What a word asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sense {
    /// A text that stands in a column, folded.
    Text(String),
    /// A standard: with its year exactly that edition, without it the whole family with all its parts.
    Standard {
        /// One of [`standard_keys`].
        key: String,
        /// As it was read.
        number: StandardNumber,
    },
    /// A text that is read so.
    Spoken(Spoken),
}

/// A question taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Its words; all of them must be found.
    pub words: Vec<Word>,
    /// Whether more was typed than is looked at.
    pub cut: bool,
}

impl Typed {
    /// Takes a question apart: standard numbers in whatever spelling first, the rest at blanks, commas and semicolons.
    pub fn read(text: &str) -> Typed {
        let chars: Vec<char> = text.chars().take(LONGEST).collect();
        let mut cut = text.chars().nth(LONGEST).is_some();
        let looked: String = chars.iter().collect();
        let mut words = Vec::new();
        let mut from = 0;
        for (span, number) in standard_spans(&looked) {
            plain(&chars[from..span.start], &mut words);
            let typed = chars[span.clone()].iter().collect();
            let key = keyed(&number);
            words.push(Word { typed, sense: Sense::Standard { key, number } });
            from = span.end;
        }
        plain(&chars[from..], &mut words);
        words.dedup_by(|a, b| a.sense == b.sense);
        cut |= words.len() > MOST;
        words.truncate(MOST);
        Typed { words, cut }
    }
}

fn plain(chars: &[char], words: &mut Vec<Word>) {
    for typed in chars.split(|c| c.is_whitespace() || ",，;；、。".contains(*c)) {
        let typed: String = typed.iter().collect();
        // Brackets, quotes and slashes around a word are no part of it.
        let typed = typed.trim_matches(|c: char| !c.is_alphanumeric());
        let folded = fold(typed);
        if !folded.is_empty() {
            words.push(Word { typed: typed.to_owned(), sense: Sense::Text(folded) });
        }
    }
}

impl Word {
    /// The word as pinyin or initials, if it can be one.
    pub fn spoken(&self) -> Option<Word> {
        let Sense::Text(text) = &self.sense else { return None };
        Some(Word { typed: self.typed.clone(), sense: Sense::Spoken(Spoken::of(text)?) })
    }

    /// Whether it is taken as pinyin or initials.
    pub fn is_spoken(&self) -> bool {
        matches!(self.sense, Sense::Spoken(_))
    }

    /// The standard it names.
    pub fn standard(&self) -> Option<&StandardNumber> {
        match &self.sense {
            Sense::Standard { number, .. } => Some(number),
            Sense::Text(_) | Sense::Spoken(_) => None,
        }
    }

    /// Whether a text has the word: the rule that the index follows, and that its tests hold it to.
    pub fn is_in(&self, text: &str) -> bool {
        match &self.sense {
            Sense::Text(word) => find(&fold(text), word).is_some(),
            Sense::Standard { key, .. } => standard_keys(text).iter().any(|it| it == key),
            Sense::Spoken(spoken) => spoken.find(&fold(text)).is_some(),
        }
    }

    /// Where the word stands in a text, in bytes, for showing it.
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        match &self.sense {
            Sense::Text(word) => {
                let folded = fold(text);
                let starts = memmem::find_iter(folded.as_bytes(), word.as_bytes());
                let all = starts.map(|start| start..start + word.len());
                all.filter(|at| stands_alone(&folded, at)).map(|at| crate::fold::unfold(text, &at)).collect()
            }
            Sense::Standard { key, .. } => {
                let at: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let meant = standard_spans(text);
                let meant = meant.into_iter().filter(|(_, number)| keys(number).iter().any(|it| it == key));
                meant.map(|(span, _)| at[span.start]..at[span.end]).collect()
            }
            Sense::Spoken(spoken) => {
                let found = spoken.find(&fold(text));
                found.map(|at| crate::fold::unfold(text, &at)).into_iter().collect()
            }
        }
    }
}

/// Words in the sense in which they stand in texts: as they were typed, or else as pinyin, where that stands there.
pub fn heard<'t>(words: &[Word], texts: impl Iterator<Item = &'t str> + Clone) -> Vec<Word> {
    let stands = |word: &Word| texts.clone().any(|text| word.is_in(text));
    let heard = |word: &Word| match word.spoken() {
        Some(spoken) if !stands(word) && stands(&spoken) => spoken,
        _ => word.clone(),
    };
    words.iter().map(heard).collect()
}

/// Where a folded word stands in a folded text for the first time.
pub(crate) fn find(text: &str, word: &str) -> Option<Range<usize>> {
    let starts = memmem::find_iter(text.as_bytes(), word.as_bytes());
    starts.map(|start| start..start + word.len()).find(|at| stands_alone(text, at))
}

/// Ideographs need no blanks around them. Letters and digits do: `pb` is not in `pbde`, nor `750` in `5750`; but three
/// letters may be the beginning of a word (`phen` of `phenol`).
fn stands_alone(text: &str, at: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let word = &bytes[at.clone()];
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return false };
    let before = at.start.checked_sub(1).map(|before| bytes[before]);
    let after = bytes.get(at.end);
    let joined = |inside: &u8, outside: &u8| {
        inside.is_ascii_alphabetic() && outside.is_ascii_alphabetic()
            || inside.is_ascii_digit() && outside.is_ascii_digit()
    };
    let begun = word.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count() >= 3;
    !before.is_some_and(|before| joined(first, &before))
        && !after.is_some_and(|after| joined(last, after) && !begun)
}

/// The key under which a standard is asked for: `GB5750.6-2023`, `GB5750`.
pub(crate) fn keyed(number: &StandardNumber) -> String {
    match number.year {
        Some(year) => format!("{}-{year}", number.hint_key()),
        None => number.hint_key(),
    }
}

/// The keys under which a text is found for the standards in it: each number with and without its parts, each with and
/// without its year: `GB5750.6-2023`, `GB5750-2023`, `GB5750.6`, `GB5750`.
pub(crate) fn standard_keys(text: &str) -> Vec<String> {
    if !may_hold_standard(text) {
        return Vec::new();
    }
    standard_numbers(text).iter().flat_map(keys).collect()
}

/// A standard has a letter and a digit, of whatever width; most texts have none.
fn may_hold_standard(text: &str) -> bool {
    let (mut letter, mut digit) = (false, false);
    for c in text.chars() {
        letter |= c.is_ascii_alphabetic() || matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ');
        digit |= c.is_ascii_digit() || matches!(c, '０'..='９');
    }
    letter && digit
}

fn keys(number: &StandardNumber) -> Vec<String> {
    let whole = number.hint_key();
    let mut out = Vec::new();
    let mut part = whole.as_str();
    loop {
        if let Some(year) = number.year {
            out.push(format!("{part}-{year}"));
        }
        out.push(part.to_owned());
        match part.rfind(['.', '-']).filter(|at| part[..*at].ends_with(|c: char| c.is_ascii_digit())) {
            Some(at) => part = &part[..at],
            None => return out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<String> {
        let word = |word: &Word| match &word.sense {
            Sense::Text(text) => text.clone(),
            Sense::Standard { key, .. } => format!("[{key}]"),
            Sense::Spoken(_) => unreachable!(),
        };
        Typed::read(text).words.iter().map(word).collect()
    }

    #[test]
    fn a_question_is_parted_with_its_standards_whole() {
        assert_eq!(typed("铅 GB/T 5750.6-2023"), ["铅", "[GB5750.6-2023]"]);
        assert_eq!(typed("ＧＢ／Ｔ　５７５０．６，生活飲用水"), ["[GB5750.6]", "生活饮用水"]);
        assert_eq!(typed("gb5750"), ["[GB5750]"]);
        assert_eq!(typed("（水质）、pH;  COD"), ["水质", "ph", "cod"]);
        assert_eq!(typed("GB/T 5750.6-2023/8.1 铅"), ["[GB5750.6-2023]", "8.1", "铅"]);
        assert_eq!(typed(" ，。 "), Vec::<String>::new());
        assert_eq!(typed("水 水"), ["水"]);
        assert!(!Typed::read("水").cut);
        assert!(Typed::read(&"水 泥 ".repeat(20)).cut);
        assert!(Typed::read(&"水".repeat(201)).cut);
    }

    #[test]
    fn all_spellings_of_a_standard_are_one_and_a_year_is_exact() {
        let text = "GB/T 5750.6-2023";
        for found in
            ["GB5750", "ＧＢ／Ｔ　５７５０．６", "gb/t 5750.6-2023", "GB 5750.6—2023", "GB/T5750-2023"]
        {
            let typed = Typed::read(found);
            assert_eq!(typed.words.len(), 1, "{found}");
            assert!(typed.words[0].is_in(text), "{found}");
        }
        for missed in ["GB/T 5750.6-2006", "GB 575", "GB 57501", "GB/T 5750.60", "GB/T 5750.6.1"] {
            assert!(!Typed::read(missed).words[0].is_in(text), "{missed}");
        }
        assert!(Typed::read("DB41/T 311").words[0].is_in("DB41/T 311-2015"));
        assert!(Typed::read("ISO 4892").words[0].is_in("ISO 4892-2:2013"));
    }

    #[test]
    fn letters_and_digits_stand_alone_and_ideographs_need_not() {
        let is_in = |word: &str, text: &str| Typed::read(word).words[0].is_in(text);
        assert!(is_in("pb", "铅(Pb)") && !is_in("pb", "多溴联苯醚PBDE"));
        assert!(is_in("pH", "ｐＨ值"));
        assert!(is_in("bod", "BOD5") && is_in("phen", "phenol") && !is_in("ph", "phenol"));
        assert!(is_in("2.5", "PM2.5") && !is_in("2.5", "12.5") && !is_in("750", "5750"));
        assert!(is_in("用水", "生活饮用水") && is_in("水", "饮用水卫生"));
    }

    #[test]
    fn what_was_found_is_marked_in_the_text_as_it_stands() {
        let marked = |word: &str, text: &'static str| -> Vec<&'static str> {
            Typed::read(word).words[0].marks(text).into_iter().map(|at| &text[at]).collect()
        };
        assert_eq!(marked("饮用水", "生活飲 用水和饮用水"), ["飲 用水", "饮用水"]);
        assert_eq!(
            marked("GB5750", "水质 ＧＢ／Ｔ ５７５０．６－２０２３ 铅"),
            ["ＧＢ／Ｔ ５７５０．６－２０２３"]
        );
        let spoken = Typed::read("shuini").words[0].spoken().unwrap();
        assert_eq!(spoken.marks("普通水泥").first(), Some(&(6..12)));
    }
}
