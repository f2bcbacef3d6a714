//! 趋势: one measure day by day or month by month, and what it is made of.

use super::today::VISITORS;
use super::{
    Behind, Cell, FigureRow, FigureSheet, SPLIT, Slice, Split, month_name, month_of, shifted, words,
};
use crate::{App, Result};
use domain::Day;
use domain::tally::{Dimension, Measure};
use std::collections::BTreeMap;
use store::tally::Of;
use store::tally_sums::{self, OfValue};

/// By what the measure of a trend is told apart below it; where it was asked has a page of its own.
const PARTS: [Dimension; 4] = [Dimension::Answer, Dimension::Way, Dimension::Domain, Dimension::Device];

impl Slice {
    /// Every day of the slice, or the first day of every month.
    pub(super) fn steps(&self) -> Vec<Day> {
        let (mut at, to) = self.days;
        let mut steps = Vec::new();
        while at <= to {
            steps.push(at);
            let next = if self.by_month { month_of(shifted(month_of(at), 31)) } else { shifted(at, 1) };
            if next <= at {
                break; // the end of the calendar
            }
            at = next;
        }
        steps
    }

    /// The step a day belongs to.
    pub(super) fn step(&self, day: Day) -> Day {
        if self.by_month { month_of(day).max(self.days.0) } else { day }
    }

    /// What a step is called.
    pub(super) fn step_name(&self, day: Day) -> String {
        if self.by_month { month_name(day) } else { day.to_string() }
    }

    /// The heading of its column.
    pub(super) fn step_label(&self) -> &'static str {
        if self.by_month { "月份" } else { "日期" }
    }
}

impl App {
    pub(super) async fn figures_of_trend(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let Slice { of, measure, days, before, .. } = *slice;
        let reader = || (&self.db).into();
        let sums = tally_sums::by_day(reader(), measure, of, days).await?;
        let mut steps: BTreeMap<Day, Split> = BTreeMap::new();
        let mut now = Split::default();
        for it in sums {
            steps.entry(slice.step(it.day)).or_default().add(it.agent, it.n);
            now.add(it.agent, it.n);
        }
        let earlier = tally_sums::by_value(reader(), measure, Dimension::Total, of, before).await?;
        let mut sheets = vec![period(slice, now, split(&earlier)), stepped(slice, &steps)];
        if measure.is_question() && measure != Measure::Call {
            sheets.push(self.visitors(slice).await?);
        }
        let tables = self.tables();
        for dimension in PARTS.into_iter().filter(|it| measure.dimensions().contains(it)) {
            let values = tally_sums::by_value(reader(), measure, dimension, of, days).await?;
            let name = |value: &str| words::value(measure, dimension, value, &tables);
            let title = format!("按{}", dimension.label());
            let sheet = FigureSheet::new(dimension.key(), title, dimension.definition());
            sheets.push(parts(sheet, dimension, &values, name));
        }
        Ok(sheets)
    }

    /// 独立访客 of the slice.
    async fn visitors(&self, slice: &Slice) -> Result<FigureSheet> {
        let of = if slice.of == Of::Nation { Of::Nobody } else { slice.of };
        let mut steps: BTreeMap<Day, u64> = BTreeMap::new();
        for (day, sketch) in store::asked::visitors((&self.db).into(), of, slice.days).await? {
            *steps.entry(slice.step(day)).or_default() += sketch.count();
        }
        let row = |day: Day| {
            let n = steps.get(&day).copied().unwrap_or(0);
            let cells = vec![Cell::Text(slice.step_name(day)), Cell::Count(n)];
            FigureRow::of(slice.step_name(day), Behind::Nothing, cells)
        };
        Ok(FigureSheet::new("visitors", "独立访客", VISITORS)
            .columns(&[("at", slice.step_label(), ""), ("visitors", "独立访客", "")])
            .rows(slice.steps().into_iter().map(row).collect())
            .summed())
    }
}

fn split(values: &[OfValue]) -> Split {
    let mut split = Split::default();
    values.iter().for_each(|it| split.add(it.agent, it.n));
    split
}

/// The whole slice beside the same number of days before it.
fn period(slice: &Slice, now: Split, before: Split) -> FigureSheet {
    let ((from, to), (earlier, until)) = (slice.days, slice.before);
    let row = |key: &str, label: &str, now: u64, before: u64| {
        let cells =
            vec![Cell::Text(label.into()), Cell::Count(now), Cell::Count(before), Cell::change(now, before)];
        FigureRow::of(key, Behind::Nothing, cells)
    };
    let definition =
        format!("本期 {from} 至 {to}（含今天），上期 {earlier} 至 {until}。{}", slice.measure.definition());
    FigureSheet::new("period", format!("{}：本期与上期", slice.measure.label()), definition)
        .columns(&[
            ("who", "访问者", ""),
            ("now", "本期", ""),
            ("before", "上期", ""),
            ("change", "增减", ""),
        ])
        .rows(vec![
            row("people", "公众", now.people, before.people),
            row("machines", "程序", now.machines, before.machines),
            row("total", "合计", now.total(), before.total()),
        ])
}

fn stepped(slice: &Slice, steps: &BTreeMap<Day, Split>) -> FigureSheet {
    let row = |day: Day| {
        let split = steps.get(&day).copied().unwrap_or_default();
        let name = slice.step_name(day);
        let cells = [Cell::Text(name.clone())].into_iter().chain(split.cells()).collect();
        FigureRow::of(name, Behind::Nothing, cells)
    };
    let title = format!("{}：{}", slice.measure.label(), if slice.by_month { "逐月" } else { "逐日" });
    FigureSheet::new("steps", title, slice.measure.definition())
        .columns(&[("at", slice.step_label(), "")])
        .columns(&SPLIT)
        .rows(slice.steps().into_iter().map(row).collect())
        .summed()
}

/// A measure by the values of a dimension, the most first.
pub(super) fn parts(
    sheet: FigureSheet,
    dimension: Dimension,
    values: &[OfValue],
    name: impl Fn(&str) -> String,
) -> FigureSheet {
    let mut found: BTreeMap<&str, Split> = BTreeMap::new();
    values.iter().for_each(|it| found.entry(&it.value).or_default().add(it.agent, it.n));
    let whole: u64 = found.values().map(|split| split.total()).sum();
    let mut found: Vec<(&str, Split)> = found.into_iter().filter(|(_, split)| split.total() > 0).collect();
    found.sort_by_key(|(value, split)| (std::cmp::Reverse(split.total()), *value));
    let row = |(value, split): (&str, Split)| {
        let share = Cell::share(split.total(), whole);
        let cells = [Cell::Text(name(value))].into_iter().chain(split.cells()).chain([share]).collect();
        FigureRow::of(value, words::behind(dimension, value), cells)
    };
    sheet
        .columns(&[("name", dimension.label(), "")])
        .columns(&SPLIT)
        .columns(&[("share", "占比", "占合计的百分比。")])
        .rows(found.into_iter().map(row).collect())
        .summed()
}
