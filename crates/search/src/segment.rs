//! Rows of one subject, once made never changed: distinct texts, distinct rows of texts, and whose they are.
//!
//! A *row* is what an owner (a certificate, a body) has; a *tuple* is the texts of a row, which many owners share. A word
//! is looked up among the texts, a question among the tuples, so that all its words are found inside one row; only then
//! are owners counted.

use crate::bits::Bits;
use crate::dictionary::{Collecting, Dictionary, TextId};
use crate::word::Word;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// Number of a tuple in its segment.
pub(crate) type Tuple = u32;
/// Number of an owner in the whole index.
pub(crate) type Slot = u32;

/// Lists of numbers laid end to end: list `n` ends where list `n + 1` begins.
struct Lists {
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

impl Lists {
    /// `numbers` by list: each pair is (list, number), gone through twice. Numbers keep their order within a list.
    fn of(lists: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Lists {
        let mut starts = vec![0u32; lists + 1];
        pairs.clone().for_each(|(list, _)| starts[list as usize + 1] += 1);
        let mut sum = 0u64;
        for start in &mut starts {
            sum += u64::from(*start);
            *start = u32::try_from(sum).expect("a segment of less than 4,000 million rows");
        }
        let mut numbers = vec![0u32; sum as usize];
        let mut next = starts.clone();
        for (list, number) in pairs {
            let at = &mut next[list as usize];
            numbers[*at as usize] = number;
            *at += 1;
        }
        Lists { starts, numbers }
    }

    fn get(&self, list: u32) -> &[u32] {
        let list = list as usize;
        &self.numbers[self.starts[list] as usize..self.starts[list + 1] as usize]
    }

    /// Gives the numbers of several lists, one list after the other. The lists lie anywhere in memory: first all places are
    /// looked up and the first number of each is touched, so that what is far is fetched at once and not one after the other.
    fn each_of(&self, lists: &[u32], mut take: impl FnMut(u32)) {
        let mut spans = [(0, 0); 64];
        for some in lists.chunks(spans.len()) {
            for (span, list) in spans.iter_mut().zip(some) {
                let list = *list as usize;
                *span = (self.starts[list] as usize, self.starts[list + 1] as usize);
            }
            let spans = &spans[..some.len()];
            let first = |(from, _): &(usize, usize)| self.numbers.get(*from).copied().unwrap_or_default();
            std::hint::black_box(spans.iter().map(first).fold(0, u32::wrapping_add));
            for (from, to) in spans {
                self.numbers[*from..*to].iter().for_each(|number| take(*number));
            }
        }
    }

    fn len(&self, list: u32) -> u32 {
        self.starts[list as usize + 1] - self.starts[list as usize]
    }

    fn size(&self) -> usize {
        (self.starts.capacity() + self.numbers.capacity()) * 4
    }
}

/// A segment being made.
pub(crate) struct Gatherer {
    width: usize,
    texts: Collecting,
    /// The texts of each tuple, `width` apiece.
    tuples: Vec<TextId>,
    known: HashTable<Tuple>,
    owners: Vec<Slot>,
    starts: Vec<u32>,
    rows: Vec<Tuple>,
}

impl Gatherer {
    /// For rows of `width` columns.
    pub(crate) fn new(width: usize) -> Gatherer {
        Gatherer {
            width,
            texts: Collecting::new(),
            tuples: Vec::new(),
            known: HashTable::new(),
            owners: Vec::new(),
            starts: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The number of a text, for [`Gatherer::tuple`].
    pub(crate) fn text(&mut self, text: &str) -> TextId {
        self.texts.number(text)
    }

    /// The number of a tuple, given when it first comes.
    pub(crate) fn tuple(&mut self, texts: &[TextId]) -> Tuple {
        debug_assert_eq!(texts.len(), self.width);
        let width = self.width;
        let hash = |texts: &[TextId]| FxBuildHasher.hash_one(texts);
        let tuples = &mut self.tuples;
        let of = |tuple: &Tuple| *tuple as usize * width..(*tuple as usize + 1) * width;
        if let Some(tuple) = self.known.find(hash(texts), |it| tuples[of(it)] == *texts) {
            return *tuple;
        }
        let tuple = Tuple::try_from(tuples.len() / width).expect("fewer than 4,000 million tuples");
        tuples.extend_from_slice(texts);
        self.known.insert_unique(hash(texts), tuple, |it| hash(&tuples[of(it)]));
        tuple
    }

    /// The rows that follow are those of this owner, who comes once.
    pub(crate) fn owner(&mut self, slot: Slot) {
        self.owners.push(slot);
        self.starts.push(self.rows.len() as u32);
    }

    /// One row of the present owner.
    pub(crate) fn row(&mut self, tuple: Tuple) {
        self.rows.push(tuple);
    }

    /// One row by its texts.
    pub(crate) fn row_of(&mut self, texts: &[&str]) {
        let texts: Vec<TextId> = texts.iter().map(|text| self.texts.number(text)).collect();
        let tuple = self.tuple(&texts);
        self.rows.push(tuple);
    }

    /// Rows so far.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Columns of a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn done(self) -> Segment {
        let Gatherer { width, texts, mut tuples, known, owners, mut starts, mut rows } = self;
        drop(known);
        tuples.shrink_to_fit();
        rows.shrink_to_fit();
        starts.push(rows.len() as u32);
        let dictionary = texts.done();
        let of_texts = tuples.iter().enumerate().filter(|(_, text)| **text != 0);
        let by_text = Lists::of(dictionary.len(), of_texts.map(|(at, text)| (*text, (at / width) as u32)));
        let of_owners = owners.iter().zip(starts.windows(2)).flat_map(|(slot, span)| {
            rows[span[0] as usize..span[1] as usize].iter().map(move |tuple| (*tuple, *slot))
        });
        let by_tuple = Lists::of(tuples.len() / width, of_owners.clone());
        let mut place: Vec<(Slot, u32)> = owners.iter().copied().zip(0..).collect();
        place.sort_unstable();
        Segment { width, dictionary, tuples, by_text, by_tuple, place, rows: Lists { starts, numbers: rows } }
    }
}

/// Rows, found by their words.
pub(crate) struct Segment {
    width: usize,
    dictionary: Dictionary,
    tuples: Vec<TextId>,
    /// Tuples by text. A tuple with a text in two columns stands there twice.
    by_text: Lists,
    /// Owners by tuple, once for each row.
    by_tuple: Lists,
    /// Where the rows of an owner stand, by owner.
    place: Vec<(Slot, u32)>,
    rows: Lists,
}

/// The texts of a segment that have a word.
pub(crate) struct Hit {
    texts: Vec<TextId>,
}

/// The tuples that answer a question.
pub(crate) enum Matching {
    /// Nothing was asked: every row answers.
    All,
    /// Few, ascending.
    Few(Vec<Tuple>),
    /// Many.
    Many(Bits),
}

impl Matching {
    pub(crate) fn has(&self, tuple: Tuple) -> bool {
        match self {
            Matching::All => true,
            Matching::Few(tuples) => tuples.binary_search(&tuple).is_ok(),
            Matching::Many(bits) => bits.has(tuple),
        }
    }
}

impl Segment {
    /// The texts that have a word.
    pub(crate) fn hit(&self, word: &Word) -> Hit {
        Hit { texts: self.dictionary.with(&word.sense) }
    }

