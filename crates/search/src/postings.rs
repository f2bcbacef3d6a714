//! Lists of numbers by key: which strings hold a pair of characters. Kept as differences of a byte or two each.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Lists being made.
pub(crate) struct Gathering<K> {
    lists: FxHashMap<K, Growing>,
}

#[derive(Default)]
struct Growing {
    bytes: Vec<u8>,
    last: u32,
    count: u32,
}

/// Lists that are made.
pub(crate) struct Postings<K> {
    at: FxHashMap<K, Span>,
    bytes: Box<[u8]>,
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    count: u32,
}

impl<K: Eq + Hash + Ord> Gathering<K> {
    pub(crate) fn new() -> Gathering<K> {
        Gathering { lists: FxHashMap::default() }
    }

    /// Adds a number to a list. Numbers come in ascending order; one that is there already is not added again.
    pub(crate) fn add(&mut self, key: K, number: u32) {
        let list = self.lists.entry(key).or_default();
        if list.count > 0 && list.last == number {
            return;
        }
        debug_assert!(list.count == 0 || number > list.last, "numbers ascend");
        let mut rest = number - list.last;
        while rest >= 0x80 {
            list.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        list.bytes.push(rest as u8);
        list.last = number;
        list.count += 1;
    }

    pub(crate) fn done(self) -> Postings<K> {
        let total = self.lists.values().map(|list| list.bytes.len()).sum();
        let mut bytes = Vec::with_capacity(total);
        let mut at = FxHashMap::with_capacity_and_hasher(self.lists.len(), Default::default());
        // In order of the keys: the same rows give the same index, and neighbours lie together.
        let mut lists: Vec<_> = self.lists.into_iter().collect();
        lists.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for (key, list) in lists {
            let start = u32::try_from(bytes.len()).expect("an index of less than 4 GB of lists");
            at.insert(key, Span { start, count: list.count });
            bytes.extend_from_slice(&list.bytes);
        }
        Postings { at, bytes: bytes.into() }
    }
}

impl<K: Eq + Hash> Postings<K> {
    /// How long a list is; 0 where there is none.
    pub(crate) fn count(&self, key: &K) -> u32 {
        self.at.get(key).map_or(0, |span| span.count)
    }

    /// The numbers of a list, ascending.
    pub(crate) fn of(&self, key: &K) -> Numbers<'_> {
        match self.at.get(key) {
            Some(span) => Numbers { bytes: &self.bytes[span.start as usize..], left: span.count, last: 0 },
            None => Numbers { bytes: &[], left: 0, last: 0 },
        }
    }

    /// Bytes it takes, about.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len() + self.at.capacity() * (size_of::<(K, Span)>() + 1)
    }
}

/// The numbers of one list.
#[derive(Clone)]
pub(crate) struct Numbers<'p> {
    bytes: &'p [u8],
    left: u32,
    last: u32,
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let (mut step, mut shift, mut at) = (0, 0, 0);
        loop {
            let byte = self.bytes[at];
            at += 1;
            step |= u32::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        self.bytes = &self.bytes[at..];
        self.last += step;
        Some(self.last)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn lists_come_back_as_they_were(entries in prop::collection::vec((0u8..9, any::<u32>()), 0..200)) {
            let mut truth: BTreeMap<u8, BTreeSet<u32>> = BTreeMap::new();
            entries.iter().for_each(|(key, number)| { truth.entry(*key).or_default().insert(*number); });
            let mut gathering = Gathering::new();
            for (key, numbers) in &truth {
                for number in numbers {
                    gathering.add(*key, *number);
                    gathering.add(*key, *number);
                }
            }
            let postings = gathering.done();
            for key in 0..9 {
                let expected: Vec<u32> = truth.get(&key).into_iter().flatten().copied().collect();
                prop_assert_eq!(postings.count(&key) as usize, expected.len());
                prop_assert_eq!(postings.of(&key).collect::<Vec<_>>(), expected);
            }
        }
    }
}
