//! 热门机构: the bodies whose certificates are asked for most in a month.

use super::{Behind, Cell, FigureRow, FigureSheet, SPLIT, Slice, Split, month_name};
use crate::{App, Result};
use std::collections::HashMap;
use store::asked::{MostAsked, month_number};

/// Bodies that are named.
const MOST: u32 = 50;

impl App {
    pub(super) async fn figures_of_bodies(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let reader = || (&self.db).into();
        let asked = store::asked::most_asked(reader(), slice.of, month_number(slice.month), MOST).await?;
        let ids = asked.iter().map(|it| it.body.0).collect();
        let bodies = store::body::by_ids(reader(), ids).await?;
        let names: HashMap<i64, String> = bodies.into_iter().map(|it| (it.id.0, it.name)).collect();
        let row = |(at, it): (usize, &MostAsked)| {
            let split = Split { people: it.people, machines: it.machines };
            let name = names.get(&it.body.0).cloned().unwrap_or_default();
            let cells =
                [Cell::Count(at as u64 + 1), Cell::Text(name), Cell::Text(self.authority_name(it.authority))];
            let cells = cells.into_iter().chain(split.cells()).collect();
            FigureRow::of(it.body.0.to_string(), Behind::Body(it.body), cells)
        };
        let month = month_name(slice.month);
        let definition = format!(
            "{month} 扫码、输入查真和批量核验的次数，按公众的次数从多到少，至多 {MOST} 家。每小时更新一次。"
        );
        let sheet = FigureSheet::new("bodies", format!("{month} 热门机构"), definition)
            .columns(&[("rank", "序号", ""), ("body", "机构", ""), ("authority", "发证机关", "")])
            .columns(&SPLIT)
            .rows(asked.iter().enumerate().map(row).collect());
        Ok(vec![sheet])
    }
}
