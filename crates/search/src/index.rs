//! The index as it stands at a position, and the next one.

use crate::entry::{AsOf, BodyEntry, CertificateEntry, Rows, Subject};
use crate::facet::{Fixed, Place};
use crate::fold::fold;
use crate::segment::{Gatherer, Slot};
use crate::table::Table;
use domain::{BodyId, CertificateId, Uscc};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// All that can be searched, as it stood at a position.
#[derive(Clone)]
pub struct Index {
    as_of: AsOf,
    pub(crate) register: Arc<Register>,
    pub(crate) tables: [Table; 5],
}

/// What happened since: of each body and certificate how it is now, once.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Bodies that are new or other.
    pub bodies: Vec<BodyEntry>,
    /// Certificates that are new or other; with their rows where these may be other.
    pub certificates: Vec<(CertificateEntry, Option<Rows>)>,
}

/// What an index holds of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The subject.
    pub subject: Subject,
    /// Rows that are found.
    pub rows: usize,
    /// Distinct rows.
    pub tuples: usize,
    /// Distinct texts.
    pub texts: usize,
    /// Bytes, about.
    pub bytes: usize,
}

/// Bodies and certificates. Copied for each change, so what is large in it is shared.
#[derive(Clone, Default)]
pub(crate) struct Register {
    pub(crate) bodies: Vec<Arc<Body>>,
    pub(crate) certificates: Vec<Arc<CertificateEntry>>,
    /// The slot of the body of each certificate.
    body_of: Vec<Slot>,
    body_slots: FxHashMap<BodyId, Slot>,
    slots: FxHashMap<CertificateId, Slot>,
    /// Certificates in the order of their bodies, so that those of one stand together.
    pub(crate) by_body: Vec<Fixed>,
    /// Where those of each body begin there.
    starts: Vec<u32>,
    /// Where each certificate stands there.
    place_of: Vec<u32>,
    /// Certificates by their numbers, folded.
    numbers: Vec<(Arc<str>, Slot)>,
    /// Bodies by their own codes and those of their legal persons.
    codes: Vec<(Uscc, Slot)>,
}

/// A body, and its name as it is compared.
pub(crate) struct Body {
    pub(crate) entry: BodyEntry,
    pub(crate) name: String,
    place: Place,
}

impl Register {
    pub(crate) fn put_body(&mut self, entry: BodyEntry) -> Slot {
        let next = self.bodies.len() as Slot;
        let slot = *self.body_slots.entry(entry.id).or_insert(next);
        let before = self.bodies.get(slot as usize).map(|body| body.entry.codes().collect::<Vec<_>>());
        let same = before.as_ref().is_some_and(|before| before.iter().copied().eq(entry.codes()));
        if !same {
            if before.is_some_and(|before| !before.is_empty()) {
                self.codes.retain(|(_, of)| *of != slot);
            }
            self.codes.extend(entry.codes().map(|code| (code, slot)));
        }
        let body = Arc::new(Body { name: fold(&entry.name), place: Place::of(&entry), entry });
        match self.bodies.get_mut(slot as usize) {
            Some(known) => *known = body,
            None => self.bodies.push(body),
        }
        slot
    }

    /// `None` if its body is not there.
    pub(crate) fn put_certificate(&mut self, entry: CertificateEntry) -> Option<Slot> {
        let body = self.body_slot(entry.body)?;
        let next = self.certificates.len() as Slot;
        let slot = *self.slots.entry(entry.id).or_insert(next);
        if slot == next {
            self.numbers.push((fold(entry.number.as_str()).into(), slot));
            self.certificates.push(Arc::new(entry));
            self.body_of.push(body);
        } else {
            self.certificates[slot as usize] = Arc::new(entry);
            self.body_of[slot as usize] = body;
        }
        Some(slot)
    }

