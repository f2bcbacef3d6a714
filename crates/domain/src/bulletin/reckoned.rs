//! What a bulletin shows: every indicator of every authority, with its rank and how that changed.

use super::{Aggregates, AskedOf, Better, Counts, Docked, Gap, Indicator, Row, Value};
use crate::{AuthorityId, Level};
use std::cmp::Ordering;

/// A place in a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placing {
    /// From 1; those that are equal share the better place, and the next ones after them are left out.
    pub rank: u32,
    /// How many are ranked.
    pub of: u32,
    /// Its place in the period before, where it had one.
    pub before: Option<u32>,
}

impl Placing {
    /// Places gained (positive) or lost since the period before.
    pub fn gained(self) -> Option<i64> {
        self.before.map(|before| i64::from(before) - i64::from(self.rank))
    }

    /// `3`, `3（↑2）`, `3（↓1）`, `3（—）` for the same place, `3（新）` for one that had none.
    pub fn text(self) -> String {
        match self.gained() {
            None => format!("{}（新）", self.rank),
            Some(0) => format!("{}（—）", self.rank),
            Some(n) if n > 0 => format!("{}（↑{n}）", self.rank),
            Some(n) => format!("{}（↓{}）", self.rank, -n),
        }
    }
}

/// One indicator of one authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Which.
    pub indicator: Indicator,
    /// In the period.
    pub value: Value,
    /// In the one before.
    pub before: Value,
    /// Its place, where it is ranked and has a value.
    pub placing: Option<Placing>,
}

/// One authority, or all together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which; none for all together.
    pub authority: Option<AuthorityId>,
    /// Whether it is a province's.
    pub provincial: bool,
    /// Its short name; 全国 for all together.
    pub short_name: String,
    /// Its name.
    pub name: String,
    /// Its docking; none for all together.
    pub docked: Option<Docked>,
    /// Every indicator, in order.
    pub cells: Vec<Cell>,
}

impl Line {
    /// One indicator.
    pub fn cell(&self, of: Indicator) -> Cell {
        let found = self.cells.iter().find(|cell| cell.indicator == of).copied();
        let missing = Value::Missing(Gap::Nothing);
        found.unwrap_or(Cell { indicator: of, value: missing, before: missing, placing: None })
    }

    /// Its value in the period.
    pub fn value(&self, of: Indicator) -> Value {
        self.cell(of).value
    }
}

/// The tables in which figures are shown, so that each fits a page and a phone: what they are about, and which figures.
pub const PARTS: [(&str, &[Indicator]); 4] = {
    use Indicator as I;
    [
        ("赋码情况", &[I::InForce, I::Coded, I::TakenOver, I::Declared, I::Coverage]),
        ("及时性和对接", &[I::MedianDays, I::Timely]),
        ("数据质量", &[I::Problems, I::Faulty, I::Incomplete]),
        ("公众查询", &[I::Scans, I::Queries, I::Machines, I::Failures]),
    ]
};

/// A column of such a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The value of a figure.
    Value(Indicator),
    /// The place it gives.
    Place(Indicator),
    /// 对接, beside timeliness.
    Docked,
}

/// The columns of the figures: each with its place behind it where it is ranked.
pub fn columns(of: &[Indicator]) -> impl Iterator<Item = Column> {
    let place = |of: &Indicator| (of.better() != Better::Neither).then_some(Column::Place(*of));
    let docked = of.contains(&Indicator::Timely).then_some(Column::Docked);
    of.iter().flat_map(move |of| std::iter::once(Column::Value(*of)).chain(place(of))).chain(docked)
}

impl Column {
    /// What people read above it.
    pub fn label(self) -> String {
        match self {
            Column::Value(of) => of.label().to_owned(),
            Column::Place(_) => "名次".to_owned(),
            Column::Docked => "对接".to_owned(),
        }
    }

    /// What it says of a line; empty where it says nothing.
    pub fn text(self, line: &Line) -> String {
        match self {
            Column::Value(of) => of.says(line.value(of)),
            Column::Place(of) => line.cell(of).placing.map(Placing::text).unwrap_or_default(),
            Column::Docked => line.docked.map(|it| it.label().to_owned()).unwrap_or_default(),
        }
    }
}

