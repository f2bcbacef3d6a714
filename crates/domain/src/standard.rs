//! Standard numbers (`GB/T 5750.6-2023`) found in free text and reduced to keys for search (domain.md 6.4).
//!
//! An exact hit compares with the year: another year is another capability. Without year and `/T` it is only a hint.

use std::fmt;
use std::ops::Range;

use crate::{
    standard_prefix::{Origin, Prefix},
    text::{fold_char, is_space},
};

/// One standard number taken apart. Another spelling of the same number gives the same value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StandardNumber {
    /// The number without year in the usual spelling: `GB/T 5750.6`, `DB41/T 311`, `ISO 4892-2`.
    pub family: String,
    /// The year; two-digit years of the last century are completed (`-94` is 1994).
    pub year: Option<u16>,
    /// What stands behind the year after a slash: `8.5.7.6`.
    pub clause: Option<String>,
}

impl StandardNumber {
    /// Key of an exact hit: `GB/T5750.6-2023`; without a year in the text, `GB/T5750.6`.
    pub fn exact_key(&self) -> String {
        let mut key: String = self.family.chars().filter(|&c| c != ' ').collect();
        if let Some(year) = self.year {
            key.push_str(&format!("-{year}"));
        }
        key
    }

    /// Key of a hint: without year and without `/T` or `/Z`: `GB5750.6`.
    pub fn hint_key(&self) -> String {
        // `DB41/T 311` becomes `DB41/311`, or region and number would run together.
        let marker = if self.family.starts_with("DB") { "/" } else { "" };
        self.family.replacen("/T ", marker, 1).replacen("/Z ", marker, 1).replace(' ', "")
    }
}

impl fmt::Display for StandardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{}-{year}", self.family),
            None => f.write_str(&self.family),
        }
    }
}

/// The first standard number in a text.
pub fn normalise_standard(text: &str) -> Option<StandardNumber> {
    let line = Line::new(text);
    line.find(0).map(|found| line.number(&found))
}

/// Every standard number in a text, in order.
pub fn standard_numbers(text: &str) -> Vec<StandardNumber> {
    let line = Line::new(text);
    line.find_all().iter().map(|found| line.number(found)).collect()
}

/// Every standard number in a text with the characters it stands on, counted from 0, its year included.
pub fn standard_spans(text: &str) -> Vec<(Range<usize>, StandardNumber)> {
    let line = Line::new(text);
    line.find_all().iter().map(|found| (found.start..found.end, line.number(found))).collect()
}

/// A text folded for reading, character for character: width, dashes, slashes, capital letters.
pub(crate) struct Line {
    /// As received but for width, dashes and slashes.
    pub(crate) received: Vec<char>,
    upper: Vec<char>,
}

/// Where a standard number stands in a [`Line`].
pub(crate) struct Found {
    /// First character.
    pub(crate) start: usize,
    /// Behind the number without year.
    pub(crate) core_end: usize,
    /// First character of the year, as many digits as written; `end` if there is none.
    pub(crate) year_start: usize,
    /// Behind the whole number.
    pub(crate) end: usize,
    prefix: String,
    core: String,
    year: Option<u16>,
}

impl Line {
    pub(crate) fn new(text: &str) -> Line {
        let received: Vec<char> = text.chars().map(fold).collect();
        let upper = received.iter().map(char::to_ascii_uppercase).collect();
        Line { received, upper }
    }

    pub(crate) fn find_all(&self) -> Vec<Found> {
        let mut all = Vec::new();
        let mut from = 0;
        while let Some(found) = self.find(from) {
            from = found.end;
            all.push(found);
        }
        all
    }

    fn find(&self, from: usize) -> Option<Found> {
        (from..self.upper.len()).find_map(|start| self.found_at(start))
    }

    fn number(&self, found: &Found) -> StandardNumber {
        let next = self.find(found.end).map_or(self.upper.len(), |next| next.start);
        let clause: String = self.received[found.end..next].iter().collect();
        let clause = slash_clause(&clause).0.replace(' ', "");
        let joint = if found.prefix.ends_with('/') { "" } else { " " };
        StandardNumber {
            family: format!("{}{joint}{}", found.prefix, found.core),
            year: found.year,
            clause: (!clause.is_empty()).then_some(clause),
        }
    }

    /// The folded character there; NUL behind the end.
    pub(crate) fn at(&self, i: usize) -> char {
        self.upper.get(i).copied().unwrap_or('\0')
    }

    /// Behind the spaces that begin here.
    pub(crate) fn spaces(&self, from: usize) -> usize {
        self.run(from, is_space)
    }

    /// Behind the run of characters that fit, from here on.
    pub(crate) fn run(&self, from: usize, fits: impl Fn(char) -> bool) -> usize {
        let length = self.upper[from.min(self.upper.len())..].iter().take_while(|&&c| fits(c)).count();
        from + length
    }

