//! The index as it stands at a position, and the next one.

use crate::entry::{AsOf, BodyEntry, CertificateEntry, Rows, Subject};
use crate::facet::{Fixed, Place};
use crate::fold::fold;
use crate::segment::{Gatherer, Slot};
use crate::table::Table;
use domain::{BodyId, CertificateId};
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

/// Bodies and certificates.
#[derive(Clone, Default)]
pub(crate) struct Register {
    pub(crate) bodies: Vec<Arc<Body>>,
    pub(crate) certificates: Vec<CertificateEntry>,
    /// What each certificate is sifted by.
    pub(crate) fixed: Vec<Fixed>,
    /// The slot of the body of each certificate.
    pub(crate) body_of: Vec<Slot>,
    body_slots: FxHashMap<BodyId, Slot>,
    slots: FxHashMap<CertificateId, Slot>,
    /// Certificates in the order of their bodies, so that those of one stand together.
    pub(crate) by_body: Vec<Slot>,
    /// Certificates by their numbers, folded.
    numbers: Vec<(Box<str>, Slot)>,
}

/// A body, and its name as it is compared.
pub(crate) struct Body {
    pub(crate) entry: BodyEntry,
    pub(crate) name: String,
    pub(crate) place: Place,
}

impl Register {
    pub(crate) fn put_body(&mut self, entry: BodyEntry) -> Slot {
        let next = self.bodies.len() as Slot;
        let slot = *self.body_slots.entry(entry.id).or_insert(next);
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
            self.fixed.push(Fixed::of(&entry));
            self.certificates.push(entry);
            self.body_of.push(body);
        } else {
            self.fixed[slot as usize] = Fixed::of(&entry);
            self.certificates[slot as usize] = entry;
            self.body_of[slot as usize] = body;
        }
        Some(slot)
    }

    /// With its orders made anew.
    pub(crate) fn settled(mut self) -> Register {
        let mut starts = vec![0u32; self.bodies.len() + 1];
        self.body_of.iter().for_each(|body| starts[*body as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        self.by_body = vec![0; self.certificates.len()];
        for (slot, body) in (0..).zip(&self.body_of) {
            let at = &mut starts[*body as usize];
            self.by_body[*at as usize] = slot;
            *at += 1;
        }
        self.numbers.sort_unstable();
        self
    }

    pub(crate) fn slot(&self, id: CertificateId) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    pub(crate) fn body_slot(&self, id: BodyId) -> Option<Slot> {
        self.body_slots.get(&id).copied()
    }

    /// The certificates whose numbers begin so.
    pub(crate) fn numbered(&self, begin: &str) -> impl Iterator<Item = Slot> {
        let begin = fold(begin);
        let from = self.numbers.partition_point(|(number, _)| **number < *begin);
        let fits = move |(number, _): &&(Box<str>, Slot)| number.starts_with(&*begin);
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
