//! What a node counted and has not written: equal questions in one number, so that an outage of the store fills no memory.

use super::Counted;
use domain::tally::{Agent, BodySeen, Hour, Log, Raised, Seen, Sketch, Sort};
use domain::{AuthorityId, BodyId, Day, Instant, Two};
use rustc_hash::{FxHashMap, FxHashSet};
use store::asked::month_number;

/// Different codes and numbers kept of a flush, of those that are not there; the rest is counted only. 200 a second.
const UNKNOWN: usize = 100;

/// Bodies of which a node remembers where they are.
const PLACES: usize = 200_000;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// What is to be written.
#[derive(Default)]
pub(super) struct Pending {
    /// As they came, where the provinces of their bodies are not known yet.
    pub raw: Vec<Counted>,
    counted: FxHashMap<(Hour, Seen), u64>,
    bodies: FxHashMap<(i64, BodyId, AuthorityId), (u64, u64)>,
    raised: FxHashSet<(Day, Option<AuthorityId>, Raised)>,
    unknown: FxHashMap<(Day, Sort, Box<str>), u64>,
    /// In which province bodies are, for an hour: they hardly ever move.
    places: FxHashMap<i64, Option<Two>>,
    hour: i64,
    /// Whom the node has seen today: what raises nothing here need not be handed over.
    sketches: FxHashMap<(Day, Option<AuthorityId>), Sketch>,
}

impl Pending {
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty() && self.counted.is_empty()
    }

    /// The bodies that were asked for and of which it is not known where they are.
    pub fn unplaced(&self) -> Vec<i64> {
        let bodies = self.raw.iter().filter_map(|it| it.body).map(|body| body.0);
        let mut all: Vec<i64> = bodies.filter(|body| !self.places.contains_key(body)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Takes in where bodies are, as far as that was found.
    pub fn place(&mut self, bodies: Vec<i64>, found: Vec<(i64, Two)>) {
        self.places.extend(bodies.into_iter().map(|body| (body, None)));
        self.places.extend(found.into_iter().map(|(body, province)| (body, Some(province))));
    }

    /// Adds up what came; what is about a body of which it is not known where it is stays as it came.
    pub fn add_up(&mut self) {
        for it in std::mem::take(&mut self.raw) {
            if it.body.is_some_and(|body| !self.places.contains_key(&body.0)) {
                self.raw.push(it);
                continue;
            }
            let province = it.body.and_then(|body| self.places.get(&body.0).copied().flatten());
            let seen = Seen { province, ..it.seen };
            *self.counted.entry((it.at, seen)).or_default() += 1;
            self.add_body(&it);
            self.add_visitor(&it);
            if let Some((sort, text)) = it.unknown {
                let key = (it.at.day, sort, text);
                if self.unknown.len() < UNKNOWN || self.unknown.contains_key(&key) {
                    *self.unknown.entry(key).or_default() += 1;
                }
            }
        }
    }

    fn add_body(&mut self, it: &Counted) {
        let (Some(body), Some(authority)) = (it.body, it.seen.authority) else { return };
        let sum = self.bodies.entry((month_number(it.at.day), body, authority)).or_default();
        match it.seen.agent {
            Agent::Person => sum.0 += 1,
            Agent::Machine => sum.1 += 1,
        }
    }

    fn add_visitor(&mut self, it: &Counted) {
        let Some(hash) = it.visitor else { return };
        for of in std::iter::once(None).chain(it.seen.authority.map(Some)) {
            let sketch = self.sketches.entry((it.at.day, of)).or_default();
            if let Some(raised) = sketch.insert(hash) {
                self.raised.insert((it.at.day, of, raised));
            }
        }
    }

    /// Forgets whom it has seen on days that are over, and where bodies were.
    pub fn forget(&mut self, now: Instant) {
        let hour = now.micros() / HOUR;
        if self.hour != hour || self.places.len() > PLACES {
            self.hour = hour;
            self.places.clear();
            self.sketches.retain(|(day, _), _| *day >= now.day());
        }
    }

    /// What is to be written, taken out; of the bodies apart.
    pub fn take(&mut self) -> Taken {
        Taken {
            counted: std::mem::take(&mut self.counted),
            bodies: std::mem::take(&mut self.bodies),
            raised: std::mem::take(&mut self.raised),
            unknown: std::mem::take(&mut self.unknown),
        }
    }

    /// Puts back what could not be written. Nothing else was added meanwhile.
    pub fn put_back(&mut self, taken: Taken) {
        self.counted = taken.counted;
        self.bodies = taken.bodies;
        self.raised = taken.raised;
        self.unknown = taken.unknown;
    }
}

/// What is being written.
pub(super) struct Taken {
    counted: FxHashMap<(Hour, Seen), u64>,
    bodies: FxHashMap<(i64, BodyId, AuthorityId), (u64, u64)>,
    raised: FxHashSet<(Day, Option<AuthorityId>, Raised)>,
    unknown: FxHashMap<(Day, Sort, Box<str>), u64>,
}

impl Taken {
    pub fn log(&self) -> Log {
        let unknown = self.unknown.iter();
        Log {
            counted: self.counted.iter().map(|((at, seen), n)| (*at, *seen, *n)).collect(),
            raised: self.raised.iter().copied().collect(),
            unknown: unknown.map(|((day, sort, text), n)| (*day, *sort, text.to_string(), *n)).collect(),
        }
    }

    pub fn bodies(&self) -> Vec<BodySeen> {
        let all = self.bodies.iter();
        all.map(|((month, body, authority), (people, machines))| BodySeen {
            month: *month,
            body: *body,
            authority: *authority,
            people: *people,
            machines: *machines,
        })
        .collect()
    }
}
