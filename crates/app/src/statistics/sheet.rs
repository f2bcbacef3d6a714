//! A table of figures as every door shows it: the page, the workbook, JSON and the command have the same rows.

use domain::tally::Measure;
use domain::{AuthorityId, BodyId, Day, group_digits};
use serde_json::{Map, Value, json};

/// What stands in a place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing that could be told.
    Empty,
    /// Words.
    Text(String),
    /// How often, how many.
    Count(u64),
    /// More (or fewer, if negative) than before.
    Change(i64),
    /// A part of the whole, in tenths of a per cent.
    Share(u32),
}

impl Cell {
    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => "—".into(),
            Cell::Text(text) => text.clone(),
            Cell::Count(n) => group_digits(*n),
            Cell::Change(0) => "0".into(),
            Cell::Change(n) => {
                format!("{}{}", if *n > 0 { '+' } else { '−' }, group_digits(n.unsigned_abs()))
            }
            Cell::Share(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
        }
    }

    /// As programs read it; a share is a number from 0 to 1.
    pub fn json(&self) -> Value {
        match self {
            Cell::Empty => Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Count(n) => json!(n),
            Cell::Change(n) => json!(n),
            Cell::Share(tenths) => json!(f64::from(*tenths) / 1_000.0),
        }
    }

    /// The count; 0 for anything else.
    pub fn count(&self) -> u64 {
        match self {
            Cell::Count(n) => *n,
            Cell::Empty | Cell::Text(_) | Cell::Change(_) | Cell::Share(_) => 0,
        }
    }

    /// The part that `part` is of `whole`; nothing of nothing.
    pub fn share(part: u64, whole: u64) -> Cell {
        let tenths = (u128::from(part) * 2_000 + u128::from(whole)).checked_div(u128::from(whole) * 2);
        tenths.and_then(|it| u32::try_from(it).ok()).map_or(Cell::Empty, Cell::Share)
    }

    /// What came to what was before.
    pub fn change(now: u64, before: u64) -> Cell {
        Cell::Change(now.cast_signed().saturating_sub(before.cast_signed()))
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureColumn {
    /// The word in JSON.
    pub key: &'static str,
    /// The heading.
    pub label: String,
    /// What it counts, where the heading does not say it; or empty.
    pub definition: &'static str,
}

/// What a row is about: where a door may lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Sums only: nobody who asked is recorded.
    Nothing,
    /// What is counted.
    Measure(Measure),
    /// An authority.
    Authority(AuthorityId),
    /// A province, by the first two digits of its divisions.
    Province(String),
    /// 领域, by its code.
    Domain(String),
    /// A body.
    Body(BodyId),
    /// Certificates whose last day lies between two, both included.
    Ending(Day, Day),
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// What the row is about, as stored: a day, a code, the id of an authority.
    pub key: String,
    /// What stands behind it.
    pub behind: Behind,
    /// What is counted in it, where each row counts something of its own; or empty.
    pub definition: &'static str,
    /// One for each column.
    pub cells: Vec<Cell>,
}

