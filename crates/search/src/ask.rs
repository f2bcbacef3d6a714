//! Asking: from words to certificates, to bodies, to a page of them with the rows that answer.

use crate::entry::{AsOf, BodyEntry, CertificateEntry, Subject};
use crate::facet::{Facet, Filter, Sieve};
use crate::fold::fold;
use crate::index::Index;
use crate::near::{Near, Newer, near, newer};
use crate::segment::{Hit, Matching, Slot};
use crate::word::{Sense, Word};
use domain::Day;
use std::cmp::Reverse;

/// Rows shown of a certificate.
const SHOWN: usize = 3;

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Whose rows are counted and shown.
    pub subject: Subject,
    /// All of them stand in one row of the subject. With none, every row answers.
    pub words: Vec<Word>,
    /// What must hold of the same certificate besides: of other subjects, words that stand in one row of it.
    pub also: Vec<(Subject, Vec<Word>)>,
    /// How the number of the certificate begins; empty: anyhow.
    pub number: String,
    /// What the answer is narrowed to.
    pub filter: Filter,
    /// The order of the bodies.
    pub sort: Sort,
    /// Which of them.
    pub page: Page,
    /// The day on which statuses are told.
    pub today: Day,
}

/// Bodies of an answer from `skip` on.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Bodies before the page.
    pub skip: usize,
    /// Bodies on it.
    pub take: usize,
}

/// The order of bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Whose name was asked for first; then by rows that answer.
    #[default]
    Fit,
    /// Who ends first.
    Expiry,
    /// Who began last.
    Newest,
}

/// The answer, exact.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the index had seen.
    pub as_of: AsOf,
    /// Bodies with a certificate that answers.
    pub bodies: u64,
    /// Certificates with a row that answers.
    pub certificates: u64,
    /// Rows that answer.
    pub rows: u64,
    /// A page of bodies.
    pub hits: Vec<BodyHit>,
    /// How many bodies there are of what else could be picked.
    pub facets: Vec<Facet>,
    /// What became of each word.
    pub words: Vec<WordNote>,
}

/// What became of a word.
#[derive(Clone, Debug)]
pub struct WordNote {
    /// The word, in the sense in which it was looked for: one that stands nowhere as it was typed is taken as pinyin.
    pub word: Word,
    /// Whether any row has it.
    pub found: bool,
    /// Nearly the same words, where it was not found; see [`Index::hint`].
    pub near: Vec<Near>,
    /// Later editions of the standard it names; see [`Index::hint`].
    pub newer: Vec<Newer>,
}

/// A body that answers.
#[derive(Clone, Debug)]
pub struct BodyHit {
    /// The body.
    pub body: BodyEntry,
    /// Its rows that answer.
    pub rows: u64,
    /// Its certificates that answer.
    pub certificates: Vec<CertificateHit>,
}

/// A certificate that answers.
#[derive(Clone, Debug)]
pub struct CertificateHit {
    /// The certificate.
    pub certificate: CertificateEntry,
    /// Its rows that answer.
    pub rows: u64,
    /// The first of them; none of the subject body.
    pub shown: Vec<RowHit>,
}

/// A row that answers, in the columns of its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowHit(pub Vec<String>);

/// Where the words of one subject were found: by segment.
struct Found {
    words: Vec<Word>,
    /// Whether each word was found.
    found: Vec<bool>,
    matching: Vec<Matching>,
}

impl Index {
    /// Answers a question.
    pub fn ask(&self, ask: &Ask) -> Answer {
        let found = self.find(ask.subject, &ask.words);
        let rows = self.rows(ask, &found);
        let mut sieve = Sieve::new(&ask.filter, ask.today);
        let (mut certificates, mut total) = (0, 0);
        let (mut groups, mut slots): (Vec<Group>, Vec<(Slot, u32)>) = Default::default();
        let register = &*self.register;
        for slot in &register.by_body {
            let n = rows[*slot as usize];
            if n == 0 {
                continue;
            }
            let certificate = &register.certificates[*slot as usize];
            let body = register.body_of[*slot as usize];
            let place = &register.bodies[body as usize].place;
            if !sieve.take(certificate, &register.fixed[*slot as usize], place, body) {
                continue;
            }
            certificates += 1;
            total += u64::from(n);
            match groups.last_mut().filter(|group| group.body == body) {
                Some(group) => group.join(n, certificate),
                None => groups.push(Group::new(body, slots.len(), n, certificate)),
            }
            slots.push((*slot, n));
        }
        let bodies = groups.len() as u64;
        let page = self.page(ask, groups, &slots);
        let hits = page.into_iter().map(|group| self.hit(ask, &found, &group, &slots)).collect();
        Answer {
            as_of: self.as_of(),
            bodies,
            certificates,
            rows: total,
            hits,
            facets: sieve.facets(),
            words: found.notes(),
        }
    }

