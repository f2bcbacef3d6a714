//! What happens in a province, case by case: it follows from the seed alone, never from what the registry answers, so that
//! a simulator that was killed goes on with the same cases and the same record ids.

use super::deed::Deed;
use super::mistake::Mistake;
use crate::demo::rng::Rng;
use crate::demo::world::World;
use std::collections::{BTreeMap, VecDeque};

/// Rows of the annex of a first grant.
pub const ROWS: usize = 20;
/// Rows that one extension adds.
const MORE: usize = 4;
/// Rows an annex can grow to: what is drawn of the catalogue for each body.
pub const MOST_ROWS: usize = ROWS + 3 * MORE;

/// What a certificate looks like after a case, as far as it differs from what the world says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Rows of the annex.
    pub rows: usize,
    /// Rows whose standard was replaced by a newer one.
    pub revised: BTreeMap<usize, u16>,
    /// How often the body changed its name.
    pub names: u32,
    /// How often an entry was corrected.
    pub corrections: u32,
    /// How often it was renewed.
    pub renewals: u32,
    /// 有效期至 was typed a year too early, and coded so.
    pub short: bool,
}

/// One case on the desk of an officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number, from 0.
    pub n: u64,
    /// What it is about.
    pub deed: Deed,
    /// Which body of the world.
    pub body: u64,
    /// The case that made the certificate it is about; its own number for a first grant.
    pub of: u64,
    /// The case of the same certificate that must be settled before.
    pub after: Option<u64>,
    /// What the certificate is to look like.
    pub look: Look,
    /// What the officer gets wrong at first.
    pub mistake: Option<Mistake>,
}

/// A certificate that is in force.
struct Living {
    body: u64,
    of: u64,
    last: u64,
    look: Look,
}

/// The cases, one after the other.
pub struct Planner {
    rng: Rng,
    world: World,
    base: u64,
    mistakes: f64,
    next: u64,
    bodies: u64,
    living: Vec<Living>,
    follow: VecDeque<Deed>,
}

/// How often each deed comes, of a hundred.
const SHARES: [(Deed, usize); 8] = [
    (Deed::Grant, 46),
    (Deed::Extend, 12),
    (Deed::Standard, 9),
    (Deed::Rename, 6),
    (Deed::Correct, 7),
    (Deed::Renew, 9),
    (Deed::Revoke, 3),
    (Deed::Cancel, 8),
];

impl Planner {
    /// The cases of a seed. `mistakes` is the share of cases that are wrong at first, 0 to 1.
    pub fn new(authority: &str, seed: u64, mistakes: f64) -> Planner {
        Planner {
            rng: Rng::of(seed, SALT, 0),
            world: World::of(authority, seed),
            base: base(seed),
            mistakes,
            next: 0,
            bodies: 0,
            living: Vec::new(),
            follow: VecDeque::new(),
        }
    }

    fn deed(&mut self) -> Deed {
        let mut left = self.rng.below(SHARES.iter().map(|(_, share)| share).sum());
        for (deed, share) in SHARES {
            match left.checked_sub(share) {
                None => return deed,
                Some(rest) => left = rest,
            }
        }
        Deed::Grant
    }

    fn grant(&mut self) -> Case {
        let (n, body) = (self.next, self.bodies);
        self.bodies += 1;
        let mut look = Look { rows: ROWS, ..Look::default() };
        let mut mistake = self.mistake(Deed::Grant);
        match mistake {
            Some(Mistake::Twice) => {
                mistake = None;
                self.follow.push_back(Deed::Again);
            }
            Some(Mistake::FiveYears) => {
                look.short = true;
                self.follow.push_back(Deed::Correct);
            }
            _ => {}
        }
        self.living.push(Living { body, of: n, last: n, look: look.clone() });
        Case { n, deed: Deed::Grant, body, of: n, after: None, look, mistake }
    }

    fn mistake(&mut self, deed: Deed) -> Option<Mistake> {
        let wrong = self.rng.unit() < self.mistakes;
        let kinds = Mistake::of(deed);
        (wrong && !kinds.is_empty()).then(|| self.rng.pick(kinds))
    }

