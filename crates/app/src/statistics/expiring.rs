//! 到期分布: certificates in force by the month in which they end.

use super::{Behind, Cell, FigureRow, FigureSheet, Slice, month_name, month_of, shifted};
use crate::{App, Result};
use domain::{AuthorityId, Day};

/// Months that are looked ahead, this one among them.
const MONTHS: usize = 36;

impl App {
    pub(super) async fn figures_of_expiring(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let today = self.today();
        let mut months = vec![(today, month_end(today))];
        while months.len() < MONTHS {
            let Some((_, end)) = months.last() else { break };
            let next = shifted(*end, 1);
            months.push((next, month_end(next)));
        }
        let last = months.last().map_or(today, |(_, end)| *end);
        let tables = self.tables();
        let all = || tables.authorities.iter().map(|it| it.id).collect();
        let whose: Vec<AuthorityId> = slice.authority.map_or_else(all, |id| vec![id]);
        let days = store::figures::ending_by_day((&self.db).into(), &whose, (Day::MIN, last)).await?;
        let between = |from: Day, to: Day| -> u64 {
            days.iter().filter(|(day, _)| (from..=to).contains(day)).map(|(_, n)| n).sum()
        };
        let row = |name: String, from: Day, to: Day| {
            let cells = vec![Cell::Text(name), Cell::Count(between(from, to))];
            FigureRow::of(month_name(from), Behind::Ending(from, to), cells)
        };
        let lapsed = row("已过期".into(), Day::MIN, shifted(today, -1));
        let lapsed = FigureRow { key: "lapsed".into(), ..lapsed };
        let columns = [("month", "月份", ""), ("certificates", "证书", "")];
        let ahead = FigureSheet::new(
            "months",
            format!("{today} 以后各月到期的证书"),
            "记录状态为“有效”、有效期至在当月的证书张数；本月从今天起。不含暂停、注销、已换证等证书，也不看是否已申请换证。",
        );
        let past = FigureSheet::new(
            "lapsed",
            "已过期、未办理注销的证书",
            "有效期至早于今天、记录状态仍为“有效”的证书张数；这些证书查真时显示“已过期”。",
        );
        Ok(vec![
            ahead
                .columns(&columns)
                .rows(months.into_iter().map(|(from, to)| row(month_name(from), from, to)).collect())
                .summed(),
            past.columns(&columns).rows(vec![lapsed]),
        ])
    }
}

/// The last day of the month of a day.
fn month_end(day: Day) -> Day {
    shifted(month_of(shifted(month_of(day), 31)), -1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_on_its_last_day() {
        let day = |text: &str| Day::parse(text).unwrap();
        for (of, end) in
            [("2026-02-28", "2026-02-28"), ("2028-02-01", "2028-02-29"), ("2026-12-31", "2026-12-31")]
        {
            assert_eq!(month_end(day(of)), day(end));
        }
    }
}
