//! Asking: from words to certificates, to bodies, to a page of them with the rows that answer.

use crate::entry::{AsOf, BodyEntry, CertificateEntry, Subject};
use crate::facet::{Facet, Filter, Fixed, Sieve};
use crate::fold::fold;
use crate::index::Index;
use crate::near::{Near, Newer, near, newer};
use crate::segment::{Hit, Matching, Slot};
use crate::sight::Seeing;
use crate::table::Table;
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

/// A certificate of an answer.
pub struct Each<'i> {
    /// Its body.
    pub body: &'i BodyEntry,
    /// The certificate.
    pub certificate: &'i CertificateEntry,
    /// Its rows that answer.
    pub rows: u64,
    subject: Subject,
    table: &'i Table,
    found: &'i Found,
    slot: Slot,
}

impl Each<'_> {
    /// Its rows that answer, in their order and in the columns of the subject; of the subject body its own one.
    pub fn each_row(&self, mut take: impl FnMut(&[&str])) {
        if self.subject == Subject::Body {
            let texts = self.body.texts();
            return take(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let Some((at, segment)) = self.table.place_of(self.slot) else { return };
        for tuple in segment.rows_of(self.slot).iter().filter(|tuple| self.found.matching[at].has(**tuple)) {
            let texts: Vec<&str> = segment.shown(*tuple).collect();
            take(&texts);
        }
    }
}

/// Where the words of one subject were found: by segment.
pub(crate) struct Found {
    pub(crate) words: Vec<Word>,
    /// Whether each word was found.
    found: Vec<bool>,
    pub(crate) matching: Vec<Matching>,
}

impl Index {
    /// Answers a question.
    pub fn ask(&self, ask: &Ask) -> Answer {
        let found = self.find(ask.subject, &ask.words);
        let rows = self.rows(ask, &found);
        let register = &*self.register;
        let mut sieve = Sieve::new(&ask.filter, ask.today);
        let mut seeing = Seeing::new(register, ask.filter.reader.as_ref(), ask.today);
        let mut total = 0;
        let (mut groups, mut slots): (Vec<Group>, Vec<(Slot, u32)>) = Default::default();
        rows.each(register, |it, n| {
            if !sieve.take(it, &mut seeing) {
                return;
            }
            total += u64::from(n);
            match groups.last_mut().filter(|group| group.body == it.body) {
                Some(group) => group.join(n, it),
                None => groups.push(Group::new(slots.len(), n, it)),
            }
            slots.push((it.slot, n));
        });
        let certificates = slots.len() as u64;
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

    /// All certificates of an answer in the order of their bodies, until `take` says that it is enough: for exports.
    pub fn each(&self, ask: &Ask, mut take: impl FnMut(Each<'_>) -> bool) {
        let found = self.find(ask.subject, &ask.words);
        let rows = self.rows(ask, &found);
        let register = &*self.register;
        let mut sieve = Sieve::new(&ask.filter, ask.today);
        let mut seeing = Seeing::new(register, ask.filter.reader.as_ref(), ask.today);
        let mut more = true;
        rows.each(register, |it, n| {
            if more && sieve.take(it, &mut seeing) {
                more = take(Each {
                    body: &register.bodies[it.body as usize].entry,
                    certificate: &register.certificates[it.slot as usize],
                    rows: u64::from(n),
                    subject: ask.subject,
                    table: &self.tables[ask.subject as usize],
                    found: &found,
                    slot: it.slot,
                });
            }
        });
    }

    /// The words, in the sense in which they stand in the subject's rows, and the rows that have them all.
    pub(crate) fn find(&self, subject: Subject, words: &[Word]) -> Found {
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
            let fixed = |slot: Slot| &self.register.by_body[self.register.place(slot) as usize];
            let valid = |slot: &Slot| fixed(*slot).word(ask.today) == domain::VerdictWord::Valid;
            group.stands = group.of(slots).iter().any(|(slot, _)| valid(slot));
        }
        // Keys are made once each: to choose the few of the page, all are compared several times.
        let mut order: Vec<_> = groups.iter().map(key).zip(0..groups.len()).collect();
        let end = (ask.page.skip + ask.page.take).min(order.len());
        if end < order.len() {
            order.select_nth_unstable(end);
            order.truncate(end);
        }
        order.sort_unstable();
        order.into_iter().skip(ask.page.skip).map(|(_, at)| groups[at]).collect()
    }

    fn hit(&self, ask: &Ask, found: &Found, group: &Group, slots: &[(Slot, u32)]) -> BodyHit {
        let register = &*self.register;
        let certificate = |(slot, rows): &(Slot, u32)| CertificateHit {
            certificate: register.certificates[*slot as usize].as_ref().clone(),
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
#[derive(Clone, Copy)]
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
    fn new(first: usize, rows: u32, of: &Fixed) -> Group {
        let (body, ends, began) = (of.body, of.valid_to, of.valid_from);
        Group { body, first, len: 1, rows: u64::from(rows), ends, began, stands: false }
    }

    fn join(&mut self, rows: u32, of: &Fixed) {
        self.len += 1;
        self.rows += u64::from(rows);
        self.ends = self.ends.min(of.valid_to);
        self.began = self.began.max(of.valid_from);
    }

    fn of<'s>(&self, slots: &'s [(Slot, u32)]) -> &'s [(Slot, u32)] {
        &slots[self.first..self.first + self.len]
    }
}
