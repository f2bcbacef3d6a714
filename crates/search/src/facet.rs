//! What certificates are sifted by, and how many bodies there are of each.

use crate::entry::{BodyEntry, CertificateEntry};
use crate::segment::Slot;
use crate::sight::{SearchReader, Seeing};
use domain::{AuthorityId, Day, StatusWord, VerdictWord};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The terms that "expiring within" offers, in days from today.
pub const WITHIN_DAYS: [u16; 3] = [30, 60, 90];

/// A property of a certificate by which answers are sifted and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// Province of the body, as its two digits (GB/T 2260); 66 for the XPCC.
    Province,
    /// City of the body, as its four digits.
    City,
    /// The authority, by its key.
    Authority,
    /// 领域, its two digits.
    Domain,
    /// 行业, its two digits.
    Industry,
    /// The verdict's word today, by its place in [`VerdictWord::ALL`].
    Status,
    /// The year in which its validity begins.
    Year,
    /// Ends within so many days, one of [`WITHIN_DAYS`]: who ends within 30 ends within 60 as well.
    Within,
}

/// The XPCC's number among the provinces (architecture.md 2).
const XPCC: u16 = 66;

impl Dimension {
    /// All dimensions.
    pub const ALL: [Dimension; 8] = [
        Dimension::Province,
        Dimension::City,
        Dimension::Authority,
        Dimension::Domain,
        Dimension::Industry,
        Dimension::Status,
        Dimension::Year,
        Dimension::Within,
    ];

    /// Whether a certificate's value is among those asked for.
    fn fits(self, value: u16, asked: u16) -> bool {
        match self {
            Dimension::Within => value <= asked,
            _ => value == asked,
        }
    }
}

/// Has no value of a dimension.
const NOTHING: u16 = u16::MAX;
/// The same of a dimension whose values have two digits.
const NOTHING_SMALL: u8 = u8::MAX;

/// A value of two digits.
fn small(value: Option<u16>) -> u8 {
    value.and_then(|it| u8::try_from(it).ok()).unwrap_or(NOTHING_SMALL)
}

/// The value of a dimension with two digits.
fn wide(value: u8) -> u16 {
    if value == NOTHING_SMALL { NOTHING } else { u16::from(value) }
}

/// Province and city of a body, read once.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    province: u8,
    city: u16,
}

impl Place {
    pub(crate) fn of(body: &BodyEntry) -> Place {
        let city = digits(body, 4).unwrap_or(NOTHING);
        Place { province: small(body.province()), city }
    }
}

impl BodyEntry {
    /// Its value of [`Dimension::Province`].
    pub fn province(&self) -> Option<u16> {
        if self.xpcc { Some(XPCC) } else { digits(self, 2) }
    }
}

/// The first digits of a body's division.
fn digits(of: &BodyEntry, n: usize) -> Option<u16> {
    of.division.as_ref().and_then(|it| it.as_str()[..n].parse().ok())
}

/// What a certificate is sifted by, read once and in half a line of the cache: a pass over many waits for memory more than
/// for anything else.
#[derive(Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Fixed {
    /// The certificate.
    pub(crate) slot: Slot,
    /// Its body.
    pub(crate) body: Slot,
    pub(crate) valid_from: Day,
    pub(crate) valid_to: Day,
    /// From when `later` holds, if there is one.
    later_from: Day,
    later: Option<StatusWord>,
    status: StatusWord,
    authority: u16,
    place: Place,
    domain: u8,
    industry: u8,
    year: u16,
}

const _: () = assert!(size_of::<Fixed>() == 32);

impl Fixed {
    pub(crate) fn of(slot: Slot, body: Slot, place: Place, it: &CertificateEntry) -> Fixed {
        Fixed {
            slot,
            body,
            valid_from: it.valid_from,
            valid_to: it.valid_to,
            later_from: it.later.map_or(it.valid_to, |(from, _)| from),
            later: it.later.map(|(_, word)| word),
            status: it.status,
            authority: u16::try_from(it.authority.0).unwrap_or(NOTHING),
            place,
            domain: small(it.domain.as_str().parse().ok()),
            industry: small(it.industry.as_str().parse().ok()),
            year: it.valid_from.year(),
        }
    }

    /// Who issued it.
    pub(crate) fn authority(&self) -> AuthorityId {
        AuthorityId(i64::from(self.authority))
    }

    /// The recorded status on a day, from today on.
    fn status(&self, on: Day) -> StatusWord {
        match self.later {
            Some(later) if self.later_from <= on => later,
            _ => self.status,
        }
    }

    /// The verdict's word on a day, from today on.
    pub(crate) fn word(&self, on: Day) -> VerdictWord {
        VerdictWord::of_days(self.status(on), self.valid_from, self.valid_to, on)
    }

    /// Its value of a dimension on a day.
    fn value(&self, dimension: Dimension, today: Day) -> u16 {
        match dimension {
            Dimension::Province => wide(self.place.province),
            Dimension::City => self.place.city,
            Dimension::Authority => self.authority,
            Dimension::Domain => wide(self.domain),
            Dimension::Industry => wide(self.industry),
            // The words are numbered in the order of `VerdictWord::ALL`.
            Dimension::Status => self.word(today) as u16,
            Dimension::Year => self.year,
            Dimension::Within => {
                let left = self.valid_to.number() - today.number();
                let stands =
                    left >= 0 && matches!(self.word(today), VerdictWord::Valid | VerdictWord::Suspended);
                let term = WITHIN_DAYS.into_iter().find(|term| stands && left <= i32::from(*term));
                term.unwrap_or(NOTHING)
            }
        }
    }
}

