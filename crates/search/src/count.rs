//! How many rows of each certificate answer. What it costs grows with the rows that were found and the certificates that
//! have them, not with all there are.

use crate::ask::{Ask, Found};
use crate::bits::Bits;
use crate::entry::Subject;
use crate::facet::Fixed;
use crate::index::{Index, Register};
use crate::segment::{Matching, Slot};

/// Rows that answer, by certificate.
pub(crate) struct Counted {
    rows: Vec<u32>,
    /// Which certificates have any, by their places in the order of bodies.
    places: Bits,
}

impl Counted {
    fn none(register: &Register) -> Counted {
        let certificates = register.certificates.len();
        Counted { rows: vec![0; certificates], places: Bits::new(certificates) }
    }

    /// The rows of a certificate.
    pub(crate) fn of(&self, slot: Slot) -> u32 {
        self.rows[slot as usize]
    }

    /// What certificates with any are sifted by, and their rows, in the order of their bodies.
    pub(crate) fn each(&self, register: &Register, mut take: impl FnMut(&Fixed, u32)) {
        let mut some: Vec<(Fixed, u32)> = Vec::new();
        self.places.each_some(|places| {
            // Copied first and sifted then: the memory fetches several at once while nothing hangs on any of them.
            some.clear();
            some.extend(places.iter().map(|at| (register.by_body[*at as usize], 0)));
            some.iter_mut().for_each(|(it, rows)| *rows = self.rows[it.slot as usize]);
            some.iter().for_each(|(it, rows)| take(it, *rows));
        });
    }

    fn put(&mut self, register: &Register, slot: Slot, rows: u32) {
        self.rows[slot as usize] = rows;
        self.places.set(register.place(slot));
    }
}

impl Index {
    /// Rows that answer, by certificate.
    pub(crate) fn rows(&self, ask: &Ask, found: &Found) -> Counted {
        let register = &*self.register;
        let mut counted = self.count(ask.subject, found);
        for (subject, words) in &ask.also {
            let other = self.count(*subject, &self.find(*subject, words));
            counted.places.retain(|at| other.places.has(at));
        }
        if ask.number.is_empty() {
            return counted;
        }
        let mut named = Counted::none(register);
        for slot in register.numbered(&ask.number) {
            if counted.places.has(register.place(slot)) {
                named.put(register, slot, counted.of(slot));
            }
        }
        named
    }

    fn count(&self, subject: Subject, found: &Found) -> Counted {
        let register = &*self.register;
        let mut counted = Counted::none(register);
        let table = &self.tables[subject as usize];
        let mut all = false;
        if subject == Subject::Body {
            let mut rows = vec![0u32; register.bodies.len()];
            for ((segment, is_live), matching) in table.segments().zip(&found.matching) {
                segment.count(matching, |body, n| {
                    if !is_live(body) {
                        return;
                    }
                    rows[body as usize] += n;
                    for it in register.of_body(body) {
                        counted.put(register, it.slot, rows[body as usize]);
                    }
                });
            }
            return counted;
        }
        for (((segment, is_live), gone), matching) in table.segments().zip(table.gone()).zip(&found.matching)
        {
            match matching {
                // Where many rows answer, one look at all certificates afterwards is less than a look at each row, for what holds
                // no more as well: what stands in its place stands in a later segment.
                Matching::Many(_) => {
                    segment.count(matching, |slot, n| counted.rows[slot as usize] += n);
                    gone.each(|slot| counted.rows[slot as usize] = 0);
                    all = true;
                }
                Matching::Few(_) | Matching::All => segment.count(matching, |slot, n| {
                    if !is_live(slot) {
                        return;
                    }
                    let rows = &mut counted.rows[slot as usize];
                    if *rows == 0 && n > 0 {
                        counted.places.set(register.place(slot));
                    }
                    *rows += n;
                }),
            }
        }
        if all {
            (0..)
                .zip(&counted.rows)
                .filter(|(_, rows)| **rows > 0)
                .for_each(|(slot, _)| counted.places.set(register.place(slot)));
        }
        counted
    }
}
