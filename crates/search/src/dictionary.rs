//! The distinct texts of a segment, each once, and which of them have a word.

use crate::fold::{fold, is_ideograph};
use crate::pinyin::{Spoken, parts, readings};
use crate::postings::{Gathering, Postings};
use crate::word::{Sense, find, standard_keys};
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// Number of a text. 0 is the empty one, which no word is in.
pub(crate) type TextId = u32;

/// Texts laid end to end.
#[derive(Default)]
struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).expect("an index of less than 4 GB of texts"));
    }

    fn get(&self, id: TextId) -> &str {
        let start = (id as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start as usize..self.ends[id as usize] as usize]
    }
}

/// A dictionary being made.
pub(crate) struct Collecting {
    texts: Texts,
    known: HashTable<TextId>,
}

impl Collecting {
    pub(crate) fn new() -> Collecting {
        let mut texts = Texts::default();
        texts.push("");
        Collecting { texts, known: HashTable::new() }
    }

    /// The number of a text, given when it first comes.
    pub(crate) fn number(&mut self, text: &str) -> TextId {
        if text.is_empty() {
            return 0;
        }
        let hash = |text: &str| FxBuildHasher.hash_one(text);
        let texts = &mut self.texts;
        if let Some(id) = self.known.find(hash(text), |id| texts.get(*id) == text) {
            return *id;
        }
        let id = TextId::try_from(texts.ends.len()).expect("fewer than 4,000 million texts");
        texts.push(text);
        self.known.insert_unique(hash(text), id, |id| hash(texts.get(*id)));
        id
    }

    pub(crate) fn done(self) -> Dictionary {
        // Folded texts are kept only where they differ.
        let mut folded = Texts::default();
        let mut gathered = Gathered::new();
        for id in 0..self.texts.ends.len() as u32 {
            let text = self.texts.get(id);
            let fold = fold(text);
            gathered.take(id, text, &fold);
            folded.push(if fold == text { "" } else { &fold });
        }
        let Collecting { mut texts, .. } = self;
        texts.all.shrink_to_fit();
        folded.all.shrink_to_fit();
        Dictionary {
            texts,
            folded,
            grams: gathered.grams.done(),
            standards: gathered.standards.done(),
            syllables: gathered.syllables.done(),
            initials: gathered.initials.done(),
        }
    }
}

/// One or two characters that follow each other; `\0` behind one that stands for itself.
type Gram = (char, char);

struct Gathered {
    grams: Gathering<Gram>,
    standards: Gathering<Box<str>>,
    syllables: Gathering<&'static str>,
    initials: Gathering<[u8; 2]>,
}

impl Gathered {
    fn new() -> Gathered {
        Gathered {
            grams: Gathering::new(),
            standards: Gathering::new(),
            syllables: Gathering::new(),
            initials: Gathering::new(),
        }
    }

    fn take(&mut self, id: TextId, text: &str, folded: &str) {
        let mut before = None;
        for c in folded.chars() {
            self.grams.add((c, '\0'), id);
            if let Some(before) = before {
                self.grams.add((before, c), id);
            }
            if is_ideograph(c) {
                readings(c).for_each(|reading| self.syllables.add(reading, id));
                for first in before.into_iter().flat_map(readings) {
                    for second in readings(c) {
                        self.initials.add([first.as_bytes()[0], second.as_bytes()[0]], id);
                    }
                }
            }
            before = Some(c);
        }
        standard_keys(text).into_iter().for_each(|key| self.standards.add(key.into(), id));
    }
}

/// The grams of a folded word: its pairs, or itself if it is one character.
fn grams(word: &str) -> Vec<Gram> {
    let chars: Vec<char> = word.chars().collect();
    match chars.as_slice() {
        [one] => vec![(*one, '\0')],
        more => more.windows(2).map(|pair| (pair[0], pair[1])).collect(),
    }
}

/// The texts, and lists by what is in them.
pub(crate) struct Dictionary {
    texts: Texts,
    folded: Texts,
    grams: Postings<Gram>,
    standards: Postings<Box<str>>,
    syllables: Postings<&'static str>,
    initials: Postings<[u8; 2]>,
}

impl Dictionary {
    /// How many texts there are, the empty one included.
    pub(crate) fn len(&self) -> usize {
        self.texts.ends.len()
    }

    /// A text as it came.
    pub(crate) fn text(&self, id: TextId) -> &str {
        self.texts.get(id)
    }

    /// A text as it is compared.
    pub(crate) fn folded(&self, id: TextId) -> &str {
        match self.folded.get(id) {
            "" => self.texts.get(id),
            folded => folded,
        }
    }

    /// The texts that have a word, ascending: those of [`crate::Word::is_in`].
    pub(crate) fn with(&self, sense: &Sense) -> Vec<TextId> {
        match sense {
            Sense::Text(word) => self.with_text(word),
            Sense::Standard { key, .. } => self.standards.of(&key.as_str().into()).collect(),
            Sense::Spoken(spoken) => self.with_spoken(spoken),
        }
    }

    fn with_text(&self, word: &str) -> Vec<TextId> {
        let mut grams = grams(word);
        grams.sort_by_key(|gram| self.grams.count(gram));
        let Some(rarest) = grams.first() else { return Vec::new() };
        // One character or two are the list itself, if they need not stand alone.
        let whole = grams.len() == 1 && word.chars().all(is_ideograph);
        if whole {
            return self.grams.of(rarest).collect();
        }
        let candidates: Vec<TextId> = match grams.get(1) {
            Some(next) => self.both(rarest, next),
            None => self.grams.of(rarest).collect(),
        };
        candidates.into_iter().filter(|id| find(self.folded(*id), word).is_some()).collect()
    }

    /// The texts in which one character follows another.
    pub(crate) fn with_pair(&self, first: char, second: char) -> impl Iterator<Item = TextId> {
        self.grams.of(&(first, second))
    }

    /// The texts with both of two grams.
    fn both(&self, a: &Gram, b: &Gram) -> Vec<TextId> {
        let mut others = self.grams.of(b).peekable();
        self.grams
            .of(a)
            .filter(|id| {
                while others.peek().is_some_and(|other| other < id) {
                    others.next();
                }
                others.peek() == Some(id)
            })
            .collect()
    }

    fn with_spoken(&self, spoken: &Spoken) -> Vec<TextId> {
        let mut candidates: Vec<TextId> = match spoken {
            Spoken::Initials(word) => {
                let pairs = word.as_bytes().windows(2).map(|pair| [pair[0], pair[1]]);
                let rarest = pairs.min_by_key(|pair| self.initials.count(pair));
                rarest.into_iter().flat_map(|pair| self.initials.of(&pair)).collect()
            }
            Spoken::Syllables(word) => {
                let syllables: &Postings<&str> = &self.syllables;
                let rarest = |way: Vec<_>| way.into_iter().min_by_key(|it| syllables.count(it));
                let rarest = parts(word).into_iter().filter_map(rarest);
                rarest.flat_map(|syllable| syllables.of(&syllable)).collect()
            }
        };
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|id| spoken.find(self.folded(*id)).is_some());
        candidates
    }

    /// Bytes it takes, about.
    pub(crate) fn size(&self) -> usize {
        let texts = |it: &Texts| it.all.capacity() + it.ends.capacity() * 4;
        texts(&self.texts)
            + texts(&self.folded)
            + self.grams.size()
            + self.standards.size()
            + self.syllables.size()
            + self.initials.size()
    }
}
