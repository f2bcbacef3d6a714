//! The first making of an index, from streams of rows.

use crate::dictionary::TextId;
use crate::entry::{AsOf, BodyEntry, CertificateEntry, Subject};
use crate::index::{Index, Register};
use crate::segment::{Gatherer, Slot, Tuple};
use crate::table::Table;
use domain::CertificateId;
use rustc_hash::FxHashMap;

/// Takes the registry in, in this order: bodies and certificates; items; then the rows of each subject, those of a
/// certificate one after the other.
pub struct Loader {
    register: Register,
    rows: [Gatherer; 5],
    items: Items,
    /// The owner whose rows came last, by subject.
    last: [Option<Slot>; 5],
}

impl Default for Loader {
    fn default() -> Loader {
        Loader::new()
    }
}

impl Loader {
    /// An empty registry.
    pub fn new() -> Loader {
        Loader {
            register: Register::default(),
            rows: Subject::ALL.map(|subject| Gatherer::new(subject.columns().len())),
            items: Items::default(),
            last: [None; 5],
        }
    }

    /// A body.
    pub fn body(&mut self, body: BodyEntry) {
        let texts = body.texts();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let slot = self.register.put_body(body);
        let rows = &mut self.rows[Subject::Body as usize];
        rows.owner(slot);
        rows.row_of(&texts);
    }

    /// A certificate of a body that came before.
    pub fn certificate(&mut self, certificate: CertificateEntry) {
        self.register.put_certificate(certificate);
    }

    /// An entry of the registry's dictionary of capabilities: the columns of one but the last, the limits.
    pub fn item(&mut self, id: i64, texts: [&str; 6]) {
        let rows = &mut self.rows[Subject::Capability as usize];
        let texts = texts.map(|text| rows.text(text));
        self.items.put(id, texts);
    }

    /// A capability; one of a certificate or an item that is not there is left out.
    pub fn capability(&mut self, of: CertificateId, item: i64, limits: &str) {
        if !self.owner(Subject::Capability, of) {
            return;
        }
        let rows = &mut self.rows[Subject::Capability as usize];
        let Some(known) = self.items.get(item) else { return };
        if let (Some(tuple), true) = (known.bare, limits.is_empty()) {
            return rows.row(tuple);
        }
        let [a, b, c, d, e, f] = known.texts;
        let tuple = {
            let limits = rows.text(limits);
            rows.tuple(&[a, b, c, d, e, f, limits])
        };
        if limits.is_empty() {
            known.bare = Some(tuple);
        }
        rows.row(tuple);
    }

    /// A row of another subject, in its columns; one of a certificate that is not there is left out.
    pub fn row(&mut self, subject: Subject, of: CertificateId, texts: &[&str]) {
        if self.owner(subject, of) {
            self.rows[subject as usize].row_of(texts);
        }
    }

    /// Rows that came so far.
    pub fn len(&self) -> usize {
        self.rows.iter().map(Gatherer::len).sum()
    }

    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The index of what came, which is what stood at a position.
    pub fn done(self, as_of: AsOf) -> Index {
        let Loader { register, rows, items, .. } = self;
        drop(items);
        let slots = |subject: Subject| match subject {
            Subject::Body => register.bodies.len(),
            _ => register.certificates.len(),
        };
        let slots = Subject::ALL.map(slots);
        // Each subject by itself: the largest is half of the work, the others are the other half.
        let mut made: Vec<Option<Table>> = std::thread::scope(|scope| {
            let make = |(rows, slots): (Gatherer, usize)| {
                scope.spawn(move || {
                    let width = rows.width();
                    Table::of(width, rows.done(), slots)
                })
            };
            let threads: Vec<_> = rows.into_iter().zip(slots).map(make).collect();
            threads.into_iter().map(|thread| thread.join().ok()).collect()
        });
        let tables = std::array::from_fn(|at| made[at].take().expect("the making of a table does not panic"));
        Index::of(as_of, register.settled(), tables)
    }

    /// Begins the rows of a certificate where they are not begun; whether there is such a certificate.
    fn owner(&mut self, subject: Subject, of: CertificateId) -> bool {
        let last = &mut self.last[subject as usize];
        if last.is_some_and(|slot| self.register.certificates[slot as usize].id == of) {
            return true;
        }
        let Some(slot) = self.register.slot(of) else { return false };
        *last = Some(slot);
        self.rows[subject as usize].owner(slot);
        true
    }
}

/// An item's texts, and its tuple without limits.
#[derive(Clone, Copy)]
struct Known {
    texts: [TextId; 6],
    bare: Option<Tuple>,
}

/// Items by their keys, which come in blocks: pages of them, so that a look-up is two steps.
#[derive(Default)]
struct Items {
    pages: FxHashMap<i64, Box<[Option<Known>]>>,
}

impl Items {
    const PAGE: i64 = 1024;

    fn put(&mut self, id: i64, texts: [TextId; 6]) {
        let page = self.pages.entry(id.div_euclid(Items::PAGE));
        let page = page.or_insert_with(|| vec![None; Items::PAGE as usize].into());
        page[id.rem_euclid(Items::PAGE) as usize] = Some(Known { texts, bare: None });
    }

    fn get(&mut self, id: i64) -> Option<&mut Known> {
        self.pages.get_mut(&id.div_euclid(Items::PAGE))?[id.rem_euclid(Items::PAGE) as usize].as_mut()
    }
}