    /// The certificates of an answer, all of them, in the order of their bodies: for exports.
    pub fn each(&self, ask: &Ask, mut take: impl FnMut(&BodyEntry, &CertificateEntry, u64)) {
        let found = self.find(ask.subject, &ask.words);
        let rows = self.rows(ask, &found);
        let mut sieve = Sieve::new(&ask.filter, ask.today);
        let register = &*self.register;
        for slot in register.by_body.iter().filter(|slot| rows[**slot as usize] > 0) {
            let certificate = &register.certificates[*slot as usize];
            let body_slot = register.body_of[*slot as usize];
            let body = &register.bodies[body_slot as usize];
            if sieve.take(certificate, &register.fixed[*slot as usize], &body.place, body_slot) {
                take(&body.entry, certificate, u64::from(rows[*slot as usize]));
            }
        }
    }

    /// The words, in the sense in which they stand in the subject's rows, and the rows that have them all.
    fn find(&self, subject: Subject, words: &[Word]) -> Found {
        let table = &self.tables[subject as usize];
        let hits_of = |word: &Word| -> Vec<Hit> { table.segments().map(|(it, _)| it.hit(word)).collect() };
        let none = |hits: &[Hit]| {
            let mut all = table.segments().zip(hits);
            !all.any(|((segment, is_live), hit)| segment.is_live(hit, is_live))
        };
        let mut by_segment: Vec<Vec<Hit>> = table.segments().map(|_| Vec::new()).collect();
        let mut out = Found { words: Vec::new(), found: Vec::new(), matching: Vec::new() };
        for word in words {
            let (mut word, mut hits) = (word.clone(), hits_of(word));
            if none(&hits) {
                let spoken = word.spoken().map(|spoken| (hits_of(&spoken), spoken));
                if let Some((heard, spoken)) = spoken.filter(|(heard, _)| !none(heard)) {
                    (word, hits) = (spoken, heard);
                }
            }
            out.found.push(!none(&hits));
            out.words.push(word);
            by_segment.iter_mut().zip(hits).for_each(|(of, hit)| of.push(hit));
        }
        out.matching = table.segments().zip(&by_segment).map(|((it, _), hits)| it.matching(hits)).collect();
        out
    }

    /// Rows that answer, by certificate.
    fn rows(&self, ask: &Ask, found: &Found) -> Vec<u32> {
        let mut rows = self.count(ask.subject, found);
        for (subject, words) in &ask.also {
            let other = self.count(*subject, &self.find(*subject, words));
            rows.iter_mut().zip(other).filter(|(_, other)| *other == 0).for_each(|(rows, _)| *rows = 0);
        }
        if !ask.number.is_empty() {
            let mut named = vec![0; rows.len()];
            let slots = self.register.numbered(&ask.number);
            slots.for_each(|slot| named[slot as usize] = rows[slot as usize]);
            return named;
        }
        rows
    }

    fn count(&self, subject: Subject, found: &Found) -> Vec<u32> {
        let register = &*self.register;
        let owners = match subject {
            Subject::Body => register.bodies.len(),
            _ => register.certificates.len(),
        };
        let mut rows = vec![0; owners];
        let table = &self.tables[subject as usize];
        for ((segment, is_live), matching) in table.segments().zip(&found.matching) {
            segment.count(matching, &mut rows, is_live);
        }
        match subject {
            Subject::Body => register.body_of.iter().map(|body| rows[*body as usize]).collect(),
            _ => rows,
        }
    }

