//! The letters before a standard number: who published it, and which rules the rest follows (domain.md 6.4).

use crate::standard::Line;

/// Most words of a foreign prefix (`DIN EN ISO/IEC`).
const FOREIGN_WORDS: usize = 4;

/// Which rules the rest of a number follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// National standards: any number, with or without year.
    National,
    /// Industry, local and group standards and regulations.
    Domestic,
    /// Enterprise and foreign standards: letters and parts inside the number.
    Free,
    /// Letters nobody listed here: only with a four-digit year.
    Unknown,
}

/// The letters before a number.
pub(crate) struct Prefix {
    /// In the usual spelling: `GB/T`, `DB41/`, `BS EN ISO`.
    pub(crate) text: String,
    /// Behind the prefix.
    pub(crate) end: usize,
    /// Which rules hold for the rest.
    pub(crate) origin: Origin,
}

impl Line {
    /// The prefix that begins here.
    pub(crate) fn prefix(&self, start: usize) -> Option<Prefix> {
        let end = self.run(start, |c| c.is_ascii_uppercase());
        let word = self.text(start, end);
        match word.as_str() {
            "DB" | "DBS" | "DBJ" => self.local(&word, end),
            "T" | "Q" if self.at(end) == '/' => self.owned(&word, end + 1),
            _ if FOREIGN.binary_search(&word.as_str()).is_ok() => Some(self.foreign(word, end)),
            _ => self.listed(word, end),
        }
    }

    /// `DB41/T 311`, `DB41/400`, `DBS41/ 001`.
    fn local(&self, word: &str, end: usize) -> Option<Prefix> {
        let region = self.spaces(end);
        let region_end = self.run(region, |c| c.is_ascii_digit());
        let slash = self.spaces(region_end);
        if !(2..=6).contains(&(region_end - region)) || self.at(slash) != '/' {
            return None;
        }
        let place = format!("{word}{}", self.text(region, region_end));
        let marker = self.spaces(slash + 1);
        let (text, end) = match self.at(marker) {
            'T' => (format!("{place}/T"), marker + 1),
            _ => (format!("{place}/"), slash + 1),
        };
        Some(Prefix { text, end, origin: Origin::Domestic })
    }

    /// `T/CECS` of a social organisation, `Q/SY` of an enterprise.
    fn owned(&self, word: &str, from: usize) -> Option<Prefix> {
        let end = self.run(from, |c| c.is_ascii_uppercase());
        let origin = if word == "T" { Origin::Domestic } else { Origin::Free };
        (end > from).then(|| Prefix { text: format!("{word}/{}", self.text(from, end)), end, origin })
    }

    /// `ISO`, `ISO/IEC`, `BS EN ISO`.
    fn foreign(&self, mut text: String, mut end: usize) -> Prefix {
        for _ in 1..FOREIGN_WORDS {
            let joint = self.at(end);
            let next = end + 1;
            let next_end = self.run(next, |c| c.is_ascii_uppercase());
            if !matches!(joint, '/' | ' ')
                || FOREIGN.binary_search(&self.text(next, next_end).as_str()).is_err()
            {
                break;
            }
            text.push(joint);
            text.push_str(&self.text(next, next_end));
            end = next_end;
        }
        Prefix { text, end, origin: Origin::Free }
    }

    /// `GB`, `GB/T`, and `GBT` as people type it.
    fn listed(&self, word: String, end: usize) -> Option<Prefix> {
        let origin = |word: &str| match word {
            "GB" | "GBZ" => Some(Origin::National),
            _ => DOMESTIC.binary_search(&word).is_ok().then_some(Origin::Domestic),
        };
        let typed =
            word.strip_suffix(['T', 'Z']).filter(|short| origin(&word).is_none() && origin(short).is_some());
        if let Some(short) = typed {
            let text = format!("{short}/{}", &word[short.len()..]);
            return Some(Prefix { text, end, origin: origin(short)? });
        }
        let origin = origin(&word).or((2..=6).contains(&word.len()).then_some(Origin::Unknown))?;
        if matches!(word.as_str(), "JJF" | "JJG") && self.at(end) == '(' {
            return self.department(&word, end);
        }
        let slash = self.spaces(end);
        let marker = self.spaces(slash + 1);
        let marked = self.at(slash) == '/'
            && matches!(self.at(marker), 'T' | 'Z')
            && !self.at(marker + 1).is_ascii_uppercase();
        if marked {
            return Some(Prefix { text: format!("{word}/{}", self.at(marker)), end: marker + 1, origin });
        }
        Some(Prefix { text: word, end, origin })
    }

    /// `JJG(交通)`: calibration rules of one ministry.
    fn department(&self, word: &str, open: usize) -> Option<Prefix> {
        let close = self.run(open + 1, |c| !c.is_ascii());
        let named = (1..=6).contains(&(close - open - 1)) && self.at(close) == ')';
        let text = || format!("{word}{}", self.text(open, close + 1));
        named.then(|| Prefix { text: text(), end: close + 1, origin: Origin::Domestic })
    }
}

/// Publishers outside the country; sorted.
const FOREIGN: [&str; 34] = [
    "AATCC", "ANSI", "AOAC", "API", "ASME", "ASTM", "AWS", "BS", "CEN", "CIE", "CISPR", "CLSI", "DIN", "EN",
    "EPA", "ETSI", "FCC", "GUIDE", "IEC", "IEEE", "ISO", "ITU", "JIS", "KS", "MIL", "NF", "NIOSH", "OECD",
    "OIML", "SAE", "TR", "TS", "UL", "USP",
];

/// Letters of national regulations and industry standards (GB/T 1.1 annexes and the register of industry codes); sorted.
const DOMESTIC: [&str; 85] = [
    "AQ", "BB", "CB", "CECS", "CH", "CJ", "CJJ", "CNAS", "CY", "DA", "DL", "DZ", "EJ", "FZ", "GA", "GBJ",
    "GC", "GD", "GH", "GJB", "GM", "GY", "HB", "HG", "HJ", "HS", "HY", "JB", "JC", "JG", "JGJ", "JJF", "JJG",
    "JR", "JT", "JTG", "JTJ", "JTS", "JY", "KA", "LB", "LD", "LS", "LY", "MH", "MT", "MZ", "NB", "NY", "QB",
    "QC", "QJ", "QX", "RB", "SB", "SC", "SF", "SH", "SJ", "SL", "SN", "SW", "SY", "TB", "TD", "TSG", "TY",
    "WB", "WH", "WJ", "WM", "WS", "WW", "XB", "XF", "YB", "YBB", "YC", "YD", "YJ", "YS", "YY", "YZ", "ZB",
    "ZY",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_lists_are_sorted_for_their_search() {
        assert!(FOREIGN.is_sorted() && DOMESTIC.is_sorted());
    }
}