impl FigureRow {
    /// A row without a definition of its own.
    pub(super) fn of(key: impl Into<String>, behind: Behind, cells: Vec<Cell>) -> FigureRow {
        FigureRow { key: key.into(), behind, definition: "", cells }
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureSheet {
    /// The word in JSON, once on a page.
    pub key: &'static str,
    /// The heading.
    pub title: String,
    /// What is counted and what is left out.
    pub definition: String,
    /// The columns.
    pub columns: Vec<FigureColumn>,
    /// The rows, in the order in which they are shown.
    pub rows: Vec<FigureRow>,
    /// The sums of the columns, where they mean anything.
    pub total: Option<Vec<Cell>>,
}

impl FigureSheet {
    /// A table without rows so far.
    pub(super) fn new(
        key: &'static str,
        title: impl Into<String>,
        definition: impl Into<String>,
    ) -> FigureSheet {
        FigureSheet {
            key,
            title: title.into(),
            definition: definition.into(),
            columns: Vec::new(),
            rows: Vec::new(),
            total: None,
        }
    }

    /// With columns: word in JSON, heading, definition.
    pub(super) fn columns(mut self, columns: &[(&'static str, &str, &'static str)]) -> FigureSheet {
        let column = |&(key, label, definition): &(_, &str, _)| FigureColumn {
            key,
            label: label.to_owned(),
            definition,
        };
        self.columns.extend(columns.iter().map(column));
        self
    }

    /// With rows.
    pub(super) fn rows(mut self, rows: Vec<FigureRow>) -> FigureSheet {
        self.rows = rows;
        self
    }

    /// With the sums of its counts.
    pub(super) fn summed(mut self) -> FigureSheet {
        let sum = |at: usize| {
            let cells = || self.rows.iter().filter_map(|row| row.cells.get(at));
            let counts = cells().all(|cell| matches!(cell, Cell::Count(_)));
            counts.then(|| Cell::Count(cells().map(Cell::count).sum()))
        };
        let total = |at: usize| match at {
            0 => Cell::Text("合计".into()),
            _ => sum(at).unwrap_or(Cell::Text(String::new())),
        };
        self.total = (!self.rows.is_empty()).then(|| (0..self.columns.len()).map(total).collect());
        self
    }

    /// Whether there is nothing but nought in it.
    pub fn is_empty(&self) -> bool {
        // Ranks and numbers of days are there without anything being counted.
        let counts = |column: &&FigureColumn| !matches!(column.key, "rank" | "days");
        let nought = |row: &FigureRow| {
            let cells = self.columns.iter().zip(&row.cells).filter(|(column, _)| counts(column));
            cells.map(|(_, cell)| cell.count()).all(|n| n == 0)
        };
        self.rows.iter().all(nought)
    }

    /// The place of a column.
    pub fn column(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|it| it.key == key)
    }

    /// For programs: each row an object by the columns' words.
    pub fn json(&self) -> Value {
        let line = |cells: &[Cell]| -> Map<String, Value> {
            let pairs = self.columns.iter().zip(cells);
            pairs.map(|(column, cell)| (column.key.to_owned(), cell.json())).collect()
        };
        let row = |row: &FigureRow| {
            let mut out = line(&row.cells);
            out.insert("key".into(), json!(row.key));
            Value::Object(out)
        };
        let columns = self.columns.iter().map(|it| json!({ "key": it.key, "label": it.label }));
        json!({
            "key": self.key,
            "title": self.title,
            "definition": self.definition,
            "columns": columns.collect::<Vec<_>>(),
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "total": self.total.as_deref().map(line),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_there_is_none_of_nothing() {
        assert_eq!(Cell::share(1, 3), Cell::Share(333));
        assert_eq!(Cell::share(2, 3), Cell::Share(667));
        assert_eq!(Cell::share(0, 0), Cell::Empty);
        assert_eq!(Cell::share(5, 5).shown(), "100.0%");
    }

    #[test]
    fn a_change_has_its_sign() {
        assert_eq!(Cell::change(1_200, 0).shown(), "+1,200");
        assert_eq!(Cell::change(0, 1_200).shown(), "−1,200");
        assert_eq!(Cell::change(7, 7).shown(), "0");
    }

    #[test]
    fn only_columns_of_counts_are_summed() {
        let row = |n| {
            FigureRow::of("", Behind::Nothing, vec![Cell::Text("甲".into()), Cell::Count(n), Cell::Share(5)])
        };
        let sheet =
            FigureSheet::new("s", "示例", "").columns(&[("a", "甲", ""), ("n", "次", ""), ("p", "占比", "")]);
        let sheet = sheet.rows(vec![row(2), row(3)]).summed();
        let total = sheet.total.clone().unwrap();
        assert_eq!(total, [Cell::Text("合计".into()), Cell::Count(5), Cell::Text(String::new())]);
        assert_eq!(sheet.json()["rows"][1]["n"], 3);
        assert!(!sheet.is_empty());
    }
}