    /// The bodies of the page, in their order.
    fn page(&self, ask: &Ask, mut groups: Vec<Group>, slots: &[(Slot, u32)]) -> Vec<Group> {
        let name: String = match ask.subject {
            Subject::Body => ask
                .words
                .iter()
                .filter_map(|word| match &word.sense {
                    Sense::Text(text) => Some(text.as_str()),
                    Sense::Standard { .. } | Sense::Spoken(_) => None,
                })
                .collect(),
            _ => String::new(),
        };
        let fit = |group: &Group| {
            if name.is_empty() {
                return 0;
            }
            let body = &self.register.bodies[group.body as usize];
            let whole = body.name == name || fold(&body.entry.other_name) == name;
            if whole { 2 } else { u8::from(body.name.starts_with(&name)) }
        };
        // Bodies stand in the order of their keys as far as they were there from the start.
        let key = |group: &Group| {
            let order = match ask.sort {
                Sort::Fit => (Reverse(fit(group)), -i64::from(group.stands), Reverse(group.rows)),
                Sort::Expiry => (Reverse(0), i64::from(group.ends.number()), Reverse(group.rows)),
                Sort::Newest => (Reverse(0), -i64::from(group.began.number()), Reverse(group.rows)),
            };
            (order, group.body)
        };
        let by_name = ask.subject == Subject::Body && ask.sort == Sort::Fit;
        for group in groups.iter_mut().filter(|_| by_name) {
            let certificates = &self.register.certificates;
            let valid =
                |slot: &Slot| certificates[*slot as usize].word(ask.today) == domain::VerdictWord::Valid;
            group.stands =
                ask.subject == Subject::Body && group.of(slots).iter().any(|(slot, _)| valid(slot));
        }
        let end = (ask.page.skip + ask.page.take).min(groups.len());
        if end < groups.len() {
            groups.select_nth_unstable_by_key(end, key);
            groups.truncate(end);
        }
        groups.sort_unstable_by_key(key);
        groups.into_iter().skip(ask.page.skip).collect()
    }

    fn hit(&self, ask: &Ask, found: &Found, group: &Group, slots: &[(Slot, u32)]) -> BodyHit {
        let register = &*self.register;
        let certificate = |(slot, rows): &(Slot, u32)| CertificateHit {
            certificate: register.certificates[*slot as usize].clone(),
            rows: u64::from(*rows),
            shown: self.shown(ask.subject, found, *slot, *rows),
        };
        BodyHit {
            body: register.bodies[group.body as usize].entry.clone(),
            rows: group.rows,
            certificates: group.of(slots).iter().map(certificate).collect(),
        }
    }

    /// The first rows of a certificate that answer.
    fn shown(&self, subject: Subject, found: &Found, slot: Slot, rows: u32) -> Vec<RowHit> {
        let table = &self.tables[subject as usize];
        if subject == Subject::Body || found.words.is_empty() {
            return Vec::new();
        }
        let Some((at, segment)) = table.place_of(slot) else { return Vec::new() };
        let answers = segment.rows_of(slot).iter().filter(|tuple| found.matching[at].has(**tuple));
        let row = |tuple: &u32| RowHit(segment.shown(*tuple).map(str::to_owned).collect());
        // Who has one is not looked through to the end for another.
        answers.take(SHOWN.min(rows as usize)).map(row).collect()
    }

    /// Fills in what is offered for words: near ones where they were not found, later editions of standards. Dearer than the
    /// answer itself, so asked for only where it is shown.
    pub fn hint(&self, subject: Subject, notes: &mut [WordNote]) {
        let table = &self.tables[subject as usize];
        for note in notes {
            if !note.found {
                note.near = near(table, &note.word);
            }
            note.newer = newer(table, &note.word);
        }
    }
}

impl Found {
    fn notes(self) -> Vec<WordNote> {
        let note = |(word, found)| WordNote { word, found, near: Vec::new(), newer: Vec::new() };
        self.words.into_iter().zip(self.found).map(note).collect()
    }
}

/// A body of an answer, and where its certificates stand among those that answer.
struct Group {
    body: Slot,
    first: usize,
    len: usize,
    rows: u64,
    ends: Day,
    began: Day,
    /// Whether one of them is valid, where that goes before rows.
    stands: bool,
}

impl Group {
    fn new(body: Slot, first: usize, rows: u32, of: &CertificateEntry) -> Group {
        let (ends, began) = (of.valid_to, of.valid_from);
        Group { body, first, len: 1, rows: u64::from(rows), ends, began, stands: false }
    }

    fn join(&mut self, rows: u32, of: &CertificateEntry) {
        self.len += 1;
        self.rows += u64::from(rows);
        self.ends = self.ends.min(of.valid_to);
        self.began = self.began.max(of.valid_from);
    }

    fn of<'s>(&self, slots: &'s [(Slot, u32)]) -> &'s [(Slot, u32)] {
        &slots[self.first..self.first + self.len]
    }
}
