//! Likeness within one file: each pair is told once, at its later line.

use super::party::{Grant, Party};
use super::{MOST, manner};
use domain::{CROWD, NameShape, Problem, Uscc};
use rustc_hash::FxHashMap;

/// What the certificates of a file have to do with each other, by their place in the list.
pub(crate) fn twins(parties: &[Option<Party>]) -> FxHashMap<usize, Vec<Problem>> {
    let bodies = bodies(parties);
    let mut out = FxHashMap::default();
    names(&bodies, &mut out);
    codes(&bodies, &mut out);
    grants(parties, &mut out);
    out
}

/// Names nearly the same that are listed of one file: nobody looks at more, and they must not push errors off the list.
const LISTED: usize = 1_000;

type Told = FxHashMap<usize, Vec<Problem>>;

/// The first line of each name with its code.
fn bodies(parties: &[Option<Party>]) -> Vec<(usize, &Party)> {
    let mut first: FxHashMap<(&str, Option<Uscc>, Option<Uscc>), usize> = FxHashMap::default();
    first.reserve(parties.len());
    let mut out = Vec::new();
    for (at, party) in parties.iter().enumerate() {
        let Some(party) = party else { continue };
        first.entry((&party.name, party.own, party.parent)).or_insert_with(|| {
            out.push((at, party));
            at
        });
    }
    out
}

/// Names that are the same or nearly, with another code.
fn names(bodies: &[(usize, &Party)], out: &mut Told) {
    let mut keys: Vec<(i64, u32)> = Vec::with_capacity(bodies.len() * 5);
    for (n, (_, party)) in (0..).zip(bodies) {
        keys.extend(party.keys.map(|key| (key, n)));
    }
    keys.sort_unstable();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for run in keys.chunk_by(|a, b| a.0 == b.0).filter(|run| (2..=CROWD).contains(&run.len())) {
        for (i, (_, earlier)) in run.iter().enumerate() {
            pairs.extend(run[i + 1..].iter().map(|(_, later)| (*later, *earlier)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut shapes: FxHashMap<u32, NameShape> = FxHashMap::default();
    let mut listed = 0;
    for (later, earlier) in pairs {
        let ((at, mine), (_, theirs)) = (bodies[later as usize], bodies[earlier as usize]);
        for n in [later, earlier] {
            shapes.entry(n).or_insert_with(|| NameShape::of(&bodies[n as usize].1.name));
        }
        let Some(alike) = shapes[&later].alike(&shapes[&earlier]) else { continue };
        let told = out.entry(at).or_default();
        if told.len() < MOST {
            let equal = mine.name_key() == theirs.name_key();
            let how = if equal { "相同" } else { manner(alike) };
            let problem = mine.near_by(&theirs.side(), how);
            listed += usize::from(problem.is_some());
            told.extend(problem);
        }
        if listed == LISTED {
            told.push(mine.many_more(LISTED));
            return;
        }
    }
}

/// One code under two names, and what is nearly a code of the file.
fn codes(bodies: &[(usize, &Party)], out: &mut Told) {
    let mut by_code: Vec<(Uscc, usize)> = Vec::with_capacity(bodies.len());
    by_code.extend(bodies.iter().enumerate().filter_map(|(n, (_, party))| Some((party.own?, n))));
    by_code.sort_unstable();
    for run in by_code.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let (_, first) = bodies[run[0].1];
        for (_, later) in &run[1..] {
            let (at, party) = bodies[*later];
            out.entry(at).or_default().extend(party.other_name(first));
        }
    }
    for (at, party) in bodies.iter().filter(|(_, party)| party.mistyped.is_some()) {
        for slip in party.slips() {
            let from = by_code.partition_point(|(code, _)| *code < slip);
            let Some((_, n)) = by_code.get(from).filter(|(code, _)| *code == slip) else { continue };
            out.entry(*at).or_default().extend(party.mistyped(&bodies[*n].1.side()));
        }
    }
}

/// A certificate's place in the file, and what it would grant.
type Line<'p> = (usize, &'p Party, &'p Grant);

/// 一家一证: two certificates of one body and domain that hold at the same time, neither of which replaces the other.
fn grants<'p>(parties: &'p [Option<Party>], out: &mut Told) {
    let line = |(at, party): (usize, &'p Option<Party>)| {
        let party = party.as_ref()?;
        Some((at, party, party.grant.as_ref()?))
    };
    let mut lines: Vec<Line<'_>> = parties.iter().enumerate().filter_map(line).collect();
    let body = |line: &Line<'p>| (&line.2.key, line.2.domain);
    lines.sort_by(|a, b| body(a).cmp(&body(b)));
    for of in lines.chunk_by(|a, b| body(a) == body(b)).filter(|of| of.len() > 1) {
        for (i, (at, party, grant)) in of.iter().enumerate() {
            let second = of[..i].iter().filter(|(_, _, other)| grant.beside(other)).take(MOST);
            let told: Vec<Problem> = second.map(|(_, other, with)| party.second(other, with)).collect();
            if !told.is_empty() {
                out.entry(*at).or_default().extend(told);
            }
        }
    }
}

impl Grant {
    /// Whether both hold on one day and neither names the other. One number twice is another problem.
    fn beside(&self, other: &Grant) -> bool {
        let overlap = self.valid.0 <= other.valid.1 && other.valid.0 <= self.valid.1;
        let names = |a: &Grant, b: &Grant| a.previous.is_some() && a.previous == b.number;
        let same = self.number.is_some() && self.number == other.number;
        overlap && !same && !names(self, other) && !names(other, self)
    }
}
