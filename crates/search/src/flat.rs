//! A row as one text of which its words are pieces: for engines that know substrings only, so that they can be asked the
//! same questions and be measured beside the index.

use crate::fold::fold;
use crate::word::{Sense, Word, standard_keys};

/// Between two columns: no folded text has it, so that no piece reaches from one column into the next.
const BETWEEN: char = '\n';
/// Around the key of a standard, so that `GB5750` is no piece of `GB5750.6`. No folded text has it either.
const AROUND: char = ' ';

/// The columns of a row, folded, and behind them the keys of the standards in them.
pub fn flat(columns: &[&str]) -> String {
    let mut keys: Vec<String> = columns.iter().flat_map(|text| standard_keys(text)).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut out = String::new();
    for text in columns.iter().filter(|text| !text.is_empty()) {
        out.push_str(&fold(text));
        out.push(BETWEEN);
    }
    for key in keys {
        out.push(AROUND);
        out.push_str(&key);
        out.push(AROUND);
    }
    out
}

impl Word {
    /// What a [`flat`] row that has the word has in it; none for a word that is taken as pinyin.
    pub fn piece(&self) -> Option<String> {
        match &self.sense {
            Sense::Text(text) => Some(text.clone()),
            Sense::Standard { key, .. } => Some(format!("{AROUND}{key}{AROUND}")),
            Sense::Spoken(_) => None,
        }
    }

    /// Whether the index asks more of a row than that it has the piece, or takes less for it: letters and digits must stand
    /// alone, and what stands nowhere as it was typed is taken as pinyin.
    pub fn is_more_than_piece(&self) -> bool {
        let Sense::Text(text) = &self.sense else { return false };
        let ends = [text.bytes().next(), text.bytes().next_back()];
        ends.into_iter().flatten().any(|it| it.is_ascii_alphanumeric())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Typed;
    use proptest::prelude::*;

    fn has(row: &[&str], typed: &str) -> bool {
        Typed::read(typed).words.iter().all(|word| flat(row).contains(&word.piece().unwrap()))
    }

    #[test]
    fn a_flat_row_has_what_the_row_has() {
        let row = [
            "",
            "生活飲用水",
            "铅(Pb)",
            "生活饮用水标准检验方法",
            "ＧＢ／Ｔ　５７５０．６—２０２３",
            "8.1",
            "",
        ];
        for typed in
            ["铅", "饮用水", "pb", "GB5750", "gb/t 5750.6-2023", "GB 5750-2023", "铅 GB/T 5750.6 饮用"]
        {
            assert!(has(&row, typed), "{typed}");
        }
        for typed in ["镉", "水铅", "GB 575", "GB/T 5750.60", "GB/T 5750.6-2006", "铅 GB/T 5750.7"] {
            assert!(!has(&row, typed), "{typed}");
        }
    }

    #[test]
    fn where_the_index_asks_more_is_told() {
        let more = |typed: &str| Typed::read(typed).words.iter().any(Word::is_more_than_piece);
        assert!(more("pb") && more("BOD5 水") && more("铅pb"));
        assert!(!more("铅") && !more("生活饮用水 GB/T 5750.6-2023"));
        assert!(has(&["多溴联苯醚PBDE"], "pb") && !Typed::read("pb").words[0].is_in("多溴联苯醚PBDE"));
    }

    proptest! {
        #[test]
        fn a_word_of_ideographs_or_a_standard_is_a_piece_where_it_is_in_a_column(
            row in prop::collection::vec("[水铅泥飲饮用a-z5.]{0,6}|GB/T 5750(\\.6)?(-2023)?", 1..5),
            typed in "[水铅泥饮用]{1,3}|GB/T 5750(\\.6)?(-2023)?",
        ) {
            let row: Vec<&str> = row.iter().map(String::as_str).collect();
            for word in Typed::read(&typed).words {
                let is_in = row.iter().any(|text| word.is_in(text));
                prop_assert_eq!(flat(&row).contains(&word.piece().unwrap()), is_in, "{:?} {}", row, typed);
            }
        }
    }
}
