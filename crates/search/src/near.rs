//! What is offered where a word was not found, and which standard took another's place. Offered, never taken silently.

use crate::dictionary::Dictionary;
use crate::fold::is_ideograph;
use crate::pinyin::{Spoken, readings};
use crate::segment::Segment;
use crate::table::Table;
use crate::word::{Sense, Word, keyed};
use domain::standard_numbers;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A word that stands in the registry and is nearly the one that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The word.
    pub word: String,
    /// Rows with it, about.
    pub rows: u64,
}

/// A later edition of a standard that was asked for with its year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newer {
    /// Its number.
    pub number: String,
    /// Rows with it, about.
    pub rows: u64,
}

/// Words that are offered.
const OFFERED: usize = 3;
/// Texts that are compared letter by letter, those with the most pairs in common.
const COMPARED: usize = 400;

/// Words of the registry near to one that was not found.
pub(crate) fn near(table: &Table, word: &Word) -> Vec<Near> {
    let Sense::Text(text) = &word.sense else { return Vec::new() };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (segment, _) in table.segments() {
        slips(segment.dictionary(), text, &mut found);
        homophones(segment.dictionary(), text, &mut found);
    }
    // What is further off than the nearest is not meant.
    let nearest = found.values().min().copied();
    let offered = found.into_iter().filter(|(_, slips)| Some(*slips) == nearest);
    let weighed = offered.map(|(word, _)| Near { rows: weight(table, &word), word });
    let mut offered: Vec<Near> = weighed.collect();
    offered.sort_by_key(|near| Reverse(near.rows));
    offered.truncate(OFFERED);
    offered
}

/// Rows with a word, about: one with it in two columns counts twice.
fn weight(table: &Table, word: &str) -> u64 {
    let sense = Sense::Text(word.to_owned());
    let of = |segment: &Segment| -> u64 {
        segment.dictionary().with(&sense).into_iter().map(|text| segment.weight(text)).sum()
    };
    table.segments().map(|(segment, _)| of(segment)).sum()
}

/// Words with a character other, missing or too many: at least half of the pairs are the same.
fn slips(dictionary: &Dictionary, typed: &str, found: &mut BTreeMap<String, usize>) {
    let typed: Vec<char> = typed.chars().collect();
    let most = match typed.len() {
        0..3 => return,
        3..8 => 1,
        _ => 2,
    };
    for text in alike(dictionary, &typed) {
        let folded: Vec<char> = dictionary.folded(text).chars().collect();
        let windows = [typed.len(), typed.len() - 1, typed.len() + 1];
        let windows = windows.into_iter().flat_map(|length| folded.windows(length));
        let best = windows.map(|it| (slips_between(&typed, it), it)).min_by_key(|(slips, _)| *slips);
        if let Some((slips, word)) = best.filter(|(slips, _)| (1..=most).contains(slips)) {
            let of = found.entry(word.iter().collect()).or_insert(slips);
            *of = slips.min(*of);
        }
    }
}

/// The texts that have at least half of the pairs of a word, the most alike first.
fn alike(dictionary: &Dictionary, typed: &[char]) -> Vec<u32> {
    let mut shared: FxHashMap<u32, u32> = FxHashMap::default();
    for pair in typed.windows(2) {
        dictionary.with_pair(pair[0], pair[1]).for_each(|text| *shared.entry(text).or_default() += 1);
    }
    let half = (typed.len() as u32 - 1).div_ceil(2);
    let mut alike: Vec<(u32, u32)> = shared.into_iter().filter(|(_, n)| *n >= half).collect();
    alike.sort_unstable_by_key(|(text, n)| (Reverse(*n), *text));
    alike.into_iter().take(COMPARED).map(|(text, _)| text).collect()
}

/// Characters put in, left out or exchanged (Levenshtein).
fn slips_between(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let exchanged = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = exchanged.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Words that sound the same: what a wrong pick of the input method gives.
fn homophones(dictionary: &Dictionary, typed: &str, found: &mut BTreeMap<String, usize>) {
    let length = typed.chars().count();
    if !(2..=6).contains(&length) || !typed.chars().all(is_ideograph) {
        return;
    }
    let Some(sound) = typed.chars().map(|c| readings(c).next()).collect::<Option<String>>() else { return };
    let spoken = Spoken::Syllables(sound);
    for text in dictionary.with(&Sense::Spoken(spoken.clone())).into_iter().take(COMPARED) {
        let folded = dictionary.folded(text);
        let Some(at) = spoken.find(folded) else { continue };
        let word = &folded[at];
        if word.chars().count() == length && word != typed {
            found.insert(word.to_owned(), 1);
        }
    }
}

/// Later editions of the standard that a word names with its year, the latest first.
pub(crate) fn newer(table: &Table, word: &Word) -> Vec<Newer> {
    let Some(asked) = word.standard() else { return Vec::new() };
    let Some(year) = asked.year else { return Vec::new() };
    let family = keyed(&domain::StandardNumber { year: None, ..asked.clone() });
    let sense = Sense::Standard { key: family, number: asked.clone() };
    let mut later: BTreeMap<(u16, String), u64> = BTreeMap::new();
    for (segment, _) in table.segments() {
        for text in segment.dictionary().with(&sense) {
            for number in standard_numbers(segment.dictionary().text(text)) {
                let same = number.hint_key() == asked.hint_key();
                if let Some(its) = number.year.filter(|its| same && *its > year) {
                    *later.entry((its, number.to_string())).or_default() += segment.weight(text);
                }
            }
        }
    }
    later.into_iter().rev().take(OFFERED).map(|((_, number), rows)| Newer { number, rows }).collect()
}
