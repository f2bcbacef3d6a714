//! 机关排名: the authorities by what was asked of their certificates or what they did, and how that changed.

use super::{Behind, Cell, FigureRow, FigureSheet, SPLIT, Slice, Split, leads};
use crate::{App, Result};
use domain::AuthorityId;
use domain::tally::Agent;
use std::cmp::Reverse;
use store::tally_sums::{self, OfAuthority};

/// The rank of each of some counts, from 1; equal counts share one, and the next ones are left out.
fn ranks(counts: &[u64]) -> Vec<u64> {
    let rank = |n: &u64| counts.iter().filter(|other| *other > n).count() as u64 + 1;
    counts.iter().map(rank).collect()
}

impl App {
    pub(super) async fn figures_of_ranking(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let (tables, measure) = (self.tables(), slice.measure);
        let all: Vec<AuthorityId> = tables.authorities.iter().map(|it| it.id).collect();
        let reader = || (&self.db).into();
        let now = splits(&all, &tally_sums::of_each(reader(), measure, &all, slice.days).await?);
        let before = splits(&all, &tally_sums::of_each(reader(), measure, &all, slice.before).await?);
        let people = leads(measure, Agent::Person) && !leads(measure, Agent::Machine);
        let count = |split: &Split| if people { split.people } else { split.total() };
        let (leading, led): (Vec<u64>, Vec<u64>) =
            (now.iter().map(count).collect(), before.iter().map(count).collect());
        let (rank, earlier) = (ranks(&leading), ranks(&led));
        let known = led.iter().any(|n| *n > 0);
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|at| (rank[*at], Reverse(now[*at].total()), *at));
        let row = |at: usize| {
            let moved = earlier[at].cast_signed() - rank[at].cast_signed();
            let name = tables.authority(all[at]).map(|it| it.short_name.clone()).unwrap_or_default();
            let [people, machines, total] = now[at].cells();
            let cells = vec![
                Cell::Count(rank[at]),
                if known { Cell::Change(moved) } else { Cell::Empty },
                Cell::Text(name),
                people,
                machines,
                total,
                Cell::Count(before[at].total()),
                Cell::change(now[at].total(), before[at].total()),
            ];
            FigureRow::of(all[at].0.to_string(), Behind::Authority(all[at]), cells)
        };
        let ((from, to), (first, last)) = (slice.days, slice.before);
        let by = if people {
            "按公众的次数排名，程序的访问不计入名次"
        } else {
            "按合计排名"
        };
        let definition = format!(
            "本期 {from} 至 {to}（含今天），上期 {first} 至 {last}。{by}；次数相同的名次相同。{}",
            measure.definition()
        );
        let sheet = FigureSheet::new("ranking", format!("{}：机关排名", measure.label()), definition)
            .columns(&[
                ("rank", "名次", ""),
                ("moved", "升降", "与上期的名次比较，正数为上升；上期全国没有记录的不比较。"),
                ("authority", "机关", ""),
            ])
            .columns(&SPLIT)
            .columns(&[("before", "上期合计", ""), ("change", "增减", "")])
            .rows(order.into_iter().map(row).collect());
        Ok(vec![sheet])
    }
}

fn splits(all: &[AuthorityId], sums: &[OfAuthority]) -> Vec<Split> {
    let of = |id: &AuthorityId| {
        let mut split = Split::default();
        sums.iter().filter(|it| it.authority == *id).for_each(|it| split.add(it.agent, it.n));
        split
    };
    all.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_counts_share_a_rank() {
        assert_eq!(ranks(&[5, 9, 5, 0]), [2, 1, 2, 4]);
        assert_eq!(ranks(&[]), [] as [u64; 0]);
    }
}