    /// With its orders made anew.
    pub(crate) fn settled(mut self) -> Register {
        let mut starts = vec![0u32; self.bodies.len() + 1];
        self.body_of.iter().for_each(|body| starts[*body as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut next = starts.clone();
        self.place_of.clear();
        self.place_of.extend(self.body_of.iter().map(|body| {
            let at = &mut next[*body as usize];
            *at += 1;
            *at - 1
        }));
        let fixed = |slot: Slot| {
            let body = self.body_of[slot as usize];
            let place = self.bodies[body as usize].place;
            Fixed::of(slot, body, place, &self.certificates[slot as usize])
        };
        let mut order = vec![0; self.place_of.len()];
        (0..).zip(&self.place_of).for_each(|(slot, at)| order[*at as usize] = slot);
        self.by_body = order.into_iter().map(fixed).collect();
        self.starts = starts;
        // Stable sorts: all but the last few stand in order already.
        self.numbers.sort();
        self.codes.sort();
        self
    }

    pub(crate) fn slot(&self, id: CertificateId) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    pub(crate) fn body_slot(&self, id: BodyId) -> Option<Slot> {
        self.body_slots.get(&id).copied()
    }

    /// Where a certificate stands among those in the order of their bodies.
    pub(crate) fn place(&self, slot: Slot) -> u32 {
        self.place_of[slot as usize]
    }

    /// The certificates of a body.
    pub(crate) fn of_body(&self, body: Slot) -> &[Fixed] {
        let body = body as usize;
        &self.by_body[self.starts[body] as usize..self.starts[body + 1] as usize]
    }

    /// The bodies with a code, their own or that of their legal person.
    pub(crate) fn with_code(&self, code: Uscc) -> impl Iterator<Item = Slot> {
        let from = self.codes.partition_point(|(known, _)| *known < code);
        self.codes[from..].iter().take_while(move |(known, _)| *known == code).map(|(_, slot)| *slot)
    }

    /// The certificates whose numbers begin so.
    pub(crate) fn numbered(&self, begin: &str) -> impl Iterator<Item = Slot> {
        let begin = fold(begin);
        let from = self.numbers.partition_point(|(number, _)| **number < *begin);
        let fits = move |(number, _): &&(Arc<str>, Slot)| number.starts_with(&*begin);
        self.numbers[from..].iter().take_while(fits).map(|(_, slot)| *slot)
    }
}

impl Index {
    pub(crate) fn of(as_of: AsOf, register: Register, tables: [Table; 5]) -> Index {
        Index { as_of, register: Arc::new(register), tables }
    }

    /// What it has seen.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// The edition of a certificate whose rows it holds.
    pub fn edition_of(&self, id: CertificateId) -> Option<u32> {
        let slot = self.register.slot(id)?;
        Some(self.register.certificates[slot as usize].edition)
    }

    /// A body.
    pub fn body(&self, id: BodyId) -> Option<&BodyEntry> {
        let slot = self.register.body_slot(id)?;
        Some(&self.register.bodies[slot as usize].entry)
    }

    /// Bodies and certificates it knows.
    pub fn counts(&self) -> (usize, usize) {
        (self.register.bodies.len(), self.register.certificates.len())
    }

    /// What it holds, by subject.
    pub fn sizes(&self) -> [Size; 5] {
        Subject::ALL.map(|subject| {
            let table = &self.tables[subject as usize];
            let (tuples, texts, bytes) = table.sizes();
            Size { subject, rows: table.live(), tuples, texts, bytes }
        })
    }

    /// Whether so much has changed since it was made that it should be made anew.
    pub fn is_aged(&self) -> bool {
        self.tables.iter().any(Table::is_aged)
    }

    /// The index after changes, which are all that happened up to `as_of`. This one stays as it is.
    pub fn follow(&self, changes: Changes, as_of: AsOf) -> Index {
        let mut register = (*self.register).clone();
        let mut rows = Subject::ALL.map(|subject| Gatherer::new(subject.columns().len()));
        for body in changes.bodies {
            let texts = body.texts();
            let of = &mut rows[Subject::Body as usize];
            of.owner(register.put_body(body));
            of.row_of(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        }
        for (certificate, its) in changes.certificates {
            let Some(slot) = register.put_certificate(certificate) else { continue };
            let Some(its) = its else { continue };
            let [_, capabilities, instruments, signatories, staff] = &mut rows;
            put(capabilities, slot, &its.capabilities);
            put(instruments, slot, &its.instruments);
            put(signatories, slot, &its.signatories);
            put(staff, slot, &its.staff);
        }
        let register = register.settled();
        let (bodies, certificates) = (register.bodies.len(), register.certificates.len());
        let mut rows = rows.into_iter();
        let tables = std::array::from_fn(|at| {
            let slots = if at == Subject::Body as usize { bodies } else { certificates };
            let rows = rows.next().expect("one for each subject");
            self.tables[at].with(rows.done(), slots)
        });
        Index::of(as_of, register, tables)
    }
}

fn put<const N: usize>(gatherer: &mut Gatherer, slot: Slot, rows: &[[String; N]]) {
    gatherer.owner(slot);
    rows.iter().for_each(|row| gatherer.row_of(&row.each_ref().map(String::as_str)));
}