/// Who finds what was assigned by mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Annulled {
    /// It is found like the rest.
    #[default]
    Found,
    /// That of one authority is.
    Of(AuthorityId),
    /// It is not.
    Hidden,
}

impl Annulled {
    fn hides(self, of: AuthorityId) -> bool {
        match self {
            Annulled::Found => false,
            Annulled::Of(own) => own != of,
            Annulled::Hidden => true,
        }
    }
}

/// What an answer is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One value of a dimension each; all must fit.
    pub picked: Vec<(Dimension, u16)>,
    /// Authorities whose certificates anybody may see here; `None`: those of all.
    pub open: Option<Arc<FxHashSet<AuthorityId>>>,
    /// Who asks, where more is seen by where bodies stand and who issued to them.
    pub reader: Option<SearchReader>,
    /// Of what was assigned by mistake.
    pub annulled: Annulled,
}

/// How many bodies have a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// Of what.
    pub dimension: Dimension,
    /// Values with their bodies, the most first. Those of a dimension that is picked are counted as if it were not, so
    /// that another can be picked instead.
    pub values: Vec<(u16, u32)>,
}

/// Sifts certificates, body after body, and counts.
pub(crate) struct Sieve<'f> {
    filter: &'f Filter,
    /// Whether anybody may see the certificates of an authority, by its key: the filter's set, to be asked for each.
    open: Option<Vec<bool>>,
    today: Day,
    /// Bodies by value, and the last body counted of each, so that one is counted once.
    counts: [Vec<(u32, u32)>; 8],
}

/// No body was counted yet.
const NONE: u32 = u32::MAX;

impl<'f> Sieve<'f> {
    pub(crate) fn new(filter: &'f Filter, today: Day) -> Sieve<'f> {
        let open = filter.open.as_ref().map(|open| {
            let keys: Vec<usize> = open.iter().filter_map(|it| usize::try_from(it.0).ok()).collect();
            let mut by_key = vec![false; keys.iter().max().map_or(0, |most| most + 1)];
            keys.into_iter().for_each(|key| by_key[key] = true);
            by_key
        });
        Sieve { filter, open, today, counts: Default::default() }
    }

    /// Whether a certificate stays. All of a body come one after the other.
    pub(crate) fn take(&mut self, it: &Fixed, seeing: &mut Seeing<'_>) -> bool {
        let (today, body) = (self.today, it.body);
        if it.status(today) == StatusWord::Annulled && self.filter.annulled.hides(it.authority()) {
            return false;
        }
        let key = usize::from(it.authority);
        let open = self.open.as_ref().is_none_or(|open| open.get(key) == Some(&true));
        if !open && !seeing.sees(it) {
            return false;
        }
        // Only of those that stay all values are needed: most of what a common word finds is not in the province picked.
        let mut failed: Option<(Dimension, u16)> = None;
        for (dimension, asked) in &self.filter.picked {
            let value = it.value(*dimension, today);
            if dimension.fits(value, *asked) {
                continue;
            }
            // Who fails in one dimension alone still tells what else could be picked in it.
            if failed.is_some_and(|(other, _)| other != *dimension) {
                return false;
            }
            failed = Some((*dimension, value));
        }
        match failed {
            None => Dimension::ALL.into_iter().for_each(|of| self.count(of, it.value(of, today), body)),
            Some((of, value)) => self.count(of, value, body),
        }
        failed.is_none()
    }

    fn count(&mut self, dimension: Dimension, value: u16, body: u32) {
        if value == NOTHING {
            return;
        }
        if dimension != Dimension::Within {
            return self.count_one(dimension, value, body);
        }
        let terms = WITHIN_DAYS.into_iter().filter(|term| *term >= value);
        terms.for_each(|term| self.count_one(dimension, term, body));
    }

    fn count_one(&mut self, dimension: Dimension, value: u16, body: u32) {
        let counts = &mut self.counts[dimension as usize];
        let at = usize::from(value);
        if counts.len() <= at {
            counts.resize(at + 1, (0, NONE));
        }
        let (count, last) = &mut counts[at];
        if *last != body {
            *last = body;
            *count += 1;
        }
    }

    /// What was counted.
    pub(crate) fn facets(self) -> Vec<Facet> {
        let facet = |(dimension, counts): (Dimension, Vec<(u32, u32)>)| {
            let mut values: Vec<(u16, u32)> = (0..)
                .zip(counts)
                .filter(|(_, (count, _))| *count > 0)
                .map(|(value, (count, _))| (value, count))
                .collect();
            values.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
            Facet { dimension, values }
        };
        Dimension::ALL.into_iter().zip(self.counts).map(facet).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbered_in_their_order() {
        for (at, word) in (0..).zip(VerdictWord::ALL) {
            assert_eq!(word as u16, at, "{word}");
        }
    }
}