/// Everything a bulletin shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoned {
    /// All together.
    pub nation: Line,
    /// The authorities, in their order.
    pub lines: Vec<Line>,
}

impl Reckoned {
    /// Makes every figure, ratio and rank from the whole numbers.
    pub fn of(it: &Aggregates) -> Reckoned {
        let mut lines: Vec<Line> = it.rows.iter().map(line).collect();
        for indicator in Indicator::ranked() {
            let now = ranks(it, indicator, |row| &row.now);
            let before = ranks(it, indicator, |row| &row.before);
            let of = now.iter().flatten().count() as u32;
            for ((line, rank), before) in lines.iter_mut().zip(now).zip(before) {
                let cell = line.cells.iter_mut().find(|cell| cell.indicator == indicator);
                if let (Some(cell), Some(rank)) = (cell, rank) {
                    cell.placing = Some(Placing { rank, of, before });
                }
            }
        }
        Reckoned { nation: nation(it), lines }
    }

    /// The ranked lines of an indicator, the best first; those that are equal in the order of authorities.
    pub fn ranking(&self, of: Indicator) -> Vec<(&Line, Placing)> {
        let placed = |line| Line::cell(line, of).placing.map(|placing| (line, placing));
        let mut all: Vec<_> = self.lines.iter().filter_map(placed).collect();
        all.sort_by_key(|(_, placing)| placing.rank);
        all
    }
}

fn line(row: &Row) -> Line {
    let cell = |indicator: &Indicator| Cell {
        indicator: *indicator,
        value: row.now.value(*indicator),
        before: row.before.value(*indicator),
        placing: None,
    };
    Line {
        authority: Some(row.authority),
        provincial: row.level == Level::Provincial,
        short_name: row.short_name.clone(),
        name: row.name.clone(),
        docked: Some(row.docked),
        cells: Indicator::ALL.iter().map(cell).collect(),
    }
}

fn nation(it: &Aggregates) -> Line {
    let side = |side: fn(&Row) -> &Counts, nobody: AskedOf| {
        let mut counts = it.nation(side);
        counts.asked = counts.asked.plus(nobody);
        (counts, it.covered(side))
    };
    let now = side(|row| &row.now, it.nobody.0);
    let before = side(|row| &row.before, it.nobody.1);
    let value = |(counts, covered): &(Counts, Value), of| match of {
        Indicator::Coverage => *covered,
        other => counts.value(other),
    };
    let cell = |indicator: &Indicator| Cell {
        indicator: *indicator,
        value: value(&now, *indicator),
        before: value(&before, *indicator),
        placing: None,
    };
    Line {
        authority: None,
        provincial: false,
        short_name: "全国".into(),
        name: "全国".into(),
        docked: None,
        cells: Indicator::ALL.iter().map(cell).collect(),
    }
}

/// What is compared: more in force than were declared is no better than all.
fn ranked_value(counts: &Counts, of: Indicator) -> Value {
    match (of, counts.value(of)) {
        (Indicator::Coverage, Value::Ratio { part, of, per }) => Value::Ratio { part: part.min(of), of, per },
        (_, value) => value,
    }
}

/// The place of each row: how many are better, and one. None for the nation's own row and where there is no value.
fn ranks(it: &Aggregates, of: Indicator, side: fn(&Row) -> &Counts) -> Vec<Option<u32>> {
    let value = |row: &Row| {
        let value = ranked_value(side(row), of);
        (row.level == Level::Provincial && value.is_there()).then_some(value)
    };
    let values: Vec<Option<Value>> = it.rows.iter().map(value).collect();
    let better = match of.better() {
        Better::Low => Ordering::Less,
        Better::High | Better::Neither => Ordering::Greater,
    };
    let rank = |own: &Option<Value>| {
        let own = (*own)?;
        let ahead = values.iter().flatten().filter(|other| other.compare(own) == Some(better)).count();
        Some(ahead as u32 + 1)
    };
    values.iter().map(rank).collect()
}
