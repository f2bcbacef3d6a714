//! 时段分布: the hours of a week.

use super::{Behind, Cell, FigureRow, FigureSheet, Slice, leads};
use crate::{App, Result};
use domain::tally::Agent;
use store::tally_sums::{self, DAY_HOURS};

/// From Monday on.
const WEEKDAYS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
/// Words in JSON of the hours.
const HOURS: [&str; DAY_HOURS] = [
    "h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9", "h10", "h11", "h12", "h13", "h14", "h15",
    "h16", "h17", "h18", "h19", "h20", "h21", "h22", "h23",
];

impl App {
    pub(super) async fn figures_of_heat(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let (measure, (from, to)) = (slice.measure, slice.days);
        let mut week = [[0; DAY_HOURS]; 7];
        let mut rest = 0;
        for it in tally_sums::by_weekday((&self.db).into(), measure, slice.of, slice.days).await? {
            let Some(day) = week.get_mut(usize::from(it.weekday)).filter(|_| leads(measure, it.agent)) else {
                continue;
            };
            day.iter_mut().zip(it.hours).for_each(|(hour, n)| *hour += n);
            rest += it.rest;
        }
        // Day 0 was a Thursday.
        let days_of = |weekday: usize| {
            let on = |day: &i32| usize::try_from((day + 3).rem_euclid(7)) == Ok(weekday);
            (from.number()..=to.number()).filter(on).count() as u64
        };
        let row = |(weekday, hours): (usize, &[u64; DAY_HOURS])| {
            let cells = [Cell::Text(WEEKDAYS[weekday].into())]
                .into_iter()
                .chain(hours.iter().map(|n| Cell::Count(*n)))
                .chain([Cell::Count(hours.iter().sum()), Cell::Count(days_of(weekday))]);
            FigureRow::of(weekday.to_string(), Behind::Nothing, cells.collect())
        };
        let who =
            if leads(measure, Agent::Machine) { "" } else { "只计公众，程序的访问不在其中。" };
        let unknown = match rest {
            0 => String::new(),
            n => format!("另有 {} 次只知道日期。", domain::group_digits(n)),
        };
        let definition = format!(
            "{from} 至 {to} 各小时的次数之和；颜色按平均每天的次数。{who}{unknown}{}",
            measure.definition()
        );
        let mut sheet = FigureSheet::new("heat", format!("{}：时段分布", measure.label()), definition)
            .columns(&[("weekday", "星期", "")]);
        for (hour, key) in HOURS.iter().enumerate() {
            sheet = sheet.columns(&[(key, &format!("{hour}时"), "")]);
        }
        let sheet = sheet
            .columns(&[("total", "合计", ""), ("days", "天数", "期间有几个这样的日子。")])
            .rows(week.iter().enumerate().map(row).collect());
        Ok(vec![sheet])
    }
}