    /// Whether a row that holds has the word.
    pub(crate) fn is_live(&self, hit: &Hit, is_live: impl Fn(Slot) -> bool) -> bool {
        let tuples = hit.texts.iter().flat_map(|text| self.by_text.get(*text));
        tuples.flat_map(|tuple| self.by_tuple.get(*tuple)).any(|slot| is_live(*slot))
    }

    /// The word it costs least to begin with, and that cost: to how many tuples its texts lead. What is dearer than one that is
    /// known is not counted to its end: a common word stands in tens of thousands of texts.
    fn rarest(&self, hits: &[Hit]) -> Option<(usize, u64)> {
        let mut order: Vec<usize> = (0..hits.len()).collect();
        order.sort_by_key(|at| hits[*at].texts.len());
        let mut best: Option<(usize, u64)> = None;
        for at in order {
            let most = best.map_or(u64::MAX, |(_, cost)| cost);
            let mut cost = 0;
            for text in &hits[at].texts {
                cost += u64::from(self.by_text.len(*text));
                if cost >= most {
                    break;
                }
            }
            if cost < most {
                best = Some((at, cost));
            }
        }
        best
    }

    /// The tuples that have all words, each in some column.
    pub(crate) fn matching(&self, hits: &[Hit]) -> Matching {
        /// Tuples are listed up to so many; more are marked, which is quicker to look at for every row of a long annex.
        const LISTED: u64 = 64;
        let Some((first, cost)) = self.rarest(hits) else { return Matching::All };
        let rarest = &hits[first];
        // Of the other words only the texts are marked: a tuple's texts are looked at, not the tuples of a common word.
        let others: Vec<Bits> = hits
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != first)
            .map(|(_, hit)| {
                let mut bits = Bits::new(self.dictionary.len());
                hit.texts.iter().for_each(|text| bits.set(*text));
                bits
            })
            .collect();
        let has_all = |tuple: &Tuple| {
            let texts = self.texts_of(*tuple);
            others.iter().all(|bits| texts.iter().any(|text| bits.has(*text)))
        };
        let tuples = rarest.texts.iter().flat_map(|text| self.by_text.get(*text)).copied().filter(has_all);
        if cost <= LISTED {
            let mut few: Vec<Tuple> = tuples.collect();
            few.sort_unstable();
            few.dedup();
            return Matching::Few(few);
        }
        let mut many = Bits::new(self.len_tuples());
        tuples.for_each(|tuple| many.set(tuple));
        Matching::Many(many)
    }

