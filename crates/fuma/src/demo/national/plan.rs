//! The plan of a country: which bodies there are and which certificates each has, before any of them is made. A few bytes
//! a certificate; everything follows from size and seed.

use super::super::rng::Rng;
use super::super::world::scaled;
use super::places::{CORPS, PLACES};
use domain::Day;
use std::collections::HashMap;

/// How much a registry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub bodies: usize,
    pub certificates: usize,
    pub capabilities: usize,
    pub instruments: usize,
    /// Signatories and staff.
    pub people: usize,
}

impl Size {
    /// The whole country (domain.md section 7).
    pub const WHOLE: Size = Size {
        bodies: 55_000,
        certificates: 120_000,
        capabilities: 25_000_000,
        instruments: 10_000_000,
        people: 1_500_000,
    };

    /// One `n`th of the country.
    pub fn part(n: usize) -> Size {
        let Size { bodies, certificates, capabilities, instruments, people } = Size::WHOLE;
        let n = n.max(1);
        let (bodies, certificates) = (bodies / n, certificates / n);
        Size {
            bodies,
            certificates,
            capabilities: capabilities / n,
            instruments: instruments / n,
            people: people / n,
        }
    }
}

/// The day on which this country was written down: what was issued before 2026 is taken over, the rest assigned.
pub fn written() -> Day {
    day(2026, 10, 31)
}

/// The first day of what is assigned here.
pub fn begun() -> Day {
    day(2026, 1, 1)
}

fn day(year: u16, month: u8, dom: u8) -> Day {
    Day::new(year, month, dom).expect("a day of the calendar")
}

/// A day so many days away.
pub fn shifted(day: Day, days: i32) -> Day {
    day.plus_days(days).expect("invented days lie far from both ends of the calendar")
}

/// A body of the plan.
#[derive(Clone, Copy, Debug)]
pub struct BodyPlan {
    /// AA of its province.
    pub aa: usize,
    /// Index of its county in [`PLACES`].
    pub place: usize,
    /// Which of the bodies whose names begin with the same city.
    pub ordinal: usize,
    /// What it calls itself by: index into [`DOMAINS`].
    pub domain: usize,
}

/// A certificate of the plan.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Whose.
    pub body: usize,
    /// AA of the authority.
    pub aa: usize,
    /// Index into [`DOMAINS`].
    pub domain: usize,
    /// Capability rows.
    pub rows: usize,
    /// Instruments.
    pub instruments: usize,
    /// Signatories and staff.
    pub people: usize,
    /// 发证日期.
    pub issued: Day,
    /// 首次发证日期 of its line.
    pub first_issued: Day,
    /// SSSS.
    pub serial: u16,
    /// The one it replaces: the one before it in the plan.
    pub renews: bool,
    /// Whether another one replaces it.
    pub renewed: bool,
}

/// Bodies and certificates, those of a body one after the other, in the order of their issue within a line.
pub struct Plan {
    /// All bodies.
    pub bodies: Vec<BodyPlan>,
    /// All certificates.
    pub slots: Vec<Slot>,
}

/// Bodies of 2020 by AA (domain.md section 7; Xinjiang and its corps apart).
pub const WEIGHTS: [usize; 33] = [
    0, 1_000, 560, 2_407, 1_500, 1_504, 1_812, 1_150, 1_421, 1_000, 3_413, 2_224, 1_700, 1_400, 1_473, 3_784,
    2_879, 1_690, 1_728, 3_807, 1_350, 389, 950, 2_341, 1_250, 1_350, 160, 1_859, 1_000, 333, 380, 950, 150,
];

