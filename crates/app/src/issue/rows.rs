//! Which interval rows end and which begin, so that a change writes only what differs.

use super::persons::{Rows, Whose};
use domain::PersonId;
use std::collections::HashSet;
use store::content::Placed;

/// Distance between neighbours: room for twenty insertions at one place before a group is written anew.
pub(super) const STEP: i64 = 1 << 20;

/// A row of the new content with what stays outside of its value.
pub(super) struct New<T> {
    pub(super) site_no: i64,
    /// [`Whose::Anyone`] where the group has no persons.
    pub(super) whose: Whose,
    pub(super) value: T,
}

/// The outcome for one group.
pub(super) struct Delta<T> {
    /// Rows that end.
    pub(super) ended: Vec<Placed<T>>,
    /// Rows that begin, with fresh keys; `person` is to be filled in by the caller.
    pub(super) open: Vec<Placed<T>>,
    /// For each open row, its index in the new content.
    pub(super) index: Vec<usize>,
    /// For each kept row: index in the new content and its person.
    pub(super) kept: Vec<(usize, PersonId)>,
}

impl<T> Delta<T> {
    /// Keys of rows that end.
    pub(super) fn close(&self) -> Vec<i64> {
        self.ended.iter().map(|row| row.row).collect()
    }

    /// As the persons of the rows are found.
    pub(super) fn persons(&mut self) -> Rows<'_, T> {
        Rows { kept: &self.kept, ended: &self.ended, open: &mut self.open, index: &self.index }
    }
}

/// Keeps every old row that stands unchanged and in order, its person included; ends the others; gives new rows keys
/// above `last`. `numbered` are the persons before of whom an ID number is on file.
pub(super) fn delta<T: PartialEq>(
    old: Vec<Placed<T>>,
    new: Vec<New<T>>,
    last: i64,
    numbered: &HashSet<PersonId>,
) -> Delta<T> {
    let kept = keep(&old, &new, numbered);
    let mut key = last;
    let mut out = Delta { ended: Vec::new(), open: Vec::new(), index: Vec::new(), kept: Vec::new() };
    let orders = orders(&old, &kept, new.len());
    let stays = orders.is_some();
    let orders = orders.unwrap_or_else(|| (1..=new.len() as i64).map(|n| n * STEP).collect());
    let mut used = vec![false; old.len()];
    for (at, (row, ord)) in new.into_iter().zip(orders).enumerate() {
        match kept[at].filter(|_| stays) {
            Some(before) => {
                used[before] = true;
                out.kept.push((at, old[before].person));
            }
            None => {
                key += 1;
                let person = PersonId(0);
                out.open.push(Placed { row: key, ord, site_no: row.site_no, person, value: row.value });
                out.index.push(at);
            }
        }
    }
    out.ended = old.into_iter().zip(used).filter(|(_, used)| !used).map(|(row, _)| row).collect();
    out
}

/// For each new row the old one that it continues, such that their order stays the same.
fn keep<T: PartialEq>(old: &[Placed<T>], new: &[New<T>], numbered: &HashSet<PersonId>) -> Vec<Option<usize>> {
    let mut from = 0;
    new.iter()
        .map(|row| {
            // Looking far ahead for each changed row would be quadratic in annexes of 30,000 rows.
            let window = &old[from..old.len().min(from + 400)];
            let same = |o: &Placed<T>| {
                o.site_no == row.site_no && o.value == row.value && row.whose.admits(o.person, numbered)
            };
            let found = window.iter().position(same)?;
            from += found + 1;
            Some(from - 1)
        })
        .collect()
}

/// Sparse orders of the new rows, kept rows keeping theirs; `None` where there is no room left between two.
fn orders<T>(old: &[Placed<T>], kept: &[Option<usize>], rows: usize) -> Option<Vec<i64>> {
    let mut out = Vec::with_capacity(rows);
    let mut low = 0;
    let mut at = 0;
    while at < rows {
        let run = kept[at..].iter().take_while(|k| k.is_none()).count();
        let next = kept.get(at + run).copied().flatten().map(|o| old[o].ord);
        let step = match next {
            Some(high) => (high - low) / (run as i64 + 1),
            None => STEP,
        };
        if run > 0 && step == 0 {
            return None;
        }
        out.extend((1..=run as i64).map(|n| low + n * step));
        low = next.unwrap_or(low + run as i64 * step);
        out.extend(next);
        at += run + 1;
    }
    out.truncate(rows);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn placed(values: &[u8]) -> Vec<Placed<u8>> {
        let row =
            |(n, v): (i64, &u8)| Placed { row: n, ord: n * STEP, site_no: 1, person: PersonId(n), value: *v };
        (1..).zip(values).map(row).collect()
    }

    fn new(values: &[u8]) -> Vec<New<u8>> {
        values.iter().map(|v| New { site_no: 1, whose: Whose::Anyone, value: *v }).collect()
    }

    /// What a reader sees after the delta is applied.
    fn after(old: &[Placed<u8>], delta: &Delta<u8>) -> Vec<u8> {
        let mut rows: Vec<_> =
            old.iter().filter(|o| !delta.close().contains(&o.row)).chain(&delta.open).collect();
        rows.sort_by_key(|r| (r.ord, r.row));
        rows.iter().map(|r| r.value).collect()
    }

    #[test]
    fn a_row_in_the_middle_touches_no_other() {
        let old = placed(&[1, 2, 3]);
        let delta = delta(old.clone(), new(&[1, 9, 2, 3]), 3, &HashSet::new());
        assert!(delta.ended.is_empty());
        assert_eq!(delta.open.len(), 1);
        assert_eq!(after(&old, &delta), [1, 9, 2, 3]);
    }

    proptest! {
        #[test]
        fn what_is_read_afterwards_is_the_new_content(
            a in proptest::collection::vec(0u8..6, 0..30), b in proptest::collection::vec(0u8..6, 0..30),
            c in proptest::collection::vec(0u8..6, 0..30)
        ) {
            let old = placed(&a);
            let first = delta(old.clone(), new(&b), a.len() as i64, &HashSet::new());
            prop_assert_eq!(after(&old, &first), b.clone());
            // and once more on what the first change left
            let close = first.close();
            let mut rows: Vec<_> = old.into_iter().filter(|o| !close.contains(&o.row)).chain(first.open).collect();
            rows.sort_by_key(|r| (r.ord, r.row));
            let second = delta(rows.clone(), new(&c), 1000, &HashSet::new());
            prop_assert_eq!(after(&rows, &second), c);
        }
    }
}