    /// A case about the living certificate at a place.
    fn about(&mut self, at: usize, deed: Deed) -> Case {
        let n = self.next;
        let independent = self.world.body(self.base + self.living[at].body, MOST_ROWS).uscc.is_some();
        // A body that is known by name and parent would be another one under another name.
        let deed = if deed == Deed::Rename && !independent { Deed::Standard } else { deed };
        let mut look = self.living[at].look.clone();
        match deed {
            Deed::Extend => look.rows = (look.rows + MORE).min(MOST_ROWS),
            Deed::Standard => *look.revised.entry(self.rng.below(look.rows)).or_default() += 1,
            Deed::Rename => look.names += 1,
            Deed::Correct if look.short => look.short = false,
            Deed::Correct => look.corrections += 1,
            Deed::Renew => look.renewals += 1,
            Deed::Grant | Deed::Revoke | Deed::Cancel | Deed::Again => {}
        }
        let mistake = if deed == Deed::Again { None } else { self.mistake(deed) };
        let living = &mut self.living[at];
        let (body, of, after) = (living.body, living.of, Some(living.last));
        living.last = n;
        living.look = look.clone();
        if deed == Deed::Renew {
            living.of = n;
        }
        if deed.ends() {
            self.living.swap_remove(at);
        }
        Case { n, deed, body, of, after, look, mistake }
    }

    /// Whether a certificate can have this done to it: an annex grows to its end once, a name is changed twice at most.
    fn can(&self, at: usize, deed: Deed) -> bool {
        let look = &self.living[at].look;
        match deed {
            Deed::Extend => look.rows < MOST_ROWS,
            Deed::Rename => look.names < 2,
            Deed::Renew => look.renewals < 2 && !look.short,
            _ => true,
        }
    }
}

impl Iterator for Planner {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        // What follows at once follows the certificate that was granted last.
        let case = match self.follow.pop_front() {
            Some(deed) => self.about(self.living.len() - 1, deed),
            None => match self.deed() {
                Deed::Grant => self.grant(),
                _ if self.living.is_empty() => self.grant(),
                deed => {
                    let at = self.rng.below(self.living.len());
                    let deed = if self.can(at, deed) { deed } else { Deed::Correct };
                    self.about(at, deed)
                }
            },
        };
        self.next += 1;
        Some(case)
    }
}

/// Names the stream of this generator among those of the world.
const SALT: u64 = 0x5052_4f56;

/// Where the bodies of a seed begin: runs with different seeds have different bodies in one registry, and none of them is
/// one of the demo's.
pub fn base(seed: u64) -> u64 {
    2_000_000 + Rng::of(seed, SALT, 1).below(4_000) as u64 * 100_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn cases(seed: u64, mistakes: f64) -> Vec<Case> {
        Planner::new("27", seed, mistakes).take(3_000).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_cases_and_another_seed_others() {
        assert_eq!(cases(7, 0.2), cases(7, 0.2));
        assert_ne!(cases(7, 0.2), cases(8, 0.2));
        assert_ne!(base(7), base(8));
    }

    #[test]
    fn every_deed_and_every_mistake_comes() {
        let cases = cases(7, 0.2);
        let deeds: HashSet<Deed> = cases.iter().map(|case| case.deed).collect();
        assert_eq!(deeds.len(), SHARES.len() + 1);
        let mistakes: HashSet<Mistake> = cases.iter().filter_map(|case| case.mistake).collect();
        assert_eq!(mistakes.len(), Mistake::ALL.len() - 1, "Twice becomes a case of its own: {mistakes:?}");
        let wrong = cases.iter().filter(|case| case.mistake.is_some() || case.deed == Deed::Again).count();
        assert!((450..700).contains(&wrong), "{wrong} of 3000");
        let right = super::tests::cases(7, 0.0);
        assert!(right.iter().all(|case| case.mistake.is_none() && case.deed != Deed::Again));
    }

    #[test]
    fn no_case_comes_before_the_one_it_builds_on_and_none_after_the_end() {
        let (mut last, mut ended) = (std::collections::HashMap::new(), HashSet::new());
        for case in cases(11, 0.2) {
            if case.deed == Deed::Grant {
                assert_eq!((case.of, case.after), (case.n, None));
            } else {
                assert_eq!(case.after, last.get(&case.body).copied(), "{case:?}");
            }
            assert!(!ended.contains(&case.body), "{case:?}");
            last.insert(case.body, case.n);
            if case.deed.ends() {
                ended.insert(case.body);
            }
        }
        assert!(ended.len() > 50);
    }
}
