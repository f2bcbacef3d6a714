//! What is wrong with an item, whoever has it in his annex: judged once, however many rows name it.

use super::tidy::tidied;
use crate::{Item, fits, normalise_standard, standard_numbers, standard_spans};

/// What is wrong with an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemFlaws(u16);

impl ItemFlaws {
    pub(super) const NAMELESS: u16 = 1;
    pub(super) const NO_STANDARD: u16 = 1 << 1;
    pub(super) const UNREAD: u16 = 1 << 2;
    pub(super) const NO_YEAR: u16 = 1 << 3;
    pub(super) const FUTURE: u16 = 1 << 4;
    pub(super) const SPELLING: u16 = 1 << 5;
    pub(super) const IN_NAME: u16 = 1 << 6;
    pub(super) const CLAUSE: u16 = 1 << 7;
    pub(super) const OWN: u16 = 1 << 8;
    pub(super) const TEXT: u16 = 1 << 9;

    /// Judges an item in a year.
    pub fn of(item: &Item, year: u16) -> ItemFlaws {
        let mut bits = 0;
        let mut note = |bit: u16, found: bool| bits |= if found { bit } else { 0 };
        note(ItemFlaws::NAMELESS, item.name.is_empty());
        note(ItemFlaws::OWN, fits::own_method(item));
        note(ItemFlaws::TEXT, [&item.name, &item.standard_name].into_iter().any(|it| tidied(it).is_some()));
        note(ItemFlaws::CLAUSE, odd_clause(&item.clause));
        if item.standard_number.is_empty() {
            note(ItemFlaws::NO_STANDARD, item.standard_name.is_empty());
            note(ItemFlaws::IN_NAME, normalise_standard(&item.standard_name).is_some());
        } else {
            let numbers = standard_numbers(&item.standard_number);
            note(ItemFlaws::UNREAD, numbers.is_empty());
            note(ItemFlaws::NO_YEAR, numbers.iter().any(|it| it.year.is_none()));
            note(ItemFlaws::FUTURE, numbers.iter().filter_map(|it| it.year).any(|it| it > year));
            note(ItemFlaws::SPELLING, spelt(&item.standard_number).is_some());
        }
        ItemFlaws(bits)
    }

    /// Whether it has this flaw.
    pub(super) fn has(self, bit: u16) -> bool {
        self.0 & bit != 0
    }
}

/// The usual spelling of a text that is one domestic standard number and nothing else; `None` if it is spelt so.
pub(super) fn spelt(text: &str) -> Option<String> {
    let spans = standard_spans(text);
    let [(span, number)] = spans.as_slice() else { return None };
    if span.start != 0 || span.end != text.chars().count() || number.clause.is_some() {
        return None;
    }
    let usual = number.to_string();
    // Years of two digits and colons are part of how a number was given; the long dash is that of print.
    let year = number.year.is_none_or(|year| text.ends_with(&year.to_string()));
    let as_given = text.replace(['—', '–', '－'], "-");
    (year && !as_given.contains([':', '：']) && as_given != usual).then_some(usual)
}

/// Whether a clause cannot be one.
fn odd_clause(clause: &str) -> bool {
    !clause.is_empty() && (!clause.chars().any(char::is_alphanumeric) || normalise_standard(clause).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_spelt_anew_only_where_blanks_case_or_width_differ() {
        for (text, usual) in [
            ("GB/T 5750.6-2023", None),
            ("GB/T 5750.6—2023", None),
            ("GB/T5750.6-2023", Some("GB/T 5750.6-2023")),
            ("gb/t 5750.6-2023", Some("GB/T 5750.6-2023")),
            ("GB 7475-87", None),
            ("ISO 4892-2:2013", None),
            ("GB/T5750.6-2023、HJ 1147-2020", None),
            ("没有编号", None),
        ] {
            assert_eq!(spelt(text).as_deref(), usual, "{text}");
        }
    }

    #[test]
    fn a_clause_has_something_to_say_and_is_no_standard() {
        for (clause, odd) in
            [("", false), ("8.5.7.6", false), ("附录A", false), ("——", true), ("HJ 1147-2020", true)]
        {
            assert_eq!(odd_clause(clause), odd, "{clause}");
        }
    }
}
