//! A whole country, invented: 55,000 bodies, 120,000 certificates, 25 million capability rows, made one certificate after
//! the other from a plan of some megabytes. The same seed gives the same country.
//!
//! `plan` says who has which certificates and how large they are; `stock` what is tested by what; `bodies`, `certificate` and
//! `instruments` make the contents. [`National::parcels`] hands all of it over to [`app::App::populate`].

mod bodies;
mod certificate;
mod instruments;
mod places;
mod plan;
mod stock;
#[cfg(test)]
mod story_tests;
#[cfg(test)]
mod tests;
mod traffic;

pub use plan::Size;
pub use traffic::Traffic;

use app::{Parcel, ReadyMade};
use domain::{AuthorityId, Item};
use plan::Plan;
use std::collections::HashSet;
use stock::{ItemKey, STOCK};

/// An invented country.
pub struct National {
    seed: u64,
    plan: Plan,
    /// Keys of the 33 authorities by AA.
    authorities: Vec<AuthorityId>,
}

/// AA of the authorities: 00 to 32.
pub const AUTHORITIES: usize = places::PROVINCES.len();
/// Rows of a parcel of certificates, about: a tenth of a second of writing, ten megabytes of memory.
const PARCEL: usize = 20_000;
/// Texts of a parcel of the dictionary.
const TEXTS: usize = 20_000;

impl National {
    /// The country of a size and a seed; `authorities` are the keys of the authorities 00 to 32.
    pub fn new(size: Size, seed: u64, authorities: Vec<AuthorityId>) -> National {
        National { seed, plan: Plan::new(size, seed), authorities }
    }

    /// How many certificates it has.
    pub fn len(&self) -> usize {
        self.plan.slots.len()
    }

    /// Hands over everything in order, the texts first, until `send` says that nobody takes more.
    pub fn parcels(&self, mut send: impl FnMut(Parcel) -> bool) {
        let mut keys = self.texts();
        keys.sort_unstable_by_key(|(hash, _)| *hash);
        for some in keys.chunks(TEXTS) {
            let items: Vec<Item> = some.iter().map(|(_, key)| STOCK.item(*key)).collect();
            if !send(Parcel::Items(items)) {
                return;
            }
        }
        drop(keys);
        let (mut parcel, mut rows) = (Vec::new(), 0);
        for (at, slot) in self.plan.slots.iter().enumerate() {
            parcel.push(self.certificate(at));
            rows += slot.rows + slot.instruments + slot.people;
            let ends = self.plan.slots.get(at + 1).is_none_or(|next| next.body != slot.body);
            // A body is never in two parcels, so that what it renews is beside it.
            if ends && rows >= PARCEL {
                let full: Vec<ReadyMade> = std::mem::take(&mut parcel);
                rows = 0;
                if !send(Parcel::Certificates(full)) {
                    return;
                }
            }
        }
        if send(Parcel::Certificates(parcel)) {
            send(Parcel::End);
        }
    }

    /// Every text that any certificate will have, once, with its key in the dictionary.
    fn texts(&self) -> Vec<([u8; 16], ItemKey)> {
        let mut keys: HashSet<ItemKey> = HashSet::new();
        for at in 0..self.len() {
            for picked in self.picked(at) {
                keys.extend(STOCK.keys(picked));
            }
        }
        keys.into_iter().map(|key| (STOCK.item(key).hash(), key)).collect()
    }
}
