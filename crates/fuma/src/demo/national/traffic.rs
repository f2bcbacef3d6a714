//! What the country asked of its registry, invented: people in office hours, programs at night too, each province as often as it has
//! bodies. The same seed and days give the same figures.

use super::super::rng::Rng;
use super::places::PROVINCES;
use super::plan::{DOMAINS, WEIGHTS};
use app::stored::{Added, HOURS, Of, Tally};
use domain::tally::{Agent, Dimension, Measure, Sketch};
use domain::{AuthorityId, Code, Day, Realm};

/// Hours that are told apart.
const DAY: usize = 24;
/// How often an hour is met, people.
const HOURS_OF_PEOPLE: [usize; DAY] =
    [2, 1, 1, 1, 1, 2, 6, 16, 52, 86, 92, 74, 34, 48, 82, 88, 84, 60, 28, 20, 18, 14, 9, 4];
/// How often an hour is met, programs.
const HOURS_OF_PROGRAMS: [usize; DAY] =
    [30, 44, 46, 40, 34, 30, 26, 24, 26, 28, 30, 28, 24, 24, 26, 28, 26, 24, 22, 20, 20, 22, 26, 28];
/// Per cent of a usual day, from Monday on.
const WEEK: [f64; 7] = [1.08, 1.12, 1.1, 1.06, 1.0, 0.36, 0.28];
/// Answers to people, and how often.
const ANSWERS: [(&str, usize); 9] = [
    ("valid", 905),
    ("expired", 38),
    ("superseded", 24),
    ("cancelled", 13),
    ("suspended", 8),
    ("revoked", 5),
    ("withdrawn", 3),
    ("not_yet_valid", 2),
    ("voided", 2),
];
/// Answers where there is no certificate.
const MISSES: [(&str, usize); 2] = [("unknown", 70), ("malformed", 30)];
/// Devices of people who scan.
const SCANNING: [(&str, usize); 5] =
    [("wechat", 66), ("phone", 22), ("tablet", 3), ("computer", 7), ("other", 2)];
/// Devices of people who type.
const TYPING: [(&str, usize); 5] =
    [("wechat", 12), ("phone", 22), ("tablet", 4), ("computer", 60), ("other", 2)];
/// Of a hundred visitors, those from the province of the certificate.
const NEAR: usize = 66;
/// Of a thousand, those of whom no table of networks tells where they are.
const NOWHERE: usize = 40;
/// Bodies of an average province, of which [`BASE`] is told.
const AVERAGE: f64 = 1_500.0;
/// Questions of a usual day about an average province's certificates.
const BASE: [(Measure, f64); 3] = [(Measure::Scan, 400.0), (Measure::Verdict, 150.0), (Measure::Batch, 60.0)];
/// Questions of a usual day that are about no certificate.
const GENERAL: [(Measure, f64); 2] = [(Measure::Search, 4_000.0), (Measure::View, 2_600.0)];
/// Days for which an authority's visitors are kept here; the nation's are for all.
const VISITORS: usize = 60;

/// An invented traffic.
pub struct Traffic {
    /// What all follows from.
    pub seed: u64,
    /// Authorities with the place of their province, by AA.
    pub authorities: Vec<(AuthorityId, usize)>,
    /// The days, in order.
    pub days: Vec<Day>,
    /// Part of what a country asks.
    pub share: f64,
}

/// Values of one dimension, each with a place in the sums of a day.
struct Values {
    dimension: Dimension,
    values: Vec<String>,
    first: usize,
}

/// The sums of one day: for each value and agent its hours.
struct Sums {
    dimensions: Vec<Values>,
    hours: Vec<u32>,
}

impl Sums {
    fn new(measure: Measure) -> Sums {
        let own = |of: Dimension| -> Vec<String> {
            let words = |list: &[(&str, usize)]| list.iter().map(|(word, _)| (*word).to_owned()).collect();
            match of {
                Dimension::Total => vec![String::new()],
                Dimension::Answer if measure == Measure::Search => words(&[("found", 0), ("none", 0)]),
                Dimension::Answer if measure == Measure::Call => words(&[("2xx", 0), ("4xx", 0), ("5xx", 0)]),
                Dimension::Answer => [words(&ANSWERS), words(&MISSES)].concat(),
                Dimension::Way => ["short", "signed", "code", "number", "json"].map(str::to_owned).into(),
                Dimension::Province | Dimension::Visitor => PROVINCES
                    .iter()
                    .map(|code| if *code == 0 { String::new() } else { code.to_string() })
                    .collect(),
                Dimension::Domain => DOMAINS.iter().map(|(code, ..)| (*code).to_owned()).collect(),
                Dimension::Device => {
                    ["wechat", "phone", "tablet", "computer", "other", "program"].map(str::to_owned).into()
                }
            }
        };
        let mut first = 0;
        let mut dimensions = Vec::new();
        for dimension in [Dimension::Total].iter().chain(measure.dimensions()) {
            let values = own(*dimension);
            let next = first + values.len();
            dimensions.push(Values { dimension: *dimension, values, first });
            first = next;
        }
        Sums { dimensions, hours: vec![0; first * 2 * DAY] }
    }