/// Domain, usual industry, and how often it is met among annexes of up to 60, 150, 600 and more rows: vehicle stations
/// have tens of rows, food laboratories and institutes thousands.
pub const DOMAINS: [(&str, &str, [usize; 4]); 21] = [
    ("05", "11", [70, 20, 0, 0]),
    ("12", "05", [5, 17, 16, 10]),
    ("01", "06", [6, 17, 14, 4]),
    ("02", "28", [5, 15, 14, 6]),
    ("13", "08", [2, 2, 0, 0]),
    ("00", "14", [1, 5, 17, 46]),
    ("04", "09", [2, 5, 9, 8]),
    ("03", "10", [2, 5, 4, 1]),
    ("11", "26", [1, 2, 3, 0]),
    ("10", "26", [1, 2, 5, 3]),
    ("09", "01", [1, 2, 5, 2]),
    ("08", "22", [1, 1, 2, 1]),
    ("14", "23", [1, 1, 2, 1]),
    ("17", "32", [1, 1, 1, 0]),
    ("16", "31", [0, 1, 1, 0]),
    ("15", "14", [0, 1, 1, 0]),
    ("06", "02", [1, 1, 0, 0]),
    ("07", "03", [1, 0, 0, 0]),
    ("19", "10", [1, 0, 0, 0]),
    ("21", "24", [1, 1, 1, 0]),
    ("20", "11", [0, 2, 6, 22]),
];

/// Most rows of an annex (domain.md section 7).
const MOST_ROWS: usize = 30_000;
/// Sigma of the law of annex sizes: median 120, mean 208.
const SIGMA: f64 = 1.05;
/// One certificate in so many is that of a large institute, with 5,000 rows and more.
const LARGE: usize = 2_000;
/// Most certificates of a line: one, its renewal, and the renewal of that.
const LINE: usize = 3;

/// A line of certificates, each the renewal of the one before.
struct Line {
    body: usize,
    aa: usize,
    count: usize,
}

impl Plan {
    /// The plan of a size and a seed.
    pub fn new(size: Size, seed: u64) -> Plan {
        let mut bodies = bodies(size.bodies, seed);
        let lines = lines(&bodies, size.certificates, seed);
        let mut slots = Vec::with_capacity(size.certificates);
        for (at, line) in (0..).zip(&lines) {
            push_line(&mut slots, line, &mut Rng::of(seed, 52, at));
        }
        sizes(&mut slots, size, seed);
        domains(&mut slots, &mut bodies, seed);
        serials(&mut slots);
        Plan { bodies, slots }
    }
}

/// Index of a share that is met by its weight.
fn shared(weights: impl Iterator<Item = usize> + Clone, rng: &mut Rng) -> usize {
    let mut left = rng.below(weights.clone().sum::<usize>().max(1));
    for (at, weight) in weights.enumerate() {
        match left.checked_sub(weight) {
            None => return at,
            Some(rest) => left = rest,
        }
    }
    0
}

fn bodies(n: usize, seed: u64) -> Vec<BodyPlan> {
    let mut ordinals: HashMap<&str, usize> = HashMap::new();
    let body = |index: usize| {
        let mut rng = Rng::of(seed, 50, index as u64);
        let aa = shared(WEIGHTS.into_iter(), &mut rng);
        let place = rng.below(PLACES[aa].len());
        let ordinal = ordinals.entry(&PLACES[aa][place].city).or_default();
        *ordinal += 1;
        BodyPlan { aa, place, ordinal: *ordinal - 1, domain: 0 }
    };
    (0..n).map(body).collect()
}

/// The lines of all bodies, so many that they hold `certificates`: most have one of their province, some a second one, some
/// one of the national authority, beside or alone.
fn lines(bodies: &[BodyPlan], certificates: usize, seed: u64) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        let mut rng = Rng::of(seed, 51, index as u64);
        let mut line = |aa, rng: &mut Rng| {
            let count = 1 + usize::from(rng.chance(64)) + usize::from(rng.chance(18));
            lines.push(Line { body: index, aa, count: count.min(LINE) });
        };
        let (national, second) = (rng.below(1_000), rng.chance(12));
        if national >= 15 {
            line(body.aa, &mut rng);
        }
        if second && national >= 15 {
            line(body.aa, &mut rng);
        }
        if national < 75 {
            line(0, &mut rng);
        }
    }
    let mut total: usize = lines.iter().map(|line| line.count).sum();
    // What chance has left over or out is spread over the first lines that can bear it.
    for at in 0..lines.len() * LINE {
        let at = at % lines.len();
        let line = &mut lines[at];
        if total > certificates && line.count > 1 {
            (line.count, total) = (line.count - 1, total - 1);
        } else if total < certificates && line.count < LINE {
            (line.count, total) = (line.count + 1, total + 1);
        }
    }
    lines
}

