//! 未通过: answers that are not 有效, and what was asked for and was never assigned.

use super::{Behind, Cell, FigureRow, FigureSheet, SPLIT, Slice, Split};
use crate::{App, Result};
use domain::tally::{Dimension, Measure};
use domain::{Day, VerdictWord};
use std::collections::BTreeMap;
use store::asked::UnknownAsked;
use store::tally_sums;

/// The questions that a verdict answers.
const VERDICTS: [Measure; 3] = [Measure::Scan, Measure::Verdict, Measure::Batch];
/// Unknown codes and numbers that are named.
const MOST: u32 = 100;

impl App {
    pub(super) async fn figures_of_failures(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let reader = || (&self.db).into();
        let mut words: BTreeMap<String, [u64; VERDICTS.len()]> = BTreeMap::new();
        let mut steps: BTreeMap<Day, Split> = BTreeMap::new();
        for (at, measure) in VERDICTS.into_iter().enumerate() {
            let values =
                tally_sums::by_value(reader(), measure, Dimension::Answer, slice.of, slice.days).await?;
            values.into_iter().for_each(|it| words.entry(it.value).or_default()[at] += it.n);
            for it in tally_sums::not_valid_by_day(reader(), measure, slice.of, slice.days).await? {
                steps.entry(slice.step(it.day)).or_default().add(it.agent, it.n);
            }
        }
        let unknown = store::asked::unknown_asked(reader(), slice.day, MOST).await?;
        Ok(vec![by_word(slice, &words), by_step(slice, &steps), unknown_sheet(slice.day, &unknown)])
    }
}

fn by_word(slice: &Slice, words: &BTreeMap<String, [u64; VERDICTS.len()]>) -> FigureSheet {
    let whole: u64 = words.values().flatten().sum();
    let row = |word: VerdictWord| {
        let counts = words.get(word.key()).copied().unwrap_or_default();
        let total: u64 = counts.iter().sum();
        let cells = [Cell::Text(word.label().into())]
            .into_iter()
            .chain(counts.map(Cell::Count))
            .chain([Cell::Count(total), Cell::share(total, whole)]);
        let row = FigureRow::of(word.key(), Behind::Nothing, cells.collect());
        FigureRow { definition: word.sentence(), ..row }
    };
    let not_valid = VerdictWord::ALL.into_iter().filter(|word| *word != VerdictWord::Valid);
    let rows: Vec<FigureRow> = not_valid.map(row).filter(|row| row.cells[4].count() > 0).collect();
    let (from, to) = slice.days;
    let definition = format!(
        "{from} 至 {to} 扫码、输入查真、批量核验中结论不是“有效”的次数；占比是占期间全部查真（含有效）的百分比。"
    );
    FigureSheet::new("words", "按结论", definition)
        .columns(&[("word", "结论", "")])
        .columns(&[("scan", "扫码", ""), ("verdict", "输入查真", ""), ("batch", "批量核验", "")])
        .columns(&[("total", "合计", ""), ("share", "占全部查真", "")])
        .rows(rows)
        .summed()
}

fn by_step(slice: &Slice, steps: &BTreeMap<Day, Split>) -> FigureSheet {
    let row = |day: Day| {
        let split = steps.get(&day).copied().unwrap_or_default();
        let name = slice.step_name(day);
        let cells = [Cell::Text(name.clone())].into_iter().chain(split.cells()).collect();
        FigureRow::of(name, Behind::Nothing, cells)
    };
    let title = format!("未通过：{}", if slice.by_month { "逐月" } else { "逐日" });
    FigureSheet::new("steps", title, "扫码、输入查真、批量核验中结论不是“有效”的次数。")
        .columns(&[("at", slice.step_label(), "")])
        .columns(&SPLIT)
        .rows(slice.steps().into_iter().map(row).collect())
        .summed()
}

fn unknown_sheet(day: Day, unknown: &[UnknownAsked]) -> FigureSheet {
    let row = |it: &UnknownAsked| {
        let sort = if it.sort == "number" { "编号" } else { "码" };
        let cells = vec![Cell::Text(it.asked.clone()), Cell::Text(sort.into()), Cell::Count(it.n)];
        FigureRow::of(it.asked.clone(), Behind::Nothing, cells)
    };
    let definition = format!(
        "{day} 被查过、格式正确、但全国从未赋过的码和编号，按次数从多到少，至多 {MOST} 个。它们不对应任何证书，因此全部显示；多次出现的可能印在假证书、假报告上，也可能是有人在试。"
    );
    FigureSheet::new("unknown", format!("{day} 从未赋过的码和编号"), definition)
        .columns(&[("asked", "被查的码或编号", ""), ("sort", "类别", ""), ("n", "次数", "")])
        .rows(unknown.iter().map(row).collect())
}