    /// Counts a question in every dimension for which it has a value.
    fn count(&mut self, agent: Agent, hour: usize, value: impl Fn(Dimension) -> Option<usize>) {
        for it in &self.dimensions {
            let value = if it.dimension == Dimension::Total { Some(0) } else { value(it.dimension) };
            let Some(value) = value else { continue };
            let at = (it.first + value) * 2 + usize::from(agent == Agent::Machine);
            self.hours[at * DAY + hour] += 1;
        }
    }

    /// The rows of a day; all is nought afterwards.
    fn take(&mut self, measure: Measure, of: Of, day: Day, out: &mut Vec<Added>) {
        for it in &self.dimensions {
            for (at, value) in it.values.iter().enumerate() {
                for (agent, machine) in [(Agent::Person, 0), (Agent::Machine, 1)] {
                    let begin = ((it.first + at) * 2 + machine) * DAY;
                    let counted = &mut self.hours[begin..begin + DAY];
                    if counted.iter().all(|n| *n == 0) {
                        continue;
                    }
                    let mut hours = [0; HOURS];
                    hours.iter_mut().zip(counted.iter()).for_each(|(hour, n)| *hour = u64::from(*n));
                    counted.fill(0);
                    let tally = Tally { of, day, value: value.clone(), agent, hours };
                    out.push(Added { measure, dimension: it.dimension, tally });
                }
            }
        }
    }
}

/// The place of a share that is met by its weight.
fn picked(weights: impl Iterator<Item = usize> + Clone, rng: &mut Rng) -> usize {
    let mut left = rng.below(weights.clone().sum::<usize>().max(1));
    for (at, weight) in weights.enumerate() {
        match left.checked_sub(weight) {
            None => return at,
            Some(rest) => left = rest,
        }
    }
    0
}

impl Traffic {
    /// The measures that are asked of authorities' certificates.
    pub fn measures() -> impl Iterator<Item = Measure> {
        BASE.iter().chain(&GENERAL).map(|(measure, _)| *measure).chain([Measure::Call])
    }

    /// Hands over the sums of a measure, an authority after the other, the nation's at the end, until nobody takes more.
    pub fn sums(&self, measure: Measure, mut send: impl FnMut(Vec<Added>) -> bool) -> bool {
        let mut nation: Vec<Sums> = self.days.iter().map(|_| Sums::new(measure)).collect();
        let general = GENERAL.iter().find(|(it, _)| *it == measure);
        let of_whom: Vec<(Of, usize)> = match general {
            Some(_) => vec![(Of::Nobody, 0)],
            None => {
                let each = self.authorities.iter().map(|(id, aa)| (Of::Authority(*id), *aa));
                let misses = (measure != Measure::Call).then_some((Of::Nobody, 0));
                each.chain(misses).collect()
            }
        };
        for (of, aa) in of_whom {
            let mut rows = Vec::new();
            let mut sums = Sums::new(measure);
            for (at, day) in self.days.iter().enumerate() {
                self.day(measure, of, aa, at, &mut sums);
                let whole = &mut nation[at].hours;
                whole.iter_mut().zip(&sums.hours).for_each(|(whole, n)| *whole += n);
                sums.take(measure, of, *day, &mut rows);
            }
            if !send(rows) {
                return false;
            }
        }
        let mut rows = Vec::new();
        for (day, sums) in self.days.iter().zip(&mut nation) {
            sums.take(measure, Of::Nation, *day, &mut rows);
        }
        send(rows)
    }