/// The certificates of a line, the latest issued within its six years or, in one of ten, expired since.
fn push_line(slots: &mut Vec<Slot>, line: &Line, rng: &mut Rng) {
    let age = if rng.chance(90) { rng.below(2_180) } else { 2_192 + rng.below(900) };
    let mut issued = shifted(written(), -(age as i32));
    let mut days = vec![issued];
    for _ in 1..line.count {
        // A renewal comes one to three months before the old one ends.
        let before = issued.plus_years(-6).and_then(|day| day.plus_days(30 + rng.below(70) as i32));
        issued = before.expect("invented days lie far from both ends of the calendar");
        days.push(issued);
    }
    for (at, &issued) in days.iter().rev().enumerate() {
        slots.push(Slot {
            body: line.body,
            aa: line.aa,
            domain: 0,
            rows: 0,
            instruments: 0,
            people: 0,
            issued,
            first_issued: days[days.len() - 1],
            serial: 0,
            renews: at > 0,
            renewed: at + 1 < days.len(),
        });
    }
}

/// Gives every certificate its numbers of rows; within a line they grow.
fn sizes(slots: &mut [Slot], size: Size, seed: u64) {
    let mut rng = Rng::of(seed, 53, 0);
    let large = slots.len() / LARGE;
    let mut weights: Vec<f64> = slots.iter().map(|_| rng.log_normal(SIGMA) * 120.0).collect();
    for _ in 0..large {
        let at = rng.below(slots.len());
        weights[at] = 5_000.0 + rng.unit() * rng.unit() * 30_000.0;
    }
    grow(slots, &mut weights);
    let rows = scaled(&weights, size.capabilities, MOST_ROWS);
    let of_rows = |power: f64, sigma: f64, rng: &mut Rng| -> Vec<f64> {
        rows.iter().map(|rows| (*rows as f64).powf(power) * rng.log_normal(sigma)).collect()
    };
    let instruments = scaled(&of_rows(0.5, 0.9, &mut rng), size.instruments, 5_000);
    let people = scaled(&of_rows(0.35, 0.6, &mut rng), size.people.saturating_sub(3 * slots.len()), 400);
    for (at, slot) in slots.iter_mut().enumerate() {
        (slot.rows, slot.instruments, slot.people) = (rows[at], instruments[at], people[at] + 3);
    }
}

/// Sorts the weights of each line.
fn grow(slots: &[Slot], weights: &mut [f64]) {
    let mut from = 0;
    while from < slots.len() {
        let more = slots[from + 1..].iter().take_while(|slot| slot.renews).count();
        weights[from..=from + more].sort_by(f64::total_cmp);
        from += more + 1;
    }
}

/// The domain of each line follows from its largest annex; that of its first line is what a body calls itself by.
fn domains(slots: &mut [Slot], bodies: &mut [BodyPlan], seed: u64) {
    let (mut domain, mut named) = (0, usize::MAX);
    for at in (0..slots.len()).rev() {
        if !slots[at].renewed {
            let bracket = match slots[at].rows {
                0..=60 => 0,
                61..=150 => 1,
                151..=600 => 2,
                _ => 3,
            };
            let mut rng = Rng::of(seed, 54, at as u64);
            domain = shared(DOMAINS.iter().map(|(.., shares)| shares[bracket]), &mut rng);
            // Only food with all the rest beside it can fill the largest annexes.
            if slots[at].rows > 8_000 {
                domain = DOMAINS.iter().position(|(code, ..)| *code == "00").unwrap_or_default();
            }
        }
        slots[at].domain = domain;
    }
    for slot in slots {
        if slot.body != named {
            named = slot.body;
            bodies[named].domain = slot.domain;
        }
    }
}

/// Serials count for each authority and year, as its counter does.
fn serials(slots: &mut [Slot]) {
    let mut last: HashMap<(usize, u16), u16> = HashMap::new();
    for slot in slots {
        let serial = last.entry((slot.aa, slot.issued.year())).or_default();
        *serial += 1;
        slot.serial = *serial;
    }
}

/// Whether a body is one of the corps in Xinjiang.
pub fn of_corps(body: &BodyPlan) -> bool {
    body.aa == CORPS
}