    /// Gives the owners of the rows that answer, each time with how many more; also those whose rows hold no more.
    pub(crate) fn count(&self, matching: &Matching, mut more: impl FnMut(Slot, u32)) {
        let mut one = |slot| more(slot, 1);
        match matching {
            Matching::All => self.place.iter().for_each(|(slot, at)| more(*slot, self.rows.len(*at))),
            Matching::Few(tuples) => self.by_tuple.each_of(tuples, one),
            Matching::Many(bits) => bits.each_some(|tuples| self.by_tuple.each_of(tuples, &mut one)),
        }
    }

    /// The rows of an owner in their order, as tuples.
    pub(crate) fn rows_of(&self, slot: Slot) -> &[Tuple] {
        match self.place.binary_search_by_key(&slot, |(slot, _)| *slot) {
            Ok(at) => self.rows.get(self.place[at].1),
            Err(_) => &[],
        }
    }

    /// The texts of a tuple, as they came.
    pub(crate) fn shown(&self, tuple: Tuple) -> impl Iterator<Item = &str> {
        self.texts_of(tuple).iter().map(|text| self.dictionary.text(*text))
    }

    fn texts_of(&self, tuple: Tuple) -> &[TextId] {
        &self.tuples[tuple as usize * self.width..(tuple as usize + 1) * self.width]
    }

    /// The owners whose rows stand here, live or not.
    pub(crate) fn owners(&self) -> impl Iterator<Item = Slot> {
        self.place.iter().map(|(slot, _)| *slot)
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// How often the texts stand in rows: what a word with them would find, about.
    pub(crate) fn weight(&self, text: TextId) -> u64 {
        let tuples = self.by_text.get(text).iter();
        tuples.map(|tuple| u64::from(self.by_tuple.len(*tuple))).sum()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.numbers.len()
    }

    pub(crate) fn len_tuples(&self) -> usize {
        self.tuples.len() / self.width
    }

    /// Bytes it takes, about.
    pub(crate) fn size(&self) -> usize {
        self.dictionary.size()
            + self.tuples.capacity() * 4
            + self.by_text.size()
            + self.by_tuple.size()
            + self.place.capacity() * 8
            + self.rows.size()
    }
}