    /// One day of one measure.
    fn day(&self, measure: Measure, of: Of, aa: usize, at: usize, sums: &mut Sums) {
        let day = self.days[at];
        let index = (day.number().unsigned_abs() as u64) << 8 | aa as u64;
        let salt = 900 + measure as u64 * 2 + u64::from(of == Of::Nobody);
        let mut rng = Rng::of(self.seed, salt, index);
        let weekday = WEEK[(day.number() + 3).rem_euclid(7) as usize];
        let growth = 0.5 + 0.5 * (at + 1) as f64 / self.days.len() as f64;
        let usual = self.usual(measure, of, aa) * growth * rng.log_normal(0.12);
        let machines = if measure == Measure::Call { usual } else { usual * 0.12 };
        let people = if measure == Measure::Call { 0.0 } else { usual * weekday };
        for (agent, n, hours) in
            [(Agent::Person, people, HOURS_OF_PEOPLE), (Agent::Machine, machines, HOURS_OF_PROGRAMS)]
        {
            for _ in 0..n.round() as u32 {
                let hour = picked(hours.into_iter(), &mut rng);
                let values =
                    Dimension::ALL.iter().map(|it| self.value(measure, *it, of, aa, agent, &mut rng));
                let values: Vec<Option<usize>> = values.collect();
                sums.count(agent, hour, |of| values[of as usize]);
            }
        }
    }

    /// How often on a usual day.
    fn usual(&self, measure: Measure, of: Of, aa: usize) -> f64 {
        let weight = if aa == 0 { AVERAGE } else { WEIGHTS[aa] as f64 };
        let base = BASE.iter().chain(&GENERAL).find(|(it, _)| *it == measure).map_or(80.0, |(_, n)| *n);
        let general = GENERAL.iter().any(|(it, _)| *it == measure);
        self.share * if general || of == Of::Nobody { base } else { base * weight / AVERAGE }
    }

    fn value(
        &self,
        measure: Measure,
        of: Dimension,
        whose: Of,
        aa: usize,
        agent: Agent,
        rng: &mut Rng,
    ) -> Option<usize> {
        let person = agent == Agent::Person;
        let nobody = whose == Of::Nobody;
        let by = |list: &[(&str, usize)], rng: &mut Rng| picked(list.iter().map(|(_, n)| *n), rng);
        Some(match of {
            Dimension::Total => 0,
            Dimension::Answer => match measure {
                Measure::Search => by(&[("found", 88), ("none", 12)], rng),
                Measure::Call => by(&[("2xx", 958), ("4xx", 40), ("5xx", 2)], rng),
                _ if nobody => ANSWERS.len() + by(&MISSES, rng),
                _ => by(&ANSWERS, rng),
            },
            Dimension::Way => match (measure, person) {
                (_, false) => 4,
                (Measure::Scan, true) => by(&[("short", 76), ("signed", 24)], rng),
                (_, true) => 2 + by(&[("code", 36), ("number", 64)], rng),
            },
            Dimension::Province | Dimension::Domain if nobody => return None,
            Dimension::Province if aa == 0 => picked(WEIGHTS.into_iter(), rng),
            Dimension::Province => aa,
            Dimension::Visitor if rng.below(1_000) < NOWHERE => 0,
            Dimension::Visitor if aa > 0 && rng.chance(NEAR) => aa,
            Dimension::Visitor => picked(WEIGHTS.into_iter(), rng),
            Dimension::Domain => picked(DOMAINS.iter().map(|(.., shares)| shares.iter().sum()), rng),
            Dimension::Device if !person => 5,
            Dimension::Device if measure == Measure::Scan => by(&SCANNING, rng),
            Dimension::Device => by(&TYPING, rng),
        })
    }

    /// Hands over the visitors of days, those of the nation and of late those of each authority, until nobody takes more.
    pub fn visitors(&self, mut send: impl FnMut(Vec<(Day, Of, Sketch)>) -> bool) -> bool {
        for (at, day) in self.days.iter().enumerate() {
            let growth = 0.5 + 0.5 * (at + 1) as f64 / self.days.len() as f64;
            let late = at + VISITORS >= self.days.len();
            let each = self.authorities.iter().filter(|_| late).map(|(id, aa)| (Of::Authority(*id), *aa));
            let mut all = Vec::new();
            for (of, aa) in [(Of::Nobody, 0)].into_iter().chain(each) {
                let mut rng = Rng::of(self.seed, 990, (day.number().unsigned_abs() as u64) << 8 | aa as u64);
                let weekday = WEEK[(day.number() + 3).rem_euclid(7) as usize];
                let usual = if of == Of::Nobody {
                    9_000.0 * self.share
                } else {
                    self.usual(Measure::Scan, of, aa) * 0.7
                };
                let mut sketch = Sketch::default();
                for _ in 0..(usual * growth * weekday).round() as u32 {
                    sketch.insert(rng.next());
                }
                all.push((*day, of, sketch));
            }
            if !send(all) {
                return false;
            }
        }
        true
    }

