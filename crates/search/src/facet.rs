//! What certificates are sifted by, and how many bodies there are of each.

use crate::entry::CertificateEntry;
use crate::index::Body;
use domain::{AuthorityId, Day, VerdictWord};
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

    /// The value of a certificate of a body; `None` where it has none.
    fn value(self, of: &CertificateEntry, body: &Body, today: Day) -> Option<u16> {
        let digits = |text: &str| text.parse().ok();
        let division = body.entry.division.as_ref();
        match self {
            Dimension::Province if body.entry.xpcc => Some(XPCC),
            Dimension::Province => digits(division?.province()),
            Dimension::City => digits(&division?.as_str()[..4]),
            Dimension::Authority => u16::try_from(of.authority.0).ok(),
            Dimension::Domain => digits(of.domain.as_str()),
            Dimension::Industry => digits(of.industry.as_str()),
            Dimension::Status => place(of.word(today)),
            Dimension::Year => Some(of.valid_from.year()),
            Dimension::Within => {
                let left = of.valid_to.number() - today.number();
                let stands = matches!(of.word(today), VerdictWord::Valid | VerdictWord::Suspended);
                let term = WITHIN_DAYS.into_iter().find(|term| left <= i32::from(*term));
                term.filter(|_| stands && left >= 0)
            }
        }
    }

    /// Whether a certificate's value is among those asked for.
    fn fits(self, value: Option<u16>, asked: u16) -> bool {
        match self {
            Dimension::Within => value.is_some_and(|value| value <= asked),
            _ => value == Some(asked),
        }
    }
}

/// The number of a verdict's word in [`Dimension::Status`].
fn place(word: VerdictWord) -> Option<u16> {
    VerdictWord::ALL.iter().position(|it| *it == word).and_then(|at| u16::try_from(at).ok())
}

/// What an answer is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One value of a dimension each; all must fit.
    pub picked: Vec<(Dimension, u16)>,
    /// Authorities whose certificates may be seen; `None`: all.
    pub authorities: Option<Arc<FxHashSet<AuthorityId>>>,
    /// Leaves out what was assigned by mistake.
    pub without_annulled: bool,
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
    today: Day,
    /// Bodies by value, and the last body counted of each, so that one is counted once.
    counts: [Vec<(u32, u32)>; 8],
}

/// No body was counted yet.
const NONE: u32 = u32::MAX;

impl<'f> Sieve<'f> {
    pub(crate) fn new(filter: &'f Filter, today: Day) -> Sieve<'f> {
        Sieve { filter, today, counts: Default::default() }
    }

    /// Whether a certificate stays. All of a body come one after the other.
    pub(crate) fn take(&mut self, of: &CertificateEntry, body: &Body, slot: u32) -> bool {
        if !self.admits(of) {
            return false;
        }
        let values = Dimension::ALL.map(|it| it.value(of, body, self.today));
        let mut failed = self
            .filter
            .picked
            .iter()
            .filter(|(dimension, asked)| !dimension.fits(values[*dimension as usize], *asked));
        let first = failed.next().map(|(dimension, _)| *dimension);
        // Who fails in one dimension alone still tells what else could be picked in it.
        let others = failed.any(|(dimension, _)| Some(*dimension) != first);
        if others {
            return false;
        }
        for dimension in Dimension::ALL {
            if first.is_none_or(|it| it == dimension) {
                self.count(dimension, values[dimension as usize], slot);
            }
        }
        first.is_none()
    }

    fn admits(&self, of: &CertificateEntry) -> bool {
        let open = self.filter.authorities.as_ref().is_none_or(|open| open.contains(&of.authority));
        open && !(self.filter.without_annulled && of.word(self.today) == VerdictWord::Annulled)
    }

    fn count(&mut self, dimension: Dimension, value: Option<u16>, body: u32) {
        let Some(value) = value else { return };
        let terms: &[u16] = match dimension {
            Dimension::Within => &WITHIN_DAYS,
            _ => std::slice::from_ref(&value),
        };
        let counts = &mut self.counts[dimension as usize];
        for term in terms.iter().filter(|term| **term >= value) {
            let at = usize::from(*term);
            if counts.len() <= at {
                counts.resize(at + 1, (0, NONE));
            }
            let (count, last) = &mut counts[at];
            if *last != body {
                *last = body;
                *count += 1;
            }
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