    /// The folded characters from here to there; empty outside the line.
    pub(crate) fn text(&self, from: usize, to: usize) -> String {
        self.upper.get(from..to).unwrap_or_default().iter().collect()
    }

    fn found_at(&self, start: usize) -> Option<Found> {
        let before = if start == 0 { ' ' } else { self.at(start - 1) };
        if !self.at(start).is_ascii_uppercase() || before.is_ascii_alphanumeric() {
            return None;
        }
        let prefix = self.prefix(start)?;
        // `/XG1-2012` behind a number is its amendment, no number of its own.
        if prefix.origin == Origin::Unknown && matches!(before, '/' | '-' | '.') {
            return None;
        }
        let (core, core_end) = self.core(&prefix)?;
        let year = self.year(core_end, prefix.origin);
        let digits = core.bytes().take_while(u8::is_ascii_digit).count();
        let certain = match prefix.origin {
            Origin::National => true,
            // Without a year short numbers are other things: `SF6` is a gas.
            Origin::Domestic | Origin::Free => year.is_some() || digits >= 3 || core.contains('-'),
            Origin::Unknown => year.is_some_and(|(year_start, end, _)| end - year_start == 4),
        };
        let (year_start, end, value) = match year {
            Some((year_start, end, value)) => (year_start, end, Some(value)),
            None => (core_end, core_end, None),
        };
        certain.then_some(Found { start, core_end, year_start, end, prefix: prefix.text, core, year: value })
    }

    /// `5750.6`, `Z7002`, `D1298-12B`, and where it ends.
    fn core(&self, prefix: &Prefix) -> Option<(String, usize)> {
        let from = self.spaces(prefix.end);
        let lettered =
            prefix.origin == Origin::Free || matches!(prefix.text.as_str(), "TSG" | "JTG" | "JTG/T" | "JTJ");
        let mut core = String::new();
        let mut i = from;
        if lettered && self.at(i).is_ascii_uppercase() {
            core.push(self.at(i));
            i = self.spaces(i + 1);
        }
        let mut end = self.run(i, |c| c.is_ascii_digit());
        if end == i {
            return None;
        }
        while self.at(end) == '.' && self.at(end + 1).is_ascii_digit() {
            end = self.run(end + 1, |c| c.is_ascii_digit());
        }
        if prefix.origin == Origin::Free {
            end = self.parts(end);
        }
        core.push_str(&self.text(i, end));
        Some((core, end))
    }

    /// Letters and parts of a foreign number (`8270D`, `105-E04`), up to its year.
    fn parts(&self, mut end: usize) -> usize {
        loop {
            if self.at(end).is_ascii_uppercase() && !self.at(end + 1).is_ascii_alphanumeric() {
                end += 1;
            }
            let part = if self.at(end + 1).is_ascii_uppercase() { end + 2 } else { end + 1 };
            let part_end = self.run(part, |c| c.is_ascii_digit());
            if self.at(end) != '-' || part_end == part || self.year(end, Origin::Free).is_some() {
                return end;
            }
            end = part_end;
        }
    }

    /// First character, end and value of a year behind a number.
    fn year(&self, core_end: usize, origin: Origin) -> Option<(usize, usize, u16)> {
        let dash = self.spaces(core_end);
        let start = match self.at(dash) {
            ':' => dash + 1,
            '-' => self.run(dash, |c| c == '-'),
            _ => return None,
        };
        let start = self.spaces(start);
        let end = self.run(start, |c| c.is_ascii_digit());
        let written: u16 = match end - start {
            2 | 4 => self.text(start, end).parse().ok()?,
            _ => return None,
        };
        let year = match written {
            1949..=2099 => written,
            // Two digits were written until 1995; in foreign numbers `-89` may be a part.
            49..=99 if origin != Origin::Free && end - start == 2 => 1900 + written,
            _ => return None,
        };
        Some((start, end, year))
    }
}

/// The clause behind a slash, spaces before further slashes included, and what follows it.
pub(crate) fn slash_clause(after: &str) -> (&str, &str) {
    let slash = |text: &str| text.starts_with(['/', '／', '\u{2215}']);
    let start = after.trim_start_matches(is_space);
    if !slash(start) {
        return ("", after);
    }
    let clause = start.trim_start_matches(['/', '／', '\u{2215}']);
    let mut end = 0;
    loop {
        end +=
            clause[end..].find(|c| is_space(c) || "《;；,，、)）".contains(c)).unwrap_or(clause.len() - end);
        let ahead = clause[end..].trim_start_matches(is_space);
        if !slash(ahead) {
            return (clause[..end].trim_matches(is_space), &clause[end..]);
        }
        end = clause.len() - ahead.len();
    }
}

fn fold(c: char) -> char {
    match fold_char(c) {
        '\u{2215}' | '\u{2044}' => '/',
        '\u{FF0D}' | '\u{FE63}' => '-',
        '\u{2236}' => ':',
        folded if is_space(folded) => ' ',
        folded => folded,
    }
}

#[cfg(test)]
#[path = "standard_tests.rs"]
mod tests;