    /// Codes and numbers that nobody has, of a day.
    pub fn unknown(&self, day: Day) -> Vec<(Day, &'static str, String, u64)> {
        let mut rng = Rng::of(self.seed, 991, day.number().unsigned_abs() as u64);
        let n = (300.0 * self.share) as usize + 3;
        let one = |at: usize| {
            let often = if at < 3 { 4 + rng.below(20) as u64 } else { 1 + u64::from(rng.chance(12)) };
            if rng.chance(70) {
                let (a, b) = (rng.next().to_le_bytes(), rng.next().to_le_bytes());
                let entropy = std::array::from_fn(|n| if n < 8 { a[n] } else { b[n - 8] });
                (day, "code", Code::from_entropy(entropy, Realm::Registry).as_str().to_owned(), often)
            } else {
                let (year, aa) = (19 + rng.below(8), 1 + rng.below(31));
                let domain = DOMAINS[rng.below(DOMAINS.len())].0;
                (day, "number", format!("{year}{aa:02}{domain}14{:04}", 9_000 + rng.below(1_000)), often)
            }
        };
        let mut all: Vec<(Day, &'static str, String, u64)> = (0..n).map(one).collect();
        all.sort_by(|a, b| (a.1, &a.2).cmp(&(b.1, &b.2)));
        all.dedup_by(|a, b| (a.1, &a.2) == (b.1, &b.2));
        all
    }

    /// How often each of some bodies was asked for in a month: people and programs, the first one most.
    pub fn bodies(&self, authority: AuthorityId, month: Day, n: usize) -> Vec<(u64, u64)> {
        let mut rng =
            Rng::of(self.seed, 992, (month.number().unsigned_abs() as u64) << 8 | authority.0.unsigned_abs());
        let one = |at: usize| {
            let people = 900.0 * self.share.max(0.2) / (at as f64 + 1.5) * rng.log_normal(0.4);
            (people.round() as u64, (people * 0.1).round() as u64)
        };
        (0..n).map(one).filter(|(people, _)| *people > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn traffic() -> Traffic {
        let day = |n: i32| Day::parse("2026-11-02").unwrap().plus_days(n).unwrap();
        Traffic {
            seed: 7,
            authorities: vec![(AuthorityId(1), 0), (AuthorityId(28), 27)],
            days: (0..8).map(day).collect(),
            share: 0.2,
        }
    }

    fn all(measure: Measure) -> Vec<Added> {
        let mut all = Vec::new();
        assert!(traffic().sums(measure, |rows| {
            all.extend(rows);
            true
        }));
        all
    }

    #[test]
    fn every_dimension_adds_up_and_the_nation_is_the_sum_of_all() {
        let mut sums: HashMap<(Day, Of, Dimension), u64> = HashMap::new();
        for it in all(Measure::Scan) {
            *sums.entry((it.tally.day, it.tally.of, it.dimension)).or_default() += it.tally.sum();
        }
        for day in traffic().days {
            let of = |of: Of, dimension: Dimension| sums.get(&(day, of, dimension)).copied().unwrap_or(0);
            for dimension in Measure::Scan.dimensions() {
                let authority = Of::Authority(AuthorityId(28));
                assert_eq!(of(authority, *dimension), of(authority, Dimension::Total), "{dimension:?}");
            }
            let each = [Of::Nobody, Of::Authority(AuthorityId(1)), Of::Authority(AuthorityId(28))];
            let whole: u64 = each.iter().map(|it| of(*it, Dimension::Total)).sum();
            assert_eq!(of(Of::Nation, Dimension::Total), whole);
            assert!(whole > 0);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_and_weekends_are_quiet() {
        assert_eq!(all(Measure::Verdict), all(Measure::Verdict));
        let on = |at: usize| {
            let day = traffic().days[at];
            let of = |it: &&Added| {
                it.dimension == Dimension::Total && it.tally.of == Of::Nation && it.tally.day == day
            };
            all(Measure::Scan).iter().filter(of).map(|it| it.tally.sum()).sum::<u64>()
        };
        assert!(on(5) * 2 < on(1), "Saturday {} Tuesday {}", on(5), on(1));
    }
}
