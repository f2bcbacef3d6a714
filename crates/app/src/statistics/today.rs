//! 概况: today beside yesterday and the same day of the week before.

use super::{Behind, Cell, FigureRow, FigureSheet, SPLIT, Slice, Split, shifted};
use crate::{App, Result};
use domain::Day;
use domain::tally::{Measure, Sketch};
use store::tally::Of;
use store::tally_sums::{DAY_HOURS, HoursOn};

/// 独立访客, wherever it stands.
pub(super) const VISITORS: &str = "打开公众页面的不同访问者的估计数（误差约1%），程序不计。每天单独计算，跨天不能识别是不是同一人，多天的数是逐日之和；本机关的数只含查询本机关证书的访问者。";

/// What a measure came to on a day, and until an hour of it.
fn sums(all: &[HoursOn], measure: Measure, day: Day, hour: usize) -> (Split, u64) {
    let (mut whole, mut until) = (Split::default(), 0);
    for it in all.iter().filter(|it| it.measure == measure && it.day == day) {
        whole.add(it.agent, it.hours.iter().sum::<u64>() + it.rest);
        until += it.hours.iter().take(hour + 1).sum::<u64>();
    }
    (whole, until)
}

impl App {
    pub(super) async fn figures_of_today(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let today = self.today();
        let hour = self.hour();
        let (yesterday, week) = (shifted(today, -1), shifted(today, -7));
        let all = store::tally_sums::hours_on((&self.db).into(), slice.of, &[today, yesterday, week]).await?;
        let measures = Measure::ALL.iter().copied();
        let own =
            measures.filter(|it| slice.of == Of::Nation || !matches!(it, Measure::Search | Measure::View));
        let row = |measure: Measure| {
            let (now, _) = sums(&all, measure, today, hour);
            let (before, same) = sums(&all, measure, yesterday, hour);
            let last = sums(&all, measure, week, hour).0;
            let [people, machines, total] = now.cells();
            let cells = vec![
                Cell::Text(measure.label().into()),
                total,
                people,
                machines,
                Cell::Count(same),
                Cell::Count(before.total()),
                Cell::Count(last.total()),
            ];
            let behind = Behind::Measure(measure);
            FigureRow { key: measure.key().into(), behind, definition: measure.definition(), cells }
        };
        let mut rows: Vec<FigureRow> = own.map(row).collect();
        rows.push(self.visitors_today(slice.of, today, yesterday, week).await?);
        let definition = format!(
            "今天为0时至此刻（{hour}时）；昨天同时段为昨天0时至{hour}时末，只知道日期的不在其中。刚刚发生的至多晚十秒计入。"
        );
        let measures = FigureSheet::new("measures", format!("{today} 各项次数"), definition);
        let measures = measures.columns(&[
            ("measure", "项目", ""),
            ("today", "今天", ""),
            SPLIT[0],
            SPLIT[1],
            ("same_hours", "昨天同时段", ""),
            ("yesterday", "昨天全天", ""),
            ("week_before", "上周同一天", ""),
        ]);
        Ok(vec![measures.rows(rows), hours(&all, slice.measure, today)])
    }

    async fn visitors_today(&self, of: Of, today: Day, yesterday: Day, week: Day) -> Result<FigureRow> {
        let of = if of == Of::Nation { Of::Nobody } else { of };
        let days = store::asked::visitors((&self.db).into(), of, (week, today)).await?;
        let on = |day: Day| {
            let sketch = days.iter().find(|(on, _)| *on == day).map(|(_, sketch)| sketch);
            Cell::Count(sketch.map_or(0, Sketch::count))
        };
        let cells = vec![
            Cell::Text("独立访客".into()),
            on(today),
            on(today),
            Cell::Empty,
            Cell::Empty,
            on(yesterday),
            on(week),
        ];
        Ok(FigureRow { key: "visitors".into(), behind: Behind::Nothing, definition: VISITORS, cells })
    }

    /// The hour of the day, 0 to 23.
    fn hour(&self) -> usize {
        let seconds = self.now().micros() / 1_000_000 + 8 * 3_600;
        usize::try_from(seconds.rem_euclid(86_400) / 3_600).unwrap_or(0)
    }
}

/// One measure by hour.
fn hours(all: &[HoursOn], measure: Measure, today: Day) -> FigureSheet {
    let on = |day: Day| {
        let mut hours = [Split::default(); DAY_HOURS];
        for it in all.iter().filter(|it| it.measure == measure && it.day == day) {
            hours.iter_mut().zip(it.hours).for_each(|(split, n)| split.add(it.agent, n));
        }
        hours
    };
    let (now, before, last) = (on(today), on(shifted(today, -1)), on(shifted(today, -7)));
    let row = |hour: usize| {
        let [people, machines, total] = now[hour].cells();
        let cells = vec![
            Cell::Text(format!("{hour}时")),
            people,
            machines,
            total,
            Cell::Count(before[hour].total()),
            Cell::Count(last[hour].total()),
        ];
        FigureRow::of(hour.to_string(), Behind::Nothing, cells)
    };
    FigureSheet::new("hours", format!("{}：按小时", measure.label()), measure.definition())
        .columns(&[("hour", "时段", "")])
        .columns(&SPLIT)
        .columns(&[("yesterday", "昨天", "含程序。"), ("week_before", "上周同一天", "含程序。")])
        .rows((0..DAY_HOURS).map(row).collect())
        .summed()
}
