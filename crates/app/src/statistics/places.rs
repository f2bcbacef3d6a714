//! 地区分布: where the bodies of what was asked for are, and where it was asked.

use super::trend::parts;
use super::{FigureSheet, Slice, words};
use crate::{App, Result};
use domain::tally::Dimension;
use store::tally_sums;

impl App {
    pub(super) async fn figures_of_places(&self, slice: &Slice) -> Result<Vec<FigureSheet>> {
        let (tables, measure, (from, to)) = (self.tables(), slice.measure, slice.days);
        let mut sheets = Vec::new();
        let own = measure.dimensions();
        for dimension in [Dimension::Province, Dimension::Visitor].into_iter().filter(|it| own.contains(it)) {
            let values =
                tally_sums::by_value((&self.db).into(), measure, dimension, slice.of, slice.days).await?;
            let title = format!("{}：按{}", measure.label(), dimension.label());
            let definition = format!("{from} 至 {to}。{}{}", dimension.definition(), measure.definition());
            let sheet = FigureSheet::new(dimension.key(), title, definition);
            sheets.push(parts(sheet, dimension, &values, |value| words::place(value, &tables)));
        }
        Ok(sheets)
    }
}
